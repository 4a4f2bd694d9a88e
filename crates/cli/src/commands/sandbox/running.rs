//! A running sandbox, driven by its own API.

use std::env;
use std::time::Duration;

use clap::Args;
use gerbang::reqwest::{Client, Method, Url};
use gerbang_sandbox::Provider as Gateway;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde::Deserialize;
use serde_json::{Value, json};
use tokio::time::Instant;

use super::settings::gateway;
use crate::client;
use crate::failure::{Exit, Failure};
use crate::interrupt::Interrupt;
use crate::printable::printable;

/// The variable that names the sandbox, unless a flag does.
const VARIABLE: &str = "GERBANG_SANDBOX";

/// Where it is unless it is named.
const USUAL: &str = "http://127.0.0.1:8080";

/// How long it may take to answer.
const PATIENCE: Duration = Duration::from_secs(10);

/// How long one call waits at most; the sandbox takes up to 25 seconds.
const LONGEST: Duration = Duration::from_secs(20);

/// The largest answer that is read, in bytes.
const MAX_ANSWER: usize = 16 << 20;

/// Which running sandbox.
#[derive(Args, Clone, Debug)]
pub struct Place {
    /// The running sandbox; GERBANG_SANDBOX, or else http://127.0.0.1:8080
    #[arg(long, value_name = "URL")]
    sandbox: Option<String>,
}

/// A payment, by any of its names.
#[derive(Args, Clone, Debug)]
pub struct Named {
    /// The merchant's reference of the payment, the gateway's, or the sandbox's own such as sb-12
    pub reference: String,
    /// The gateway; needed where several have a payment of this name
    #[arg(long, short, value_name = "GATEWAY", value_parser = gateway)]
    pub provider: Option<Gateway>,
}

impl Named {
    /// The sandbox's filter of payments.
    fn filter(&self) -> Value {
        let mut filter = json!({"payment": self.reference});
        if let Some(provider) = self.provider {
            filter["provider"] = json!(provider);
        }
        filter
    }
}

/// A payment, as the sandbox lists it.
#[derive(Clone, Debug, Deserialize)]
pub struct Found {
    pub id: String,
    pub provider: Gateway,
    pub status: String,
}

/// A running sandbox.
pub struct Running {
    server: Server,
    /// From before the first call, so that none is missed between a question and what is changed after it.
    interrupt: Interrupt,
}

/// What answers at an address.
struct Server {
    /// Without a slash at the end.
    url: String,
    client: Client,
}

/// What is asked for.
struct Call<'a> {
    method: Method,
    path: &'a str,
    body: Option<Value>,
    /// Whether it may change something.
    changes: bool,
    /// How long it may take.
    time: Duration,
}

impl Place {
    /// The sandbox, which is not asked yet.
    ///
    /// # Errors
    ///
    /// [`Failure`] when its address is not a URL.
    pub fn running(&self) -> Result<Running, Failure> {
        let named = self.sandbox.clone().or_else(|| env::var(VARIABLE).ok().filter(|url| !url.trim().is_empty()));
        let url = named.unwrap_or_else(|| USUAL.to_owned());
        let parsed = Url::parse(url.trim()).ok().filter(|url| matches!(url.scheme(), "http" | "https"));
        let Some(parsed) = parsed.filter(|url| url.has_host() && url.path() == "/" && url.query().is_none()) else {
            let what = "the address of the sandbox must be a scheme, a host and a port, such as http://127.0.0.1:8080";
            return Err(Failure::usage(format!("{what}; it is --sandbox or {VARIABLE}")));
        };
        // It is shown in what fails, and the sandbox asks for neither.
        if !parsed.username().is_empty() || parsed.password().is_some() {
            let what = "the address of the sandbox must have neither a user nor a password";
            return Err(Failure::usage(format!("{what}; it is --sandbox or {VARIABLE}")));
        }
        let server = Server { url: parsed.as_str().trim_end_matches('/').to_owned(), client: client::plain()? };
        Ok(Running { server, interrupt: Interrupt::listen() })
    }
}

