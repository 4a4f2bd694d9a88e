//! What has one safe reading.

use serde_json::{Value, json};

use gerbang_adapt::adapt;
use gerbang_adapt::write_yaml::write;
use gerbang_spec::model::{Model, Reply};
use gerbang_spec::validate::validate;
use gerbang_spec::yaml::Document;

use crate::{adapted, checked, operation, parse};

/// A schema without its texts.
fn bare(mut schema: Value) -> Value {
    match &mut schema {
        Value::Object(map) => {
            map.remove("description");
            map.values_mut().for_each(|value| *value = bare(value.take()));
        }
        Value::Array(items) => items.iter_mut().for_each(|value| *value = bare(value.take())),
        _ => {}
    }
    schema
}

fn free() -> Value {
    json!({"type": "object", "additionalProperties": true})
}

#[test]
fn received_members() {
    let part = json!({"$ref": "#/components/schemas/Part"});
    for (foreign, expected) in [
        ("{type: integer}", json!({"type": "integer", "format": "int64"})),
        ("{type: integer, format: unix-time}", json!({"type": "integer", "format": "int64"})),
        ("{type: number, multipleOf: 1}", json!({"type": "integer", "format": "int64"})),
        ("{type: number}", json!({"type": "number", "format": "decimal"})),
        ("{$ref: '#/components/schemas/Amount'}", json!({"type": "number", "format": "decimal"})),
        ("{oneOf: [{type: string}, {type: number}]}", json!({"type": "string", "format": "decimal"})),
        ("{}", json!({"x-any": true})),
        ("{type: array}", json!({"type": "array", "items": {"x-any": true}})),
        ("{type: object}", json!({"type": "object", "additionalProperties": true})),
        ("{additionalProperties: {}}", json!({"type": "object", "additionalProperties": true})),
        ("{type: array, items: {type: string, nullable: true}}", json!({"type": "array", "items": {"type": "string"}})),
        ("{type: string, format: uuid}", json!({"type": "string"})),
        ("{type: string, format: password}", json!({"type": "string"})),
        ("{type: string, format: date-time}", json!({"type": "string", "format": "date-time"})),
        ("{type: string, example: 7}", json!({"type": "string"})),
        ("{type: string, example: seven}", json!({"type": "string", "example": "seven"})),
        ("{type: string, enum: ['1', '2']}", json!({"type": "string"})),
        ("{type: string, enum: [A, a]}", json!({"type": "string"})),
        ("{enum: [open, closed]}", json!({"$ref": "#/components/schemas/ThingValue"})),
        ("{$ref: '#/components/schemas/Part'}", part.clone()),
        ("{allOf: [{$ref: '#/components/schemas/Part'}], description: Its part.}", json!({"allOf": [part]})),
        ("{anyOf: [{$ref: '#/components/schemas/Part'}]}", part.clone()),
        ("{oneOf: [{$ref: '#/components/schemas/Part'}, {nullable: true}]}", part.clone()),
        ("{oneOf: [{type: string}, {type: integer}]}", json!({"type": "string", "format": "identifier"})),
        ("{oneOf: [{type: string}, {type: string, enum: [all]}]}", json!({"type": "string"})),
        ("{anyOf: [{enum: [day]}, {enum: [week]}]}", json!({"$ref": "#/components/schemas/ThingValue"})),
        ("{oneOf: [{type: boolean}, {type: integer, enum: [0, 1]}]}", json!({"type": "string", "format": "flag"})),
        ("{type: array, items: {$ref: '#/components/schemas/Part'}}", json!({"type": "array", "items": part})),
        (
            "{additionalProperties: {type: string}}",
            json!({"type": "object", "additionalProperties": {"type": "string"}}),
        ),
        ("{properties: {a: {type: string}}}", json!({"$ref": "#/components/schemas/ThingValue"})),
        ("{$ref: '#/components/schemas/Node'}", json!({"$ref": "#/components/schemas/Node"})),
        ("{type: string, x-mine: 1, xml: {}, title: T}", json!({"type": "string"})),
        // Nothing tells the forms apart: it is read as it is, and nothing of it is lost.
        ("{oneOf: [{type: string}, {$ref: '#/components/schemas/Part'}]}", json!({"x-any": true})),
        ("{oneOf: [{type: string}, {type: boolean}]}", json!({"x-any": true})),
        ("{anyOf: [{$ref: '#/components/schemas/Part'}, {$ref: '#/components/schemas/Base'}]}", free()),
        ("{allOf: [{$ref: '#/components/schemas/Part'}, {oneOf: [{$ref: '#/components/schemas/Base'}]}]}", free()),
        ("{properties: {a: {type: string}}, oneOf: [{$ref: '#/components/schemas/Base'}]}", free()),
    ] {
        let adaptation = adapted(&[("RECEIVED", foreign)]);
        assert!(adaptation.report.findings.is_empty(), "{foreign}: {:?}", adaptation.report.findings);
        let thing = bare(adaptation.spec["components"]["schemas"]["Thing"].clone());
        let value = &thing["properties"]["value"];
        let is_same = *value == expected || *value == json!({"allOf": [expected]});
        assert!(is_same, "{foreign} became {value}, not {expected}");
    }
}

