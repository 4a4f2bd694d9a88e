use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use crate::scalar::{FromScalar, Scalar};

/// A whole, unsigned amount of rupiah.
///
/// An amount is read exactly or not at all: from JSON numbers (`10000`, `2000.0`) and from text (`"10000"`,
/// `"10000.00"`, `"2000.0"`, `"10000.0000"`), with ASCII white space around the text ignored. A sign, a fraction, anything above
/// [`Rupiah::MAX`], and anything that is not a plain decimal number is an error. Nothing is rounded.
///
/// After the dot only zeros may stand, as in `"10000.0000"`. `"10.000"` with exactly three is refused, for it may mean ten
/// thousand; an amount with dots between the thousands is a [`DottedRupiah`].
///
/// A JSON number with a dot or an exponent must be below 2^40 (1 099 511 627 776 rupiah), because a JSON parser turns
/// it into a double, in which larger numbers could lose their fraction. Below that, a fraction of a thousandth of a
/// rupiah or more is refused; a smaller one, as in `1e-400`, may be lost in the double before it is seen here. Integers
/// and text have no such bound and lose nothing.
///
/// ```
/// use gerbang_core::{Rupiah, RupiahError};
///
/// let price: Rupiah = "10000.00".parse()?;
/// assert_eq!(price, Rupiah::new(10_000));
/// assert_eq!(price.to_dotted(), "10.000");
/// assert_eq!("1.493".parse::<Rupiah>(), Err(RupiahError::Fraction));
/// # Ok::<(), RupiahError>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Rupiah(u64);

impl Rupiah {
    /// No rupiah.
    pub const ZERO: Self = Self(0);

    /// The largest amount, `u64::MAX` rupiah.
    pub const MAX: Self = Self(u64::MAX);

    /// Doubles are read below this. A double holds two digits after the dot up to 2^47, but `serde_json` without its
    /// feature `float_roundtrip` misses the nearest double by a little: it reads `90071992547409.99` as a whole number.
    const DOUBLES_END: f64 = (1_u64 << 40) as f64;

    /// An amount of whole rupiah.
    pub const fn new(rupiah: u64) -> Self {
        Self(rupiah)
    }

    /// The number of rupiah.
    pub const fn get(self) -> u64 {
        self.0
    }

    /// The sum, or `None` if it is above [`Rupiah::MAX`].
    #[must_use]
    pub const fn checked_add(self, other: Self) -> Option<Self> {
        match self.0.checked_add(other.0) {
            Some(sum) => Some(Self(sum)),
            None => None,
        }
    }

    /// The difference, or `None` if `other` is the larger amount.
    #[must_use]
    pub const fn checked_sub(self, other: Self) -> Option<Self> {
        match self.0.checked_sub(other.0) {
            Some(difference) => Some(Self(difference)),
            None => None,
        }
    }

    /// The amount with dots between the thousands, as Indonesians write it.
    ///
    /// ```
    /// assert_eq!(gerbang_core::Rupiah::new(1_234_567).to_dotted(), "1.234.567");
    /// ```
    pub fn to_dotted(self) -> String {
        DottedRupiah(self).to_string()
    }

    fn from_double(number: f64) -> Result<Self, RupiahError> {
        if number.is_sign_negative() {
            Err(RupiahError::Signed)
        } else if number >= Self::DOUBLES_END {
            Err(RupiahError::TooLarge)
        } else if number.fract() != 0.0 {
            Err(RupiahError::Fraction)
        } else {
            Ok(Self(number as u64))
        }
    }
}

/// The amount in plain digits, as in URLs and forms: `10000`.
impl fmt::Display for Rupiah {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}

impl From<u32> for Rupiah {
    fn from(rupiah: u32) -> Self {
        Self(rupiah.into())
    }
}

impl From<Rupiah> for u64 {
    fn from(amount: Rupiah) -> Self {
        amount.0
    }
}

impl FromStr for Rupiah {
    type Err = RupiahError;

    fn from_str(text: &str) -> Result<Self, RupiahError> {
        let text = unsigned(text)?;
        let whole = match text.split_once('.') {
            None => text,
            // Three zeros may be those of thousands.
            Some((whole, zeros)) if zeros.len() != 3 && is_zeros(zeros) => whole,
            Some((whole, fraction)) if is_digits(whole) && is_digits(fraction) => return Err(RupiahError::Fraction),
            Some(_) => return Err(RupiahError::NotANumber),
        };
        digits(whole).map(Self)
    }
}

impl Serialize for Rupiah {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_u64(self.0)
    }
}

impl FromScalar for Rupiah {
    const EXPECTED: &'static str = "a whole amount of rupiah";

    fn from_scalar<E: de::Error>(scalar: Scalar<'_>) -> Result<Self, E> {
        match scalar {
            Scalar::Unsigned(number) => Ok(Self(number)),
            Scalar::Signed(_) => Err(E::custom(RupiahError::Signed)),
            Scalar::Double(number) => Self::from_double(number).map_err(E::custom),
            Scalar::Text(text) => text.parse().map_err(E::custom),
            other => Err(other.refuse::<Self, E>()),
        }
    }
}

impl<'de> Deserialize<'de> for Rupiah {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::read(deserializer)
    }
}

/// An amount written with dots between the thousands, such as `1.493` for 1493 rupiah.
///
/// Text is read in this form: groups of three digits, no leading zero. Before it `Rp` may stand, after it the decimals `,00`
/// (`"Rp 1.493,00"`). Plain digits and JSON numbers are read as a [`Rupiah`]. Everything else is an error.
///
/// ```
/// use gerbang_core::{DottedRupiah, Rupiah};
///
/// let credit: DottedRupiah = serde_json::from_str(r#""1.493""#)?;
/// assert_eq!(credit.rupiah(), Rupiah::new(1_493));
/// assert_eq!("Rp 1.493,00".parse(), Ok(credit));
/// assert!("1.49".parse::<DottedRupiah>().is_err());
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DottedRupiah(Rupiah);

