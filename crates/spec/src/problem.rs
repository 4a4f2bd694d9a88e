//! What is wrong with a spec, where, and how to fix it.

use std::fmt;

/// One thing wrong with a spec.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Problem {
    /// The spec, as the user would name it: `specs/kropay.yaml`.
    pub file: String,
    /// 1-based line in `file`.
    pub line: usize,
    /// The rule that was broken, in kebab-case.
    pub rule: &'static str,
    /// What is wrong.
    pub message: String,
    /// How to fix it.
    pub help: String,
}

/// All problems as one error, a line each with their help.
pub fn error(problems: Vec<Problem>) -> anyhow::Error {
    anyhow::anyhow!("{}", problems.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"))
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { file, line, rule, message, help } = self;
        write!(f, "{file}:{line}: {rule}: {message}\n    help: {help}")
    }
}
