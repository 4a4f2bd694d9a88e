//! Times, in the forms of all providers.

use gerbang_core::JakartaTime;
use jiff::Timestamp;

use crate::{read, reads, refuses, writes};

#[test]
fn times_are_read_in_jakarta_unless_they_name_a_zone() {
    for (text, utc) in [
        ("2026-03-10 19:42:49", "2026-03-10T12:42:49Z"),
        ("2026-03-10T19:42:49", "2026-03-10T12:42:49Z"),
        ("2026-03-10 19:42:49.5", "2026-03-10T12:42:49.5Z"),
        ("2026-03-10 19:42:49.123456789", "2026-03-10T12:42:49.123456789Z"),
        ("2026-03-10 00:00:00", "2026-03-09T17:00:00Z"),
        ("2026-3-1 9:5:7", "2026-03-01T02:05:07Z"),
        ("  2026-03-10   19:42:49\n", "2026-03-10T12:42:49Z"),
        ("2021-06-17 22: 02: 04", "2021-06-17T15:02:04Z"),
        ("2021-06-17 15: 47: 00", "2021-06-17T08:47:00Z"),
        ("10/03/2026 19:42:49", "2026-03-10T12:42:49Z"),
        ("31/12/2026 06:00:00", "2026-12-30T23:00:00Z"),
        ("2024-02-29 12:00:00", "2024-02-29T05:00:00Z"),
        ("2025-09-19T01:18:49.678622564Z", "2025-09-19T01:18:49.678622564Z"),
        ("2024-09-10T08:07:02.819+07:00", "2024-09-10T01:07:02.819Z"),
        ("2024-09-10T08:07:02-05:00", "2024-09-10T13:07:02Z"),
        ("2024-09-10T08:07:02+00:00", "2024-09-10T08:07:02Z"),
    ] {
        let time: JakartaTime = read(&serde_json::to_string(text).unwrap()).unwrap();
        assert_eq!(time.timestamp().map(|timestamp| timestamp.to_string()), Ok(utc.to_owned()), "{text:?}");
        assert_eq!(time.text(), text);
        assert_eq!(time.to_string(), text);
        writes(&time, &serde_json::to_string(text).unwrap());
    }
}

#[test]
fn what_is_no_time_is_kept_and_fails_only_when_asked_for() {
    for text in [
        "",
        " ",
        "-",
        "0000-00-00 00:00:00",
        "2026-03-10",
        "2026-03-10 ",
        "19:42:49",
        "2026-03-10 19:42",
        "2026-03-10 19:42:49.",
        "2026-03-10 19:42:49.1234567891",
        "2026-03-10 19:42:49 19",
        "2026-03-10 19:42:49:00",
        "2026-03-10 19:42:49.0000000001",
        "2026-003-10 19:42:49",
        "2026-03-10 019:42:49",
        "2026-03-10 1 9:42:49",
        "2026-03-10 +9:42:49",
        "2026-03-10 24:00:00",
        "2026-03-10 19:60:00",
        "2026-02-30 10:00:00",
        "2025-02-29 10:00:00",
        "2026-13-01 10:00:00",
        "13/13/2026 10:00:00",
        "10/03/26 19:42:49",
        "26-03-10 19:42:49",
        "2026/03/10 19:42:49",
        "10-03-2026 19:42:49",
        "10/03-2026 19:42:49",
        "2026-03-10 19:42:49 soon",
        "177314656",
        "946684799",
        "4102444800",
        "17731465690",
        "20260310194249",
        "1773146569.5",
        "besok",
        "２０２６-03-10 19:42:49",
    ] {
        let time: JakartaTime = read(&serde_json::to_string(text).unwrap()).unwrap();
        assert_eq!(time.text(), text);
        let error = time.timestamp().expect_err(text).to_string();
        assert!(error.contains(text), "{error}");
    }
}

