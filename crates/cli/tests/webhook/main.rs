//! `gerbang webhook`, as a program.

mod listen;
mod send;
mod server;
mod verify;

use std::io::Write;
use std::process::{Command, Output, Stdio};

use gerbang::registry::Descriptor;
use gerbang::{Trust, gateways};
use serde_json::Value;

/// K-Link's key, which nothing must print.
pub const KEY: &str = "CANARY-key-033389b9-cc42-4005";

/// The secret of the gateways that send one, which nothing must print.
pub const SECRET: &str = "CANARY-secret-WH-0123456789";

/// All gateways that send notifications, in alphabetical order.
pub fn notifying() -> Vec<&'static str> {
    let mut names: Vec<_> = gateways().filter(|gateway| gateway.notifications.is_some()).map(|it| it.name).collect();
    names.sort_unstable();
    names
}

/// The gateway of a name.
pub fn gateway(name: &str) -> &'static Descriptor {
    gateways().find(|gateway| gateway.name == name).expect("a gateway")
}

/// What proves the notifications of a gateway.
pub fn key(gateway: &Descriptor) -> &'static str {
    if (gateway.capabilities)().notifications == Trust::Signed { KEY } else { SECRET }
}

/// A gateway that sends none.
pub fn silent() -> &'static str {
    gateways().find(|gateway| gateway.notifications.is_none()).expect("a gateway without notifications").name
}

/// What a run of the command ended with.
#[derive(Debug)]
pub struct Run {
    /// The exit code.
    pub exit: i32,
    /// The results.
    pub stdout: String,
    /// Everything else.
    pub stderr: String,
}

impl Run {
    /// The only line of `--json`.
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.stdout).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }

    /// The codes of the findings.
    pub fn findings(&self) -> Vec<String> {
        let json = self.json();
        let findings = json["findings"].as_array().unwrap_or_else(|| panic!("{json}"));
        findings.iter().map(|finding| finding["code"].as_str().unwrap().to_owned()).collect()
    }
}

impl From<Output> for Run {
    /// Makes sure that no key was printed.
    fn from(output: Output) -> Self {
        let text = |bytes| String::from_utf8(bytes).expect("text");
        let (stdout, stderr) = (text(output.stdout), text(output.stderr));
        let run = Self { exit: output.status.code().expect("an exit code"), stdout, stderr };
        assert!(!format!("{run:?}").contains("CANARY"), "a key was printed: {run:?}");
        run
    }
}

/// The command with every gateway's key set and nothing else.
pub fn gerbang(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_gerbang"));
    command.args(["webhook"]).args(arguments).env_clear().stdin(Stdio::null());
    for gateway in gateways() {
        if let Some(proof) = gateway.notifications.as_ref().and_then(|it| it.proof.as_ref()) {
            command.env(proof.variable, key(gateway));
        }
    }
    command
}

/// Runs it to its end.
pub fn run(arguments: &[&str]) -> Run {
    gerbang(arguments).output().unwrap().into()
}

/// Runs it to its end, with this on the standard input.
pub fn run_with(mut command: Command, input: &[u8]) -> Run {
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    // One that refuses its arguments does not read it.
    let _ = child.stdin.take().unwrap().write_all(input);
    child.wait_with_output().unwrap().into()
}

/// What `send --print` prints, with the gateway's secret in its place.
pub fn printed(arguments: &[&str]) -> String {
    let run = run(&[&["send", "--print"], arguments].concat());
    assert_eq!(run.exit, 0, "{run:?}");
    run.stdout.replace(": ***\n", &format!(": {SECRET}\n"))
}

#[test]
fn each_help_fits_a_screen_and_has_an_example() {
    for arguments in [&["--help"][..], &["listen", "--help"], &["verify", "--help"], &["send", "--help"]] {
        let output = gerbang(arguments).env("COLUMNS", "80").output().unwrap();
        let run = Run::from(output);
        assert_eq!(run.exit, 0);
        assert!(run.stdout.lines().count() <= 41, "{}", run.stdout);
        assert!(run.stdout.lines().all(|line| line.chars().count() <= 80), "{}", run.stdout);
        assert!(run.stdout.contains("Example"), "{}", run.stdout);
    }
}
