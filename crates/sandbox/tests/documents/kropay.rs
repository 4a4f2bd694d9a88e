use std::net::TcpListener;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use gerbang_sandbox::Provider;
use serde_json::Value;

use crate::snippets::{Document, Language, Tools, print_r};

const PROVIDER: Provider = Provider::Kropay;

/// Asserts that what PHP's `print_r` printed has the documented members. It does not tell `10000` from `"10000"`.
fn assert_printed(printed: &str, documented: &Value) {
    let printed = print_r(printed);
    for (name, documented) in documented.as_object().expect("an object") {
        let (_, found) = printed.iter().find(|(found, _)| found == name).unwrap_or_else(|| panic!("no {name}"));
        match documented {
            Value::Bool(true) => assert_eq!(*found, "1", "{name}"),
            Value::Number(_) => assert!(found.parse::<u64>().is_ok(), "{name}: {found}"),
            _ => assert!(!found.is_empty(), "{name}"),
        }
    }
}

fn member<'a>(printed: &'a str, name: &str) -> &'a str {
    print_r(printed).into_iter().find(|(found, _)| *found == name).expect("a member").1
}

/// A web server, ended with the test.
struct Server(Child);

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

pub async fn run(tools: &Tools) {
    if !tools.has(Language::Php) {
        return;
    }
    let document = Document::new(tools, PROVIDER, "https://kropay.krispediadigital.my.id").await;
    let created = document.printed("create.php", &[]);
    assert_printed(&created, &document.documented("create"));
    assert_eq!((member(&created, "status"), member(&created, "total_amount")), ("pending", "10020"));
    // Only Kropay knows the reference.
    let reference = member(&created, "reference");
    let status = || document.printed("status.php", &[("PG-20260529A1B2", reference)]);
    assert_eq!(member(&status(), "status"), "pending");

    // The handler of callbacks, behind PHP's own web server.
    let handler = document.snippet("callback.php", &[]);
    let free = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let mut php = Command::new("php");
    php.args(["-S", &free.to_string()]).arg(&handler).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    let _server = Server(php.spawn().unwrap());
    until("PHP's web server", || std::net::TcpStream::connect(free).is_ok()).await;
    document.sandbox.set_webhook(PROVIDER, Some(&format!("http://{free}/")));

    document.sandbox.pay(PROVIDER, reference).unwrap();
    let paid = status();
    assert_printed(&paid, &document.documented("status"));
    assert_eq!(member(&paid, "status"), "success");
    until("a callback", || !document.sandbox.webhook_attempts().is_empty()).await;
    let attempt = &document.sandbox.webhook_attempts()[0];
    assert!(attempt.acknowledged, "{attempt:?}");
}

/// Waits until something holds, at most ten seconds.
async fn until(what: &str, mut holds: impl FnMut() -> bool) {
    for _ in 0..1_000 {
        if holds() {
            return;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("{what} did not happen");
}
