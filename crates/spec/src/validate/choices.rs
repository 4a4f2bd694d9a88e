//! Objects of one of several forms.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::Report;
use super::grammar::{Kind, SCHEMAS};
use super::spec::{Node, Spec};
use crate::naming::pascal;
use crate::schema::referred;
use crate::yaml::escape;

const RULE: &str = "choice";

/// The variant of a form that nobody has described.
const UNKNOWN: &str = "Unknown";

/// Checks every `discriminator`.
pub fn check(spec: &Spec, report: &mut Report) {
    for choice in spec.all(SCHEMAS) {
        let Some(discriminator) = spec.child(choice, "discriminator") else { continue };
        let beside = ["description", "discriminator", "example", "oneOf", "x-guess"];
        let is_alone = choice.object.keys().all(|key| beside.contains(&key.as_str()));
        if choice.kind != Kind::Component || !choice.has("oneOf") || !is_alone {
            let message = "`discriminator` is not beside `oneOf` and a description alone, in a component of its own";
            let help = "make it a component of `oneOf`, `discriminator` and `description`";
            report.add(&discriminator.pointer, RULE, message, help);
        }
        check_words(report, discriminator);
        check_forms(spec, report, choice, discriminator);
    }
}

/// Each word names a form, and gives a variant of its own.
fn check_words(report: &mut Report, discriminator: &Node) {
    let mut variants = BTreeMap::new();
    for (word, _) in mapping(discriminator) {
        let message = match pascal(word).map(|variant| variant.to_string()) {
            None => format!("`{word}` gives no name for a variant"),
            Some(variant) if variant == UNKNOWN => {
                format!("`{word}` becomes the variant `{UNKNOWN}`, which is of any other form")
            }
            // Words are compared without regard to case.
            Some(variant) => match variants.insert(variant.to_lowercase(), word) {
                Some(other) => format!("`{word}` becomes the same variant as `{other}`"),
                None => continue,
            },
        };
        let help = "leave the word out, or describe the whole as `x-any`";
        report.add(&format!("{}/{}", discriminator.at("mapping"), escape(word)), RULE, message, help);
    }
}

/// Words and forms belong together, and each form has the member that names it.
fn check_forms(spec: &Spec, report: &mut Report, choice: &Node, discriminator: &Node) {
    let tag = discriminator.text("propertyName").unwrap_or_default();
    let forms = spec.children(choice, "oneOf");
    let listed: BTreeSet<_> = forms.iter().filter_map(|form| form.reference()).collect();
    let named: BTreeSet<_> = mapping(discriminator).into_iter().filter_map(|(_, target)| target.as_str()).collect();
    for (word, target) in mapping(discriminator) {
        let is_listed = target.as_str().is_some_and(|target| listed.contains(target)) && referred(target).is_some();
        if !is_listed {
            let message = format!("the form of `{word}` is not one of `oneOf`");
            let at = format!("{}/{}", discriminator.at("mapping"), escape(word));
            report.add(&at, RULE, message, "write the `$ref` of a form, such as `#/components/schemas/Card`");
        }
    }
    for form in forms {
        let Some(object) = form.reference().and_then(|_| spec.resolve(form)) else {
            report.add(&form.pointer, RULE, "a form is no component", "refer to a component by `$ref`");
            continue;
        };
        if !named.contains(form.reference().unwrap_or_default()) {
            let help = "add its word to `mapping`, or leave it out";
            report.add(&form.pointer, RULE, "no word names this form", help);
        }
        let member = spec.member(object, tag).and_then(|member| spec.inner(member));
        let is_text = member.is_some_and(|member| member.text("type") == Some("string") && !member.has("format"));
        if !is_text || !object.texts("required").contains(&tag) || member.is_some_and(|it| it.has("x-credential")) {
            let message = format!("the form `{}` does not require the text `{tag}`", object.name());
            report.add(&form.pointer, RULE, message, format!("add `{tag}` with `type: string`, and to `required`"));
        }
    }
}

/// The words and what they name.
fn mapping<'a>(discriminator: &Node<'a>) -> Vec<(&'a String, &'a Value)> {
    discriminator.object.get("mapping").and_then(Value::as_object).into_iter().flatten().collect()
}
