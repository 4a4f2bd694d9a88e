//! The processes of a test, which end with it, and what is asked of them.

use std::env;
use std::fs::{self, File};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::language::Language;
use crate::run::{Lines, directory, gerbang};

pub const TOKEN: &str = "CANARY-token-of-the-shop";

/// The keys that the daemon signs with, and those that the shop knows: one of them is common.
pub const KEYS_OF_DAEMON: &str =
    "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw whsec_QUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQQ==";
pub const KEYS_OF_SHOP: &str =
    "whsec_QkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQg== whsec_QUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQQ==";

/// How long anything may take: longer than the lease of a delivery that a killed daemon has left.
const LIMIT: Duration = Duration::from_secs(150);

/// A process that is killed when this is dropped, also by a test that fails.
pub struct Process(Child);

impl Process {
    pub fn spawn(command: &mut Command) -> Self {
        Self(command.spawn().unwrap_or_else(|error| panic!("{command:?}: {error}")))
    }

    /// SIGKILL, and its end.
    pub fn kill(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        self.kill();
    }
}

/// Waits until something has happened that nothing reports.
pub fn wait_until(what: &str, has_happened: impl Fn() -> bool) {
    let began = Instant::now();
    while !has_happened() {
        assert!(began.elapsed() < LIMIT, "it does not happen: {what}");
        thread::sleep(Duration::from_millis(20));
    }
}

/// A port that nothing listens at.
pub fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

fn wait_for_port(port: u16) {
    wait_until("something listens", || TcpStream::connect(("127.0.0.1", port)).is_ok());
}

/// What a server answered.
#[derive(Debug, PartialEq, Eq)]
pub struct Answer {
    pub status: u16,
    /// Where a redirect leads, or nothing.
    pub location: String,
    pub text: String,
}

/// Asks a server by curl.
pub fn curl(args: &[&str]) -> Answer {
    let own = ["-sS", "--max-time", "120", "--noproxy", "*", "-w", "\n%{http_code} %{redirect_url}"];
    let output = Command::new("curl").args(own).args(args).output().unwrap();
    let printed = String::from_utf8_lossy(&output.stdout).into_owned();
    let (text, status) = printed.rsplit_once('\n').unwrap();
    let (status, location) = status.split_once(' ').unwrap();
    assert_ne!(status, "000", "{args:?}: {}", String::from_utf8_lossy(&output.stderr));
    Answer { status: status.parse().unwrap(), location: location.to_owned(), text: text.to_owned() }
}

/// A shop that runs.
pub struct Shop {
    pub directory: PathBuf,
    pub url: String,
    _process: Process,
}

impl Shop {
    pub fn start(language: Language, daemon: &str, port: u16) -> Self {
        let directory = directory();
        let mut command = language.command(&directory, port);
        command.env_clear().current_dir(&directory).stdin(Stdio::null());
        for name in ["PATH", "HOME"] {
            command.envs(env::var_os(name).map(|value| (name, value)));
        }
        command.env("GERBANG_URL", daemon).env("GERBANG_TOKEN", TOKEN).env("GERBANG_WEBHOOK_SECRET", KEYS_OF_SHOP);
        let log = File::create(directory.join("log")).unwrap();
        command.env("PORT", port.to_string()).stdout(log.try_clone().unwrap()).stderr(log);
        let process = Process::spawn(&mut command);
        wait_for_port(port);
        Self { directory, url: format!("http://127.0.0.1:{port}"), _process: process }
    }

    pub fn buy(&self, order: &str) -> Answer {
        let order = format!("order={order}");
        curl(&["--data-urlencode", &order, "-d", "amount=10000", &format!("{}/buy", self.url)])
    }

    /// The file by which an order is packed.
    pub fn shipment(&self, order: &str) -> PathBuf {
        self.directory.join("shipped").join(order)
    }

    /// The names of all orders that were shipped.
    pub fn shipped(&self) -> Vec<String> {
        let Ok(files) = fs::read_dir(self.directory.join("shipped")) else { return Vec::new() };
        let mut names: Vec<_> = files.map(|file| file.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }

    pub fn log(&self) -> String {
        fs::read_to_string(self.directory.join("log")).unwrap()
    }

    /// How often it says that it has shipped an order.
    pub fn times_shipped(&self, order: &str) -> usize {
        self.log().lines().filter(|line| line.ends_with(&format!("shipped {order}"))).count()
    }
}

/// A sandbox that runs.
pub struct Sandbox {
    pub url: String,
    _process: Process,
}

impl Sandbox {
    pub fn start() -> Self {
        let mut child = gerbang(&["sandbox", "--json"]).stderr(Stdio::null()).spawn().unwrap();
        let lines = Lines::of_stdout(&mut child);
        let process = Process(child);
        let printed: Value = serde_json::from_str(&lines.next()).unwrap();
        Self { url: printed["page"].as_str().unwrap().trim_end_matches('/').to_owned(), _process: process }
    }

    /// The customer pays.
    pub fn pay(&self, order: &str) {
        let paid = curl(&["-X", "POST", &format!("{}/_sandbox/payments/kropay/{order}/pay", self.url)]);
        assert_eq!(paid.status, 200, "{paid:?}");
    }

    /// How many payments there are.
    pub fn payments(&self) -> usize {
        let listed = curl(&[&format!("{}/_sandbox/payments", self.url)]);
        let listed: Value = serde_json::from_str(&listed.text).unwrap();
        listed["payments"].as_array().unwrap().len()
    }
}

/// A daemon that runs, with the sandbox as its gateways.
pub fn daemon(sandbox: &Sandbox, database: &Path, port: u16, shop: u16) -> Process {
    let (sandbox, listen) = (format!("--sandbox={}", sandbox.url), format!("127.0.0.1:{port}"));
    let database = format!("sqlite:{}", database.display());
    let mut command = gerbang(&["serve", &sandbox, "--listen", &listen, "--database", &database]);
    command.env("GERBANG_SERVE_TOKEN", TOKEN).env("GERBANG_SERVE_WEBHOOK_SECRET", KEYS_OF_DAEMON);
    command.env("GERBANG_SERVE_WEBHOOK_URL", format!("http://127.0.0.1:{shop}/gerbang"));
    let process = Process::spawn(command.stdout(Stdio::null()).stderr(Stdio::null()));
    wait_for_port(port);
    process
}
