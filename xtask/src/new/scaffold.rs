//! The files of a new provider's crate, and its place in the files that list all providers.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use heck::ToPascalCase;
use serde_json::Value;
use toml_edit::{DocumentMut, Item, value};

use super::Files;
use super::edit::{append, insert_sorted};
use gerbang_spec::model::{Model, Reply};
use gerbang_spec::yaml::{Document, escape};

/// The spec of a provider whose document has not been read: one made-up operation.
pub fn made_up_spec(name: &str, today: &str) -> String {
    fill(include_str!("../../templates/spec.yaml"), name, &name.to_pascal_case()).replace("{today}", today)
}

fn fill(template: &str, name: &str, title: &str) -> String {
    template.replace("{name}", name).replace("{Title}", title)
}

/// The new and changed files, by path below the workspace.
pub fn files(workspace: &Path, name: &str, spec: &Document, model: &Model, adapted: bool) -> Result<Files> {
    let krate = Path::new("crates").join(name);
    let mut files = Files::from([
        (krate.join("Cargo.toml"), fill(include_str!("../../templates/Cargo.toml.in"), name, &quotable(&model.title))),
        (krate.join("README.md"), fill(include_str!("../../templates/README.md.in"), name, &model.title)),
        (krate.join("src/descriptor.rs"), fill(include_str!("../../templates/descriptor.rs.in"), name, &model.title)),
        (krate.join("src/lib.rs"), fill(include_str!("../../templates/lib.rs.in"), name, &model.title)),
    ]);
    // A made-up spec is replaced, and its types with it.
    if adapted {
        files.insert(krate.join("tests/samples.rs"), samples(name, spec, model));
    } else if let Some(manifest) = files.get_mut(&krate.join("Cargo.toml")) {
        *manifest = manifest.replace("[dev-dependencies]\nserde_json.workspace = true\n\n", "");
    }
    for licence in ["LICENSE-APACHE", "LICENSE-MIT"] {
        let text = fs::read_to_string(workspace.join(licence)).with_context(|| format!("cannot read {licence}"))?;
        files.insert(krate.join(licence), text);
    }
    let mut change = |path: &str, edit: &dyn Fn(&str) -> Result<String>| -> Result<()> {
        let text = fs::read_to_string(workspace.join(path)).with_context(|| format!("cannot read {path}"))?;
        files.insert(PathBuf::from(path), edit(&text).with_context(|| format!("{path} is not as expected"))?);
        Ok(())
    };
    change("Cargo.toml", &|text| root_manifest(text, name))?;
    change("crates/facade/Cargo.toml", &|text| facade_manifest(text, name))?;
    change("crates/facade/src/lib.rs", &|text| facade(text, name, &model.title))?;
    change("crates/facade/src/registered.rs", &|text| registered(text, name))?;
    for table in ["docs/gateways/README.md", "docs/gateways/README.id.md"] {
        change(table, &|text| row_of_gateway(text, name, model))?;
    }
    Ok(files)
}

/// A title inside a quoted text.
fn quotable(title: &str) -> String {
    title.replace(['"', '\\'], "")
}

fn root_manifest(text: &str, name: &str) -> Result<String> {
    let manifest: DocumentMut = text.parse()?;
    let package = manifest.get("workspace").and_then(|workspace| workspace.get("package"));
    let version =
        package.and_then(|package| package.get("version")?.as_str()).context("the workspace has no version")?;
    let line = |name: &str| {
        format!("gerbang-{name} = {{ path = \"crates/{name}\", version = \"{version}\", default-features = false }}")
    };
    insert_sorted(text, &(line("transport") + "\n"), "gerbang-", &line(name))
}

fn facade_manifest(text: &str, name: &str) -> Result<String> {
    let mut manifest: DocumentMut = text.parse()?;
    let features = manifest["features"].as_table_mut().context("there are no features")?;
    for (feature, entry) in [
        ("full", name.to_owned()),
        ("rustls", format!("gerbang-{name}?/rustls")),
        ("rustls-aws-lc-rs", format!("gerbang-{name}?/rustls-aws-lc-rs")),
        ("native-tls", format!("gerbang-{name}?/native-tls")),
        ("schemars", format!("gerbang-{name}?/schemars")),
    ] {
        let list = features.get_mut(feature).and_then(Item::as_array_mut);
        list.with_context(|| format!("the feature `{feature}` is no list"))?.push(entry);
    }
    features.insert(name, value(toml_edit::Array::from_iter([format!("dep:gerbang-{name}"), "client".into()])));
    let mut dependency = toml_edit::InlineTable::new();
    dependency.insert("workspace", true.into());
    dependency.insert("optional", true.into());
    dependency.insert("features", toml_edit::Array::from_iter(["client"]).into());
    let dependencies = manifest["dependencies"].as_table_mut().context("there are no dependencies")?;
    dependencies.insert(&format!("gerbang-{name}"), value(dependency));
    Ok(manifest.to_string())
}

fn facade(text: &str, name: &str, title: &str) -> Result<String> {
    let row = format!("//! | `{name}` | [`{name}`](https://docs.rs/gerbang-{name}) | {title} |");
    let text = insert_sorted(text, "//! |---|---|---|\n", "//! | `", &row)?;
    Ok(format!("{text}#[cfg(feature = \"{name}\")]\npub use gerbang_{name} as {name};\n"))
}

