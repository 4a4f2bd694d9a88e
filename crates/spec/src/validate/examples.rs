//! Examples, judged by their schemas.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, PoisonError};

use jsonschema::error::ValidationErrorKind;
use jsonschema::{Draft, Keyword, ValidationError, Validator};
use serde_json::{Map, Value, json};

use super::Report;
use super::grammar::{Kind, SCHEMAS};
use super::spec::{Node, Spec, unescape};
use crate::yaml::escape;

/// Marks, in a schema made from a spec, the JSON that a string holds.
const CONTENT: &str = "x-content-schema";

/// Marks, in a schema made from a spec, the place of a `nullable`.
const NULLABLE: &str = "x-nullable-at";

/// Checks every example.
pub fn check(spec: &Spec, report: &mut Report) {
    let judge = Judge::new(spec);
    let mut examples = Examples::default();
    for node in spec.all(&[Kind::MediaType, Kind::Parameter]) {
        if let Some(schema) = spec.child(node, "schema") {
            examples.add(spec, node, schema);
        }
    }
    for schema in spec.all(SCHEMAS).filter(|schema| schema.has("example")) {
        examples.add(spec, schema, schema);
    }
    examples.check(&judge, report);
    let seen = judge.seen.lock().unwrap_or_else(PoisonError::into_inner);
    for schema in spec.all(SCHEMAS).filter(|schema| schema.says("nullable") && !seen.contains(&schema.pointer)) {
        let message = "no example holds `null` here";
        let help = "remove `nullable`, as what is optional is read when `null` anyway, or add the sample that holds it";
        report.add(&schema.at("nullable"), "nullable-unseen", message, help);
    }
}

/// All examples as the members of one object, by their places, and the schema of each: one validator judges them all, as
/// every validator reads all components again.
#[derive(Default)]
struct Examples {
    values: Map<String, Value>,
    schemas: Map<String, Value>,
}

impl Examples {
    fn add(&mut self, spec: &Spec, node: &Node, schema: &Node) {
        let one = node.object.get("example").map(|example| (node.at("example"), example));
        let many = spec.children(node, "examples").into_iter();
        let many = many.filter_map(|node| Some((node.at("value"), node.object.get("value")?)));
        for (pointer, example) in one.into_iter().chain(many) {
            self.schemas.insert(pointer.clone(), json_schema(&Value::Object(schema.object.clone()), &schema.pointer));
            self.values.insert(pointer, example.clone());
        }
    }

    fn check(self, judge: &Judge, report: &mut Report) {
        if let Some(validator) = judge.validator(&json!({"properties": self.schemas})) {
            self.judge(&validator, report);
            return;
        }
        // What keeps a schema from being built is a problem of its own, reported by another rule; the others are judged.
        for (pointer, value) in self.values {
            let schema = self.schemas[&pointer].clone();
            let one = Self {
                schemas: Map::from_iter([(pointer.clone(), schema)]),
                values: Map::from_iter([(pointer, value)]),
            };
            if let Some(validator) = judge.validator(&json!({"properties": one.schemas})) {
                one.judge(&validator, report);
            }
        }
    }

    fn judge(self, validator: &Validator, report: &mut Report) {
        for error in validator.iter_errors(&Value::Object(self.values)) {
            // The first part of the place is that of the example.
            let place = error.instance_path().to_string();
            let end = place[1..].find('/').map_or(place.len(), |end| end + 1);
            let example = unescape(&place[1..end]);
            for (inside, message) in causes(&error, &place[..end]) {
                let message = format!("the example does not fit its schema: {message}");
                let help = "fix the example, or the schema where the document's sample shows it to be wrong";
                report.add(&format!("{example}{inside}"), "example-mismatch", message, help);
            }
        }
    }
}

/// Where an example is wrong, and how. Of the forms of a `oneOf` the one counts that fits best. `example` is the place of
/// the example itself in what was judged.
fn causes(error: &ValidationError, example: &str) -> Vec<(String, String)> {
    if let ValidationErrorKind::OneOfNotValid { context } = error.kind()
        && let Some(best) = context.iter().min_by_key(|errors| errors.len())
    {
        return best.iter().flat_map(|error| causes(error, example)).collect();
    }
    let place = error.instance_path().to_string();
    let place = place.strip_prefix(example).unwrap_or(&place).to_owned();
    let subject = if place.is_empty() { "the value".to_owned() } else { format!("`{place}`") };
    vec![(place, error.masked_with(subject).to_string())]
}

/// Makes validators, and keeps the places where an example held `null`.
#[derive(Clone)]
struct Judge {
    components: Arc<Value>,
    seen: Arc<Mutex<BTreeSet<String>>>,
}

impl Judge {
    fn new(spec: &Spec) -> Self {
        let section = "/components/schemas";
        let schemas = spec.document.get(section).and_then(Value::as_object).into_iter().flatten();
        let schemas =
            schemas.map(|(name, schema)| (name.clone(), json_schema(schema, &format!("{section}/{}", escape(name)))));
        let components = json!({"schemas": schemas.collect::<Map<_, _>>()});
        Self { components: Arc::new(components), seen: Arc::default() }
    }

