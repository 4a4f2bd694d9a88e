//! A small HTTP client that hides nothing, a reader of curl commands, and a receiver of notifications.

#[path = "contract.rs"]
pub mod contract;

use std::io;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use gerbang_sandbox::{Provider, Sandbox};
use serde_json::Value;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// A reply that arrived whole.
#[derive(Debug)]
pub struct Reply {
    pub status: u16,
    pub head: String,
    /// The body as text; what is no UTF-8 in it is lost.
    pub body: String,
    pub bytes: Vec<u8>,
}

impl Reply {
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|error| panic!("{error}: {}", self.body))
    }

    pub fn header(&self, name: &str) -> Option<&str> {
        header(&self.head, name)
    }
}

fn header<'a>(head: &'a str, name: &str) -> Option<&'a str> {
    head.lines()
        .filter_map(|line| line.split_once(':'))
        .find(|(found, _)| found.eq_ignore_ascii_case(name))
        .map(|(_, value)| value.trim())
}

/// The head of a message, and its body.
fn split(message: &[u8]) -> Option<(String, &[u8])> {
    let end = message.windows(4).position(|bytes| bytes == b"\r\n\r\n")?;
    Some((String::from_utf8_lossy(&message[..end]).into_owned(), &message[end + 4..]))
}

/// Sends a request and reads the reply to its end. One of the sandbox's own API must be as described.
pub async fn try_send(method: &str, url: &str, headers: &[(&str, &str)], body: &str) -> io::Result<Reply> {
    let rest = url.strip_prefix("http://").expect("an http address");
    let (host, path) = rest.find('/').map_or((rest, "/"), |slash| rest.split_at(slash));
    let mut stream = TcpStream::connect(host).await?;
    let mut request = format!("{method} {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n");
    for (name, value) in headers {
        request.push_str(&format!("{name}: {value}\r\n"));
    }
    if method == "POST" || !body.is_empty() {
        request.push_str(&format!("Content-Length: {}\r\n", body.len()));
    }
    request.push_str("\r\n");
    request.push_str(body);
    stream.write_all(request.as_bytes()).await?;
    let mut bytes = Vec::new();
    stream.read_to_end(&mut bytes).await?;
    let (head, bytes) = split(&bytes).ok_or(io::ErrorKind::UnexpectedEof)?;
    let head = head.as_str();
    let length: usize = header(head, "content-length").and_then(|length| length.parse().ok()).unwrap_or(0);
    if bytes.len() < length {
        return Err(io::ErrorKind::UnexpectedEof.into());
    }
    let status = head.split(' ').nth(1).and_then(|status| status.parse().ok()).expect("a status");
    let body = String::from_utf8_lossy(bytes).into_owned();
    let reply = Reply { status, head: head.to_owned(), body, bytes: bytes.to_owned() };
    contract::check(method, path, &reply);
    Ok(reply)
}

pub async fn send(method: &str, url: &str, headers: &[(&str, &str)], body: &str) -> Reply {
    try_send(method, url, headers, body).await.expect("a whole reply")
}

pub async fn get(url: &str) -> Reply {
    send("GET", url, &[], "").await
}

pub async fn post_form(url: &str, key: &str, body: &str) -> Reply {
    let authorization = format!("Bearer {key}");
    let headers = [("Authorization", authorization.as_str()), ("Content-Type", "application/x-www-form-urlencoded")];
    send("POST", url, &headers, body).await
}

pub async fn post_json(url: &str, body: &Value) -> Reply {
    send("POST", url, &[("Content-Type", "application/json")], &body.to_string()).await
}

/// Runs a curl command as a document prints it, against the sandbox.
pub async fn curl(sandbox: &Sandbox, provider: Provider, command: &str) -> Reply {
    let mut words = shell_words(command).into_iter();
    assert_eq!(words.next().as_deref(), Some("curl"));
    let (mut method, mut url, mut headers, mut data) = (None, None, Vec::new(), Vec::new());
    while let Some(word) = words.next() {
        match word.as_str() {
            "-X" => method = words.next(),
            "-L" => {}
            "-H" => {
                let header = words.next().expect("a header");
                let (name, value) = header.split_once(": ").expect("a header with a value");
                headers.push((name.to_owned(), value.to_owned()));
            }
            "-d" => data.push(words.next().expect("data")),
            _ => url = Some(word),
        }
    }
    let url = url.expect("an address");
    let path = url.splitn(4, '/').nth(3).expect("a path");
    let body = data.join("&");
    if !body.is_empty() && !headers.iter().any(|(name, _)| name.eq_ignore_ascii_case("content-type")) {
        headers.push(("Content-Type".into(), "application/x-www-form-urlencoded".into()));
    }
    let method = method.unwrap_or_else(|| if body.is_empty() { "GET".into() } else { "POST".into() });
    let headers: Vec<(&str, &str)> = headers.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    // curl escapes no blanks, so form data with a blank goes out as it is.
    send(&method, &format!("{}/{path}", sandbox.url(provider)), &headers, &body).await
}

