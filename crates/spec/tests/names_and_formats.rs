//! What names and formats of a spec become.

use gerbang_spec::format::Format;
use gerbang_spec::naming::{ident, pascal, snake};
use serde_json::json;

#[test]
fn names_are_rust_names() {
    assert_eq!(snake("bankDisplayNm").to_string(), "bank_display_nm");
    assert_eq!(snake("install_12").to_string(), "install_12");
    assert_eq!(snake("Authorization").to_string(), "authorization");
    assert_eq!(snake("HTMLText[gte]").to_string(), "html_text_gte");
    assert_eq!(snake("3ds").to_string(), "x3ds");
    assert_eq!(pascal("cimb_niaga_va").unwrap().to_string(), "CimbNiagaVa");
    assert_eq!(pascal("generate-qr-code").unwrap().to_string(), "GenerateQrCode");
    assert_eq!(pascal("PENDING").unwrap().to_string(), "Pending");
    assert!(pascal("201").is_none());
    assert_eq!(ident("type").to_string(), "type_");
}

#[test]
fn name_of_any_text_is_an_identifier() {
    for (name, wanted) in
        [("", "x"), ("\u{b2}", "x"), ("m\u{b2}", "m"), ("\u{663}", "x\u{663}"), ("self", "self_"), ("'", "x")]
    {
        assert_eq!(snake(name).to_string(), wanted, "{name:?}");
    }
    for letter in ('\0'..=char::MAX).step_by(7) {
        snake(&format!("{letter}"));
        snake(&format!("a{letter}B"));
    }
}

#[test]
fn lowered_schema_shows_its_format() {
    for format in Format::ALL {
        assert_eq!(Format::named(format.name()), Some(format));
        for marker in format.types().iter().filter_map(|kind| format.marker(kind)) {
            let schema = json!({"x-rust-type": {"path": format!("gerbang_core::{marker}")}});
            let shown = Format::of_lowered(&schema).map(Format::rust_type);
            assert_eq!(shown, Some(format.rust_type()), "{marker}");
        }
    }
    assert_eq!(Format::of_lowered(&json!({"type": "integer", "format": "uint32"})), Some(Format::Uint32));
    assert_eq!(Format::of_lowered(&json!({"type": "string"})), None);
}
