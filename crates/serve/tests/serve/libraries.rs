//! What the daemon signs, as the public libraries of Standard Webhooks for JavaScript and Python judge it.
//!
//! `test-with-webhook-libraries.sh` installs them and names their directory.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde_json::{Value, json};

use crate::shop::{Shop, until};
use crate::webhooks::{NEW, OLD, Receiver};

const WRONG: &str = "whsec_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

/// Reads an array of messages with a key each; prints whether each is accepted.
const NODE: &str = r#"
const { Webhook } = require("standardwebhooks");
const messages = JSON.parse(require("fs").readFileSync(0, "utf8"));
const accepts = ({ key, headers, body }) => {
  try {
    new Webhook(key).verify(body, headers);
    return true;
  } catch {
    return false;
  }
};
console.log(JSON.stringify(messages.map(accepts)));
"#;

const PYTHON: &str = r#"
import json, sys
from standardwebhooks import Webhook

def accepts(message):
    try:
        Webhook(message["key"]).verify(message["body"], message["headers"])
        return True
    except Exception:
        return False

print(json.dumps([accepts(message) for message in json.load(sys.stdin)]))
"#;

fn libraries() -> Option<PathBuf> {
    let directory = std::env::var_os("GERBANG_STANDARDWEBHOOKS").map(PathBuf::from);
    if directory.is_none() {
        eprintln!(
            "SKIPPED: the libraries of Standard Webhooks are not there; crates/serve/test-with-webhook-libraries.sh installs them"
        );
    }
    directory
}

/// A message for the libraries, and whether it must be accepted.
fn message(key: &str, headers: &Value, body: &str, is_right: bool) -> (Value, bool) {
    (json!({"key": key, "headers": headers, "body": body}), is_right)
}

/// What a daemon with these keys sends, with each key and changed in each way.
async fn messages(keys: &str) -> Vec<(Value, bool)> {
    let (receiver, settings) = Receiver::listen_to(keys).await;
    let shop = Shop::open_with("sqlite::memory:", &settings).await;
    shop.create("A", "kropay").await;
    until(async || !receiver.messages().is_empty()).await;
    let (sent, body) = receiver.messages().remove(0);
    let header = |name: &str| sent[name].to_str().unwrap().to_owned();
    let headers = |id: &str, timestamp: &str, signature: &str| json!({"webhook-id": id, "webhook-timestamp": timestamp, "webhook-signature": signature});
    let (id, timestamp, signature) = (header("webhook-id"), header("webhook-timestamp"), header("webhook-signature"));
    let body = String::from_utf8(body.to_vec()).unwrap();
    let right = headers(&id, &timestamp, &signature);
    let of_key = |key: &str| message(key, &right, &body, keys.split(' ').any(|own| own == key));
    let mut messages = vec![of_key(OLD), of_key(NEW), of_key(WRONG)];
    let later = (timestamp.parse::<u64>().unwrap() + 1).to_string();
    let own = keys.split(' ').next_back().unwrap();
    let changed = [
        (right.clone(), body.replace("\"order\":\"A\"", "\"order\":\"B\"")),
        (right.clone(), format!("{body} ")),
        (headers("evt_2", &timestamp, &signature), body.clone()),
        (headers(&id, &later, &signature), body.clone()),
        (headers(&id, &timestamp, &signature.replace("v1,", "v2,")), body.clone()),
        (headers(&id, &timestamp, ""), body.clone()),
    ];
    assert_ne!(changed[0].1, body);
    messages.extend(changed.iter().map(|(headers, body)| message(own, headers, body, false)));
    messages
}

fn judge(mut command: Command, messages: &[(Value, bool)]) {
    let input = Value::from(messages.iter().map(|(message, _)| message.clone()).collect::<Vec<_>>());
    let mut child = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap_or_else(|error| panic!("{command:?}: {error}"));
    child.stdin.take().unwrap().write_all(input.to_string().as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success(), "{command:?}");
    let accepted: Vec<bool> = serde_json::from_slice(&output.stdout).unwrap();
    let expected: Vec<_> = messages.iter().map(|(_, is_right)| *is_right).collect();
    assert_eq!(accepted, expected, "{command:?}: {input:#}");
    println!(
        "{} of {} messages accepted, as they must be",
        expected.iter().filter(|is_right| **is_right).count(),
        expected.len()
    );
}

async fn all(command: impl Fn(&Path) -> Command) {
    let Some(directory) = libraries() else { return };
    // Before, while and after a new key takes the place of the old one.
    for keys in [OLD.to_owned(), format!("{OLD} {NEW}"), NEW.to_owned()] {
        judge(command(&directory), &messages(&keys).await);
    }
}

#[tokio::test]
async fn library_for_javascript_accepts_what_is_signed() {
    all(|directory| {
        let mut command = Command::new("node");
        command.args(["-e", NODE]).current_dir(directory);
        command
    })
    .await;
}

#[tokio::test]
async fn library_for_python_accepts_what_is_signed() {
    all(|directory| {
        let mut command = Command::new(directory.join("venv/bin/python"));
        command.args(["-c", PYTHON]).current_dir(directory);
        command
    })
    .await;
}
