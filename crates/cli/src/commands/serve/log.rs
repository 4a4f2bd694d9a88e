//! The daemon's log, on the standard error, and its traces.

use std::io;

use clap::ValueEnum;
#[cfg(feature = "otlp")]
use gerbang_serve::Telemetry;
use tracing::Level;
use tracing::level_filters::LevelFilter;
use tracing_subscriber::filter::filter_fn;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;
use tracing_subscriber::{Layer, fmt, registry};

use crate::failure::Failure;

/// How the log is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Format {
    // Lines for people.
    Text,
    // An object a line.
    Json,
}

/// What happens is written down as long as this is there.
#[derive(Debug)]
pub struct Log {
    #[cfg(feature = "otlp")]
    traces: Option<Telemetry>,
}

impl Log {
    /// Begins to write what happens, and to send traces where the environment names a collector.
    ///
    /// # Errors
    ///
    /// [`Failure`] if what the environment says of traces is wrong.
    pub fn start(format: Format) -> Result<Self, Failure> {
        #[cfg(feature = "otlp")]
        let traces = Telemetry::from_env().map_err(Failure::usage)?;
        let lines = fmt::layer().with_writer(io::stderr);
        let lines = match format {
            Format::Text => lines.with_ansi(false).boxed(),
            Format::Json => lines.json().boxed(),
        };
        // Each line says by itself what it is about.
        let events = filter_fn(|metadata| metadata.is_event() && *metadata.level() <= Level::INFO);
        let log = registry().with(lines.with_filter(events.with_max_level_hint(LevelFilter::INFO)));
        #[cfg(feature = "otlp")]
        let log = log.with(traces.as_ref().map(Telemetry::layer));
        // A log that somebody else has begun is left as it is.
        let _ = log.try_init();
        Ok(Self {
            #[cfg(feature = "otlp")]
            traces,
        })
    }

    /// Sends what has not been sent.
    pub async fn end(self) {
        #[cfg(feature = "otlp")]
        if let Some(traces) = self.traces {
            let _ = tokio::task::spawn_blocking(|| traces.end()).await;
        }
    }
}
