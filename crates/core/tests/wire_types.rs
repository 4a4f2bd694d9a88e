//! Every form in which a provider writes a value, and every form that must be refused.

use std::collections::{BTreeMap, HashSet};
use std::fmt::Debug;

use gerbang_core::{
    DottedRupiah, Entries, Flag, Identifier, JakartaTime, JsonString, Open, Rows, Rupiah, RupiahError, Secret, Word,
    wire,
};
use jiff::Timestamp;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

fn read<T: DeserializeOwned>(json: &str) -> Result<T, String> {
    serde_json::from_str(json).map_err(|error| error.to_string())
}

/// Reads `json` as text and as a parsed value: the two are different deserializers and must agree.
#[track_caller]
fn reads<T: DeserializeOwned + PartialEq + Debug>(json: &str, wanted: T) {
    assert_eq!(read(json).as_ref(), Ok(&wanted), "reading {json}");
    let value: serde_json::Value = serde_json::from_str(json).unwrap();
    assert_eq!(serde_json::from_value::<T>(value).unwrap(), wanted, "reading the value {json}");
}

#[track_caller]
fn refuses<T: DeserializeOwned + Debug>(json: &str) {
    assert!(read::<T>(json).is_err(), "{json} was read as {:?}", read::<T>(json));
    if let Ok(value) = serde_json::from_str::<serde_json::Value>(json) {
        assert!(serde_json::from_value::<T>(value).is_err(), "the value {json} was read");
    }
}

#[track_caller]
fn writes(value: impl Serialize, json: &str) {
    assert_eq!(serde_json::to_string(&value).unwrap(), json);
}

#[test]
fn rupiah_is_read_from_every_documented_form() {
    for (json, amount) in [
        ("10000", 10_000),
        ("\"10000\"", 10_000),
        ("\"10000.00\"", 10_000),
        ("2000.0", 2_000),
        ("\"2000.0\"", 2_000),
        ("90000", 90_000),
        ("0", 0),
        ("\"0.00\"", 0),
        ("\"1000000.00\"", 1_000_000),
        ("\"10000.0000\"", 10_000),
        ("\"0.00000\"", 0),
        ("10000.0000", 10_000),
        ("10000.000", 10_000),
        ("\" 10000\\r\\n\"", 10_000),
        ("1e4", 10_000),
        ("9007199254740993", 9_007_199_254_740_993),
        ("\"9007199254740993.00\"", 9_007_199_254_740_993),
        ("1099511627775.0", 1_099_511_627_775),
        ("18446744073709551615", u64::MAX),
        ("\"18446744073709551615\"", u64::MAX),
    ] {
        reads(json, Rupiah::new(amount));
    }
    writes(Rupiah::new(10_000), "10000");
}

#[test]
fn rupiah_refuses_what_is_not_whole_and_unsigned() {
    for json in [
        "-1",
        "-0.0",
        "10.5",
        "1.493",
        "10000.01",
        "1099511627775.99",
        "1099511627776.0",
        "90071992547409.99",
        "9007199254740993.0",
        "1e300",
        "18446744073709551616",
        "true",
        "false",
        "null",
        "[]",
        "[1]",
        "{}",
    ] {
        refuses::<Rupiah>(json);
    }
    // As a parsed value it has no sign any more where `serde_json/arbitrary_precision` is on.
    assert!(read::<Rupiah>("-0").is_err());
    for (text, why) in [
        ("", RupiahError::Empty),
        (" \t", RupiahError::Empty),
        ("+1", RupiahError::Signed),
        ("-1", RupiahError::Signed),
        ("-0", RupiahError::Signed),
        ("-0.00", RupiahError::Signed),
        ("1.493", RupiahError::Fraction),
        ("10.5", RupiahError::Fraction),
        ("10000.01", RupiahError::Fraction),
        ("10.000", RupiahError::Fraction),
        ("18446744073709551616", RupiahError::TooLarge),
        ("99999999999999999999999999", RupiahError::TooLarge),
        ("1e4", RupiahError::NotANumber),
        ("1.0e4", RupiahError::NotANumber),
        ("10 000", RupiahError::NotANumber),
        ("10,000", RupiahError::NotANumber),
        ("1.000.000", RupiahError::NotANumber),
        ("1.000.00", RupiahError::NotANumber),
        ("10000.", RupiahError::NotANumber),
        (".00", RupiahError::NotANumber),
        (".", RupiahError::NotANumber),
        ("Rp10000", RupiahError::NotANumber),
        ("0x10", RupiahError::NotANumber),
        ("1_000", RupiahError::NotANumber),
        ("NaN", RupiahError::NotANumber),
        ("inf", RupiahError::NotANumber),
        ("١٢٣", RupiahError::NotANumber),
        ("１２３", RupiahError::NotANumber),
        ("1\u{a0}", RupiahError::NotANumber),
    ] {
        assert_eq!(text.parse::<Rupiah>(), Err(why), "{text:?}");
        assert!(!why.to_string().contains('\n'));
        refuses::<Rupiah>(&serde_json::to_string(text).unwrap());
    }
}

