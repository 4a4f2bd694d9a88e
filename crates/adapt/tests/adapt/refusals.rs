//! What has no safe reading is named with its line and its reason, and nothing else is.

use gerbang_adapt::Loss::{Document as Whole, Member, Operation};
use gerbang_adapt::{Loss, Reason, adapt};

use crate::{document, parse, refused};

/// One finding, on the line on which this text is.
fn check(changes: &[(&str, &str)], at: &str, loss: Loss, reason: Reason) {
    let mut text = crate::DOCUMENT.to_owned();
    changes.iter().for_each(|(mark, content)| text = text.replace(mark, content));
    let line = text.lines().position(|line| line.contains(at)).unwrap_or_else(|| panic!("no {at}")) + 1;
    let findings = refused(changes);
    let found: Vec<_> = findings.iter().map(|finding| (finding.line, finding.loss, finding.reason)).collect();
    assert_eq!(found, [(line, loss, reason)], "{changes:?}: {findings:#?}");
    let said = findings[0].to_string();
    let begin = format!("shop.yaml:{line}: {}: {} `", reason.name(), loss.name());
    assert!(said.starts_with(&begin) && !said.contains('\n'), "{said}");
}

#[test]
fn members() {
    for (schema, reason) in [
        ("{type: [string]}", Reason::Untyped),
        ("{type: file}", Reason::Untyped),
        ("{allOf: [{$ref: '#/components/schemas/Part'}, {type: string}]}", Reason::Merge),
        ("{allOf: [{$ref: '#/components/schemas/Part'}, {properties: {name: {type: integer}}}]}", Reason::Merge),
        ("{$ref: '#/components/schemas/Endless'}", Reason::Recursion),
        ("{$ref: '#/components/schemas/Itself'}", Reason::Recursion),
        ("{$ref: '#/components/schemas/There'}", Reason::Recursion),
        ("{$ref: '#/components/schemas/Wider'}", Reason::Recursion),
        ("{allOf: [{$ref: '#/components/schemas/Part'}, {$ref: '#/components/schemas/Back'}]}", Reason::Recursion),
        ("{$ref: '#/components/schemas/OneOfIt'}", Reason::Recursion),
        ("{$ref: '#/components/schemas/Absent'}", Reason::Reference),
        ("{$ref: 'other.yaml#/Thing'}", Reason::Reference),
    ] {
        // What is received is left out where it is; so is what need not be sent.
        check(&[("RECEIVED", schema)], &format!("value: {schema}"), Member, reason);
        check(&[("SENT", schema)], &format!("value: {schema}"), Member, reason);
        // Without what must be sent there is no operation, and without one no spec.
        let needed = [("SENT", schema), ("REQUIRED", "required: [value]")];
        let findings = refused(&needed);
        let found: Vec<_> = findings.iter().map(|finding| (finding.loss, finding.reason)).collect();
        assert_eq!(found, [(Whole, Reason::NothingLeft), (Operation, reason)], "{schema}: all reasons are told");
    }
}

#[test]
fn body_that_is_a_single_value() {
    let text = crate::DOCUMENT.replacen(crate::OBJECT, "              {type: string}\n", 1);
    let findings = adapt(&parse(text), "2026-11-20").unwrap_err();
    assert!(findings.iter().any(|it| (it.loss, it.reason) == (Operation, Reason::BodyShape)), "{findings:?}");
}

#[test]
fn two_parameters_of_one_name() {
    let twice = "- {name: trace, in: query, schema: {type: string}}\n        - {name: trace, in: header, schema: {type: string}}";
    check(&[("PARAMETER", twice)], "trace, in: header", Member, Reason::Name);
}