#[test]
fn words_are_open_and_what_may_be_null_is_not_required() {
    let adaptation = adapted(&[("RECEIVED", "{type: string, enum: [open, closed, null]}")]);
    let schemas = &adaptation.spec["components"]["schemas"];
    assert_eq!(schemas["ThingValue"]["x-extensible-enum"], json!(["open", "closed"]));
    assert_eq!(schemas["Thing"]["required"], json!(["id"]));
    for nullable in ["{type: string, nullable: true}", "{oneOf: [{type: string}, {type: 'null'}]}"] {
        let adaptation = adapted(&[("RECEIVED", nullable)]);
        assert_eq!(adaptation.spec["components"]["schemas"]["Thing"]["required"], json!(["id"]), "{nullable}");
    }
}

#[test]
fn what_the_client_does_not_check_is_said() {
    let adaptation =
        adapted(&[("RECEIVED", "{type: string, description: A word, default: x, maxLength: 9, deprecated: true}")]);
    let value = &adaptation.spec["components"]["schemas"]["Thing"]["properties"]["value"];
    let said = "A word. Greatest number of characters: `9`. Default: `x`. Deprecated.";
    assert_eq!(*value, json!({"type": "string", "description": said}));
    let numbers = adapted(&[("RECEIVED", "{type: integer, enum: [12, 24]}")]);
    let text = &numbers.spec["components"]["schemas"]["Thing"]["properties"]["value"]["description"];
    assert_eq!(*text, "One of `12`, `24`.");
}

#[test]
fn limits_are_kept_where_the_client_checks_them() {
    let adaptation = adapted(&[
        ("SENT", "{type: string, minLength: 1, maxLength: 5}"),
        ("PARAMETER", "- {name: page, in: query, schema: {type: integer, minimum: 0, maximum: 9}}"),
    ]);
    let body = &adaptation.spec["components"]["schemas"]["ChangeThingRequest"]["properties"]["value"];
    assert_eq!((&body["minLength"], &body["maxLength"]), (&json!(1), &json!(5)));
    let page = &operation(&adaptation)["parameters"][1]["schema"];
    assert_eq!(*page, json!({"type": "integer", "format": "int64", "minimum": 0, "maximum": 9}));
}

#[test]
fn parts_of_all_of_are_merged() {
    let foreign =
        "{allOf: [{$ref: '#/components/schemas/Base'}, {properties: {size: {type: integer}, kind: {enum: [a, b]}}}]}";
    let adaptation = adapted(&[("RECEIVED", foreign)]);
    let merged = bare(adaptation.spec["components"]["schemas"]["ThingValue"].clone());
    let kind = json!({"$ref": "#/components/schemas/ThingValueKind"});
    assert_eq!(merged["required"], json!(["id"]));
    assert_eq!(
        merged["properties"],
        json!({"id": {"type": "string"}, "kind": kind, "size": {"type": "integer", "format": "int64"}})
    );
}