impl Running {
    /// Its address, to be shown.
    pub fn url(&self) -> &str {
        &self.server.url
    }

    /// Changes something.
    ///
    /// # Errors
    ///
    /// [`Failure`] when it does not answer, refuses, or is no sandbox, and on Ctrl-C, which may have come before.
    pub async fn change(&mut self, method: Method, path: &str, body: Option<Value>) -> Result<Value, Failure> {
        if self.interrupt.was_pressed() {
            return Err(interrupted(false));
        }
        let call = Call { method, path, body, changes: true, time: PATIENCE };
        let (status, answer) = self.answer(call).await?;
        self.server.judged(status, answer)
    }

    /// Waits by a call until there is what it asks for. Gives the answer, or nothing when the time is over.
    ///
    /// # Errors
    ///
    /// As [`Running::change`]; nothing is changed.
    pub async fn until(&mut self, path: &str, filter: &Value, end: Instant) -> Result<Option<Value>, Failure> {
        loop {
            let time = end.saturating_duration_since(Instant::now()).min(LONGEST);
            let milliseconds = u64::try_from(time.as_millis()).unwrap_or_default();
            let body = json!({"filter": filter, "timeout_milliseconds": milliseconds});
            let call = Call { method: Method::POST, path, body: Some(body), changes: false, time: time + PATIENCE };
            let asked = Instant::now();
            match self.answer(call).await? {
                // Not in time; a refusal comes sooner.
                (409, _) if asked.elapsed().as_millis() >= time.as_millis() => {}
                (status, answer) => return self.server.judged(status, answer).map(Some),
            }
            if Instant::now() >= end {
                return Ok(None);
            }
        }
    }

    async fn answer(&mut self, call: Call<'_>) -> Result<(u16, Option<Value>), Failure> {
        let changes = call.changes;
        self.interrupt.unless_pressed(self.server.answer(call), || interrupted(changes)).await
    }

    /// All payments of a name.
    ///
    /// # Errors
    ///
    /// As [`Running::until`].
    pub async fn all_named(&mut self, named: &Named) -> Result<Vec<(Found, Value)>, Failure> {
        self.payments(named.filter(), Instant::now()).await
    }

    /// The payment of a name, which is waited for; none when the time is over.
    ///
    /// # Errors
    ///
    /// As [`Running::until`], and when several have the name.
    pub async fn awaited(&mut self, named: &Named, end: Instant) -> Result<Option<(Found, Value)>, Failure> {
        one(named, self.payments(named.filter(), end).await?)
    }

    /// The payment of a name once it is no longer pending; none when the time is over.
    ///
    /// # Errors
    ///
    /// As [`Running::awaited`].
    pub async fn ended(&mut self, named: &Named, end: Instant) -> Result<Option<(Found, Value)>, Failure> {
        let mut filter = named.filter();
        filter["pending"] = false.into();
        one(named, self.payments(filter, end).await?)
    }

    /// The payments that a filter means, once there are any; none when the time is over.
    async fn payments(&mut self, filter: Value, end: Instant) -> Result<Vec<(Found, Value)>, Failure> {
        let Some(mut listed) = self.until("payments/wait", &filter, end).await? else { return Ok(Vec::new()) };
        let Value::Array(payments) = listed["payments"].take() else { return Err(self.server.is_none(200)) };
        let read = |value: Value| Found::deserialize(&value).ok().map(|found| (found, value));
        Ok(payments.into_iter().filter_map(read).collect())
    }

    /// The payment of a name, of several the one that is pending.
    ///
    /// # Errors
    ///
    /// As [`Running::until`], and when there is none, or several.
    pub async fn existing(&mut self, named: &Named) -> Result<(Found, Value), Failure> {
        one(named, self.all_named(named).await?)?.ok_or_else(|| {
            let what = format!("the sandbox at {} has no payment {}", self.url(), printable(&named.reference));
            Failure::new(Exit::Refused, what)
        })
    }
}

