//! What the sandbox remembers: accounts, one for each provider and credential, and their payments.

mod control;
mod payment;
mod wallet;

use std::collections::{HashMap, HashSet, VecDeque};
use std::time::Duration;

use jiff::Timestamp;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

pub use control::ControlError;
pub(crate) use control::Deed;
pub use payment::{Payment, PaymentStatus};
pub use wallet::LedgerTotals;

pub(crate) use payment::Record;
pub(crate) use wallet::{Ledger, WalletOrder, WalletTrouble};

use crate::Provider;
use crate::clock::later;
use crate::magic::Magic;
use crate::webhooks::Outstanding;

/// How many credentials of all providers the sandbox knows at most.
pub(crate) const MAX_ACCOUNTS: usize = 1_000;

/// How many payments a credential has at most, of any status.
pub(crate) const MAX_PAYMENTS: usize = 10_000;

/// How many payments all credentials have together at most.
const MAX_ALL_PAYMENTS: usize = 100_000;

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
    outbox: Vec<Outcome>,
    /// Notifications that are still to be sent or sent again.
    webhooks: Outstanding,
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

/// A payment that has come to its end, as it was then.
pub(crate) struct Outcome {
    /// The account that it is of.
    pub(crate) account: String,
    pub(crate) record: Record,
}

/// Why something cannot be recorded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Trouble {
    /// The sandbox holds as much as it may.
    Full,
    /// Every payable amount for this price is taken by a pending payment.
    NoAmountLeft,
}

impl Trouble {
    /// In words.
    pub(crate) fn message(self) -> &'static str {
        match self {
            Self::Full => "The sandbox is full: reset it with POST /_sandbox/reset",
            Self::NoAmountLeft => "No unique amount is left for this price: too many pending payments",
        }
    }

    /// The status code that goes with it, where a refusal has the given one.
    pub(crate) fn status(self, refusal: u16) -> u16 {
        match self {
            Self::Full => 503,
            Self::NoAmountLeft => refusal,
        }
    }
}

/// What a call has at hand besides the account it is about.
pub(crate) struct Desk<'a> {
    pub(crate) now: Timestamp,
    /// The account that the call is about.
    pub(crate) account: &'a str,
    next: &'a mut u64,
    recorded: &'a mut usize,
    outbox: &'a mut Vec<Outcome>,
}

impl Desk<'_> {
    /// A number that was never given out before.
    pub(crate) fn number(&mut self) -> u64 {
        *self.next += 1;
        *self.next
    }
}

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
    /// Lets happen what was due by now: what magic prices do by themselves, and expiry. Tells whether anything did.
    fn settle(&mut self, desk: &mut Desk<'_>) -> bool {
        let mut happened = false;
        for at in 0..self.payments.len() {
            let record = &mut self.payments[at];
            if record.status != PaymentStatus::Pending {
                continue;
            }
            if let Some(due) = record.due.take_if(|due| *due <= desk.now) {
                if let Some(deed) = Magic::of(record.amount).deed(record.payable) {
                    self.carry_out(at, deed, due, desk);
                }
                happened = true;
            }
            let record = &self.payments[at];
            if record.status == PaymentStatus::Pending && record.expires <= desk.now {
                self.close(at, PaymentStatus::Expired, desk);
                happened = true;
            }
        }
        happened
    }

    /// The customer pays a payment, and the provider takes note.
    pub(crate) fn pay(&mut self, at: usize, when: Timestamp, desk: &mut Desk<'_>) {
        if self.payments[at].provider == Provider::Kazukipay {
            let payable = self.payments[at].payable;
            let mutation = self.deposit(payable, when, desk);
            mutation.used = true;
            let id = mutation.id;
            self.payments[at].set("mutasi_id", id.to_string());
        }
        self.confirm(at, when, desk);
    }

    /// The provider takes note that a payment was paid.
    pub(crate) fn confirm(&mut self, at: usize, when: Timestamp, desk: &mut Desk<'_>) {
        let record = &mut self.payments[at];
        record.paid = Some(when);
        record.received = Some(record.payable);
        self.close(at, PaymentStatus::Paid, desk);
    }

    /// A payment comes to its end, of which the provider may notify the merchant.
    pub(crate) fn close(&mut self, at: usize, status: PaymentStatus, desk: &mut Desk<'_>) {
        self.payments[at].status = status;
        desk.outbox.push(Outcome { account: desk.account.to_owned(), record: self.payments[at].clone() });
    }

    /// Money comes in, as the account statement shows it. Nothing else happens.
    pub(crate) fn deposit(&mut self, amount: u64, when: Timestamp, desk: &mut Desk<'_>) -> &mut Mutation {
        if self.mutations.len() >= MAX_PAYMENTS {
            self.mutations.pop_front();
        }
        self.mutations.push_back(Mutation { id: 208_992_000 + desk.number(), amount, when, used: false });
        let last = self.mutations.len() - 1;
        &mut self.mutations[last]
    }

    /// The first amount that no pending payment waits for.
    pub(crate) fn free_amount(&self, amounts: impl IntoIterator<Item = u64>) -> Result<u64, Trouble> {
        let pending = || self.payments.iter().filter(|record| record.status == PaymentStatus::Pending);
        let mut amounts = amounts.into_iter().peekable();
        // The first is nearly always free, and to gather the others takes long.
        if let Some(first) = amounts.next_if(|amount| pending().all(|record| record.payable != *amount)) {
            return Ok(first);
        }
        let taken: HashSet<u64> = pending().map(|record| record.payable).collect();
        amounts.find(|amount| !taken.contains(amount)).ok_or(Trouble::NoAmountLeft)
    }

    /// Records a payment.
    pub(crate) fn record(&mut self, record: Record, desk: &mut Desk<'_>) -> Result<&mut Record, Trouble> {
        if self.payments.len() >= MAX_PAYMENTS || *desk.recorded >= MAX_ALL_PAYMENTS {
            return Err(Trouble::Full);
        }
        *desk.recorded += 1;
        self.payments.push(record);
        let last = self.payments.len() - 1;
        Ok(&mut self.payments[last])
    }

    /// The newest payment for which a condition holds.
    pub(crate) fn find(&self, condition: impl Fn(&Record) -> bool) -> Option<usize> {
        self.payments.iter().rposition(condition)
    }
}

