//! What happens, on the standard error: `-v`, `-vv`, or as RUST_LOG chooses.
//!
//! It is what the crates of Gerbang say, which is without secrets. What the libraries below them say is not shown: of requests it
//! may be everything.

use std::env;
use std::io::{self, Write};

use tracing_subscriber::filter::{LevelFilter, Targets, filter_fn};
use tracing_subscriber::fmt::format::FmtSpan;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;
use tracing_subscriber::{Layer, fmt, registry};

use crate::output::Output;
use crate::printable::{printable_json, printable_lines};

/// Begins to say what happens, where it is wanted.
pub fn start(verbose: u8, output: Output) {
    let Some(targets) = wanted(verbose, output) else { return };
    // Spans are the calls of gateways and their attempts.
    let spans = if verbose > 1 { FmtSpan::NEW | FmtSpan::CLOSE } else { FmtSpan::CLOSE };
    let lines = fmt::layer().with_span_events(spans).with_ansi(false);
    let is_json = output.json;
    let lines = match is_json {
        true => lines.json().with_writer(move || Printable(is_json)).boxed(),
        false => lines.with_writer(move || Printable(is_json)).boxed(),
    };
    let is_ours = filter_fn(move |metadata| {
        metadata.target().starts_with("gerbang") && targets.would_enable(metadata.target(), metadata.level())
    });
    _ = registry().with(lines.with_filter(is_ours)).try_init();
}

/// What is wanted; nothing unless somebody asks.
fn wanted(verbose: u8, output: Output) -> Option<Targets> {
    match verbose {
        0 => {}
        1 => return Some(Targets::new().with_default(LevelFilter::DEBUG)),
        _ => return Some(Targets::new().with_default(LevelFilter::TRACE)),
    }
    let chosen = env::var("RUST_LOG").ok().filter(|chosen| !chosen.trim().is_empty())?;
    let targets = chosen.parse::<Targets>();
    if targets.is_err() {
        let warning = "RUST_LOG is not understood and is ignored; write it like gerbang=debug";
        output.warn(warning);
    }
    targets.ok()
}

/// The standard error without what steers a terminal: a line may have what a provider wrote.
struct Printable(bool);

impl Write for Printable {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let text = String::from_utf8_lossy(bytes);
        let text = if self.0 { printable_json(&text) } else { printable_lines(&text) };
        io::stderr().lock().write_all(text.as_bytes())?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        io::stderr().flush()
    }
}
