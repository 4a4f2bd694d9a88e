//! Payloads out of pictures, and pictures of payloads.

use std::fs;

use serde_json::json;

use super::{DYNAMIC, run, run_with, sticker};

/// A place for a picture.
fn path(name: &str) -> String {
    format!("{}/{name}", env!("CARGO_TARGET_TMPDIR"))
}

/// A picture of a payload.
fn drawn(name: &str, payload: &str) -> String {
    let path = path(name);
    assert_eq!(run(&["render", "--png", &path, payload]).exit, 0);
    path
}

#[test]
fn a_picture_is_read_whatever_its_name() {
    let sticker = sticker();
    for name in ["sticker.png", "sticker.txt", "sticker"] {
        let picture = drawn(name, &sticker);
        let decoded = run(&["decode", "--json", &picture]).json();
        assert_eq!((&decoded["merchant_name"], &decoded["checksum_valid"]), (&json!("Warung Budi"), &json!(true)));
        assert_eq!(run(&["verify", &format!("@{picture}")]).exit, 0);
        let set = run(&["set-amount", "25000", &picture]);
        assert_eq!(set.exit, 0, "{}", set.stderr);
        let direct = run(&["set-amount", "25000", &sticker]);
        assert_eq!(set.text(), direct.text());
    }
    let bytes = fs::read(drawn("dynamic.png", DYNAMIC)).unwrap();
    assert_eq!(run_with(&["verify", "--amount", "100003", "-"], &bytes).exit, 0);
    assert_eq!(run_with(&["verify", "--amount", "100004", "-"], &bytes).exit, 1);
}

#[test]
fn what_is_no_picture_of_a_payload_says_so() {
    let picture = fs::read(drawn("cut.png", DYNAMIC)).unwrap();
    for (file, exit, words) in [
        (&picture[..picture.len() / 2], 1, "damaged or incomplete"),
        (b"GIF89a\xFF", 2, "no picture in PNG, JPEG or WebP"),
    ] {
        let run = run_with(&["decode", "-"], file);
        assert_eq!((run.exit, run.stdout.len()), (exit, 0), "{words}");
        assert!(run.stderr.contains(words), "{words}: {}", run.stderr);
    }
}

#[test]
fn small_picture_is_warned_of() {
    for (scale, words) in [("1", "57 × 57 pixels; apps need 115: --scale 3"), ("2", "--scale 3")] {
        let drawn = run(&["render", "--png", &path("small.png"), "--scale", scale, DYNAMIC]);
        assert!(drawn.exit == 0 && drawn.stderr.contains(words), "{}", drawn.stderr);
    }
    let drawn = run(&["render", "--png", &path("small.png"), "--scale", "3", DYNAMIC]);
    assert_eq!((drawn.exit, drawn.stderr.as_str()), (0, ""));
}

#[test]
fn svg_has_a_size_and_a_standee_what_belongs_to_it() {
    let svg = run(&["render", "--svg", "-", DYNAMIC]);
    assert!(svg.text().contains(" width=\"456\" height=\"456\" "), "{}", svg.text());
    let card = path("card.svg");
    assert_eq!(run(&["render", "--standee", &card, DYNAMIC]).exit, 0);
    let card = fs::read_to_string(card).unwrap();
    for text in ["width=\"105mm\"", ">Pakasir<", ">NMID: ID1024322842930<", ">Rp100.003<"] {
        assert!(card.contains(text), "{text}: {card}");
    }
    for other in ["--svg", "--png"] {
        assert_eq!(run(&["render", "--standee", "-", other, "-", DYNAMIC]).exit, 2);
    }
}
