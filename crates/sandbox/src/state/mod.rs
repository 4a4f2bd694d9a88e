//! What the sandbox remembers: accounts, one for each provider and credential, and their payments.

mod account;
mod action;
mod control;
mod limits;
mod outbox;
mod payment;
mod price;
mod refusal;
mod tx;
mod wallet;

use std::collections::{HashMap, HashSet, VecDeque};
use std::fmt;
use std::time::Duration;

use jiff::Timestamp;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

pub use action::ControlError;
pub use payment::{Payment, PaymentStatus};
pub use wallet::LedgerTotals;

pub(crate) use account::{Account, Mutation, scattered};
pub(crate) use action::Action;
pub(crate) use outbox::{Outbox, Pending, Webhook};
pub(crate) use payment::Record;
pub(crate) use price::Magic;
pub(crate) use refusal::Refusal;
pub(crate) use tx::{Ended, Tx};
pub(crate) use wallet::{Ledger, WalletOrder, WalletRefusal};

use limits::MAX_ACCOUNTS;

use crate::Provider;
use crate::clock::later;

/// How many sessions of K-Link there are at most; the oldest end when there are more.
const MAX_SESSIONS: usize = 10_000;

/// How long a session of K-Link lasts. The document does not say.
const SESSION: Duration = Duration::from_secs(24 * 3600);

/// Everything that the sandbox remembers.
#[derive(Default, Serialize, Deserialize)]
pub(crate) struct World {
    #[serde(serialize_with = "write_accounts", deserialize_with = "read_accounts")]
    accounts: HashMap<(Provider, String), Account>,
    sessions: VecDeque<Session>,
    next: u64,
    /// How many payments were recorded.
    recorded: usize,
    /// What the providers may have to notify of.
    #[serde(skip)]
    ended: Vec<Ended>,
    /// Notifications that are still to be sent or sent again.
    #[serde(rename = "webhooks")]
    outbox: Outbox,
    /// Counts what may have been changes.
    #[serde(skip)]
    revision: u64,
}

#[derive(Serialize, Deserialize)]
struct Session {
    token: String,
    account: String,
    ends: Timestamp,
}

impl fmt::Debug for World {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("World")
    }
}

