//! One account: its payments, and what can become of them.

use std::collections::{HashSet, VecDeque};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::limits::{MAX_ALL_PAYMENTS, MAX_PAYMENTS};
use super::price::Magic;
use super::{Action, ControlError, Ended, Ledger, PaymentStatus, Record, Refusal, Tx};

/// What belongs to one credential of one provider.
#[derive(Default, Serialize, Deserialize)]
pub(crate) struct Account {
    pub(crate) payments: Vec<Record>,
    /// Kazukipay's account statement.
    pub(crate) mutations: VecDeque<Mutation>,
    /// K-Link's wallets.
    pub(crate) ledger: Ledger,
    /// When payments were created lately, for Pakasir's rate limit.
    pub(crate) creations: VecDeque<Timestamp>,
}

/// Money that came in, by the account statement.
#[derive(Serialize, Deserialize)]
pub(crate) struct Mutation {
    pub(crate) id: u64,
    pub(crate) amount: u64,
    pub(crate) when: Timestamp,
    /// Whether it has already confirmed a payment.
    pub(crate) used: bool,
}

impl Account {
    /// Lets happen what was due by now: what magic prices do by themselves, and expiry. Returns whether anything did.
    pub(super) fn settle(&mut self, tx: &mut Tx<'_>) -> bool {
        let mut happened = false;
        for at in 0..self.payments.len() {
            let record = &mut self.payments[at];
            if record.status != PaymentStatus::Pending {
                continue;
            }
            if let Some(due) = record.due.take_if(|due| *due <= tx.now) {
                if let Some(action) = Magic::of(record.amount).action(record.payable) {
                    self.carry_out(at, action, due, tx);
                }
                happened = true;
            }
            let record = &self.payments[at];
            if record.status == PaymentStatus::Pending && record.expires <= tx.now {
                self.close(at, PaymentStatus::Expired, tx);
                happened = true;
            }
        }
        happened
    }

    /// The customer pays a payment, and the provider takes note.
    pub(crate) fn pay(&mut self, at: usize, when: Timestamp, tx: &mut Tx<'_>) {
        if self.payments[at].provider.facts().has_statement {
            let payable = self.payments[at].payable;
            let mutation = self.deposit(payable, when, tx);
            mutation.used = true;
            let id = mutation.id;
            self.payments[at].set("mutasi_id", id.to_string());
        }
        self.confirm(at, when, tx);
    }

    /// The provider takes note that a payment was paid.
    pub(crate) fn confirm(&mut self, at: usize, when: Timestamp, tx: &mut Tx<'_>) {
        let record = &mut self.payments[at];
        record.paid = Some(when);
        record.received = Some(record.payable);
        self.close(at, PaymentStatus::Paid, tx);
    }

    /// A payment comes to its end, of which the provider may notify the merchant.
    pub(crate) fn close(&mut self, at: usize, status: PaymentStatus, tx: &mut Tx<'_>) {
        self.payments[at].status = status;
        tx.ended.push(Ended { account: tx.account.to_owned(), record: self.payments[at].clone() });
    }

    /// Money comes in, as the account statement shows it. Nothing else happens.
    pub(crate) fn deposit(&mut self, amount: u64, when: Timestamp, tx: &mut Tx<'_>) -> &mut Mutation {
        if self.mutations.len() >= MAX_PAYMENTS {
            self.mutations.pop_front();
        }
        self.mutations.push_back(Mutation { id: 208_992_000 + tx.number(), amount, when, used: false });
        let last = self.mutations.len() - 1;
        &mut self.mutations[last]
    }

    /// The first amount that no pending payment waits for.
    pub(crate) fn free_amount(&self, amounts: impl IntoIterator<Item = u64>) -> Result<u64, Refusal> {
        let pending = || self.payments.iter().filter(|record| record.status == PaymentStatus::Pending);
        let mut amounts = amounts.into_iter().peekable();
        // The first is nearly always free, and to gather the others takes long.
        if let Some(first) = amounts.next_if(|amount| pending().all(|record| record.payable != *amount)) {
            return Ok(first);
        }
        let taken: HashSet<u64> = pending().map(|record| record.payable).collect();
        amounts.find(|amount| !taken.contains(amount)).ok_or(Refusal::NoAmountLeft)
    }

    /// Records a payment.
    pub(crate) fn record(&mut self, record: Record, tx: &mut Tx<'_>) -> Result<&mut Record, Refusal> {
        if self.payments.len() >= MAX_PAYMENTS || *tx.recorded >= MAX_ALL_PAYMENTS {
            return Err(Refusal::Full);
        }
        *tx.recorded += 1;
        self.payments.push(record);
        let last = self.payments.len() - 1;
        Ok(&mut self.payments[last])
    }

    /// The newest payment for which a condition holds.
    pub(crate) fn find(&self, condition: impl Fn(&Record) -> bool) -> Option<usize> {
        self.payments.iter().rposition(condition)
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
        match action {
            Action::Pay | Action::PayLate => self.pay(at, when, tx),
            Action::Deposit => {
                self.deposit(self.payments[at].payable, when, tx);
            }
            Action::Underpay(amount) => {
                if self.payments[at].provider.facts().has_statement {
                    self.deposit(amount, when, tx);
                }
                self.payments[at].received = Some(amount);
            }
            Action::Expire => {
                self.payments[at].expires = when;
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