#[test]
fn a_part_that_comes_twice_is_no_circle() {
    let part = "{allOf: [{$ref: '#/components/schemas/Base'}, {properties: {size: {type: integer}}}]}";
    let foreign = format!("{{allOf: [{{$ref: '#/components/schemas/Base'}}, {part}]}}");
    let adaptation = adapted(&[("RECEIVED", &foreign)]);
    assert!(adaptation.report.findings.is_empty(), "{:?}", adaptation.report.findings);
    let merged = &adaptation.spec["components"]["schemas"]["ThingValue"]["properties"];
    assert_eq!(merged.as_object().unwrap().keys().collect::<Vec<_>>(), ["id", "kind", "size"]);
}

#[test]
fn one_object_sent_and_received_is_two_components() {
    let part = "{$ref: '#/components/schemas/Part'}";
    let adaptation = adapted(&[("SENT", part), ("RECEIVED", part)]);
    let schemas = &adaptation.spec["components"]["schemas"];
    assert_eq!(schemas["Thing"]["properties"]["value"]["$ref"], "#/components/schemas/Part");
    assert_eq!(schemas["ChangeThingRequest"]["properties"]["value"]["$ref"], "#/components/schemas/PartInput");
    assert_eq!(schemas["Part"]["properties"], schemas["PartInput"]["properties"]);
}

#[test]
fn members_stand_on_their_own_side_only() {
    let read_only = "{type: string, readOnly: true}";
    let adaptation = adapted(&[("SENT", read_only), ("RECEIVED", "{type: string, writeOnly: true}")]);
    let schemas = &adaptation.spec["components"]["schemas"];
    assert_eq!(schemas["ChangeThingRequest"]["properties"]["value"], Value::Null);
    assert_eq!(schemas["Thing"]["properties"]["value"], Value::Null);
    assert_eq!(schemas["Thing"]["required"], json!(["id"]));
}

#[test]
fn an_empty_text_that_takes_a_value_away_is_not_sent() {
    let adaptation = adapted(&[("SENT", "{anyOf: [{type: integer}, {type: string, enum: ['']}]}")]);
    let body = bare(adaptation.spec["components"]["schemas"]["ChangeThingRequest"].clone());
    assert_eq!(body["properties"]["value"], json!({"type": "integer", "format": "int64"}));
}

#[test]
fn operations_have_names_texts_sources_and_failures() {
    let adaptation = adapted(&[("RESPONSE", "'404': {description: None}")]);
    let operation = operation(&adaptation);
    assert_eq!(operation["operationId"], "change_thing");
    assert_eq!(operation["summary"], "`POST /things/{id}`: the document does not say what it does.");
    assert_eq!(operation["x-idempotency"], "none");
    let source = json!({"document": "Shop 1 (OpenAPI)", "section": "POST /things/{id}", "read": "2026-11-20"});
    assert_eq!(operation["x-source"], source);
    let statuses: Vec<_> = operation["responses"].as_object().unwrap().keys().collect();
    assert_eq!(statuses, ["200", "404", "4XX", "5XX"]);
    assert_eq!(adaptation.spec["x-envelope"], json!({"message": ["message"]}));
    assert_eq!(adaptation.spec["servers"][0]["url"], "https://shop.example/api");
    assert_eq!((adaptation.report.operations, adaptation.report.adapted_operations), (1, 1));
}

#[test]
fn a_success_may_have_no_body_and_a_second_status() {
    let content = "          content: {application/json: {schema: {$ref: '#/components/schemas/Thing'}}}\n";
    let text = crate::DOCUMENT.replacen(content, "", 1);
    let adaptation = adapt(&parse(text), "2026-11-20").unwrap();
    assert_eq!(operation(&adaptation)["x-envelope"], json!({"empty": true}));
    let spec = Document::parse(&write(&adaptation.spec), "shop.yaml").unwrap();
    assert_eq!(validate(&spec), []);
    assert!(matches!(Model::read(&spec).unwrap().operations[0].reply, Reply::Nothing));
    let twice = adapted(&[("RESPONSE", "'202': {description: Later.}")]);
    assert!(operation(&twice)["responses"].get("202").is_none());
}

