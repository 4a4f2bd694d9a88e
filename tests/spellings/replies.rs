//! The replies of all operations, changed, served over HTTP and read by the clients.

use std::convert::Infallible;
use std::sync::{Arc, Mutex};

use axum::body::{Body, Bytes};
use axum::http::{Request, Response};
use axum::serve::ListenerExt;
use gerbang::{Delivery, Error, Kind};
use gerbang_tests::calls::Clients;
use gerbang_tests::gateways::Effort;
use serde_json::{Value, json};

use crate::cells::{self, Outcome, Place, Step};
use crate::judge::{Expected, comparable};
use crate::report::Report;
use crate::spec::{Operation, Sample, Spec};
use crate::values::Wrong;

/// What K-Link's client gets when it logs in by itself.
const SESSION: &[u8] = br#"{"status":"success","Authorization":"not-a-real-token"}"#;

/// A server that answers every request alike, and clients that ask it.
struct Server {
    clients: Clients,
    answer: Arc<Mutex<Answer>>,
}

#[derive(Clone, Default)]
struct Answer {
    status: u16,
    body: Bytes,
    /// The login itself is asked for, not the one before another call.
    to_login: bool,
}

impl Server {
    async fn start() -> Self {
        let answer: Arc<Mutex<Answer>> = Arc::default();
        let shared = Arc::clone(&answer);
        let serve = move |request: Request<Body>| {
            let mut answer = shared.lock().unwrap().clone();
            if request.uri().path() == "/auth/login" && !answer.to_login {
                answer = Answer { status: 200, body: Bytes::from_static(SESSION), to_login: false };
            }
            let response = Response::builder().status(answer.status).header("content-type", "application/json");
            std::future::ready(Ok::<_, Infallible>(response.body(Body::from(answer.body)).unwrap()))
        };
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let listener = listener.tap_io(|stream| stream.set_nodelay(true).unwrap());
        let router = axum::Router::new().fallback(move |request: Request<Body>| {
            let response = serve(request);
            async move { response.await.unwrap() }
        });
        tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        Self { clients: Clients::new(&url, "not-a-real-key", Effort::ONCE).unwrap(), answer }
    }

    /// What the operation returns when it is answered by this.
    async fn ask(&self, spec: &Spec, operation: &Operation, status: u16, body: Vec<u8>) -> Result<Value, Error> {
        *self.answer.lock().unwrap() = Answer { status, body: body.into(), to_login: operation.id == "login" };
        let shown = self.clients.show(&spec.name, &operation.id).await;
        let shown = shown.unwrap_or_else(|| panic!("calls.rs has no call of {} {}", spec.name, operation.id));
        let payload = payload_schema(spec, operation);
        shown.map(|shown| comparable(spec, payload, shown.json))
    }
}

/// Gives every member of every reply every wrong value.
pub async fn try_all(wrong: &'static [Wrong], report: &mut Report) {
    let server = Server::start().await;
    for spec in Spec::all() {
        for operation in spec.operations() {
            for sample in operation.samples.iter().filter(|sample| sample.success) {
                report.replies += 1;
                try_sample(&server, &spec, &operation, sample, wrong, report).await;
            }
        }
    }
}

async fn try_sample(
    server: &Server,
    spec: &Spec,
    operation: &Operation,
    sample: &Sample,
    wrong: &'static [Wrong],
    report: &mut Report,
) {
    let title = format!("{} {} {}", spec.name, operation.id, sample.name);
    let title = title.trim_end();
    let unchanged = server.ask(spec, operation, sample.status, sample.value.to_string().into()).await.unwrap();
    let text = json!({"type": "string"});
    let is_refusal = |error: &Error| {
        matches!(error.kind(), Kind::UnexpectedReply | Kind::EchoMismatch) && error.delivery() == Delivery::MaybeSent
    };
    for place in places(spec, operation, sample, &text) {
        report.members += 1;
        for wrong in wrong {
            let body = cells::with(&sample.value, &place.path, wrong.bytes.as_deref());
            let result = server.ask(spec, operation, sample.status, body).await;
            let expected = Expected::new(spec, &place, wrong);
            let problem = expected.problem(&unchanged, &result, operation.envelope.member("data"), is_refusal);
            report.add(title, spec, &place, wrong.name, problem);
        }
    }
}

/// The places of a reply, without the flag, and with the texts for people and the codes that stand beside the payload.
fn places<'a>(spec: &'a Spec, operation: &Operation, sample: &Sample, text: &'a Value) -> Vec<Place<'a>> {
    let schema = operation.reply.as_deref().and_then(|name| spec.component(name)).expect("a component");
    // The members that say whether the call succeeded.
    let errors = operation.envelope.list("error").iter().filter_map(Value::as_str);
    let flags: Vec<_> = operation.envelope.flags().into_iter().chain(errors).collect();
    let mut places = cells::places(spec, schema, &sample.value, &flags);
    let beside = ["message", "code"].iter().flat_map(|key| operation.envelope.list(key));
    for name in beside.filter_map(Value::as_str).filter(|name| !flags.contains(name)) {
        let path = vec![Step::Member(name.to_owned())];
        let is_known = places.iter().any(|place| place.path == path);
        let is_map = spec.resolve(schema).get("additionalProperties").is_some();
        if sample.value.is_object() && !is_known && !is_map {
            places.push(Place { path: path.clone(), schema: text, required: false, unreadable: Outcome::None(path) });
        }
    }
    places
}

/// The schema of what a call returns.
fn payload_schema<'a>(spec: &'a Spec, operation: &Operation) -> &'a Value {
    let reply = operation.reply.as_deref().and_then(|name| spec.component(name)).expect("a component");
    operation.envelope.member("data").map_or(reply, |data| &spec.resolve(reply)["properties"][data])
}
