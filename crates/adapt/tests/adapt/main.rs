//! Foreign documents: what is adapted and what is refused.

mod adaptations;
mod public;
mod refusals;
mod shapes;

use gerbang_adapt::{Adaptation, Finding, adapt};
use gerbang_spec::generate;
use gerbang_spec::model::Model;
use gerbang_spec::specs::Spec;
use gerbang_spec::validate::validate;
use gerbang_spec::yaml::Document;
use serde_json::Value;

/// A document of one operation whose body and reply have a member `value`; each mark is replaced by flow YAML.
const DOCUMENT: &str = "\
openapi: 3.0.1
info: {title: Shop, version: '1'}
servers: [{url: 'https://{host}/api/', variables: {host: {default: shop.example}}}]
paths:
  /things/{id}:
    post:
      operationId: changeThing
      tags: [Things]
      SECURITY
      parameters:
        - {name: id, in: path, required: true, schema: {type: string}}
        PARAMETER
      requestBody:
        content:
          application/json:
            schema:
              type: object
              REQUIRED
              properties:
                id: {type: string}
                value: SENT
      responses:
        '200':
          description: Done.
          content: {application/json: {schema: {$ref: '#/components/schemas/Thing'}}}
        RESPONSE
        default:
          description: It failed.
          content: {application/json: {schema: {type: object, properties: {message: {type: string}}}}}
components:
  SCHEMES
  schemas:
    Thing:
      type: object
      required: [id, value]
      properties:
        id: {type: string}
        value: RECEIVED
    Part: {type: object, description: A part., properties: {name: {type: string}}}
    Base: {type: object, required: [id], properties: {id: {type: string}, kind: {type: string}}}
    Amount: {type: number}
    Node: {type: object, properties: {name: {type: string}, next: {$ref: '#/components/schemas/Node'}}}
    Endless: {type: array, items: {$ref: '#/components/schemas/Endless'}}
    Itself: {allOf: [{$ref: '#/components/schemas/Itself'}]}
    There: {description: One., allOf: [{$ref: '#/components/schemas/Back'}]}
    Back: {allOf: [{$ref: '#/components/schemas/There'}]}
    Wider: {allOf: [{$ref: '#/components/schemas/Base'}, {$ref: '#/components/schemas/Wider'}]}
    OneOfIt: {oneOf: [{$ref: '#/components/schemas/OneOfIt'}]}
";

/// The schema of the body in it.
const OBJECT: &str = "              type: object\n              REQUIRED\n              properties:\n                \
                      id: {type: string}\n                value: SENT\n";

/// The document with some marks replaced, the others by something harmless.
fn document(changes: &[(&str, &str)]) -> Document {
    let mut text = DOCUMENT.to_owned();
    for (mark, content) in changes {
        assert_eq!(text.matches(mark).count(), 1, "{mark}");
        text = text.replace(mark, content);
    }
    parse(text)
}

/// The document, with something harmless in place of the marks that are left.
fn parse(mut text: String) -> Document {
    for mark in ["SECURITY", "PARAMETER", "REQUIRED", "RESPONSE", "SCHEMES"] {
        text = text.replace(mark, "# ");
    }
    let text = text.replace("SENT", "{type: string}").replace("RECEIVED", "{type: string}");
    Document::parse(&text, "shop.yaml").unwrap_or_else(|problems| panic!("{problems:?}\n{text}"))
}

/// The adapted document, which is always a valid spec that can be generated.
fn adapted(changes: &[(&str, &str)]) -> Adaptation {
    checked(&document(changes))
}

/// The same of a whole document.
fn checked(document: &Document) -> Adaptation {
    let adaptation = adapt(document, "2026-11-20").unwrap_or_else(|findings| panic!("{findings:?}"));
    let text = gerbang_adapt::write_yaml::write(&adaptation.spec);
    let spec = Document::parse(&text, "specs/shop.yaml").unwrap();
    assert_eq!(spec.value, adaptation.spec);
    let problems = validate(&spec);
    assert!(problems.is_empty(), "{problems:#?}\n{text}");
    let model = Model::read(&spec).unwrap_or_else(|problems| panic!("{problems:#?}"));
    let of = Spec { name: "shop".to_owned(), path: "specs/shop.yaml".into() };
    generate::client(&of, &model).unwrap_or_else(|error| panic!("{error:#}\n{text}"));
    adaptation
}

/// What is refused: for the whole document, or part by part.
fn refused(changes: &[(&str, &str)]) -> Vec<Finding> {
    match adapt(&document(changes), "2026-11-20") {
        Err(findings) => findings,
        Ok(adaptation) => adaptation.report.findings.into_iter().collect(),
    }
}

fn operation(adaptation: &Adaptation) -> &Value {
    &adaptation.spec["paths"]["/things/{id}"]["post"]
}
