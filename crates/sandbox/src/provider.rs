//! The gateways that the sandbox imitates.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::facts::{self, Facts};

/// A payment gateway.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum Provider {
    /// Kazukipay, under `/kazukipay`. It makes up a reference where the merchant gives none, and notifies of payments that
    /// are paid, without proof.
    Kazukipay,
    /// Kropay, under `/kropay`. It notifies of payments that are paid, without proof, up to 50 times until the answer is 200
    /// with `{"success": true}`.
    Kropay,
    /// PayDigital, under `/paydigital`. It takes no reference of the merchant and sends no notifications.
    Paydigital,
    /// Pakasir with both of its APIs, under `/pakasir`. A credential is the project and the key, as `PROJECT:KEY`. It
    /// notifies of payments that are paid: API v1 without proof, API v2 with its secret in `X-Secret`.
    Pakasir,
    /// K-Link, under `/klink`. A credential is the e-mail address. It notifies of payments that are paid, and by GoPay also
    /// of those that expire or are cancelled, with a signature of the body in `x-servicepayment`.
    Klink,
    /// Tripay, under `/tripay`. It notifies of every payment that has come to its end, with a signature of the body in
    /// `X-Callback-Signature`, and refuses payments that its private key has not signed.
    Tripay,
    /// Midtrans, under `/midtrans`. A credential is the server key. It notifies of every payment that has come to its end, with a
    /// signature in the member `signature_key`, which is made with that key and does not cover the state.
    Midtrans,
}

impl Provider {
    /// All of them.
    pub const ALL: [Self; 7] =
        [Self::Kazukipay, Self::Kropay, Self::Paydigital, Self::Pakasir, Self::Klink, Self::Tripay, Self::Midtrans];

    /// The name in paths and in the sandbox's own API.
    pub const fn name(self) -> &'static str {
        self.facts().name
    }

    /// A value that the sandbox takes for a variable of a gateway's client; none where it takes any text, as for an API key. A
    /// key is [`DEFAULT_KEY`](crate::DEFAULT_KEY).
    ///
    /// ```
    /// use gerbang_sandbox::Provider;
    ///
    /// assert_eq!(Provider::setting("GERBANG_KLINK_BANK_CODE"), Some("014"));
    /// assert_eq!(Provider::setting("GERBANG_KROPAY_API_KEY"), None);
    /// ```
    pub fn setting(variable: &str) -> Option<&'static str> {
        let (name, setting) = variable.strip_prefix("GERBANG_")?.split_once('_')?;
        let provider: Self = name.to_ascii_lowercase().parse().ok()?;
        let mut settings = provider.facts().settings.iter();
        settings.find(|(known, _)| known.eq_ignore_ascii_case(setting)).map(|(_, value)| *value)
    }

    /// The provider that a path of the sandbox's leads to, and the path there.
    pub(crate) fn within(path: &str) -> (Option<Self>, &str) {
        let rest = path.strip_prefix('/').unwrap_or(path);
        let name = rest.split('/').next().unwrap_or(rest);
        match name.parse() {
            Ok(provider) => (Some(provider), &rest[name.len()..]),
            Err(UnknownProvider) => (None, path),
        }
    }

    pub(crate) const fn facts(self) -> &'static Facts {
        match self {
            Self::Kazukipay => &facts::kazukipay::FACTS,
            Self::Kropay => &facts::kropay::FACTS,
            Self::Paydigital => &facts::paydigital::FACTS,
            Self::Pakasir => &facts::pakasir::FACTS,
            Self::Klink => &facts::klink::FACTS,
            Self::Tripay => &facts::tripay::FACTS,
            Self::Midtrans => &facts::midtrans::FACTS,
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
