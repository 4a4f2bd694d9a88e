use std::fmt;

use jiff::civil::DateTime;
use jiff::{Timestamp, tz};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use crate::scalar::{Dated, FromScalar, Scalar};

/// Jakarta, UTC+07:00. Indonesia has no daylight saving time.
const JAKARTA: tz::Offset = tz::Offset::constant(7);

/// A time as a provider wrote it, read as Jakarta time (UTC+07:00) where it names no zone.
///
/// Any text is kept, byte for byte, also one that is no time: a time that cannot be read is found out by
/// [`timestamp`](Self::timestamp), and never makes the order around it unreadable. Two values are equal when their
/// texts are equal.
///
/// A JSON integer is read as Unix time, seconds or milliseconds of the years 2000 to 2099, and its digits are the text. PHP's
/// date object (`{"date": "2026-05-30 08:55:00.000000", "timezone_type": 3, "timezone": "Asia/Jakarta"}`) is read in its own
/// zone, and its text is that time in RFC 3339: `2026-05-30T08:55:00+07:00`. The zones are those of Indonesia, UTC, and
/// offsets such as `+07:00`. Any other JSON value is an error.
///
/// ```
/// use gerbang_core::JakartaTime;
///
/// let paid = JakartaTime::new("2026-03-10 19:42:49");
/// assert_eq!(paid.timestamp()?.to_string(), "2026-03-10T12:42:49Z");
/// assert_eq!(paid.text(), "2026-03-10 19:42:49");
/// assert!(JakartaTime::new("0000-00-00 00:00:00").timestamp().is_err());
/// # Ok::<(), gerbang_core::TimeError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct JakartaTime(String);

impl JakartaTime {
    /// A time from its text, which is kept as it is.
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The provider's own text.
    pub fn text(&self) -> &str {
        &self.0
    }

    /// The moment that the text names.
    ///
    /// Four forms are read, with white space around them ignored:
    ///
    /// - RFC 3339 with `Z` or an offset (`2024-09-10T08:07:02.819+07:00`): its own zone counts.
    /// - `yyyy-mm-dd HH:MM:SS`, also with a `T` between date and time: Jakarta time.
    /// - `dd/mm/yyyy HH:MM:SS`: Jakarta time.
    /// - Unix time in seconds or milliseconds (`1780129800`), from the year 2000 up to the year 2100.
    ///
    /// In the two in the middle the parts may have one digit (`2026-3-1 9:05:00`), the seconds may have a fraction, and blanks
    /// may stand around the colons (`2021-06-17 22: 02: 04`).
    ///
    /// # Errors
    ///
    /// [`TimeError`] if the text has none of these forms, such as a date without a time, or names a day or an hour
    /// that does not exist.
    pub fn timestamp(&self) -> Result<Timestamp, TimeError> {
        let text = self.0.trim_ascii();
        if let Ok(timestamp) = text.parse() {
            return Ok(timestamp);
        }
        let zoneless = zoneless(text).and_then(|time| JAKARTA.to_timestamp(time).ok());
        zoneless.or_else(|| number(text, 13).and_then(unix)).ok_or_else(|| TimeError::new(&self.0))
    }

    /// A time from PHP's date object, as RFC 3339 with the offset of its zone.
    fn from_dated(dated: &Dated<'_>) -> Option<Self> {
        let offset = offset(dated.zone.trim())?;
        let timestamp = offset.to_timestamp(zoneless(dated.date.trim_ascii())?).ok()?;
        Some(Self(timestamp.display_with_offset(offset).to_string()))
    }
}

/// The moment of a Unix time in seconds or milliseconds. The two ranges have nothing in common.
fn unix(time: u64) -> Option<Timestamp> {
    /// The years 2000 to 2099 in seconds.
    const PLAUSIBLE: std::ops::Range<u64> = 946_684_800..4_102_444_800;
    let time_signed = i64::try_from(time).ok()?;
    if PLAUSIBLE.contains(&time) {
        Timestamp::from_second(time_signed).ok()
    } else if PLAUSIBLE.contains(&(time / 1000)) {
        Timestamp::from_millisecond(time_signed).ok()
    } else {
        None
    }
}

