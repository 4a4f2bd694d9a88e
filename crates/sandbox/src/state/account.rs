//! One account: its payments, and what can become of them.

use std::collections::{BTreeSet, VecDeque};

use jiff::Timestamp;

use super::limits::Limits;
use super::names::Name;
use super::payments::Payments;
use super::price::Magic;
use super::saved::Key;
use super::statement::{Mutation, Statement};
use super::{Action, ControlError, Ended, Ledger, PaymentStatus, Record, Refusal, Tx};
use crate::Provider;
use crate::clock::Setting;

/// What belongs to one credential of one provider.
pub(crate) struct Account {
    /// The sandbox's own number of the account.
    pub(super) id: u64,
    pub(super) provider: Provider,
    pub(super) key: String,
    /// How many payments there may be.
    most: usize,
    pub(crate) payments: Payments,
    /// Kazukipay's account statement.
    pub(crate) statement: Statement,
    /// K-Link's wallets.
    pub(crate) ledger: Ledger,
    /// How its clock differs from the sandbox's.
    pub(super) clock: Setting,
    has_new_clock: bool,
    /// When payments were created lately, for Pakasir's rate limit. It is not saved.
    pub(crate) creations: VecDeque<Timestamp>,
}

impl Account {
    /// An account without anything, whose wallets hold as much as the limits say.
    pub(super) fn new(id: u64, provider: Provider, key: &str, limits: &Limits) -> Self {
        Self {
            id,
            provider,
            key: key.to_owned(),
            most: limits.payments,
            payments: Payments::default(),
            statement: Statement::default(),
            ledger: Ledger::of_up_to(limits.payments),
            clock: Setting::default(),
            has_new_clock: false,
            creations: VecDeque::new(),
        }
    }

    /// Whether there is nothing in it that is worth keeping.
    pub(super) fn is_empty(&self) -> bool {
        self.payments.len() == 0
            && self.statement.is_empty()
            && self.ledger.is_empty()
            && self.clock == Setting::default()
    }

    /// What of it has changed since this was last asked for.
    pub(super) fn take_changed(&mut self, changed: &mut BTreeSet<Key>) {
        changed.extend(self.payments.take_changed().into_iter().map(Key::Payment));
        changed.extend(self.statement.take_changed().into_iter().map(|number| Key::Mutation(self.id, number)));
        let parts = self.ledger.take_changed();
        if !parts.is_empty() || std::mem::take(&mut self.has_new_clock) {
            changed.insert(Key::Account(self.id));
        }
        changed.extend(parts.into_iter().map(|(part, name)| Key::Wallet(self.id, part, name)));
    }

    pub(super) fn set_clock(&mut self, clock: Setting) {
        self.clock = clock;
        self.has_new_clock = true;
    }

    /// Lets happen what was due by now: what magic prices do by themselves, and expiry.
    pub(super) fn settle(&mut self, tx: &mut Tx<'_>) {
        while let Some((_, at)) = self.payments.next().filter(|(when, _)| *when <= tx.now) {
            let record = &self.payments[at];
            if let Some(due) = record.due.filter(|due| *due <= tx.now) {
                let action = Magic::of(record.amount).action(record.payable);
                self.payments.change(at, |record| record.due = None);
                if let Some(action) = action {
                    self.carry_out(at, action, due, tx);
                }
            }
            let record = &self.payments[at];
            if record.status == PaymentStatus::Pending && record.expires <= tx.now {
                self.close(at, PaymentStatus::Expired, tx);
            }
        }
    }

    /// The customer pays a payment, and the provider takes note.
    pub(crate) fn pay(&mut self, at: usize, when: Timestamp, tx: &mut Tx<'_>) {
        if self.provider.facts().has_statement {
            let id = self.deposit(self.payments[at].payable, when, tx);
            self.statement.using(id);
            self.payments.change(at, |record| record.set("mutasi_id", id.to_string()));
        }
        self.confirm(at, when, tx);
    }

    /// The provider takes note that a payment was paid.
    pub(crate) fn confirm(&mut self, at: usize, when: Timestamp, tx: &mut Tx<'_>) {
        self.payments.change(at, |record| {
            record.paid = Some(when);
            record.received = Some(record.payable);
        });
        self.close(at, PaymentStatus::Paid, tx);
    }

