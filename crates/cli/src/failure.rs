//! Exit codes, and why a command failed.

use std::fmt;
use std::process::ExitCode;

use gerbang::operation::Idempotency;
use gerbang::{Delivery, Error, Kind, PaymentStatus};
use serde_json::{Value, json};

/// How the program ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Exit {
    /// The command did what it is for; a payment is paid.
    Done = 0,
    /// Something else went wrong: a check failed, a file could not be written, a payment is of the test mode.
    Failed = 1,
    /// The command line, a value or the configuration is wrong. Nothing was sent.
    Usage = 2,
    /// The payment has ended and is not paid.
    NotPaid = 3,
    /// The provider answered that it does not do it.
    Refused = 4,
    /// The outcome is not known: the payment is pending, or a request may have been carried out.
    Unknown = 5,
    /// The provider could not be reached, or cannot serve now. Nothing was changed.
    Unreachable = 6,
    /// Ctrl-C, or SIGTERM.
    Interrupted = 130,
}

impl Exit {
    /// What a status means for a script. Paid is only what a proof says so: see [`crate::verdict`].
    pub fn of_status(status: &PaymentStatus) -> Self {
        match status {
            PaymentStatus::Paid => Self::Done,
            PaymentStatus::Expired | PaymentStatus::Cancelled | PaymentStatus::Failed => Self::NotPaid,
            _ => Self::Unknown,
        }
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit as u8)
    }
}

/// Why a command failed, in one line that says what to do next.
#[derive(Debug)]
pub struct Failure {
    exit: Exit,
    message: String,
    /// Kind and delivery of the error of a call.
    call: Option<(Kind, Delivery)>,
}

impl Failure {
    /// The command line or a value is wrong.
    pub fn usage(message: impl Into<String>) -> Self {
        Self::new(Exit::Usage, message)
    }

    /// Something else went wrong.
    pub fn failed(message: impl Into<String>) -> Self {
        Self::new(Exit::Failed, message)
    }

    /// The payment is of the gateway's test mode, which is not accepted.
    pub fn test_mode() -> Self {
        Self::failed("test mode: no money was paid").advise("--test-mode accepts payments of the test mode")
    }

    /// A failure with an exit code of its own.
    pub fn new(exit: Exit, message: impl Into<String>) -> Self {
        Self { exit, message: message.into(), call: None }
    }

    /// A command line that was read but does not fit.
    pub fn from_clap(error: clap::Error) -> Self {
        Self::usage(error.render().to_string().trim().trim_start_matches("error: ").to_owned())
    }

    /// Adds what to do next.
    #[must_use]
    pub fn advise(mut self, advice: impl fmt::Display) -> Self {
        self.message = format!("{}; {advice}", self.message);
        self
    }

    /// Says which line of the input it is about.
    #[must_use]
    pub fn of_line(mut self, number: u64) -> Self {
        self.message = format!("line {number}: {}", self.message);
        self
    }

    /// The exit code.
    pub fn exit(&self) -> Exit {
        self.exit
    }

    /// The failure as `--json` prints it.
    pub fn to_json(&self) -> Value {
        json!({"error": {
            "message": self.message,
            "exit_code": self.exit as u8,
            "kind": self.call.map(|(kind, _)| kind.as_str()),
            "delivery": self.call.map(|(_, delivery)| delivery.as_str()),
        }})
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        let call = Some((error.kind(), error.delivery()));
        Self { exit: exit_of(&error), message: error.to_string(), call }
    }
}

/// Whether a script may go on, try again or must find out first.
fn exit_of(error: &Error) -> Exit {
    let changes_nothing = error.operation().is_some_and(|operation| operation.idempotency == Idempotency::Safe);
    match (error.delivery(), error.kind()) {
        (Delivery::NotSent, Kind::Configuration | Kind::InvalidRequest | Kind::Unsupported) => Exit::Usage,
        (Delivery::NotSent, Kind::InvalidNotification) => Exit::Failed,
        (Delivery::NotSent, Kind::Authentication) => Exit::Refused,
        (Delivery::NotSent, _) => Exit::Unreachable,
        (Delivery::Answered, Kind::Unavailable) => Exit::Unreachable,
        (Delivery::Answered, Kind::RateLimited) if changes_nothing => Exit::Unreachable,
        (Delivery::Answered, _) => Exit::Refused,
        (Delivery::MaybeSent, Kind::EchoMismatch | Kind::UnexpectedReply | Kind::ReplyTooLarge) => Exit::Unknown,
        (Delivery::MaybeSent, _) if changes_nothing => Exit::Unreachable,
        (Delivery::MaybeSent, _) => Exit::Unknown,
    }
}

#[cfg(test)]
mod tests {
    use gerbang::Operation;

    use super::*;

    static CREATE: Operation = Operation { id: "create_payment", ..Operation::BASE };
    static STATUS: Operation = Operation { id: "payment_status", idempotency: Idempotency::Safe, ..Operation::BASE };

    #[test]
    fn a_script_learns_whether_something_may_have_happened() {
        let exit =
            |kind, delivery, operation| Failure::from(Error::new(kind, delivery, "x").with_operation(operation)).exit();
        assert_eq!(exit(Kind::Configuration, Delivery::NotSent, &CREATE), Exit::Usage);
        assert_eq!(exit(Kind::Connect, Delivery::NotSent, &CREATE), Exit::Unreachable);
        assert_eq!(exit(Kind::Rejected, Delivery::Answered, &CREATE), Exit::Refused);
        assert_eq!(exit(Kind::Timeout, Delivery::MaybeSent, &CREATE), Exit::Unknown);
        assert_eq!(exit(Kind::Html, Delivery::MaybeSent, &CREATE), Exit::Unknown);
        assert_eq!(exit(Kind::Timeout, Delivery::MaybeSent, &STATUS), Exit::Unreachable);
        assert_eq!(exit(Kind::EchoMismatch, Delivery::MaybeSent, &STATUS), Exit::Unknown);
        assert_eq!(exit(Kind::RateLimited, Delivery::Answered, &STATUS), Exit::Unreachable);
        assert_eq!(exit(Kind::RateLimited, Delivery::Answered, &CREATE), Exit::Refused);
    }

    #[test]
    fn words_of_json_are_in_snake_case() {
        let error = Error::new(Kind::RateLimited, Delivery::MaybeSent, "x");
        let json = Failure::from(error).to_json();
        assert_eq!(
            (&json["error"]["kind"], &json["error"]["delivery"]),
            (&json!("rate_limited"), &json!("maybe_sent"))
        );
    }
}
