//! Who may call: bearer tokens, of which the database has the hashes only.

use std::fmt;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use data_encoding::{BASE64URL_NOPAD, HEXLOWER};
use gerbang::Secret;
use gerbang::ledger::{Error, Ledger};
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;
use tokio::time::Instant;

/// How long the tokens of the database are believed without looking again.
const FRESH: Duration = Duration::from_secs(10);

/// How soon they are looked at again for a token that is not among them.
const SOON: Duration = Duration::from_secs(1);

/// What a token is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Scope {
    /// Taking payments and looking at them.
    Shop,
    /// That, and what a person decides.
    Admin,
}

impl Scope {
    /// All of them.
    pub const ALL: [Self; 2] = [Self::Shop, Self::Admin];

    /// The name: `shop`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Shop => "shop",
            Self::Admin => "admin",
        }
    }

    /// The scope of a name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|scope| scope.as_str() == name)
    }
}

impl fmt::Display for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// What is kept of a token.
pub type Hash = [u8; 32];

pub fn hash(token: &str) -> Hash {
    Sha256::digest(token).into()
}

/// The tokens that are known.
pub struct Tokens {
    ledger: Ledger,
    /// Those of the settings and of the sandbox, which are not in the database.
    own: Vec<(Hash, Scope)>,
    kept: Mutex<Kept>,
}

#[derive(Default)]
struct Kept {
    tokens: Vec<(Hash, Scope)>,
    read_at: Option<Instant>,
}

impl Tokens {
    pub fn new<'a>(ledger: Ledger, own: impl IntoIterator<Item = (&'a Secret, Scope)>) -> Self {
        let own = own.into_iter().map(|(token, scope)| (hash(token.expose()), scope)).collect();
        Self { ledger, own, kept: Mutex::default() }
    }

    /// What a token is for; none for one that is not known.
    pub async fn scope(&self, token: &str) -> Result<Option<Scope>, Error> {
        self.scope_of(&hash(token)).await
    }

    /// The same of a token that was seen before.
    pub async fn scope_of(&self, hash: &Hash) -> Result<Option<Scope>, Error> {
        if let Some(scope) = among(&self.own, hash) {
            return Ok(Some(scope));
        }
        let (found, age) = self.find(hash);
        match (found, age) {
            (Some(scope), Some(age)) if age < FRESH => return Ok(Some(scope)),
            // However many wrong ones come, the database is asked once a second.
            (None, Some(age)) if age < SOON => return Ok(None),
            _ => {}
        }
        self.read().await?;
        Ok(self.find(hash).0)
    }

    /// The scope of a hash among those that were read, and how long ago that was.
    fn find(&self, hash: &Hash) -> (Option<Scope>, Option<Duration>) {
        let kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        (among(&kept.tokens, hash), kept.read_at.map(|at| at.elapsed()))
    }

    async fn read(&self) -> Result<(), Error> {
        let mut tx = self.ledger.read().await?;
        let rows = tx.fetch("SELECT hash, scope FROM gerbang_serve_token", []).await?;
        drop(tx);
        let mut tokens = Vec::with_capacity(rows.len());
        for row in rows {
            let hash = HEXLOWER.decode(row.text("hash")?.as_bytes()).ok().and_then(|hash| hash.try_into().ok());
            // A scope of a later version's is none of this one's.
            if let (Some(hash), Some(scope)) = (hash, Scope::parse(&row.text("scope")?)) {
                tokens.push((hash, scope));
            }
        }
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        *kept = Kept { tokens, read_at: Some(Instant::now()) };
        Ok(())
    }
}

/// The scope of a hash. All are compared, each in constant time.
fn among(tokens: &[(Hash, Scope)], hash: &Hash) -> Option<Scope> {
    tokens.iter().fold(None, |found, (known, scope)| if known.ct_eq(hash).into() { Some(*scope) } else { found })
}

/// A token that nobody can guess, and that is recognised as one where it should not be.
pub fn make(scope: Scope) -> Result<Secret, getrandom::Error> {
    let mut random = [0; 32];
    getrandom::fill(&mut random)?;
    Ok(Secret::from(format!("gerbang_{scope}_{}", BASE64URL_NOPAD.encode(&random))))
}

/// Writes the hash of a token down.
pub async fn keep(ledger: &Ledger, token: &Secret, scope: Scope) -> Result<(), Error> {
    let mut tx = ledger.begin().await?;
    let now = tx.now().await?.as_millisecond();
    let sql = "INSERT INTO gerbang_serve_token (hash, scope, at) VALUES ($1, $2, $3)";
    let hash = HEXLOWER.encode(&hash(token.expose()));
    tx.execute(sql, [hash.into(), scope.as_str().into(), now.into()]).await?;
    tx.commit().await
}
