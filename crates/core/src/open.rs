use std::convert::Infallible;
use std::fmt;
use std::hash::Hash;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use crate::body::is_damaged;
use crate::scalar::{FromScalar, Scalar};

/// The known words of an open set, such as the statuses that a provider documents.
pub trait Word: Copy + Eq + Hash + fmt::Debug + Send + Sync + 'static {
    /// Every known word.
    const ALL: &'static [Self];

    /// The word as the provider writes it.
    fn as_str(self) -> &'static str;
}

/// A word from a set that a provider may extend at any time.
///
/// A word is known whatever its case and the white space around it. Every other word is kept exactly as it came, so a
/// new word never makes a reply unreadable. A JSON number or boolean is read as its text; `null` is an error, and so is a text
/// with the replacement character U+FFFD, which was damaged on its way.
///
/// ```
/// use gerbang_core::{Open, Word};
///
/// #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
/// enum Status {
///     Pending,
///     Paid,
/// }
///
/// impl Word for Status {
///     const ALL: &'static [Self] = &[Self::Pending, Self::Paid];
///
///     fn as_str(self) -> &'static str {
///         match self {
///             Self::Pending => "PENDING",
///             Self::Paid => "PAID",
///         }
///     }
/// }
///
/// let status: Open<Status> = serde_json::from_str(r#""paid""#)?;
/// assert_eq!(status, Status::Paid);
///
/// let status: Open<Status> = serde_json::from_str(r#""On hold""#)?;
/// assert_eq!(status.known(), None);
/// assert_eq!(status.as_str(), "On hold");
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Open<K: Word> {
    /// A word of the known set.
    Known(K),
    /// Any other word, exactly as the provider wrote it.
    Unknown(String),
}

impl<K: Word> Open<K> {
    /// The word: the provider's documented spelling if it is known, else the text as it came.
    pub fn as_str(&self) -> &str {
        match self {
            Self::Known(word) => word.as_str(),
            Self::Unknown(text) => text,
        }
    }

    /// The known word, or `None` if the word is not in the known set.
    pub fn known(&self) -> Option<K> {
        match self {
            Self::Known(word) => Some(*word),
            Self::Unknown(_) => None,
        }
    }

    fn find(text: &str) -> Option<K> {
        let text = text.trim();
        K::ALL.iter().copied().find(|word| word.as_str().eq_ignore_ascii_case(text))
    }
}

impl<K: Word> From<K> for Open<K> {
    fn from(word: K) -> Self {
        Self::Known(word)
    }
}

impl<K: Word> From<&str> for Open<K> {
    fn from(text: &str) -> Self {
        Self::find(text).map_or_else(|| Self::Unknown(text.to_owned()), Self::Known)
    }
}

impl<K: Word> From<String> for Open<K> {
    fn from(text: String) -> Self {
        Self::find(&text).map_or(Self::Unknown(text), Self::Known)
    }
}

impl<K: Word> FromStr for Open<K> {
    type Err = Infallible;

    fn from_str(text: &str) -> Result<Self, Infallible> {
        Ok(text.into())
    }
}

impl<K: Word> PartialEq<K> for Open<K> {
    fn eq(&self, other: &K) -> bool {
        self.known() == Some(*other)
    }
}

/// The word, see [`Open::as_str`].
impl<K: Word> AsRef<str> for Open<K> {
    fn as_ref(&self) -> &str {
        self.as_str()
    }
}

/// The word, see [`Open::as_str`].
impl<K: Word> fmt::Display for Open<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl<K: Word> Serialize for Open<K> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl<K: Word> FromScalar for Open<K> {
    const EXPECTED: &'static str = "a word";

    fn from_scalar<E: de::Error>(scalar: Scalar<'_>) -> Result<Self, E> {
        match scalar {
            Scalar::Text(text) => match Self::from(&*text) {
                Self::Unknown(text) if is_damaged(&text) => Err(E::custom("a word is damaged")),
                word => Ok(word),
            },
            Scalar::Bool(value) => Ok(value.to_string().into()),
            Scalar::Unsigned(number) => Ok(number.to_string().into()),
            Scalar::Signed(number) => Ok(number.to_string().into()),
            // Debug keeps the `.0` that distinguishes `1.0` from `1`.
            Scalar::Double(number) => Ok(format!("{number:?}").into()),
            Scalar::Null | Scalar::Dated(_) | Scalar::List | Scalar::Object => Err(scalar.refuse::<Self, E>()),
        }
    }
}

impl<'de, K: Word> Deserialize<'de> for Open<K> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::read(deserializer)
    }
}

#[cfg(feature = "schemars")]
impl<K: Word> schemars::JsonSchema for Open<K> {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Open".into()
    }

    fn schema_id() -> std::borrow::Cow<'static, str> {
        format!("{}::Open<{}>", module_path!(), std::any::type_name::<K>()).into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        let words: Vec<&str> = K::ALL.iter().map(|word| word.as_str()).collect();
        schemars::json_schema!({"type": "string", "x-extensible-enum": words})
    }
}