#[test]
fn successes_of_several_statuses() {
    let reply = |schema: &str, sample: &str| {
        let content = format!("{{application/json: {{schema: {schema}{sample}}}}}");
        let adaptation = adapted(&[("RESPONSE", &format!("'201': {{description: New., content: {content}}}"))]);
        assert!(adaptation.report.findings.is_empty(), "{schema}");
        let replies = &operation(&adaptation)["responses"];
        let of = |status: &str| replies[status]["content"]["application/json"].clone();
        let name = of("200")["schema"]["$ref"].as_str().unwrap().rsplit('/').next().unwrap().to_owned();
        assert_eq!(of("200")["schema"], of("201")["schema"]);
        (bare(adaptation.spec["components"]["schemas"][name].clone()), of("201")["example"].clone())
    };
    let (same, sample) = reply("{$ref: '#/components/schemas/Thing'}", ", example: {id: T2, value: v}");
    assert_eq!((&same["required"], sample), (&json!(["id", "value"]), json!({"id": "T2", "value": "v"})));
    for other in
        ["{$ref: '#/components/schemas/Part'}", "{oneOf: [{$ref: '#/components/schemas/Part'}, {type: object}]}"]
    {
        assert_eq!(reply(other, "").0, free(), "only the status tells them apart");
    }
}

#[test]
fn credentials_are_named_and_sent() {
    for (scheme, expected) in [
        (
            "{type: apiKey, in: header, name: X-Api-Key}",
            json!({"type": "apiKey", "in": "header", "name": "X-Api-Key", "x-credential": "api_key"}),
        ),
        ("{type: http, scheme: Bearer}", json!({"type": "http", "scheme": "bearer", "x-credential": "access_token"})),
        (
            "{type: http, scheme: basic}",
            json!({"type": "http", "scheme": "basic", "x-credential": "username", "x-password": "password"}),
        ),
        ("{type: oauth2, flows: {}}", json!({"type": "http", "scheme": "bearer", "x-credential": "access_token"})),
    ] {
        let schemes = format!("securitySchemes: {{digest: {{type: http, scheme: digest}}, key: {scheme}}}");
        let adaptation = adapted(&[("SECURITY", "security: [{digest: []}, {key: [all]}]"), ("SCHEMES", &schemes)]);
        assert_eq!(operation(&adaptation)["security"], json!([{"key": []}]));
        assert_eq!(bare(adaptation.spec["components"]["securitySchemes"].clone()), json!({"key": expected}));
    }
    assert_eq!(operation(&adapted(&[]))["security"], json!([]));
}

#[test]
fn headers_that_the_client_writes_itself_are_no_loss() {
    for name in ["Accept", "authorization", "Content-Length", "Content-Type", "Host"] {
        let parameter = format!("- {{name: {name}, in: header, required: true, schema: {{type: string}}}}");
        let adaptation = adapted(&[("PARAMETER", &parameter)]);
        assert_eq!(adaptation.report.lossless_operations(), 1, "{name}");
        let parameters = operation(&adaptation)["parameters"].as_array().unwrap();
        assert!(parameters.iter().all(|parameter| parameter["name"] != name), "{name}");
    }
}

#[test]
fn of_two_credentials_for_one_header_the_first_is_sent() {
    let schemes = "securitySchemes: {key: {type: apiKey, in: header, name: authorization}, user: {type: http, scheme: basic}, \
                   other: {type: apiKey, in: header, name: X-Other}}";
    let changes = [("SECURITY", "security: [{key: [], user: [], other: []}]"), ("SCHEMES", schemes)];
    let adaptation = adapted(&changes);
    assert_eq!(operation(&adaptation)["security"], json!([{"key": [], "other": []}]));
    assert!(adaptation.spec["components"]["securitySchemes"].get("user").is_none());
}

