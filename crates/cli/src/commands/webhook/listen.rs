//! `gerbang webhook listen`.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::io;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::State;
use axum::http::Request;
use bytes::Bytes;
use clap::Args;
use gerbang::{
    Doubt, Expected, Judged, Kind, Notification, NotificationFailure, PaymentGateway, PaymentStatus, Proof, Seen,
    Trust, answer, confirm, judge,
};
use http::header::{ALLOW, CONTENT_TYPE, HeaderValue};
use http::{Method, Response, StatusCode};
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::sync::{Semaphore, watch};

use super::message::{self, Message};
use super::reader::Reader;
use super::{MAX_BODY, diagnosis, post, told};
use crate::args::{Global, TestMode};
use crate::failure::{Exit, Failure};
use crate::handle::Handle;
use crate::interrupt::Interrupt;
use crate::output::{BAD, DIM, GOOD, OPEN, Output};
use crate::provider::Provider;
use crate::settings::Settings;
use crate::verdict::LATE;
use crate::view::printable;

/// How many notifications are dealt with at one time; others are told to come again.
const MAX_AT_ONCE: usize = 64;

/// How long a sender may take to send the body.
const BODY_TIMEOUT: Duration = Duration::from_secs(10);

/// How long connections may take to end after the last notification.
const CLOSING: Duration = Duration::from_secs(5);

/// `gerbang webhook listen`.
#[derive(Args, Debug)]
#[command(after_help = "A ping that a dashboard sends as a test is no notification: it is answered 400.\n\n\
    Exit codes: 130 after Ctrl-C. With --once: 0 confirmed, or signed and says paid;\n\
    1 refused, not expected or of the test mode; 3 not paid;\n\
    5 proves nothing, or not paid yet;\n\
    6 the gateway, or the address to forward to, cannot be reached.\n\n\
    Examples:\n  \
    gerbang webhook listen --forward http://127.0.0.1:3000/hooks/{provider}\n  \
    gerbang webhook listen --once --expect kropay:10000:10020::ORDER-1:PG-1")]
pub struct Listen {
    /// The address to listen at; a port of 0 is any free one
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:0")]
    listen: SocketAddr,
    /// The gateways, each at /NAME; all whose key is set, or which need none, unless given
    #[arg(short, long, value_name = "NAME", hide_possible_values = true)]
    provider: Vec<Provider>,
    /// Forward what is not refused, and pass the answer back; {provider} stands for the name. With
    /// --expect or --ask only what is confirmed; the gateway gets the answer to anything else from here
    #[arg(long, value_name = "URL", value_parser = forward)]
    forward: Option<String>,
    /// End after one notification
    #[arg(long)]
    once: bool,
    /// A payment, as `gerbang pay` printed it: confirm what comes with it, or refuse
    #[arg(long, value_name = "PAYMENT")]
    expect: Vec<Handle>,
    /// Ask the gateway about payments that nobody expects, too
    #[arg(long)]
    ask: bool,
    #[command(flatten)]
    test_mode: TestMode,
}

fn forward(text: &str) -> Result<String, String> {
    post::address(&text.replace(NAME, "name")).map(|_| text.to_owned())
}

/// Where the address to forward to has the provider's name.
const NAME: &str = "{provider}";

