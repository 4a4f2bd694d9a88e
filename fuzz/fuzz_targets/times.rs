//! Times as providers write them: never a panic, the text is kept, and what is read is what an independent reader reads.

#![no_main]

use gerbang_core::JakartaTime;
use jiff::Timestamp;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    if let Some((number, _)) = data.split_first_chunk() {
        check_moment(i64::from_le_bytes(*number));
    }
    let Ok(text) = std::str::from_utf8(data) else { return };
    let time = JakartaTime::new(text);
    assert_eq!(time.text(), text);
    let json = serde_json::to_string(&time).expect("text");
    assert_eq!(serde_json::from_str::<JakartaTime>(&json).expect("its own form"), time);
    match time.timestamp() {
        Ok(moment) => {
            if let Some((second, nanosecond)) = plain(text.trim_ascii()) {
                assert_eq!((moment.as_second(), moment.subsec_nanosecond()), split(second, nanosecond), "{text}");
            }
        }
        Err(error) => {
            let shown = error.to_string();
            assert!(shown.lines().count() == 1 && shown.chars().count() < 1_000, "{shown}");
        }
    }
});

/// A moment is written as Jakarta time and read back, to the second.
fn check_moment(second: i64) {
    let range = Timestamp::MIN.as_second()..=Timestamp::MAX.as_second();
    let second = second.clamp(*range.start(), *range.end());
    let moment = Timestamp::from_second(second).expect("in range");
    let written = JakartaTime::from(moment);
    // Years before 0 and after 9999 have no four digits, so that they cannot be read back.
    if let Ok(read) = written.timestamp() {
        assert_eq!(read, moment, "{written}");
    }
}

/// jiff's fraction has the sign of the second.
fn split(second: i64, nanosecond: i32) -> (i64, i32) {
    if second < 0 && nanosecond > 0 { (second + 1, nanosecond - 1_000_000_000) } else { (second, nanosecond) }
}

/// Seconds since 1970 and nanoseconds of a time in the plain spelling of one of the documented forms, by long-hand
/// arithmetic; none for every other spelling.
fn plain(text: &str) -> Option<(i64, i32)> {
    let (date, time) = text.split_once([' ', 'T'])?;
    let (year, month, day) = match date.as_bytes() {
        [_, _, b'/', _, _, b'/', _, _, _, _] => (&date[6..], &date[3..5], &date[..2]),
        [_, _, _, _, b'-', _, _, b'-', _, _] => (&date[..4], &date[5..7], &date[8..]),
        _ => return None,
    };
    let [_, _, b':', _, _, b':', _, _, rest @ ..] = time.as_bytes() else { return None };
    let rest = std::str::from_utf8(rest).ok()?;
    let offset_at = rest.find(['Z', '+', '-']).unwrap_or(rest.len());
    let nanosecond = match rest[..offset_at].strip_prefix('.') {
        None if offset_at == 0 => 0,
        Some(fraction) if fraction.len() <= 9 => number(&format!("{fraction:0<9}"))?,
        _ => return None,
    };
    let offset = match &rest.as_bytes()[offset_at..] {
        [] => 7 * 3600,
        [b'Z'] => 0,
        [sign, _, _, b':', _, _] => {
            let offset = &rest[offset_at..];
            let seconds = number(&offset[1..3])? * 3600 + number(&offset[4..6])? * 60;
            if *sign == b'-' { -seconds } else { seconds }
        }
        _ => return None,
    };
    let (hour, minute, second) = (number(&time[..2])?, number(&time[3..5])?, number(&time[6..8])?);
    if second == 60 {
        return None; // A leap second has no number of its own.
    }
    let days = days(number(year)?, number(month)?, number(day)?);
    Some((days * 86_400 + hour * 3600 + minute * 60 + second - offset, i32::try_from(nanosecond).ok()?))
}

fn number(text: &str) -> Option<i64> {
    if text.bytes().all(|byte| byte.is_ascii_digit()) { text.parse().ok() } else { None }
}

/// Days from 1970-01-01 to a day of the Gregorian calendar.
fn days(year: i64, month: i64, day: i64) -> i64 {
    let is_leap = |year: i64| year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let before_year = |year: i64| (0..year).map(|year| if is_leap(year) { 366 } else { 365 }).sum::<i64>();
    let months = [31, if is_leap(year) { 29 } else { 28 }, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
    let before_month: i64 = months.iter().take(month as usize - 1).sum();
    before_year(year) - before_year(1970) + before_month + day - 1
}
