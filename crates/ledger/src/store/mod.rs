//! The book: one method for each transaction, written once for both databases. What must hold is a unique index or a guarded
//! UPDATE whose row count is looked at; the states come from [`crate::machine`].

#[cfg(feature = "sqlite")]
mod access;
mod batch;
mod browse;
mod clock;
mod conn;
mod facts;
mod figures;
#[cfg(feature = "sqlite")]
mod group;
mod inbox;
mod intents;
mod kept;
mod migrations;
mod outbox;
mod people;
mod place;
#[cfg(feature = "postgres")]
mod postgres;
mod rows;
#[cfg(feature = "sqlite")]
mod sqlite;
mod work;

pub(crate) use batch::UNFORESEEN;
pub(crate) use conn::{Conn, Row};
pub(crate) use facts::{Answers, Learning};
pub(crate) use inbox::{Incoming, OtherId, Received};
pub(crate) use intents::Intent;
pub(crate) use place::Placing;
pub(crate) use work::Claimed;

use std::collections::HashSet;
use std::sync::atomic::AtomicI64;
use std::sync::{Arc, Mutex};

use conn::{Dialect, Open};

use crate::account::{Facts, Mode};
use crate::value::Value;
use crate::{Error, chance};

/// How often a transaction is run again that another one was in the way of.
const MOST_CONFLICTS: u32 = 8;

/// The ledger's database.
#[derive(Debug, Clone)]
pub(crate) struct Store {
    database: Database,
    /// The name that this process has on its leases.
    holder: String,
    /// How long closed payments are watched, in milliseconds.
    pub tail: i64,
    /// The database's time when this process last looked for work; the end of time before.
    clock: Arc<AtomicI64>,
    /// The accounts that are known to be in the book.
    known: Arc<Mutex<HashSet<Known>>>,
}

/// An account's name, gateway and mode.
type Known = (String, &'static str, Mode);

#[derive(Debug, Clone)]
enum Database {
    #[cfg(feature = "sqlite")]
    Sqlite(sqlite::SqliteStore),
    #[cfg(feature = "postgres")]
    Postgres(postgres::PostgresStore),
}

/// Runs a transaction, and again when another one was in its way. Everything in it is done again then. With `first` it is
/// tried in that transaction before.
macro_rules! transact {
    ($store:expr, $conn:ident => $body:expr) => {
        transact!($store, None, $conn => $body)
    };
    ($store:expr, $first:expr, $conn:ident => $body:expr) => {{
        let mut conflicts = 0;
        let mut first = $first;
        loop {
            let mut conn = match first.take() {
                Some(conn) => conn,
                None => $store.begin_together().await?,
            };
            let is_one_statement = conn.is_one_statement();
            // Once: what was foreseen may have been wrong.
            conn.set_batches(conflicts == 0);
            let result: Result<_, $crate::Error> = async {
                let $conn = &mut conn;
                Ok($body)
            }
            .await;
            let result = match result {
                Ok(done) => conn.commit().await.map(|()| done).map_err($crate::Error::from),
                Err(error) => Err(error),
            };
            match result {
                // It was not as foreseen, or a connection of the pool was broken.
                Err($crate::Error::Store(_)) if is_one_statement => {}
                Err(error) if error.is_conflict() && conflicts < $crate::store::MOST_CONFLICTS => conflicts += 1,
                result => break result,
            }
        }
    }};
}
use transact;

impl Store {
    /// Opens the book and brings it to the newest version.
    pub async fn open(url: &str, tail: i64) -> Result<Self, Error> {
        let database = match url.split(':').next() {
            #[cfg(feature = "sqlite")]
            Some("sqlite") => Database::Sqlite(sqlite::SqliteStore::open(url).await?),
            #[cfg(feature = "postgres")]
            Some("postgres" | "postgresql") => Database::Postgres(postgres::PostgresStore::open(url).await?),
            // The address may hold a password and is not shown.
            _ => {
                return Err(Error::Invalid(
                    "the ledger's database must be sqlite:… or postgres://…, by the feature of that name".into(),
                ));
            }
        };
        let clock = Arc::new(AtomicI64::new(i64::MAX));
        let store = Self { database, holder: chance::name(), tail, clock, known: Arc::default() };
        migrations::migrate(store.begin().await?).await?;
        Ok(store)
    }

    /// Begins a transaction that writes.
    pub async fn begin(&self) -> Result<Conn, Error> {
        Ok(Conn::new(match &self.database {
            #[cfg(feature = "sqlite")]
            Database::Sqlite(store) => Open::Sqlite(store.begin().await?),
            #[cfg(feature = "postgres")]
            Database::Postgres(store) => Open::Postgres(store.begin().await?),
        }))
    }

    /// Begins a transaction that writes and waits for nothing but the database, so that others can wait for its commit.
    async fn begin_together(&self) -> Result<Conn, Error> {
        match &self.database {
            #[cfg(feature = "sqlite")]
            Database::Sqlite(store) => Ok(Conn::new(Open::Sqlite(store.begin_together().await?))),
            #[cfg(feature = "postgres")]
            Database::Postgres(_) => self.begin().await,
        }
    }

    /// A transaction of one statement, where the database gains by it. It cannot read: who begins it has read, and guards what was read
    /// by the version of the attempt.
    fn one_statement(&self) -> Option<Conn> {
        match &self.database {
            #[cfg(feature = "sqlite")]
            Database::Sqlite(_) => None,
            #[cfg(feature = "postgres")]
            Database::Postgres(store) => Some(Conn::new(Open::OneStatement(store.pool()))),
        }
    }

    /// The rows of one query, outside of a transaction. It may be run again when a connection of the pool broke.
    async fn look(&self, sql: &str, values: Vec<Value>) -> Result<Vec<Row>, Error> {
        let sql = self.dialect().render(sql);
        Ok(match &self.database {
            #[cfg(feature = "sqlite")]
            Database::Sqlite(store) => store.look(sql, values).await?,
            #[cfg(feature = "postgres")]
            Database::Postgres(store) => store.look(sql, values).await?,
        })
    }

    /// Closes the connections, once they are given back.
    pub async fn close(&self) {
        match &self.database {
            #[cfg(feature = "sqlite")]
            Database::Sqlite(store) => store.close().await,
            #[cfg(feature = "postgres")]
            Database::Postgres(store) => store.pool().close().await,
        }
    }

    fn dialect(&self) -> Dialect {
        match &self.database {
            #[cfg(feature = "sqlite")]
            Database::Sqlite(_) => Dialect::Sqlite,
            #[cfg(feature = "postgres")]
            Database::Postgres(_) => Dialect::Postgres,
        }
    }

    /// Whether this process has seen in the book that the account is written down.
    fn knows(&self, facts: &Facts) -> bool {
        self.known.lock().is_ok_and(|known| known.contains(&(facts.account.clone(), facts.provider, facts.mode)))
    }

    /// Takes note of an account that is in the book. Its gateway and mode never change there.
    fn remember(&self, facts: &Facts) {
        if let Ok(mut known) = self.known.lock() {
            known.insert((facts.account.clone(), facts.provider, facts.mode));
        }
    }

    /// Begins a transaction that only reads.
    pub async fn read(&self) -> Result<Conn, Error> {
        Ok(Conn::new(match &self.database {
            #[cfg(feature = "sqlite")]
            Database::Sqlite(store) => Open::Sqlite(store.read().await?),
            #[cfg(feature = "postgres")]
            Database::Postgres(store) => Open::Postgres(store.begin().await?),
        }))
    }
}
