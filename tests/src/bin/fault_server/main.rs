//! A server between a client and the sandbox that spoils what it passes on, on raw sockets and in its own process.
//!
//! `fault_server UPSTREAM` prints its ports, by what is wrong with TLS there, and the authority of its certificates. The first
//! segment of a path is the fault: a call of `/truncated-json/kropay/api/v1/payment/create` is passed on as
//! `/kropay/api/v1/payment/create` and its reply is cut. Logins are passed on whole, so that the calls behind them are made.
//! `GET /seen/FAULT` answers how many other requests came.

mod reply;
mod spoil;
mod tls;

use std::collections::BTreeMap;
use std::env;
use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};
use std::thread;
use std::time::Duration;

use reply::bomb;
use spoil::spoil;

/// How many connections are served at one time; more are closed.
const MAX_CONNECTIONS: usize = 256;

/// How long anything slow goes on at most.
const LONGEST: Duration = Duration::from_secs(60);

/// How large an endless thing gets at most, in bytes.
const LARGEST: usize = 256 << 20;

static CONNECTIONS: AtomicUsize = AtomicUsize::new(0);
static SEEN: Mutex<BTreeMap<String, u64>> = Mutex::new(BTreeMap::new());

fn main() -> io::Result<()> {
    let upstream = env::args().nth(1).expect("fault_server takes the address of the sandbox");
    // It takes a while to make.
    bomb();
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let address = listener.local_addr()?;
    let tls = tls::serve(address)?;
    let ports: BTreeMap<_, _> = tls.ports.into_iter().chain([("", address.port())]).collect();
    println!("{}", serde_json::json!({"ports": ports, "authority": tls.authority}));
    io::stdout().flush()?;
    // The end of the standard input is the end of the test.
    thread::spawn(|| {
        let _ = io::stdin().read_to_end(&mut Vec::new());
        std::process::exit(0);
    });
    for stream in listener.incoming().flatten() {
        if CONNECTIONS.fetch_add(1, Ordering::SeqCst) >= MAX_CONNECTIONS {
            CONNECTIONS.fetch_sub(1, Ordering::SeqCst);
            continue;
        }
        let upstream = upstream.clone();
        thread::spawn(move || {
            // Whoever goes away is gone.
            let _ = serve(stream, &upstream);
            CONNECTIONS.fetch_sub(1, Ordering::SeqCst);
        });
    }
    Ok(())
}

/// A request: its first line, headers and body.
struct Request {
    method: String,
    path: String,
    headers: Vec<String>,
    body: Vec<u8>,
}

/// Serves the requests of one connection.
fn serve(stream: TcpStream, upstream: &str) -> io::Result<()> {
    stream.set_nodelay(true)?;
    stream.set_read_timeout(Some(LONGEST))?;
    let mut reader = BufReader::new(stream.try_clone()?);
    while let Some(mut request) = read(&mut reader)? {
        let (fault, path) = split(&request.path);
        request.path = path;
        if fault == "seen" {
            let count = seen().get(request.path.trim_start_matches('/')).copied().unwrap_or_default();
            write_whole(&stream, "application/json", count.to_string().as_bytes())?;
            continue;
        }
        // Whoever cannot prove to be the provider gets no login either.
        if request.path.ends_with("/auth/login") && !fault.starts_with("tls-") {
            let (head, body) = pass_on(&request, upstream)?;
            (&stream).write_all(&[head.as_bytes(), &body].concat())?;
            continue;
        }
        let attempt = {
            let mut seen = seen();
            let count = seen.entry(fault.clone()).or_default();
            *count += 1;
            *count
        };
        // What follows `@` keeps the counts apart.
        let fault = fault.split('@').next().unwrap_or_default();
        if !spoil(fault, attempt, &stream, &request, upstream)? {
            return Ok(());
        }
    }
    Ok(())
}

fn seen() -> std::sync::MutexGuard<'static, BTreeMap<String, u64>> {
    SEEN.lock().unwrap_or_else(PoisonError::into_inner)
}

/// `/fault/rest` as `fault` and `/rest`.
fn split(path: &str) -> (String, String) {
    let path = path.trim_start_matches('/');
    let (fault, rest) = path.split_once('/').unwrap_or((path, ""));
    (fault.to_owned(), format!("/{rest}"))
}

fn read(reader: &mut BufReader<TcpStream>) -> io::Result<Option<Request>> {
    let mut line = String::new();
    if reader.read_line(&mut line)? == 0 {
        return Ok(None);
    }
    let mut parts = line.split(' ');
    let (method, path) = (parts.next().unwrap_or_default().to_owned(), parts.next().unwrap_or_default().to_owned());
    let (mut headers, mut length) = (Vec::new(), 0);
    loop {
        let mut line = String::new();
        reader.read_line(&mut line)?;
        let header = line.trim_end();
        if header.is_empty() {
            break;
        }
        let lower = header.to_ascii_lowercase();
        if let Some(value) = lower.strip_prefix("content-length:") {
            length = value.trim().parse().unwrap_or_default();
        }
        if !lower.starts_with("connection:") && !lower.starts_with("host:") {
            headers.push(header.to_owned());
        }
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body)?;
    Ok(Some(Request { method, path, headers, body }))
}

/// The sandbox's reply: head and body. Its connection is closed, the client's is not.
fn pass_on(request: &Request, upstream: &str) -> io::Result<(String, Vec<u8>)> {
    let mut stream = TcpStream::connect(upstream)?;
    let Request { method, path, headers, body } = request;
    let head = format!(
        "{method} {path} HTTP/1.1\r\nhost: {upstream}\r\nconnection: close\r\n{}\r\n\r\n",
        headers.join("\r\n")
    );
    stream.write_all(&[head.as_bytes(), body].concat())?;
    let mut reply = Vec::new();
    stream.read_to_end(&mut reply)?;
    let end = reply.windows(4).position(|window| window == b"\r\n\r\n").ok_or(io::ErrorKind::InvalidData)? + 4;
    let head = String::from_utf8_lossy(&reply[..end]).replace("connection: close\r\n", "");
    Ok((head, reply[end..].to_vec()))
}

fn write_whole(mut stream: &TcpStream, media_type: &str, body: &[u8]) -> io::Result<()> {
    let head = format!("HTTP/1.1 200 OK\r\ncontent-type: {media_type}\r\ncontent-length: {}\r\n\r\n", body.len());
    stream.write_all(&[head.as_bytes(), body].concat())
}