#[test]
fn rupiah_refuses_doubles_that_json_cannot_hold() {
    use serde::de::IntoDeserializer;
    use serde::de::value::{Error, F64Deserializer};

    for number in [f64::NAN, -f64::NAN, f64::INFINITY, f64::NEG_INFINITY, -0.0] {
        let deserializer: F64Deserializer<Error> = number.into_deserializer();
        assert!(Rupiah::deserialize(deserializer).is_err(), "{number}");
    }
}

#[test]
fn rupiah_is_shown_in_digits_and_counts_without_wrapping() {
    assert_eq!(Rupiah::new(10_000).to_string(), "10000");
    assert_eq!(format!("{:?}", Rupiah::new(10_000)), "Rupiah(10000)");
    assert_eq!(Rupiah::default(), Rupiah::ZERO);
    assert_eq!(Rupiah::from(7_u32), Rupiah::new(7));
    assert_eq!(u64::from(Rupiah::new(7)), 7);
    assert_eq!(Rupiah::new(2).checked_add(Rupiah::new(3)), Some(Rupiah::new(5)));
    assert_eq!(Rupiah::MAX.checked_add(Rupiah::new(1)), None);
    assert_eq!(Rupiah::new(3).checked_sub(Rupiah::new(2)), Some(Rupiah::new(1)));
    assert_eq!(Rupiah::ZERO.checked_sub(Rupiah::new(1)), None);
}

#[test]
fn dotted_rupiah_is_read_in_groups_of_three_or_in_plain_digits() {
    for (text, amount) in [
        ("0", 0),
        ("1", 1),
        ("999", 999),
        ("1.493", 1_493),
        ("12.000", 12_000),
        (" 100.000 ", 100_000),
        ("1.234.567", 1_234_567),
        ("18.446.744.073.709.551.615", u64::MAX),
    ] {
        reads(&serde_json::to_string(text).unwrap(), DottedRupiah::new(Rupiah::new(amount)));
        assert_eq!(Rupiah::new(amount).to_dotted(), text.trim());
    }
    for json in [
        "1493",
        "1493.0",
        "1493.00",
        "\"1493\"",
        "\"1.493,00\"",
        "\"1493,00\"",
        "\"Rp 1.493\"",
        "\"Rp1.493,0\"",
        "\"rp. 1.493\"",
        "\"Rp 1493\"",
    ] {
        reads(json, DottedRupiah::new(Rupiah::new(1_493)));
    }
    writes(DottedRupiah::new(Rupiah::new(1_493)), "\"1.493\"");

    for text in [
        "",
        " ",
        "1.49",
        "1.4933",
        ".493",
        "1.",
        "1..493",
        "0.123",
        "012",
        "00",
        "01.000",
        "01493",
        "1234.567",
        "1493.00",
        "1.493,50",
        "1.493,000",
        "1.493,",
        "Rp",
        "Rp -1.493",
        "-Rp 1.493",
        "$ 1.493",
        "IDR 1.493",
        "1.234.56",
        "1.234567",
        "-1.493",
        "+1.493",
        "1,493",
        "1.49a",
        "1.+93",
        "1. 493",
        "18.446.744.073.709.551.616",
    ] {
        refuses::<DottedRupiah>(&serde_json::to_string(text).unwrap());
    }
    for json in ["1.493", "1493.5", "-1493", "true", "null", "[]", "{}"] {
        refuses::<DottedRupiah>(json);
    }
}

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

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Status {
    Pending,
    Paid,
    MandiriManual,
    Waiting,
}

impl Word for Status {
    const ALL: &'static [Self] = &[Self::Pending, Self::Paid, Self::MandiriManual, Self::Waiting];

    fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "PENDING",
            Self::Paid => "PAID",
            Self::MandiriManual => "mandiri_manual",
            Self::Waiting => "201",
        }
    }
}

#[test]
fn known_words_are_read_in_any_case() {
    for (json, word) in [
        ("\"PAID\"", Status::Paid),
        ("\"paid\"", Status::Paid),
        ("\" Paid \"", Status::Paid),
        ("\"pending\"", Status::Pending),
        ("\"MANDIRI_MANUAL\"", Status::MandiriManual),
        ("\"201\"", Status::Waiting),
        ("201", Status::Waiting),
    ] {
        let read: Open<Status> = read(json).unwrap();
        assert_eq!(read, word, "{json}");
        assert_eq!(read.known(), Some(word));
        assert_eq!(read.as_str(), word.as_str());
        writes(&read, &format!("{:?}", word.as_str()));
    }
    assert_ne!(Open::from(Status::Paid), Status::Pending);
    assert_eq!("paid".parse::<Open<Status>>(), Ok(Open::Known(Status::Paid)));
}

#[test]
fn unknown_words_are_kept_as_they_came() {
    for (json, text) in [
        ("\"refunded\"", "refunded"),
        ("\" Refunded \"", " Refunded "),
        ("\"\"", ""),
        ("\"PAID!\"", "PAID!"),
        ("\"ＰＡＩＤ\"", "ＰＡＩＤ"),
        ("5", "5"),
        ("-5", "-5"),
        ("1.0", "1.0"),
        ("true", "true"),
        ("false", "false"),
    ] {
        reads(json, Open::<Status>::Unknown(text.to_owned()));
        let word: Open<Status> = read(json).unwrap();
        assert_eq!((word.as_str(), word.known(), word.to_string()), (text, None, text.to_owned()));
        assert_ne!(word, Status::Paid);
        writes(word, &serde_json::to_string(text).unwrap());
    }
    for json in ["null", "[]", "{}"] {
        refuses::<Open<Status>>(json);
    }
}

const CANARY: &str = "SK-canary-91b7";

