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
        for name in path_parameters(operation) {
            path.push_str(&format!("/{{{}}}", snake(name)));
        }
        // The optional ones are members of a component.
        for parameter in operation.parameters.iter().filter(|parameter| parameter.required) {
            parameters.push(json!({
                "name": snake(&parameter.name).to_string(),
                // How it is sent is the method's matter; progenitor writes the same argument for either.
                "in": if parameter.place == "path" { "path" } else { "query" },
                "required": true,
                "schema": parameter.schema,
            }));
        }
        let content = match &operation.reply {
            Reply::Json(schema) => json!({"application/json": {"schema": schema}}),
            Reply::Nothing => json!({}),
            Reply::Media(media) => json!({media: {"schema": {"type": "string", "format": "binary"}}}),
        };
        let mut lowered = json!({
            "operationId": operation.id,
            "parameters": parameters,
            "responses": {"200": {"description": "Success.", "content": content}},
        });
        if let Some(body) = &operation.body {
            let schema = json!({"$ref": format!("#/components/schemas/{}", body.component)});
            let content = json!({"application/json": {"schema": schema}});
            lowered["requestBody"] = json!({"required": true, "content": content});
        }
        paths.insert(path, json!({operation.method.to_ascii_lowercase(): lowered}));
    }
    json!({
        "openapi": "3.0.3",
        "info": {"title": model.title, "version": "1"},
        "paths": paths,
        "components": {"schemas": model.schemas},
    })
}

/// The caller's parameters in the path, in its order.
fn path_parameters(operation: &Operation) -> impl Iterator<Item = &str> {
    let names = operation.path.split('{').skip(1).filter_map(|rest| Some(rest.split_once('}')?.0));
    names.filter(|name| operation.parameters.iter().any(|it| it.place == "path" && it.name == *name))
}