    /// The merchant cancels a payment, of which the provider does not notify.
    pub(crate) fn cancel(&mut self, at: usize) {
        self.payments.change(at, |record| record.status = PaymentStatus::Cancelled);
    }

    /// A payment comes to its end, of which the provider may notify the merchant.
    pub(crate) fn close(&mut self, at: usize, status: PaymentStatus, tx: &mut Tx<'_>) {
        self.payments.change(at, |record| record.status = status);
        self.notify(at, tx);
    }

    /// A payment has changed in a way of which the provider may notify the merchant.
    pub(crate) fn notify(&self, at: usize, tx: &mut Tx<'_>) {
        tx.ended.push(Ended { account: tx.account.to_owned(), record: self.payments[at].clone() });
    }

    /// Money comes in, as the account statement shows it. Nothing else happens. Gives the number of the entry.
    pub(crate) fn deposit(&mut self, amount: u64, when: Timestamp, tx: &mut Tx<'_>) -> u64 {
        let id = 208_992_000 + tx.number();
        self.statement.push(Mutation { id, amount, when, used: false }, tx.limits.payments);
        id
    }

    /// The first amount that no pending payment waits for.
    pub(crate) fn free_amount(&self, amounts: impl IntoIterator<Item = u64>) -> Result<u64, Refusal> {
        amounts.into_iter().find(|amount| !self.payments.is_awaited(*amount)).ok_or(Refusal::NoAmountLeft)
    }

    /// Records a payment.
    pub(crate) fn record(&mut self, record: Record, tx: &mut Tx<'_>) -> Result<&Record, Refusal> {
        if self.payments.len() >= self.most || *tx.recorded >= tx.limits.all_payments {
            return Err(Refusal::Full);
        }
        *tx.recorded += 1;
        let at = self.payments.push(record);
        Ok(&self.payments[at])
    }

    /// The newest payment of a name for which a condition holds.
    pub(crate) fn find(&self, name: Name<'_>, condition: impl Fn(&Record) -> bool) -> Option<usize> {
        self.payments.find(name, condition)
    }

    /// The newest payment with the merchant's name.
    pub(crate) fn of_order(&self, order: &str) -> Option<usize> {
        self.find(Name::Order(order), |_| true)
    }

    /// The newest payment with the provider's name.
    pub(crate) fn of_reference(&self, reference: &str) -> Option<usize> {
        self.find(Name::Reference(reference), |_| true)
    }

    /// Does what the sandbox's user asks for, if the payment is in a state in which it can be done.
    pub(super) fn control(&mut self, at: usize, action: Action, tx: &mut Tx<'_>) -> Result<(), ControlError> {
        let record = &self.payments[at];
        match action {
            Action::PayLate if !action.is_allowed(record.status) => return Err(ControlError::NotEnded(record.status)),
            _ if !action.is_allowed(record.status) => return Err(ControlError::NotPending(record.status)),
            Action::Deposit if !record.provider.facts().has_statement => return Err(ControlError::NoStatement),
            Action::Underpay(amount) if amount == 0 || amount >= record.payable => return Err(ControlError::Amount),
            _ => {}
        }
        self.carry_out(at, action, tx.now, tx);
        Ok(())
    }

    /// Does something with a payment that is in a state in which it can be done.
    pub(crate) fn carry_out(&mut self, at: usize, action: Action, when: Timestamp, tx: &mut Tx<'_>) {
        // The clock may have gone back since it was created.
        let when = when.max(self.payments[at].created);
        match action {
            Action::Pay | Action::PayLate => self.pay(at, when, tx),
            Action::Deposit => {
                self.deposit(self.payments[at].payable, when, tx);
            }
            Action::Underpay(amount) => {
                if self.provider.facts().has_statement {
                    self.deposit(amount, when, tx);
                }
                self.payments.change(at, |record| record.received = Some(amount));
            }
            Action::Expire => {
                self.payments.change(at, |record| record.expires = when);
                self.close(at, PaymentStatus::Expired, tx);
            }
            Action::Cancel => self.close(at, PaymentStatus::Cancelled, tx),
        }
    }
}

/// The numbers from 1 to `last`, each once, beginning somewhere and in leaps.
pub(crate) fn scattered(number: u64, last: u64) -> impl Iterator<Item = u64> {
    // 617 is prime and divides neither 999 nor 2000.
    (0..last).map(move |step| (number.wrapping_add(step)).wrapping_mul(617) % last + 1)
}
