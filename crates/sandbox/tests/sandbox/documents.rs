//! The providers' documents against the sandbox: their own curl commands and their PHP and Node programs, run as they
//! are printed but for the address. What they print must have the documented shape.
//!
//! `snippets/<provider>/<operation>.{sh,php,mjs,cjs}` are the documents' snippets, `<operation>.reply.json` the replies
//! they print. Repaired is only what the text copies of the documents damaged: line breaks, curly quotes, the lost
//! punctuation of Pakasir's commands (`-L`, `-H`, colons, and the quotes around the address with `&`). K-Link's document
//! prints no commands, only bodies: they are sent by curl. What else is replaced in a snippet is said where it runs.
//!
//! A language that is not installed is skipped.

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use gerbang_sandbox::{Provider, Sandbox};
use serde_json::Value;

use crate::GATEWAYS;

/// Where the snippets are.
const SNIPPETS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/sandbox/snippets");

#[tokio::test(flavor = "multi_thread")]
async fn the_documents_snippets_work_against_the_sandbox() {
    let tools = Tools::find();
    for run in GATEWAYS.iter().filter_map(|gateway| gateway.documents) {
        run(&tools).await;
    }
    tools.assert_all_ran();
    for language in Language::ALL {
        say(&format!("{} snippets ran by {}", tools.count(language), language.program()));
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Language {
    Curl,
    Php,
    Node,
}

impl Language {
    pub const ALL: [Self; 3] = [Self::Curl, Self::Php, Self::Node];

    pub const fn program(self) -> &'static str {
        match self {
            Self::Curl => "curl",
            Self::Php => "php",
            Self::Node => "node",
        }
    }

    /// The language of a snippet; none if the file is a reply.
    fn of(file: &str) -> Option<Self> {
        match file.rsplit_once('.')?.1 {
            "sh" => Some(Self::Curl),
            "php" => Some(Self::Php),
            "mjs" | "cjs" => Some(Self::Node),
            _ => None,
        }
    }
}

/// Prints a line also when the test passes, which `eprintln!` does not.
fn say(line: &str) {
    let _ = writeln!(std::io::stderr(), "{line}");
}

/// Runs a program to its end; an error if it is not there.
fn run(command: &mut Command, input: &str) -> std::io::Result<Output> {
    // A proxy has no business with an address on this machine.
    command.env("NO_PROXY", "*").env("no_proxy", "*").env("NO_COLOR", "1");
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn()?;
    let written = child.stdin.take().expect("a pipe").write_all(input.as_bytes());
    let output = child.wait_with_output()?;
    // Programs that read no input end before it is written.
    drop(written);
    Ok(output)
}

/// The languages that are installed, and the snippets that ran.
pub struct Tools {
    /// Where the snippets are run from.
    folder: PathBuf,
    found: Vec<Language>,
    ran: RefCell<BTreeSet<PathBuf>>,
}

impl Tools {
    fn find() -> Self {
        let works = |program: &str, arguments: &[&str]| {
            run(Command::new(program).args(arguments), "").is_ok_and(|output| output.status.success())
        };
        let mut found = Vec::new();
        for language in Language::ALL {
            let program = language.program();
            let missing = if !works(program, &["--version"]) {
                format!("{program} is not installed")
            } else if language == Language::Curl && !works("sh", &["-c", "exit 0"]) {
                "sh is not installed, which curl's commands are for".to_owned()
            } else if language == Language::Php && !works("php", &["-r", "exit(extension_loaded('curl') ? 0 : 1);"]) {
                "php's curl extension is not installed".to_owned()
            } else if language == Language::Node
                && !works("node", &["-e", "process.exit(typeof fetch === 'function' ? 0 : 1)"])
            {
                "node is older than 18 and has no fetch".to_owned()
            } else {
                found.push(language);
                continue;
            };
            say(&format!("skipped: {missing}"));
        }
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("documents-{}", std::process::id()));
        fs::create_dir_all(&folder).expect("a folder");
        Self { folder, found, ran: RefCell::default() }
    }

    pub fn has(&self, language: Language) -> bool {
        self.found.contains(&language)
    }

    /// The languages that are installed, of these.
    pub fn of<'a>(&'a self, languages: &'a [Language]) -> impl Iterator<Item = Language> + 'a {
        languages.iter().copied().filter(|language| self.has(*language))
    }

    /// How many snippets ran.
    fn count(&self, language: Language) -> usize {
        let is_of = |path: &&PathBuf| Language::of(&path.to_string_lossy()) == Some(language);
        self.ran.borrow().iter().filter(is_of).count()
    }

    /// Asserts that no snippet was forgotten whose language is installed.
    fn assert_all_ran(&self) {
        let mut all = BTreeSet::new();
        for folder in fs::read_dir(SNIPPETS).expect("the snippets") {
            for file in fs::read_dir(folder.expect("a folder").path()).expect("a folder") {
                let path = file.expect("a file").path();
                if Language::of(&path.to_string_lossy()).is_some_and(|language| self.has(language)) {
                    all.insert(path);
                }
            }
        }
        let forgotten: Vec<_> = all.difference(&*self.ran.borrow()).cloned().collect();
        assert!(forgotten.is_empty(), "these did not run: {forgotten:?}");
    }
}