#[test]
fn examples_are_the_documents_own_where_they_fit() {
    let reply = |example: &str| {
        let content = format!("{{schema: {{$ref: '#/components/schemas/Thing'}}, example: {example}}}");
        let response = format!("'201': {{description: New., content: {{application/json: {content}}}}}");
        // The document's own status has no sample: it goes.
        let success = "'200':\n          description: Done.\n          content: {application/json: {schema: {$ref: \
                       '#/components/schemas/Thing'}}}\n        RESPONSE";
        assert!(crate::DOCUMENT.contains(success));
        let text = crate::DOCUMENT.replacen(success, &response, 1);
        let document = parse(text);
        let spec = adapt(&document, "2026-11-20").unwrap().spec;
        spec["paths"]["/things/{id}"]["post"]["responses"]["201"]["content"]["application/json"]["example"].clone()
    };
    assert_eq!(reply("{id: T1, value: new, more: 1}"), json!({"id": "T1", "value": "new", "more": 1}));
    assert_eq!(reply("{id: 1, value: new}"), json!({"id": "text", "value": "text"}));
}

#[test]
fn openapi_3_1_is_read_as_3_0_where_it_says_the_same() {
    for (newer, older) in [
        ("{type: [string, 'null']}", "{type: string, nullable: true}"),
        ("{type: [string, integer]}", "{oneOf: [{type: string}, {type: integer}]}"),
        ("{const: open}", "{type: string, enum: [open]}"),
        ("{type: string, examples: [seven, eight]}", "{type: string, example: seven}"),
        ("{type: integer, exclusiveMinimum: 0}", "{type: integer, minimum: 1}"),
        (
            "{anyOf: [{$ref: '#/components/schemas/Part'}, {type: 'null'}]}",
            "{oneOf: [{$ref: '#/components/schemas/Part'}, {nullable: true}]}",
        ),
        ("{properties: {type: {type: [string, 'null']}}}", "{properties: {type: {type: string, nullable: true}}}"),
    ] {
        let spec = |version: &str, schema: &str| {
            let text = crate::DOCUMENT.replacen("openapi: 3.0.1", version, 1).replace("RECEIVED", schema);
            let adaptation = adapt(&parse(text), "2026-11-20").unwrap_or_else(|findings| panic!("{findings:?}"));
            assert!(adaptation.report.findings.is_empty(), "{schema}: {:?}", adaptation.report.findings);
            let problems = validate(&Document::parse(&write(&adaptation.spec), "shop.yaml").unwrap());
            assert!(problems.is_empty(), "{schema}: {problems:?}");
            bare(adaptation.spec["components"]["schemas"].clone())
        };
        assert_eq!(spec("openapi: 3.1.0", newer), spec("openapi: 3.0.3", older), "{newer}");
    }
}

#[test]
fn header_is_a_parameter_of_the_caller() {
    let key = "- {name: Idempotency-Key, in: header, required: true, schema: {type: string}}";
    let adaptation = adapted(&[("PARAMETER", key)]);
    let operation = operation(&adaptation);
    let parameter = &operation["parameters"][1];
    assert_eq!((&parameter["name"], &parameter["in"]), (&json!("Idempotency-Key"), &json!("header")));
    // What the provider does with a key that comes again is said in words, if at all.
    assert_eq!((&operation["x-idempotency"], operation.get("x-idempotency-key")), (&json!("none"), None));
}

#[test]
fn media_types_built_on_json_are_kept() {
    let plain = "content: {application/json: {schema: {$ref: '#/components/schemas/Thing'}}}";
    let body = "application/json:\n            schema:";
    let of = |reply: &str, sent: &str| {
        assert!(crate::DOCUMENT.contains(plain) && crate::DOCUMENT.contains(body));
        let text = crate::DOCUMENT.replacen(plain, &plain.replace("application/json", reply), 1);
        let text = text.replacen(body, &body.replace("application/json", sent), 1);
        let adaptation = checked(&parse(text));
        assert!(adaptation.report.findings.is_empty(), "{:?}", adaptation.report.findings);
        let spec = Document::parse(&write(&adaptation.spec), "shop.yaml").unwrap();
        let operation = Model::read(&spec).unwrap().operations.remove(0);
        assert!(matches!(operation.reply, Reply::Json(_)) && operation.body.is_some_and(|body| !body.form));
        (operation.accept, operation.content_type)
    };
    for (reply, sent) in [
        ("application/json", "application/json"),
        ("application/vnd.shop.v1.hal+json", "application/vnd.shop.v1.hal+json"),
        ("application/json", "application/merge-patch+json"),
    ] {
        assert_eq!(of(reply, sent), (reply.to_owned(), sent.to_owned()));
    }
    // A parameter says how the text is written, which JSON leaves no choice.
    let utf_8 = of("application/json; charset=utf-8", "Application/Problem+JSON;charset=UTF-8");
    assert_eq!(utf_8, ("application/json".to_owned(), "application/problem+json".to_owned()));
}

