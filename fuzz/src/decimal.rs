//! Decimal numbers of any size, read exactly: what the readers of amounts are compared with.

/// A decimal number that is not negative: its digits, times ten to the power of the exponent.
#[derive(Debug, PartialEq, Eq)]
pub struct Decimal {
    /// Neither begins nor ends with a zero; empty for zero.
    digits: String,
    /// Zero for zero.
    exponent: i64,
}

/// Exponents are cut here: far beyond every amount in either direction.
const FAR: i64 = 1_000_000;

impl Decimal {
    /// A JSON number. None when the text is none, or is negative.
    pub fn read(json: &str) -> Option<Self> {
        let (number, exponent) = json.split_once(['e', 'E']).unwrap_or((json, "0"));
        let digits = exponent.strip_prefix(['+', '-']).unwrap_or(exponent);
        if !is_digits(digits) {
            return None;
        }
        let far: i64 = digits.parse().unwrap_or(FAR).min(FAR);
        let number = Self::read_digits(number)?;
        Some(Self::new(number.digits, number.exponent + if exponent.starts_with('-') { -far } else { far }))
    }

    /// Digits, perhaps with a dot and more digits.
    pub fn read_digits(text: &str) -> Option<Self> {
        let (whole, fraction) = text.split_once('.').map_or((text, None), |(whole, rest)| (whole, Some(rest)));
        if !is_digits(whole) || !fraction.is_none_or(is_digits) {
            return None;
        }
        let fraction = fraction.unwrap_or_default();
        Some(Self::new(format!("{whole}{fraction}"), -(fraction.len() as i64)))
    }

    fn new(digits: String, exponent: i64) -> Self {
        let kept = digits.trim_end_matches('0');
        let exponent = exponent + (digits.len() - kept.len()) as i64;
        match kept.trim_start_matches('0') {
            "" => Self { digits: String::new(), exponent: 0 },
            kept => Self { digits: kept.to_owned(), exponent },
        }
    }

    /// Whether it is exactly this.
    pub fn is(&self, whole: u64) -> bool {
        *self == Self::new(whole.to_string(), 0)
    }

    /// Whether it differs from this by less than a thousandth.
    pub fn is_within_a_thousandth_of(&self, whole: u64) -> bool {
        let wanted = u128::from(whole) * 1_000;
        let Some((thousandths, rest)) = self.thousandths() else { return false };
        thousandths == wanted || (thousandths + 1 == wanted && rest)
    }

    /// How many whole thousandths it has, and whether there is a rest. None when it is larger than every amount.
    fn thousandths(&self) -> Option<(u128, bool)> {
        let exponent = self.exponent + 3;
        let length = self.digits.len() as i64 + exponent;
        if length > 30 {
            return None;
        }
        let kept = usize::try_from(length).unwrap_or(0).min(self.digits.len());
        let zeros = if kept == 0 { 0 } else { usize::try_from(exponent).unwrap_or(0) };
        let whole = format!("0{}{}", &self.digits[..kept], "0".repeat(zeros));
        Some((whole.parse().ok()?, kept < self.digits.len()))
    }
}

fn is_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(json: &str) -> Decimal {
        Decimal::read(json).unwrap()
    }

    #[test]
    fn reads_exactly() {
        for json in ["1200", "1200.000", "12e2", "0.12E+4", "120000e-2", "1200e0"] {
            assert!(read(json).is(1200), "{json}");
        }
        assert!(read("18446744073709551615").is(u64::MAX));
        assert!(!read("18446744073709551616").is(u64::MAX) && !read("18446744073709551616").is(0));
        assert!(read("0e99999999999999999999").is(0) && read("0.0").is(0) && !read("1e-99999999999999999999").is(0));
        for none in ["", "-1", "+1", ".5", "1.", "1e", "1e+", "x", "0x1", "1_000"] {
            assert_eq!(Decimal::read(none), None, "{none}");
        }
    }

    #[test]
    fn measures_a_thousandth() {
        for near in ["1200.000999", "1199.9990001", "1200", "1.2e3", "1200.00000000000000000000001"] {
            assert!(read(near).is_within_a_thousandth_of(1200), "{near}");
        }
        for far in ["1200.001", "1199.999", "1e40", "1e-40", "120", "12000", "0"] {
            assert!(!read(far).is_within_a_thousandth_of(1200), "{far}");
        }
        assert!(read("1e-400").is_within_a_thousandth_of(0) && read("0.0009").is_within_a_thousandth_of(0));
        assert!(!read("0.001").is_within_a_thousandth_of(0));
    }
}
