//! Operations: each is a method of the client.

use super::Found;
use super::client::envelope;
use super::rust_type::{of, of_member, wire};
use super::types::limits;
use gerbang_spec::model::{Body, Model, Operation, Parameter, Reply};

/// Compares two states of a spec.
pub fn compare(old: &Model, new: &Model, found: &mut Found) {
    let mut come: Vec<_> = new.operations.iter().collect();
    let mut gone = Vec::new();
    for operation in &old.operations {
        found.about(&operation.id);
        match come.iter().position(|now| now.id == operation.id) {
            Some(at) => operation_changes(old, operation, new, come.remove(at), found),
            None => gone.push(operation),
        }
    }
    for operation in gone {
        found.about(&operation.id);
        let line = request_line(operation);
        match come.iter().position(|now| request_line(now) == line) {
            Some(at) => {
                let now = come.remove(at);
                found.add("operation-renamed", format!("the operation `{}` is `{}` ({line})", operation.id, now.id));
                operation_changes(old, operation, new, now, found);
            }
            None => found.add("operation-removed", format!("the operation `{}` ({line})", operation.id)),
        }
    }
    found.about("");
    for operation in come {
        found.add("operation-added", format!("the operation `{}` ({})", operation.id, request_line(operation)));
    }
    if old.alternatives != new.alternatives {
        found.add("documentation", "other spellings of operations");
    }
}

fn request_line(operation: &Operation) -> String {
    let query: Vec<_> = operation.fixed_query.iter().map(|(name, value)| format!("{name}={value}")).collect();
    let mark = if query.is_empty() { "" } else { "?" };
    format!("{} {}{mark}{}", operation.method, operation.path, query.join("&"))
}

fn operation_changes(old_model: &Model, old: &Operation, new_model: &Model, new: &Operation, found: &mut Found) {
    let id = &new.id;
    let (was, is) = (request_line(old), request_line(new));
    if was != is {
        found.add("request-line", format!("`{id}` is {is} (was {was})"));
    }
    if old.alternative_paths != new.alternative_paths {
        let paths = new.alternative_paths.join("`, `");
        found.add("request-line", format!("`{id}` has other spellings of its path: `{paths}`"));
    }
    parameters(old_model, old, new_model, new, found);
    body(old_model, old, new_model, new, found);
    reply(old_model, old, new_model, new, found);
    envelope(&old.own_envelope, &new.own_envelope, &format!("the envelope of `{id}`"), found);
    if old.credentials != new.credentials {
        found.add("credential-place", format!("`{id}` sends its credentials in another place"));
    }
    if old.signatures != new.signatures {
        found.add("credential-place", format!("`{id}` is signed in another way"));
    }
    if old.idempotency != new.idempotency {
        let rule = if old.idempotency == "none" { "resend-allowed" } else { "resend-changed" };
        found.add(rule, format!("`{id}` is `{}` when sent again (was `{}`)", new.idempotency, old.idempotency));
    }
    if old.idempotency_key != new.idempotency_key {
        let key = |it: &Operation| it.idempotency_key.clone().unwrap_or_else(|| "nothing".to_owned());
        let rule = if new.idempotency_key.is_some() { "resend-allowed" } else { "resend-changed" };
        found.add(rule, format!("`{id}` may be sent again by {} (was {})", key(new), key(old)));
    }
    if old.json_strings != new.json_strings {
        found.add("member-wire", format!("the reply of `{id}` has JSON inside other strings"));
    }
    let was = (&old.summary, &old.description, &old.source, &old.guess);
    found.documentation(&was, &(&new.summary, &new.description, &new.source, &new.guess), &format!("`{id}`"));
}

