//! What changed specs are given: names, texts, forms of values, keys.

use gerbang_spec::format::Format;
use serde_json::{Value, json};

use super::change::Dice;

/// Names that mean something elsewhere, or nothing anywhere.
pub const NAMES: &[&str] = &[
    "orderId",
    "order_id",
    "order-id",
    "id",
    "ID",
    "Id",
    "new",
    "clone",
    "self",
    "Self",
    "type",
    "gen",
    "move",
    "3ds",
    "+1",
    "-1",
    "1",
    "",
    " ",
    "é",
    "ß",
    "'",
    "a.b",
    "a[b]",
    "body",
    "options",
    "request",
    "operations",
    "types",
    "given",
    "client",
    "with_api_key",
    "api_key",
    "payment_unverified",
    "create_payment_with",
    "String",
    "Option",
    "Into",
    "Result",
    "Vec",
    "Box",
    "RA",
    "new_payment",
    "QRCode",
    "Payment2",
    "Rupiah",
    "Error",
    "Client",
    "Credentials",
    "CreatePaymentRequired",
    "CreatePaymentOptions",
    "check_limits",
    "from_env",
    "all",
    "ALL",
    "envelope",
    "check",
    "optional",
    "Default",
    "Ok",
    "least_amount",
    "amount",
    "Amount",
    "__private",
    "a__b",
    "_",
    "__",
    "r#type",
    "crate",
    "super",
    "async",
    "try",
    "dyn",
    "\u{202e}",
    "\u{0}",
    "a\nb",
    "{id}",
    "/",
    "~",
    "Host",
    "x y",
    "get_v2_1_k0",
    "a1_b2_c",
    "X509Data",
    "i18n_l10n",
];

/// Texts that would be something else in a comment, an attribute or a string of Rust.
pub const TEXTS: &[&str] = &[
    "",
    " ",
    "One line.",
    "Two\nlines.",
    "*/ }",
    "/// `",
    "\\",
    "\"quoted\" and 'so'",
    "{name} {0} {}",
    "[a link](https://example.com) and [`types::Nothing`]",
    "<b>bold</b> <script>",
    "https://example.com is a bare address.",
    "- a\n- list",
    "    indented as code",
    "# A heading",
    "| a | table |",
    "a\tb\rc",
    "é, ß, 日本語, 😀.",
    "r#\"raw\"#",
    "\u{202e}reversed",
    "Ends with a backslash \\",
    "1. One\n2. Two",
    "#[derive(Debug)]",
    "Of `CreatePayment`, [`Payment`] and `Option<T>`.",
];

/// The form of a value that a member may have: a type with a format that fits it, a list, a map, anything, or words.
pub fn form(dice: &mut Dice) -> Value {
    let plain = |dice: &mut Dice| {
        let format = dice.one_of(&Format::ALL);
        let kind = *dice.one_of(format.types());
        match dice.below(4) {
            0 => json!({"type": dice.one_of(&["string", "integer", "boolean"]), "description": "A value."}),
            _ => json!({"type": kind, "format": format.name(), "description": "A value."}),
        }
    };
    let value = plain(dice);
    match dice.below(10) {
        0 => json!({"type": "array", "description": "Values.", "items": value}),
        1 => json!({"type": "object", "description": "Values.", "additionalProperties": value}),
        2 => json!({"type": "object", "description": "Values.", "additionalProperties": true}),
        3 => json!({"x-any": true, "description": "Anything."}),
        4 => {
            let inner = json!({"type": "array", "description": "Values.", "items": value});
            json!({"type": *dice.one_of(&["array", "object"]), "description": "Lists.", "items": inner})
        }
        _ => value,
    }
}

/// A key with a value that it may have somewhere, or nowhere.
pub fn values(dice: &mut Dice) -> (&'static str, Value) {
    let number = *dice.one_of(&[0, 1, -1, 5, 1000, i64::MAX, i64::MIN, 4_294_967_296]);
    match dice.below(3) {
        0 => of_schemas(dice, number),
        1 => of_operations(dice),
        _ => extensions(dice, number),
    }
}

