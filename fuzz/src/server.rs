//! A server on this machine that gives the next reply to whatever it is asked.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

/// A whole reply.
#[derive(Clone, Debug)]
pub struct Reply {
    /// The HTTP status.
    pub status: u16,
    /// The header `Content-Type`.
    pub media: &'static str,
    /// The body.
    pub body: Vec<u8>,
}

impl Reply {
    /// A reply in JSON that succeeds.
    pub fn json(body: String) -> Self {
        Self { status: 200, media: "application/json", body: body.into_bytes() }
    }
}

/// What the server says: the reply to everything, and another one to requests that begin with a text.
struct Answers {
    all: Reply,
    special: (&'static str, Reply),
    is_special: bool,
}

/// A running server. It runs until the process ends.
pub struct Server {
    address: SocketAddr,
    answers: Arc<Mutex<Answers>>,
}

impl Server {
    /// Starts a server. Requests that begin with this text (`POST /login `) may have an answer of their own.
    ///
    /// # Panics
    ///
    /// When no port is free.
    pub fn start(special: (&'static str, Reply)) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let address = listener.local_addr().expect("it is bound");
        let all = Reply { status: 500, media: "text/plain", body: Vec::new() };
        let answers = Arc::new(Mutex::new(Answers { all, special, is_special: false }));
        let shared = Arc::clone(&answers);
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let answers = Arc::clone(&shared);
                thread::spawn(move || serve(stream, &answers));
            }
        });
        Self { address, answers }
    }

    /// Its base URL.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Sets the reply to the next requests, and whether the special ones have their own.
    pub fn answer(&self, all: Reply, is_special: bool) {
        let mut answers = self.answers.lock().unwrap_or_else(PoisonError::into_inner);
        (answers.all, answers.is_special) = (all, is_special);
    }
}

/// Answers the requests of one connection until it ends.
fn serve(stream: TcpStream, answers: &Mutex<Answers>) {
    let _ = stream.set_nodelay(true);
    let mut reader = BufReader::new(stream);
    while let Some(first_line) = read_request(&mut reader) {
        let reply = {
            let answers = answers.lock().unwrap_or_else(PoisonError::into_inner);
            let is_special = answers.is_special && first_line.starts_with(answers.special.0);
            if is_special { answers.special.1.clone() } else { answers.all.clone() }
        };
        let Reply { status, media, body } = reply;
        let head = format!("HTTP/1.1 {status} X\r\ncontent-type: {media}\r\ncontent-length: {}\r\n\r\n", body.len());
        if reader.get_mut().write_all(&[head.as_bytes(), &body].concat()).is_err() {
            return;
        }
    }
}

/// Reads a request to its end; its first line. None when the connection has ended.
fn read_request(reader: &mut BufReader<TcpStream>) -> Option<String> {
    let (mut first, mut length) = (String::new(), 0);
    reader.read_line(&mut first).ok().filter(|count| *count > 0)?;
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).ok().filter(|count| *count > 0)?;
        let line = line.trim_ascii_end().to_ascii_lowercase();
        if line.is_empty() {
            break;
        }
        if let Some(value) = line.strip_prefix("content-length: ") {
            length = value.parse().ok()?;
        }
    }
    reader.read_exact(&mut vec![0; length]).ok()?;
    Some(first)
}
