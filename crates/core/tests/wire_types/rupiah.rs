//! Amounts of rupiah, in digits and in groups of three.

use gerbang_core::{DottedRupiah, Rupiah, RupiahError};
use serde::Deserialize;

use crate::{read, reads, refuses, writes};

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
}

#[test]
fn dotted_rupiah_refuses_other_groups_and_fractions() {
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
