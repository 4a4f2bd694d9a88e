//! The gateways that the sandbox imitates, and their names.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// A payment gateway.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum Provider {
    /// Kazukipay, under `/kazukipay`.
    Kazukipay,
    /// Kropay, under `/kropay`.
    Kropay,
    /// PayDigital, under `/paydigital`.
    Paydigital,
    /// Pakasir with both of its APIs, under `/pakasir`.
    Pakasir,
    /// K-Link, under `/klink`.
    Klink,
}

impl Provider {
    /// All of them.
    pub const ALL: [Self; 5] = [Self::Kazukipay, Self::Kropay, Self::Paydigital, Self::Pakasir, Self::Klink];

    /// The name in paths and in the sandbox's own API.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Kazukipay => "kazukipay",
            Self::Kropay => "kropay",
            Self::Paydigital => "paydigital",
            Self::Pakasir => "pakasir",
            Self::Klink => "klink",
        }
    }
}

/// The name, as [`Provider::name`].
impl fmt::Display for Provider {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

impl FromStr for Provider {
    type Err = UnknownProvider;

    fn from_str(name: &str) -> Result<Self, UnknownProvider> {
        Self::ALL.into_iter().find(|provider| provider.name() == name).ok_or(UnknownProvider)
    }
}

/// No provider has this name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UnknownProvider;

impl fmt::Display for UnknownProvider {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("no provider has this name")
    }
}

impl std::error::Error for UnknownProvider {}