fn shell_words(command: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut word: Option<String> = None;
    let mut quote = None;
    let mut characters = command.chars().peekable();
    while let Some(character) = characters.next() {
        match (character, quote) {
            (end, Some(open)) if end == open => quote = None,
            (_, Some(_)) => word.get_or_insert_default().push(character),
            ('"' | '\'', None) => {
                quote = Some(character);
                word.get_or_insert_default();
            }
            ('\\', None) if characters.peek() == Some(&'\n') => {}
            (blank, None) if blank.is_whitespace() => words.extend(word.take()),
            _ => word.get_or_insert_default().push(character),
        }
    }
    words.extend(word);
    words
}

/// The members of a JSON object, in alphabetical order.
pub fn members(value: &Value) -> Vec<&str> {
    let mut members: Vec<&str> = value.as_object().expect("an object").keys().map(String::as_str).collect();
    members.sort_unstable();
    members
}

/// Waits until something holds, at most ten seconds.
pub async fn until(what: &str, mut holds: impl FnMut() -> bool) {
    for _ in 0..1_000 {
        if holds() {
            return;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("{what} did not happen");
}

/// A request as it was received.
#[derive(Clone, Debug)]
pub struct Received {
    pub head: String,
    /// The body as text; what is no UTF-8 in it is lost.
    pub body: String,
    pub bytes: Vec<u8>,
}

impl Received {
    pub fn header(&self, name: &str) -> Option<&str> {
        header(&self.head, name)
    }

    pub fn json(&self) -> Value {
        serde_json::from_str(&self.body).expect("JSON")
    }
}

/// A merchant's server that keeps what it receives. Its answers are given beforehand; the last one stays.
pub struct Merchant {
    pub url: String,
    received: Arc<Mutex<Vec<Received>>>,
    task: tokio::task::JoinHandle<()>,
}

impl Drop for Merchant {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Merchant {
    /// Answers are whole: `200 OK\r\n\r\nbody` without the version of HTTP.
    pub async fn start(answers: &[&str]) -> Self {
        Self::at("127.0.0.1:0", answers).await
    }

    /// At an address of its own.
    pub async fn at(address: &str, answers: &[&str]) -> Self {
        let listener = TcpListener::bind(address).await.unwrap();
        let url = format!("http://{}/hook", listener.local_addr().unwrap());
        let received: Arc<Mutex<Vec<Received>>> = Arc::default();
        let answers: Vec<String> = answers.iter().map(|answer| (*answer).to_owned()).collect();
        let kept = received.clone();
        let task = tokio::spawn(async move {
            loop {
                let Ok((mut stream, _)) = listener.accept().await else { return };
                let mut bytes = Vec::new();
                let request = loop {
                    let mut piece = [0; 4096];
                    let read = stream.read(&mut piece).await.unwrap_or(0);
                    bytes.extend_from_slice(&piece[..read]);
                    if let Some((head, body)) = split(&bytes) {
                        let length = header(&head, "content-length").and_then(|length| length.parse().ok());
                        if body.len() >= length.unwrap_or(0) {
                            let text = String::from_utf8_lossy(body).into_owned();
                            break Received { head, body: text, bytes: body.to_owned() };
                        }
                    }
                    if read == 0 {
                        break Received { head: String::new(), body: String::new(), bytes: Vec::new() };
                    }
                };
                let number = {
                    let mut kept = kept.lock().unwrap();
                    kept.push(request);
                    kept.len()
                };
                let answer = &answers[(number - 1).min(answers.len() - 1)];
                let (head, body) = answer.split_once("\r\n\r\n").unwrap_or((answer, ""));
                let length = body.len();
                let answer = format!("HTTP/1.1 {head}\r\nConnection: close\r\nContent-Length: {length}\r\n\r\n{body}");
                let _ = stream.write_all(answer.as_bytes()).await;
            }
        });
        Self { url, received, task }
    }

    pub fn received(&self) -> Vec<Received> {
        self.received.lock().unwrap().clone()
    }

    /// The first notification.
    pub async fn first(&self) -> Received {
        until("a notification", || !self.received().is_empty()).await;
        self.received()[0].clone()
    }
}
