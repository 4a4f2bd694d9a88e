//! A notification as it is sent: headers and the bytes of the body.

use std::fs::File;
use std::io;

use gerbang::Secret;
use http::{HeaderMap, HeaderName, HeaderValue};

use super::MAX_BODY;
use super::reader;
use crate::failure::Failure;
use crate::file;
use crate::provider::Provider;

/// What is shown in the place of a secret.
pub const MASK: &str = "***";

/// What proves a gateway's notifications, as the beginning of a sentence; none where nothing does.
pub fn proof_of(provider: Provider) -> Option<&'static str> {
    // Whoever reads either can send it again.
    let proof = provider.notifications().ok()?.proof?;
    Some(if proof.proof.signature.is_some() { "the signature" } else { "the webhook secret" })
}

/// Headers and body.
#[derive(Clone, Debug, PartialEq)]
pub struct Message {
    pub headers: HeaderMap,
    pub body: Vec<u8>,
}

impl Message {
    /// A body with the proof that a gateway adds to it.
    ///
    /// # Errors
    ///
    /// [`Failure`] when the gateway sends no notifications, or proves them and the key is not there or cannot be sent.
    pub fn proven(provider: Provider, key: Option<&Secret>, body: Vec<u8>) -> Result<Self, Failure> {
        let mut headers = HeaderMap::new();
        headers.insert(http::header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
        if let Some(proof) = provider.notifications()?.proof {
            let key = key.ok_or_else(|| reader::no_key(provider, proof))?;
            let what = proof_of(provider).unwrap_or("the proof");
            let cannot = match proof.proof.header() {
                Some(_) => format!("{what} cannot be sent in a header"),
                None => "the body lacks a member that is signed, or is no JSON object".to_owned(),
            };
            let body = proof.prove(key, &mut headers, body).ok_or_else(|| Failure::usage(cannot))?;
            if let Some(value) = proof.proof.header().and_then(|name| headers.get_mut(name)) {
                value.set_sensitive(proof.proof.signature.is_none());
            }
            return Ok(Self { headers, body });
        }
        Ok(Self { headers, body })
    }

    /// What proves something in it, as the beginning of a sentence; none where nothing does.
    pub fn proof(&self) -> Option<&'static str> {
        let is_here = |provider: &Provider| {
            let proof = provider.notifications().ok().and_then(|notifications| notifications.proof);
            proof.is_some_and(|proof| !proof.proof.given_values(&self.headers, &self.body).is_empty())
        };
        Provider::all().find(is_here).and_then(proof_of)
    }

    /// The headers as lines. Secrets are replaced by [`MASK`].
    pub fn header_lines(&self) -> String {
        let line = |(name, value): (&HeaderName, &HeaderValue)| {
            let value = if value.is_sensitive() { MASK.into() } else { String::from_utf8_lossy(value.as_bytes()) };
            format!("{name}: {value}\n")
        };
        self.headers.iter().map(line).collect()
    }
}

/// Reads lines of headers. What follows an empty line is a body. The first line may be that of an HTTP request.
///
/// # Errors
///
/// [`Failure`] when a line is no header. It does not show the line, which may hold a secret.
pub fn read_headers(text: &[u8]) -> Result<(HeaderMap, Option<Vec<u8>>), Failure> {
    // Some editors begin a file with a byte order mark.
    let mut text = text.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(text);
    let mut headers = HeaderMap::new();
    let mut number = 0;
    while !text.is_empty() {
        number += 1;
        let end = text.iter().position(|byte| *byte == b'\n');
        let (line, rest) = end.map_or((text, &[][..]), |end| (&text[..end], &text[end + 1..]));
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        text = rest;
        if line.is_empty() {
            return Ok((headers, end.map(|_| rest.to_vec())));
        }
        if number == 1 && line.windows(6).any(|part| part == b" HTTP/") {
            continue;
        }
        let (name, value) = header(line)
            .ok_or_else(|| Failure::usage(format!("line {number} of the headers is not \"Name: value\"")))?;
        headers.append(name, value);
    }
    Ok((headers, None))
}

/// `Name: value`; none where it is something else.
pub fn header(line: &[u8]) -> Option<(HeaderName, HeaderValue)> {
    let colon = line.iter().position(|byte| *byte == b':')?;
    let name = HeaderName::from_bytes(&line[..colon]).ok()?;
    let value = HeaderValue::from_bytes(line[colon + 1..].trim_ascii()).ok()?;
    Some((name, value))
}

/// Reads a file, or the standard input for `-`, as it is.
///
/// # Errors
///
/// [`Failure`] when it cannot be read, or is larger than headers and a notification can be.
pub fn read_input(path: &str) -> Result<Vec<u8>, Failure> {
    let name = if path == "-" { "the standard input" } else { path };
    let most = 2 * MAX_BODY as u64;
    let read = match path {
        "-" => file::all(io::stdin(), most),
        path => File::open(path).and_then(|input| file::all(input, most)),
    };
    read.map_err(|error| Failure::usage(format!("{name} cannot be read: {error}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headers_end_at_an_empty_line() {
        for end in ["\n", "\r\n"] {
            let text = ["POST /klink HTTP/1.1", "A: 1", "b:  2 ", "A: 3", "", "{\"x\":\r\n1}\n"].join(end);
            let (headers, body) = read_headers(text.as_bytes()).unwrap();
            let all: Vec<_> = headers.get_all("a").iter().map(|value| value.to_str().unwrap()).collect();
            assert_eq!((all, headers["b"].as_bytes()), (vec!["1", "3"], &b"2"[..]));
            assert_eq!(body.as_deref(), Some(&b"{\"x\":\r\n1}\n"[..]));
        }
        assert_eq!(read_headers(b"\xEF\xBB\xBFA: 1").unwrap().0["a"], "1");
        assert_eq!(read_headers(b"A: 1").unwrap().1, None);
        assert_eq!(read_headers(b"A: 1\n").unwrap().1, None);
        assert_eq!(read_headers(b"A: 1\n\n").unwrap().1, Some(Vec::new()));
    }

    #[test]
    fn a_line_that_is_no_header_is_not_shown() {
        for line in ["CANARY", "CANARY x: y", ": CANARY"] {
            let failure = read_headers(format!("A: 1\n{line}").as_bytes()).unwrap_err();
            assert!(failure.to_string().contains("line 2") && !failure.to_string().contains("CANARY"), "{failure}");
        }
    }

    #[test]
    fn a_secret_is_not_written() {
        let message =
            Message::proven(Provider::named("pakasir-v2").unwrap(), Some(&Secret::from("CANARY")), Vec::new()).unwrap();
        assert!(message.header_lines().contains("x-secret: ***\n"));
        assert!(!format!("{message:?}").contains("CANARY"));
    }

    #[test]
    fn signature_is_that_of_the_document() {
        let klink = Provider::named("klink-gopay").unwrap();
        let key = Secret::from("033389b9-cc42-4005-ae9e-8e8ff23738d7");
        let body = klink.notifications().unwrap().sample.trim_end();
        let message = Message::proven(klink, Some(&key), body.into()).unwrap();
        let documented = "2EB070BB20E93992A418E46EB45D47DD56CD42601EE4713FBAD1A938710DA369";
        assert_eq!(message.headers["x-servicepayment"], documented);
    }
}
