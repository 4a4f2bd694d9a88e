//! What each fault does to a request and its reply.

use std::io::{self, Write};
use std::net::{Shutdown, TcpStream};
use std::thread;
use std::time::{Duration, Instant};

use crate::reply::{bomb, gzip, json, numbers, page, refusal, too_many, twice, with_body, with_header, without_header};
use crate::{LARGEST, LONGEST, Request, pass_on};

/// Answers a request in the way of the fault. False when the connection is over.
pub(crate) fn spoil(
    fault: &str,
    attempt: u64,
    mut stream: &TcpStream,
    request: &Request,
    upstream: &str,
) -> io::Result<bool> {
    if let Some(reply) = instead(fault, attempt, &request.path) {
        stream.write_all(&reply)?;
        return Ok(true);
    }
    if ends_before_reply(fault, stream)? {
        return Ok(false);
    }
    let (head, body) = pass_on(request, upstream)?;
    if fault == "slow-but-whole" {
        thread::sleep(Duration::from_millis(500));
    }
    match altered(fault, &head, &body, request) {
        Some(reply) => stream.write_all(&reply).map(|()| true),
        None => end_with_reply(fault, stream, &head, &body).map(|()| false),
    }
}

/// The reply to a request that is not carried out.
fn instead(fault: &str, attempt: u64, path: &str) -> Option<Vec<u8>> {
    let moved = |code: &str, to: &str| {
        format!("HTTP/1.1 {code} Moved\r\nlocation: {to}\r\ncontent-length: 0\r\n\r\n").into_bytes()
    };
    Some(match fault {
        "page-403" => page("403 Forbidden"),
        "page-503" => page("503 Service Unavailable"),
        "too-many-seconds" => too_many("1"),
        "too-many-date" => too_many("Fri, 01 Jan 2100 00:00:00 GMT"),
        "page-429" if attempt < 2 => page("429 Too Many Requests\r\nretry-after: 1"),
        "burst-503" if attempt < 3 => page("503 Service Unavailable"),
        // Longer than the attempts at one question.
        "outage" if attempt <= 4 => page("503 Service Unavailable"),
        "refusal-before" if attempt < 2 => refusal(path),
        "not-found-at-first" if attempt < 2 => json("404 Not Found", r#"{"message":"Not found"}"#),
        // To itself for ever.
        "redirect-301" | "redirect-302" | "redirect-307" | "redirect-308" => {
            moved(&fault[9..], &format!("/{fault}@again{path}"))
        }
        "redirect-to-another-host" => moved("307", &format!("http://localhost:1/{path}")),
        _ => return None,
    })
}

/// Ends the connection without a whole head of a reply to a request that is not carried out, if the fault is that.
fn ends_before_reply(fault: &str, mut stream: &TcpStream) -> io::Result<bool> {
    match fault {
        "closed-before-reply" => {}
        "reset-before-reply" => reset(stream)?,
        "silence" => thread::sleep(LONGEST),
        "endless-head" => {
            stream.write_all(b"HTTP/1.1 200 OK\r\n")?;
            let line = format!("x-filler: {}\r\n", "x".repeat(8_000));
            for _ in 0..LARGEST / line.len() {
                stream.write_all(line.as_bytes())?;
            }
        }
        "bad-head" => {
            stream.write_all(b"HTTP/1.1 200 OK\r\n\x00bad\x01header\r\n: empty\r\ncontent-length: x\r\n\r\n{}")?;
        }
        _ => return Ok(false),
    }
    Ok(true)
}

/// The reply to a request that is carried out, whole, after which the connection can go on.
fn altered(fault: &str, head: &str, body: &[u8], request: &Request) -> Option<Vec<u8>> {
    let half = &body[..body.len() / 2];
    let with_head = |name, value| [with_header(head, name, value).as_bytes(), body].concat();
    Some(match fault {
        "none" | "slow-but-whole" | "burst-503" | "outage" | "page-429" | "refusal-before" | "not-found-at-first"
        | "tls" | "tls-expired" | "tls-other-host" | "tls-self-signed" => [head.as_bytes(), body].concat(),
        "truncated-json" => with_body(head, half),
        "empty-body" => with_body(head, b""),
        "page-200" => page("200 OK"),
        "filtered-403" => page("403 Forbidden"),
        "refusal-after" => refusal(&request.path),
        "gzip-unasked" => with_body(&with_header(head, "content-encoding", "gzip"), &gzip(body)),
        "gzip-bomb" => with_body(&with_header(head, "content-encoding", "gzip"), bomb()),
        "php-notice" => with_body(head, &[b"<br />\n<b>Notice</b>: Undefined index<br />\n", body].concat()),
        "trailing-junk" => with_body(head, &[body, b"<!-- 0.02 s -->"].concat()),
        "byte-order-mark" => with_body(head, &[b"\xEF\xBB\xBF", body].concat()),
        "json-as-html" => with_head("content-type", "text/html; charset=UTF-8"),
        "wrong-charset" => with_head("content-type", "application/json; charset=utf-16"),
        // In the last text, wherever it is: counters make replies longer, and half of one is another place each time.
        "not-utf-8" => {
            let at = body.windows(3).rposition(|part| part == b"\":\"").map_or(half.len(), |at| at + 3);
            with_body(head, &[&body[..at], b"\xFF\xFE", &body[at..]].concat())
        }
        "deep-array" => with_body(head, &[b"[".repeat(200_000), b"]".repeat(200_000)].concat()),
        fault => with_body(head, rewritten(fault, &String::from_utf8_lossy(body))?.as_bytes()),
    })
}

/// Other JSON in place of the reply's.
fn rewritten(fault: &str, text: &str) -> Option<String> {
    Some(match fault {
        "duplicate-members" => twice(text),
        "overflowing-numbers" => numbers(text, |_| "99999999999999999999999999".into()),
        "negative-numbers" => numbers(text, |digits| format!("-{digits}")),
        "fractional-numbers" => numbers(text, |digits| format!("{digits}.5")),
        "numbers-in-strings" => numbers(text, |digits| format!("\"{digits}\"")),
        _ => return None,
    })
}

/// Sends what there is of the reply to a request that is carried out, and ends the connection.
fn end_with_reply(fault: &str, mut stream: &TcpStream, head: &str, body: &[u8]) -> io::Result<()> {
    let half = &body[..body.len() / 2];
    match fault {
        "closed-between-calls" => stream.write_all(&[head.as_bytes(), body].concat()),
        "trickled-head" => trickle(stream, &[head.as_bytes(), "x".repeat(4_000).as_bytes()].concat()),
        "trickled-body" => {
            let head = with_header(head, "content-length", &(body.len() + 2_000).to_string());
            stream.write_all(&[head.as_bytes(), body].concat())?;
            trickle(stream, &b" ".repeat(2_000))
        }
        "reset-in-body" => {
            stream.write_all(&[head.as_bytes(), half].concat())?;
            thread::sleep(Duration::from_millis(20));
            reset(stream)
        }
        "closed-in-body" => stream.write_all(&[head.as_bytes(), half].concat()),
        "http-1.0" => {
            let head = head.replacen("HTTP/1.1", "HTTP/1.0", 1);
            let lines = without_header(&head, "content-length").join("\r\n");
            stream.write_all(&[lines.as_bytes(), b"\r\n\r\n", body].concat())?;
            stream.shutdown(Shutdown::Write)
        }
        "large-body" => {
            let head = with_header(&with_header(head, "content-length", &LARGEST.to_string()), "connection", "close");
            stream.write_all(head.as_bytes())?;
            endless(stream)
        }
        "large-chunked-body" => {
            let head = with_header(head, "transfer-encoding", "chunked");
            let lines = without_header(&head, "content-length").join("\r\n");
            stream.write_all(format!("{lines}\r\n\r\n").as_bytes())?;
            let block = " ".repeat(64 * 1024);
            for _ in 0..LARGEST / block.len() {
                stream.write_all(format!("{:x}\r\n{block}\r\n", block.len()).as_bytes())?;
            }
            Ok(())
        }
        other => panic!("there is no fault {other}"),
    }
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

fn endless(mut stream: &TcpStream) -> io::Result<()> {
    let block = vec![b' '; 64 * 1024];
    for _ in 0..LARGEST / block.len() {
        stream.write_all(&block)?;
    }
    Ok(())
}
