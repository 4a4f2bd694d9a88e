//! The OpenAPI document that progenitor sees: one success reply per operation, no credentials, no wrappers.

use serde_json::{Map, Value, json};

use crate::model::{Model, Operation, Reply};
use crate::naming::snake;

/// The document for progenitor. Paths are made up, and parameters have their names in Rust: requests are built from the
/// operation table and by the methods, which have the real ones.
pub fn document(model: &Model) -> Value {
    let mut paths = Map::new();
    for operation in &model.operations {
        let mut path = format!("/{}", operation.id);
        let mut parameters = Vec::new();
        // The arguments in the path come in its order.
        for argument in path_arguments(operation) {
            path.push_str(&format!("/{{{argument}}}"));
        }
        // The optional ones are members of a component.
        for parameter in operation.parameters.iter().filter(|parameter| parameter.required) {
            parameters.push(json!({
                "name": parameter.argument,
                // How it is sent is the method's matter; progenitor writes the same argument for either.
                "in": if parameter.place == "path" { "path" } else { "query" },
                "required": true,
                "schema": parameter.schema,
            }));
        }
        let content = match &operation.reply {
            Reply::Json(schema) => json!({"application/json": {"schema": schema}}),
            Reply::Nothing => json!({}),
            Reply::Bytes => json!({operation.accept.as_str(): {"schema": {"type": "string", "format": "binary"}}}),
        };
        let mut lowered = json!({
            "operationId": operation.id,
            "parameters": parameters,
            "responses": {"200": {"description": "Success.", "content": content}},
        });
        if let Some(body) = &operation.body {
            let content = json!({"application/json": {"schema": body.schema}});
            lowered["requestBody"] = json!({"required": true, "content": content});
        }
        paths.insert(path, json!({operation.method.to_ascii_lowercase(): lowered}));
    }
    json!({
        "openapi": "3.0.3",
        "info": {"title": model.title, "version": "1"},
        "paths": paths,
        "components": {"schemas": components(model)},
    })
}

/// The components. Members whose names would be the same in Rust have there those that they get.
fn components(model: &Model) -> Map<String, Value> {
    let components = model.schemas.iter().map(|(name, schema)| {
        let mut schema = schema.clone();
        let renamed = model.fields(name).into_iter().filter(|(member, field)| snake(member) != *field);
        for (member, field) in renamed {
            let field = json!(field.to_string());
            let required = schema["required"].as_array_mut().into_iter().flatten();
            required.filter(|name| **name == member).for_each(|name| *name = field.clone());
            if let (Some(members), Some(field)) = (schema["properties"].as_object_mut(), field.as_str())
                && let Some(value) = members.remove(member)
            {
                members.insert(field.to_owned(), value);
            }
        }
        (name.clone(), schema)
    });
    components.collect()
}

/// The arguments in the path, in its order.
fn path_arguments(operation: &Operation) -> impl Iterator<Item = &str> {
    let names = operation.path.split('{').skip(1).filter_map(|rest| Some(rest.split_once('}')?.0));
    let find = |name: &str| operation.parameters.iter().find(|it| it.place == "path" && it.name == name);
    names.filter_map(move |name| Some(find(name)?.argument.as_str()))
}
