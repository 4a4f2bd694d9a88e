//! Choices, bodies, parameters and names of other shapes than an object's with members of its own.

use gerbang_adapt::{Adaptation, Loss, Reason};
use serde_json::{Value, json};

use crate::{checked, operation, parse};

const FORMS: &str = "
    Card:
      type: object
      description: A card.
      required: [number]
      properties: {about: {type: string, enum: [By card.]}, type: {type: string, enum: [card, debit]}, number: {type: string}}
    Bank:
      type: object
      description: A bank.
      properties: {about: {type: string, enum: [By bank.]}, type: {type: string, enum: [bank]}, state: {type: string, enum: [a, b]}}
    Wallet:
      allOf:
        - {$ref: '#/components/schemas/Bank'}
        - {properties: {about: {type: string, enum: [By wallet.]}, type: {type: string, enum: [bank]}}}
    Animal:
      type: object
      description: An animal.
      required: [kind]
      properties: {kind: {type: string}, name: {type: string}}
      discriminator: {propertyName: kind}
    Cat: {allOf: [{$ref: '#/components/schemas/Animal'}, {properties: {lives: {type: integer}}}]}
    Dog: {allOf: [{$ref: '#/components/schemas/Animal'}]}
";

/// The document with some components more, and what is sent and received in it.
fn with_forms(sent: &str, received: &str) -> Adaptation {
    let text = crate::DOCUMENT.replacen("  schemas:\n", &format!("  schemas:\n{}", &FORMS[1..]), 1);
    checked(&parse(text.replace("SENT", sent).replace("RECEIVED", received)))
}

fn schema<'a>(adaptation: &'a Adaptation, name: &str) -> &'a Value {
    &adaptation.spec["components"]["schemas"][name]
}

/// The words of a choice and their forms.
fn mapping(adaptation: &Adaptation, name: &str) -> Value {
    let mapping = schema(adaptation, name)["discriminator"]["mapping"].as_object().unwrap_or_else(|| panic!("{name}"));
    let named = |target: &Value| Value::from(target.as_str().unwrap().rsplit('/').next());
    mapping.iter().map(|(word, target)| (word.clone(), named(target))).collect()
}

const CARD_OR_BANK: &str = "oneOf: [{$ref: '#/components/schemas/Card'}, {$ref: '#/components/schemas/Bank'}]";

#[test]
fn words_that_differ_from_form_to_form_tell_them_apart() {
    let adaptation = with_forms(&format!("{{{CARD_OR_BANK}}}"), &format!("{{description: How., {CARD_OR_BANK}}}"));
    assert!(adaptation.report.findings.is_empty(), "{:?}", adaptation.report.findings);
    for (choice, card, bank) in [("ThingValue", "Card", "Bank"), ("ChangeThingRequestValue", "CardInput", "BankInput")]
    {
        assert_eq!(mapping(&adaptation, choice), json!({"card": card, "debit": card, "bank": bank}));
        assert_eq!(schema(&adaptation, choice)["discriminator"]["propertyName"], "type");
        let form = schema(&adaptation, card);
        assert_eq!(
            (&form["properties"]["type"]["type"], &form["required"]),
            (&json!("string"), &json!(["number", "type"]))
        );
    }
    assert_eq!(schema(&adaptation, "ThingValue")["description"], "How.");
}

#[test]
fn named_discriminator_counts_with_mapping_or_forms_names() {
    for (discriminator, words) in [
        ("propertyName: type, mapping: {c: '#/components/schemas/Card', b: Bank}", json!({"c": "Card", "b": "Bank"})),
        ("propertyName: type, mapping: {c: Card}", json!({"c": "Card", "bank": "Bank"})),
        ("propertyName: what", json!({"Card": "Card", "Bank": "Bank"})),
    ] {
        let choice = format!("{{{CARD_OR_BANK}, discriminator: {{{discriminator}}}}}");
        assert_eq!(mapping(&with_forms("{type: string}", &choice), "ThingValue"), words, "{discriminator}");
    }
}

#[test]
fn words_of_two_forms_tell_nothing_apart() {
    let choice = "{oneOf: [{$ref: '#/components/schemas/Bank'}, {$ref: '#/components/schemas/Wallet'}]}";
    let adaptation = with_forms(choice, choice);
    assert!(adaptation.report.findings.is_empty());
    for object in ["Thing", "ChangeThingRequest"] {
        assert_eq!(schema(&adaptation, object)["properties"]["value"]["additionalProperties"], true, "{object}");
    }
    let notes = adaptation.report.notes;
    assert!(notes.keys().any(|note| note.contains("that no member tells apart")), "{notes:?}");
}

#[test]
fn objects_that_extend_one_are_its_forms() {
    let adaptation = with_forms("{type: string}", "{$ref: '#/components/schemas/Animal'}");
    assert_eq!(mapping(&adaptation, "Animal"), json!({"Cat": "Cat", "Dog": "Dog"}));
    let cat = schema(&adaptation, "Cat")["properties"].as_object().unwrap();
    assert_eq!(cat.keys().collect::<Vec<_>>(), ["kind", "lives", "name"]);
}