#[test]
fn what_only_openapi_3_1_can_say() {
    for schema in
        ["{type: object, if: {}, properties: {a: {type: string}}}", "{type: array, prefixItems: [{type: string}]}"]
    {
        let text = crate::DOCUMENT.replacen("openapi: 3.0.1", "openapi: 3.1.0", 1).replace("RECEIVED", schema);
        let report = adapt(&parse(text), "2026-11-20").unwrap().report;
        let found: Vec<_> = report.findings.iter().map(|finding| (finding.loss, finding.reason)).collect();
        assert_eq!(found, [(Member, Reason::Version)], "{schema}");
    }
}

#[test]
fn parameters() {
    for (parameter, reason) in [
        ("{name: Expect, in: header, schema: {type: string}}", Reason::HeaderParameter),
        ("{name: trace, in: cookie, schema: {type: string}}", Reason::CookieParameter),
        ("{name: trace, in: header, schema: {type: array, items: {type: string}}}", Reason::ParameterShape),
        ("{name: trace, in: query, schema: {type: array, items: {type: object}}}", Reason::ParameterShape),
        ("{name: trace, in: query, style: pipeDelimited, schema: {type: string}}", Reason::ParameterShape),
        ("{name: trace, in: query, content: {}}", Reason::ParameterShape),
    ] {
        check(&[("PARAMETER", &format!("- {parameter}"))], parameter, Member, reason);
    }
    for ignored in ["Accept", "Content-Type", "Authorization"] {
        let parameter = format!("- {{name: {ignored}, in: header, required: true, schema: {{type: string}}}}");
        assert!(refused(&[("PARAMETER", &parameter)]).is_empty(), "{ignored}");
    }
}

/// A second operation, so that the spec keeps one.
const SECOND: &str = "  /other:\n    get:\n      responses: {'200': {description: Done., content: {application/json: {schema: {$ref: '#/components/schemas/Part'}}}}}\ncomponents:\n";

#[test]
fn operations() {
    let thing = "content: {application/json: {schema: {$ref: '#/components/schemas/Thing'}}}";
    let body = "application/json:\n            schema:";
    for (whole, planted, reason) in [
        (thing, "content: {application/xml: {}, text/plain: {}}", Reason::MediaType),
        (thing, "content: {application/json: {}}", Reason::Untyped),
        (thing, "content: {application/json: {schema: {type: number}}}", Reason::BodyShape),
        ("'200':", "'302':", Reason::SuccessStatus),
        (
            "RESPONSE",
            "'201': {description: New., content: {application/json: {schema: {$ref: '#/components/schemas/Endless'}}}}",
            Reason::SuccessStatus,
        ),
        (body, "multipart/form-data:\n            schema:", Reason::MediaType),
        (body, "application/vnd.shop+json; version=2:\n            schema:", Reason::MediaType),
        ("SECURITY", "security: [{basic: []}]", Reason::Security),
        ("SECURITY", "security: [{absent: []}]", Reason::Security),
        ("SECURITY", "servers: [{url: 'https://other.example'}]", Reason::Server),
        ("PARAMETER", "- {name: Expect, in: header, required: true, schema: {type: string}}", Reason::HeaderParameter),
        ("PARAMETER", "- {name: t, in: path, required: true, schema: {type: string}}", Reason::Path),
        ("/things/{id}:", "/things/{id}/{other}:", Reason::Path),
        ("/things/{id}:", "/things/{id}?all=1:", Reason::Path),
        ("PARAMETER", "- {name: t, in: query, required: true, schema: {type: object}}", Reason::ParameterShape),
        ("    post:", "    head:", Reason::Method),
    ] {
        let text = crate::DOCUMENT.replacen(whole, planted, 1).replacen("components:\n", SECOND, 1);
        assert!(text.contains(planted), "{planted}");
        let text = text.replace("  SCHEMES", "  securitySchemes: {basic: {type: http, scheme: digest}}");
        let document = parse(text);
        let adaptation = adapt(&document, "2026-11-20").unwrap();
        let findings: Vec<_> = adaptation.report.findings.iter().collect();
        let found: Vec<_> = findings.iter().map(|finding| (finding.line, finding.loss, finding.reason)).collect();
        assert_eq!(found, [(6, Operation, reason)], "{planted}: {findings:#?}");
        assert_eq!((adaptation.report.operations, adaptation.report.adapted_operations), (2, 1));
    }
}

