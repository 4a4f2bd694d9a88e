//! A server that fails in one way and echoes all that it was sent.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// How the server fails.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// Nobody listens.
    Refused,
    /// 401 and JSON.
    Unauthorized,
    /// 500 and a web page.
    HtmlError,
    /// No answer.
    Silence,
    /// The reply ends before its length.
    Truncated,
    /// 200 and a web page.
    HtmlSuccess,
    /// 307 to an address that holds the echo.
    Redirect,
    /// Success, but every member is of the wrong type.
    WrongTypes,
    /// 200 and every flag says no.
    Rejected,
    /// More than a client takes, the echo first.
    TooLarge,
}

/// The server; it stops when it is dropped.
pub struct HostileServer {
    url: String,
    seen: Arc<Mutex<String>>,
    logins: Arc<AtomicBool>,
    task: Option<tokio::task::JoinHandle<()>>,
}

impl HostileServer {
    /// Starts a server on a free port of this machine.
    pub async fn start(fault: Fault) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let (seen, logins) = (Arc::<Mutex<String>>::default(), Arc::<AtomicBool>::default());
        let task = (fault != Fault::Refused).then(|| {
            let (seen, logins) = (seen.clone(), logins.clone());
            tokio::spawn(async move {
                while let Ok((stream, _)) = listener.accept().await {
                    tokio::spawn(serve(stream, fault, seen.clone(), logins.clone()));
                }
            })
        });
        Self { url, seen, logins, task }
    }

    /// Its base URL.
    pub fn url(&self) -> String {
        self.url.clone()
    }

    /// Whether logins succeed all the same, so that the calls behind them are made.
    pub fn answer_logins(&self, yes: bool) {
        self.logins.store(yes, Ordering::Relaxed);
    }

    /// Whether this was in any request.
    pub fn saw(&self, text: &str) -> bool {
        self.seen.lock().unwrap().contains(text)
    }
}

impl Drop for HostileServer {
    fn drop(&mut self) {
        if let Some(task) = &self.task {
            task.abort();
        }
    }
}

async fn serve(mut stream: TcpStream, fault: Fault, seen: Arc<Mutex<String>>, logins: Arc<AtomicBool>) {
    let Some(request) = read(&mut stream).await else { return };
    seen.lock().unwrap().push_str(&request);
    let quoted = serde_json::Value::from(request.as_str());
    let page = format!("<!DOCTYPE html><html><body><pre>{request}</pre></body></html>");
    let (json, html) = ("application/json", "text/html");
    let reply = if logins.load(Ordering::Relaxed) && request.starts_with("POST /auth/login") {
        let token = format!("{{\"status\":\"success\",\"message\":\"\",\"Authorization\":\"{}\"}}", crate::TOKEN);
        response(200, json, &token)
    } else {
        match fault {
            Fault::Refused => return,
            Fault::Silence => {
                tokio::time::sleep(std::time::Duration::from_secs(60)).await;
                return;
            }
            Fault::Unauthorized => response(401, json, &format!("{{\"message\":{quoted},\"code\":{quoted}}}")),
            Fault::HtmlError => response(500, html, &page),
            Fault::HtmlSuccess => response(200, html, &page),
            Fault::Truncated => {
                format!(
                    "HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-type: {json}\r\ncontent-length: 99999\r\n\r\n{{\"message\":{quoted}"
                )
            }
            Fault::Redirect => format!(
                "HTTP/1.1 307 Temporary Redirect\r\nconnection: close\r\nlocation: /?{}\r\ncontent-length: 0\r\n\r\n",
                url::form_urlencoded::byte_serialize(request.as_bytes()).collect::<String>()
            ),
            Fault::WrongTypes => response(200, json, &wrong_types(&quoted)),
            Fault::Rejected => {
                let body = format!("{{\"success\":false,\"status\":\"fail\",\"message\":{quoted},\"error\":{quoted}}}");
                response(200, json, &body)
            }
            Fault::TooLarge => {
                response(200, json, &format!("{{\"message\":{quoted},\"x\":\"{}\"}}", "x".repeat(2 << 20)))
            }
        }
    };
    let _ = stream.write_all(reply.as_bytes()).await;
    let _ = stream.shutdown().await;
}

fn wrong_types(echo: &serde_json::Value) -> String {
    let payload = format!("{{\"transaction_id\":[{echo}],\"amount\":{echo},\"status\":{echo},\"txn_id\":[{echo}]}}");
    format!(
        "{{\"success\":true,\"status\":\"success\",\"message\":[{echo}],\"Authorization\":[{echo}],\"amount\":{echo},\
         \"last_saldo\":{echo},\"transaction\":{payload},\"payment\":{payload},\"data\":{payload},\"txn_id\":[{echo}]}}"
    )
}

fn response(status: u16, media_type: &str, body: &str) -> String {
    format!(
        "HTTP/1.1 {status} X\r\nconnection: close\r\ncontent-type: {media_type}\r\ncontent-length: {}\r\n\r\n{body}",
        body.len()
    )
}

/// A whole request, head and body.
async fn read(stream: &mut TcpStream) -> Option<String> {
    let mut bytes = Vec::new();
    loop {
        let mut buffer = [0; 4096];
        let count = stream.read(&mut buffer).await.ok().filter(|count| *count > 0)?;
        bytes.extend_from_slice(&buffer[..count]);
        let text = String::from_utf8_lossy(&bytes);
        if let Some(end) = text.find("\r\n\r\n") {
            let length = text[..end].lines().find_map(|line| {
                let (name, value) = line.split_once(": ")?;
                name.eq_ignore_ascii_case("content-length").then(|| value.parse::<usize>().ok())?
            });
            if bytes.len() >= end + 4 + length.unwrap_or(0) {
                return Some(text.into_owned());
            }
        }
    }
}
