//! Receiving one notification: reading it, judging it, forwarding it, answering it.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use axum::body::{Body, to_bytes};
use axum::extract::State;
use axum::http::Request;
use bytes::Bytes;
use gerbang::{
    Doubt, Error, Expected, Judged, Kind, Notification, NotificationFailure, Payment, PaymentStatus, Proof, Seen,
    Trust, answer, confirm, judge,
};
use http::header::{ALLOW, HeaderValue};
use http::{Method, Response, StatusCode};
use serde_json::{Value, json};
use tokio::sync::{Semaphore, watch};

use super::super::message::Message;
use super::super::reader::Reader;
use super::super::{MAX_BODY, acknowledgement, diagnosis, render};
use super::endpoint::Endpoint;
use super::forward::Forward;
use super::outcome::Outcome;
use super::turns::Turns;
use crate::args::{Global, TestMode};
use crate::failure::Exit;
use crate::lang::tr;
use crate::output::{BAD, DIM, Output};
use crate::printable::printable;

/// How long a sender may take to send the body.
const BODY_TIMEOUT: Duration = Duration::from_secs(10);

/// How much of a path is shown: anybody can send one.
const MAX_PATH: usize = 200;

/// What all requests share.
pub struct Receiver {
    pub endpoints: BTreeMap<&'static str, Endpoint>,
    /// With what was said of them since, so that money after "expired" is known to be late.
    pub expected: Mutex<Vec<Expected>>,
    pub ask: bool,
    pub test_mode: TestMode,
    pub global: Global,
    pub forward: Option<Forward>,
    /// The payments that were confirmed, and acknowledged as the gateway wants it.
    pub seen: Seen,
    /// Of the payments that are being processed.
    pub turns: Turns,
    pub at_once: Semaphore,
    /// For the one that looks for the reasons of a refusal: anybody can send what is refused.
    pub diagnosing: Arc<Semaphore>,
    /// Where the exit code goes after one notification; none where more are to come.
    pub ended: Option<watch::Sender<Option<Exit>>>,
    pub output: Output,
}