/// The one payment of a name: where several have it, the one that is pending.
fn one(named: &Named, mut all: Vec<(Found, Value)>) -> Result<Option<(Found, Value)>, Failure> {
    if all.len() > 1 {
        let is_pending = |(found, _): &(Found, Value)| found.status == "pending";
        if all.iter().filter(|payment| is_pending(payment)).count() == 1 {
            all.retain(is_pending);
        }
    }
    match all.len() {
        0 | 1 => Ok(all.pop()),
        _ => {
            let names: Vec<_> =
                all.iter().take(10).map(|(found, _)| format!("{} ({})", found.id, found.provider)).collect();
            let what = format!("several payments have the name {}", printable(&named.reference));
            Err(Failure::usage(what).advise(format!("use the sandbox's own: {}", names.join(", "))))
        }
    }
}

impl Server {
    /// The status code of its answer, and the answer if it is an object.
    async fn answer(&self, call: Call<'_>) -> Result<(u16, Option<Value>), Failure> {
        let Call { method, path, body, changes, time } = call;
        let mut request = self.client.request(method, format!("{}/_sandbox/{path}", self.url)).timeout(time);
        if let Some(body) = body {
            request = request.header("Content-Type", "application/json").body(body.to_string());
        }
        let mut answer = request.send().await.map_err(|error| self.silent(&error, changes))?;
        let mut text = Vec::new();
        while let Some(piece) = answer.chunk().await.map_err(|error| self.silent(&error, changes))? {
            text.extend_from_slice(&piece);
            if text.len() > MAX_ANSWER {
                return Err(Failure::failed(format!("the answer of {} is too large", self.url)));
            }
        }
        Ok((answer.status().as_u16(), serde_json::from_slice(&text).ok().filter(Value::is_object)))
    }

    /// The answer, unless it is a refusal or none of a sandbox.
    fn judged(&self, status: u16, answer: Option<Value>) -> Result<Value, Failure> {
        match (status, answer) {
            (200..300, Some(value)) => Ok(value),
            (_, Some(value)) if value["error"].is_string() => {
                let why = printable(value["error"].as_str().unwrap_or_default());
                let exit = if status < 500 { Exit::Refused } else { Exit::Failed };
                Err(Failure::new(exit, format!("the sandbox answers: {why}")))
            }
            _ => Err(self.is_none(status)),
        }
    }

    /// What answers there is no sandbox.
    fn is_none(&self, status: u16) -> Failure {
        Failure::failed(format!("what answers at {} is no sandbox (status {status})", self.url))
    }

    /// No answer came.
    fn silent(&self, error: &gerbang::reqwest::Error, changes: bool) -> Failure {
        let address = self.url.split_once("://").map_or(self.url.as_str(), |(_, address)| address);
        if error.is_connect() {
            let what = format!("no sandbox listens at {}", self.url);
            return Failure::new(Exit::Unreachable, what)
                .advise(format!("start it: gerbang sandbox --listen {address}, or name it: --sandbox, {VARIABLE}"));
        }
        let what = format!("the sandbox at {} did not answer in time", self.url);
        match changes {
            true => Failure::new(Exit::Unknown, what)
                .after_effect()
                .advise("it may have been carried out; look at its page"),
            false => Failure::new(Exit::Unreachable, what).advise("nothing was changed"),
        }
    }
}

/// Ctrl-C or SIGTERM came before the answer.
fn interrupted(changes: bool) -> Failure {
    match changes {
        true => Failure::interrupted("interrupted before the sandbox answered; it may have been carried out")
            .advise("look at its page"),
        false => Failure::new(Exit::Interrupted, "interrupted; nothing was changed"),
    }
}

/// A text as a segment of a path.
pub fn segment(text: &str) -> String {
    utf8_percent_encode(text, NON_ALPHANUMERIC).to_string()
}
