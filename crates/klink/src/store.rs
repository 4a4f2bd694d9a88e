//! Where a session's token is kept, so that several processes can share one.

use std::fmt;
use std::sync::{Mutex, MutexGuard, PoisonError};

use gerbang_core::{Answer, Secret};

/// Keeps the session of one account at K-Link, for all processes that use the account.
///
/// K-Link's token is "for one session": a login may end the session of another process. Processes that share a store log in one
/// at a time, and the others take the token that is there; see `Client::with_session_store`. It needs one row:
///
/// ```sql
/// CREATE TABLE klink_session (account TEXT PRIMARY KEY, version BIGINT NOT NULL, value TEXT NOT NULL);
/// ```
///
/// `load` reads the row. `replace` inserts the row where `seen` is none (`ON CONFLICT DO NOTHING`) and otherwise is one
/// `UPDATE … WHERE account = ? AND version = ?`; it says whether a row was written. The value holds the token: keep it as you
/// keep a password.
pub trait SessionStore: Send + Sync {
    /// What is kept; none when nothing was kept yet.
    ///
    /// # Errors
    ///
    /// When the store cannot be asked. The call that needed the token was not sent then.
    fn load(&self) -> Answer<'_, Option<StoredSession>>;

    /// Keeps `new` where what is kept still has the version `seen`, or where nothing is kept and `seen` is none; in one step
    /// that no other process can come between. Says whether it did.
    ///
    /// # Errors
    ///
    /// As [`SessionStore::load`].
    fn replace<'a>(&'a self, seen: Option<u64>, new: &'a StoredSession) -> Answer<'a, bool>;
}

/// What a [`SessionStore`] keeps: a version, which grows with each change, and a text whose form is this crate's own.
#[derive(Clone, Debug)]
pub struct StoredSession {
    version: u64,
    value: Secret,
}

impl StoredSession {
    /// What was kept, as it was read from the store.
    pub fn new(version: u64, value: impl Into<Secret>) -> Self {
        Self { version, value: value.into() }
    }

    /// The version.
    pub fn version(&self) -> u64 {
        self.version
    }

    /// The text, which holds the token.
    pub fn value(&self) -> &Secret {
        &self.value
    }
}

/// A [`SessionStore`] in this process's memory: each client has one of its own unless it is given another.
#[derive(Default)]
pub struct MemorySessionStore(Mutex<Option<StoredSession>>);

impl MemorySessionStore {
    fn kept(&self) -> MutexGuard<'_, Option<StoredSession>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl SessionStore for MemorySessionStore {
    fn load(&self) -> Answer<'_, Option<StoredSession>> {
        Box::pin(async { Ok(self.kept().clone()) })
    }

    fn replace<'a>(&'a self, seen: Option<u64>, new: &'a StoredSession) -> Answer<'a, bool> {
        Box::pin(async move {
            let mut kept = self.kept();
            let is_as_seen = kept.as_ref().map(StoredSession::version) == seen;
            if is_as_seen {
                *kept = Some(new.clone());
            }
            Ok(is_as_seen)
        })
    }
}

impl fmt::Debug for MemorySessionStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("MemorySessionStore")
    }
}
