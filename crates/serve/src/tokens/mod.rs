//! Who may call: bearer tokens, of which the database has the hashes only.

mod kept;
mod known;
mod manage;

use std::fmt;

use data_encoding::{BASE64URL_NOPAD, HEXLOWER};
use gerbang::Secret;
use sha2::{Digest, Sha256};
use subtle::{Choice, ConstantTimeEq};

pub use kept::{TokenRecord, keep, list, revoke};
pub use known::Tokens;
pub use manage::{new_token, revoke_token, tokens};

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

/// The hash of a token. It is compared in constant time, and in no other way.
#[derive(Clone, Copy)]
pub struct TokenHash([u8; 32]);

impl TokenHash {
    pub fn of(token: &str) -> Self {
        Self(Sha256::digest(token).into())
    }

    pub fn parse(hex: &str) -> Option<Self> {
        HEXLOWER.decode(hex.as_bytes()).ok()?.try_into().ok().map(Self)
    }

    pub fn hex(&self) -> String {
        HEXLOWER.encode(&self.0)
    }
}

impl ConstantTimeEq for TokenHash {
    fn ct_eq(&self, other: &Self) -> Choice {
        self.0.ct_eq(&other.0)
    }
}

/// A token that nobody can guess, and that is recognised as one where it should not be.
pub fn make(scope: Scope) -> Result<Secret, getrandom::Error> {
    let mut random = [0; 32];
    getrandom::fill(&mut random)?;
    Ok(Secret::from(format!("gerbang_{scope}_{}", BASE64URL_NOPAD.encode(&random))))
}

#[cfg(test)]
mod tests {
    use super::*;

    trait IsNotCompared<A> {
        const HOLDS: bool = true;
    }

    impl<T> IsNotCompared<()> for T {}

    struct Compared;

    impl<T: PartialEq> IsNotCompared<Compared> for T {}

    #[test]
    fn hash_has_no_comparison_but_the_constant_one() {
        // With `PartialEq` there were two answers, and this would not compile.
        const { assert!(<TokenHash as IsNotCompared<_>>::HOLDS) };
        let (one, other) = (TokenHash::of("a"), TokenHash::of("b"));
        assert!(bool::from(one.ct_eq(&TokenHash::of("a"))) && !bool::from(one.ct_eq(&other)));
    }
}
