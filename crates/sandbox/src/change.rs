//! Why a clock cannot be changed, or a credential forgotten.

use std::fmt;

use crate::clock::TooFar;

/// Why a clock cannot be changed, or a credential forgotten.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ChangeError {
    /// This cannot be a credential of the provider.
    Credential,
    /// The clock would be more than ten years from the time of the machine.
    TooFar,
    /// It was done, but the state file could not be written.
    NotSaved,
}

impl fmt::Display for ChangeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Credential => f.write_str("this cannot be a credential of the provider; Pakasir's is PROJECT:KEY"),
            Self::TooFar => TooFar.fmt(f),
            Self::NotSaved => f.write_str("the state file could not be written"),
        }
    }
}

impl std::error::Error for ChangeError {}

impl From<TooFar> for ChangeError {
    fn from(_: TooFar) -> Self {
        Self::TooFar
    }
}