/// The offset of a time zone that a PHP program in Indonesia may name. None of them has daylight saving time.
fn offset(zone: &str) -> Option<tz::Offset> {
    Some(match zone {
        "Asia/Jakarta" | "Asia/Pontianak" | "WIB" => JAKARTA,
        "Asia/Makassar" | "WITA" => tz::Offset::constant(8),
        "Asia/Jayapura" | "WIT" => tz::Offset::constant(9),
        "UTC" | "GMT" | "Z" => tz::Offset::UTC,
        _ => {
            let sign = match zone.as_bytes().first()? {
                b'+' => 1,
                b'-' => -1,
                _ => return None,
            };
            let (hours, minutes) =
                zone[1..].split_once(':').filter(|(hours, minutes)| hours.len() + minutes.len() == 4)?;
            let (hours, minutes): (i32, i32) = (number(hours, 2)?, number(minutes, 2)?);
            tz::Offset::from_seconds(sign * (hours * 3600 + minutes * 60)).ok().filter(|_| minutes < 60)?
        }
    })
}

fn zoneless(text: &str) -> Option<DateTime> {
    let (date, time) = text.split_once(|c: char| c == 'T' || c.is_ascii_whitespace())?;
    let (year, month, day) = match date.split_once('/') {
        None => {
            let [year, month, day] = parts(date, '-')?;
            (year, month, day)
        }
        Some(_) => {
            let [day, month, year] = parts(date, '/')?;
            (year, month, day)
        }
    };
    if year.len() != 4 {
        return None;
    }
    let [hour, minute, second] = parts(time, ':')?;
    let (second, nanosecond) = match second.split_once('.') {
        None => (second, 0),
        Some((_, "")) => return None,
        Some((second, fraction)) => (second, number(&format!("{fraction:0<9}"), 9)?),
    };
    DateTime::new(
        number(year, 4)?,
        number(month, 2)?,
        number(day, 2)?,
        number(hour, 2)?,
        number(minute, 2)?,
        number(second, 2)?,
        nanosecond,
    )
    .ok()
}

fn parts(text: &str, separator: char) -> Option<[&str; 3]> {
    let mut parts = text.split(separator).map(str::trim_ascii);
    let found = [parts.next()?, parts.next()?, parts.next()?];
    parts.next().is_none().then_some(found)
}

fn number<N: std::str::FromStr>(text: &str, most_digits: usize) -> Option<N> {
    let plain = text.len() <= most_digits && text.bytes().all(|byte| byte.is_ascii_digit());
    if plain { text.parse().ok() } else { None }
}

/// The provider's own text.
impl fmt::Display for JakartaTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

/// The moment as `yyyy-mm-dd HH:MM:SS` in Jakarta, without the fraction of the second.
impl From<Timestamp> for JakartaTime {
    fn from(timestamp: Timestamp) -> Self {
        Self(JAKARTA.to_datetime(timestamp).strftime("%Y-%m-%d %H:%M:%S").to_string())
    }
}

impl Serialize for JakartaTime {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

impl FromScalar for JakartaTime {
    const EXPECTED: &'static str = "a time as text, Unix time or PHP's date object";

    fn from_scalar<E: de::Error>(scalar: Scalar<'_>) -> Result<Self, E> {
        match scalar {
            Scalar::Text(text) => Ok(Self(text.into_owned())),
            Scalar::Unsigned(time) if unix(time).is_some() => Ok(Self(time.to_string())),
            Scalar::Dated(ref dated) => Self::from_dated(dated).ok_or_else(|| scalar.refuse::<Self, E>()),
            other => Err(other.refuse::<Self, E>()),
        }
    }
}

impl<'de> Deserialize<'de> for JakartaTime {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::read(deserializer)
    }
}

/// A text from which no time can be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TimeError {
    text: String,
}

impl TimeError {
    /// How many characters of the text are shown. Every known form is shorter.
    const SHOWN: usize = 64;

    fn new(text: &str) -> Self {
        let mut shown: String = text.chars().take(Self::SHOWN).collect();
        if shown.len() < text.len() {
            shown.push('…');
        }
        Self { text: shown }
    }
}

/// One line that shows the text, cut after 64 characters.
impl fmt::Display for TimeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "no time can be read from {:?}", self.text)
    }
}

impl std::error::Error for TimeError {}

#[cfg(feature = "schemars")]
impl schemars::JsonSchema for JakartaTime {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> std::borrow::Cow<'static, str> {
        "JakartaTime".into()
    }

    fn schema_id() -> std::borrow::Cow<'static, str> {
        concat!(module_path!(), "::JakartaTime").into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({"type": "string", "format": "jakarta-time"})
    }
}
