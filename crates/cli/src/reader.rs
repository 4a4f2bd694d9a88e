//! Whether anybody still reads the standard output.

/// Ends when the standard output is a pipe and its reader has gone, such as `head -1`. A file or a terminal has none to lose.
pub async fn gone() {
    #[cfg(unix)]
    while has_reader() {
        tokio::time::sleep(std::time::Duration::from_millis(500)).await;
    }
    #[cfg(not(unix))]
    std::future::pending::<()>().await;
}

#[cfg(unix)]
fn has_reader() -> bool {
    use rustix::event::{PollFd, PollFlags, Timespec, poll};

    let stdout = std::io::stdout();
    let mut watched = [PollFd::new(&stdout, PollFlags::empty())];
    let now = Timespec { tv_sec: 0, tv_nsec: 0 };
    // What cannot be watched is read for all that is known.
    poll(&mut watched, Some(&now)).is_err() || !watched[0].revents().contains(PollFlags::ERR)
}
