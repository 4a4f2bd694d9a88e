//! Runs the command, and the sandbox that it asks.

use std::collections::BTreeSet;
use std::io::{BufRead, BufReader, Read, Write};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

use gerbang_sandbox::{DEFAULT_KEY, Provider, Sandbox};
use serde_json::Value;
use tokio::runtime::Runtime;

/// How long anything may take before the test fails.
pub const LIMIT: Duration = Duration::from_secs(60);

/// What the command left behind.
#[derive(Debug)]
pub struct Ran {
    /// None if a signal ended it.
    pub code: Option<i32>,
    pub stdout: String,
    pub stderr: String,
}

impl Ran {
    /// The objects of the standard output, one a line.
    pub fn json(&self) -> Vec<Value> {
        lines_of_json(&self.stdout)
    }

    /// The failure that `--json` printed, as the last object.
    pub fn failure(&self) -> Value {
        self.json().pop().expect("a failure")["error"].clone()
    }
}

/// The objects of a text that has one a line.
pub fn lines_of_json(text: &str) -> Vec<Value> {
    text.lines()
        .map(|line| match serde_json::from_str(line) {
            Ok(value @ Value::Object(_)) => value,
            _ => panic!("no object: {line}"),
        })
        .collect()
}

/// The command without any settings of whoever runs the tests.
pub fn gerbang(args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_gerbang"));
    command.args(args).env_clear().env("HOME", "/nonexistent").stdin(Stdio::null());
    command.stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

/// Runs it to its end.
pub fn run(args: &[&str]) -> Ran {
    end(gerbang(args).spawn().unwrap())
}

/// Runs it to its end with a text on the standard input.
pub fn run_with_input(mut command: Command, input: &str) -> Ran {
    let mut child = command.stdin(Stdio::piped()).spawn().unwrap();
    // A command that reads nothing may have ended already.
    _ = child.stdin.take().unwrap().write_all(input.as_bytes());
    end(child)
}

/// Waits for its end. What was read from it before is not in the result.
pub fn end(child: Child) -> Ran {
    let id = child.id();
    let (sender, receiver) = mpsc::channel();
    thread::spawn(move || sender.send(child.wait_with_output()));
    let Ok(output) = receiver.recv_timeout(LIMIT) else {
        signal("KILL", id);
        panic!("the command does not end");
    };
    let output = output.unwrap();
    Ran {
        code: output.status.code(),
        stdout: String::from_utf8(output.stdout).expect("UTF-8"),
        stderr: String::from_utf8(output.stderr).expect("UTF-8"),
    }
}

/// Sends a signal to a process.
pub fn signal(name: &str, id: u32) {
    assert!(Command::new("kill").args([format!("-{name}"), id.to_string()]).status().unwrap().success());
}

/// What a running command writes, line by line.
pub struct Lines(mpsc::Receiver<String>);

impl Lines {
    pub fn of(stream: impl Read + Send + 'static) -> Self {
        let (sender, receiver) = mpsc::channel();
        thread::spawn(move || {
            BufReader::new(stream).lines().map_while(Result::ok).try_for_each(|line| sender.send(line))
        });
        Self(receiver)
    }

    pub fn of_stdout(child: &mut Child) -> Self {
        Self::of(child.stdout.take().unwrap())
    }

    pub fn next(&self) -> String {
        self.0.recv_timeout(LIMIT).expect("another line")
    }

    /// The next line that has a text.
    pub fn find(&self, text: &str) -> String {
        loop {
            let line = self.next();
            if line.contains(text) {
                return line;
            }
        }
    }
}

/// A sandbox of this test, and the command with credentials for it.
pub struct Shop {
    pub sandbox: Sandbox,
    _runtime: Runtime,
}

impl Shop {
    pub fn new() -> Self {
        Self::with_key("key")
    }

    /// A sandbox whose gateways all have this key.
    pub fn with_key(key: &str) -> Self {
        let runtime = Runtime::new().unwrap();
        let sandbox = runtime.block_on(Sandbox::builder().keys(key).start()).unwrap();
        Self { sandbox, _runtime: runtime }
    }

    /// All settings of all gateways, with one word for every credential that may be any word.
    pub fn variables(&self, credential: &str) -> Vec<(String, String)> {
        let names: BTreeSet<_> =
            gerbang::gateways().flat_map(|gateway| gateway.variables.concat()).map(|variable| variable.name).collect();
        let value = |name| Provider::setting(name).filter(|value| *value != DEFAULT_KEY).unwrap_or(credential);
        let mut variables: Vec<_> = names.iter().map(|name| ((*name).to_owned(), value(name).to_owned())).collect();
        for provider in Provider::ALL {
            let name = format!("GERBANG_{}_BASE_URL", provider.name().to_uppercase());
            variables.push((name, self.sandbox.url(provider)));
        }
        variables
    }

    pub fn gerbang(&self, args: &[&str]) -> Command {
        let mut command = gerbang(args);
        command.envs(self.variables("key"));
        command
    }

    pub fn run(&self, args: &[&str]) -> Ran {
        end(self.gerbang(args).spawn().unwrap())
    }

    /// Creates a payment, and returns it as `--json` prints it.
    pub fn pay(&self, provider: &str, reference: &str) -> Value {
        let ran = self.run(&["pay", "-p", provider, "-a", "10000", "-r", reference, "--json"]);
        assert_eq!(ran.code, Some(0), "{ran:?}");
        ran.json().remove(0)
    }

    /// Waits until the sandbox has answered an operation.
    pub fn wait_for(&self, operation: &str) {
        wait_until(|| self.sandbox.requests().iter().any(|request| request.operation == Some(operation)));
    }
}

/// Waits until something has happened that nothing reports.
pub fn wait_until(has_happened: impl Fn() -> bool) {
    let began = Instant::now();
    while !has_happened() {
        assert!(began.elapsed() < LIMIT, "it does not happen");
        thread::sleep(Duration::from_millis(5));
    }
}

/// What a thread of its own gives back, such as one that waits for a connection.
pub fn in_time<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> T {
    let (sender, receiver) = mpsc::channel();
    thread::spawn(move || sender.send(work()));
    receiver.recv_timeout(LIMIT).expect("it ends")
}

/// A new directory of this test.
pub fn directory() -> PathBuf {
    static COUNT: AtomicUsize = AtomicUsize::new(0);
    let name = format!("cli-{}-{}", std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed));
    let path = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name);
    std::fs::create_dir_all(&path).unwrap();
    path
}

/// Compares a text with a snapshot, without what differs from run to run.
macro_rules! assert_masked {
    ($text:expr $(, @$snapshot:literal)?) => {
        insta::with_settings!({filters => vec![
            (r"http://127\.0\.0\.1:\d+", "http://127.0.0.1:PORT"),
            (r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d( WIB)?", "TIME"),
            (r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z", "TIME"),
            (r":1[789]\d{8}:", ":EXPIRY:"),
            (r"PG-\d{8}", "PG-DATE"),
            (r"PYG\d{8}", "PYGDATE"),
            (r"GB-\d{8}-[0-9a-f]{16}", "GB-DATE-CHANCE"),
            (r"\d+\.\d\d s", "TIME"),
        ]}, {
            insta::assert_snapshot!($text $(, @$snapshot)?)
        })
    };
}
pub(crate) use assert_masked;
