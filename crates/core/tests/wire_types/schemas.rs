//! The JSON schemas of the types, as the specs write them.

use gerbang_core::{DottedRupiah, Flag, Identifier, JakartaTime, JsonString, Open, Rupiah, Secret, wire};

use crate::words::Status;

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
