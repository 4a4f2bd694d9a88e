//! What the sandbox remembers: accounts, one for each provider and credential, and their payments.

mod account;
mod action;
mod control;
mod credential;
mod limits;
mod names;
mod outbox;
mod payment;
mod payments;
mod price;
mod refusal;
mod saved;
mod sessions;
mod statement;
mod tx;
mod wallet;

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::fmt;

use jiff::Timestamp;

pub use action::ControlError;
pub use payment::{Payment, PaymentStatus};
pub use wallet::LedgerTotals;

pub(crate) use account::{Account, scattered};
pub(crate) use action::Action;
pub(crate) use limits::Limits;
pub(crate) use names::Name;
pub(crate) use outbox::{Outbox, Pending, Webhook};
pub(crate) use payment::Record;
pub(crate) use price::Magic;
pub(crate) use refusal::Refusal;
pub(crate) use saved::{Batch, Key};
pub(crate) use statement::Mutation;
pub(crate) use tx::{Ended, Tx};
pub(crate) use wallet::{Ledger, Part, WalletOrder, WalletRefusal};

use names::Names;
use saved::Changes;
use sessions::Sessions;

use crate::Provider;

/// Everything that the sandbox remembers.
#[derive(Default)]
pub(crate) struct World {
    limits: Limits,
    /// By number.
    accounts: HashMap<u64, Account>,
    /// The numbers of accounts by their keys.
    ids: HashMap<(Provider, String), u64>,
    last_account: u64,
    /// Where each payment is: the account and the place in it.
    numbers: BTreeMap<u64, (u64, usize)>,
    /// The numbers of payments by provider and name.
    names: Names,
    /// When something happens by itself in which account.
    wakes: BTreeSet<(Timestamp, u64)>,
    /// What `wakes` has of an account.
    waking: HashMap<u64, Timestamp>,
    sessions: Sessions,
    next: u64,
    /// How many payments were recorded.
    recorded: usize,
    /// What the providers may have to notify of.
    ended: Vec<Ended>,
    /// Notifications that are still to be sent or sent again.
    outbox: Outbox,
    /// Counts changes.
    revision: u64,
    /// What is not saved yet.
    changes: Changes,
}

impl fmt::Debug for World {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("World")
    }
}

impl World {
    /// Nothing yet, and so much at most.
    pub(crate) fn of_up_to(limits: Limits) -> Self {
        Self { limits, ..Self::default() }
    }

