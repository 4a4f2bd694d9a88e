//! Replies in place of the sandbox's, and what is done to the sandbox's.

use std::io::Write;
use std::sync::OnceLock;

use gerbang_tests::apis;

use crate::LARGEST;

/// A reply whose body is another one, with the right length.
pub(crate) fn with_body(head: &str, body: &[u8]) -> Vec<u8> {
    [with_header(head, "content-length", &body.len().to_string()).as_bytes(), body].concat()
}

/// The lines of a head without one of its headers.
pub(crate) fn without_header<'a>(head: &'a str, name: &str) -> Vec<&'a str> {
    let prefix = format!("{name}:");
    let is_other = |line: &&str| !line.is_empty() && !line.to_ascii_lowercase().starts_with(&prefix);
    head.lines().filter(is_other).collect()
}

/// The same head with another header.
pub(crate) fn with_header(head: &str, name: &str, value: &str) -> String {
    format!("{}\r\n{name}: {value}\r\n\r\n", without_header(head, name).join("\r\n"))
}

pub(crate) fn page(status: &str) -> Vec<u8> {
    let body = "<!DOCTYPE html><html><title>Just a moment...</title></html>";
    format!("HTTP/1.1 {status}\r\ncontent-type: text/html\r\ncontent-length: {}\r\n\r\n{body}", body.len()).into_bytes()
}

/// A refusal in words, in the form of the provider whose path is asked, with a success status.
pub(crate) fn refusal(path: &str) -> Vec<u8> {
    const WORDS: &str = "QRIS tidak dapat dibuat";
    let provider = path.trim_start_matches('/').split('/').next().unwrap_or_default();
    let api = apis::ALL.iter().find(|api| api.spec.split('-').next() == Some(provider));
    let body = api.map_or("{}", |api| api.refusal).replace("{text}", WORDS);
    json("200 OK", &body)
}

pub(crate) fn json(status: &str, body: &str) -> Vec<u8> {
    let head = format!("HTTP/1.1 {status}\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n", body.len());
    (head + body).into_bytes()
}

pub(crate) fn too_many(retry_after: &str) -> Vec<u8> {
    let body = r#"{"success":false,"message":"Too many requests"}"#;
    let head = "HTTP/1.1 429 Too Many Requests\r\ncontent-type: application/json";
    format!("{head}\r\nretry-after: {retry_after}\r\ncontent-length: {}\r\n\r\n{body}", body.len()).into_bytes()
}

pub(crate) fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(bytes).expect("memory can be written");
    encoder.finish().expect("memory can be written")
}

/// 256 MiB of blanks, as stored by gzip: about 256 KiB.
pub(crate) fn bomb() -> &'static [u8] {
    static BOMB: OnceLock<Vec<u8>> = OnceLock::new();
    BOMB.get_or_init(|| {
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
        let block = vec![b' '; 1 << 20];
        for _ in 0..LARGEST >> 20 {
            encoder.write_all(&block).expect("memory can be written");
        }
        encoder.finish().expect("memory can be written")
    })
}

/// JSON that says its flag twice, no and yes; or its first member, where it has no flag.
pub(crate) fn twice(json: &str) -> String {
    let members = json.trim_start_matches('{');
    let other = if json.contains("\"success\":true") {
        "\"success\":false".to_owned()
    } else if json.contains("\"status\":\"success\"") {
        "\"status\":\"fail\"".to_owned()
    } else {
        let name = members.split(':').next().unwrap_or_default();
        format!("{name}:null")
    };
    format!("{{{other},{members}")
}

/// JSON whose bare integers of three digits and more are other ones.
pub(crate) fn numbers(json: &str, change: impl Fn(&str) -> String) -> String {
    let (mut changed, mut rest, mut quoted) = (String::new(), json, false);
    while let Some(c) = rest.chars().next() {
        let digits = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
        let before = changed.chars().next_back();
        if !quoted && digits >= 3 && matches!(before, Some(':' | ' ' | ',' | '[')) && !rest[digits..].starts_with('.') {
            changed.push_str(&change(&rest[..digits]));
            rest = &rest[digits..];
            continue;
        }
        if c == '\\' && quoted {
            changed.push(c);
            rest = &rest[1..];
        } else if c == '"' {
            quoted = !quoted;
        }
        let Some(c) = rest.chars().next() else { break };
        changed.push(c);
        rest = &rest[c.len_utf8()..];
    }
    changed
}