#[test]
fn form_that_stands_alone_too_is_two_components() {
    let both = format!("{{properties: {{one: {{$ref: '#/components/schemas/Card'}}, of: {{{CARD_OR_BANK}}}}}}}");
    let adaptation = with_forms("{type: string}", &both);
    let words = mapping(&adaptation, "ThingValueOf");
    assert_eq!((&words["card"], &words["bank"]), (&json!("Card"), &json!("Bank")));
    assert_eq!(schema(&adaptation, "Card")["properties"]["type"]["type"], "string");
    let alone = &schema(&adaptation, "Card2")["properties"]["type"];
    assert_eq!(alone["$ref"], "#/components/schemas/Card2Type", "{alone}");
}

#[test]
fn form_that_cannot_be_sent_is_left_out() {
    let bad = FORMS.replacen("[number]", "[number, list]", 1).replacen(
        "number: {type: string}",
        "number: {type: string}, list: {$ref: '#/components/schemas/Endless'}",
        1,
    );
    let text = crate::DOCUMENT.replacen("  schemas:\n", &format!("  schemas:\n{}", &bad[1..]), 1);
    let adaptation = checked(&parse(text.replace("SENT", &format!("{{{CARD_OR_BANK}}}"))));
    assert_eq!(mapping(&adaptation, "ChangeThingRequestValue"), json!({"bank": "Bank"}));
    let found: Vec<_> = adaptation.report.findings.iter().map(|it| (it.loss, it.reason)).collect();
    assert_eq!(found, [(Loss::Member, Reason::Recursion)]);
    assert_eq!(adaptation.report.lossless_operations(), 0);
}

#[test]
fn body_of_any_shape_is_sent_as_a_whole() {
    let part = json!({"$ref": "#/components/schemas/Part"});
    for (foreign, expected) in [
        ("type: object", json!({"type": "object", "additionalProperties": true})),
        ("{}", json!({"type": "object", "additionalProperties": true})),
        ("{type: array, items: {$ref: '#/components/schemas/Part'}}", json!({"type": "array", "items": part})),
        (
            "{anyOf: [{$ref: '#/components/schemas/Part'}, {$ref: '#/components/schemas/Base'}]}",
            json!({"type": "object", "additionalProperties": true}),
        ),
    ] {
        let text = crate::DOCUMENT.replacen(crate::OBJECT, &format!("              {foreign}\n"), 1);
        let adaptation = checked(&parse(text));
        assert!(adaptation.report.findings.is_empty(), "{foreign}: {:?}", adaptation.report.findings);
        let body = &operation(&adaptation)["requestBody"]["content"]["application/json"]["schema"]["$ref"];
        let mut body = schema(&adaptation, body.as_str().unwrap().rsplit('/').next().unwrap()).clone();
        body.as_object_mut().unwrap().remove("description");
        assert_eq!(body, expected, "{foreign}");
    }
}

#[test]
fn list_is_a_parameter_of_the_query() {
    let list = |more: &str| {
        let parameter = format!("- {{name: ids, in: query, {more}schema: {{type: array, items: {{type: string}}}}}}");
        let adaptation = crate::adapted(&[("PARAMETER", &parameter)]);
        assert!(adaptation.report.findings.is_empty(), "{:?}", adaptation.report.findings);
        operation(&adaptation)["parameters"][1].clone()
    };
    assert_eq!(list("")["schema"], json!({"type": "array", "items": {"type": "string"}}));
    assert_eq!((list("explode: true, ").get("explode"), &list("explode: false, ")["explode"]), (None, &json!(false)));
}

#[test]
fn no_name_is_a_reason_to_leave_anything_out() {
    let names = "{type: object, required: [timeout, new], properties: {timeout: {type: string}, new: {type: string}, IBAN: \
                 {type: string}, iban: {type: string}, help: {type: string}, +: {type: string}}}";
    let parameters = "- {name: config, in: query, schema: {type: string}}\n        - {name: ID, in: query, required: true, \
                      schema: {type: string}}\n        - {name: id, in: query, schema: {type: string}}";
    let text = crate::DOCUMENT.replacen(crate::OBJECT, &format!("              {names}\n"), 1);
    let text = text.replace("RECEIVED", names).replace("PARAMETER", parameters);
    let adaptation = checked(&parse(text));
    assert!(adaptation.report.findings.is_empty(), "{:?}", adaptation.report.findings);
    assert_eq!(operation(&adaptation)["parameters"].as_array().unwrap().len(), 4);
    for object in ["ChangeThingRequest", "ThingValue"] {
        assert_eq!(schema(&adaptation, object)["properties"].as_object().unwrap().len(), 6, "{object}");
    }
}
