//! How the settings for clients are written.

use std::collections::BTreeMap;

use clap::ValueEnum;
use serde_json::json;

use crate::next::quote;

/// How the settings for clients are printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Format {
    // Lines for a shell: export NAME=value.
    Env,
    // Lines of a .env file: NAME=value.
    Dotenv,
    // Lines for PowerShell: $env:NAME = 'value'.
    Powershell,
    // One JSON object, as with --json.
    Json,
}

/// The settings in a format, in the order of their names.
pub fn written(format: Format, page: &str, variables: &BTreeMap<String, String>) -> String {
    let line = |(name, value): (&String, &String)| match format {
        Format::Env => format!("export {name}={}", quote(value)),
        Format::Dotenv => format!("{name}={}", quote(value)),
        Format::Powershell => format!("$env:{name} = '{}'", value.replace('\'', "''")),
        Format::Json => String::new(),
    };
    match format {
        Format::Json => json!({"page": page, "variables": variables}).to_string(),
        _ => variables.iter().map(line).collect::<Vec<_>>().join("\n"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_format_quotes_as_its_reader_does() {
        let variables = [("A".to_owned(), "http://a:1/x".to_owned()), ("B".into(), "it's".into())].into();
        for (format, expected) in [
            (Format::Env, "export A=http://a:1/x\nexport B='it'\\''s'"),
            (Format::Dotenv, "A=http://a:1/x\nB='it'\\''s'"),
            (Format::Powershell, "$env:A = 'http://a:1/x'\n$env:B = 'it''s'"),
            (Format::Json, r#"{"page":"P","variables":{"A":"http://a:1/x","B":"it's"}}"#),
        ] {
            assert_eq!(written(format, "P", &variables), expected);
        }
    }
}