/// Receives a request: a notification, or something that is refused.
pub async fn receive(State(receiver): State<Arc<Receiver>>, request: Request<Body>) -> Response<Body> {
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

impl Receiver {
    /// Prints why a request was not taken, and answers it. It ends nothing: it was no notification.
    fn refuse(&self, method: &Method, path: &str, status: StatusCode, why: &str) -> Response<Body> {
        let path: String = path.chars().take(MAX_PATH).collect();
        let printed = json!({
            "method": method.as_str(),
            "path": path,
            "refused": why,
            "answered": status.as_u16(),
        });
        let result = self.output.needed(&printed, || {
            let request = printable(&format!("{method} {path}"));
            let (refused, why, answered) = (tr("refused"), tr(why), tr("answered"));
            format!("{BAD}{refused}{BAD:#}  {request}\n  {why}\n  {DIM}{answered} {status}{DIM:#}")
        });
        if let Err(failure) = result {
            self.output.failure(&failure);
        }
        let mut response = Response::default();
        *response.status_mut() = status;
        if status == StatusCode::METHOD_NOT_ALLOWED {
            response.headers_mut().insert(ALLOW, HeaderValue::from_static("POST"));
        }
        response
    }

    /// Processes one notification: the answer, and the exit code if it is the only one.
    async fn handle(&self, endpoint: &Endpoint, message: &Message) -> (Response<Bytes>, Exit) {
        let notification = match endpoint.reader.read(&message.headers, &message.body) {
            Ok(notification) => notification,
            Err(error) => return self.refused(endpoint, message, error).await,
        };
        let outcome = self.judge(endpoint, &notification).await;
        // Of the same payment one is processed after the other: all but the first are replays.
        let key = outcome.key(&notification);
        let _turn = match &key {
            Some(key) => Some(self.turns.take(key).await),
            None => None,
        };
        let is_replay = key.as_deref().is_some_and(|key| self.seen.contains(key));
        let outcome = if is_replay { outcome.replay() } else { outcome };
        let mut printed = render::json(&notification);
        let mut text = render::text(&notification);
        let (word, line, mut exit) = outcome.render(&notification, &self.global, self.test_mode);
        printed["outcome"] = word.into();
        printed["reason"] = outcome.reason().map_or(Value::Null, Value::from);
        printed["needs_a_person"] = outcome.needs_a_person().into();
        printed["late"] = outcome.proof().map(Proof::is_late).into();
        printed["event"] = outcome.event(&notification).into();
        text.push_str(&line);
        let (response, failed) =
            self.pass_on(endpoint, message, (&outcome, notification.trust), &mut printed, &mut text).await;
        exit = failed.unwrap_or(exit);
        let (response, exit) = self.print(printed, text, response, exit);
        // What was not printed, or not acknowledged as the gateway wants it, comes again and is processed then.
        if let Some(key) = key
            && acknowledgement::verdict(endpoint.provider, &response).is_ok()
        {
            self.seen.remember(&key);
        }
        (response, exit)
    }

    /// Prints why a notification is refused, and answers it.
    async fn refused(&self, endpoint: &Endpoint, message: &Message, error: Error) -> (Response<Bytes>, Exit) {
        let findings = self.diagnose(&endpoint.reader, message, error.kind()).await;
        let printed = json!({
            "provider": endpoint.provider.name(),
            "refused": error.to_string(),
            "findings": findings.iter().map(diagnosis::Finding::to_json).collect::<Vec<_>>(),
        });
        let text = format!("{}{}", render::refused(endpoint.provider, &error), diagnosis::lines(&findings));
        let failure = NotificationFailure::Refused(error);
        let refused = answer(endpoint.reader.acceptance(), Err(&failure)).map(Bytes::from);
        self.print(printed, text, refused, Exit::Failed)
    }

    /// The answer of the address to forward to, or the one from here; with the exit code where it could not be forwarded.
    async fn pass_on(
        &self,
        endpoint: &Endpoint,
        message: &Message,
        (outcome, trust): (&Outcome, Trust),
        printed: &mut Value,
        text: &mut String,
    ) -> (Response<Bytes>, Option<Exit>) {
        let acceptance = endpoint.reader.acceptance();
        let Some(forward) = &self.forward else { return (outcome.answer(acceptance), None) };
        if matches!(outcome, Outcome::Not(_) | Outcome::Replay(_)) {
            _ = write!(text, "\n  {DIM}{}{DIM:#}", tr("not forwarded"));
            return (outcome.answer(acceptance), None);
        }
        let verified = outcome.verified(trust);
        let event = Some(&printed["event"]).filter(|event| !event.is_null());
        match forward.send(endpoint.provider, message, verified, event).await {
            Ok(answer) => {
                let wanted = acknowledgement::verdict(endpoint.provider, &answer).err();
                if let Some(wanted) = &wanted {
                    _ = write!(text, "\n  {BAD}{}:{BAD:#} {}", tr("not acknowledged"), tr(wanted));
                }
                printed["forwarded"] =
                    json!({"status": answer.status().as_u16(), "verified": verified, "not_acknowledged": wanted});
                (answer, None)
            }
            Err(failure) => {
                printed["forwarded"] = json!({"error": failure.to_string()});
                _ = write!(text, "\n  {BAD}{}:{BAD:#} {failure}", tr("not forwarded"));
                let exit = if failure.exit() == Exit::Usage { Exit::Usage } else { Exit::Unreachable };
                (bad_gateway(), Some(exit))
            }
        }
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
        if !self.ask {
            return if expected.is_empty() { Outcome::Read } else { Outcome::Not(Doubt::OtherPayment.into()) };
        }
        let is_signed = notification.trust == Trust::Signed;
        match render::claimed_payment(notification) {
            Some(payment) => match self.confirm_claimed(endpoint, notification, payment).await {
                Ok(proof) => Outcome::Paid(Box::new(proof)),
                Err(doubt) => Outcome::Not(doubt.into()),
            },
            // It names no price that an answer could be compared with.
            None if !is_signed => Outcome::Not(Doubt::NoProof.into()),
            None if notification.sandbox == Some(true) && !self.test_mode.test_mode => {
                Outcome::Not(Doubt::TestMode.into())
            }
            None if notification.claimed == PaymentStatus::Paid => Outcome::Signed,
            None => Outcome::Not(Doubt::OtherClaim(notification.claimed.clone()).into()),
        }
    }

    /// Confirms a payment of which the notification alone is known. Where the gateway is asked by its own id, the merchant's
    /// reference is taken from its answer: anybody can spell it otherwise.
    async fn confirm_claimed(
        &self,
        endpoint: &Endpoint,
        notification: &Notification,
        mut payment: Payment,
    ) -> Result<Proof, Doubt> {
        let is_asked_by_id = notification.trust != Trust::Signed
            && payment.id.is_some()
            && endpoint.gateway.as_ref().is_some_and(|gateway| !gateway.capabilities().find_by_reference);
        let claimed = if is_asked_by_id { payment.reference.take() } else { None };
        let proof = self.confirm(endpoint, notification, &self.test_mode.expected(payment)).await?;
        match (claimed, &proof.payment().reference) {
            (Some(claimed), Some(known)) if !claimed.eq_ignore_ascii_case(known) => Err(Doubt::OtherPayment),
            _ => Ok(proof),
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

    /// Prints what became of a notification. If that fails, the answer is 502, so that the notification is sent again.
    fn print(
        &self,
        mut printed: Value,
        mut text: String,
        response: Response<Bytes>,
        exit: Exit,
    ) -> (Response<Bytes>, Exit) {
        printed["answered"] = response.status().as_u16().into();
        _ = write!(text, "\n  {DIM}{} {}{DIM:#}", tr("answered"), response.status());
        match self.output.needed(&printed, || text) {
            Ok(()) => (response, exit),
            Err(failure) => {
                self.output.failure(&failure);
                (bad_gateway(), failure.exit())
            }
        }
    }
}

/// The answer after which the notification is sent again, where the gateway does that.
fn bad_gateway() -> Response<Bytes> {
    let mut response = Response::new(Bytes::from_static(b"{\"success\":false}"));
    *response.status_mut() = StatusCode::BAD_GATEWAY;
    response
}

#[cfg(test)]
mod tests {
    use crate::provider::Provider;
    use crate::settings::Settings;

    use super::*;

    #[tokio::test]
    async fn one_refusal_is_diagnosed_at_a_time() {
        let global = Global { json: true, ..Global::default() };
        let receiver = Receiver {
            endpoints: BTreeMap::new(),
            expected: Mutex::default(),
            ask: false,
            test_mode: TestMode { test_mode: false },
            global,
            forward: None,
            seen: Seen::default(),
            turns: Turns::default(),
            at_once: Semaphore::new(1),
            diagnosing: Arc::new(Semaphore::new(1)),
            ended: None,
            output: Output { json: true, interactive: false },
        };
        let settings = Settings::of(&[("GERBANG_KLINK_WEBHOOK_KEY", "key")]);
        let reader = Reader::new(Provider::named("klink").unwrap(), &settings).unwrap();
        let message = Message { headers: http::HeaderMap::new(), body: b"{}".to_vec() };
        let code = async || receiver.diagnose(&reader, &message, Kind::Authentication).await[0].code;
        let busy = receiver.diagnosing.clone().try_acquire_owned().unwrap();
        assert_eq!(code().await, "not_diagnosed");
        drop(busy);
        assert_eq!(code().await, "missing_header");
        assert_eq!(receiver.diagnosing.available_permits(), 1);
    }
}
