//! Words, secrets, identifiers and flags.

use std::collections::{BTreeMap, HashSet};

use gerbang_core::{Flag, Identifier, Open, Secret, Word};
use serde::Deserialize;

use crate::{read, reads, refuses, writes};

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Status {
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
fn identifiers_are_their_text() {
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