impl Drop for Tools {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.folder);
    }
}

/// A provider's document, and a sandbox that takes the provider's place.
pub struct Document<'a> {
    pub sandbox: Sandbox,
    pub provider: Provider,
    tools: &'a Tools,
    address: &'static str,
}

impl<'a> Document<'a> {
    /// `address` is the one that the document prints.
    pub async fn new(tools: &'a Tools, provider: Provider, address: &'static str) -> Self {
        Self { sandbox: Sandbox::start().await, provider, tools, address }
    }

    fn path(&self, file: &str) -> PathBuf {
        Path::new(SNIPPETS).join(self.provider.name()).join(file)
    }

    /// Writes a snippet with the sandbox's address and these replacements to a file, and notes that it runs.
    pub fn snippet(&self, file: &str, replacements: &[(&str, &str)]) -> PathBuf {
        let path = self.path(file);
        let mut text = fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        self.tools.ran.borrow_mut().insert(path);
        for (printed, replacement) in replacements {
            assert!(text.contains(printed), "{file} does not print {printed}");
            text = text.replace(printed, replacement);
        }
        let text = text.replace(self.address, &self.sandbox.url(self.provider));
        let runs = self.tools.folder.join(format!("{}-{file}", self.provider));
        fs::write(&runs, text).expect("a file");
        runs
    }

    /// What a snippet prints, run with these replacements.
    pub fn printed(&self, file: &str, replacements: &[(&str, &str)]) -> String {
        let mut command = match Language::of(file).expect("a snippet") {
            Language::Curl => Command::new("sh"),
            Language::Php => {
                // What newer versions deprecate is no matter of the sandbox.
                let mut php = Command::new("php");
                php.args(["-d", "display_errors=stderr"]);
                php
            }
            Language::Node => Command::new("node"),
        };
        command.arg(self.snippet(file, replacements));
        let output = run(&mut command, "").unwrap_or_else(|error| panic!("{file}: {error}"));
        let complaints = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{file}: {}\n{complaints}", output.status);
        String::from_utf8(output.stdout).expect("text")
    }

    /// The reply that a snippet prints.
    pub fn reply(&self, file: &str, replacements: &[(&str, &str)]) -> Value {
        let printed = self.printed(file, replacements);
        let printed = match Language::of(file) {
            // Node's `console.log` prints objects in JavaScript's notation, which node itself reads.
            Some(Language::Node) => {
                let script = "console.log(JSON.stringify(eval(`(${require('fs').readFileSync(0, 'utf8')})`)))";
                let output = run(Command::new("node").args(["-e", script]), &printed).expect("node");
                String::from_utf8(output.stdout).expect("text")
            }
            _ => printed,
        };
        serde_json::from_str(&printed).unwrap_or_else(|error| panic!("{file}: {error}: {printed}"))
    }

    /// The reply that the document prints.
    pub fn documented(&self, operation: &str) -> Value {
        let path = self.path(&format!("{operation}.reply.json"));
        let text = fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        serde_json::from_str(&text).expect("JSON")
    }

    /// The reply that a snippet prints, which must have the documented shape.
    pub fn documented_reply(&self, file: &str, replacements: &[(&str, &str)]) -> Value {
        let reply = self.reply(file, replacements);
        let operation = file.split_once('.').expect("a file").0;
        assert_shape(&reply, &self.documented(operation), file);
        reply
    }
}

/// Asserts that all documented members are there, with the documented JSON types.
///
/// The elements of a list are compared with the documented ones in order, those beyond with the last.
pub fn assert_shape(found: &Value, documented: &Value, place: &str) {
    match (found, documented) {
        (Value::Object(found), Value::Object(documented)) => {
            for (name, documented) in documented {
                let found = found.get(name).unwrap_or_else(|| panic!("{place} has no {name}"));
                assert_shape(found, documented, &format!("{place} {name}"));
            }
        }
        (Value::Array(found), Value::Array(documented)) => {
            let Some(last) = documented.last() else { return };
            assert!(!found.is_empty(), "{place} is empty");
            for (at, found) in found.iter().enumerate() {
                assert_shape(found, documented.get(at).unwrap_or(last), &format!("{place} {at}"));
            }
        }
        (Value::Null, Value::Null) | (Value::Bool(_), Value::Bool(_)) => {}
        (Value::String(_), Value::String(_)) => {}
        (Value::Number(found), Value::Number(documented)) => {
            assert_eq!(found.is_u64(), documented.is_u64(), "{place}: {found}, not like {documented}");
        }
        _ => panic!("{place}: {found}, not like {documented}"),
    }
}

/// The lines that PHP's `print_r` prints of a flat array, as names and values.
pub fn print_r(printed: &str) -> Vec<(&str, &str)> {
    assert!(printed.starts_with("Array\n(\n"), "{printed}");
    let lines = printed.lines().filter_map(|line| line.strip_prefix("    [")?.split_once("] => "));
    lines.collect()
}