/// Keys that OpenAPI has for schemas.
fn of_schemas(dice: &mut Dice, number: i64) -> (&'static str, Value) {
    let format = dice.one_of(&Format::ALL).name();
    let kind = *dice.one_of(&["string", "integer", "number", "boolean", "object", "array"]);
    let name = *dice.one_of(NAMES);
    let all: [(&str, Value); 18] = [
        ("minimum", json!(number)),
        ("maximum", json!(number)),
        ("minLength", json!(number)),
        ("maxLength", json!(number)),
        ("minimum", json!(1.5)),
        ("exclusiveMinimum", json!(true)),
        ("pattern", json!("^[0-9]+$")),
        ("minProperties", json!(number)),
        ("format", json!(format)),
        ("type", json!(kind)),
        ("nullable", json!(true)),
        ("required", json!([])),
        ("default", json!(number)),
        ("additionalProperties", json!(true)),
        ("additionalProperties", json!({"type": kind, "description": "A value."})),
        ("items", json!({"type": kind, "description": "An item."})),
        ("enum", json!([name])),
        ("allOf", json!([{"$ref": "#/components/schemas/Failure"}])),
    ];
    all[dice.below(all.len())].clone()
}

/// Keys that OpenAPI has for operations, parameters, bodies, replies and security schemes.
fn of_operations(dice: &mut Dice) -> (&'static str, Value) {
    let name = *dice.one_of(NAMES);
    let place = *dice.one_of(&["query", "header", "path", "cookie"]);
    let all: [(&str, Value); 12] = [
        ("in", json!(place)),
        ("required", json!(true)),
        ("security", json!([])),
        ("security", json!([{"ApiKey": []}])),
        ("security", json!([{"ApiKey": []}, {}])),
        ("tags", json!([name])),
        ("deprecated", json!(true)),
        ("operationId", json!(name)),
        ("name", json!(name)),
        ("scheme", json!(dice.one_of(&["bearer", "basic", "digest"]))),
        ("type", json!(dice.one_of(&["http", "apiKey", "oauth2"]))),
        ("explode", json!(false)),
    ];
    all[dice.below(all.len())].clone()
}

/// Keys of `specs/README.md`.
fn extensions(dice: &mut Dice, number: i64) -> (&'static str, Value) {
    let name = *dice.one_of(NAMES);
    let idempotency = *dice.one_of(&["safe", "idempotent", "none"]);
    let limits = json!([{"member": "state", "words": ["pending"], "minimum": number}]);
    let joined = json!([{"member": name}, {"credential": name, "description": "The shop."}, {"body": true}]);
    let digits = dice.one_of(&["lower-hex", "upper-hex", "lower-hex "]);
    let failures = json!([{"message-contains": name, "kind": "already-done", "conclusive": true}]);
    let all: [(&str, Value); 22] = [
        ("x-compared", json!(true)),
        ("x-credential", json!(name)),
        ("x-credential", json!("api_key")),
        ("x-password", json!("password")),
        ("x-session", json!("login")),
        ("x-extensible-enum", json!([name, "paid", "PAID_OFF"])),
        ("x-path-rest", json!(true)),
        ("x-any", json!(true)),
        ("x-guess", json!("Nobody says what this is.")),
        ("x-idempotency", json!(idempotency)),
        ("x-lost-reply", json!(dice.one_of(TEXTS))),
        ("x-alternative-to", json!("create_payment")),
        ("x-alternative-paths", json!(["/other"])),
        ("x-limits", limits),
        ("x-envelope", json!({"empty": true, "data": "data"})),
        ("x-envelope", json!({"flag": [name], "success": [name], "failure": [false], "flag-optional": true})),
        ("x-envelope", json!({"message": [name], "code": [name], "error": [name], "failures": failures})),
        ("x-envelope", json!({"flag-stays": true})),
        ("x-envelope", json!({"lift": [name], "lift-from": "data"})),
        ("x-envelope", json!({"status-is-conclusive": false})),
        ("x-signature", json!({"algorithm": "hmac-sha256", "digits": digits, "joined": joined})),
        ("x-source", json!({"document": name, "section": name, "read": "2026-11-20"})),
    ];
    all[dice.below(all.len())].clone()
}
