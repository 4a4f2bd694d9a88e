//! The OpenAPI document that progenitor sees: one success reply per operation, no credentials, no wrappers.

use serde_json::{Map, Value, json};

use crate::model::{Model, Reply};

/// The document for progenitor. Paths are made up: requests are built from the operation table, which has the real ones.
pub fn document(model: &Model) -> Value {
    let mut paths = Map::new();
    for operation in &model.operations {
        let mut path = format!("/{}", operation.id);
        let mut parameters = Vec::new();
        // The optional ones are members of a component.
        for parameter in operation.parameters.iter().filter(|parameter| parameter.required) {
            if parameter.place == "path" {
                path.push_str(&format!("/{{{}}}", parameter.name));
            }
            parameters.push(json!({
                "name": parameter.name,
                "in": parameter.place,
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
