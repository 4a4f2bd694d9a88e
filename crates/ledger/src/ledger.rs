//! The ledger: what it knows, and the calls that only read or write the book.

use std::collections::BTreeMap;
use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use gerbang_core::Payment;
use tokio::sync::watch;

use crate::Error;
use crate::account::Account;
use crate::event::Event;
use crate::order::Order;
use crate::person::{Case, Resolution};
use crate::store::{Intent, Store};
use crate::tx::Tx;

/// How long closed payments are watched, unless the merchant says otherwise.
const TAIL: Duration = Duration::from_secs(7 * 24 * 3600);

/// How long the bodies of notifications are kept, unless the merchant says otherwise.
const KEEP_BODIES: Duration = Duration::from_secs(30 * 24 * 3600);

/// How long a handler of events may take, unless the merchant says otherwise. Others wait ten seconds for SQLite's one writer.
const HANDLER_LIMIT: Duration = Duration::from_secs(8);

/// What a handler of events gives back. An error rolls the transaction back, and the event is handled again later.
pub type Handled = Result<(), Box<dyn std::error::Error + Send + Sync>>;

pub(crate) type Handler = dyn Fn(Tx, Event) -> Pin<Box<dyn Future<Output = Handled> + Send>> + Send + Sync;

/// Wakes the workers of this process.
#[derive(Default)]
pub(crate) struct Wake {
    /// An attempt may be due.
    pub attempts: watch::Sender<()>,
    /// An event may be due.
    pub events: watch::Sender<()>,
}

/// Payments that survive crashes. Cheap to clone; all clones are the same ledger.
#[derive(Clone)]
pub struct Ledger {
    pub(crate) store: Store,
    accounts: Arc<BTreeMap<String, Account>>,
    pub(crate) handler: Option<Arc<Handler>>,
    pub(crate) handler_limit: Duration,
    pub(crate) keep_bodies: Duration,
    pub(crate) wake: Arc<Wake>,
}

impl Ledger {
    /// Opens the book, which is made where there is none, and brings it to this version.
    ///
    /// `sqlite://shop.db` is a file, `sqlite::memory:` one for tests, `postgres://user@host/database` a server; each by the
    /// feature of that name. A server across a network needs `?sslmode=verify-full`. The tables' names begin with `gerbang_`, so that the merchant's own can be beside them.
    ///
    /// # Errors
    ///
    /// [`Error::Store`] when the database is away; [`Error::NewerBook`] when a newer program has written the book;
    /// [`Error::Invalid`] for an address of another kind.
    pub async fn open(url: &str) -> Result<Self, Error> {
        Ok(Self {
            store: Store::open(url, millis(TAIL)).await?,
            accounts: Arc::default(),
            handler: None,
            handler_limit: HANDLER_LIMIT,
            keep_bodies: KEEP_BODIES,
            wake: Arc::default(),
        })
    }

    /// Adds an account. A later one of the same name takes the place of an earlier one.
    #[must_use]
    pub fn account(mut self, account: Account) -> Self {
        Arc::make_mut(&mut self.accounts).insert(account.name().to_owned(), account);
        self
    }

    /// Handles each event in the transaction that marks it as handled, which it may share with other events: what the handler
    /// writes with this transaction happens exactly once. What it does elsewhere, such as sending an e-mail, happens at least once, with the same
    /// [`Event::id`] each time. Events of one order come in order; after an error the event comes again, later each time.
    ///
    /// The handler must not call the ledger, which would wait for the transaction that the handler has. Without a handler events
    /// wait in the book.
    ///
    /// The handler must not wait for anything but the database: while it has the transaction, nobody else writes to an SQLite
    /// book, no payment is created and no notification is taken. After the [limit](Ledger::handler_limit) it is ended, its
    /// transaction rolled back, and the event comes again. A program that sends e-mail or calls another server reads
    /// [`Ledger::events`] instead, or writes what is to be sent into a table of its own.
    #[must_use]
    pub fn on_event<F, H>(mut self, handler: F) -> Self
    where
        F: Fn(Tx, Event) -> H + Send + Sync + 'static,
        H: Future<Output = Handled> + Send + 'static,
    {
        self.handler = Some(Arc::new(move |tx, event| Box::pin(handler(tx, event))));
        self
    }

    /// How long the handler of [`Ledger::on_event`] may take for an event. It is ended at its next `.await` then; one that blocks its
    /// thread is not, but its transaction is rolled back all the same. Default: 8 seconds.
    #[must_use]
    pub fn handler_limit(mut self, limit: Duration) -> Self {
        self.handler_limit = limit;
        self
    }

    /// How long closed payments are watched after their expiry, or after they were closed. Money that comes later is known by
    /// its notification only. Default: 7 days.
    #[must_use]
    pub fn tail(mut self, tail: Duration) -> Self {
        self.store.tail = millis(tail);
        self
    }

    /// How long customers' data is kept: the bodies and headers of notifications, and what was sent to create a payment, such as
    /// the customer's name, as soon as it is not sent again. What is kept for ever are references, ids, amounts and times, and
    /// what the merchant writes himself: [metadata](crate::Order::metadata) and notes. Default: 30 days.
    #[must_use]
    pub fn keep_bodies(mut self, time: Duration) -> Self {
        self.keep_bodies = time;
        self
    }

