//! The one error type of all clients.

use std::error::Error as StdError;
use std::fmt;
use std::time::Duration;

use crate::operation::{Idempotency, Operation};
use crate::{Delivery, Kind};

/// Why a call failed, whether the request may have taken effect, and what the provider said.
///
/// The error is opaque: ask it. [`Error::kind`] says what happened, [`Error::delivery`] whether the request may have been
/// carried out. Before a payment is created again, `delivery()` must not be [`Delivery::MaybeSent`].
///
/// Displayed, it is one line that says what happened and what to do next. Neither that line nor the debug form holds
/// a credential, a URL's query or the reply's body.
pub struct Error(Box<Inner>);

struct Inner {
    kind: Kind,
    delivery: Delivery,
    what: String,
    operation: Option<&'static Operation>,
    attempts: u32,
    status: Option<u16>,
    code: Option<String>,
    provider_message: Option<String>,
    retry_after: Option<Duration>,
    body: Option<String>,
    source: Option<Box<dyn StdError + Send + Sync>>,
}

impl Error {
    /// An error of a kind; `what` completes the sentence "the call failed: …".
    pub fn new(kind: Kind, delivery: Delivery, what: impl Into<String>) -> Self {
        Self(Box::new(Inner {
            kind,
            delivery,
            what: one_line(&what.into()),
            operation: None,
            attempts: 0,
            status: None,
            code: None,
            provider_message: None,
            retry_after: None,
            body: None,
            source: None,
        }))
    }

    /// The same failure in the words of the caller's operation: another sentence, with all that is known of the cause.
    ///
    /// Kind, operation, attempts, status, code, the provider's text and the time to wait stay; the error itself becomes the
    /// source. Whether the request may have taken effect stays too, unless `with_delivery` says otherwise.
    #[must_use]
    pub fn restated(self, what: impl Into<String>) -> Self {
        let inner = &self.0;
        let mut restated = Self::new(inner.kind, inner.delivery, what);
        restated.0.operation = inner.operation;
        restated.0.attempts = inner.attempts;
        restated.0.status = inner.status;
        restated.0.code.clone_from(&inner.code);
        restated.0.provider_message.clone_from(&inner.provider_message);
        restated.0.retry_after = inner.retry_after;
        restated.with_source(self)
    }

    /// What happened.
    ///
    /// ```
    /// # use gerbang_core::{Delivery, Error, Kind};
    /// # fn next_step(error: &Error) -> &'static str {
    /// match error.kind() {
    ///     Kind::RateLimited | Kind::Unavailable | Kind::Timeout => "try again later",
    ///     Kind::Configuration | Kind::Authentication => "call the operator",
    ///     Kind::InvalidRequest => "ask the customer for another value",
    ///     _ => "look at it",
    /// }
    /// # }
    /// # let busy = Error::new(Kind::RateLimited, Delivery::Answered, "too many requests");
    /// # assert_eq!(next_step(&busy), "try again later");
    /// ```
    pub fn kind(&self) -> Kind {
        self.0.kind
    }

    /// Whether the request may have taken effect.
    ///
    /// ```
    /// # use gerbang_core::{Delivery, Error, Kind};
    /// # fn may_create_again(error: &Error) -> bool {
    /// // After a payment could not be created: may the order be paid another way?
    /// match error.delivery() {
    ///     Delivery::NotSent | Delivery::Answered => true,
    ///     Delivery::MaybeSent => false, // find out first, see `recover`
    ///     _ => false,
    /// }
    /// # }
    /// # assert!(!may_create_again(&Error::new(Kind::Timeout, Delivery::MaybeSent, "no answer came")));
    /// ```
    pub fn delivery(&self) -> Delivery {
        self.0.delivery
    }