    /// A validator of a schema; none when the schema is broken.
    fn validator(&self, schema: &Value) -> Option<Validator> {
        let (content, nullable) = (self.clone(), Arc::clone(&self.seen));
        jsonschema::options()
            .with_draft(Draft::Draft7)
            .should_validate_formats(false)
            .with_keyword(CONTENT, move |_, schema, _| {
                Ok(Box::new(Content { schema: schema.clone(), judge: content.clone() }))
            })
            .with_keyword(NULLABLE, move |_, place, _| {
                let place = place.as_str().unwrap_or_default().to_owned();
                Ok(Box::new(Nullable { place, seen: Arc::clone(&nullable) }))
            })
            .build(&json!({"allOf": [schema], "components": *self.components}))
            .ok()
    }
}

/// Sees whether a value is `null`.
struct Nullable {
    place: String,
    seen: Arc<Mutex<BTreeSet<String>>>,
}

impl<'i> Keyword<'i> for Nullable {
    fn validate(&self, instance: &'i Value) -> Result<(), ValidationError<'i>> {
        if instance.is_null() {
            self.seen.lock().unwrap_or_else(PoisonError::into_inner).insert(self.place.clone());
        }
        Ok(())
    }

    fn is_valid(&self, instance: &'i Value) -> bool {
        self.validate(instance).is_ok()
    }
}

/// JSON inside a string.
struct Content {
    schema: Value,
    judge: Judge,
}

impl Content {
    fn problem(&self, instance: &Value) -> Option<String> {
        let text = instance.as_str()?;
        match serde_json::from_str::<Value>(text) {
            Err(error) => Some(format!("the text is not JSON: {error}")),
            Ok(value) => {
                let validator = self.judge.validator(&self.schema)?;
                let error = validator.iter_errors(&value).next()?;
                let (_, message) = causes(&error, "").into_iter().next()?;
                Some(format!("in the JSON inside the text {message}"))
            }
        }
    }
}

impl<'i> Keyword<'i> for Content {
    fn validate(&self, instance: &'i Value) -> Result<(), ValidationError<'i>> {
        self.problem(instance).map_or(Ok(()), |problem| Err(ValidationError::custom(problem)))
    }

    fn is_valid(&self, instance: &'i Value) -> bool {
        self.problem(instance).is_none()
    }
}

/// An object of the form that its word names.
fn one_of(discriminator: &Value) -> Value {
    let tag = discriminator["propertyName"].as_str().unwrap_or_default();
    let mapping = discriminator["mapping"].as_object().into_iter().flatten();
    let (words, forms): (Vec<_>, Vec<_>) = mapping
        .map(|(word, target)| {
            let named = json!({"properties": {(tag): {"const": word}}});
            (word.clone(), json!({"if": named, "then": {"$ref": target}}))
        })
        .unzip();
    json!({"type": "object", "required": [tag], "properties": {(tag): {"enum": words}}, "allOf": forms})
}

/// A schema of OpenAPI 3.0 as JSON Schema, with its place: `nullable` becomes a type, and a string that may stand for
/// the other form of a `oneOf` holds that form as JSON.
fn json_schema(schema: &Value, pointer: &str) -> Value {
    let Value::Object(schema) = schema else { return schema.clone() };
    if let Some(choice) = schema.get("discriminator") {
        return one_of(choice);
    }
    let nullable = schema.get("nullable") == Some(&Value::Bool(true));
    let mut converted = Map::new();
    for (key, value) in schema {
        let pointer = format!("{pointer}/{key}");
        let value = match (key.as_str(), value) {
            ("type", kind) if nullable => json!([kind, "null"]),
            ("properties", Value::Object(members)) => {
                let member = |(name, member): (&String, &Value)| {
                    (name.clone(), json_schema(member, &format!("{pointer}/{}", escape(name))))
                };
                members.iter().map(member).collect()
            }
            ("items" | "additionalProperties", schema) => json_schema(schema, &pointer),
            ("allOf" | "oneOf", Value::Array(schemas)) => {
                let arm = |(index, arm): (usize, &Value)| json_schema(arm, &format!("{pointer}/{index}"));
                let mut arms: Vec<_> = schemas.iter().enumerate().map(arm).collect();
                if let [Value::Object(text), json] = arms.as_mut_slice()
                    && text.contains_key("x-content-media-type")
                {
                    text.insert(CONTENT.to_owned(), json.clone());
                }
                Value::Array(arms)
            }
            ("example" | "description" | "nullable", _) => continue,
            (_, value) => value.clone(),
        };
        converted.insert(key.clone(), value);
    }
    if nullable {
        converted.insert(NULLABLE.to_owned(), Value::from(pointer));
    }
    Value::Object(converted)
}
