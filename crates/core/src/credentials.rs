//! How a client asks for the credentials that an operation needs.

use std::env;
use std::str::FromStr;

use crate::{Delivery, Error, Kind, Secret};

/// The credentials of one merchant with one provider. Each client crate has a type of its own, generated from its spec.
pub trait Credentials: Send + Sync + 'static {
    /// The credential of this name, as the operation table calls it; none when it was not given.
    fn get(&self, name: &str) -> Option<Credential<'_>>;

    /// All secrets, so that they can be removed from what a provider echoes.
    fn secrets(&self) -> Vec<&Secret>;
}

/// One credential.
#[derive(Debug, Clone, Copy)]
pub enum Credential<'a> {
    /// Must not be shown.
    Secret(&'a Secret),
    /// Names the merchant's account; not secret.
    Text(&'a str),
    /// Numbers the merchant's account; not secret.
    Number(u64),
}

/// Reads a required credential from an environment variable.
///
/// # Errors
///
/// [`Kind::Configuration`] when the variable is not set, empty, not UTF-8 or not of the wanted type. The error names the
/// variable and never shows its value.
pub fn from_env<T: FromEnv>(variable: &str) -> Result<T, Error> {
    from_env_optional(variable)?.ok_or_else(|| unusable(variable, "is not set"))
}

/// Reads an optional credential from an environment variable; an empty variable counts as not set.
///
/// # Errors
///
/// [`Kind::Configuration`] when the variable is not UTF-8 or not of the wanted type.
pub fn from_env_optional<T: FromEnv>(variable: &str) -> Result<Option<T>, Error> {
    match env::var(variable) {
        Ok(text) if text.trim().is_empty() => Ok(None),
        Ok(text) => T::from_env(text.trim()).map(Some).ok_or_else(|| unusable(variable, "is not a whole number")),
        Err(env::VarError::NotPresent) => Ok(None),
        Err(env::VarError::NotUnicode(_)) => Err(unusable(variable, "is not UTF-8")),
    }
}

fn unusable(variable: &str, why: &str) -> Error {
    Error::new(Kind::Configuration, Delivery::NotSent, format!("the environment variable {variable} {why}"))
}

/// A type that an environment variable can hold.
pub trait FromEnv: Sized {
    /// Reads the variable's trimmed text; none when it is not of this type.
    fn from_env(text: &str) -> Option<Self>;
}

impl FromEnv for Secret {
    fn from_env(text: &str) -> Option<Self> {
        Some(Self::from(text))
    }
}

impl FromEnv for String {
    fn from_env(text: &str) -> Option<Self> {
        Some(text.to_owned())
    }
}

impl FromEnv for u64 {
    fn from_env(text: &str) -> Option<Self> {
        Self::from_str(text).ok()
    }
}
