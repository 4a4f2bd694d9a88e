use std::fmt;

use secrecy::zeroize::Zeroize;
use secrecy::{ExposeSecret, SecretString};
use serde::de::{self, Unexpected, Visitor};
use serde::{Deserialize, Deserializer};

use crate::body::is_damaged;

/// A credential: an API key, a password, a session token.
///
/// It is shown by nothing but [`expose`](Self::expose): it has no `Display` and no `Serialize`, its `Debug` prints
/// `Secret([redacted])`, and the errors of its `Deserialize` never quote what they refuse. It cannot be compared. Its
/// memory is overwritten when it is dropped; copies that a parser made before it are not.
///
/// ```
/// use gerbang_core::Secret;
///
/// let key = Secret::from("SK-0123456789");
/// assert_eq!(format!("{key:?}"), "Secret([redacted])");
/// assert_eq!(key.expose(), "SK-0123456789");
/// ```
#[derive(Clone)]
pub struct Secret(SecretString);

impl Secret {
    /// The secret itself. What is done with it must not reach a log, a message or a URL.
    pub fn expose(&self) -> &str {
        self.0.expose_secret()
    }

    /// Whether the secret is the empty text.
    pub fn is_empty(&self) -> bool {
        self.expose().is_empty()
    }
}

impl From<&str> for Secret {
    fn from(text: &str) -> Self {
        Self(text.into())
    }
}

impl From<String> for Secret {
    fn from(mut text: String) -> Self {
        // Making a box of a string with spare room moves it and leaves the old bytes behind.
        let secret = Self::from(text.as_str());
        text.zeroize();
        secret
    }
}

/// Prints `Secret([redacted])`.
impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret([redacted])")
    }
}

/// Reads text that is not blank. Anything else is an error that does not show the value.
impl<'de> Deserialize<'de> for Secret {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        // `deserialize_any`, because a JSON parser that is asked for text quotes the number it finds instead.
        deserializer.deserialize_any(Text)
    }
}

struct Text;

impl Text {
    fn refuse<E: de::Error>(self, found: &'static str) -> Result<Secret, E> {
        Err(E::invalid_type(Unexpected::Other(found), &self))
    }
}

// Serde's own versions of these methods quote the value in the error.
impl Visitor<'_> for Text {
    type Value = Secret;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a secret as text")
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<Secret, E> {
        self.visit_string(text.to_owned())
    }

    fn visit_string<E: de::Error>(self, text: String) -> Result<Secret, E> {
        let secret = Secret::from(text);
        match secret.expose() {
            text if text.trim().is_empty() => self.refuse("blank"),
            text if is_damaged(text) => self.refuse("text that has lost a part"),
            _ => Ok(secret),
        }
    }

    fn visit_bool<E: de::Error>(self, _: bool) -> Result<Secret, E> {
        self.refuse("boolean")
    }

    fn visit_i64<E: de::Error>(self, _: i64) -> Result<Secret, E> {
        self.refuse("integer")
    }

    fn visit_i128<E: de::Error>(self, _: i128) -> Result<Secret, E> {
        self.refuse("integer")
    }

    fn visit_u64<E: de::Error>(self, _: u64) -> Result<Secret, E> {
        self.refuse("integer")
    }

    fn visit_u128<E: de::Error>(self, _: u128) -> Result<Secret, E> {
        self.refuse("integer")
    }

    fn visit_f64<E: de::Error>(self, _: f64) -> Result<Secret, E> {
        self.refuse("floating point number")
    }
}

#[cfg(feature = "schemars")]
impl schemars::JsonSchema for Secret {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Secret".into()
    }

    fn schema_id() -> std::borrow::Cow<'static, str> {
        concat!(module_path!(), "::Secret").into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({"type": "string", "format": "password"})
    }
}