/// The numbers from 1 to `last`, each once, beginning somewhere and in leaps.
pub(crate) fn scattered(number: u64, last: u64) -> impl Iterator<Item = u64> {
    // 617 is prime and divides neither 999 nor 2000.
    (0..last).map(move |step| (number.wrapping_add(step)).wrapping_mul(617) % last + 1)
}

impl World {
    /// Works on the account of a credential, with everything done that was due.
    pub(crate) fn account<T>(
        &mut self,
        provider: Provider,
        key: &str,
        now: Timestamp,
        work: impl FnOnce(&mut Account, &mut Desk<'_>) -> T,
    ) -> Result<T, Trouble> {
        let known = (provider, key.to_owned());
        if self.accounts.len() >= MAX_ACCOUNTS && !self.accounts.contains_key(&known) {
            return Err(Trouble::Full);
        }
        self.revision += 1;
        let account = self.accounts.entry(known).or_default();
        let mut desk =
            Desk { now, account: key, next: &mut self.next, recorded: &mut self.recorded, outbox: &mut self.outbox };
        account.settle(&mut desk);
        Ok(work(account, &mut desk))
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
        let outbox = std::mem::take(&mut self.outbox);
        let result = work(self);
        self.outbox = outbox;
        result
    }

    /// Lets happen what was due by now, in every account.
    pub(crate) fn settle(&mut self, now: Timestamp) {
        for ((_, key), account) in &mut self.accounts {
            let mut desk = Desk {
                now,
                account: key,
                next: &mut self.next,
                recorded: &mut self.recorded,
                outbox: &mut self.outbox,
            };
            if account.settle(&mut desk) {
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
    pub(crate) fn take_outbox(&mut self) -> Vec<Outcome> {
        std::mem::take(&mut self.outbox)
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

    /// Whose session of K-Link a token stands for.
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
        *self = Self {
            next: self.next,
            webhooks: self.webhooks.forgotten(),
            revision: self.revision + 1,
            ..Self::default()
        };
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
    pub(crate) fn webhooks(&self) -> &Outstanding {
        &self.webhooks
    }

    /// As [`World::webhooks`], to be changed.
    pub(crate) fn webhooks_mut(&mut self) -> &mut Outstanding {
        self.revision += 1;
        &mut self.webhooks
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
        payments && numbers.len() == self.recorded && self.webhooks.is_consistent(|payment| numbers.contains(&payment))
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
    use super::*;

    #[test]
    fn an_account_takes_so_many_payments_and_a_sandbox_so_many_more() {
        let mut world = World::default();
        let now = Timestamp::UNIX_EPOCH;
        let record = |world: &mut World, key: &str| {
            let new = |account: &mut Account, desk: &mut Desk<'_>| {
                let record = Record::new(desk.number(), Provider::Kropay, "qris", 1_000, now);
                account.record(record, desk).map(|record| record.number)
            };
            world.account(Provider::Kropay, key, now, |account, desk| {
                (0..=MAX_PAYMENTS).map(|_| new(account, desk)).filter(Result::is_ok).count()
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