fn parameters(old_model: &Model, old: &Operation, new_model: &Model, new: &Operation, found: &mut Found) {
    let id = &new.id;
    let find = |operation: &Operation, name: &str| operation.parameters.iter().position(|it| it.name == name);
    for parameter in &old.parameters {
        let name = &parameter.name;
        let Some(now) = find(new, name).map(|at| &new.parameters[at]) else {
            found.add("parameter-removed", format!("the parameter `{name}` of `{id}`"));
            continue;
        };
        let type_of = |model: &Model, it: &Parameter| of_member(model, &it.schema, it.required);
        let (was, is) = (type_of(old_model, parameter), type_of(new_model, now));
        if was != is {
            found.add("parameter-type", format!("the parameter `{name}` of `{id}` is `{is}` (was `{was}`)"));
        } else if wire(&parameter.schema) != wire(&now.schema) {
            found.add("member-wire", format!("the parameter `{name}` of `{id}`"));
        }
        if parameter.values != now.values && was == is {
            found.add("member-wire", format!("the parameter `{name}` of `{id}` has its values written differently"));
        }
        if parameter.place != now.place {
            found.add("request-line", format!("the parameter `{name}` of `{id}` is in the {}", now.place));
        }
        if parameter.rest != now.rest {
            let many = if now.rest { "several segments" } else { "one segment" };
            found.add("parameter-rest", format!("the parameter `{name}` of `{id}` is {many} of the path"));
        }
        limits(&parameter.limits, &now.limits, &format!("the parameter `{name}` of `{id}`"), &[], found);
        found.documentation(&parameter.description, &now.description, &format!("the parameter `{name}` of `{id}`"));
    }
    for now in new.parameters.iter().filter(|now| find(old, &now.name).is_none()) {
        let (rule, required) = match now.required {
            true => ("parameter-added", "required"),
            false => ("parameter-added-optional", "optional"),
        };
        found.add(rule, format!("the {required} parameter `{}` of `{id}`", now.name));
    }
    // The generator writes the arguments in the path in its order, and those in the query by name.
    let in_path = |operation: &Operation, other: &Operation| -> Vec<String> {
        let names = operation.path.split('{').skip(1).filter_map(|rest| Some(rest.split_once('}')?.0.to_owned()));
        names.filter(|name| find(operation, name).is_some() && find(other, name).is_some()).collect()
    };
    let now = in_path(new, old);
    if in_path(old, new) != now {
        found.add("path-order", format!("the arguments of `{id}` are now `{}`", now.join("`, `")));
    }
}

fn body(old_model: &Model, old: &Operation, new_model: &Model, new: &Operation, found: &mut Found) {
    let id = &new.id;
    let taken = |model: &Model, body: &Body| of(model, &body.schema);
    match (&old.body, &new.body) {
        (None, None) => {}
        (None, Some(body)) => found.add("body-added", format!("`{id}` takes a `{}`", taken(new_model, body))),
        (Some(body), None) => {
            found.add("body-removed", format!("`{id}` takes no `{}` any more", taken(old_model, body)))
        }
        (Some(before), Some(now)) => {
            let (was, is) = (taken(old_model, before), taken(new_model, now));
            if was != is {
                found.add("body-type", format!("`{id}` takes a `{is}` (was `{was}`)"));
            } else if wire(&before.schema) != wire(&now.schema) {
                found.add("member-wire", format!("the body of `{id}`"));
            }
        }
    }
    if old.body.is_some() == new.body.is_some() && old.content_type != new.content_type {
        let is_form = new.body.as_ref().is_some_and(|body| body.form);
        found.add("body-media", format!("`{id}` sends {}", if is_form { "a form" } else { &new.content_type }));
    }
}

fn reply(old_model: &Model, old: &Operation, new_model: &Model, new: &Operation, found: &mut Found) {
    let id = &new.id;
    let returned = |model: &Model, operation: &Operation| match &operation.reply {
        Reply::Json(schema) => of(model, schema),
        Reply::Nothing => "()".to_owned(),
        Reply::Bytes => "Bytes".to_owned(),
    };
    let (was, is) = (returned(old_model, old), returned(new_model, new));
    if was != is {
        found.add("reply-type", format!("`{id}` returns `{is}` (was `{was}`)"));
        return;
    }
    if old.accept != new.accept {
        found.add("reply-media", format!("`{id}` returns {} (was {})", new.accept, old.accept));
    }
    if let (Reply::Json(was), Reply::Json(is)) = (&old.reply, &new.reply)
        && wire(was) != wire(is)
    {
        found.add("member-wire", format!("the reply of `{id}`"));
    }
}
