//! What the payer adds to the amount.

use gerbang_core::Rupiah;

/// What the payer adds to the amount: tags 55, 56 and 57.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Tip {
    /// The payer is asked: tag 55 = `01`.
    Prompt,
    /// A fixed amount: tag 55 = `02`, the amount in tag 56.
    Fixed(Rupiah),
    /// A part of the amount: tag 55 = `03`, the percentage in tag 57.
    Percent {
        /// Hundredths of a percent, at most 9 999: 70 is 0.7 %.
        hundredths: u16,
    },
}

/// A percentage below 100 with up to two decimals, in hundredths.
pub(crate) fn hundredths(text: &str) -> Option<u16> {
    let (whole, decimals) = text.split_once('.').unwrap_or((text, ""));
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if whole.is_empty() || whole.len() > 2 || decimals.len() > 2 || !digits(whole) || !digits(decimals) {
        return None;
    }
    let number = |text: &str| text.bytes().fold(0, |number, digit| number * 10 + u16::from(digit - b'0'));
    let of_decimals = if decimals.len() == 1 { number(decimals) * 10 } else { number(decimals) };
    Some(number(whole) * 100 + of_decimals)
}