#[test]
fn a_secret_is_shown_only_by_expose() {
    #[derive(Debug, Clone, Deserialize)]
    struct Login {
        token: Secret,
    }

    let login: Login = read(&format!(r#"{{"token": "{CANARY}"}}"#)).unwrap();
    assert_eq!(login.clone().token.expose(), CANARY);
    assert_eq!(format!("{:?}", login.token), "Secret([redacted])");
    assert!(!format!("{login:?}{login:#?}").contains("canary"));
    assert_eq!(Secret::from(CANARY.to_owned()).expose(), CANARY);
    assert!(Secret::from("").is_empty());
    assert!(!login.token.is_empty());
}

#[test]
fn a_refused_secret_is_not_quoted() {
    for json in ["918273645", "-918273645", "918273645.5", "918273645e9", "[918273645]", "{\"918273645\": 1}", "true"] {
        let from_text = read::<Secret>(json).unwrap_err();
        let value: serde_json::Value = serde_json::from_str(json).unwrap();
        let from_value = serde_json::from_value::<Secret>(value).unwrap_err().to_string();
        for error in [from_text, from_value] {
            assert!(!error.contains("918273645") && !error.contains("true"), "{error}");
        }
    }
    for json in ["\"SK-canary-91b7", "\"SK-canary-91b7\\x\"", "\"SK-canary-91b7\u{1}\""] {
        let error = read::<Secret>(json).unwrap_err();
        assert!(!error.contains("canary"), "{error}");
    }
    refuses::<Secret>("null");
}

#[test]
fn identifiers_are_read_from_text_and_integers() {
    for (json, text) in [
        ("137", "137"),
        ("\"137\"", "137"),
        ("0", "0"),
        ("-5", "-5"),
        ("18446744073709551615", "18446744073709551615"),
        ("-9223372036854775808", "-9223372036854775808"),
        ("\"1234/917/ATG\"", "1234/917/ATG"),
        ("\" 007 \"", " 007 "),
        ("\"\"", ""),
    ] {
        reads(json, Identifier::from(text));
        writes(Identifier::from(text), &serde_json::to_string(text).unwrap());
    }
    for json in ["137.0", "1e3", "18446744073709551616", "true", "null", "[]", "{}"] {
        refuses::<Identifier>(json);
    }
}

#[test]
fn identifiers_stand_for_their_text() {
    let identifier = Identifier::from(137);
    assert_eq!(identifier, *"137");
    assert_eq!(identifier, "137");
    assert_eq!(identifier.as_ref(), "137");
    assert_eq!(identifier.to_string(), "137");
    assert!(HashSet::from([identifier.clone()]).contains("137"));
    assert!(BTreeMap::from([(identifier, ())]).contains_key("137"));
}

#[test]
fn flags_are_read_in_every_form() {
    for (json, set) in [
        ("true", true),
        ("1", true),
        ("\"1\"", true),
        ("\"true\"", true),
        ("\" TRUE \"", true),
        ("false", false),
        ("0", false),
        ("\"0\"", false),
        ("\"False\"", false),
    ] {
        reads(json, Flag::from(set));
        let flag: Flag = read(json).unwrap();
        assert_eq!((flag.is_set(), bool::from(flag)), (set, set));
    }
    for json in ["2", "-1", "1.0", "\"\"", "\"yes\"", "\"01\"", "\"-\"", "null", "[]", "{}"] {
        refuses::<Flag>(json);
    }
    assert_eq!(format!("{}{}", Flag::from(true), Flag::default()), "10");
    writes([Flag::from(true), Flag::from(false)], "[true,false]");
}

/// A value that may be written in one of the ways that mean "none".
#[derive(Debug, PartialEq, Deserialize)]
#[serde(bound = "T: wire::Member", transparent)]
struct Maybe<T>(#[serde(deserialize_with = "optional::member")] Option<T>);

gerbang_core::optional_members! {
    optional { member "member" }
    optional_json { json "json" }
    optional_list { list "list" map "map" }
    optional_object { object "object" }
}

impl<T> Maybe<T> {
    fn some(value: T) -> Self {
        Self(Some(value))
    }
}

#[test]
fn nothing_is_written_in_several_ways() {
    for json in ["null", "\"\"", "\"-\"", "\" - \""] {
        reads(json, Maybe::<Rupiah>(None));
        reads(json, Maybe::<Identifier>(None));
        reads(json, Maybe::<JakartaTime>(None));
    }
    reads("0", Maybe::<Identifier>(None));
    reads("\"0\"", Maybe::<Identifier>(None));
    reads("0", Maybe::some(Rupiah::ZERO));
    reads("\"0\"", Maybe::some(Rupiah::ZERO));
}

#[test]
fn something_is_read_as_without_maybe() {
    reads("\"474765\"", Maybe::some(Rupiah::new(474_765)));
    reads("474765", Maybe::some(Rupiah::new(474_765)));
    reads("2000.0", Maybe::some(Rupiah::new(2_000)));
    reads("\"1190000879898\"", Maybe::some(Identifier::from("1190000879898")));
    reads("174", Maybe::some(Identifier::from(174)));
    reads("-1", Maybe::some(Identifier::from("-1")));
    reads("\"00\"", Maybe::some(Identifier::from("00")));
    reads("\"0000-00-00 00:00:00\"", Maybe::some(JakartaTime::new("0000-00-00 00:00:00")));

    reads("7", Maybe::some(7_u32));
    reads("1", Maybe::some(true));
    reads("\"False\"", Maybe::some(false));
    reads("\" - \"", Maybe::some(" - ".to_owned()));
    reads("\"\"", Maybe::some(String::new()));
}

/// Values of every type, and objects that hold what some reader looks for.
const ODD: &[&str] = &[
    "null",
    "true",
    "false",
    "0",
    "1",
    "-1",
    "70.5",
    "1e300",
    "20261129123456789012",
    "\"\"",
    "\"-\"",
    "\"N/A\"",
    "\"70.50\"",
    "\"20.0000\"",
    "\"\\ufffd\"",
    "[]",
    "[[1], {}]",
    "{}",
    "{\"a\": [1, {}]}",
    "1780129800",
    "\"Rp 474.765,00\"",
    r#"{"date": "2026-05-30 08:55:00.000000", "timezone_type": 3, "timezone": "Asia/Jakarta"}"#,
    r#"{"date": {"date": {}}, "timezone": [1]}"#,
    r#"{"$serde_json::private::Number": "x"}"#,
    r#"{"$serde_json::private::Number": "7", "more": {"$serde_json::private::Number": []}}"#,
    r#"{"$serde_json::private::Number": {}, "date": "", "timezone": ""}"#,
];

#[test]
fn an_optional_member_is_read_whatever_it_holds() {
    #[derive(Debug, Deserialize)]
    struct Reply {
        #[serde(default, deserialize_with = "optional::member")]
        rupiah: Option<Rupiah>,
        #[serde(default, deserialize_with = "optional::member")]
        dotted: Option<DottedRupiah>,
        #[serde(default, deserialize_with = "optional::member")]
        time: Option<JakartaTime>,
        #[serde(default, deserialize_with = "optional::member")]
        identifier: Option<Identifier>,
        #[serde(default, deserialize_with = "optional::member")]
        flag: Option<Flag>,
        #[serde(default, deserialize_with = "optional::member")]
        word: Option<Open<Status>>,
        #[serde(default, deserialize_with = "optional::member")]
        text: Option<String>,
        #[serde(default, deserialize_with = "optional::member")]
        number: Option<i32>,
        #[serde(default, deserialize_with = "optional_object::object")]
        row: Option<Row>,
        #[serde(default, deserialize_with = "optional_json::json")]
        json: Option<JsonString<Row>>,
        #[serde(default, deserialize_with = "optional_list::list")]
        rows: Rows<Row>,
        #[serde(default, deserialize_with = "optional_list::map")]
        entries: Entries<Row>,
        end: u8,
    }

    let members =
        ["rupiah", "dotted", "time", "identifier", "flag", "word", "text", "number", "row", "json", "rows", "entries"];
    for member in members {
        for odd in ODD {
            let reply: Reply =
                read(&format!(r#"{{"{member}": {odd}, "end": 1}}"#)).unwrap_or_else(|e| panic!("{member} {odd}: {e}"));
            assert_eq!(reply.end, 1);
        }
    }
    let none: Reply = read(r#"{"end": 1}"#).unwrap();
    assert!(none.rupiah.is_none() && none.row.is_none() && none.json.is_none() && none.rows.is_empty());
    let odd = r#"{"rupiah": 20.2, "dotted": 1.493, "time": 7, "identifier": "a\ufffd", "flag": 2, "word": [], "text": 7,
        "number": 3000000000, "row": [1, null], "json": "x", "rows": 1, "entries": [1], "end": 1}"#;
    let odd: Reply = read(odd).unwrap();
    assert!(odd.rupiah.is_none() && odd.dotted.is_none() && odd.time.is_none() && odd.identifier.is_none());
    assert!(odd.flag.is_none() && odd.word.is_none() && odd.text.is_none() && odd.number.is_none());
    assert!(odd.row.is_none() && odd.json.is_none() && odd.rows.is_empty() && odd.entries.is_empty());
    let good = r#"{"row": {"debit": 1}, "json": "{\"debit\": 1}", "rows": [{"debit": 1}], "entries": {"a": {"debit": 1}}, "end": 1}"#;
    let good: Reply = read(good).unwrap();
    assert_eq!((good.row.unwrap().debit, good.json.unwrap().debit), (Rupiah::new(1), Rupiah::new(1)));
    assert_eq!((good.rows.len(), good.entries.len()), (1, 1));
}

/// A member that must be there.
#[derive(Debug, PartialEq, Deserialize)]
#[serde(bound = "T: wire::Member", transparent)]
struct Must<T>(#[serde(deserialize_with = "wire::required")] T);

#[test]
fn a_required_member_is_exact_and_not_blank() {
    reads("7", Must(Identifier::from(7)));
    reads("\"00\"", Must(Identifier::from("00")));
    reads("\"-\"", Must("-".to_owned()));
    reads("1", Must(true));
    reads("0", Must(Rupiah::ZERO));
    for json in ["\"\"", "\" \"", "\"-\"", "0", "\" 0\"", "null", "{}", "[]", "1.5", "\"a\\ufffd\""] {
        refuses::<Must<Identifier>>(json);
    }
    for json in ["\"\"", "\" \\n\"", "\"https://a\\ufffd\"", "null", "7", "{}"] {
        refuses::<Must<String>>(json);
    }
    for json in ["2", "\"yes\"", "null"] {
        refuses::<Must<bool>>(json);
    }
    refuses::<Must<Open<Status>>>("\"PAI\\ufffd\"");
    #[derive(Debug, Deserialize)]
    struct Reply {
        #[serde(deserialize_with = "wire::required")]
        _id: Identifier,
    }
    refuses::<Reply>("{}");
}

#[test]
fn a_bad_row_does_not_hide_the_good_ones() {
    let row = |debit| Row { debit: Rupiah::new(debit), note: None };
    for (json, debits, unreadable) in [
        (r#"[{"debit": 1}, {"debit": 2}]"#, &[1, 2][..], 0),
        (r#"[{"debit": 1}, {"debit": ""}, null, [3, null], {"debit": 2}]"#, &[1, 2], 3),
        (r#"{"10": {"debit": 3}, "1": {"debit": 1}, "2": {"debit": 2}, "3": 1}"#, &[1, 2, 3], 1),
        ("[]", &[], 0),
        ("{}", &[], 0),
        ("null", &[], 0),
    ] {
        let rows: Rows<Row> = read(json).unwrap();
        assert_eq!(*rows, debits.iter().copied().map(row).collect::<Vec<_>>(), "{json}");
        assert_eq!(rows.unreadable(), unreadable, "{json}");
        let in_a_string: JsonString<Rows<Row>> = read(&serde_json::to_string(json).unwrap()).unwrap();
        assert_eq!(*in_a_string, rows);
    }
    for json in
        ["1", "1.5", "\"\"", "\"[]\"", "true", r#"{"a": {"debit": 1}}"#, r#"{"debit": 1}"#, r#"{"-1": {"debit": 1}}"#]
    {
        refuses::<Rows<Row>>(json);
    }
    let rows = Rows::from(vec![row(1), row(2)]);
    writes(&rows, r#"[{"debit":1,"note":null},{"debit":2,"note":null}]"#);
    assert_eq!((&rows).into_iter().count(), 2);
    assert_eq!(rows.into_iter().map(|row| row.debit.get()).sum::<u64>(), 3);

    for (json, count, unreadable) in [
        (r#"{"011": {"debit": 1}, "002": {"debit": ""}, "014": []}"#, 1, 2),
        ("[]", 0, 0),
        ("{}", 0, 0),
        ("null", 0, 0),
    ] {
        let entries: Entries<Row> = read(json).unwrap();
        assert_eq!((entries.len(), entries.unreadable()), (count, unreadable), "{json}");
    }
    for json in ["1", "1.5", "\"\"", "[1]", "[null]", r#"{"message": "no"}"#] {
        refuses::<Entries<Row>>(json);
    }
    let entries = Entries::from(BTreeMap::from([("011".to_owned(), row(1))]));
    assert_eq!(entries["011"], row(1));
    assert_eq!((&entries).into_iter().count(), 1);
    writes(&entries, r#"{"011":{"debit":1,"note":null}}"#);
    assert_eq!(entries.into_iter().next().unwrap().0, "011");
}

#[test]
fn numbers_are_read_as_with_arbitrary_precision() {
    // What `serde_json` hands out for a number where its feature `arbitrary_precision` is on.
    let number = |text: &str| format!(r#"{{"$serde_json::private::Number": "{text}"}}"#);
    assert_eq!(read::<Rupiah>(&number("2000.0")), Ok(Rupiah::new(2_000)));
    assert_eq!(read::<Rupiah>(&number("1e4")), Ok(Rupiah::new(10_000)));
    assert_eq!(read::<DottedRupiah>(&number("1493.0")).unwrap().rupiah(), Rupiah::new(1_493));
    assert_eq!(read::<Identifier>(&number("-7")).unwrap(), "-7");
    assert_eq!(read::<Open<Status>>(&number("201")).unwrap().as_str(), "201");
    assert!(read::<Flag>(&number("1")).unwrap().is_set());
    assert_eq!(read::<JakartaTime>(&number("1780129800")).unwrap().text(), "1780129800");
    for odd in ["2000.5", "-1", "1e400"] {
        assert!(read::<Rupiah>(&number(odd)).is_err(), "{odd}");
    }
    assert!(read::<Identifier>(&number("20261129123456789012")).is_err());
    assert!(read::<Rows<Row>>(&number("5")).is_err());
    assert!(read::<Entries<Row>>(&number("5")).is_err());
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Row {
    debit: Rupiah,
    note: Option<String>,
}

#[test]
fn json_is_read_inside_a_string_and_outside() {
    let row = Row { debit: Rupiah::new(1_000_000), note: None };
    for json in [
        r#""[{\"debit\": \"1000000.00\"}]""#,
        r#"" [{\"debit\": 1000000, \"note\": null, \"extra\": 1}]\n""#,
        r#"[{"debit": "1000000.00"}]"#,
    ] {
        reads(json, JsonString::from(vec![row.clone()]));
    }
    reads(r#""{\"debit\": 1000000}""#, JsonString::from(row.clone()));
    reads(r#"{"debit": 1000000}"#, JsonString::from(row.clone()));
    reads(r#""\"text\"""#, JsonString::from("text".to_owned()));
    reads("null", JsonString::from(None::<Row>));
    reads("7", JsonString::from(7_u64));

    let wrapped = JsonString::from(row.clone());
    assert_eq!(wrapped.debit, row.debit);
    writes(&wrapped, r#""{\"debit\":1000000,\"note\":null}""#);
    assert_eq!(wrapped.into_inner(), row);
}

#[test]
fn an_error_in_inner_json_does_not_quote_it() {
    for (json, wanted) in [
        (r#""{\"debit\": \"canary\"}""#, "is not as expected"),
        (r#""{\"debit\": 1, \"note\": 918273645}""#, "is not as expected"),
        (r#""\"canary\"""#, "is not as expected"),
        (r#""canary""#, "is not well formed"),
        (r#""{\"debit\": 1} canary""#, "is not well formed"),
        (r#""{\"debit\": 1""#, "ends too early"),
        (r#""""#, "ends too early"),
    ] {
        let error = read::<JsonString<Row>>(json).unwrap_err();
        assert!(error.contains(wanted), "{error}");
        assert!(!error.contains("canary") && !error.contains("918273645"), "{error}");
    }
    for json in ["null", "[]", "1", "true", r#"{"debit": -1}"#] {
        refuses::<JsonString<Row>>(json);
    }
}

#[test]
fn numbers_are_written_as_strings_where_wanted() {
    #[derive(Serialize)]
    struct Transfer {
        #[serde(serialize_with = "wire::quoted")]
        amount: Rupiah,
        #[serde(serialize_with = "wire::quoted")]
        fee: Option<Rupiah>,
        #[serde(serialize_with = "wire::quoted")]
        none: Option<Rupiah>,
        #[serde(serialize_with = "wire::quoted")]
        member: Identifier,
        #[serde(serialize_with = "wire::quoted")]
        card: Flag,
        #[serde(serialize_with = "wire::quoted")]
        count: u64,
        #[serde(serialize_with = "wire::quoted")]
        change: i64,
    }

    writes(
        Transfer {
            amount: Rupiah::new(90_000),
            fee: Some(Rupiah::ZERO),
            none: None,
            member: Identifier::from("idspaa001"),
            card: Flag::from(true),
            count: 3,
            change: -3,
        },
        concat!(
            r#"{"amount":"90000","fee":"0","none":null,"member":"idspaa001","#,
            r#""card":"1","count":"3","change":"-3"}"#
        ),
    );
}

#[cfg(feature = "schemars")]
#[test]
fn schemas_say_what_the_wire_has() {
    use schemars::{JsonSchema, SchemaGenerator};
    use serde_json::{Value, json};

    fn schema<T: JsonSchema>() -> Value {
        assert!(T::inline_schema());
        let mut generator = SchemaGenerator::default();
        let schema = T::json_schema(&mut generator).to_value();
        assert!(generator.definitions().is_empty());
        schema
    }

    assert_eq!(schema::<Rupiah>(), json!({"type": "integer", "format": "rupiah", "minimum": 0}));
    assert_eq!(schema::<DottedRupiah>(), json!({"type": "string", "format": "rupiah-dotted"}));
    assert_eq!(schema::<wire::QuotedRupiah>(), json!({"type": "string", "format": "rupiah"}));
    assert_eq!(schema::<JakartaTime>(), json!({"type": "string", "format": "jakarta-time"}));
    assert_eq!(schema::<Secret>(), json!({"type": "string", "format": "password"}));
    assert_eq!(schema::<Identifier>(), json!({"type": ["string", "integer"], "format": "identifier"}));
    assert_eq!(schema::<Flag>(), json!({"type": ["boolean", "integer", "string"], "format": "flag"}));
    assert_eq!(
        schema::<Open<Status>>(),
        json!({"type": "string", "x-extensible-enum": ["PENDING", "PAID", "mandiri_manual", "201"]})
    );
    assert_eq!(
        schema::<JsonString<Vec<Rupiah>>>(),
        json!({
            "type": "string",
            "contentMediaType": "application/json",
            "contentSchema": {"type": "array", "items": {"type": "integer", "format": "rupiah", "minimum": 0}},
        })
    );
}