    /// The operation that failed; none for errors outside a call, such as a missing environment variable.
    ///
    /// ```
    /// # use gerbang_core::{Delivery, Error, Kind, Operation};
    /// # static CREATE: Operation = Operation { provider: "kropay", id: "create_payment", ..Operation::BASE };
    /// # let error = Error::new(Kind::Timeout, Delivery::MaybeSent, "no answer came").with_operation(&CREATE);
    /// let operation = error.operation().expect("a call failed");
    /// assert_eq!((operation.provider, operation.id), ("kropay", "create_payment"));
    /// ```
    pub fn operation(&self) -> Option<&'static Operation> {
        self.0.operation
    }

    /// How many attempts were made to send the request, see [`crate::Retry`]. 0 when the failure was found before the first,
    /// such as a value that breaks a limit, or after a reply was read, such as [`Kind::EchoMismatch`].
    ///
    /// ```
    /// # use gerbang_core::{Delivery, Error, Kind};
    /// # let error = Error::new(Kind::Unavailable, Delivery::Answered, "down").with_attempts(3);
    /// if error.attempts() > 1 {
    ///     println!("failed {} times in a row", error.attempts());
    /// }
    /// # assert_eq!(error.attempts(), 3);
    /// ```
    pub fn attempts(&self) -> u32 {
        self.0.attempts
    }

    /// The HTTP status of the reply, when one came.
    ///
    /// ```
    /// # use gerbang_core::{Delivery, Error, Kind};
    /// # let error = Error::new(Kind::Unavailable, Delivery::MaybeSent, "down").with_status(503);
    /// let is_outage = error.status().is_some_and(|status| status >= 500);
    /// # assert!(is_outage);
    /// ```
    pub fn status(&self) -> Option<u16> {
        self.0.status
    }

    /// The provider's failure code, where it gives one.
    ///
    /// ```
    /// # use gerbang_core::{Delivery, Error, Kind};
    /// # let error = Error::new(Kind::Rejected, Delivery::Answered, "refused").with_code(Some("E7".into()));
    /// assert_eq!(error.code(), Some("E7")); // look it up in the provider's document
    /// ```
    pub fn code(&self) -> Option<&str> {
        self.0.code.as_deref()
    }

    /// The provider's own text, credentials removed.
    ///
    /// ```
    /// # use gerbang_core::{Delivery, Error, Kind};
    /// # let text = Some("Minimum amount is 1000".to_owned());
    /// # let error = Error::new(Kind::Rejected, Delivery::Answered, "refused").with_provider_message(text);
    /// // For the merchant, not for the customer.
    /// println!("the gateway says: {}", error.provider_message().unwrap_or("nothing"));
    /// # assert_eq!(error.provider_message(), Some("Minimum amount is 1000"));
    /// ```
    pub fn provider_message(&self) -> Option<&str> {
        self.0.provider_message.as_deref()
    }

    /// How long the provider asks to wait before the next request.
    ///
    /// ```
    /// # use std::time::Duration;
    /// # use gerbang_core::{Delivery, Error, Kind};
    /// # let error = Error::new(Kind::RateLimited, Delivery::Answered, "too many requests");
    /// # let error = error.with_retry_after(Some(Duration::from_secs(60)));
    /// let pause = error.retry_after().unwrap_or(Duration::from_secs(5));
    /// # assert_eq!(pause, Duration::from_secs(60));
    /// ```
    pub fn retry_after(&self) -> Option<Duration> {
        self.0.retry_after
    }

    /// The beginning of the reply's body, at most 4 096 bytes, credentials removed. For a developer's eyes: it may hold a
    /// customer's data.
    ///
    /// ```
    /// # use gerbang_core::{Delivery, Error, Kind};
    /// # let error = Error::new(Kind::Html, Delivery::MaybeSent, "a web page").with_body("<html>".into());
    /// // While you develop; never in a log that is kept.
    /// if let Some(body) = error.body() {
    ///     eprintln!("{body}");
    /// }
    /// # assert_eq!(error.body(), Some("<html>"));
    /// ```
    pub fn body(&self) -> Option<&str> {
        self.0.body.as_deref()
    }

    fn advice(&self) -> &'static str {
        match (self.0.delivery, self.0.kind) {
            (Delivery::NotSent, Kind::Configuration) => "nothing was sent; correct the configuration",
            (Delivery::NotSent, Kind::InvalidRequest) => "nothing was sent; correct the value",
            (Delivery::NotSent, Kind::Unsupported) => "nothing was sent",
            (Delivery::NotSent, Kind::Tls) => {
                "nothing was sent; check the address, the server's certificate and this machine's clock"
            }
            (Delivery::NotSent, Kind::InvalidNotification) => "answer the sender with a failure",
            (Delivery::NotSent, Kind::Authentication) if self.0.operation.is_none() => {
                "answer the sender with a failure"
            }
            (Delivery::NotSent, Kind::Authentication) => "nothing was sent; check the credentials",
            (Delivery::NotSent, _) => "the request did not reach the provider; it is safe to try again",
            (Delivery::MaybeSent, Kind::EchoMismatch) => "do not show it to a customer; find out what happened",
            (Delivery::MaybeSent, _) => match self.0.operation.map(|operation| operation.idempotency) {
                Some(Idempotency::Safe | Idempotency::Idempotent) => "it is safe to try again",
                _ => "the request may have been carried out; do not send it again before you know",
            },
            (Delivery::Answered, Kind::Authentication) => "nothing was done; check the credentials",
            (Delivery::Answered, Kind::RateLimited) => "nothing was done; wait before you try again",
            // About a question, "not carried out" would be taken for an answer to it.
            (Delivery::Answered, _)
                if self.0.operation.is_some_and(|operation| operation.idempotency == Idempotency::Safe) =>
            {
                "the question was not answered"
            }
            (Delivery::Answered, Kind::AlreadyDone) => {
                "it was done before, perhaps by an earlier attempt of yours; look at that one before you do anything else"
            }
            (Delivery::Answered, _) => "the provider did not carry it out",
        }
    }
}

