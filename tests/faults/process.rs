//! The fault server's process, and the sandbox behind it.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;

use gerbang_sandbox::Sandbox;
use gerbang_tests::gateways::WEBHOOK_KEY;

/// A running fault server; it ends when the last clone is dropped.
#[derive(Clone)]
pub struct FaultServer(Arc<Inner>);

struct Inner {
    process: std::sync::Mutex<Child>,
    port: u16,
    sandbox: Sandbox,
}

impl FaultServer {
    pub async fn start() -> Self {
        let builder = Sandbox::builder().klink_webhook_key(WEBHOOK_KEY).pakasir_webhook_secret(WEBHOOK_KEY);
        let sandbox = builder.start().await.unwrap();
        let mut process = Command::new(env!("CARGO_BIN_EXE_fault_server"))
            .arg(sandbox.address().to_string())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("the fault server can be started");
        let mut line = String::new();
        let output = process.stdout.take().expect("its output is a pipe");
        BufReader::new(output).read_line(&mut line).expect("it prints its port");
        let port = line.trim().parse().expect("the port is a number");
        Self(Arc::new(Inner { process: std::sync::Mutex::new(process), port, sandbox }))
    }

    pub fn sandbox(&self) -> &Sandbox {
        &self.0.sandbox
    }

    /// The base URL under which a fault happens. `case` keeps the counts of cells apart.
    pub fn url(&self, fault: &str, case: &str, provider: gerbang_sandbox::Provider) -> String {
        if fault == "refused" {
            // The port of nobody.
            return format!("http://127.0.0.1:1/{case}/{provider}");
        }
        format!("http://127.0.0.1:{}/{fault}@{case}/{provider}", self.0.port)
    }

    /// How many requests of a case came, logins aside.
    pub async fn seen(&self, fault: &str, case: &str) -> u64 {
        if fault == "refused" {
            return 0;
        }
        let url = format!("http://127.0.0.1:{}/seen/{fault}@{case}", self.0.port);
        let reply = gerbang::reqwest::get(url).await.expect("the fault server tells");
        reply.text().await.expect("the fault server tells").parse().expect("a number")
    }
}

impl Drop for Inner {
    fn drop(&mut self) {
        let process = self.process.get_mut().unwrap_or_else(std::sync::PoisonError::into_inner);
        let _ = process.kill();
        let _ = process.wait();
    }
}