/// Receives notifications until Ctrl-C, or the first one.
///
/// # Errors
///
/// [`Failure`] of the settings, or when the address cannot be listened at.
pub async fn run(listen: &Listen, global: &Global, settings: &Settings, output: Output) -> Result<Exit, Failure> {
    let mut interrupt = Interrupt::listen();
    let (endpoints, left_out) = endpoints(listen, settings)?;
    check_one_account(&endpoints, global)?;
    let forward = match &listen.forward {
        Some(url) => {
            for provider in endpoints.values().map(|endpoint| endpoint.provider) {
                if let Some(proof) = message::proof_of(provider) {
                    post::keeps_secrets(&target(url, provider)?, proof)?;
                }
            }
            Some((url.clone(), post::Sender::new(settings.timeout)?))
        }
        None => None,
    };
    let expected = listen.expect.iter().map(|handle| listen.test_mode.expected(handle.payment().clone())).collect();
    // Those that nobody named are there for whoever needs them.
    for provider in endpoints.values().map(|endpoint| endpoint.provider).filter(|_| is_named(listen)) {
        provider.warn(output);
    }
    let failure = |error: io::Error| Failure::failed(format!("{} cannot be listened at: {error}", listen.listen));
    let listener = TcpListener::bind(listen.listen).await.map_err(failure)?;
    let address = listener.local_addr().map_err(failure)?;
    tell_addresses(address, &endpoints, &left_out, output)?;

    let (ended, mut end) = watch::channel(None);
    let receiver = Arc::new(Receiver {
        endpoints,
        expected: Mutex::new(expected),
        ask: listen.ask,
        test_mode: listen.test_mode,
        global: global.clone(),
        forward,
        seen: Seen::default(),
        at_once: Semaphore::new(MAX_AT_ONCE),
        diagnosing: Arc::new(Semaphore::new(1)),
        ended: listen.once.then_some(ended),
        output,
    });
    let router = Router::new().fallback(receive).with_state(receiver);
    let mut closing = end.clone();
    let serving = axum::serve(listener, router).with_graceful_shutdown(async move {
        if closing.wait_for(Option::is_some).await.is_err() {
            // Nothing ends it but Ctrl-C.
            std::future::pending::<()>().await;
        }
    });
    let deadline = async {
        if end.wait_for(Option::is_some).await.is_err() {
            std::future::pending::<()>().await;
        }
        tokio::time::sleep(CLOSING).await;
    };
    tokio::select! {
        served = serving => served.map_err(failure)?,
        () = deadline => {}
        () = interrupt.pressed() => return Ok(Exit::Interrupted),
    }
    let exit = *end.borrow();
    Ok(exit.unwrap_or(Exit::Failed))
}

/// What is received at one path.
struct Endpoint {
    provider: Provider,
    reader: Reader,
    /// To be asked, where something is to be confirmed and the gateway can be asked.
    gateway: Option<Box<dyn PaymentGateway>>,
}

/// The endpoints by name, and why other gateways are left out.
type Endpoints = (BTreeMap<&'static str, Endpoint>, BTreeMap<&'static str, String>);

/// Whether the gateways are named, by themselves or by the payments that are expected.
fn is_named(listen: &Listen) -> bool {
    !listen.provider.is_empty() || !listen.expect.is_empty()
}

fn endpoints(listen: &Listen, settings: &Settings) -> Result<Endpoints, Failure> {
    let mut named = listen.provider.clone();
    if named.is_empty() {
        for handle in &listen.expect {
            named.push(Provider::named(&handle.payment().provider)?);
        }
    }
    let (mut endpoints, mut left_out) = (BTreeMap::new(), BTreeMap::new());
    let is_named = is_named(listen);
    for provider in if is_named { named } else { Provider::ALL.to_vec() } {
        match endpoint(provider, listen, settings) {
            Ok(endpoint) => _ = endpoints.insert(provider.name(), endpoint),
            Err(failure) if is_named => return Err(failure),
            Err(failure) => _ = left_out.insert(provider.name(), failure.to_string()),
        }
    }
    Ok((endpoints, left_out))
}

fn endpoint(provider: Provider, listen: &Listen, settings: &Settings) -> Result<Endpoint, Failure> {
    let reader = Reader::new(provider, settings)?;
    let is_asked = listen.ask || !listen.expect.is_empty();
    // A signed notification needs no question, and K-Link answers none.
    let gateway = match &reader {
        Reader::Klink(_) => None,
        _ => is_asked.then(|| provider.gateway(settings)).transpose()?,
    };
    Ok(Endpoint { provider, reader, gateway })
}

/// Makes sure that the keys of several accounts do not go to the one server that a flag names.
fn check_one_account(endpoints: &BTreeMap<&'static str, Endpoint>, global: &Global) -> Result<(), Failure> {
    let asked = endpoints.values().filter(|endpoint| endpoint.gateway.is_some());
    let sections: BTreeSet<_> = asked.map(|endpoint| endpoint.provider.section()).collect();
    if global.base_url.is_none() || sections.len() < 2 {
        return Ok(());
    }
    let names = sections.into_iter().collect::<Vec<_>>().join(", ");
    Err(Failure::usage(format!(
        "the keys of {names} would all go to the server of --base-url; choose one by --provider"
    )))
}

