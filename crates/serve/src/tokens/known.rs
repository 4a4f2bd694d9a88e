//! The tokens that a daemon knows: those of the database as of some seconds ago.

use std::collections::BTreeSet;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use gerbang::Secret;
use gerbang::ledger::{Error, Ledger};
use subtle::ConstantTimeEq;
use tokio::time::Instant;

use super::{Scope, TokenHash, kept};

/// How long the tokens of the database are believed without looking again: one that is revoked is refused after that.
const FRESH: Duration = Duration::from_secs(10);

/// How soon they are looked at again for a token that is not among them.
const SOON: Duration = Duration::from_secs(1);

/// Whose token a call has.
pub struct Caller {
    pub scope: Scope,
    hash: TokenHash,
}

impl Caller {
    /// What no two callers have in common.
    pub fn id(&self) -> [u8; 32] {
        self.hash.0
    }
}

/// The tokens that are known.
pub struct Tokens {
    ledger: Ledger,
    /// Those of the settings and of the sandbox, which are not in the database.
    own: Vec<(TokenHash, Scope)>,
    kept: Mutex<Kept>,
}

#[derive(Default)]
struct Kept {
    tokens: Vec<(TokenHash, Scope)>,
    read_at: Option<Instant>,
    /// The hashes of those that were used, until that is written down.
    used: BTreeSet<String>,
}

impl Tokens {
    pub fn new<'a>(ledger: Ledger, own: impl IntoIterator<Item = (&'a Secret, Scope)>) -> Self {
        let own = own.into_iter().map(|(token, scope)| (TokenHash::of(token.expose()), scope)).collect();
        Self { ledger, own, kept: Mutex::default() }
    }

    /// Whose token it is; none for one that is not known.
    pub async fn caller(&self, token: &str) -> Result<Option<Caller>, Error> {
        let hash = TokenHash::of(token);
        Ok(self.scope(&hash).await?.map(|scope| Caller { scope, hash }))
    }

    /// What the token of a hash is for; none for one that is not known.
    pub async fn scope(&self, hash: &TokenHash) -> Result<Option<Scope>, Error> {
        if let Some(scope) = among(&self.own, hash) {
            return Ok(Some(scope));
        }
        match self.find(hash) {
            (Some(scope), Some(age)) if age < FRESH => Ok(Some(scope)),
            // However many wrong ones come, the database is asked once a second.
            (None, Some(age)) if age < SOON => Ok(None),
            _ => {
                self.read().await?;
                Ok(self.find(hash).0)
            }
        }
    }

    /// The scope of a hash among those that were read, and how long ago that was.
    fn find(&self, hash: &TokenHash) -> (Option<Scope>, Option<Duration>) {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        let found = among(&kept.tokens, hash);
        if found.is_some() {
            kept.used.insert(hash.hex());
        }
        (found, kept.read_at.map(|at| at.elapsed()))
    }

    async fn read(&self) -> Result<(), Error> {
        let tokens = kept::hashes(&self.ledger).await?;
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        (kept.tokens, kept.read_at) = (tokens, Some(Instant::now()));
        Ok(())
    }

    /// Writes down which tokens were used since the last time.
    pub async fn note_uses(&self) -> Result<(), Error> {
        let used = std::mem::take(&mut self.kept.lock().unwrap_or_else(PoisonError::into_inner).used);
        if used.is_empty() { Ok(()) } else { kept::used(&self.ledger, used).await }
    }
}

/// The scope of a hash. All are compared, each in constant time.
fn among(tokens: &[(TokenHash, Scope)], hash: &TokenHash) -> Option<Scope> {
    tokens.iter().fold(None, |found, (known, scope)| if known.ct_eq(hash).into() { Some(*scope) } else { found })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{tables, tokens};

    #[tokio::test]
    async fn tokens_are_listed_with_their_last_use_and_revoked() {
        let ledger = Ledger::open("sqlite::memory:").await.unwrap();
        tables::migrate(&ledger).await.unwrap();
        let token = tokens::make(Scope::Admin).unwrap();
        let made = tokens::keep(&ledger, &token, Scope::Admin, Some("ani")).await.unwrap();
        tokens::keep(&ledger, &tokens::make(Scope::Shop).unwrap(), Scope::Shop, None).await.unwrap();
        let tokens = Tokens::new(ledger.clone(), []);
        assert!(tokens.caller(token.expose()).await.unwrap().unwrap().scope == Scope::Admin);
        tokens.note_uses().await.unwrap();
        let listed = kept::list(&ledger).await.unwrap();
        let [used, unused] = [0, 1].map(|at| listed[at].clone());
        let (used, unused) = if used.id == made.id { (used, unused) } else { (unused, used) };
        assert_eq!((used.label.as_deref(), used.scope, used.made_at), (Some("ani"), Scope::Admin, made.made_at));
        assert!(used.used_at.is_some_and(|at| at >= made.made_at) && unused.used_at.is_none());
        assert!(!token.expose().contains(&used.id) && used.id.len() == 12);
        assert!(kept::revoke(&ledger, &used.id).await.unwrap() && !kept::revoke(&ledger, &used.id).await.unwrap());
        assert_eq!(kept::list(&ledger).await.unwrap(), [unused]);
        tokens.read().await.unwrap();
        assert!(tokens.caller(token.expose()).await.unwrap().is_none());
    }
}
