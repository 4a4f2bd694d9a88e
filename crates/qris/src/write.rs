//! How tags are written.

use gerbang_core::{Rupiah, RupiahError};

use crate::crc::{crc16, hex};
use crate::{MAX_PAYLOAD, QrisError, QrisErrorKind, TagPath, Tip};

/// Appends a tag whose value has at most 99 characters.
pub(crate) fn push(out: &mut String, id: u8, value: &str) {
    let length = if value.is_ascii() { value.len() } else { value.chars().count() };
    for number in [usize::from(id), length] {
        out.extend([number / 10 % 10, number % 10].map(|digit| char::from(b'0' + digit as u8)));
    }
    out.push_str(value);
}

/// Appends the checksum.
pub(crate) fn seal(mut out: String) -> String {
    out.push_str("6304");
    let crc = crc16(out.as_bytes());
    out.extend(hex(crc).map(char::from));
    out
}

/// Appends the checksum, if the payload is not too long then.
pub(crate) fn finish(out: String) -> Result<String, QrisError> {
    let out = seal(out);
    if out.len() > MAX_PAYLOAD { Err(QrisErrorKind::TooLong.into()) } else { Ok(out) }
}

/// An amount as tags 54 and 56 hold it.
pub(crate) fn amount_value(id: u8, amount: Rupiah) -> Result<String, QrisError> {
    if amount == Rupiah::ZERO {
        return Err(QrisError::new(QrisErrorKind::Zero).in_tag(id));
    }
    let digits = amount.to_string();
    if digits.len() > 13 {
        return Err(QrisError::new(QrisErrorKind::Amount(RupiahError::TooLarge)).in_tag(id));
    }
    Ok(digits)
}

/// The tags of a tip.
pub(crate) fn tip_tags(tip: Tip) -> Result<Vec<(u8, String)>, QrisError> {
    let error = |kind| Err(QrisError::new(kind).in_tag(57));
    Ok(match tip {
        Tip::Prompt => vec![(55, "01".into())],
        Tip::Fixed(amount) => vec![(55, "02".into()), (56, amount_value(56, amount)?)],
        Tip::Percent { hundredths: 0 } => return error(QrisErrorKind::Zero),
        Tip::Percent { hundredths: 10_000.. } => return error(QrisErrorKind::Tip),
        Tip::Percent { hundredths } => {
            let (whole, decimals) = (hundredths / 100, hundredths % 100);
            let percentage = match (decimals, decimals % 10) {
                (0, _) => whole.to_string(),
                (_, 0) => format!("{whole}.{}", decimals / 10),
                _ => format!("{whole}.{decimals:02}"),
            };
            vec![(55, "03".into()), (57, percentage)]
        }
    })
}

/// Checks a value of a tag or of a sub-tag.
pub(crate) fn check(path: TagPath, longest: usize, value: &str) -> Result<(), QrisError> {
    let error = |kind| Err(QrisError::new(kind).at_path(path));
    let allowed = match path.tag() {
        52 => value.len() == 4 && value.bytes().all(|byte| byte.is_ascii_digit()),
        64.. => !value.chars().any(char::is_control),
        _ => value.bytes().all(|byte| matches!(byte, b' '..=b'~')),
    };
    if value.chars().count() > longest {
        error(QrisErrorKind::TooLong)
    } else if value.is_empty() || !allowed {
        error(QrisErrorKind::Value)
    } else {
        Ok(())
    }
}