#[test]
fn server_without_a_host_is_one_that_nobody_has() {
    let server = "[{url: 'https://{host}/api/', variables: {host: {default: shop.example}}}]";
    for (servers, expected) in [
        ("[]", "https://server.invalid"),
        ("[{url: /}]", "https://server.invalid"),
        ("[{url: /open-banking/v4.0/}]", "https://server.invalid/open-banking/v4.0"),
        (
            "[{url: '{scheme}://hostname:<port>/switch/', variables: {scheme: {default: http}}}]",
            "https://server.invalid/switch",
        ),
        (
            "[{url: 'https://{bank}/pay', variables: {bank: {enum: [a]}}}, {url: 'https://{bank'}]",
            "https://server.invalid/pay",
        ),
    ] {
        let adaptation = adapted(&[(server, servers)]);
        assert_eq!(adaptation.spec["servers"][0]["url"], expected, "{servers}");
        assert!(adaptation.report.notes.keys().any(|note| note.contains("names no host")), "{servers}");
    }
}

#[test]
fn server_is_the_first_that_is_not_for_tests() {
    let server = "servers: [{url: 'https://{host}/api/', variables: {host: {default: shop.example}}}]";
    let base = |servers: &str| {
        let text = crate::DOCUMENT.replacen(server, servers, 1);
        adapt(&parse(text), "2026-11-20").map(|adaptation| adaptation.spec["servers"][0]["url"].clone())
    };
    for (servers, expected) in [
        (
            "servers: [{url: 'https://api.sandbox.shop.example'}, {url: 'https://api.shop.example'}]",
            "https://api.shop.example",
        ),
        (
            "servers: [{url: 'https://a.example', description: Test environment}, {url: 'https://b.example'}]",
            "https://b.example",
        ),
        ("servers: [{url: 'https://sandbox.shop.example'}]", "https://sandbox.shop.example"),
    ] {
        assert_eq!(base(servers).unwrap(), expected);
    }
    // Where only operations have servers, all have the same.
    let of_path = |url: &str| {
        let text = crate::DOCUMENT.replacen(server, "# ", 1);
        text.replacen("    post:\n", &format!("    servers: [{{url: '{url}'}}]\n    post:\n"), 1)
    };
    let adaptation = adapt(&parse(of_path("https://pay.shop.example")), "2026-11-20").unwrap();
    assert_eq!(adaptation.spec["servers"][0]["url"], "https://pay.shop.example");
    let findings = adapt(&parse(of_path("/relative")), "2026-11-20").unwrap_err();
    assert_eq!(findings.iter().map(|it| it.reason.name()).collect::<Vec<_>>(), ["nothing-left", "server"]);
}

#[test]
fn each_operation_says_what_it_has_lost() {
    let adaptation = adapted(&[
        ("RECEIVED", "{$ref: '#/components/schemas/Endless'}"),
        ("PARAMETER", "- {name: c, in: cookie, schema: {type: string}}"),
    ]);
    let report = &adaptation.report;
    assert_eq!((report.adapted_operations, report.lossless_operations()), (1, 0));
    let said = report.to_string();
    assert!(said.contains("POST /things/{id} has lost `c` (cookie-parameter), `value` (recursion)\n"), "{said}");
    assert!(said.contains("\n0 of 1 operations adapted without loss, 1 in all\n"), "{said}");
    let whole = adapted(&[]).report;
    assert_eq!((whole.lossless_operations(), whole.lossy.len()), (1, 0));
}
