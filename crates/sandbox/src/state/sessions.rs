//! K-Link's sessions.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::time::Duration;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::clock::later;

/// How many sessions there are at most; the oldest end when there are more.
const MAX_SESSIONS: usize = 10_000;

/// How long a session lasts. The document does not say.
const SESSION: Duration = Duration::from_secs(24 * 3600);

/// A session of K-Link.
#[derive(Serialize, Deserialize)]
pub(crate) struct Session {
    token: String,
    account: String,
    ends: Timestamp,
}

/// All sessions, by number and by token.
#[derive(Default)]
pub(super) struct Sessions {
    all: BTreeMap<u64, Session>,
    tokens: HashMap<String, u64>,
    changed: BTreeSet<u64>,
}

impl Sessions {
    /// Begins a session.
    pub(super) fn begin(&mut self, number: u64, token: String, account: String, now: Timestamp) {
        if self.all.len() >= MAX_SESSIONS
            && let Some((oldest, session)) = self.all.pop_first()
        {
            self.tokens.remove(&session.token);
            self.changed.insert(oldest);
        }
        self.changed.insert(number);
        self.restore(number, Session { token, account, ends: later(now, SESSION) });
    }

    /// Takes over a session that was saved.
    pub(super) fn restore(&mut self, number: u64, session: Session) {
        self.tokens.insert(session.token.clone(), number);
        self.all.insert(number, session);
    }

    /// Whose session a token is of.
    pub(super) fn of(&self, token: &str, now: Timestamp) -> Option<&str> {
        let session = self.all.get(self.tokens.get(token)?)?;
        (session.ends > now).then_some(session.account.as_str())
    }

    pub(super) fn get(&self, number: u64) -> Option<&Session> {
        self.all.get(&number)
    }

    /// Ends the sessions of an account, or all.
    pub(super) fn end(&mut self, account: Option<&str>) {
        let is_meant = |session: &Session| account.is_none_or(|account| session.account == account);
        let ended: Vec<u64> =
            self.all.iter().filter(|(_, session)| is_meant(session)).map(|(number, _)| *number).collect();
        for number in ended {
            if let Some(session) = self.all.remove(&number) {
                self.tokens.remove(&session.token);
            }
            self.changed.insert(number);
        }
    }

    /// The numbers of those that have changed, which is then forgotten.
    pub(super) fn take_changed(&mut self) -> BTreeSet<u64> {
        std::mem::take(&mut self.changed)
    }
}
