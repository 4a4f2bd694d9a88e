//! Getting the text of a document, within limits of time and size. What goes wrong is reported in one line.

use std::error::Error as _;
use std::fs::File;
use std::io::{Read, Write};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use gerbang_transport::Network;
use reqwest::header::LOCATION;
use reqwest::redirect::Policy;
use reqwest::{StatusCode, Url};

/// How large a document may be, in bytes.
pub const LARGEST: usize = 16 * 1024 * 1024;

/// How many addresses are followed one after the other.
const REDIRECTS: usize = 5;

/// A document as it came.
#[derive(Debug)]
pub struct Fetched {
    /// What was sent.
    pub content: Vec<u8>,
    /// Where it lives now, if every redirect on the way there was for good.
    pub moved: Option<String>,
}

/// Fetches a document. Its address is https, or that of a server of this machine; only the latter may lead to another such.
pub fn fetch(address: &str, timeout: Duration) -> Result<Fetched, String> {
    let url = Url::parse(address).map_err(|error| format!("`{address}` is no address: {error}"))?;
    if !may_lead_to(&url, &url) {
        return Err(format!("`{address}` is not https"));
    }
    let runtime =
        tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(|error| error.to_string())?;
    runtime.block_on(async {
        let late = |_| format!("it timed out after {} seconds", timeout.as_secs());
        tokio::time::timeout(timeout, follow(url)).await.map_err(late)?
    })
}

/// Follows redirects to the document.
async fn follow(first: Url) -> Result<Fetched, String> {
    let network = if is_loopback(&first) { Network::new().no_proxy() } else { Network::new() };
    let settings = network.http_client().map_err(|error| error.to_string())?.redirect(Policy::none());
    let client = settings.build().map_err(|error| in_one_line(&error))?;
    let (mut url, mut is_for_good) = (first.clone(), true);
    for _ in 0..=REDIRECTS {
        let reply = client.get(url.clone()).send().await.map_err(|error| in_one_line(&error))?;
        let status = reply.status();
        if status == StatusCode::OK {
            let moved = (is_for_good && url != first).then(|| url.to_string());
            return Ok(Fetched { content: body(reply).await?, moved });
        }
        let place = reply.headers().get(LOCATION).and_then(|place| place.to_str().ok());
        let next = place.filter(|_| status.is_redirection()).and_then(|place| url.join(place).ok());
        let Some(next) = next else { return Err(format!("the server answers {status}")) };
        if !may_lead_to(&first, &next) {
            return Err(format!("the server answers {status} and leads to {next}, which is not https"));
        }
        is_for_good &= [StatusCode::MOVED_PERMANENTLY, StatusCode::PERMANENT_REDIRECT].contains(&status);
        url = next;
    }
    Err(format!("it leads to another address more than {REDIRECTS} times"))
}

/// The body of a reply, up to the largest document.
async fn body(mut reply: reqwest::Response) -> Result<Vec<u8>, String> {
    let mut body = Vec::new();
    while let Some(part) = reply.chunk().await.map_err(|error| in_one_line(&error))? {
        if body.len() + part.len() > LARGEST {
            return Err(too_large());
        }
        body.extend_from_slice(&part);
    }
    Ok(body)
}

/// An error with its causes.
fn in_one_line(error: &reqwest::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        text += &format!(": {error}");
        cause = error.source();
    }
    text
}

fn may_lead_to(from: &Url, to: &Url) -> bool {
    to.scheme() == "https" || to.scheme() == "http" && is_loopback(from) && is_loopback(to)
}

fn is_loopback(url: &Url) -> bool {
    matches!(url.host_str(), Some("localhost" | "127.0.0.1" | "[::1]"))
}

/// Reads a copy of a document.
pub fn read(path: &Path) -> Result<Vec<u8>, String> {
    let fail = |error: std::io::Error| format!("{}: {error}", path.display());
    let mut content = Vec::new();
    File::open(path).map_err(fail)?.take(LARGEST as u64 + 1).read_to_end(&mut content).map_err(fail)?;
    if content.len() > LARGEST { Err(too_large()) } else { Ok(content) }
}

fn too_large() -> String {
    format!("it is larger than {} MiB", LARGEST / 1024 / 1024)
}

/// The text of a PDF, by the program `pdftotext`; what is a text already is left as it is.
pub fn text_of_pdf(content: Vec<u8>, timeout: Duration) -> Result<Vec<u8>, String> {
    if !content.starts_with(b"%PDF-") {
        return Ok(content);
    }
    let mut command = Command::new("pdftotext");
    command.args(["-q", "-enc", "UTF-8", "-", "-"]).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
    let mut program = command.spawn().map_err(|error| {
        format!("it is a PDF, and `pdftotext` (of poppler-utils) cannot be run: {error}; install it, or give the text")
    })?;
    let (mut input, output) = (program.stdin.take().expect("is piped"), program.stdout.take().expect("is piped"));
    // A program that stops reading ends the writing; its own status says what is wrong.
    let writer = thread::spawn(move || drop(input.write_all(&content)));
    let reader = thread::spawn(move || {
        let mut text = Vec::new();
        output.take(LARGEST as u64 + 1).read_to_end(&mut text).map(|_| text)
    });
    let result = end_of(&mut program, timeout);
    writer.join().expect("does not panic");
    let text = reader.join().expect("does not panic").map_err(|error| error.to_string())?;
    result?;
    if text.len() > LARGEST { Err(too_large()) } else { Ok(text) }
}

/// Waits for a program and ends it when it takes too long.
fn end_of(program: &mut Child, timeout: Duration) -> Result<(), String> {
    let deadline = Instant::now() + timeout;
    loop {
        match program.try_wait().map_err(|error| error.to_string())? {
            Some(status) if status.success() => return Ok(()),
            Some(status) => return Err(format!("`pdftotext` failed: {status}")),
            None if Instant::now() >= deadline => {
                let ended = program.kill().and_then(|()| program.wait());
                return Err(format!(
                    "`pdftotext` took too long{}",
                    if ended.is_ok() { "" } else { " and cannot be ended" }
                ));
            }
            None => thread::sleep(Duration::from_millis(20)),
        }
    }
}
