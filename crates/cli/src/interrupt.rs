//! Ctrl-C.

use std::future::pending;

#[cfg(unix)]
use tokio::signal::unix::Signal as Listener;
#[cfg(windows)]
use tokio::signal::windows::CtrlC as Listener;

/// Takes note of Ctrl-C, which no longer ends the program by itself from then on.
pub struct Interrupt(Option<Listener>);

impl Interrupt {
    /// Begins to take note. Where that is not possible, Ctrl-C ends the program as usual.
    pub fn listen() -> Self {
        #[cfg(unix)]
        let listener = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::interrupt());
        #[cfg(windows)]
        let listener = tokio::signal::windows::ctrl_c();
        Self(listener.ok())
    }

    /// Ends when Ctrl-C was pressed since the last time.
    pub async fn pressed(&mut self) {
        let pressed = match &mut self.0 {
            Some(listener) => listener.recv().await,
            None => None,
        };
        if pressed.is_none() {
            pending().await
        }
    }
}