/// For those who write a client or a gateway.
#[doc(hidden)]
impl Error {
    /// Names the operation that failed.
    #[must_use]
    pub fn with_operation(mut self, operation: &'static Operation) -> Self {
        self.0.operation = Some(operation);
        self
    }

    /// Names the operation, unless one is named already.
    #[must_use]
    pub fn or_operation(self, operation: &'static Operation) -> Self {
        if self.0.operation.is_some() { self } else { self.with_operation(operation) }
    }

    /// Says otherwise whether the request may have taken effect.
    #[must_use]
    pub fn with_delivery(mut self, delivery: Delivery) -> Self {
        self.0.delivery = delivery;
        self
    }

    /// Adds how many attempts were made.
    #[must_use]
    pub fn with_attempts(mut self, attempts: u32) -> Self {
        self.0.attempts = attempts;
        self
    }

    /// Adds the HTTP status of the reply.
    #[must_use]
    pub fn with_status(mut self, status: u16) -> Self {
        self.0.status = Some(status);
        self
    }

    /// Adds the provider's failure code.
    #[must_use]
    pub fn with_code(mut self, code: Option<String>) -> Self {
        self.0.code = code;
        self
    }

    /// Adds the provider's text. It must be free of secrets.
    #[must_use]
    pub fn with_provider_message(mut self, message: Option<String>) -> Self {
        self.0.provider_message = message;
        self
    }

    /// Adds how long the provider asks to wait.
    #[must_use]
    pub fn with_retry_after(mut self, retry_after: Option<Duration>) -> Self {
        self.0.retry_after = retry_after;
        self
    }

    /// Adds the beginning of the reply's body. It must be free of secrets.
    #[must_use]
    pub fn with_body(mut self, body: String) -> Self {
        self.0.body = Some(body);
        self
    }

