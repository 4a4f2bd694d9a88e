//! `gerbang serve --sandbox=URL`, beside `gerbang sandbox`.

use std::io::{Read, Write};
use std::net::TcpListener;
use std::path::Path;
use std::process::{Child, Command};
use std::thread;

use serde_json::Value;

use crate::run::{Lines, Ran, directory, end, gerbang, run, signal};
use crate::serve::{curl_as, take_first_steps};

/// A process that is killed when this is dropped, also by a test that fails.
struct Process(Option<Child>);

impl Process {
    /// Sends a signal, and gives what the process left behind.
    fn end(mut self, name: &str) -> Ran {
        let child = self.0.take().unwrap();
        signal(name, child.id());
        end(child)
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        if let Some(child) = &mut self.0 {
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

/// A sandbox of its own process.
struct Elsewhere {
    url: String,
    _process: Process,
}

impl Elsewhere {
    fn start() -> Self {
        let mut child = gerbang(&["sandbox", "--json"]).spawn().unwrap();
        let lines = Lines::of_stdout(&mut child);
        let process = Process(Some(child));
        let printed: Value = serde_json::from_str(&lines.next()).unwrap();
        Self { url: printed["page"].as_str().unwrap().trim_end_matches('/').to_owned(), _process: process }
    }

    fn flag(&self) -> String {
        format!("--sandbox={}", self.url)
    }

    fn pay(&self, provider: &str, order: &str) {
        let url = format!("{}/_sandbox/payments/{provider}/{order}/pay", self.url);
        assert!(Command::new("curl").args(["-sSf", "-o", "/dev/null", "-X", "POST", &url]).status().unwrap().success());
    }
}

#[test]
fn first_steps_work_with_a_sandbox_elsewhere() {
    let sandbox = Elsewhere::start();
    let (child, _) = take_first_steps(&sandbox.flag());
    assert_eq!(Process(Some(child)).end("TERM").code, Some(0));
}

const TOKEN: &str = "a-token-of-this-test";

/// A daemon on a SQLite file, and its address.
fn start_at(sandbox: &Elsewhere, directory: &Path) -> (Process, String) {
    let database = format!("sqlite:{}", directory.join("shop.db").display());
    let mut command = gerbang(&["serve", "--json", "--database", &database, &sandbox.flag()]);
    let mut child = command.env("GERBANG_SERVE_TOKEN", TOKEN).spawn().unwrap();
    let lines = Lines::of_stdout(&mut child);
    let process = Process(Some(child));
    let printed: Value = serde_json::from_str(&lines.next()).unwrap();
    assert_eq!(printed["sandbox"], sandbox.url.as_str());
    (process, printed["url"].as_str().unwrap().to_owned())
}

#[test]
fn killed_daemon_goes_on_with_a_sandbox_elsewhere() {
    let (sandbox, directory) = (Elsewhere::start(), directory());
    let (daemon, url) = start_at(&sandbox, &directory);
    let order = |order: &str, more: &str| format!(r#"{{"order": "{order}", "amount": 10000{more}}}"#);
    let created = curl_as(TOKEN, &["-d", &order("ORDER-1", ""), &format!("{url}/v1/payments")]);
    assert_eq!((&created["status"], &created["account"]), (&"pending".into(), &"kropay".into()), "{created}");
    daemon.end("KILL");
    sandbox.pay("kropay", "ORDER-1");

    let (daemon, url) = start_at(&sandbox, &directory);
    let settled = |payment: &Value| {
        let url = format!("{url}/v1/payments/{}?wait=30", payment["id"].as_str().unwrap());
        curl_as(TOKEN, &[&url])["status"].clone()
    };
    assert_eq!(settled(&created), "paid");
    // These cannot be asked, or send a secret: the sandbox knows where the new daemon is, and both know the keys.
    for (account, provider) in [("klink", "klink"), ("klink-gopay", "klink"), ("pakasir-v2", "pakasir")] {
        let customer = r#", "customer": {"name": "Ani", "email": "ani@example.com", "phone": "081234567890"}"#;
        let body = order(account, &format!(r#", "account": "{account}"{customer}"#));
        let created = curl_as(TOKEN, &["-d", &body, &format!("{url}/v1/payments")]);
        assert_eq!(created["status"], "pending", "{created}");
        sandbox.pay(provider, account);
        assert_eq!(settled(&created), "paid", "{account}");
    }
    assert_eq!(daemon.end("TERM").code, Some(0));
}

#[test]
fn sandbox_that_does_not_answer_is_said() {
    // Nobody listens there any more.
    let address = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let ran = run(&["serve", &format!("--sandbox=http://{address}")]);
    let expected =
        format!("the sandbox at http://{address} does not answer; start it: gerbang sandbox --listen {address}");
    assert!(ran.code == Some(1) && ran.stderr.contains(&expected) && ran.stdout.is_empty(), "{ran:?}");
}

#[test]
fn server_that_is_no_sandbox_is_said() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let serving = thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        let asked = stream.read(&mut [0; 1024]).unwrap();
        stream.write_all(b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n").unwrap();
        asked
    });
    let ran = run(&["serve", &format!("--sandbox={url}")]);
    assert!(ran.code == Some(1) && ran.stderr.contains(&format!("what answers at {url} is no sandbox")), "{ran:?}");
    assert!(serving.join().unwrap() > 0);
}

#[test]
fn sandbox_elsewhere_is_on_this_machine() {
    for wrong in
        ["http://CANARY.example", "https://127.0.0.1:4000", "http://10.0.0.1:4000", "http://a:CANARY@127.0.0.1", ""]
    {
        let ran = run(&["serve", "--check", &format!("--sandbox={wrong}")]);
        let is_said = ran.stderr.contains("--sandbox");
        assert!(ran.code == Some(2) && is_said && !ran.stderr.contains("CANARY"), "{wrong}: {ran:?}");
    }
    let right = run(&["serve", "--check", "--sandbox=http://127.0.0.1:4000"]);
    assert_eq!((right.code, right.stdout.as_str()), (Some(0), "The settings are right.\n"));
}
