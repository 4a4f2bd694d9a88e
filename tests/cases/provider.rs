//! A provider that gives prepared replies, byte by byte as they are.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// What K-Link answers to a login.
const SESSION: &[u8] = br#"{"status":"success","Authorization":"not-a-real-token"}"#;

/// A reply as it goes over the wire. The connection is closed after it.
#[derive(Debug, Clone)]
pub struct Reply(Vec<u8>);

impl Reply {
    /// JSON.
    pub fn json(status: u16, body: &[u8]) -> Self {
        let head = format!(
            "HTTP/1.1 {status} X\r\ncontent-type: application/json\r\ncontent-length: {}\r\nconnection: close\r\n\r\n",
            body.len()
        );
        Self([head.as_bytes(), body].concat())
    }

    /// A reply that is written out, with its headers. Its body ends with the connection.
    pub fn raw(bytes: Vec<u8>) -> Self {
        Self(bytes)
    }
}

/// A provider that gives prepared replies one after the other, and the last one again and again.
pub struct Provider {
    port: u16,
    asked: Arc<AtomicUsize>,
}

impl Provider {
    /// Starts one.
    pub async fn start(replies: Vec<Reply>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port is free");
        let port = listener.local_addr().expect("an address").port();
        let asked: Arc<AtomicUsize> = Arc::default();
        let (count, replies) = (Arc::clone(&asked), Arc::new(Mutex::new(replies)));
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(answer(stream, Arc::clone(&replies), Arc::clone(&count)));
            }
        });
        Self { port, asked }
    }

    /// Its base URL.
    pub fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// How often it was asked, logins not counted.
    pub fn asked(&self) -> usize {
        self.asked.load(Ordering::SeqCst)
    }
}

async fn answer(mut stream: TcpStream, replies: Arc<Mutex<Vec<Reply>>>, asked: Arc<AtomicUsize>) {
    let Some(head) = read_request(&mut stream).await else { return };
    let reply = if head.starts_with("POST /auth/login ") {
        Reply::json(200, SESSION)
    } else {
        asked.fetch_add(1, Ordering::SeqCst);
        let mut replies = replies.lock().unwrap();
        if replies.len() > 1 { replies.remove(0) } else { replies[0].clone() }
    };
    // One who is gone needs no answer.
    let _ = stream.write_all(&reply.0).await;
    let _ = stream.shutdown().await;
}

/// The head of a request whose body was read too.
async fn read_request(stream: &mut TcpStream) -> Option<String> {
    let mut bytes = Vec::new();
    loop {
        if let Some(end) = bytes.windows(4).position(|four| four == b"\r\n\r\n") {
            let head = String::from_utf8_lossy(&bytes[..end]).into_owned();
            if bytes.len() >= end + 4 + content_length(&head) {
                return Some(head);
            }
        }
        if stream.read_buf(&mut bytes).await.ok()? == 0 {
            return None;
        }
    }
}

fn content_length(head: &str) -> usize {
    let length = head.lines().find_map(|line| {
        let (name, value) = line.split_once(':')?;
        name.eq_ignore_ascii_case("content-length").then(|| value.trim().parse().ok())?
    });
    length.unwrap_or(0)
}
