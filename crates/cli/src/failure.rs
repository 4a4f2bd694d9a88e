//! Exit codes, and why a command failed.

use std::fmt;
use std::process::ExitCode;

use clap::error::ErrorKind;
use gerbang::operation::Idempotency;
use gerbang::{Delivery, Error, Kind, PaymentStatus};
use serde_json::{Value, json};

use crate::lang::tr;

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

    /// A word for scripts.
    fn word(self) -> &'static str {
        match self {
            Self::Done => "done",
            Self::Failed => "failed",
            Self::Usage => "usage",
            Self::NotPaid => "not_paid",
            Self::Refused => "refused",
            Self::Unknown => "unknown",
            Self::Unreachable => "unreachable",
            Self::Interrupted => "interrupted",
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
    code: &'static str,
    /// In English.
    message: String,
    kind: Option<Kind>,
    delivery: Option<Delivery>,
    /// Whether a request may have been carried out that changes something.
    may_have_taken_effect: bool,
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
        let failure =
            Self::failed("test mode: no money was paid").advise("--test-mode accepts payments of the test mode");
        failure.code("test_mode")
    }

    /// The standard output cannot be written.
    pub fn output(error: &std::io::Error) -> Self {
        let what = match error.kind() {
            std::io::ErrorKind::BrokenPipe => "nobody reads the output any more".to_owned(),
            _ => format!("the output cannot be written: {error}"),
        };
        Self::failed(what).code("output")
    }

    /// Ctrl-C or SIGTERM came before the reply to a request that changes something.
    pub fn interrupted(message: impl Into<String>) -> Self {
        let failure = Self::new(Exit::Interrupted, message);
        Self { delivery: Some(Delivery::MaybeSent), may_have_taken_effect: true, ..failure }
    }

    /// A failure with an exit code of its own.
    pub fn new(exit: Exit, message: impl Into<String>) -> Self {
        let message = message.into();
        Self { exit, code: exit.word(), message, kind: None, delivery: None, may_have_taken_effect: false }
    }

    /// A command line that was read but does not fit.
    pub fn from_clap(error: &clap::Error) -> Self {
        // It is the whole help.
        if error.kind() == ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand {
            return Self::usage("a command or an option is missing; --help lists them");
        }
        let text = error.render().to_string();
        let text = text.split("\n\nUsage:").next().unwrap_or_default().trim_start_matches("error: ");
        let text = text.split("\n\nFor more information").next().unwrap_or_default();
        Self::usage(text.split_whitespace().collect::<Vec<_>>().join(" ").replace(" tip: ", "; "))
    }

    /// Gives it another word for scripts.
    #[must_use]
    pub fn code(mut self, code: &'static str) -> Self {
        self.code = code;
        self
    }

    /// Says that something was changed all the same.
    #[must_use]
    pub fn after_effect(mut self) -> Self {
        self.may_have_taken_effect = true;
        self
    }

    /// Adds what to do next.
    #[must_use]
    pub fn advise(mut self, advice: impl fmt::Display) -> Self {
        self.message = format!("{}; {advice}", self.message);
        self
    }

    /// Takes the end of the message off, in whose place something else is said.
    #[must_use]
    pub fn without(mut self, end: &str) -> Self {
        if let Some(rest) = self.message.strip_suffix(end) {
            self.message.truncate(rest.len());
        }
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

    /// What kind of error of a call it is; none where it is of something else.
    pub fn kind(&self) -> Option<Kind> {
        self.kind
    }

    /// The failure as `--json` prints it.
    pub fn to_json(&self) -> Value {
        json!({"error": {
            "code": self.code,
            "message": self.message,
            "exit_code": self.exit as u8,
            "kind": self.kind.map(Kind::as_str),
            "delivery": self.delivery.map(Delivery::as_str),
            "may_have_taken_effect": self.may_have_taken_effect,
        }})
    }
}

/// In the language of the user.
impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&tr(&self.message))
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        let (kind, delivery) = (error.kind(), error.delivery());
        Self {
            kind: Some(kind),
            delivery: Some(delivery),
            may_have_taken_effect: delivery == Delivery::MaybeSent && !changes_nothing(&error),
            ..Self::new(exit_of(&error), error.to_string()).code(kind.as_str())
        }
    }
}

/// Whether a question failed.
fn changes_nothing(error: &Error) -> bool {
    error.operation().is_some_and(|operation| operation.idempotency == Idempotency::Safe)
}

/// Whether a script may go on, try again or must find out first.
fn exit_of(error: &Error) -> Exit {
    match (error.delivery(), error.kind()) {
        (Delivery::NotSent, Kind::Configuration | Kind::InvalidRequest | Kind::Unsupported) => Exit::Usage,
        (Delivery::NotSent, Kind::InvalidNotification) => Exit::Failed,
        (Delivery::NotSent, Kind::Authentication) => Exit::Refused,
        (Delivery::NotSent, _) => Exit::Unreachable,
        (Delivery::Answered, Kind::Unavailable) => Exit::Unreachable,
        (Delivery::Answered, Kind::RateLimited) if changes_nothing(error) => Exit::Unreachable,
        (Delivery::Answered, _) => Exit::Refused,
        (Delivery::MaybeSent, Kind::EchoMismatch | Kind::UnexpectedReply | Kind::ReplyTooLarge) => Exit::Unknown,
        // Of a question by the reference: a gateway that does not know a payment proves nothing.
        (Delivery::MaybeSent, Kind::NotFound | Kind::Rejected) => Exit::Unknown,
        (Delivery::MaybeSent, _) if changes_nothing(error) => Exit::Unreachable,
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
        assert_eq!(json["error"]["code"], "rate_limited");
    }

    #[test]
    fn only_what_changes_something_may_have_taken_effect() {
        for (operation, expected) in [(&CREATE, true), (&STATUS, false)] {
            let lost = Error::new(Kind::Timeout, Delivery::MaybeSent, "x").with_operation(operation);
            assert_eq!(Failure::from(lost).to_json()["error"]["may_have_taken_effect"], expected);
        }
        let refused = Error::new(Kind::Rejected, Delivery::Answered, "x").with_operation(&CREATE);
        assert_eq!(Failure::from(refused).to_json()["error"]["may_have_taken_effect"], false);
    }
}
