//! A running sandbox, driven by its own API.

use std::env;
use std::time::Duration;

use clap::Args;
use gerbang::reqwest::{Client, Method, Url};
use gerbang_sandbox::Provider as Gateway;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde::Deserialize;
use serde_json::Value;

use super::settings::gateway;
use crate::client;
use crate::failure::{Exit, Failure};
use crate::interrupt::unless_pressed;
use crate::printable::printable;

/// The variable that names the sandbox, unless a flag does.
const VARIABLE: &str = "GERBANG_SANDBOX";

/// Where it is unless it is named.
const USUAL: &str = "http://127.0.0.1:8080";

/// How long it may take to answer.
const PATIENCE: Duration = Duration::from_secs(10);

/// The largest answer that is read, in bytes.
const MAX_ANSWER: usize = 256 * 1024 * 1024;

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

/// A payment, as the sandbox lists it.
#[derive(Clone, Debug, Deserialize)]
pub struct Found {
    pub id: String,
    pub provider: Gateway,
    pub reference: String,
    pub order: String,
    pub status: String,
}

impl Found {
    fn has(&self, named: &Named) -> bool {
        let is_of_it = named.provider.is_none_or(|provider| provider == self.provider);
        is_of_it && [&self.id, &self.order, &self.reference].contains(&&named.reference)
    }
}

/// A running sandbox.
pub struct Running {
    /// Without a slash at the end.
    url: String,
    client: Client,
}

impl Place {
    /// The sandbox, which is not asked yet.
    ///
    /// # Errors
    ///
    /// [`Failure`] when its address is none.
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
        Ok(Running { url: parsed.as_str().trim_end_matches('/').to_owned(), client: client::plain()? })
    }
}

impl Running {
    /// Its address, to be shown.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Asks for something by `GET`, or changes something by another method.
    ///
    /// # Errors
    ///
    /// [`Failure`] when it does not answer, refuses, or is no sandbox, and on Ctrl-C.
    pub async fn call(&self, method: Method, path: &str, body: Option<Value>) -> Result<Value, Failure> {
        let changes = method != Method::GET;
        unless_pressed(self.answer(method, path, body), || interrupted(changes)).await
    }

    async fn answer(&self, method: Method, path: &str, body: Option<Value>) -> Result<Value, Failure> {
        let changes = method != Method::GET;
        let mut request = self.client.request(method, format!("{}/_sandbox/{path}", self.url)).timeout(PATIENCE);
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
        let status = answer.status().as_u16();
        let value: Option<Value> = serde_json::from_slice(&text).ok().filter(Value::is_object);
        match (status, value) {
            (200..300, Some(value)) => Ok(value),
            (_, Some(value)) if value["error"].is_string() => {
                let why = printable(value["error"].as_str().unwrap_or_default());
                let exit = if status < 500 { Exit::Refused } else { Exit::Failed };
                Err(Failure::new(exit, format!("the sandbox answers: {why}")))
            }
            _ => Err(Failure::failed(format!("what answers at {} is no sandbox (status {status})", self.url))),
        }
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

    /// All payments of a name.
    ///
    /// # Errors
    ///
    /// As [`Running::call`].
    pub async fn all_named(&self, named: &Named) -> Result<Vec<(Found, Value)>, Failure> {
        let mut listed = self.call(Method::GET, "payments", None).await?;
        let Value::Array(payments) = listed["payments"].take() else {
            return Err(Failure::failed(format!("what answers at {} is no sandbox", self.url)));
        };
        let read = |value: Value| Found::deserialize(&value).ok().map(|found| (found, value));
        Ok(payments.into_iter().filter_map(read).filter(|(found, _)| found.has(named)).collect())
    }

    /// The one payment of a name: where several have it, the one that is pending.
    ///
    /// # Errors
    ///
    /// As [`Running::call`], and when there is none, or several.
    pub async fn one_named(&self, named: &Named) -> Result<Option<(Found, Value)>, Failure> {
        let mut all = self.all_named(named).await?;
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

    /// As [`Running::one_named`], where one must be there.
    ///
    /// # Errors
    ///
    /// As [`Running::one_named`].
    pub async fn existing(&self, named: &Named) -> Result<(Found, Value), Failure> {
        self.one_named(named).await?.ok_or_else(|| {
            let what = format!("the sandbox at {} has no payment {}", self.url, printable(&named.reference));
            Failure::new(Exit::Refused, what)
        })
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
