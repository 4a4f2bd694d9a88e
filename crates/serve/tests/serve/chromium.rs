//! Chromium, driven by its DevTools protocol over a pipe.

use std::path::{Path, PathBuf};
use std::process::Stdio;

use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::process::{Child, ChildStdin, ChildStdout, Command};
use tokio::time::timeout;

use crate::shop::{LIMIT, unique};

/// The names that Chromium has.
const NAMES: [&str; 4] = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];

/// Where it is; none where it is not installed.
pub fn path() -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path).flat_map(|dir| NAMES.map(|name| dir.join(name))).find(|file| file.is_file())
}

/// A command with a profile of its own. The sandbox does not start for root, and nothing but the tests' own pages is opened.
pub fn command(program: &Path, profile: &Path) -> Command {
    let mut command = Command::new(program);
    command.args(["--headless", "--no-sandbox", "--disable-gpu"]);
    command.arg(format!("--user-data-dir={}", profile.display())).kill_on_drop(true);
    command
}

pub fn profile() -> PathBuf {
    PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(unique())
}

/// A browser with one page.
pub struct Chromium {
    child: Child,
    to: ChildStdin,
    from: BufReader<ChildStdout>,
    profile: PathBuf,
    session: Option<String>,
    last: u64,
    /// How many pages were loaded.
    loads: u32,
}

impl Chromium {
    pub async fn start(program: &Path) -> Self {
        let profile = profile();
        let chromium = command(program, &profile);
        let chromium = chromium.as_std();
        // It reads commands from the descriptor 3 and answers at 4.
        let mut shell = Command::new("sh");
        shell.args(["-c", "exec \"$0\" \"$@\" 3<&0 4>&1 0</dev/null 1>/dev/null 2>/dev/null"]);
        shell.arg(chromium.get_program()).args(chromium.get_args()).arg("--remote-debugging-pipe");
        shell.stdin(Stdio::piped()).stdout(Stdio::piped()).kill_on_drop(true);
        let mut child = shell.spawn().unwrap();
        let (to, from) = (child.stdin.take().unwrap(), BufReader::new(child.stdout.take().unwrap()));
        let mut browser = Self { child, to, from, profile, session: None, last: 0, loads: 0 };
        let target = browser.call("Target.createTarget", json!({"url": "about:blank"})).await["targetId"].clone();
        let attached = browser.call("Target.attachToTarget", json!({"targetId": target, "flatten": true})).await;
        browser.session = Some(attached["sessionId"].as_str().unwrap().to_owned());
        browser.call("Page.enable", json!({})).await;
        browser
    }

    /// Calls a method and gives its result.
    pub async fn call(&mut self, method: &str, params: Value) -> Value {
        self.last += 1;
        let mut message = json!({"id": self.last, "method": method, "params": params});
        if let Some(session) = &self.session {
            message["sessionId"] = session.as_str().into();
        }
        self.to.write_all(format!("{message}\0").as_bytes()).await.unwrap();
        loop {
            let answer = self.next().await;
            if answer["id"] == self.last {
                assert!(answer["error"].is_null(), "{method}: {answer}");
                return answer["result"].clone();
            }
        }
    }

    async fn next(&mut self) -> Value {
        let mut message = Vec::new();
        let read = timeout(LIMIT, self.from.read_until(0, &mut message)).await.expect("Chromium answers");
        assert!(read.unwrap() > 0, "Chromium has ended");
        let message: Value = serde_json::from_slice(&message[..message.len() - 1]).unwrap();
        if message["method"] == "Page.loadEventFired" {
            self.loads += 1;
        }
        message
    }

    /// What an expression is on the page.
    pub async fn evaluate(&mut self, expression: &str) -> Value {
        let result = self.call("Runtime.evaluate", json!({"expression": expression, "returnByValue": true})).await;
        assert!(result["exceptionDetails"].is_null(), "{expression}: {result}");
        result["result"]["value"].clone()
    }

    /// Does what leads to another page, and waits until that is there.
    pub async fn leads_on(&mut self, expression: &str) {
        let loads = self.loads;
        self.evaluate(expression).await;
        while self.loads == loads {
            self.next().await;
        }
    }

    pub async fn open(&mut self, url: &str) {
        self.leads_on(&format!("location.href = {}", json!(url))).await;
    }

    /// The text of the page as it is seen.
    pub async fn text(&mut self) -> String {
        self.evaluate("document.body.innerText").await.as_str().unwrap().to_owned()
    }

    pub async fn end(mut self) {
        let _ = self.child.kill().await;
        let _ = std::fs::remove_dir_all(&self.profile);
    }
}