    /// Works on the account of a credential, with everything done that was due. An account that was not known is kept only
    /// if there is something in it then.
    pub(crate) fn account<T>(
        &mut self,
        provider: Provider,
        key: &str,
        now: Timestamp,
        work: impl FnOnce(&mut Account, &mut Tx<'_>) -> T,
    ) -> T {
        let known = (provider, key.to_owned());
        if let Some(id) = self.ids.get(&known) {
            return self.on_account(*id, now, work);
        }
        let is_full = self.accounts.len() >= self.limits.accounts;
        let limits = if is_full { Limits { payments: 0, ..self.limits } } else { self.limits };
        let id = self.last_account + 1;
        self.accounts.insert(id, Account::new(id, provider, key, &limits));
        let result = self.on_account(id, now, work);
        if self.accounts[&id].is_empty() {
            self.accounts.remove(&id);
        } else {
            self.last_account = id;
            self.ids.insert(known, id);
            self.changes.extend([Key::Account(id), Key::Head]);
        }
        result
    }

    fn on_account<T>(&mut self, id: u64, now: Timestamp, work: impl FnOnce(&mut Account, &mut Tx<'_>) -> T) -> T {
        let before = self.next;
        let Some(account) = self.accounts.get_mut(&id) else { unreachable!("the account is there") };
        let key = account.key.clone();
        let mut tx = Tx {
            now: account.clock.at(now),
            account: &key,
            limits: self.limits,
            next: &mut self.next,
            recorded: &mut self.recorded,
            ended: &mut self.ended,
        };
        account.settle(&mut tx);
        let result = work(account, &mut tx);
        let mut changed = BTreeSet::new();
        account.take_changed(&mut changed);
        if self.next != before {
            changed.insert(Key::Head);
        }
        if !changed.is_empty() {
            self.revision += 1;
            self.changes.extend(changed);
            self.index(id);
        }
        result
    }

    /// Brings up to date what finds the payments of an account.
    fn index(&mut self, id: u64) {
        let Some(account) = self.accounts.get_mut(&id) else { return };
        for at in account.payments.take_new() {
            let record = &account.payments[at];
            self.numbers.insert(record.number, (id, at));
            for name in record.names() {
                self.names.insert((account.provider, name), record.number);
            }
        }
        let wake = account.payments.next().and_then(|(when, _)| account.clock.when(when));
        if self.waking.get(&id).copied() == wake {
            return;
        }
        if let Some(when) = self.waking.remove(&id) {
            self.wakes.remove(&(when, id));
        }
        if let Some(when) = wake {
            self.wakes.insert((when, id));
            self.waking.insert(id, when);
        }
    }

    /// Does something as a whole: if it fails, the payments that it has recorded are gone.
    pub(crate) fn all_or_none<T, E>(&mut self, work: impl FnOnce(&mut Self) -> Result<T, E>) -> Result<T, E> {
        let last = self.next;
        let result = work(self);
        if result.is_err() {
            self.remove_newer(last);
        }
        result
    }

    /// Removes all payments with higher numbers, and the accounts in which nothing is left.
    fn remove_newer(&mut self, last: u64) {
        for (number, (id, _)) in self.numbers.split_off(&(last + 1)).into_iter().rev() {
            let Some(account) = self.accounts.get_mut(&id) else { continue };
            let Some(record) = account.payments.pop() else { continue };
            for name in record.names() {
                self.names.remove((account.provider, name), number);
            }
            self.recorded -= 1;
            account.payments.take_changed();
            self.changes.insert(Key::Payment(number));
            self.index(id);
            if self.accounts[&id].is_empty() {
                self.remove_account(id);
            }
        }
    }

    /// Removes an account that has no payments.
    fn remove_account(&mut self, id: u64) {
        if let Some(account) = self.accounts.remove(&id) {
            self.ids.remove(&(account.provider, account.key));
            self.changes.insert(Key::Account(id));
        }
    }

    /// Does something, of which the providers do not notify.
    pub(crate) fn quietly<T>(&mut self, work: impl FnOnce(&mut Self) -> T) -> T {
        let ended = std::mem::take(&mut self.ended);
        let result = work(self);
        self.ended = ended;
        result
    }

    /// Lets happen what was due by now, in every account.
    pub(crate) fn settle(&mut self, now: Timestamp) {
        while let Some((_, id)) = self.wakes.first().copied().filter(|(when, _)| *when <= now) {
            self.on_account(id, now, |_, _| {});
        }
    }

    /// The newest payment of a name for which a condition holds, as it was when last settled: its account, and its place.
    fn newest(
        &self,
        provider: Provider,
        name: Name<'_>,
        condition: impl Fn(&Record) -> bool,
    ) -> Option<(&Account, usize)> {
        self.named(provider, name).rev().find(|(account, at)| condition(&account.payments[*at]))
    }

    /// The payments of a name, in order of creation.
    fn named<'a, 'n>(
        &'a self,
        provider: Provider,
        name: Name<'n>,
    ) -> impl DoubleEndedIterator<Item = (&'a Account, usize)> + use<'a, 'n> {
        let places = self.names.of((provider, name)).filter_map(|number| self.numbered(number));
        places.filter(move |(account, at)| {
            account.provider == provider && account.payments[*at].names().any(|found| found == name)
        })
    }

    /// The payment of the sandbox's own name, and the key of its account, as it was when last settled.
    pub(crate) fn of_id(&self, id: &str) -> Option<(&str, &Record)> {
        let (account, at) = self.numbered(id.strip_prefix("sb-")?.parse().ok()?)?;
        Some((&account.key, &account.payments[at]))
    }

    /// The payment of a number: its account, and its place.
    fn numbered(&self, number: u64) -> Option<(&Account, usize)> {
        let (id, at) = self.numbers.get(&number)?;
        Some((self.accounts.get(id)?, *at))
    }

    /// The key of the account that has the newest payment of a name for which a condition holds.
    pub(crate) fn account_with(
        &self,
        provider: Provider,
        name: Name<'_>,
        condition: impl Fn(&Record) -> bool,
    ) -> Option<String> {
        self.newest(provider, name, condition).map(|(account, _)| account.key.clone())
    }

    /// The newest payment of any account that has the provider's name, as it was when last settled.
    pub(crate) fn of_reference(&self, provider: Provider, reference: &str) -> Option<&Record> {
        self.newest(provider, Name::Reference(reference), |_| true).map(|(account, at)| &account.payments[at])
    }

    /// The payment of a number, as it was when last settled.
    pub(crate) fn of_number(&self, provider: Provider, number: u64) -> Option<&Record> {
        let (account, at) = self.numbered(number).filter(|(account, _)| account.provider == provider)?;
        Some(&account.payments[at])
    }

    /// What the providers may have to notify of, which is then forgotten here.
    pub(crate) fn take_ended(&mut self) -> Vec<Ended> {
        std::mem::take(&mut self.ended)
    }

    /// A number that was never given out before.
    pub(crate) fn number(&mut self) -> u64 {
        self.touch();
        self.next += 1;
        self.next
    }

    /// Begins a session of K-Link.
    pub(crate) fn begin_session(&mut self, token: String, account: String, now: Timestamp) {
        let number = self.number();
        self.sessions.begin(number, token, account, now);
    }

    /// Whose session of K-Link a token is of.
    pub(crate) fn session(&self, token: &str, now: Timestamp) -> Option<String> {
        self.sessions.of(token, now).map(str::to_owned)
    }

    /// Ends all sessions of K-Link.
    pub(crate) fn end_sessions(&mut self) {
        self.touch();
        self.sessions.end(None);
    }

    /// What K-Link's wallets of an account hold.
    pub(crate) fn ledger_totals(&self, email: &str) -> LedgerTotals {
        let id = self.ids.get(&(Provider::Klink, email.to_owned()));
        id.and_then(|id| self.accounts.get(id)).map(|account| account.ledger.totals()).unwrap_or_default()
    }

    /// Forgets everything. Numbers go on, so that what was given out before stays unknown.
    pub(crate) fn reset(&mut self) {
        *self = Self {
            next: self.next,
            last_account: self.last_account,
            outbox: self.outbox.forgotten(),
            revision: self.revision + 1,
            changes: self.changes.all_gone(),
            ..Self::of_up_to(self.limits)
        };
    }

    /// Which state this is: a higher number than before if anything has changed since.
    pub(crate) fn revision(&self) -> u64 {
        self.revision
    }

    /// Takes note of a change of what concerns everything, the clock among it.
    pub(crate) fn touch(&mut self) {
        self.revision += 1;
        self.changes.insert(Key::Head);
    }

    /// The notifications that are still to be sent.
    pub(crate) fn outbox(&self) -> &Outbox {
        &self.outbox
    }

    /// As [`World::outbox`], to be changed.
    pub(crate) fn outbox_mut(&mut self) -> &mut Outbox {
        self.touch();
        &mut self.outbox
    }

    /// When something happens by itself to pending payments because of their prices.
    pub(crate) fn due(&self) -> Vec<Timestamp> {
        let of = |account: &Account| -> Vec<Timestamp> {
            let pending = account.payments.pending().into_iter();
            pending.filter_map(|at| account.clock.when(account.payments[at].due?)).collect()
        };
        self.accounts.values().flat_map(of).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIMITS: Limits = Limits { accounts: 4, payments: 100, all_payments: 300 };

    #[test]
    fn an_account_takes_so_many_payments_and_a_sandbox_so_many_more() {
        let mut world = World::of_up_to(LIMITS);
        let now = Timestamp::UNIX_EPOCH;
        let record = |world: &mut World, key: &str| {
            let new = |account: &mut Account, tx: &mut Tx<'_>| {
                let record = Record::new(tx.number(), Provider::Kropay, "qris", 1_000, now);
                account.record(record, tx).map(|record| record.number)
            };
            world.account(Provider::Kropay, key, now, |account, tx| {
                (0..=LIMITS.payments).map(|_| new(account, tx)).filter(Result::is_ok).count()
            })
        };
        for key in ["a", "b", "c"] {
            assert_eq!(record(&mut world, key), LIMITS.payments);
        }
        assert_eq!(record(&mut world, "more"), 0);
        world.reset();
        assert_eq!(record(&mut world, "more"), LIMITS.payments);
    }

    #[test]
    fn an_account_is_there_once_there_is_something_in_it() {
        let mut world = World::of_up_to(Limits { accounts: 2, ..LIMITS });
        let now = Timestamp::UNIX_EPOCH;
        for key in 0..10 {
            world
                .account(Provider::Kropay, &key.to_string(), now, |account, _| assert_eq!(account.of_order("A"), None));
        }
        assert_eq!((world.accounts.len(), world.revision()), (0, 0));
        let mut record = |key: &str| {
            world.account(Provider::Kropay, key, now, |account, tx| {
                let record = Record::new(tx.number(), Provider::Kropay, "qris", 1_000, now);
                account.record(record, tx).map(|_| ())
            })
        };
        assert_eq!([record("a"), record("b"), record("c"), record("a")], [Ok(()), Ok(()), Err(Refusal::Full), Ok(())]);
        assert_eq!((world.accounts.len(), world.ids.len(), world.recorded), (2, 2, 3));
    }

    #[test]
    fn scattered_numbers_are_all_there_and_each_once() {
        for last in [999, 2_000] {
            for number in [0, 1, 12_345, u64::MAX] {
                let mut all: Vec<u64> = scattered(number, last).collect();
                assert_eq!(all.len() as u64, last);
                all.sort_unstable();
                if number != u64::MAX {
                    all.dedup();
                    assert_eq!((all.len() as u64, all[0], all[all.len() - 1]), (last, 1, last));
                }
            }
        }
    }
}
