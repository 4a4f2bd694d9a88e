//! Documented replies, served to the generated clients.

use std::sync::{Arc, Mutex};

use gerbang::{Delivery, Kind};
use gerbang_tests::calls::{Clients, Printed};
use gerbang_tests::gateways::Effort;
use httpmock::{HttpMockResponse, MockServer};
use serde_json::Value;

use crate::spec::{Operation, Sample, Spec};
use crate::variants::{self, Tally, Whole};

/// What K-Link's clients get when they log in by themselves.
const SESSION: &str = r#"{"status":"success","Authorization":"not-a-real-token"}"#;

/// A server that answers every request alike, and clients that ask it.
struct Server {
    /// Keeps the server alive.
    _http: MockServer,
    clients: Clients,
    answer: Arc<Mutex<Answer>>,
}

#[derive(Default)]
struct Answer {
    status: u16,
    media: String,
    body: String,
    /// The login itself is asked for, not the one before another call.
    to_login: bool,
}

impl Server {
    async fn start() -> Self {
        let http = MockServer::start_async().await;
        let answer = Arc::new(Mutex::new(Answer::default()));
        let shared = Arc::clone(&answer);
        http.mock_async(move |when, then| {
            when.any_request();
            then.respond_with(move |request| {
                let answer = shared.lock().unwrap();
                let response = HttpMockResponse::builder();
                if request.uri().path() == "/auth/login" && !answer.to_login {
                    return response.status(200).header("content-type", "application/json").body(SESSION).build();
                }
                let response = response.status(answer.status).header("content-type", &answer.media);
                response.body(answer.body.clone()).build()
            });
        })
        .await;
        Self { clients: Clients::new(&http.base_url(), "not-a-real-key", Effort::ONCE).unwrap(), _http: http, answer }
    }

    /// Calls the operation, which is answered by this.
    async fn ask(&self, spec: &Spec, operation: &Operation, status: u16, body: impl ToString) -> Printed {
        let media = if status < 300 { operation.media.clone() } else { "application/json".to_owned() };
        let to_login = operation.id == "login";
        *self.answer.lock().unwrap() = Answer { status, media, body: body.to_string(), to_login };
        let call = self.clients.call(&spec.name, &operation.id).await;
        call.unwrap_or_else(|| panic!("calls.rs has no call of {} {}", spec.name, operation.id))
    }
}

fn title(spec: &Spec, id: &str, sample: &Sample) -> String {
    format!("{} {id} {}", spec.name, sample.name)
}

#[tokio::test]
async fn every_documented_reply_is_read_by_its_method() {
    let server = Server::start().await;
    let (mut read, mut failures) = (0, 0);
    let mut problems = Vec::new();
    for spec in Spec::all() {
        for operation in spec.operations() {
            let is_read = operation.samples.iter().any(|sample| sample.success);
            assert_eq!(is_read, operation.reply.is_some(), "{} {} has no sample", spec.name, operation.id);
            for sample in &operation.samples {
                let result = server.ask(&spec, &operation, sample.status, &sample.value).await;
                let is_right = match &result {
                    Ok(printed) => sample.success && !printed.contains("Unknown("),
                    Err(error) => {
                        // Nothing of a failed login is shown. What a refusal proves is checked elsewhere.
                        let names = operation.envelope.list("message").iter().filter_map(Value::as_str);
                        let mut messages = names.chain(["message"]).filter_map(|name| sample.value[name].as_str());
                        let message = messages.next().filter(|_| operation.id != "login");
                        let is_told = error.delivery() != Delivery::NotSent && error.provider_message() == message;
                        !sample.success && is_told && error.kind() != Kind::UnexpectedReply
                    }
                };
                if !is_right {
                    problems.push(format!("{}: {result:?}", title(&spec, &operation.id, sample)));
                }
                if sample.success { read += 1 } else { failures += 1 }
            }
        }
    }
    println!("{read} samples of success, {failures} of failure");
    assert!(problems.is_empty(), "{} problems:\n{}", problems.len(), problems.join("\n"));
    assert!(read >= 39 && failures >= 37);
}

#[tokio::test]
async fn replies_in_another_media_type_are_handed_out_as_they_are() {
    let server = Server::start().await;
    let mut found = Vec::new();
    for spec in Spec::all() {
        for operation in spec.operations().into_iter().filter(|operation| operation.reply.is_none()) {
            let printed = server.ask(&spec, &operation, operation.status, "<svg/>").await.unwrap();
            assert_eq!(printed, "b\"<svg/>\"");
            found.push(operation.id);
        }
    }
    assert_eq!(found, ["qris_image"]);
}

#[tokio::test]
async fn replies_are_read_whatever_is_added_omitted_or_altered() {
    let server = Server::start().await;
    let mut tally = Tally::default();
    let mut samples = 0;
    for spec in Spec::all() {
        for operation in spec.operations() {
            let Some(schema) = operation.reply.as_deref().and_then(|name| spec.component(name)) else { continue };
            for sample in operation.samples.iter().filter(|sample| sample.success) {
                let envelope = &operation.envelope;
                let whole = Whole { flags: envelope.flags(), payload: envelope.member("data") };
                let mut variants = variants::of(&spec, schema, &sample.value, &whole);
                variants.extend(variants::of_envelope(&operation.envelope, &sample.value));
                let refusal = |error: &gerbang::Error| {
                    matches!(error.kind(), Kind::UnexpectedReply | Kind::EchoMismatch)
                        && error.delivery() == Delivery::MaybeSent
                };
                let ask = async |body: &_| server.ask(&spec, &operation, sample.status, body).await;
                tally.ask(&title(&spec, &operation.id, sample), variants, refusal, ask).await;
                samples += 1;
            }
        }
    }
    tally.check(samples, [39, 8000, 650]);
}

#[tokio::test]
async fn an_empty_reply_is_a_success_only_where_the_spec_says_so() {
    let server = Server::start().await;
    let mut successes = Vec::new();
    for spec in Spec::all() {
        for operation in spec.operations().into_iter().filter(|operation| operation.reply.is_some()) {
            let result = server.ask(&spec, &operation, operation.status, "").await;
            assert_eq!(result.is_ok(), operation.envelope.is("empty"), "{} {}: {result:?}", spec.name, operation.id);
            successes.extend(result.is_ok().then_some(operation.id));
        }
    }
    successes.sort();
    assert_eq!(successes, ["cancel_transaction", "simulate_payment"]);
}

#[tokio::test]
async fn json_in_a_string_is_read_with_unescaped_quotes_too() {
    let server = Server::start().await;
    let mut found = Vec::new();
    for spec in Spec::all() {
        for operation in spec.operations() {
            for sample in operation.samples.iter().filter(|sample| sample.success) {
                let text = sample.value.to_string();
                let printed_in_document = text.replace("\\\"", "\"");
                if text != printed_in_document {
                    let escaped = server.ask(&spec, &operation, sample.status, text).await.unwrap();
                    let unescaped = server.ask(&spec, &operation, sample.status, printed_in_document).await.unwrap();
                    assert_eq!(unescaped, escaped);
                    found.push(operation.id.clone());
                }
            }
        }
    }
    found.sort();
    assert_eq!(found, ["reconcile", "transaction_history"]);
}
