use std::fmt;
use std::marker::PhantomData;

use serde::de::{self, Deserialize, Deserializer, IntoDeserializer, Visitor};

use crate::{Identifier, JakartaTime, Rupiah};

/// Which texts mean that there is no value, see [`blank_is_none`].
pub trait Blank {
    /// Whether the text of a JSON string or integer means "none". White space around it does not matter.
    fn is_blank(text: &str) -> bool;
}

/// `""` and `"-"` are none.
impl Blank for Rupiah {
    fn is_blank(text: &str) -> bool {
        is_empty_or_dash(text)
    }
}

/// `""` and `"-"` are none.
impl Blank for JakartaTime {
    fn is_blank(text: &str) -> bool {
        is_empty_or_dash(text)
    }
}

/// `""`, `"-"` and `"0"` are none.
impl Blank for Identifier {
    fn is_blank(text: &str) -> bool {
        is_empty_or_dash(text) || text.trim() == "0"
    }
}

fn is_empty_or_dash(text: &str) -> bool {
    matches!(text.trim(), "" | "-")
}

/// Reads a value, or none where the provider has its own ways to write "none".
///
/// `null` is none, and so is each text that [`Blank`] names for `T`: `""` and `"-"`, and for an identifier also `0` and
/// `"0"`. Everything else must be a `T`.
///
/// ```
/// use gerbang_core::Identifier;
///
/// #[derive(serde::Deserialize)]
/// struct Bank {
///     #[serde(default, deserialize_with = "gerbang_core::wire::blank_is_none")]
///     account: Option<Identifier>,
/// }
///
/// let bank: Bank = serde_json::from_str(r#"{"account": "1190000879898"}"#)?;
/// assert_eq!(bank.account.unwrap(), "1190000879898");
///
/// let bank: Bank = serde_json::from_str(r#"{"account": "-"}"#)?;
/// assert!(bank.account.is_none());
/// # Ok::<(), serde_json::Error>(())
/// ```
///
/// # Errors
///
/// When the value is neither blank nor a `T`.
pub fn blank_is_none<'de, T, D>(deserializer: D) -> Result<Option<T>, D::Error>
where
    T: Deserialize<'de> + Blank,
    D: Deserializer<'de>,
{
    deserializer.deserialize_any(ValueOrNone(PhantomData))
}

struct ValueOrNone<T>(PhantomData<T>);

impl<'de, T: Deserialize<'de> + Blank> ValueOrNone<T> {
    fn read<E: de::Error>(text: &str, value: impl IntoDeserializer<'de, E>) -> Result<Option<T>, E> {
        if T::is_blank(text) { Ok(None) } else { T::deserialize(value.into_deserializer()).map(Some) }
    }
}

impl<'de, T: Deserialize<'de> + Blank> Visitor<'de> for ValueOrNone<T> {
    type Value = Option<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value or none")
    }

    fn visit_unit<E: de::Error>(self) -> Result<Option<T>, E> {
        Ok(None)
    }

    fn visit_none<E: de::Error>(self) -> Result<Option<T>, E> {
        Ok(None)
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<Option<T>, D::Error> {
        deserializer.deserialize_any(self)
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<Option<T>, E> {
        Self::read(text, text)
    }

    fn visit_u64<E: de::Error>(self, number: u64) -> Result<Option<T>, E> {
        Self::read(&number.to_string(), number)
    }

    fn visit_i64<E: de::Error>(self, number: i64) -> Result<Option<T>, E> {
        Self::read(&number.to_string(), number)
    }

    fn visit_f64<E: de::Error>(self, number: f64) -> Result<Option<T>, E> {
        T::deserialize(number.into_deserializer()).map(Some)
    }
}
