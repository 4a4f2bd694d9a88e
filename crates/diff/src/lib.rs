//! The difference of specs between two revisions, as a program that uses the generated clients meets it.
//!
//! Compared is what the generator reads, as two specs that give the same [`Model`] give the same client, and the
//! [`public_api`] of the code that it writes of either.

mod base;
mod client;
mod operations;
pub mod public_api;
mod report;
mod rules;
mod rust_type;
mod surface;
mod types;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use serde_json::Value;

pub use base::Base;
use gerbang_spec::generate;
use gerbang_spec::model::{Model, Reply};
use gerbang_spec::problem;
use gerbang_spec::specs::{self, Spec};
use gerbang_spec::yaml::Document;
pub use report::{changelog, next_version, text};
pub use rules::{Effect, RULES, Rule, Section};
pub use rust_type::of_member;

/// One change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// What kind of change it is.
    pub rule: &'static Rule,
    /// The spec's name: `pakasir-v1`.
    pub spec: String,
    /// What has changed.
    pub what: String,
    /// What it is a change of: a component, an operation, a notification, the credentials; nothing for the whole client.
    pub subject: String,
    /// The operations and notifications that have to do with it, where `what` names none.
    pub operations: Vec<String>,
}

/// All changes of the workspace's specs since a revision (the last tag, else `HEAD`), the breaking ones of each spec first.
pub fn since(workspace: &Path, revision: Option<&str>) -> Result<(Base, Vec<Change>)> {
    let base = base::read(workspace, revision)?;
    let mut now = BTreeMap::new();
    for spec in specs::find(&workspace.join("specs"), &[])? {
        let text = fs::read_to_string(&spec.path).with_context(|| spec.display_name())?;
        now.insert(spec.name, text);
    }
    let names: BTreeSet<_> = base.specs.keys().chain(now.keys()).collect();
    let mut changes = Vec::new();
    for name in names {
        let file = format!("specs/{name}.yaml");
        let (old, new) = (base.specs.get(name), now.get(name));
        if old == new {
            continue;
        }
        let old = old.map(|text| read(name, text, &format!("{}:{file}", base.revision))).transpose()?;
        let new = new.map(|text| read(name, text, &file)).transpose()?;
        changes.extend(compare(name, old.as_ref(), new.as_ref()));
    }
    Ok((base, changes))
}

/// A spec, as the generator reads it.
#[derive(Debug)]
pub struct Read {
    document: Value,
    model: Model,
    /// What the client of it offers to programs.
    surface: Vec<String>,
}

/// Reads a spec of this name, and generates its client.
pub fn read(name: &str, text: &str, file: &str) -> Result<Read> {
    let read = Document::parse(text, file).and_then(|document| Ok((Model::read(&document)?, document)));
    let (mut model, document) = read.map_err(problem::error)?;
    let spec = Spec { name: name.to_owned(), path: PathBuf::from(file) };
    model.module = spec.module().map(str::to_owned);
    let surface = public_api::of_generated(&generate::client(&spec, &model)?)?;
    Ok(Read { document: document.value, model, surface })
}

/// The changes from one state of a spec to another, the breaking ones first.
pub fn compare(spec: &str, old: Option<&Read>, new: Option<&Read>) -> Vec<Change> {
    let mut found = Found { spec, subject: String::new(), changes: Vec::new() };
    match (old, new) {
        (None, None) => {}
        (None, Some(new)) => {
            found.add("client-added", format!("a client of {}, {}", new.model.title, count(&new.model)));
        }
        (Some(old), None) => {
            found.add("client-removed", format!("the client of {}, {}", old.model.title, count(&old.model)));
        }
        (Some(old), Some(new)) => {
            client::compare(&old.model, &new.model, &mut found);
            operations::compare(&old.model, &new.model, &mut found);
            types::compare(&old.model, &new.model, &mut found);
            found.subject.clear();
            surface::compare(old, new, &mut found);
            if found.changes.is_empty() && old.document != new.document {
                found
                    .add("documentation", "what the client does not use: samples, guesses, limits of replies, answers");
            }
        }
    }
    found.changes.sort_by_key(|change| change.rule.effect);
    found.changes
}

fn count(model: &Model) -> String {
    format!("{} operations and {} notifications", model.operations.len(), model.notifications.len())
}

/// The changes found so far in one spec.
struct Found<'a> {
    spec: &'a str,
    /// What is being compared.
    subject: String,
    changes: Vec<Change>,
}

impl Found<'_> {
    /// What is compared from here on.
    fn about(&mut self, subject: impl Into<String>) {
        self.subject = subject.into();
    }

    fn add(&mut self, rule: &str, what: impl Into<String>) {
        self.add_reached(rule, what, Vec::new());
    }

    fn add_reached(&mut self, rule: &str, what: impl Into<String>, operations: Vec<String>) {
        self.changes.push(Change {
            rule: rules::rule(rule),
            spec: self.spec.to_owned(),
            what: what.into(),
            subject: self.subject.clone(),
            operations,
        });
    }

    /// Reports a text for people that is not the same.
    fn documentation<T: PartialEq>(&mut self, old: &T, new: &T, of: &str) {
        if old != new {
            self.add("documentation", of);
        }
    }
}

/// The operations and notifications of a model that send or receive each component.
fn users(model: &Model) -> BTreeMap<String, BTreeSet<String>> {
    let mut users: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    let mut roots = Vec::new();
    for operation in &model.operations {
        roots.extend(operation.body.iter().map(|body| (operation.id.clone(), named(&body.schema))));
        if let Reply::Json(schema) = &operation.reply {
            roots.push((operation.id.clone(), named(schema)));
        }
        roots.extend(operation.parameters.iter().map(|parameter| (operation.id.clone(), named(&parameter.schema))));
    }
    roots.extend(model.notifications.iter().map(|it| (it.id.clone(), vec![it.component.clone()])));
    for (user, mut waiting) in roots {
        while let Some(component) = waiting.pop() {
            if users.entry(component.clone()).or_default().insert(user.clone()) {
                waiting.extend(model.schemas.get(&component).map(named).unwrap_or_default());
            }
        }
    }
    users
}

/// The components that a schema refers to.
fn named(schema: &Value) -> Vec<String> {
    match schema {
        Value::Object(members) => match members.get("$ref").and_then(Value::as_str) {
            Some(target) => target.rsplit('/').next().map(str::to_owned).into_iter().collect(),
            None => members.values().flat_map(named).collect(),
        },
        Value::Array(items) => items.iter().flat_map(named).collect(),
        _ => Vec::new(),
    }
}