impl DottedRupiah {
    /// An amount to be written with dots.
    pub const fn new(amount: Rupiah) -> Self {
        Self(amount)
    }

    /// The amount.
    pub const fn rupiah(self) -> Rupiah {
        self.0
    }
}

impl From<Rupiah> for DottedRupiah {
    fn from(amount: Rupiah) -> Self {
        Self(amount)
    }
}

impl From<DottedRupiah> for Rupiah {
    fn from(amount: DottedRupiah) -> Self {
        amount.0
    }
}

/// The amount with dots between the thousands: `1.234.567`.
impl fmt::Display for DottedRupiah {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let digits = self.0.0.to_string();
        let mut dotted = String::with_capacity(digits.len() + digits.len() / 3);
        for (position, digit) in digits.chars().enumerate() {
            if position > 0 && (digits.len() - position).is_multiple_of(3) {
                dotted.push('.');
            }
            dotted.push(digit);
        }
        f.pad(&dotted)
    }
}

impl FromStr for DottedRupiah {
    type Err = RupiahError;

    fn from_str(text: &str) -> Result<Self, RupiahError> {
        let text = text.trim_ascii();
        let text = match text.get(..2) {
            Some(currency) if currency.eq_ignore_ascii_case("rp") => text[2..].strip_prefix('.').unwrap_or(&text[2..]),
            _ => text,
        };
        let text = unsigned(text)?;
        let text = match text.split_once(',') {
            Some((whole, zeros)) if is_zeros(zeros) && zeros.len() != 3 => whole,
            _ => text,
        };
        let (first, rest) = text.split_once('.').map_or((text, None), |(first, rest)| (first, Some(rest)));
        let first_is_right = (1..=3).contains(&first.len()) && (text == "0" || !first.starts_with('0'));
        if !first_is_right || !rest.is_none_or(|rest| rest.split('.').all(|group| group.len() == 3)) {
            let is_plain = is_digits(text) && !text.starts_with('0');
            return if is_plain {
                digits(text).map(|amount| Self(Rupiah(amount)))
            } else {
                Err(RupiahError::NotANumber)
            };
        }
        digits(&text.replace('.', "")).map(|amount| Self(Rupiah(amount)))
    }
}

impl Serialize for DottedRupiah {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl FromScalar for DottedRupiah {
    const EXPECTED: &'static str = "an amount of rupiah with dots between the thousands";

    fn from_scalar<E: de::Error>(scalar: Scalar<'_>) -> Result<Self, E> {
        match scalar {
            Scalar::Text(text) => text.parse().map_err(E::custom),
            other => Rupiah::from_scalar(other).map(Self),
        }
    }
}

impl<'de> Deserialize<'de> for DottedRupiah {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::read(deserializer)
    }
}

/// The text without the white space around it, if there is any and it has no sign.
fn unsigned(text: &str) -> Result<&str, RupiahError> {
    match text.trim_ascii() {
        "" => Err(RupiahError::Empty),
        text if text.starts_with(['+', '-']) => Err(RupiahError::Signed),
        text => Ok(text),
    }
}

fn is_zeros(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte == b'0')
}

fn is_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

fn digits(text: &str) -> Result<u64, RupiahError> {
    if is_digits(text) { text.parse().map_err(|_| RupiahError::TooLarge) } else { Err(RupiahError::NotANumber) }
}

/// Why an amount of rupiah cannot be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum RupiahError {
    /// The text is empty.
    Empty,
    /// The amount has a sign, be it minus or plus.
    Signed,
    /// Something other than zeros follows the dot, or exactly three of them, which may be those of thousands.
    Fraction,
    /// The amount is above [`Rupiah::MAX`], or is a JSON number with a dot or an exponent and not below 2^40.
    TooLarge,
    /// The text is not a decimal number in the form that is wanted.
    NotANumber,
}

impl fmt::Display for RupiahError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Empty => "an amount of rupiah is empty",
            Self::Signed => "an amount of rupiah has a sign",
            Self::Fraction => "an amount of rupiah is not whole; it is written without dots and commas, such as 10000",
            Self::TooLarge => "an amount of rupiah is too large",
            Self::NotANumber => {
                "an amount of rupiah is not a plain number; it is written without dots and commas, such as 10000"
            }
        })
    }
}

impl std::error::Error for RupiahError {}

#[cfg(feature = "schemars")]
mod schema {
    use std::borrow::Cow;

    use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};

    use super::{DottedRupiah, Rupiah};

    impl JsonSchema for Rupiah {
        fn inline_schema() -> bool {
            true
        }

        fn schema_name() -> Cow<'static, str> {
            "Rupiah".into()
        }

        fn schema_id() -> Cow<'static, str> {
            concat!(module_path!(), "::Rupiah").into()
        }

        fn json_schema(_: &mut SchemaGenerator) -> Schema {
            json_schema!({"type": "integer", "format": "rupiah", "minimum": 0})
        }
    }

    impl JsonSchema for DottedRupiah {
        fn inline_schema() -> bool {
            true
        }

        fn schema_name() -> Cow<'static, str> {
            "DottedRupiah".into()
        }

        fn schema_id() -> Cow<'static, str> {
            concat!(module_path!(), "::DottedRupiah").into()
        }

        fn json_schema(_: &mut SchemaGenerator) -> Schema {
            json_schema!({"type": "string", "format": "rupiah-dotted"})
        }
    }
}
