//! Helpers for the generated clients: how a provider writes things on the wire.

use std::fmt;

use serde::de::{self, DeserializeOwned, Unexpected};
use serde::{Deserialize, Deserializer, Serializer};
use serde_json::value::RawValue;

pub use crate::body::{json_text, read_json};
pub use crate::choice::Choice;
use crate::scalar::{FromScalar, Scalar};
use crate::{Decimal, Flag, Identifier, JsonString, Rupiah};

/// An object that says nothing: the payload of an operation that only succeeds or fails.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct Nothing {}

/// What a member of a reply may be that is no object and no list. Only types of this crate, texts, whole numbers and booleans
/// are.
pub trait Member: FromScalar {}

impl<T: FromScalar> Member for T {}

/// Reads a member that a reply must have. A text or an identifier that is blank is an error, for it says nothing, and so is one
/// that was damaged on its way, see [`json_text`].
///
/// # Errors
///
/// When the value is no `T`, or is blank.
pub fn required<'de, T, D>(deserializer: D) -> Result<T, D::Error>
where
    T: Member,
    D: Deserializer<'de>,
{
    let scalar = Scalar::read(deserializer, T::EXPECTED)?;
    if T::is_blank(&scalar) {
        return Err(de::Error::invalid_value(Unexpected::Other("a blank or a damaged text"), &T::EXPECTED));
    }
    T::from_scalar(scalar)
}

/// As [`required`], for an object.
///
/// # Errors
///
/// When the value is no `T`. A list never is: serde would read it into the object's members, one after the other.
pub fn required_object<'de, T, D>(deserializer: D) -> Result<T, D::Error>
where
    T: DeserializeOwned,
    D: Deserializer<'de>,
{
    let raw = Box::<RawValue>::deserialize(deserializer)?;
    if raw.get().starts_with('[') {
        return Err(de::Error::invalid_type(Unexpected::Seq, &"an object"));
    }
    read_json(raw.get()).map_err(de::Error::custom)
}

/// Reads a member that a reply may have and that is compared with what is expected, such as the flag of a test mode. It may be
/// missing, `null` or blank; what cannot be read makes the reply unreadable, as nobody could say that it is as expected.
///
/// # Errors
///
/// When the value is there and is no `T`.
pub fn compared<'de, T, D>(deserializer: D) -> Result<Option<T>, D::Error>
where
    T: Member,
    D: Deserializer<'de>,
{
    let scalar = Scalar::read(deserializer, T::EXPECTED)?;
    if T::is_none(&scalar) { Ok(None) } else { T::from_scalar(scalar).map(Some) }
}

/// Reads a member that a reply may have. Whatever it holds, the reply is readable: a blank (`""`, `"-"`, for an identifier
/// also `0` and `"0"`) is none, and so is what cannot be read, for which an event of `tracing` names the member.
///
/// The event is a warning, as the provider then differs from its document; the value may be personal and is never in it.
///
/// # Errors
///
/// Only where there is no JSON value.
pub fn optional<'de, T, D>(member: &'static str, deserializer: D) -> Result<Option<T>, D::Error>
where
    T: Member,
    D: Deserializer<'de>,
{
    let scalar = Scalar::read(deserializer, T::EXPECTED)?;
    if T::is_none(&scalar) {
        return Ok(None);
    }
    let value = T::from_scalar::<Unreadable>(scalar).ok();
    if value.is_none() {
        warn_unreadable(member);
    }
    Ok(value)
}

/// As [`optional`], for an object.
///
/// # Errors
///
/// Only where there is no JSON value.
pub fn optional_object<'de, T, D>(member: &'static str, deserializer: D) -> Result<Option<T>, D::Error>
where
    T: DeserializeOwned,
    D: Deserializer<'de>,
{
    let raw = Box::<RawValue>::deserialize(deserializer)?;
    // PHP writes an empty object as a list.
    if matches!(raw.get(), "null" | "[]" | "\"\"") {
        return Ok(None);
    }
    let value = read_object(raw.get());
    if value.is_none() {
        warn_unreadable(member);
    }
    Ok(value)
}

/// As [`optional`], for JSON that may stand inside a string.
///
/// # Errors
///
/// Only where there is no JSON value.
pub fn optional_json<'de, T, D>(member: &'static str, deserializer: D) -> Result<Option<JsonString<T>>, D::Error>
where
    T: DeserializeOwned,
    D: Deserializer<'de>,
{
    let raw = Box::<RawValue>::deserialize(deserializer)?;
    if matches!(raw.get(), "null" | "\"\"") {
        return Ok(None);
    }
    let value = read_json(raw.get()).ok();
    if value.is_none() {
        warn_unreadable(member);
    }
    Ok(value)
}

