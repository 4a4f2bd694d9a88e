//! What a payload asks for: the amount and what is added to it.

mod common;

use common::{payload, write};
use gerbang_core::{Rupiah, RupiahError};
use gerbang_qris::{Qris, QrisErrorKind, TagPath, Tip, verify_amount};

#[test]
fn amounts_are_exact() {
    let amount = |value: &str| {
        let payload = write(&[(0, "01"), (53, "360"), (54, value)]);
        Qris::parse(&payload).unwrap().amount().map(|amount| amount.unwrap().get()).map_err(|error| {
            assert_eq!((error.tag().map(TagPath::tag), error.offset()), (Some(54), Some(13)));
            error.kind().clone()
        })
    };
    for (value, rupiah) in [
        ("1000", 1_000),
        ("100003.00", 100_003),
        ("1.0", 1),
        ("7.", 7),
        ("007", 7),
        ("0", 0),
        ("9999999999999", 9_999_999_999_999),
    ] {
        assert_eq!(amount(value), Ok(rupiah), "{value}");
    }
    for (value, why) in [
        ("", RupiahError::Empty),
        (".", RupiahError::Empty),
        ("10.01", RupiahError::Fraction),
        ("10.5", RupiahError::Fraction),
        ("10.000", RupiahError::Fraction),
        ("10.00.", RupiahError::NotANumber),
        ("1..", RupiahError::NotANumber),
        ("1,000", RupiahError::NotANumber),
        ("1e3", RupiahError::NotANumber),
        (" 10", RupiahError::NotANumber),
        ("10 ", RupiahError::NotANumber),
        ("10 .", RupiahError::NotANumber),
        ("٣", RupiahError::NotANumber),
        ("-10", RupiahError::Signed),
        ("+10", RupiahError::Signed),
        ("18446744073709551616", RupiahError::TooLarge),
    ] {
        assert_eq!(amount(value), Err(QrisErrorKind::Amount(why)), "{value}");
    }
    let no_currency = write(&[(0, "01"), (54, "1000")]);
    assert_eq!(Qris::parse(&no_currency).unwrap().amount().unwrap_err().kind(), &QrisErrorKind::Currency);
}

#[test]
fn tips() {
    let tip = |tags: &[(u8, &str)]| {
        let payload = write(&[&[(0, "01"), (53, "360")], tags].concat());
        Qris::parse(&payload).unwrap().tip().map_err(|error| (error.kind().clone(), error.tag().unwrap().tag()))
    };
    assert_eq!(tip(&[]), Ok(None));
    assert_eq!(tip(&[(56, "500")]), Err((QrisErrorKind::Tip, 56)));
    assert_eq!(tip(&[(55, "01"), (57, "5")]), Err((QrisErrorKind::Tip, 57)));
    assert_eq!(tip(&[(55, "02"), (56, "500"), (57, "5")]), Err((QrisErrorKind::Tip, 57)));
    assert_eq!(tip(&[(55, "03"), (56, "500"), (57, "5")]), Err((QrisErrorKind::Tip, 56)));
    assert_eq!(tip(&[(55, "01")]), Ok(Some(Tip::Prompt)));
    assert_eq!(tip(&[(55, "02"), (56, "500.00")]), Ok(Some(Tip::Fixed(Rupiah::new(500)))));
    assert_eq!(tip(&[(55, "02")]), Err((QrisErrorKind::Tip, 55)));
    assert_eq!(tip(&[(55, "02"), (56, "0.5")]), Err((QrisErrorKind::Amount(RupiahError::Fraction), 56)));
    assert_eq!(tip(&[(55, "03"), (56, "500")]), Err((QrisErrorKind::Tip, 55)));
    assert_eq!(tip(&[(55, "04")]), Err((QrisErrorKind::Tip, 55)));
    for (value, hundredths) in
        [("5", 500), ("0.7", 70), ("00.70", 70), ("00.07", 7), ("99.99", 9_999), ("3.", 300), ("0", 0)]
    {
        assert_eq!(tip(&[(55, "03"), (57, value)]), Ok(Some(Tip::Percent { hundredths })), "{value}");
    }
    for value in ["", ".5", "100", "1.234", "-1", "+1", "1,5", " 1", "1.5%", "1.٣"] {
        assert_eq!(tip(&[(55, "03"), (57, value)]), Err((QrisErrorKind::Tip, 57)), "{value}");
    }
}

#[test]
fn amounts_are_verified() {
    fn kind(payload: &str, rupiah: u64) -> Result<Qris<'_>, QrisErrorKind> {
        verify_amount(payload, Rupiah::new(rupiah)).map_err(|error| error.kind().clone())
    }
    let oy = payload("OY!");
    assert_eq!(kind(oy, 10_078), Ok(Qris::parse(oy).unwrap()));
    let other =
        |expected| Err(QrisErrorKind::OtherAmount { stated: Rupiah::new(10_078), expected: Rupiah::new(expected) });
    assert_eq!(kind(oy, 10_077), other(10_077));
    assert_eq!(kind(oy, 0), other(0));
    assert_eq!(kind(&oy[1..], 10_078), Err(QrisErrorKind::Format));
    assert_eq!(
        verify_amount(oy, Rupiah::new(100)).unwrap_err().to_string(),
        "QRIS payload, tag 54, byte 140: the amount is 10078 instead of 100 rupiah"
    );
    for initiation in ["11", "12"] {
        let open = write(&[(0, "01"), (1, initiation), (53, "360")]);
        assert_eq!(kind(&open, 0), Err(QrisErrorKind::NoAmount));
    }
    assert_eq!(kind(payload("EMVCo"), 23), Err(QrisErrorKind::Currency));
}

#[test]
fn payload_that_adds_a_fee_is_not_of_the_amount() {
    let verified = |tags: &[(u8, &str)]| {
        let payload = write(&[&[(0, "01"), (53, "360"), (54, "1000")], tags].concat());
        let verified = verify_amount(&payload, Rupiah::new(1_000)).map(|_| ());
        verified.map_err(|error| (error.kind().clone(), error.tag().unwrap().tag()))
    };
    for asked in [&[][..], &[(55, "01")]] {
        assert_eq!(verified(asked), Ok(()));
    }
    for (tags, at) in [
        (&[(55, "02"), (56, "9000")][..], 55),
        (&[(55, "03"), (57, "99.99")], 55),
        (&[(55, "04")], 55),
        (&[(55, "")], 55),
        (&[(56, "9000")], 56),
        (&[(56, "0")], 56),
        (&[(57, "5")], 57),
        (&[(55, "01"), (56, "9000")], 56),
        (&[(55, "01"), (57, "5")], 57),
    ] {
        assert_eq!(verified(tags), Err((QrisErrorKind::Surcharge, at)), "{tags:?}");
    }
}
