//! A server between a client and the sandbox that spoils what it passes on, on raw sockets and in its own process.
//!
//! `fault_server UPSTREAM` prints its ports, by what is wrong with TLS there, and the authority of its certificates. The first
//! segment of a path is the fault: a call of `/truncated-json/kropay/api/v1/payment/create` is passed on as
//! `/kropay/api/v1/payment/create` and its reply is cut. Logins are passed on whole, so that the calls behind them are made.
//! `GET /seen/FAULT` tells how many other requests came.

mod tls;

use std::collections::BTreeMap;
use std::env;
use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, OnceLock, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

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

/// A reply whose body is another one, with the right length.
fn with_body(head: &str, body: &[u8]) -> Vec<u8> {
    let mut lines: Vec<_> =
        head.lines().filter(|line| !line.to_ascii_lowercase().starts_with("content-length:")).collect();
    lines.retain(|line| !line.is_empty());
    [format!("{}\r\ncontent-length: {}\r\n\r\n", lines.join("\r\n"), body.len()).as_bytes(), body].concat()
}

/// The same head with other headers.
fn with_header(head: &str, name: &str, value: &str) -> String {
    let other = |line: &&str| !line.to_ascii_lowercase().starts_with(&format!("{name}:")) && !line.is_empty();
    let lines: Vec<_> = head.lines().filter(other).collect();
    format!("{}\r\n{name}: {value}\r\n\r\n", lines.join("\r\n"))
}

fn page(status: &str) -> Vec<u8> {
    let body = "<!DOCTYPE html><html><title>Just a moment...</title></html>";
    format!("HTTP/1.1 {status}\r\ncontent-type: text/html\r\ncontent-length: {}\r\n\r\n{body}", body.len()).into_bytes()
}