#[test]
fn what_has_no_form_of_a_time_is_refused() {
    let dated = |date: &str, zone: &str| format!(r#"{{"date": "{date}", "timezone_type": 3, "timezone": "{zone}"}}"#);
    for json in [
        "null",
        "true",
        "[]",
        "{}",
        "0",
        "7",
        "-1773146569",
        "1773146569.5",
        "20260310194249",
        r#"{"date": "2026-05-30 08:55:00"}"#,
        &dated("2026-05-30 08:55:00.000000", "Europe/Berlin"),
        &dated("2026-05-30 08:55:00.000000", "+07:60"),
        &dated("2026-05-30 08:55:00.000000", "+7"),
        &dated("2026-05-30 08:55:00.000000", ""),
        &dated("-0001-11-30 00:00:00.000000", "UTC"),
        r#"{"date": 7, "timezone": "UTC"}"#,
    ] {
        refuses::<JakartaTime>(json);
    }
}

#[test]
fn unix_times_and_the_date_objects_of_php_are_times() {
    let dated = |date: &str, zone: &str| format!(r#"{{"date": "{date}", "timezone_type": 3, "timezone": "{zone}"}}"#);
    for (json, text, utc) in [
        ("1780129800", "1780129800", "2026-05-30T08:30:00Z"),
        ("1780129800123", "1780129800123", "2026-05-30T08:30:00.123Z"),
        ("\"1780129800\"", "1780129800", "2026-05-30T08:30:00Z"),
        ("946684800", "946684800", "2000-01-01T00:00:00Z"),
        ("4102444799999", "4102444799999", "2099-12-31T23:59:59.999Z"),
        (&dated("2026-05-30 08:55:00.000000", "Asia/Jakarta"), "2026-05-30T08:55:00+07:00", "2026-05-30T01:55:00Z"),
        (&dated("2026-05-30 08:55:00.250000", "WIB"), "2026-05-30T08:55:00.25+07:00", "2026-05-30T01:55:00.25Z"),
        (&dated("2026-05-30 08:55:00", "Asia/Makassar"), "2026-05-30T08:55:00+08:00", "2026-05-30T00:55:00Z"),
        (&dated("2026-05-30 08:55:00", "WITA"), "2026-05-30T08:55:00+08:00", "2026-05-30T00:55:00Z"),
        (&dated("2026-05-30 08:55:00", "Asia/Jayapura"), "2026-05-30T08:55:00+09:00", "2026-05-29T23:55:00Z"),
        (&dated("2026-05-30 08:55:00", "WIT"), "2026-05-30T08:55:00+09:00", "2026-05-29T23:55:00Z"),
        (&dated("2026-05-30 08:55:00", "UTC"), "2026-05-30T08:55:00+00:00", "2026-05-30T08:55:00Z"),
        (&dated("2026-05-30 08:55:00", "+07:00"), "2026-05-30T08:55:00+07:00", "2026-05-30T01:55:00Z"),
        (&dated("2026-05-30 08:55:00", "-03:30"), "2026-05-30T08:55:00-03:30", "2026-05-30T12:25:00Z"),
    ] {
        reads(json, JakartaTime::new(text));
        let time: JakartaTime = read(json).unwrap();
        assert_eq!(time.timestamp().map(|timestamp| timestamp.to_string()), Ok(utc.to_owned()), "{json}");
    }
}

#[test]
fn a_time_error_is_one_short_line() {
    let error = JakartaTime::new(format!("line\n{}", "é".repeat(10_000))).timestamp().unwrap_err().to_string();
    assert!(error.len() < 200 && !error.contains('\n'), "{error}");
    assert!(error.contains("line\\n") && error.contains('…'), "{error}");
}

#[test]
fn a_moment_is_written_as_jakarta_time() {
    let moment: Timestamp = "2026-03-10T17:00:00.999Z".parse().unwrap();
    assert_eq!(JakartaTime::from(moment).text(), "2026-03-11 00:00:00");
    let before_1970: Timestamp = "1969-12-31T16:59:59.5Z".parse().unwrap();
    assert_eq!(JakartaTime::from(before_1970).text(), "1969-12-31 23:59:59");
}
