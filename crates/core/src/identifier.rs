use std::borrow::Borrow;
use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use crate::body::is_damaged;
use crate::scalar::{FromScalar, Scalar, is_plain};

/// An opaque name or number that a provider gave to something.
///
/// It is read from a JSON string or integer, kept as text exactly as it came, and written as a string. Any other JSON
/// value is an error, also `137.0`. So is a text with the replacement character U+FFFD: it was damaged on its way, and must
/// not be compared with another.
///
/// ```
/// use gerbang_core::Identifier;
///
/// let from_number: Identifier = serde_json::from_str("137")?;
/// let from_text: Identifier = serde_json::from_str(r#""137""#)?;
/// assert_eq!(from_number, from_text);
/// assert_eq!(from_number, "137");
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Identifier(String);

impl Identifier {
    /// The identifier as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether the text is one with which providers say that there is none: empty, `-` or `0`, with or without white space
    /// around it.
    pub fn is_blank(&self) -> bool {
        is_blank(&self.0)
    }
}

impl From<String> for Identifier {
    fn from(text: String) -> Self {
        Self(text)
    }
}

impl From<&str> for Identifier {
    fn from(text: &str) -> Self {
        Self(text.to_owned())
    }
}

impl From<u64> for Identifier {
    fn from(number: u64) -> Self {
        Self(number.to_string())
    }
}

impl From<Identifier> for String {
    fn from(identifier: Identifier) -> Self {
        identifier.0
    }
}

impl AsRef<str> for Identifier {
    fn as_ref(&self) -> &str {
        &self.0
    }
}

impl Borrow<str> for Identifier {
    fn borrow(&self) -> &str {
        &self.0
    }
}

impl PartialEq<str> for Identifier {
    fn eq(&self, other: &str) -> bool {
        self.0 == other
    }
}

impl PartialEq<&str> for Identifier {
    fn eq(&self, other: &&str) -> bool {
        self.0 == *other
    }
}

/// The identifier as text.
impl fmt::Display for Identifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

impl Serialize for Identifier {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

impl FromScalar for Identifier {
    const EXPECTED: &'static str = "an identifier as text or integer";

    fn from_scalar<E: de::Error>(scalar: Scalar<'_>) -> Result<Self, E> {
        match scalar {
            Scalar::Text(text) if is_damaged(&text) => Err(E::custom("an identifier is damaged")),
            Scalar::Text(text) => Ok(text.into_owned().into()),
            Scalar::Unsigned(number) => Ok(number.into()),
            Scalar::Signed(number) => Ok(Self(number.to_string())),
            other => Err(other.refuse::<Self, E>()),
        }
    }

    /// `""`, `"-"`, `0` and `"0"` are none.
    fn is_none(scalar: &Scalar<'_>) -> bool {
        match scalar {
            Scalar::Null | Scalar::Unsigned(0) => true,
            Scalar::Text(text) => is_blank(text),
            _ => false,
        }
    }

    fn is_blank(scalar: &Scalar<'_>) -> bool {
        Self::is_none(scalar)
    }
}

fn is_blank(text: &str) -> bool {
    !is_plain(text) && matches!(text.trim(), "" | "-" | "0")
}

impl<'de> Deserialize<'de> for Identifier {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::read(deserializer)
    }
}

#[cfg(feature = "schemars")]
impl schemars::JsonSchema for Identifier {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Identifier".into()
    }

    fn schema_id() -> std::borrow::Cow<'static, str> {
        concat!(module_path!(), "::Identifier").into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({"type": ["string", "integer"], "format": "identifier"})
    }
}
