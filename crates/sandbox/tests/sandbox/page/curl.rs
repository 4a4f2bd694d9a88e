//! The curl commands on the page, run by a shell.

#![cfg(unix)]

use std::collections::BTreeSet;
use std::ffi::OsString;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::Command;

use gerbang_sandbox::Sandbox;

use crate::GATEWAYS;
use crate::http::get;

/// The text of an element of the page.
fn command(page: &str, id: &str) -> String {
    let begun = page.split(&format!("id=\"{id}-command\">")).nth(1).expect("a command");
    let text = begun.split("</pre>").next().unwrap();
    [("&quot;", "\""), ("&#39;", "'"), ("&lt;", "<"), ("&gt;", ">"), ("&amp;", "&")]
        .iter()
        .fold(text.to_owned(), |text, (escaped, character)| text.replace(escaped, character))
}

/// The environment variables that the commands of a page name.
fn variables(page: &str) -> BTreeSet<&str> {
    let is_name = |character: char| character.is_ascii_uppercase() || character == '_';
    page.split('$').skip(1).map(|text| text.split(|character| !is_name(character)).next().unwrap_or_default()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn every_payment_can_be_asked_for_by_its_command() {
    if Command::new("curl").arg("--version").output().is_err() {
        println!("skipped: no curl");
        return;
    }
    let sandbox = Sandbox::start().await;
    let hostile = "A'$(touch curl-ran)`touch curl-ran` &\"c\\";
    // What a merchant is called is a part of every credential, and no shell may run what is in a reference.
    let seeds = GATEWAYS.map(|gateway| gateway.seed("canary", &format!("{hostile}{}", gateway.name), 20_000));
    let payments = sandbox.seed(&seeds).unwrap();
    let programs = watched_curl();
    for payment in &payments {
        let page = get(&format!("{}/payments/{}", sandbox.base_url(), payment.id)).await.body;
        assert!(!page.contains("canary"));
        let mut shell = Command::new("sh");
        shell.args(["-c", &command(&page, &payment.id)]).current_dir(env!("CARGO_TARGET_TMPDIR"));
        shell.env("PATH", &programs);
        for name in variables(&page) {
            let value = match name.rsplit('_').next() {
                Some("PROJECT") => "shop",
                Some("EMAIL") => "canary@example.com",
                // K-Link takes any password, also one that JSON has to escape.
                Some("PASSWORD") => "canary\"'\\$(touch curl-ran)",
                _ => "canary",
            };
            shell.env(name, value);
        }
        let output = tokio::task::spawn_blocking(move || shell.output().unwrap()).await.unwrap();
        let printed = String::from_utf8_lossy(&output.stdout).into_owned();
        let reply: serde_json::Value =
            serde_json::from_str(&printed).unwrap_or_else(|error| panic!("{error}: {printed}"));
        assert!(reply.to_string().contains("20000"), "{} {printed}", payment.provider);
        // Some providers go by their own name of it.
        let name = serde_json::to_string(&payment.order).unwrap();
        assert!(reply.to_string().contains(&name) || reply.to_string().contains(&payment.reference), "{printed}");
    }
    assert!(!Path::new(env!("CARGO_TARGET_TMPDIR")).join("curl-ran").exists());
    // What other users of a machine see of a process has no key; the project and the e-mail address are none.
    let seen = fs::read_to_string(Path::new(env!("CARGO_TARGET_TMPDIR")).join("curl-seen")).unwrap();
    assert!(seen.lines().count() > payments.len() && !seen.contains("canary"), "{seen}");
}

/// The path of programs, with a curl at its beginning that writes its arguments down.
fn watched_curl() -> OsString {
    let directory = Path::new(env!("CARGO_TARGET_TMPDIR")).join("watched");
    fs::create_dir_all(&directory).unwrap();
    let seen = Path::new(env!("CARGO_TARGET_TMPDIR")).join("curl-seen");
    let _ = fs::remove_file(&seen);
    let real = Command::new("sh").args(["-c", "command -v curl"]).output().unwrap().stdout;
    let real = String::from_utf8(real).unwrap();
    let script = format!("#!/bin/sh\necho \"$*\" >> '{}'\nexec '{}' \"$@\"\n", seen.display(), real.trim());
    let program = directory.join("curl");
    fs::write(&program, script).unwrap();
    fs::set_permissions(&program, fs::Permissions::from_mode(0o755)).unwrap();
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::join_paths([directory].into_iter().chain(std::env::split_paths(&path))).unwrap()
}
