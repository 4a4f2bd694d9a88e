//! The daemon's log, on the standard error.

use std::io;

use clap::ValueEnum;
use tracing::level_filters::LevelFilter;

/// How the log is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Format {
    // Lines for people.
    Text,
    // An object a line.
    Json,
}

/// Begins to write what happens.
pub fn start(format: Format) {
    let log = tracing_subscriber::fmt().with_max_level(LevelFilter::INFO).with_writer(io::stderr);
    // A log that somebody else has begun is left as it is.
    let _ = match format {
        Format::Text => log.with_ansi(false).try_init(),
        Format::Json => log.json().try_init(),
    };
}