/// Prints where notifications are received.
fn tell_addresses(
    address: SocketAddr,
    endpoints: &BTreeMap<&'static str, Endpoint>,
    left_out: &BTreeMap<&'static str, String>,
    output: Output,
) -> Result<(), Failure> {
    let reachable = match address.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => SocketAddr::new(Ipv4Addr::LOCALHOST.into(), address.port()),
        _ => address,
    };
    let url = |name: &str| format!("http://{reachable}/{name}");
    let urls: BTreeMap<_, _> = endpoints.keys().map(|name| (*name, url(name))).collect();
    output.result(&json!({"listening": address, "urls": urls, "left_out": left_out}), || {
        let mut text = "Set at the gateway as the address for notifications:".to_owned();
        for (name, url) in &urls {
            _ = write!(text, "\n  {name:<12}{url}");
        }
        for (name, why) in left_out {
            _ = write!(text, "\n  {DIM}{name:<12}left out: {why}{DIM:#}");
        }
        text
    })?;
    output.hint("A gateway reaches public addresses only: put a tunnel before this one. Ctrl-C ends.");
    Ok(())
}

/// What all requests share.
struct Receiver {
    endpoints: BTreeMap<&'static str, Endpoint>,
    /// With what was said of them since, so that money after "expired" is known to be late.
    expected: Mutex<Vec<Expected>>,
    ask: bool,
    test_mode: TestMode,
    global: Global,
    forward: Option<(String, post::Sender)>,
    /// The payments that were confirmed and accepted.
    seen: Seen,
    at_once: Semaphore,
    /// For the one that looks for the reasons of a refusal: anybody can send what is refused.
    diagnosing: Arc<Semaphore>,
    /// Where the exit code goes after one notification; none where more are to come.
    ended: Option<watch::Sender<Option<Exit>>>,
    output: Output,
}

/// What became of a notification that can be read.
enum Outcome {
    /// Nobody wanted to know more.
    Read,
    /// It is about an expected payment, which is paid.
    Confirmed(Box<Proof>),
    /// As [`Outcome::Confirmed`], of a payment that was confirmed and accepted before.
    Replay(Box<Proof>),
    /// Nobody expects the payment, but the gateway says that it is paid.
    Paid(Box<Proof>),
    /// It is not confirmed.
    Not(NotificationFailure),
}

async fn receive(State(receiver): State<Arc<Receiver>>, request: Request<Body>) -> Response<Body> {
    let (head, body) = request.into_parts();
    let refuse = |status, why: &str| receiver.refuse(&head.method, head.uri.path(), status, why);
    // Some gateways write the address with a slash more than it was set with.
    let name = head.uri.path().trim_matches('/');
    let Some(endpoint) = receiver.endpoints.get(name) else {
        let names = receiver.endpoints.keys().map(|name| format!("/{name}")).collect::<Vec<_>>().join(", ");
        return refuse(StatusCode::NOT_FOUND, &format!("nothing is received at this path; there are {names}"));
    };
    if head.method != Method::POST {
        return refuse(StatusCode::METHOD_NOT_ALLOWED, "a notification is sent with POST");
    }
    let Ok(_permit) = receiver.at_once.try_acquire() else {
        return refuse(StatusCode::SERVICE_UNAVAILABLE, "too many notifications come at one time");
    };
    let body = match tokio::time::timeout(BODY_TIMEOUT, to_bytes(body, MAX_BODY)).await {
        Ok(Ok(body)) => body.to_vec(),
        Ok(Err(_)) => {
            let why = format!("the body is cut short or has more than {MAX_BODY} bytes");
            return refuse(StatusCode::PAYLOAD_TOO_LARGE, &why);
        }
        Err(_) => return refuse(StatusCode::REQUEST_TIMEOUT, "the body did not come in time"),
    };
    let message = Message { headers: head.headers, body };
    let (response, exit) = receiver.handle(endpoint, &message).await;
    if let Some(ended) = &receiver.ended {
        ended.send_if_modified(|first| first.is_none() && first.replace(exit).is_none());
    }
    response.map(Body::from)
}

/// How much of a path is shown: anybody can send one.
const MAX_PATH: usize = 200;

impl Receiver {
    /// Prints why a request was not taken, and answers it. It ends nothing: it was no notification.
    fn refuse(&self, method: &Method, path: &str, status: StatusCode, why: &str) -> Response<Body> {
        let path: String = path.chars().take(MAX_PATH).collect();
        let told = json!({
            "method": method.as_str(),
            "path": path,
            "refused": why,
            "answered": status.as_u16(),
        });
        let printed = self.output.result(&told, || {
            let request = printable(&format!("{method} {path}"));
            format!("{BAD}refused{BAD:#}  {request}\n  {why}\n  {DIM}answered {status}{DIM:#}")
        });
        if let Err(failure) = printed {
            self.output.failure(&failure);
        }
        let mut response = Response::default();
        *response.status_mut() = status;
        if status == StatusCode::METHOD_NOT_ALLOWED {
            response.headers_mut().insert(ALLOW, HeaderValue::from_static("POST"));
        }
        response
    }

