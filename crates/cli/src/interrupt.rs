//! Ctrl-C, and SIGTERM, which service managers and containers send instead.

use std::future::pending;

use futures_util::FutureExt as _;

#[cfg(unix)]
use tokio::signal::unix::{Signal as Listener, SignalKind, signal};
#[cfg(windows)]
use tokio::signal::windows::{CtrlC as Listener, ctrl_c};

use crate::failure::Failure;

/// Takes note of Ctrl-C and SIGTERM, which no longer end the program by themselves from then on.
pub struct Interrupt {
    ctrl_c: Option<Listener>,
    #[cfg(unix)]
    terminate: Option<Listener>,
}

impl Interrupt {
    /// Begins to take note. Where that is not possible, they end the program as usual.
    pub fn listen() -> Self {
        Self {
            #[cfg(unix)]
            ctrl_c: signal(SignalKind::interrupt()).ok(),
            #[cfg(unix)]
            terminate: signal(SignalKind::terminate()).ok(),
            #[cfg(windows)]
            ctrl_c: ctrl_c().ok(),
        }
    }

    /// Ends when one of them came since the last time.
    pub async fn pressed(&mut self) {
        #[cfg(unix)]
        tokio::select! {
            () = next(&mut self.ctrl_c) => {}
            () = next(&mut self.terminate) => {}
        }
        #[cfg(windows)]
        next(&mut self.ctrl_c).await;
    }

    /// Whether one of them came since the last time, such as while a question was answered after which something is changed.
    pub fn was_pressed(&mut self) -> bool {
        self.pressed().now_or_never().is_some()
    }

    /// Does some work, unless one of them comes before it is done.
    ///
    /// # Errors
    ///
    /// [`Failure`] of the work, or the one that says what the interruption leaves behind.
    pub async fn unless_pressed<T>(
        &mut self,
        work: impl Future<Output = Result<T, Failure>>,
        ended: impl FnOnce() -> Failure,
    ) -> Result<T, Failure> {
        tokio::select! {
            biased;
            done = work => done,
            () = self.pressed() => Err(ended()),
        }
    }
}

async fn next(listener: &mut Option<Listener>) {
    let came = match listener {
        Some(listener) => listener.recv().await,
        None => None,
    };
    if came.is_none() {
        pending().await
    }
}
