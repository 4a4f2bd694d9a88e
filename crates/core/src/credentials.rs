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

/// A setting that a client can be made from, named as an environment variable.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Variable {
    /// The variable, such as `GERBANG_KROPAY_API_KEY`.
    pub name: &'static str,
    /// Whether the client cannot be made without it.
    pub required: bool,
    /// Whether its value must not be shown.
    pub secret: bool,
}

/// The value of an environment variable; none where it is not set.
///
/// # Errors
///
/// [`Kind::Configuration`] when the variable is not UTF-8.
pub fn environment(variable: &str) -> Result<Option<String>, Error> {
    match env::var(variable) {
        Ok(text) => Ok(Some(text)),
        Err(env::VarError::NotPresent) => Ok(None),
        Err(env::VarError::NotUnicode(_)) => Err(unusable(variable, "is not UTF-8")),
    }
}

/// Reads a required credential with `read`, such as [`environment`].
///
/// # Errors
///
/// [`Kind::Configuration`] when the variable is not set, empty or not of the wanted type, and what `read` fails with. The
/// error names the variable and never shows its value.
pub fn required<T: FromVariable>(
    read: impl Fn(&str) -> Result<Option<String>, Error>,
    variable: &str,
) -> Result<T, Error> {
    optional(read, variable)?.ok_or_else(|| unusable(variable, "is not set"))
}

/// Reads an optional credential with `read`, such as [`environment`]; an empty variable counts as not set.
///
/// # Errors
///
/// [`Kind::Configuration`] when the variable is not of the wanted type, and what `read` fails with.
pub fn optional<T: FromVariable>(
    read: impl Fn(&str) -> Result<Option<String>, Error>,
    variable: &str,
) -> Result<Option<T>, Error> {
    match read(variable)? {
        Some(text) if !text.trim().is_empty() => {
            T::from_variable(text.trim()).map(Some).ok_or_else(|| unusable(variable, "is not a whole number"))
        }
        _ => Ok(None),
    }
}

fn unusable(variable: &str, why: &str) -> Error {
    Error::new(Kind::Configuration, Delivery::NotSent, format!("the environment variable {variable} {why}"))
}

/// A type that a variable can hold.
pub trait FromVariable: Sized {
    /// Reads the variable's trimmed text; none when it is not of this type.
    fn from_variable(text: &str) -> Option<Self>;
}

impl FromVariable for Secret {
    fn from_variable(text: &str) -> Option<Self> {
        Some(Self::from(text))
    }
}

impl FromVariable for String {
    fn from_variable(text: &str) -> Option<Self> {
        Some(text.to_owned())
    }
}

impl FromVariable for u64 {
    fn from_variable(text: &str) -> Option<Self> {
        Self::from_str(text).ok()
    }
}