    /// Deals with one notification: the answer, and the exit code if it is the only one.
    async fn handle(&self, endpoint: &Endpoint, message: &Message) -> (Response<Bytes>, Exit) {
        let acceptance = endpoint.reader.acceptance();
        let notification = match endpoint.reader.read(&message.headers, &message.body) {
            Ok(notification) => notification,
            Err(error) => {
                let findings = self.diagnose(&endpoint.reader, message, error.kind()).await;
                let told = json!({
                    "provider": endpoint.provider.name(),
                    "refused": error.to_string(),
                    "findings": findings.iter().map(diagnosis::Finding::to_json).collect::<Vec<_>>(),
                });
                let text = format!("{}{}", told::refused(endpoint.provider, &error), diagnosis::lines(&findings));
                let refused = answer(acceptance, Err(&NotificationFailure::Refused(error))).map(Bytes::from);
                return self.tell(told, text, refused, Exit::Failed);
            }
        };
        let outcome = self.judge(endpoint, &notification).await;
        let mut told = told::json(&notification);
        let mut text = told::text(&notification);
        let (word, line, mut exit) = outcome.told(&notification, &self.global);
        told["outcome"] = word.into();
        told["reason"] = outcome.reason().map_or(Value::Null, Value::from);
        told["needs_a_person"] = outcome.needs_a_person().into();
        told["late"] = outcome.proof().map(Proof::is_late).into();
        text.push_str(&line);
        let response = match (&self.forward, &outcome) {
            (Some(_), Outcome::Not(_) | Outcome::Replay(_)) => {
                _ = write!(text, "\n  {DIM}not forwarded{DIM:#}");
                outcome.answer(acceptance)
            }
            (Some((url, sender)), _) => {
                let forwarded = self.forward(url, sender, endpoint.provider, message).await;
                told["forwarded"] = match &forwarded {
                    Ok(answer) => json!({"status": answer.status().as_u16()}),
                    Err(failure) => json!({"error": failure.to_string()}),
                };
                forwarded.unwrap_or_else(|failure| {
                    _ = write!(text, "\n  {BAD}not forwarded:{BAD:#} {failure}");
                    exit = if failure.exit() == Exit::Usage { Exit::Usage } else { Exit::Unreachable };
                    bad_gateway()
                })
            }
            (None, _) => outcome.answer(acceptance),
        };
        let (response, exit) = self.tell(told, text, response, exit);
        // What could not be printed is answered 502 and not remembered, so that its redelivery is processed.
        if let Outcome::Confirmed(proof) = &outcome
            && response.status().is_success()
        {
            self.seen.remember(&proof.key());
        }
        (response, exit)
    }

    /// Why a notification is refused, as far as that can be found out now.
    async fn diagnose(&self, reader: &Reader, message: &Message, refusal: Kind) -> Vec<diagnosis::Finding> {
        let not_now = || {
            let text = "It is not diagnosed now: another one is. Save it, and try `gerbang webhook verify`.";
            vec![diagnosis::Finding::new("not_diagnosed", text)]
        };
        let Ok(permit) = self.diagnosing.clone().try_acquire_owned() else { return not_now() };
        let (reader, message) = (reader.clone(), message.clone());
        let work = tokio::task::spawn_blocking(move || {
            // Until the work is done, also if nobody waits for it any more.
            let _permit = permit;
            diagnosis::why(&reader, &message.headers, &message.body, refusal)
        });
        work.await.unwrap_or_else(|_| not_now())
    }

    /// Compares a notification with what is expected, and asks the gateway where that is wanted.
    async fn judge(&self, endpoint: &Endpoint, notification: &Notification) -> Outcome {
        let expected = self.expected().clone();
        let mut mismatch = None;
        for (at, expected) in expected.iter().enumerate() {
            match self.confirm(endpoint, notification, expected).await {
                Ok(proof) if self.seen.contains(&proof.key()) => return Outcome::Replay(Box::new(proof)),
                Ok(proof) => return Outcome::Confirmed(Box::new(proof)),
                Err(Doubt::OtherPayment) => {}
                // Another of those that are expected may fit.
                Err(doubt @ Doubt::Mismatch(_)) => mismatch = mismatch.or(Some(doubt)),
                Err(doubt) => {
                    self.note_state(at, notification, &doubt);
                    return Outcome::Not(doubt.into());
                }
            }
        }
        if let Some(doubt) = mismatch {
            return Outcome::Not(doubt.into());
        }
        let payment = told::claimed_payment(notification);
        match (self.ask && notification.trust != Trust::Signed, payment) {
            (true, Some(payment)) => {
                match self.confirm(endpoint, notification, &self.test_mode.expected(payment)).await {
                    Ok(proof) => Outcome::Paid(Box::new(proof)),
                    Err(doubt) => Outcome::Not(doubt.into()),
                }
            }
            // It names no price that the answer could be compared with.
            (true, None) => Outcome::Not(Doubt::NoProof.into()),
            _ if expected.is_empty() => Outcome::Read,
            _ => Outcome::Not(Doubt::OtherPayment.into()),
        }
    }