    /// Closes the connections to the database, once those that are in use are given back; neither this ledger nor a clone of it
    /// can do anything afterwards. A file of SQLite's then has the whole book, unless another process has it open; of a program that
    /// ends without, a part is in the file `-wal` beside it. Nothing is lost either way.
    pub async fn close(&self) {
        self.store.close().await;
    }

    /// Begins a transaction on the ledger's database, for the merchant's own tables and [`Ledger::intend`].
    ///
    /// # Errors
    ///
    /// [`Error::Store`].
    pub async fn begin(&self) -> Result<Tx, Error> {
        self.store.begin().await.map(Tx::new)
    }

    /// Begins a transaction that only reads: on SQLite it waits for no writer, and no writer for it.
    ///
    /// # Errors
    ///
    /// [`Error::Store`].
    pub async fn read(&self) -> Result<Tx, Error> {
        self.store.read().await.map(Tx::new)
    }

    /// Writes down, in the merchant's own transaction, that an order is to be paid with an account. Once the transaction is
    /// committed, the worker sends it, see [`Ledger::run`]; [`EventKind::PaymentCreated`](crate::EventKind::PaymentCreated)
    /// says when the customer can pay. Returns the merchant's reference of the attempt.
    ///
    /// # Errors
    ///
    /// As [`Ledger::pay`], without those of the gateway.
    pub async fn intend(&self, tx: &mut Tx, order: &Order, account: &str) -> Result<String, Error> {
        order.check()?;
        let facts = self.find_account(account)?.facts();
        let intent = tx.conn().await?.intend(&self.store, order, &facts, None).await?;
        self.wake.attempts.send_replace(());
        let (Intent::Paid(attempt) | Intent::Attempt(attempt) | Intent::Taken(attempt)) = intent;
        Ok(attempt.reference)
    }

    /// What is known of an order's payment: the one that has paid it, or the open one, or the last. None where nothing was
    /// written down for the order.
    ///
    /// # Errors
    ///
    /// [`Error::Store`].
    pub async fn payment(&self, order: &str) -> Result<Option<Payment>, Error> {
        let Some((attempt, is_order_paid)) = self.store.current(order).await? else { return Ok(None) };
        let account = self.accounts.get(&attempt.account);
        let provider = account.map_or("", |account| account.gateway().provider());
        Ok(Some(attempt.shown(provider, is_order_paid)))
    }

    /// The events after a number of theirs, the oldest first, at most 1000. For programs that read them instead of handling
    /// them.
    ///
    /// # Errors
    ///
    /// [`Error::Store`].
    pub async fn events(&self, after: i64) -> Result<Vec<Event>, Error> {
        self.store.events(after, 1000).await
    }

    /// What only a person can settle, the oldest first.
    ///
    /// # Errors
    ///
    /// [`Error::Store`].
    pub async fn cases(&self) -> Result<Vec<Case>, Error> {
        self.store.cases().await
    }

    /// Resolves a case. The person's name and note are kept for ever.
    ///
    /// # Errors
    ///
    /// [`Error::NotFound`] where there is no such case, or it is resolved; [`Error::Invalid`] without a name, or where
    /// [it cannot be resolved so](Case::can_be); [`Error::Store`].
    pub async fn resolve(&self, case: i64, resolution: Resolution, person: &str, note: &str) -> Result<(), Error> {
        check_person(person)?;
        let attempt = self.store.attempt_of_case(case).await?;
        if attempt.is_none() && resolution != Resolution::Noted {
            return Err(Error::Invalid("the case decides about no payment: it can only be noted".to_owned()));
        }
        let facts = match &attempt {
            Some((id, account)) => Some((*id, self.find_account(account)?.facts())),
            None => None,
        };
        let about = facts.as_ref().map(|(id, facts)| (*id, facts));
        self.store.resolve(case, resolution, (person, note), about).await?;
        self.wake.attempts.send_replace(());
        self.wake.events.send_replace(());
        Ok(())
    }

    /// Writes down that a person has refunded a surplus. The ledger moves no money. Name and note are kept for ever.
    ///
    /// # Errors
    ///
    /// [`Error::NotFound`] where there is no such surplus, or it is refunded; [`Error::Invalid`] without a name; [`Error::Store`].
    pub async fn refunded(&self, surplus: i64, person: &str, note: &str) -> Result<(), Error> {
        check_person(person)?;
        self.store.refunded(surplus, person, note).await
    }

    pub(crate) fn find_account(&self, name: &str) -> Result<&Account, Error> {
        self.accounts.get(name).ok_or_else(|| Error::UnknownAccount(name.to_owned()))
    }

    pub(crate) fn all_accounts(&self) -> impl Iterator<Item = &Account> {
        self.accounts.values()
    }
}

impl fmt::Debug for Ledger {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Ledger").field("accounts", &self.accounts.keys()).finish_non_exhaustive()
    }
}

fn check_person(name: &str) -> Result<(), Error> {
    match name.trim().is_empty() {
        true => Err(Error::Invalid("the person's name is missing".to_owned())),
        false => Ok(()),
    }
}

pub(crate) fn millis(time: Duration) -> i64 {
    // A tenth of the range, so that sums do not overflow.
    i64::try_from(time.as_millis()).unwrap_or(i64::MAX).min(i64::MAX / 10)
}