    /// Adds the cause. Neither it nor its own causes may show a secret or a URL.
    #[must_use]
    pub fn with_source(mut self, source: impl Into<Box<dyn StdError + Send + Sync>>) -> Self {
        self.0.source = Some(source.into());
        self
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let inner = &self.0;
        if let Some(operation) = inner.operation {
            write!(f, "{} {}: ", operation.provider, operation.id)?;
        }
        f.write_str(&inner.what)?;
        if let Some(status) = inner.status {
            write!(f, " (HTTP {status})")?;
        }
        if inner.attempts > 1 {
            write!(f, " after {} attempts", inner.attempts)?;
        }
        if let Some(message) = &inner.provider_message {
            write!(f, ": \"{}\"", one_line(message))?;
        }
        write!(f, "; {}", self.advice())?;
        match inner.operation.and_then(|operation| operation.lost_reply) {
            Some(how) if inner.delivery == Delivery::MaybeSent => write!(f, ": {how}"),
            _ => Ok(()),
        }
    }
}

/// `{:?}` is kind, delivery and the line for people, as a program shows it that returns the error from `main`; `{:#?}` is every
/// part.
impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let inner = &self.0;
        if !f.alternate() {
            return write!(f, "{self} ({:?}, {:?})", inner.kind, inner.delivery);
        }
        f.debug_struct("Error")
            .field("kind", &inner.kind)
            .field("delivery", &inner.delivery)
            .field("operation", &inner.operation.map(|operation| (operation.provider, operation.id)))
            .field("what", &inner.what)
            .field("attempts", &inner.attempts)
            .field("status", &inner.status)
            .field("code", &inner.code)
            .field("provider_message", &inner.provider_message)
            .field("retry_after", &inner.retry_after)
            .field("body", &inner.body.as_ref().map(|body| format!("{} bytes", body.len())))
            .field("source", &inner.source)
            .finish()
    }
}

impl StdError for Error {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.0.source.as_deref().map(|source| source as _)
    }
}

/// Text as one line of at most 300 characters.
fn one_line(text: &str) -> String {
    const MOST: usize = 300;
    let mut line: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).take(MOST).collect();
    if text.chars().nth(MOST).is_some() {
        line.push('…');
    }
    line
}

#[cfg(test)]
mod tests {
    use super::*;

    static CREATE: Operation = Operation {
        provider: "kropay",
        id: "create_payment",
        lost_reply: Some("wait for its notification"),
        ..Operation::BASE
    };
    static STATUS: Operation =
        Operation { provider: "kropay", id: "payment_status", idempotency: Idempotency::Safe, ..Operation::BASE };

    #[test]
    fn displays_as_one_line_that_says_what_to_do() {
        let error =
            Error::new(Kind::Disconnected, Delivery::MaybeSent, "the connection\nbroke").with_operation(&CREATE);
        assert_eq!(
            error.to_string(),
            "kropay create_payment: the connection broke; \
             the request may have been carried out; do not send it again before you know: wait for its notification"
        );
        let error = Error::new(Kind::Disconnected, Delivery::MaybeSent, "the connection broke").with_operation(&STATUS);
        assert!(error.to_string().ends_with("; it is safe to try again"), "{error}");
        let error = Error::new(Kind::Unavailable, Delivery::MaybeSent, "it failed").with_status(503).with_attempts(3);
        assert!(error.to_string().starts_with("it failed (HTTP 503) after 3 attempts; "), "{error}");
    }