    async fn confirm(
        &self,
        endpoint: &Endpoint,
        notification: &Notification,
        expected: &Expected,
    ) -> Result<Proof, Doubt> {
        if let Some(gateway) = &endpoint.gateway {
            return confirm(&**gateway, notification, expected).await;
        }
        // Only K-Link's are judged without a gateway: it signs them.
        match judge(notification, expected, Trust::Signed) {
            Judged::Believed(proof) => Ok(proof),
            Judged::Refused(doubt) => Err(doubt),
            _ => Err(Doubt::NoProof),
        }
    }

    /// Remembers that an expected payment is closed, where the gateway itself says so: money that comes then is late.
    fn note_state(&self, at: usize, notification: &Notification, doubt: &Doubt) {
        let status = match doubt {
            Doubt::NotPaid(status) => status,
            Doubt::OtherClaim(status) if notification.trust == Trust::Signed => status,
            _ => return,
        };
        if let Some(expected) = self.expected().get_mut(at).filter(|_| status.is_closed()) {
            let mut now = expected.payment().clone();
            now.status = status.clone();
            // It differs in the state only.
            _ = expected.update(now);
        }
    }

    fn expected(&self) -> std::sync::MutexGuard<'_, Vec<Expected>> {
        self.expected.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn forward(
        &self,
        url: &str,
        sender: &post::Sender,
        provider: Provider,
        message: &Message,
    ) -> Result<Response<Bytes>, Failure> {
        let url = target(url, provider)?;
        // It may be there in a message to any address.
        if let Some(proof) = message.proof() {
            post::keeps_secrets(&url, proof)?;
        }
        sender.post(&url, message).await
    }

    /// Prints what became of a notification. What cannot be printed is not accepted: it would be lost.
    fn tell(
        &self,
        mut told: Value,
        mut text: String,
        response: Response<Bytes>,
        exit: Exit,
    ) -> (Response<Bytes>, Exit) {
        told["answered"] = response.status().as_u16().into();
        _ = write!(text, "\n  {DIM}answered {}{DIM:#}", response.status());
        match self.output.result(&told, || text) {
            Ok(()) => (response, exit),
            Err(failure) => {
                self.output.failure(&failure);
                (bad_gateway(), failure.exit())
            }
        }
    }
}

/// The address to forward a provider's notifications to.
fn target(url: &str, provider: Provider) -> Result<gerbang::reqwest::Url, Failure> {
    post::address(&url.replace(NAME, provider.name())).map_err(Failure::usage)
}

/// The answer after which the notification is sent again, where the gateway does that.
fn bad_gateway() -> Response<Bytes> {
    let mut response = Response::new(Bytes::from_static(b"{\"success\":false}"));
    *response.status_mut() = StatusCode::BAD_GATEWAY;
    response
}

impl Outcome {
    /// A word for scripts, a line for people, and the exit code.
    fn told(&self, notification: &Notification, global: &Global) -> (&'static str, String, Exit) {
        match self {
            Self::Read => {
                let next = told::next(global, notification).map(|next| format!("\n  {next}")).unwrap_or_default();
                ("read", next, told::exit(notification))
            }
            Self::Confirmed(proof) => {
                let mut line = match is_test_mode(proof) {
                    true => format!("\n  {OPEN}confirmed in test mode{OPEN:#}: no money was paid"),
                    false => format!("\n  {GOOD}confirmed{GOOD:#}: it is paid, as expected"),
                };
                line.push_str(&late(proof));
                ("confirmed", line, Exit::Done)
            }
            Self::Replay(_) => {
                let line = format!("\n  {OPEN}replay{OPEN:#}: {REPLAY}");
                ("replay", line, Exit::Done)
            }
            Self::Paid(proof) => {
                let what = if is_test_mode(proof) { "paid in test mode, without money" } else { "paid" };
                let mut line =
                    format!("\n  {OPEN}the gateway says that it is {what}{OPEN:#}; compare the order and the amount");
                line.push_str(&late(proof));
                ("paid", line, Exit::Done)
            }
            Self::Not(failure) => {
                let mut line = format!("\n  {BAD}not confirmed{BAD:#}: {}", printable(&failure.to_string()));
                if needs_a_person(failure) {
                    _ = write!(line, "\n  {BAD}a person must look{BAD:#}: money may have come in");
                }
                ("not_confirmed", line, exit_of(failure))
            }
        }
    }

