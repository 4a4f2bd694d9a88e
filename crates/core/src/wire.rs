//! Helpers for the generated clients: how a provider writes things on the wire.

use serde::{Deserialize, Deserializer, Serializer};

pub use crate::blank::{Blank, blank_is_none};
use crate::{Flag, Identifier, Rupiah};

/// An object that says nothing: the payload of an operation that only succeeds or fails.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct Nothing {}

/// Reads a value, or the default where the provider writes `null`: an optional list.
///
/// # Errors
///
/// When the value is neither `null` nor a `T`.
pub fn null_is_default<'de, T, D>(deserializer: D) -> Result<T, D::Error>
where
    T: Deserialize<'de> + Default,
    D: Deserializer<'de>,
{
    Ok(Option::deserialize(deserializer)?.unwrap_or_default())
}

/// A value that can be written as a JSON string, see [`quoted`].
pub trait Quoted {
    /// Writes the value as a string.
    ///
    /// # Errors
    ///
    /// Whatever the serializer refuses.
    fn serialize_quoted<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error>;
}

impl Quoted for Rupiah {
    fn serialize_quoted<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl Quoted for Identifier {
    fn serialize_quoted<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// As `"1"` or `"0"`.
impl Quoted for Flag {
    fn serialize_quoted<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl Quoted for u64 {
    fn serialize_quoted<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl Quoted for i64 {
    fn serialize_quoted<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// None is written as `null`.
impl<T: Quoted> Quoted for Option<T> {
    fn serialize_quoted<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Some(value) => value.serialize_quoted(serializer),
            None => serializer.serialize_none(),
        }
    }
}

/// Writes a value as a JSON string, for providers that want `"90000"` where JSON has `90000`.
///
/// ```
/// use gerbang_core::Rupiah;
///
/// #[derive(serde::Serialize)]
/// struct Transfer {
///     #[serde(serialize_with = "gerbang_core::wire::quoted")]
///     amount: Rupiah,
/// }
///
/// let body = serde_json::to_string(&Transfer { amount: Rupiah::new(90_000) })?;
/// assert_eq!(body, r#"{"amount":"90000"}"#);
/// # Ok::<(), serde_json::Error>(())
/// ```
///
/// # Errors
///
/// Whatever the serializer refuses.
pub fn quoted<T: Quoted, S: Serializer>(value: &T, serializer: S) -> Result<S::Ok, S::Error> {
    value.serialize_quoted(serializer)
}

/// Stands for a [`Rupiah`] that is written as a string, where only its JSON schema is wanted. It has no values.
#[cfg(feature = "schemars")]
#[derive(Clone, Copy, Debug)]
pub enum QuotedRupiah {}

#[cfg(feature = "schemars")]
impl schemars::JsonSchema for QuotedRupiah {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> std::borrow::Cow<'static, str> {
        "QuotedRupiah".into()
    }

    fn schema_id() -> std::borrow::Cow<'static, str> {
        concat!(module_path!(), "::QuotedRupiah").into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({"type": "string", "format": "rupiah"})
    }
}
