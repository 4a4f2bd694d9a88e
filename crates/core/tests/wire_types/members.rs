//! Members that are optional or required, rows, and JSON inside JSON.

use std::collections::BTreeMap;

use gerbang_core::{DottedRupiah, Entries, Flag, Identifier, JakartaTime, JsonString, Open, Rows, Rupiah, wire};
use serde::{Deserialize, Serialize};

use crate::words::Status;
use crate::{read, reads, refuses, writes};

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
