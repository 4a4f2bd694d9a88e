//! Why the daemon does not start, or has ended.

use std::fmt;
use std::io;

use gerbang::ledger;

/// Why the daemon does not start, or has ended.
#[derive(Debug)]
#[non_exhaustive]
pub enum Error {
    /// The address cannot be listened at, or the sandbox cannot be started.
    Listen(io::Error),
    /// The database, or an account that is not as the book has it.
    Ledger(ledger::Error),
    /// An account's gateway cannot be made.
    Gateway(gerbang::Error),
    /// The system gives no random numbers.
    Random,
    /// The ledger's worker has ended by itself, which only a mistake in it can bring about; the log says which.
    Worker,
    /// A client cannot be made that delivers events or asks the sandbox.
    Client(Box<dyn std::error::Error + Send + Sync>),
    /// The sandbox that is to play the gateways does not answer, or is none.
    Sandbox(String),
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Listen(error) => write!(f, "the daemon cannot listen: {error}"),
            Self::Ledger(error) => error.fmt(f),
            Self::Gateway(error) => error.fmt(f),
            Self::Client(error) => write!(f, "an HTTP client cannot be made: {error}"),
            Self::Sandbox(why) => f.write_str(why),
            Self::Worker => f.write_str("the ledger's worker has ended; the log says why"),
            Self::Random => f.write_str("the system gives no random numbers"),
        }
    }
}

impl std::error::Error for Error {}

impl From<ledger::Error> for Error {
    fn from(error: ledger::Error) -> Self {
        Self::Ledger(error)
    }
}