#[test]
fn a_path_that_is_elsewhere() {
    let other = "  /other: {$ref: 'other.yaml#/paths/other'}\ncomponents:\n";
    let document = parse(crate::DOCUMENT.replacen("components:\n", other, 1));
    let report = adapt(&document, "2026-11-20").unwrap().report;
    let found: Vec<_> = report.findings.iter().map(|finding| (finding.loss, finding.reason)).collect();
    assert_eq!((found, report.operations), (vec![(Operation, Reason::Reference)], 2));
}

#[test]
fn forms_are_flat() {
    let text = crate::DOCUMENT.replacen(
        "application/json:\n            schema:",
        "application/x-www-form-urlencoded:\n            schema:",
        1,
    );
    let document = parse(text.replace("SENT", "{type: array, items: {type: string}}"));
    let report = adapt(&document, "2026-11-20").unwrap().report;
    let reasons: Vec<_> = report.findings.iter().map(|finding| (finding.loss, finding.reason)).collect();
    assert_eq!(reasons, [(Member, Reason::NestedForm)]);
}

#[test]
fn notifications_are_described_by_hand() {
    let findings = refused(&[("SECURITY", "callbacks: {paid: {}}")]);
    assert_eq!((findings[0].loss, findings[0].reason), (Member, Reason::Notification));
    assert_eq!(findings.len(), 1);
}

#[test]
fn documents() {
    for (whole, planted, reason) in [
        ("openapi: 3.0.1", "openapi: 3.2.0", Reason::Version),
        ("openapi: 3.0.1", "swagger: '2.0'", Reason::Version),
        ("https://{host}", "http://{host}", Reason::Server),
    ] {
        let text = crate::DOCUMENT.replacen(whole, planted, 1);
        let document = parse(text);
        let finding = adapt(&document, "2026-11-20").unwrap_err().remove(0);
        assert_eq!((finding.loss, finding.reason), (Whole, reason), "{planted}: {finding}");
    }
}

#[test]
fn a_member_that_many_use_is_reported_once() {
    let text = "{type: array, items: {$ref: '#/components/schemas/Part'}}";
    assert!(refused(&[("RECEIVED", text), ("SENT", text)]).is_empty());
    let same = document(&[("RECEIVED", "{$ref: '#/components/schemas/Endless'}"), ("PARAMETER", "# ")]);
    let report = adapt(&same, "2026-11-20").unwrap().report;
    assert_eq!(report.findings.len(), 1);
    assert_eq!(report.by_reason(Member).into_iter().collect::<Vec<_>>(), [(Reason::Recursion, 1)]);
}

#[test]
fn operations_with_several_servers() {
    let servers = "servers: [{url: 'https://{host}/api/', variables: {host: {default: shop.example}}}]";
    let own = |name: &str| format!("    servers: [{{url: 'https://{name}.example'}}]\n");
    let second = SECOND.replacen("    get:\n", &format!("{}    get:\n", own("b")), 1);
    let text = crate::DOCUMENT
        .replacen(servers, "# ", 1)
        .replacen("    post:\n", &format!("{}    post:\n", own("a")), 1)
        .replacen("components:\n", &second, 1);
    let finding = adapt(&parse(text), "2026-11-20").unwrap_err().remove(0);
    assert_eq!((finding.loss, finding.reason), (Whole, Reason::Server), "{finding}");
    assert!(finding.message.contains("several servers"), "{finding}");
}

#[test]
fn swagger_2_names_its_converter() {
    let text = crate::DOCUMENT.replacen("openapi: 3.0.1", "swagger: '2.0'", 1);
    let finding = adapt(&parse(text), "2026-11-20").unwrap_err().remove(0);
    assert!(finding.message.contains("swagger2openapi"), "{finding}");
}
