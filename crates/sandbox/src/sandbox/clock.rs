//! What is done with a clock.

use std::time::Duration;

use gerbang_core::Secret;
use jiff::{SignedDuration, Timestamp};

use crate::Provider;
use crate::clock::Move;

/// What is done with the sandbox's clock, or with that of one credential, which differs so much from the sandbox's from then
/// on: see [`Sandbox::change_clock`](crate::Sandbox::change_clock).
///
/// ```
/// use std::time::Duration;
///
/// use gerbang_sandbox::{ClockChange, Sandbox};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let sandbox = Sandbox::start().await;
/// let noon = "2026-01-31T12:00:00Z".parse()?;
/// sandbox.change_clock(&ClockChange::new().at(noon).stop())?;
/// sandbox.change_clock(&ClockChange::new().back(Duration::from_secs(60)))?;
/// assert_eq!(sandbox.now().to_string(), "2026-01-31T11:59:00Z");
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug, Default)]
#[must_use]
pub struct ClockChange {
    pub(super) moved: Move,
    pub(super) of: Option<(Provider, Secret)>,
}

impl ClockChange {
    /// Nothing yet, with the sandbox's clock.
    pub fn new() -> Self {
        Self::default()
    }

    /// The clock shows this time. What else is done is done then.
    pub fn at(mut self, time: Timestamp) -> Self {
        self.moved.to = Some(time);
        self
    }

    /// The clock goes forward.
    pub fn forward(mut self, by: Duration) -> Self {
        self.moved.by = Some(SignedDuration::try_from(by).unwrap_or(SignedDuration::MAX));
        self
    }

    /// The clock goes back. What has happened stays so.
    pub fn back(mut self, by: Duration) -> Self {
        self.moved.by = Some(SignedDuration::try_from(by).map_or(SignedDuration::MIN, |by| -by));
        self
    }

    /// The clock stands still, and moves only when it is moved.
    pub fn stop(mut self) -> Self {
        self.moved.stops = Some(true);
        self
    }

    /// The clock runs from the time that it shows.
    pub fn run(mut self) -> Self {
        self.moved.stops = Some(false);
        self
    }

    /// The clock of one credential is meant: the API key, for Pakasir the project and the key as `PROJECT:KEY`, for K-Link the
    /// e-mail address.
    pub fn of(mut self, provider: Provider, credential: impl Into<Secret>) -> Self {
        self.of = Some((provider, credential.into()));
        self
    }
}
