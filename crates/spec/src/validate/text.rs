//! Characters that nobody sees, or that end up in generated code as something else than words.

use serde_json::Value;

use super::Report;
use super::spec::Spec;
use crate::yaml::escape;

const RULE: &str = "unreadable-text";

/// Checks every text and every key but those of samples, which are as the provider writes them.
pub fn check(spec: &Spec, report: &mut Report) {
    let mut waiting = vec![(String::new(), &spec.document.value)];
    while let Some((pointer, value)) = waiting.pop() {
        match value {
            Value::Object(map) => {
                for (key, value) in map {
                    let at = format!("{pointer}/{}", escape(key));
                    check_text(report, &at, key);
                    if !matches!(key.as_str(), "example" | "examples") {
                        waiting.push((at, value));
                    }
                }
            }
            Value::Array(items) => {
                waiting.extend(items.iter().enumerate().map(|(index, item)| (format!("{pointer}/{index}"), item)));
            }
            Value::String(text) => check_text(report, &pointer, text),
            _ => {}
        }
    }
}

fn check_text(report: &mut Report, pointer: &str, text: &str) {
    if let Some(unseen) = text.chars().find(|letter| is_unseen(*letter)) {
        let message = format!("the text has the character U+{:04X}, which nobody sees", u32::from(unseen));
        report.add(pointer, RULE, message, "remove it, or say in words what it is");
    } else if text.contains("```") || text.contains("~~~") {
        let help = "say it in a sentence: the documentation of the client would compile it as an example";
        report.add(pointer, RULE, "the text has a fence of code", help);
    }
}

/// A control character other than the end of a line, or one that changes the direction or the place of others.
fn is_unseen(letter: char) -> bool {
    letter.is_control() && letter != '\n'
        || matches!(letter, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}')
}
