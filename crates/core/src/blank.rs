use serde::de::Deserializer;

use crate::scalar::{FromScalar, Scalar};
use crate::{Identifier, JakartaTime, Rupiah};

/// Which texts mean that there is no value, see [`blank_is_none`]. Only types of this crate can have it.
pub trait Blank: FromScalar {
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
    T: Blank,
    D: Deserializer<'de>,
{
    let scalar = Scalar::read(deserializer, T::EXPECTED)?;
    let is_blank = match &scalar {
        Scalar::Null => true,
        Scalar::Text(text) => T::is_blank(text),
        Scalar::Unsigned(number) => T::is_blank(&number.to_string()),
        Scalar::Bool(_) | Scalar::Signed(_) | Scalar::Double(_) => false,
    };
    if is_blank { Ok(None) } else { T::from_scalar(scalar).map(Some) }
}