    fn reason(&self) -> Option<String> {
        match self {
            Self::Replay(_) => Some(REPLAY.to_owned()),
            Self::Not(failure) => Some(failure.to_string()),
            _ => None,
        }
    }

    fn proof(&self) -> Option<&Proof> {
        match self {
            Self::Confirmed(proof) | Self::Replay(proof) | Self::Paid(proof) => Some(proof),
            Self::Read | Self::Not(_) => None,
        }
    }

    fn needs_a_person(&self) -> bool {
        matches!(self, Self::Not(failure) if needs_a_person(failure))
    }

    /// The answer to the gateway, where nobody else gives it.
    fn answer(&self, acceptance: &'static str) -> Response<Bytes> {
        match self {
            Self::Confirmed(proof) | Self::Replay(proof) | Self::Paid(proof) => {
                answer(acceptance, Ok(proof)).map(Bytes::from)
            }
            Self::Not(failure) => answer(acceptance, Err(failure)).map(Bytes::from),
            // Nobody wants to know more of it: as an accepted one.
            Self::Read => {
                let mut response = Response::new(Bytes::from_static(acceptance.as_bytes()));
                response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
                response
            }
        }
    }
}

/// Why a repeated notification is not forwarded.
const REPLAY: &str = "already processed: this payment was confirmed before";

/// That the money came late, where it did.
fn late(proof: &Proof) -> String {
    if proof.is_late() { format!("\n  {OPEN}{LATE}{OPEN:#}") } else { String::new() }
}

/// Whether a payment is of the test mode, which was accepted then.
fn is_test_mode(proof: &Proof) -> bool {
    proof.payment().sandbox == Some(true)
}

fn needs_a_person(failure: &NotificationFailure) -> bool {
    matches!(failure, NotificationFailure::Doubted(doubt) if doubt.needs_a_person())
}

/// The exit code of what is not confirmed.
fn exit_of(failure: &NotificationFailure) -> Exit {
    let NotificationFailure::Doubted(doubt) = failure else { return Exit::Failed };
    match doubt {
        // Paid would have been confirmed.
        Doubt::NotPaid(PaymentStatus::Paid) | Doubt::OtherClaim(PaymentStatus::Paid) => Exit::Unknown,
        Doubt::NotPaid(status) | Doubt::OtherClaim(status) => Exit::of_status(status),
        Doubt::NotAnswered(_) => Exit::Unreachable,
        Doubt::NoProof | Doubt::Contradicted(_) => Exit::Unknown,
        _ => Exit::Failed,
    }
}

#[cfg(test)]
mod tests {
    use gerbang::klink::WebhookKeys;

    use super::*;

    #[tokio::test]
    async fn one_refusal_is_diagnosed_at_a_time() {
        let global = Global { json: true, profile: None, config: None, base_url: None, timeout: None };
        let receiver = Receiver {
            endpoints: BTreeMap::new(),
            expected: Mutex::default(),
            ask: false,
            test_mode: TestMode { test_mode: false },
            global,
            forward: None,
            seen: Seen::default(),
            at_once: Semaphore::new(1),
            diagnosing: Arc::new(Semaphore::new(1)),
            ended: None,
            output: Output { json: true, interactive: false },
        };
        let reader = Reader::Klink(WebhookKeys::new("key").unwrap());
        let message = Message { headers: http::HeaderMap::new(), body: b"{}".to_vec() };
        let code = async || receiver.diagnose(&reader, &message, Kind::Authentication).await[0].code;
        let busy = receiver.diagnosing.clone().try_acquire_owned().unwrap();
        assert_eq!(code().await, "not_diagnosed");
        drop(busy);
        assert_eq!(code().await, "missing_header");
        assert_eq!(receiver.diagnosing.available_permits(), 1);
    }
}
