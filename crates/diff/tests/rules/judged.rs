//! Changes that people have judged: `judged.yaml` has a row for each.

use gerbang_diff::{self as diff, Effect};
use gerbang_spec::yaml::Document;
use serde_json::Value;

use crate::{sample, set};

/// Does what a row says to a spec: `set` gives keys of an object their values, `remove` takes some away.
fn edit(spec: &mut Value, edits: &Value) {
    for edit in edits.as_array().into_iter().flatten() {
        let at = edit["at"].as_str().expect("a place");
        for (key, value) in edit["set"].as_object().into_iter().flatten() {
            set(spec, at, key, value.clone());
        }
        for key in edit["remove"].as_array().into_iter().flatten().filter_map(Value::as_str) {
            crate::remove(spec, at, key);
        }
    }
}

/// The sample, after the changes of both states and of one.
fn state(both: &Value, more: &Value) -> diff::Read {
    let mut spec = sample();
    edit(&mut spec, both);
    edit(&mut spec, more);
    let text = spec.to_string();
    let problems = gerbang_spec::validate::validate(&Document::parse(&text, "sample.yaml").unwrap());
    // A row may leave samples and unused components behind.
    let real: Vec<_> = problems
        .iter()
        .filter(|it| !["unused-component", "example-mismatch", "nullable-unseen"].contains(&it.rule))
        .collect();
    assert!(real.is_empty(), "{both} {more}: {real:?}");
    diff::read("sample", &text, "sample.yaml").unwrap()
}

#[test]
fn each_judged_change_has_the_effect_that_people_see() {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/rules/judged.yaml");
    let rows = Document::load(&path, "judged.yaml").unwrap_or_else(|problems| panic!("{problems:?}")).value;
    let rows = rows.as_array().unwrap();
    let mut wrong = Vec::new();
    for row in rows {
        let (old, new) = (state(&row["both"], &row["before"]), state(&row["both"], &row["after"]));
        let changes = diff::compare("sample", Some(&old), Some(&new));
        let effect = match changes.iter().map(|change| change.rule.effect).min() {
            Some(Effect::Breaking) => "breaking",
            Some(Effect::Compatible) => "compatible",
            Some(Effect::Documentation) => "documentation",
            None => "none",
        };
        if row["effect"] != effect {
            let found = diff::text(&changes, "before", "0.1.0");
            wrong.push(format!("{}: judged {}, found {effect}:\n{found}", row["change"], row["effect"]));
        }
    }
    assert!(wrong.is_empty(), "{} of {}\n{}", wrong.len(), rows.len(), wrong.join("\n"));
    assert!(rows.len() >= 60, "{}", rows.len());
}
