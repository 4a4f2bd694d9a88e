//! Numbers with fractions, digit for digit.

use std::cmp::Ordering;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::str::FromStr;

use serde::de::{self, Deserialize, Deserializer};
use serde::ser::{self, Serialize, Serializer};
use serde_json::value::RawValue;

use crate::Rupiah;

/// The most digits, so that no number is a burden.
const MOST_DIGITS: usize = 64;

/// A number in decimal digits, exactly as it is written: an amount of a currency that has fractions, a rate.
///
/// It never goes through a binary fraction, so that `0.10` stays `0.10`. Two are equal when they are the same number, whatever
/// zeros they end in. It is read from a JSON number or from a text, and written as a number.
///
/// ```
/// use gerbang_core::{Decimal, Rupiah};
///
/// let amount: Decimal = serde_json::from_str("10000.50")?;
/// assert_eq!(amount.as_str(), "10000.50");
/// assert_eq!(serde_json::to_string(&amount)?, "10000.50");
/// assert_eq!(amount, "10000.5".parse()?);
/// assert_eq!(amount.to_rupiah(), None);
/// assert_eq!("10000.00".parse::<Decimal>()?.to_rupiah(), Some(Rupiah::new(10_000)));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct Decimal(String);

impl Decimal {
    /// The digits as they were written.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The amount in rupiah, where there is no fraction and no sign.
    pub fn to_rupiah(&self) -> Option<Rupiah> {
        let (is_negative, whole, fraction) = self.parts();
        (!is_negative && fraction.is_empty()).then(|| whole.parse().ok().map(Rupiah::new))?
    }

    /// Whether it is below zero, the digits before the point and those behind it, without zeros that say nothing.
    fn parts(&self) -> (bool, &str, &str) {
        let digits = self.0.strip_prefix('-').unwrap_or(&self.0);
        let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
        let whole = whole.trim_start_matches('0');
        let (whole, fraction) = (if whole.is_empty() { "0" } else { whole }, fraction.trim_end_matches('0'));
        (digits != self.0 && (whole, fraction) != ("0", ""), whole, fraction)
    }
}

impl PartialEq for Decimal {
    fn eq(&self, other: &Self) -> bool {
        self.parts() == other.parts()
    }
}

impl Eq for Decimal {}

impl Hash for Decimal {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.parts().hash(state);
    }
}

impl PartialOrd for Decimal {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Decimal {
    fn cmp(&self, other: &Self) -> Ordering {
        let ((below, whole, fraction), (other_below, other_whole, other_fraction)) = (self.parts(), other.parts());
        let magnitude = (whole.len(), whole, fraction).cmp(&(other_whole.len(), other_whole, other_fraction));
        match (below, other_below) {
            (false, true) => Ordering::Greater,
            (true, false) => Ordering::Less,
            (false, false) => magnitude,
            (true, true) => magnitude.reverse(),
        }
    }
}

impl fmt::Display for Decimal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Why a text is no [`Decimal`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DecimalError;

impl fmt::Display for DecimalError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "not a number in plain digits with a point, of at most {MOST_DIGITS} digits")
    }
}

impl std::error::Error for DecimalError {}

impl FromStr for Decimal {
    type Err = DecimalError;

    fn from_str(text: &str) -> Result<Self, DecimalError> {
        let digits = text.strip_prefix('-').unwrap_or(text);
        let (whole, fraction) = digits.split_once('.').unwrap_or((digits, "0"));
        let is_digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
        // JSON has no number with a zero before other digits.
        let is_plain = whole == "0" || !whole.starts_with('0');
        let is_decimal = is_plain && is_digits(whole) && is_digits(fraction) && digits.len() <= MOST_DIGITS;
        is_decimal.then(|| Self(text.to_owned())).ok_or(DecimalError)
    }
}

impl Serialize for Decimal {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        RawValue::from_string(self.0.clone()).map_err(ser::Error::custom)?.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Decimal {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let raw = Box::<RawValue>::deserialize(deserializer)?;
        let text = match raw.get().starts_with('"') {
            true => serde_json::from_str::<String>(raw.get()).map_err(de::Error::custom)?,
            false => raw.get().to_owned(),
        };
        text.trim().parse().map_err(de::Error::custom)
    }
}

#[cfg(feature = "schemars")]
impl schemars::JsonSchema for Decimal {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Decimal".into()
    }

    fn schema_id() -> std::borrow::Cow<'static, str> {
        concat!(module_path!(), "::Decimal").into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({"type": ["number", "string"], "format": "decimal"})
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decimal(text: &str) -> Decimal {
        text.parse().unwrap_or_else(|error| panic!("{text}: {error}"))
    }

    #[test]
    fn digits_are_kept() {
        for text in ["0", "-0.5", "12345678901234567890.12345678901234567890", "0.10", "100"] {
            let read: Decimal = serde_json::from_str(text).unwrap();
            assert_eq!((read.to_string().as_str(), serde_json::to_string(&read).unwrap().as_str()), (text, text));
            let quoted: Decimal = serde_json::from_str(&format!("\"{text}\"")).unwrap();
            assert_eq!(quoted.as_str(), text);
        }
    }

    #[test]
    fn what_is_no_plain_number_is_refused() {
        let long = "1".repeat(MOST_DIGITS + 1);
        for text in ["", "-", ".5", "5.", "01", "+1", "1e3", "1,000", "1.000.000", "NaN", "1 000", "--1", &long] {
            assert_eq!(text.parse::<Decimal>(), Err(DecimalError), "{text}");
        }
        for json in ["1e3", "true", "null", "[1]", "{}", "\"ten\""] {
            assert!(serde_json::from_str::<Decimal>(json).is_err(), "{json}");
        }
    }

    #[test]
    fn numbers_are_compared_by_value() {
        assert_eq!(decimal("1.50"), decimal("1.5"));
        assert_eq!(decimal("-0.00"), decimal("0"));
        let sorted = ["-10", "-9.5", "-0.1", "0", "0.09", "0.1", "9.99", "10", "10.01"].map(decimal);
        assert!(sorted.is_sorted() && sorted.windows(2).all(|pair| pair[0] != pair[1]));
    }

    #[test]
    fn whole_amounts_are_rupiah() {
        assert_eq!(decimal("10000.000").to_rupiah(), Some(Rupiah::new(10_000)));
        for text in ["10000.5", "-1", "99999999999999999999"] {
            assert_eq!(decimal(text).to_rupiah(), None, "{text}");
        }
    }
}
