use std::borrow::Cow;
use std::fmt;

use serde::de::{
    Deserialize, DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Unexpected, Visitor,
};

use crate::body::is_damaged;

/// A JSON value as far as it is no list and no object of its own; those are passed over.
///
/// The types that providers write in more than one way are all read from it, so that a parser is compiled once for all of them.
#[derive(Clone, Debug)]
pub enum Scalar<'a> {
    Null,
    Bool(bool),
    Unsigned(u64),
    Signed(i64),
    Double(f64),
    Text(Cow<'a, str>),
    /// PHP's date object: `{"date": …, "timezone_type": …, "timezone": …}`.
    Dated(Box<Dated<'a>>),
    List,
    Object,
}

/// A date and its time zone, as PHP writes them.
#[derive(Clone, Debug)]
pub struct Dated<'a> {
    pub date: Cow<'a, str>,
    pub zone: Cow<'a, str>,
}

/// What is read from one JSON value that is no list. Only types of `gerbang-core` can be.
pub trait FromScalar: Sized {
    /// What a value must be, for errors.
    const EXPECTED: &'static str;

    /// Reads the value; fails when it has another type, or a content that cannot be read.
    fn from_scalar<E: Error>(scalar: Scalar<'_>) -> Result<Self, E>;

    /// Whether an optional member with this value has none.
    fn is_none(scalar: &Scalar<'_>) -> bool {
        match scalar {
            Scalar::Null => true,
            Scalar::Text(text) => !is_plain(text) && matches!(text.trim(), "" | "-"),
            _ => false,
        }
    }

    /// Whether a required member with this value says nothing, though the value could be read.
    fn is_blank(_: &Scalar<'_>) -> bool {
        false
    }

    /// Reads the value that a parser is at.
    fn read<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::from_scalar(Scalar::read(deserializer, Self::EXPECTED)?)
    }
}

impl<'a> Scalar<'a> {
    /// Reads the value that a parser is at. It fails only where there is no JSON value.
    pub fn read<D: Deserializer<'a>>(deserializer: D, expected: &'static str) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Any { expected, inside: false })
    }

    /// The same, without what it was read from.
    pub fn into_owned(self) -> Scalar<'static> {
        let owned = |text: Cow<'_, str>| Cow::Owned(text.into_owned());
        match self {
            Self::Null => Scalar::Null,
            Self::Bool(value) => Scalar::Bool(value),
            Self::Unsigned(value) => Scalar::Unsigned(value),
            Self::Signed(value) => Scalar::Signed(value),
            Self::Double(value) => Scalar::Double(value),
            Self::Text(text) => Scalar::Text(owned(text)),
            Self::Dated(dated) => Scalar::Dated(Box::new(Dated { date: owned(dated.date), zone: owned(dated.zone) })),
            Self::List => Scalar::List,
            Self::Object => Scalar::Object,
        }
    }

    /// The error of a type that cannot be read from this.
    #[cold]
    pub fn refuse<T: FromScalar, E: Error>(&self) -> E {
        let found = match self {
            Self::Null => Unexpected::Unit,
            Self::Bool(value) => Unexpected::Bool(*value),
            Self::Unsigned(value) => Unexpected::Unsigned(*value),
            Self::Signed(value) => Unexpected::Signed(*value),
            Self::Double(value) => Unexpected::Float(*value),
            Self::Text(text) => Unexpected::Str(text),
            Self::List => Unexpected::Seq,
            Self::Dated(_) | Self::Object => Unexpected::Map,
        };
        E::invalid_type(found, &T::EXPECTED)
    }

    /// The number that `serde_json` keeps as text where another crate has switched on its feature `arbitrary_precision`,
    /// read as without that feature.
    fn number(text: &str) -> Option<Self> {
        let whole = text.parse().map(Self::Unsigned).or_else(|_| text.parse().map(Self::Signed));
        whole.ok().or_else(|| text.parse().ok().map(Self::Double))
    }
}

/// The name of the one member of a number, see [`Scalar::number`].
pub const NUMBER: &str = "$serde_json::private::Number";

/// Takes any value. One visitor for all types and all depths keeps it compiled once.
#[derive(Clone, Copy)]
struct Any {
    expected: &'static str,
    /// Whether it is a member of an object: an object in there is only passed over.
    inside: bool,
}

