use std::fmt;
use std::marker::PhantomData;

use serde::de::{self, IntoDeserializer, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::wire::Blank;

/// A value, or none where the provider has its own ways to write "none".
///
/// `null` is none, and so is each text that [`Blank`] names for `T`: `""` and `"-"`, and for an identifier also `0`
/// and `"0"`. Everything else must be a `T`, or it is an error. None is written as `null`.
///
/// ```
/// use gerbang_core::{Identifier, Maybe};
///
/// let account: Maybe<Identifier> = serde_json::from_str(r#""1190000879898""#)?;
/// assert_eq!(account.get().map(Identifier::as_str), Some("1190000879898"));
///
/// let account: Maybe<Identifier> = serde_json::from_str(r#""-""#)?;
/// assert_eq!(account.get(), None);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Maybe<T>(Option<T>);

impl<T> Maybe<T> {
    /// No value.
    pub const NONE: Self = Self(None);

    /// The value, if there is one.
    pub const fn get(&self) -> Option<&T> {
        self.0.as_ref()
    }

    /// The value itself, if there is one.
    pub fn into_option(self) -> Option<T> {
        self.0
    }
}

/// No value.
impl<T> Default for Maybe<T> {
    fn default() -> Self {
        Self::NONE
    }
}

impl<T> From<T> for Maybe<T> {
    fn from(value: T) -> Self {
        Self(Some(value))
    }
}

impl<T> From<Option<T>> for Maybe<T> {
    fn from(value: Option<T>) -> Self {
        Self(value)
    }
}

impl<T: Serialize> Serialize for Maybe<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.serialize(serializer)
    }
}

impl<'de, T: Deserialize<'de> + Blank> Deserialize<'de> for Maybe<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(ValueOrNone(PhantomData))
    }
}

struct ValueOrNone<T>(PhantomData<T>);

impl<'de, T: Deserialize<'de> + Blank> ValueOrNone<T> {
    fn read<E: de::Error>(text: &str, value: impl IntoDeserializer<'de, E>) -> Result<Maybe<T>, E> {
        if T::is_blank(text) { Ok(Maybe::NONE) } else { T::deserialize(value.into_deserializer()).map(Maybe::from) }
    }
}

impl<'de, T: Deserialize<'de> + Blank> Visitor<'de> for ValueOrNone<T> {
    type Value = Maybe<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value or none")
    }

    fn visit_unit<E: de::Error>(self) -> Result<Maybe<T>, E> {
        Ok(Maybe::NONE)
    }

    fn visit_none<E: de::Error>(self) -> Result<Maybe<T>, E> {
        Ok(Maybe::NONE)
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<Maybe<T>, D::Error> {
        deserializer.deserialize_any(self)
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<Maybe<T>, E> {
        Self::read(text, text)
    }

    fn visit_u64<E: de::Error>(self, number: u64) -> Result<Maybe<T>, E> {
        Self::read(&number.to_string(), number)
    }

    fn visit_i64<E: de::Error>(self, number: i64) -> Result<Maybe<T>, E> {
        Self::read(&number.to_string(), number)
    }

    fn visit_f64<E: de::Error>(self, number: f64) -> Result<Maybe<T>, E> {
        T::deserialize(number.into_deserializer()).map(Maybe::from)
    }
}

#[cfg(feature = "schemars")]
impl<T: schemars::JsonSchema> schemars::JsonSchema for Maybe<T> {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> std::borrow::Cow<'static, str> {
        format!("Maybe_{}", T::schema_name()).into()
    }

    fn schema_id() -> std::borrow::Cow<'static, str> {
        format!("{}::Maybe<{}>", module_path!(), T::schema_id()).into()
    }

    fn json_schema(generator: &mut schemars::SchemaGenerator) -> schemars::Schema {
        Option::<T>::json_schema(generator)
    }
}
