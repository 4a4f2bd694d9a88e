//! What the generated code of two states of a spec offers to programs, line by line: whatever else is compared, no line goes
//! without being told.

use std::collections::BTreeSet;

use gerbang_spec::model::Model;
use gerbang_spec::naming::{REQUIRED, UNVERIFIED, WITH};

use super::rules::Effect;
use super::{Found, Read};

/// Reports each line that programs had and have no more, unless a breaking change of the same subject says why.
pub fn compare(old: &Read, new: &Read, found: &mut Found) {
    let kept: BTreeSet<_> = new.surface.iter().map(|line| compared(line)).collect();
    let explained: BTreeSet<_> = found
        .changes
        .iter()
        .filter(|change| change.rule.effect == Effect::Breaking)
        .map(|change| change.subject.clone())
        .collect();
    let mut lost = Vec::new();
    // A module goes with what is in it.
    let is_module = |line: &str| line.contains("pub mod ");
    for line in old.surface.iter().filter(|line| !kept.contains(compared(line)) && !is_module(line)) {
        if subjects(&old.model, line).is_disjoint(&explained) {
            lost.push(line.replace("client::", ""));
        }
    }
    for line in lost {
        found.add("surface", format!("`{line}` is gone or different"));
    }
}

/// A line without the word that JSON has for it: how values are written is compared by itself.
fn compared(line: &str) -> &str {
    line.rsplit_once(" = \"").map_or(line, |(declared, _)| declared)
}

/// What a line may belong to: a component, an operation, a notification, the credentials.
fn subjects(model: &Model, line: &str) -> BTreeSet<String> {
    let path = line.split_once("client::").map_or("", |(_, path)| path);
    let path =
        path.split(|letter: char| !letter.is_ascii_alphanumeric() && !"_:".contains(letter)).next().unwrap_or("");
    let mut parts = path.trim_end_matches(':').split("::");
    let (module, name) = (parts.next().unwrap_or_default(), parts.next().unwrap_or_default());
    let operations = model.operations.iter();
    match module {
        "types" => {
            let of_options = operations.filter(|it| it.options.as_deref() == Some(name)).map(|it| it.id.clone());
            let components = [name, name.strip_suffix(REQUIRED).unwrap_or(name)].map(str::to_owned);
            of_options.chain(components).collect()
        }
        "Client" => [name, name.strip_suffix(WITH).unwrap_or(name)].map(str::to_owned).into(),
        "operations" => [name.to_ascii_lowercase()].into(),
        "notifications" => [name, name.strip_suffix(UNVERIFIED).unwrap_or(name)].map(str::to_owned).into(),
        other => [other.to_owned()].into(),
    }
}
