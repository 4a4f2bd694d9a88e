//! Pictures of `pictures/`, which `pictures/draw.py` of this crate drew.

#![cfg(feature = "scan")]

use std::fs;

use gerbang_qris::{MAX_PICTURE, Qris, QrisErrorKind, ScanError};

fn picture(name: &str) -> Vec<u8> {
    fs::read(format!("{}/tests/pictures/{name}", env!("CARGO_MANIFEST_DIR"))).unwrap()
}

#[test]
fn photographs_are_read() {
    let payloads = include_str!("pictures/payloads.tsv");
    for line in payloads.lines() {
        let (name, payload) = line.split_once('\t').unwrap();
        if payload.starts_with("0002") {
            assert_eq!(Qris::scan(&picture(name)).as_deref(), Ok(payload), "{name}");
        }
    }
    assert!(payloads.lines().count() >= 9);
}

#[test]
fn two_codes_are_an_error_with_both_merchants() {
    let error = Qris::scan(&picture("two.png")).unwrap_err();
    let ScanError::Several(mut names) = error.clone() else { panic!("{error:?}") };
    names.sort();
    assert_eq!(names, ["Warung 127102", "Warung 838764"]);
    assert!(error.to_string().contains("Warung 127102") && error.to_string().contains("cut out"), "{error}");
}

#[test]
fn what_is_no_qris_code_is_an_error_that_says_why() {
    for (name, kind, text) in [
        ("link.png", QrisErrorKind::NotDigits, "no QRIS code"),
        ("wrong.png", QrisErrorKind::Checksum, "the checksum is wrong"),
    ] {
        let error = Qris::scan(&picture(name)).unwrap_err();
        assert!(matches!(&error, ScanError::NotQris(why) if *why.kind() == kind), "{name}: {error:?}");
        assert!(error.to_string().contains(text) && !error.to_string().contains("example.com"), "{error}");
    }
}

#[test]
fn what_is_no_picture_is_an_error_that_says_why() {
    let jpeg = picture("uneven.jpg");
    for (what, file, expected) in [
        ("nothing", &b""[..], ScanError::Format),
        ("text", b"00020101021126", ScanError::Format),
        ("a GIF", b"GIF89a\x01\0\x01\0", ScanError::Format),
        ("a PNG cut short", &picture("screen.png")[..100], ScanError::Broken),
        ("a JPEG of which the beginning is there", &jpeg[..200], ScanError::Broken),
        ("a WebP cut short", &picture("logo.webp")[..40], ScanError::Broken),
        ("a long file", &vec![0xFF; MAX_PICTURE + 1], ScanError::TooLong),
    ] {
        assert_eq!(Qris::scan(file), Err(expected), "{what}");
    }
}

#[cfg(feature = "png")]
#[test]
fn every_drawing_is_read_again() {
    let payloads = include_str!("pictures/payloads.tsv");
    let (_, payload) = payloads.lines().find_map(|line| line.split_once("screen.png\t")).unwrap();
    let qris = Qris::parse(payload).unwrap();
    for scale in [2, 3, 5, 8, 13, 40] {
        assert_eq!(Qris::scan(&qris.to_png(scale).unwrap()).as_deref(), Ok(payload), "{scale} pixels a module");
    }
}