/// A refusal in words, in the form of the provider whose path is asked, with a success status.
fn refusal(path: &str) -> Vec<u8> {
    const WORDS: &str = "QRIS tidak dapat dibuat";
    let provider = path.trim_start_matches('/').split('/').next().unwrap_or_default();
    let body = match provider {
        "kazukipay" => format!(r#"{{"status":false,"message":"{WORDS}","data":null}}"#),
        "kropay" => format!(r#"{{"success":false,"message":"{WORDS}"}}"#),
        "paydigital" => format!(r#"{{"status":"error","message":"{WORDS}"}}"#),
        "klink" => format!(r#"{{"status":"fail","message":"{WORDS}"}}"#),
        _ => format!(r#"{{"error":"{WORDS}"}}"#),
    };
    json("200 OK", &body)
}

fn json(status: &str, body: &str) -> Vec<u8> {
    let head = format!("HTTP/1.1 {status}\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n", body.len());
    (head + body).into_bytes()
}

fn too_many(retry_after: &str) -> Vec<u8> {
    let body = r#"{"success":false,"message":"Too many requests"}"#;
    let head = "HTTP/1.1 429 Too Many Requests\r\ncontent-type: application/json";
    format!("{head}\r\nretry-after: {retry_after}\r\ncontent-length: {}\r\n\r\n{body}", body.len()).into_bytes()
}

/// Closes a connection with a reset instead of an end: there is unread data, or the system sends one for the linger of zero.
fn reset(stream: &TcpStream) -> io::Result<()> {
    let socket = socket2::SockRef::from(stream);
    socket.set_linger(Some(Duration::ZERO))?;
    Ok(())
}

fn trickle(mut stream: &TcpStream, bytes: &[u8]) -> io::Result<()> {
    let end = Instant::now() + LONGEST;
    for byte in bytes {
        if Instant::now() > end {
            break;
        }
        stream.write_all(&[*byte])?;
        thread::sleep(Duration::from_millis(50));
    }
    Ok(())
}

/// Answers a request in the way of the fault. False when the connection is over.
fn spoil(fault: &str, attempt: u64, mut stream: &TcpStream, request: &Request, upstream: &str) -> io::Result<bool> {
    // What is not carried out.
    let instead = match fault {
        "page-403" => Some(page("403 Forbidden")),
        "page-503" => Some(page("503 Service Unavailable")),
        "too-many-seconds" => Some(too_many("1")),
        "too-many-date" => Some(too_many("Fri, 01 Jan 2100 00:00:00 GMT")),
        "page-429" if attempt < 2 => Some(page("429 Too Many Requests\r\nretry-after: 1")),
        "burst-503" if attempt < 3 => Some(page("503 Service Unavailable")),
        // Longer than the attempts at one question.
        "outage" if attempt <= 4 => Some(page("503 Service Unavailable")),
        "refusal-before" if attempt < 2 => Some(refusal(&request.path)),
        "not-found-at-first" if attempt < 2 => Some(json("404 Not Found", r#"{"message":"Not found"}"#)),
        "redirect-301" | "redirect-302" | "redirect-307" | "redirect-308" => {
            let code = &fault[9..];
            // To itself for ever.
            let to = format!("/{fault}@again{}", request.path);
            Some(format!("HTTP/1.1 {code} Moved\r\nlocation: {to}\r\ncontent-length: 0\r\n\r\n").into_bytes())
        }
        "redirect-to-another-host" => {
            let to = format!("http://localhost:1/{}", request.path);
            Some(format!("HTTP/1.1 307 Moved\r\nlocation: {to}\r\ncontent-length: 0\r\n\r\n").into_bytes())
        }
        "closed-before-reply" => return Ok(false),
        "reset-before-reply" => {
            reset(stream)?;
            return Ok(false);
        }
        "silence" => {
            thread::sleep(LONGEST);
            return Ok(false);
        }
        "endless-head" => {
            stream.write_all(b"HTTP/1.1 200 OK\r\n")?;
            let line = format!("x-filler: {}\r\n", "x".repeat(8_000));
            for _ in 0..LARGEST / line.len() {
                stream.write_all(line.as_bytes())?;
            }
            return Ok(false);
        }
        "bad-head" => {
            stream.write_all(b"HTTP/1.1 200 OK\r\n\x00bad\x01header\r\n: empty\r\ncontent-length: x\r\n\r\n{}")?;
            return Ok(false);
        }
        _ => None,
    };
    if let Some(reply) = instead {
        stream.write_all(&reply)?;
        return Ok(true);
    }

    // What is carried out.
    let (head, body) = pass_on(request, upstream)?;
    let whole = [head.as_bytes(), &body].concat();
    let text = String::from_utf8_lossy(&body).into_owned();
    let half = &body[..body.len() / 2];
    let reply = match fault {
        "none" | "burst-503" | "outage" | "page-429" | "refusal-before" | "not-found-at-first" | "tls"
        | "tls-expired" | "tls-other-host" | "tls-self-signed" => whole,
        "slow-but-whole" => {
            thread::sleep(Duration::from_millis(500));
            whole
        }
        "closed-between-calls" => {
            stream.write_all(&whole)?;
            return Ok(false);
        }
        "trickled-head" => {
            trickle(stream, &[head.as_bytes(), "x".repeat(4_000).as_bytes()].concat())?;
            return Ok(false);
        }
        "trickled-body" => {
            let head = with_header(&head, "content-length", &(body.len() + 2_000).to_string());
            stream.write_all(&[head.as_bytes(), &body].concat())?;
            trickle(stream, &b" ".repeat(2_000))?;
            return Ok(false);
        }
        "reset-in-body" => {
            stream.write_all(&[head.as_bytes(), half].concat())?;
            thread::sleep(Duration::from_millis(20));
            reset(stream)?;
            return Ok(false);
        }
        "closed-in-body" => {
            stream.write_all(&[head.as_bytes(), half].concat())?;
            return Ok(false);
        }
        "truncated-json" => with_body(&head, half),
        "empty-body" => with_body(&head, b""),
        "page-200" => page("200 OK"),
        "filtered-403" => page("403 Forbidden"),
        "refusal-after" => refusal(&request.path),
        "gzip-unasked" => with_body(&with_header(&head, "content-encoding", "gzip"), &gzip(&body)),
        "php-notice" => {
            with_body(&head, &[b"<br />\n<b>Notice</b>: Undefined index<br />\n", body.as_slice()].concat())
        }
        "trailing-junk" => with_body(&head, &[body.as_slice(), b"<!-- 0.02 s -->"].concat()),
        "byte-order-mark" => with_body(&head, &[b"\xEF\xBB\xBF", body.as_slice()].concat()),
        "json-as-html" => [with_header(&head, "content-type", "text/html; charset=UTF-8").as_bytes(), &body].concat(),
        "wrong-charset" => {
            [with_header(&head, "content-type", "application/json; charset=utf-16").as_bytes(), &body].concat()
        }
        // In the last text, wherever it is: counters make replies longer, and half of one is another place each time.
        "not-utf-8" => {
            let at = body.windows(3).rposition(|part| part == b"\":\"").map_or(half.len(), |at| at + 3);
            with_body(&head, &[&body[..at], b"\xFF\xFE", &body[at..]].concat())
        }
        "http-1.0" => {
            let head = head.replacen("HTTP/1.1", "HTTP/1.0", 1);
            let lines: Vec<_> =
                head.lines().filter(|line| !line.to_ascii_lowercase().starts_with("content-length:")).collect();
            stream.write_all(&[lines.join("\r\n").as_bytes(), b"\r\n", &body].concat())?;
            stream.shutdown(Shutdown::Write)?;
            return Ok(false);
        }
        "gzip-bomb" => {
            let head = with_header(&head, "content-encoding", "gzip");
            with_body(&head, bomb())
        }
        "large-body" => {
            let head = with_header(&with_header(&head, "content-length", &LARGEST.to_string()), "connection", "close");
            stream.write_all(head.as_bytes())?;
            return endless(stream).map(|()| false);
        }
        "large-chunked-body" => {
            let head = with_header(&head, "transfer-encoding", "chunked");
            let lines: Vec<_> =
                head.lines().filter(|line| !line.to_ascii_lowercase().starts_with("content-length:")).collect();
            stream.write_all(format!("{}\r\n", lines.join("\r\n")).as_bytes())?;
            let block = " ".repeat(64 * 1024);
            for _ in 0..LARGEST / block.len() {
                stream.write_all(format!("{:x}\r\n{block}\r\n", block.len()).as_bytes())?;
            }
            return Ok(false);
        }
        "deep-array" => with_body(&head, &[b"[".repeat(200_000), b"]".repeat(200_000)].concat()),
        "duplicate-members" => with_body(&head, twice(&text).as_bytes()),
        "overflowing-numbers" => with_body(&head, numbers(&text, |_| "99999999999999999999999999".into()).as_bytes()),
        "negative-numbers" => with_body(&head, numbers(&text, |digits| format!("-{digits}")).as_bytes()),
        "fractional-numbers" => with_body(&head, numbers(&text, |digits| format!("{digits}.5")).as_bytes()),
        "numbers-in-strings" => with_body(&head, numbers(&text, |digits| format!("\"{digits}\"")).as_bytes()),
        other => panic!("there is no fault {other}"),
    };
    stream.write_all(&reply)?;
    Ok(true)
}

fn endless(mut stream: &TcpStream) -> io::Result<()> {
    let block = vec![b' '; 64 * 1024];
    for _ in 0..LARGEST / block.len() {
        stream.write_all(&block)?;
    }
    Ok(())
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(bytes).expect("memory can be written");
    encoder.finish().expect("memory can be written")
}

/// 256 MiB of blanks, as stored by gzip: about 256 KiB.
fn bomb() -> &'static [u8] {
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
fn twice(json: &str) -> String {
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
fn numbers(json: &str, change: impl Fn(&str) -> String) -> String {
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
