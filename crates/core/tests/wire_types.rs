//! Every form in which a provider writes a value, and every form that must be refused.

use std::collections::{BTreeMap, HashSet};
use std::fmt::Debug;

use gerbang_core::{
    DottedRupiah, Flag, Identifier, JakartaTime, JsonString, Open, Rupiah, RupiahError, Secret, Word, wire,
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
        "-0",
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
fn dotted_rupiah_is_read_only_in_groups_of_three() {
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
    reads("1493", DottedRupiah::new(Rupiah::new(1_493)));
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
        "1493",
        "1234.567",
        "1.234.56",
        "1.234567",
        "-1.493",
        "+1.493",
        "1,493",
        "1.49a",
        "1.+93",
        "1.493,00",
        "1. 493",
        "18.446.744.073.709.551.616",
    ] {
        refuses::<DottedRupiah>(&serde_json::to_string(text).unwrap());
    }
    for json in ["1.493", "1493.0", "-1493", "true", "null"] {
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
        "1773146569",
        "besok",
        "２０２６-03-10 19:42:49",
    ] {
        let time: JakartaTime = read(&serde_json::to_string(text).unwrap()).unwrap();
        assert_eq!(time.text(), text);
        let error = time.timestamp().expect_err(text).to_string();
        assert!(error.contains(text), "{error}");
    }
    for json in ["null", "1773146569", "true", "[]", "{}"] {
        refuses::<JakartaTime>(json);
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
#[serde(bound = "T: Deserialize<'de> + wire::Blank", transparent)]
struct Maybe<T>(#[serde(deserialize_with = "wire::blank_is_none")] Option<T>);

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

    for json in ["\"--\"", "-1", "0.5", "\"none\"", "false", "[]", "{}"] {
        refuses::<Maybe<Rupiah>>(json);
    }
    for json in ["0.0", "false", "[]", "{}"] {
        refuses::<Maybe<Identifier>>(json);
    }
}

#[test]
fn a_blank_field_may_be_missing_only_where_it_has_a_default() {
    #[derive(Debug, PartialEq, Deserialize)]
    struct Account {
        #[serde(default, deserialize_with = "wire::blank_is_none")]
        norek: Option<Identifier>,
        #[serde(deserialize_with = "wire::blank_is_none")]
        tot_bayar: Option<Rupiah>,
    }

    reads(r#"{"tot_bayar": null}"#, Account { norek: None, tot_bayar: None });
    reads(
        r#"{"norek": "12", "tot_bayar": "5"}"#,
        Account { norek: Some("12".into()), tot_bayar: Some(Rupiah::new(5)) },
    );
    refuses::<Account>("{}");
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
