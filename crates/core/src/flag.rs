use std::fmt;

use serde::de::{self, Unexpected};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::scalar::{FromScalar, Scalar};

/// A yes or no that a provider writes as `true`, `1`, `"1"` or `"true"`, and as `false`, `0`, `"0"` or `"false"`.
///
/// Case and white space around the text do not matter. Any other value is an error, also `null`. It is written as a
/// JSON boolean, and shown as `1` or `0`.
///
/// ```
/// use gerbang_core::Flag;
///
/// let virtual_account: Flag = serde_json::from_str(r#""1""#)?;
/// assert!(virtual_account.is_set());
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Flag(bool);

impl Flag {
    /// Whether the provider says yes.
    pub const fn is_set(self) -> bool {
        self.0
    }
}

impl From<bool> for Flag {
    fn from(set: bool) -> Self {
        Self(set)
    }
}

impl From<Flag> for bool {
    fn from(flag: Flag) -> Self {
        flag.0
    }
}

/// `1` or `0`.
impl fmt::Display for Flag {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(if self.0 { "1" } else { "0" })
    }
}

impl Serialize for Flag {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_bool(self.0)
    }
}

impl FromScalar for Flag {
    const EXPECTED: &'static str = "true, false, 1 or 0";

    fn from_scalar<E: de::Error>(scalar: Scalar<'_>) -> Result<Self, E> {
        match &scalar {
            Scalar::Bool(set) => Ok(Self(*set)),
            Scalar::Unsigned(0) => Ok(Self(false)),
            Scalar::Unsigned(1) => Ok(Self(true)),
            Scalar::Text(text) => match text.trim() {
                "1" => Ok(Self(true)),
                "0" => Ok(Self(false)),
                word if word.eq_ignore_ascii_case("true") => Ok(Self(true)),
                word if word.eq_ignore_ascii_case("false") => Ok(Self(false)),
                _ => Err(E::invalid_value(Unexpected::Other("another text"), &Self::EXPECTED)),
            },
            other => Err(other.refuse::<Self, E>()),
        }
    }
}

/// As a [`Flag`].
impl FromScalar for bool {
    const EXPECTED: &'static str = Flag::EXPECTED;

    fn from_scalar<E: de::Error>(scalar: Scalar<'_>) -> Result<Self, E> {
        Flag::from_scalar(scalar).map(Flag::is_set)
    }
}

impl<'de> Deserialize<'de> for Flag {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::read(deserializer)
    }
}

#[cfg(feature = "schemars")]
impl schemars::JsonSchema for Flag {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Flag".into()
    }

    fn schema_id() -> std::borrow::Cow<'static, str> {
        concat!(module_path!(), "::Flag").into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({"type": ["boolean", "integer", "string"], "format": "flag"})
    }
}
