//! The fault server's process, and the sandbox behind it.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use gerbang_sandbox::Sandbox;
use gerbang_tests::gateways::{Effort, WEBHOOK_KEY};
use serde_json::Value;

/// A running fault server; it ends when the last clone is dropped.
#[derive(Clone)]
pub struct FaultServer(Arc<Inner>);

struct Inner {
    process: Mutex<Child>,
    /// Without TLS, and with what is wrong with it.
    ports: BTreeMap<String, u16>,
    authority: &'static str,
    sandbox: Sandbox,
}

impl FaultServer {
    pub async fn start() -> Self {
        let builder = Sandbox::builder().keys(WEBHOOK_KEY);
        let sandbox = builder.start().await.unwrap();
        let mut process = Command::new(env!("CARGO_BIN_EXE_fault_server"))
            .arg(sandbox.address().to_string())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("the fault server can be started");
        let mut line = String::new();
        let output = process.stdout.take().expect("its output is a pipe");
        BufReader::new(output).read_line(&mut line).expect("it prints its ports");
        let mut printed: Value = serde_json::from_str(&line).expect("it prints JSON");
        let ports = serde_json::from_value(printed["ports"].take()).expect("ports are numbers");
        let authority: String = serde_json::from_value(printed["authority"].take()).expect("a certificate is text");
        Self(Arc::new(Inner { process: Mutex::new(process), ports, authority: authority.leak(), sandbox }))
    }

    /// How clients call that shall trust its certificates and no others.
    pub fn effort(&self, timeout: Duration) -> Effort {
        Effort { authority: Some(self.0.authority), ..Effort::within(timeout) }
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
        let (scheme, port) = match self.0.ports.get(fault) {
            Some(port) => ("https", port),
            None => ("http", &self.0.ports[""]),
        };
        format!("{scheme}://127.0.0.1:{port}/{fault}@{case}/{provider}")
    }

    /// How many requests of a case came, logins aside.
    pub async fn seen(&self, fault: &str, case: &str) -> u64 {
        if fault == "refused" {
            return 0;
        }
        let url = format!("http://127.0.0.1:{}/seen/{fault}@{case}", self.0.ports[""]);
        let client = gerbang::Network::new().http_client().unwrap().build().unwrap();
        let reply = client.get(url).send().await.expect("the fault server answers");
        reply.text().await.expect("the fault server answers").parse().expect("a number")
    }
}

impl Drop for Inner {
    fn drop(&mut self) {
        let process = self.process.get_mut().unwrap_or_else(std::sync::PoisonError::into_inner);
        let _ = process.kill();
        let _ = process.wait();
    }
}