    #[test]
    fn display_ends_with_what_to_do() {
        use Delivery::{Answered, MaybeSent, NotSent};
        let advice = |delivery, kind, operation: Option<&'static Operation>| {
            let error = Error::new(kind, delivery, "x");
            match operation {
                Some(operation) => error.with_operation(operation).to_string(),
                None => error.to_string(),
            }
        };
        for (delivery, kind, operation, end) in [
            (NotSent, Kind::Configuration, None, "correct the configuration"),
            (NotSent, Kind::InvalidRequest, None, "correct the value"),
            (NotSent, Kind::Unsupported, None, "; nothing was sent"),
            (NotSent, Kind::Tls, None, "this machine's clock"),
            (NotSent, Kind::InvalidNotification, None, "answer the sender with a failure"),
            (NotSent, Kind::Authentication, None, "answer the sender with a failure"),
            (NotSent, Kind::Authentication, Some(&CREATE), "check the credentials"),
            (NotSent, Kind::Connect, Some(&CREATE), "it is safe to try again"),
            (MaybeSent, Kind::EchoMismatch, None, "find out what happened"),
            (MaybeSent, Kind::Timeout, None, "do not send it again before you know"),
            (MaybeSent, Kind::Timeout, Some(&STATUS), "it is safe to try again"),
            (Answered, Kind::Authentication, Some(&CREATE), "nothing was done; check the credentials"),
            (Answered, Kind::RateLimited, Some(&CREATE), "wait before you try again"),
            (Answered, Kind::NotFound, Some(&STATUS), "the question was not answered"),
            (Answered, Kind::AlreadyDone, Some(&CREATE), "look at that one before you do anything else"),
            // How to find out after a lost reply is of no use here.
            (Answered, Kind::Rejected, Some(&CREATE), "the provider did not carry it out"),
            (Answered, Kind::Rejected, None, "the provider did not carry it out"),
        ] {
            let line = advice(delivery, kind, operation);
            assert!(line.ends_with(end), "{delivery:?} {kind:?}: {line}");
        }
        let once = Error::new(Kind::Timeout, MaybeSent, "x").with_attempts(1);
        assert!(!once.to_string().contains("attempts"), "{once}");
    }

    #[test]
    fn a_main_that_returns_it_shows_what_to_do() {
        let error = Error::new(Kind::Configuration, Delivery::NotSent, "a key is missing");
        assert_eq!(
            format!("{error:?}"),
            "a key is missing; nothing was sent; correct the configuration (Configuration, NotSent)"
        );
        assert!(format!("{error:#?}").starts_with("Error {\n    kind: Configuration"));
    }

    #[test]
    fn shows_the_body_only_when_asked() {
        let error = Error::new(Kind::Html, Delivery::MaybeSent, "a web page came")
            .with_status(200)
            .with_body("<html>secret</html>".to_owned());
        assert_eq!(error.body(), Some("<html>secret</html>"));
        assert!(!format!("{error} {error:?} {error:#?}").contains("secret"));
    }

    #[test]
    fn cuts_a_long_message() {
        let error =
            Error::new(Kind::Rejected, Delivery::Answered, "refused").with_provider_message(Some("ä".repeat(999)));
        assert!(error.to_string().chars().count() < 400);
        assert_eq!(error.provider_message().unwrap().chars().count(), 999);
    }

    #[test]
    fn a_restated_error_keeps_what_is_known_of_its_cause() {
        let cause = Error::new(Kind::RateLimited, Delivery::Answered, "too many requests")
            .with_operation(&STATUS)
            .with_attempts(2)
            .with_status(429)
            .with_code(Some("E7".to_owned()))
            .with_provider_message(Some("slow down".to_owned()))
            .with_retry_after(Some(Duration::from_secs(7)));
        let restated = cause.restated("the status could not be had").with_delivery(Delivery::MaybeSent);
        assert_eq!((restated.kind(), restated.delivery()), (Kind::RateLimited, Delivery::MaybeSent));
        assert_eq!((restated.attempts(), restated.status(), restated.code()), (2, Some(429), Some("E7")));
        assert_eq!(restated.provider_message(), Some("slow down"));
        assert_eq!((restated.retry_after(), restated.operation()), (Some(Duration::from_secs(7)), Some(&STATUS)));
        assert!(restated.to_string().contains("the status could not be had"), "{restated}");
        assert!(restated.source().unwrap().to_string().contains("too many requests"));
    }

    #[test]
    fn is_small_and_can_cross_threads() {
        fn assert<T: Send + Sync + 'static>() {}
        assert::<Error>();
        assert_eq!(size_of::<Error>(), size_of::<usize>());
    }
}