fn registered(text: &str, name: &str) -> Result<String> {
    let gateways = format!("    #[cfg(feature = \"{name}\")]\n    gerbang_{name}::GATEWAYS,\n");
    append(text, "const ALL: &[&[Descriptor]] = &[\n", "];", &gateways)
}

fn row_of_gateway(text: &str, name: &str, model: &Model) -> Result<String> {
    let variables = model
        .credentials
        .iter()
        .map(|credential| format!("`GERBANG_{}_{}`", name.to_ascii_uppercase(), credential.name.to_ascii_uppercase()));
    let variables: Vec<_> = variables.collect();
    let (operations, notifications) = (model.operations.len(), model.notifications.len());
    let row = format!("| `{name}` | {} | {operations} | {notifications} | {} |", model.title, variables.join(", "));
    insert_sorted(text, "|---|---|---|---|---|\n", "|", &row)
}

/// A test that each sample of the spec is read by the type of its reply, and a request says the same when written again.
fn samples(name: &str, spec: &Document, model: &Model) -> String {
    let mut cases = String::new();
    for operation in &model.operations {
        let responses = spec.get(&format!("{}/responses", operation.pointer)).and_then(Value::as_object);
        let success = responses.into_iter().flatten().find(|(status, _)| status.starts_with('2'));
        let example = format!("/content/{}/example", escape(&operation.accept));
        let sample = success.and_then(|(_, response)| response.pointer(&example));
        if let Reply::Json(schema) = &operation.reply
            && let (Some(component), Some(sample)) = (component(schema), sample)
        {
            cases.push_str(&case("reply", &operation.id, component, sample));
        }
        if let Some(body) = &operation.body {
            let media = escape(&operation.content_type);
            let sample = spec.get(&format!("{}/requestBody/content/{media}/example", operation.pointer));
            if let (Some(component), Some(sample)) = (component(&body.schema), sample) {
                cases.push_str(&case("request", &operation.id, component, sample));
            }
        }
    }
    format!(
        "//! The samples of the spec, read by the generated types.\n\n\
         use gerbang_{name}::types;\nuse serde::de::DeserializeOwned;\n\n\
         #[test]\nfn every_sample_is_read() {{\n{cases}}}\n\n\
         /// Panics when the sample is not of its type.\n\
         fn read<T: DeserializeOwned>(what: &str, sample: &str) {{\n    \
         serde_json::from_str::<T>(sample).unwrap_or_else(|error| panic!(\"{{what}}: {{error}}\"));\n}}\n"
    )
}

fn component(schema: &Value) -> Option<&str> {
    schema["$ref"].as_str()?.rsplit('/').next()
}

fn case(part: &str, id: &str, component: &str, sample: &Value) -> String {
    let json = sample.to_string();
    let hashes = "#".repeat(
        json.split('"').skip(1).map(|rest| rest.bytes().take_while(|byte| *byte == b'#').count()).max().unwrap_or(0)
            + 1,
    );
    format!("    read::<types::{component}>(\"the {part} of {id}\", r{hashes}\"{json}\"{hashes});\n")
}

/// What no tool can write: a place, and what belongs there. A test fails for each that is left out.
pub fn remaining(name: &str, adapted: bool) -> Vec<(String, &'static str)> {
    let spec = match adapted {
        true => {
            "read it against the provider's document: amounts as `rupiah`, samples, `x-idempotency`, `x-envelope`, \
             notifications; `specs/docs.toml` names the document"
        }
        false => {
            "replace the made-up operation by what the provider documents, as `specs/README.md` says; `specs/docs.toml` \
             names the document"
        }
    };
    [
        ("specs/{name}.yaml", spec),
        (
            "crates/{name}/src",
            "`status.rs`: what each status word means, in one table; `gateway.rs`: `PaymentGateway`; `webhook.rs`: how \
             notifications are read and verified; `descriptor.rs`: the gateway in `GATEWAYS`; `lib.rs` exports them, and \
             `../Cargo.toml` gets what they use: `http`, `gerbang-qris`, the feature `signature` of `gerbang-core` for what proves \
             a notification, and of `gerbang-transport` for signed requests; without pictures no `bytes`",
        ),
        (
            "crates/sandbox/src/providers/{name}.rs",
            "the provider on localhost, written from its document a second time, and a file in `../facts` of what is known of it \
             without a call, with their lines in both `mod.rs`, `../provider.rs`, `../../openapi.yaml` and \
             `../../tests/sandbox/main.rs`, the header of a secret in `../webhooks/notification.rs`",
        ),
        (
            "tests/src/apis/{name}.rs",
            "what the tests know of the API: its document's operations, a call of each, how it writes; with its line in `mod.rs`",
        ),
        (
            "docs/gateways/{name}.md",
            "what it can do, what it cannot and what is a guess, and the same in Indonesian (`.id.md`); with what it offers in the table \
             of `README.md` beside it, and its lines in the `README.md` of the workspace, all also in Indonesian",
        ),
        ("SECURITY.md", "what is promised for it"),
    ]
    .into_iter()
    .map(|(file, what)| (file.replace("{name}", name), what))
    .collect()
}