impl<'de> DeserializeSeed<'de> for Any {
    type Value = Scalar<'de>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Scalar<'de>, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Any {
    type Value = Scalar<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.expected)
    }

    fn visit_unit<E: Error>(self) -> Result<Scalar<'de>, E> {
        Ok(Scalar::Null)
    }

    fn visit_none<E: Error>(self) -> Result<Scalar<'de>, E> {
        Ok(Scalar::Null)
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<Scalar<'de>, D::Error> {
        deserializer.deserialize_any(self)
    }

    fn visit_bool<E: Error>(self, value: bool) -> Result<Scalar<'de>, E> {
        Ok(Scalar::Bool(value))
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<Scalar<'de>, E> {
        Ok(Scalar::Unsigned(value))
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<Scalar<'de>, E> {
        Ok(u64::try_from(value).map_or(Scalar::Signed(value), Scalar::Unsigned))
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<Scalar<'de>, E> {
        Ok(Scalar::Double(value))
    }

    fn visit_borrowed_str<E: Error>(self, text: &'de str) -> Result<Scalar<'de>, E> {
        Ok(Scalar::Text(Cow::Borrowed(text)))
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Scalar<'de>, E> {
        Ok(Scalar::Text(Cow::Owned(text.to_owned())))
    }

    fn visit_string<E: Error>(self, text: String) -> Result<Scalar<'de>, E> {
        Ok(Scalar::Text(Cow::Owned(text)))
    }

    #[cold]
    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Scalar<'de>, A::Error> {
        while list.next_element::<IgnoredAny>()?.is_some() {}
        Ok(Scalar::List)
    }

    #[cold]
    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Scalar<'de>, A::Error> {
        let (mut number, mut date, mut zone) = (None, None, None);
        while let Some(name) = map.next_key::<Name>()? {
            match name {
                Name::Number => match map.next_value_seed(Self { inside: true, ..self })? {
                    Scalar::Text(text) => number = Scalar::number(&text),
                    _ => number = None,
                },
                Name::Date if !self.inside => date = Some(map.next_value_seed(Self { inside: true, ..self })?),
                Name::Zone if !self.inside => zone = Some(map.next_value_seed(Self { inside: true, ..self })?),
                Name::Date | Name::Zone | Name::Other => drop(map.next_value::<IgnoredAny>()?),
            }
        }
        Ok(match (number, date, zone) {
            (Some(number), ..) => number,
            (None, Some(Scalar::Text(date)), Some(Scalar::Text(zone))) => Scalar::Dated(Box::new(Dated { date, zone })),
            _ => Scalar::Object,
        })
    }
}

/// The name of an object's member, as far as it matters.
enum Name {
    Number,
    Date,
    Zone,
    Other,
}

impl<'de> Deserialize<'de> for Name {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Known;
        impl Visitor<'_> for Known {
            type Value = Name;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a name")
            }

            fn visit_str<E: Error>(self, name: &str) -> Result<Name, E> {
                Ok(match name {
                    NUMBER => Name::Number,
                    "date" => Name::Date,
                    "timezone" => Name::Zone,
                    _ => Name::Other,
                })
            }
        }
        deserializer.deserialize_str(Known)
    }
}

impl FromScalar for String {
    const EXPECTED: &'static str = "a text";

    fn from_scalar<E: Error>(scalar: Scalar<'_>) -> Result<Self, E> {
        match scalar {
            Scalar::Text(text) => Ok(text.into_owned()),
            other => Err(other.refuse::<Self, E>()),
        }
    }

    /// A blank text is a text.
    fn is_none(scalar: &Scalar<'_>) -> bool {
        matches!(scalar, Scalar::Null)
    }

    /// A text that must be there is an address or a payload: a damaged one is as bad as none.
    fn is_blank(scalar: &Scalar<'_>) -> bool {
        matches!(scalar, Scalar::Text(text) if !is_plain(text) && text.trim().is_empty() || is_damaged(text))
    }
}

/// Whether the first letters show that a text is neither blank nor `0`, as nearly always.
pub fn is_plain(text: &str) -> bool {
    match text.as_bytes() {
        [b'0', next, ..] => next.is_ascii_alphanumeric(),
        [b'0'] | [] => false,
        [first, ..] => first.is_ascii_alphanumeric(),
    }
}

const WHOLE_NUMBER: &str = "a whole number";

fn whole<T: FromScalar + TryFrom<u64> + TryFrom<i64>, E: Error>(scalar: &Scalar<'_>) -> Result<T, E> {
    let number = match scalar {
        Scalar::Unsigned(number) => T::try_from(*number).ok(),
        Scalar::Signed(number) => T::try_from(*number).ok(),
        _ => None,
    };
    number.ok_or_else(|| scalar.refuse::<T, E>())
}

impl FromScalar for i32 {
    const EXPECTED: &'static str = WHOLE_NUMBER;

    fn from_scalar<E: Error>(scalar: Scalar<'_>) -> Result<Self, E> {
        whole(&scalar)
    }
}

impl FromScalar for i64 {
    const EXPECTED: &'static str = WHOLE_NUMBER;

    fn from_scalar<E: Error>(scalar: Scalar<'_>) -> Result<Self, E> {
        whole(&scalar)
    }
}

impl FromScalar for u32 {
    const EXPECTED: &'static str = WHOLE_NUMBER;

    fn from_scalar<E: Error>(scalar: Scalar<'_>) -> Result<Self, E> {
        whole(&scalar)
    }
}

impl FromScalar for u64 {
    const EXPECTED: &'static str = WHOLE_NUMBER;

    fn from_scalar<E: Error>(scalar: Scalar<'_>) -> Result<Self, E> {
        whole(&scalar)
    }
}
