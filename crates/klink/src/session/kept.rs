//! The session's token, and what the store keeps of a session.

use std::time::Duration;

use gerbang_core::Secret;
use jiff::Timestamp;
use serde::Deserialize;

use crate::store::StoredSession;

/// A token, and the store's version of it, which distinguishes a stale token from a new one.
#[derive(Clone, Debug)]
pub(super) struct Token {
    pub(super) value: Secret,
    pub(super) version: u64,
    pub(super) since: Timestamp,
    /// Whether this session's own login gave it.
    pub(super) is_own: bool,
}

impl Token {
    /// How old it is. A time that is not past yet is of a clock that was wrong: the token is as old as can be.
    pub(super) fn age(&self) -> Duration {
        self.age_at(Timestamp::now())
    }

    fn age_at(&self, now: Timestamp) -> Duration {
        let age = now.duration_since(self.since);
        if age.as_secs() < -60 { Duration::MAX } else { age.try_into().unwrap_or_default() }
    }
}

/// What the store keeps: a token, a login under way, or neither.
pub(super) struct Kept {
    pub(super) seen: Option<u64>,
    pub(super) value: Value,
}

/// The form of [`StoredSession::value`].
#[derive(Default, Deserialize)]
pub(super) struct Value {
    pub(super) token: Option<Secret>,
    /// When the token was given.
    pub(super) since: Option<Timestamp>,
    /// Whose login is under way.
    pub(super) owner: Option<u64>,
}

impl Kept {
    pub(super) fn version(&self) -> u64 {
        self.seen.unwrap_or_default()
    }

    pub(super) fn token(&self) -> Option<Token> {
        let value = self.value.token.clone().filter(is_usable)?;
        Some(Token {
            value,
            version: self.version(),
            since: self.value.since.unwrap_or(Timestamp::UNIX_EPOCH),
            is_own: false,
        })
    }

    /// A login that this session has begun is not under way any more: its caller was dropped.
    pub(super) fn is_login_of_another(&self, owner: u64) -> bool {
        self.value.owner.is_some_and(|other| other != owner)
    }

    pub(super) fn next(&self, value: &Value) -> StoredSession {
        let Value { token, since, owner } = value;
        let token = token.as_ref().map(Secret::expose);
        let text = serde_json::json!({ "token": token, "since": since, "owner": owner }).to_string();
        StoredSession::new(self.version() + 1, text)
    }
}

/// Whether a header can hold the token.
pub(super) fn is_usable(token: &Secret) -> bool {
    !token.is_empty() && token.expose().bytes().all(|byte| byte == b' ' || byte.is_ascii_graphic())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn token_of_the_future_is_as_old_as_can_be() {
        let now: Timestamp = "2026-05-30T08:30:00Z".parse().unwrap();
        let age = |ahead: i64| {
            let since = Timestamp::from_second(now.as_second() + ahead).unwrap();
            Token { value: "t".into(), version: 1, since, is_own: false }.age_at(now)
        };
        // Two machines' clocks may differ by a minute.
        assert_eq!([-90, 0, 1, 60].map(age), [90, 0, 0, 0].map(Duration::from_secs));
        assert_eq!(age(61), Duration::MAX);
    }

    #[test]
    fn only_what_a_header_can_hold_is_a_token() {
        for (token, is_fine) in
            [("t", true), ("Bearer t~", true), ("", false), ("a\tb", false), ("\u{7f}", false), ("é", false)]
        {
            assert_eq!(is_usable(&token.into()), is_fine, "{token:?}");
        }
    }

    #[test]
    fn each_change_has_the_next_version() {
        let kept = |seen| Kept { seen, value: Value::default() };
        let next = |seen| kept(seen).next(&Value { owner: Some(5), ..Value::default() });
        assert_eq!((next(None).version(), next(Some(7)).version()), (1, 8));
        let read: Value = serde_json::from_str(next(None).value().expose()).unwrap();
        let login = Kept { seen: None, value: read };
        assert!(login.is_login_of_another(4) && !login.is_login_of_another(5) && !kept(None).is_login_of_another(4));
    }
}