/// As [`optional`], for a list or a map, which is then empty.
///
/// # Errors
///
/// Only where there is no JSON value.
pub fn optional_list<'de, T, D>(member: &'static str, deserializer: D) -> Result<T, D::Error>
where
    T: DeserializeOwned + Default,
    D: Deserializer<'de>,
{
    let raw = Box::<RawValue>::deserialize(deserializer)?;
    Ok(read_json(raw.get()).unwrap_or_else(|_| {
        if raw.get() != "\"\"" {
            warn_unreadable(member);
        }
        T::default()
    }))
}

#[cold]
fn warn_unreadable(member: &'static str) {
    tracing::warn!(member, "an optional member of a reply or notification cannot be read and is left out");
}

/// Reads JSON that is expected to be an object, a text or a number. A list never is: serde would read it into an object's
/// members, one after the other.
pub(crate) fn read_object<T: DeserializeOwned>(json: &str) -> Option<T> {
    if json.starts_with('[') { None } else { read_json(json).ok() }
}

/// A member whose type is chosen after it was read: whatever it holds, the message that it is of is readable.
#[derive(Clone, Debug)]
pub struct Value(Scalar<'static>);

impl Value {
    /// The value as this type; none when it cannot be read as one, or is what the type is written as for none (see
    /// [`optional`]).
    pub fn read<T: Member>(self) -> Option<T> {
        if T::is_none(&self.0) { None } else { T::from_scalar::<Unreadable>(self.0).ok() }
    }

    /// Whether it is what providers write for none: `null`, `""`, `"-"` or `"null"`.
    pub fn is_none(&self) -> bool {
        match &self.0 {
            Scalar::Null => true,
            Scalar::Text(text) => matches!(text.trim(), "" | "-" | "null"),
            _ => false,
        }
    }
}

impl<'de> Deserialize<'de> for Value {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Scalar::read(deserializer, "a value").map(|scalar| Self(scalar.into_owned()))
    }
}

/// Why a value cannot be read, where nobody asks.
#[derive(Debug)]
struct Unreadable;

impl fmt::Display for Unreadable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("cannot be read")
    }
}

impl std::error::Error for Unreadable {}

impl de::Error for Unreadable {
    fn custom<T: fmt::Display>(_: T) -> Self {
        Self
    }
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

impl Quoted for Decimal {
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

/// In place of a [`Rupiah`] that is written as a string, where only its JSON schema is wanted. It has no values.
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

/// In place of a [`Decimal`] that is written as a string, where only its JSON schema is wanted. It has no values.
#[cfg(feature = "schemars")]
#[derive(Clone, Copy, Debug)]
pub enum QuotedDecimal {}

#[cfg(feature = "schemars")]
impl schemars::JsonSchema for QuotedDecimal {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> std::borrow::Cow<'static, str> {
        "QuotedDecimal".into()
    }

    fn schema_id() -> std::borrow::Cow<'static, str> {
        concat!(module_path!(), "::QuotedDecimal").into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({"type": "string", "format": "decimal"})
    }
}

/// Declares the readers of the optional members of what a provider sends: in the modules `optional`, `optional_object`,
/// `optional_json` and `optional_list` a function for each member, which knows its name. For generated code.
#[doc(hidden)]
#[macro_export]
macro_rules! optional_members {
    (
        $(optional { $($plain:ident $plain_name:literal)* })?
        $(optional_json { $($json:ident $json_name:literal)* })?
        $(optional_list { $($list:ident $list_name:literal)* })?
        $(optional_object { $($object:ident $object_name:literal)* })?
    ) => {
        $(mod optional {$(
            pub(super) fn $plain<'de, T, D>(deserializer: D) -> ::std::result::Result<::std::option::Option<T>, D::Error>
            where
                T: $crate::wire::Member,
                D: ::serde::Deserializer<'de>,
            {
                $crate::wire::optional($plain_name, deserializer)
            }
        )*})?
        $(mod optional_object {$(
            pub(super) fn $object<'de, T, D>(deserializer: D) -> ::std::result::Result<::std::option::Option<T>, D::Error>
            where
                T: ::serde::de::DeserializeOwned,
                D: ::serde::Deserializer<'de>,
            {
                $crate::wire::optional_object($object_name, deserializer)
            }
        )*})?
        $(mod optional_json {$(
            pub(super) fn $json<'de, T, D>(
                deserializer: D,
            ) -> ::std::result::Result<::std::option::Option<$crate::JsonString<T>>, D::Error>
            where
                T: ::serde::de::DeserializeOwned,
                D: ::serde::Deserializer<'de>,
            {
                $crate::wire::optional_json($json_name, deserializer)
            }
        )*})?
        $(mod optional_list {$(
            pub(super) fn $list<'de, T, D>(deserializer: D) -> ::std::result::Result<T, D::Error>
            where
                T: ::serde::de::DeserializeOwned + ::std::default::Default,
                D: ::serde::Deserializer<'de>,
            {
                $crate::wire::optional_list($list_name, deserializer)
            }
        )*})?
    };
}