impl World {
    /// Works on the account of a credential, with everything done that was due.
    pub(crate) fn account<T>(
        &mut self,
        provider: Provider,
        key: &str,
        now: Timestamp,
        work: impl FnOnce(&mut Account, &mut Tx<'_>) -> T,
    ) -> Result<T, Refusal> {
        let known = (provider, key.to_owned());
        if self.accounts.len() >= MAX_ACCOUNTS && !self.accounts.contains_key(&known) {
            return Err(Refusal::Full);
        }
        self.revision += 1;
        let account = self.accounts.entry(known).or_default();
        let mut tx =
            Tx { now, account: key, next: &mut self.next, recorded: &mut self.recorded, ended: &mut self.ended };
        account.settle(&mut tx);
        Ok(work(account, &mut tx))
    }

    /// Does something as a whole: if it fails, the payments that it has recorded are gone.
    pub(crate) fn all_or_none<T, E>(&mut self, work: impl FnOnce(&mut Self) -> Result<T, E>) -> Result<T, E> {
        let recorded = self.recorded;
        let before: HashMap<_, _> =
            self.accounts.iter().map(|(known, account)| (known.clone(), account.payments.len())).collect();
        let result = work(self);
        if result.is_err() {
            self.recorded = recorded;
            self.accounts.retain(|known, account| {
                before.get(known).is_some_and(|payments| {
                    account.payments.truncate(*payments);
                    true
                })
            });
        }
        result
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
        for ((_, key), account) in &mut self.accounts {
            let mut tx =
                Tx { now, account: key, next: &mut self.next, recorded: &mut self.recorded, ended: &mut self.ended };
            if account.settle(&mut tx) {
                self.revision += 1;
            }
        }
    }

    /// The account that has the newest payment for which a condition holds.
    pub(crate) fn account_with(&self, provider: Provider, condition: impl Fn(&Record) -> bool) -> Option<String> {
        let newest = |account: &Account| {
            account.payments.iter().filter(|record| condition(record)).map(|record| record.number).max()
        };
        self.accounts
            .iter()
            .filter(|((of, _), _)| *of == provider)
            .filter_map(|((_, key), account)| newest(account).map(|number| (number, key)))
            .max()
            .map(|(_, key)| key.clone())
    }

    /// The newest payment of any account for which a condition holds, as it was when last settled.
    pub(crate) fn look(&self, provider: Provider, condition: impl Fn(&Record) -> bool) -> Option<Record> {
        let accounts = self.accounts.iter().filter(|((of, _), _)| *of == provider);
        let records = accounts.flat_map(|(_, account)| &account.payments);
        records.filter(|record| condition(record)).max_by_key(|record| record.number).cloned()
    }

    /// What the providers may have to notify of, which is then forgotten here.
    pub(crate) fn take_ended(&mut self) -> Vec<Ended> {
        std::mem::take(&mut self.ended)
    }

    /// A number that was never given out before.
    pub(crate) fn number(&mut self) -> u64 {
        self.revision += 1;
        self.next += 1;
        self.next
    }

    /// Begins a session of K-Link.
    pub(crate) fn begin_session(&mut self, token: String, account: String, now: Timestamp) {
        self.revision += 1;
        if self.sessions.len() >= MAX_SESSIONS {
            self.sessions.pop_front();
        }
        self.sessions.push_back(Session { token, account, ends: later(now, SESSION) });
    }

    /// Whose session of K-Link a token is of.
    pub(crate) fn session(&self, token: &str, now: Timestamp) -> Option<String> {
        self.sessions
            .iter()
            .find(|session| session.token == token && session.ends > now)
            .map(|session| session.account.clone())
    }

    /// Ends all sessions of K-Link.
    pub(crate) fn end_sessions(&mut self) {
        self.revision += 1;
        self.sessions.clear();
    }

    /// What K-Link's wallets of an account hold.
    pub(crate) fn ledger_totals(&self, email: &str) -> LedgerTotals {
        self.accounts
            .get(&(Provider::Klink, email.to_owned()))
            .map(|account| account.ledger.totals())
            .unwrap_or_default()
    }

    /// Forgets everything. Numbers go on, so that what was given out before stays unknown.
    pub(crate) fn reset(&mut self) {
        *self =
            Self { next: self.next, outbox: self.outbox.forgotten(), revision: self.revision + 1, ..Self::default() };
    }

    /// Which state this is: a higher number than before if anything may have changed since.
    pub(crate) fn revision(&self) -> u64 {
        self.revision
    }

    /// Takes note of a change elsewhere that is saved with the state.
    pub(crate) fn touch(&mut self) {
        self.revision += 1;
    }

    /// The notifications that are still to be sent.
    pub(crate) fn outbox(&self) -> &Outbox {
        &self.outbox
    }

    /// As [`World::outbox`], to be changed.
    pub(crate) fn outbox_mut(&mut self) -> &mut Outbox {
        self.revision += 1;
        &mut self.outbox
    }

    /// When something happens by itself to pending payments.
    pub(crate) fn due(&self) -> Vec<Timestamp> {
        let payments = self.accounts.values().flat_map(|account| &account.payments);
        payments.filter(|record| record.status == PaymentStatus::Pending).filter_map(|record| record.due).collect()
    }

    /// Whether a state that was read can have been written by a sandbox.
    pub(crate) fn is_consistent(&self) -> bool {
        let mut numbers = HashSet::new();
        let payments = self.accounts.iter().all(|((provider, _), account)| {
            account.ledger.is_consistent()
                && account.payments.iter().all(|record| {
                    record.provider == *provider && record.number <= self.next && numbers.insert(record.number)
                })
        });
        payments && numbers.len() == self.recorded && self.outbox.is_consistent(|payment| numbers.contains(&payment))
    }
}

fn write_accounts<S: Serializer>(
    accounts: &HashMap<(Provider, String), Account>,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    serializer.collect_seq(accounts.iter().map(|((provider, key), account)| (provider, key, account)))
}

fn read_accounts<'de, D: Deserializer<'de>>(deserializer: D) -> Result<HashMap<(Provider, String), Account>, D::Error> {
    let accounts = Vec::<(Provider, String, Account)>::deserialize(deserializer)?;
    Ok(accounts.into_iter().map(|(provider, key, account)| ((provider, key), account)).collect())
}

#[cfg(test)]
mod tests {
    use super::limits::{MAX_ALL_PAYMENTS, MAX_PAYMENTS};
    use super::*;

    #[test]
    fn an_account_takes_so_many_payments_and_a_sandbox_so_many_more() {
        let mut world = World::default();
        let now = Timestamp::UNIX_EPOCH;
        let record = |world: &mut World, key: &str| {
            let new = |account: &mut Account, tx: &mut Tx<'_>| {
                let record = Record::new(tx.number(), Provider::Kropay, "qris", 1_000, now);
                account.record(record, tx).map(|record| record.number)
            };
            world.account(Provider::Kropay, key, now, |account, tx| {
                (0..=MAX_PAYMENTS).map(|_| new(account, tx)).filter(Result::is_ok).count()
            })
        };
        for key in 0..MAX_ALL_PAYMENTS / MAX_PAYMENTS {
            assert_eq!(record(&mut world, &key.to_string()), Ok(MAX_PAYMENTS));
        }
        assert_eq!(record(&mut world, "more"), Ok(0));
        world.reset();
        assert_eq!(record(&mut world, "more"), Ok(MAX_PAYMENTS));
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
