//! Generated code that no provider here needs, compiled and called: lists and objects of several forms as bodies, replies and
//! parameters, names that would be the same in Rust, keys by which a call may be sent again.
//!
//! `compiled/shapes.yaml` is the spec. Its client is committed beside it; `INSTA_UPDATE=always` writes it.

use std::path::Path;
use std::sync::{Arc, Mutex};
use std::{env, fs};

use axum::Router;
use axum::body::Bytes;
use axum::http::{HeaderMap, StatusCode, Uri, header};
use gerbang::{Kind, Retry};
use gerbang_spec::generate;
use gerbang_spec::specs::{self, Spec};
use gerbang_spec::validate;
use serde_json::{Value, json};
use tokio::net::TcpListener;

use shapes::types::{Card, FindOptions, Paid, PaidBy, Pay, PayOptions, State, Way};
use shapes::{Client, Credentials};

/// As a crate has it.
#[allow(dead_code, missing_docs, unreachable_pub)]
mod shapes {
    #[rustfmt::skip]
    mod client;
    #[rustfmt::skip]
    mod credentials;
    #[rustfmt::skip]
    pub mod operations;
    #[rustfmt::skip]
    pub mod types;

    pub use client::Client;
    pub use credentials::Credentials;
}

#[test]
fn the_compiled_client_is_fresh() {
    let directory = specs::workspace().join("tests/generated/compiled");
    let path = directory.join("shapes.yaml");
    let document = validate::load(&path, "shapes.yaml").unwrap_or_else(|problems| panic!("{problems:#?}"));
    let model = gerbang_spec::model::Model::read(&document).unwrap();
    let spec = Spec { name: "shapes".to_owned(), path };
    for (file, code) in generate::client(&spec, &model).unwrap() {
        let name = file.file_name().and_then(|name| name.to_str()).unwrap();
        if name == "mod.rs" {
            continue;
        }
        let committed = directory.join("shapes").join(name);
        if env::var("INSTA_UPDATE").is_ok_and(|update| update == "always") {
            fs::create_dir_all(committed.parent().unwrap()).unwrap();
            fs::write(&committed, &code).unwrap();
        }
        assert!(fs::read_to_string(&committed).is_ok_and(|old| old == code), "{} is stale", shown(&committed));
    }
}

fn shown(path: &Path) -> String {
    path.strip_prefix(specs::workspace()).unwrap_or(path).display().to_string()
}

/// A request: address, key, body.
type Seen = Arc<Mutex<Vec<(String, Option<String>, String)>>>;

/// A server that answers every request with this, and a client of it.
async fn served(status: StatusCode, reply: Value) -> (Client, Seen) {
    let seen = Seen::default();
    let kept = Arc::clone(&seen);
    let see = move |uri: &Uri, headers: &HeaderMap, body: String| {
        let key = headers.get("idempotency-key").map(|key| key.to_str().unwrap().to_owned());
        kept.lock().unwrap().push((uri.to_string(), key, body));
    };
    (answered(status, reply, see).await, seen)
}

/// A client of a server that shows every request and answers it with this.
async fn answered(
    status: StatusCode,
    reply: Value,
    see: impl Fn(&Uri, &HeaderMap, String) + Clone + Send + Sync + 'static,
) -> Client {
    let answer = move |uri: Uri, headers: HeaderMap, body: Bytes| {
        see(&uri, &headers, String::from_utf8(body.to_vec()).unwrap());
        let reply = if reply.is_null() { String::new() } else { reply.to_string() };
        std::future::ready((status, [(header::CONTENT_TYPE, "application/json")], reply))
    };
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, Router::new().fallback(answer)).await });
    Client::builder(Credentials::new()).base_url(url).build().unwrap()
}

fn card(number: &str) -> Box<Card> {
    Box::new(Card::new(number).limit("10.50".parse().unwrap()))
}

fn pay() -> Pay {
    Pay::new("99.90".parse().unwrap(), Way::Debit(card("4242")))
}

#[tokio::test]
async fn form_is_sent_with_its_word_digit_for_digit() {
    let reply = json!({"id": "A1", "method": {"type": "bank"}, "iban": "a", "IBAN": "b"});
    // A second success status is one as well.
    let (client, seen) = served(StatusCode::CREATED, reply).await;
    let paid = client.pay(&pay().new_2(true).timeout(9)).await.unwrap();
    assert_eq!(paid.method, PaidBy::Bank);
    assert_eq!((paid.iban.as_deref(), paid.iban_2.as_deref()), (Some("a"), Some("b")));
    let (address, key, body) = seen.lock().unwrap()[0].clone();
    assert_eq!((address.as_str(), key), ("/payments", None));
    let sent = r#"{"amount":99.90,"method":{"type":"debit","limit":10.50,"number":"4242"},"new":true,"timeout":9}"#;
    assert_eq!(body, sent);
}

#[tokio::test]
async fn body_that_is_a_list_or_free_is_sent_as_a_whole() {
    let (client, seen) = served(StatusCode::NO_CONTENT, Value::Null).await;
    client.pay_all(&[Way::Bank, Way::Card(card("1"))]).await.unwrap();
    let note = json!({"a": [1, null]});
    client.note(note.as_object().unwrap()).await.unwrap();
    let bodies: Vec<_> = seen.lock().unwrap().iter().map(|(_, _, body)| body.clone()).collect();
    assert_eq!(bodies, [r#"[{"type":"bank"},{"type":"card","limit":10.50,"number":"1"}]"#, r#"{"a":[1,null]}"#]);
}

#[tokio::test]
async fn media_types_built_on_json_are_those_of_the_document() {
    let seen = Arc::new(Mutex::new(Vec::new()));
    let kept = Arc::clone(&seen);
    let see = move |_: &Uri, headers: &HeaderMap, body: String| {
        let media = [header::CONTENT_TYPE, header::ACCEPT].map(|name| headers[name].to_str().unwrap().to_owned());
        kept.lock().unwrap().push((media, body));
    };
    let client = answered(StatusCode::OK, json!({"id": "A1", "method": {"type": "bank"}}), see).await;
    let paid = client.change_note(json!({"a": 1}).as_object().unwrap()).await.unwrap();
    assert_eq!((paid.id.as_str(), paid.method), ("A1", PaidBy::Bank));
    client.pay(&pay()).await.unwrap();
    let seen = seen.lock().unwrap();
    let [(media, body), (plain, _)] = seen.as_slice() else { panic!("{seen:?}") };
    let built = ["application/merge-patch+json", "application/vnd.shapes.v1.hal+json"];
    assert_eq!((media.each_ref().map(String::as_str), body.as_str()), (built, r#"{"a":1}"#));
    assert_eq!(plain.each_ref().map(String::as_str), ["application/json"; 2]);
}

#[tokio::test]
async fn list_is_sent_in_the_query_as_its_document_says() {
    let (client, seen) = served(StatusCode::OK, json!({"type": "CARD", "number": "1"})).await;
    let options = FindOptions::new().ids(vec!["a b".to_owned(), "c".to_owned()]);
    let states = [State::Open.into(), "void".into()];
    let found = client.find_with(&states, 1, 2, &options).await.unwrap();
    assert!(matches!(found, PaidBy::Card(card) if card.number == "1"), "case does not count");
    client.find(&[], 1, 2).await.unwrap();
    let addresses: Vec<_> = seen.lock().unwrap().iter().map(|(address, ..)| address.clone()).collect();
    let whole = "/payments?state%5B%5D=open&state%5B%5D=void&Timeout=2&timeout=1&ids=a+b%2Cc";
    assert_eq!(sorted(&addresses[0]), sorted(whole));
    assert_eq!(sorted(&addresses[1]), sorted("/payments?Timeout=2&timeout=1"));
    // It would be read as two.
    let error = client.find_with(&[], 1, 2, &FindOptions::new().ids(vec!["a,b".to_owned()])).await.unwrap_err();
    assert_eq!((error.kind(), seen.lock().unwrap().len()), (Kind::InvalidRequest, 2));
}

/// The parameters of an address in an order of their own.
fn sorted(address: &str) -> Vec<String> {
    let mut parts: Vec<_> = address.split(['?', '&']).map(str::to_owned).collect();
    parts.sort();
    parts
}

#[test]
fn unknown_form_is_kept_as_it_came() {
    for unknown in [json!({"type": "wallet", "owner": {"name": "Budi"}}), json!({"number": "1"}), json!({"type": null})]
    {
        let paid = json!({"id": "A1", "method": unknown});
        let read: Paid = serde_json::from_str(&paid.to_string()).unwrap();
        assert!(
            matches!(&read.method, PaidBy::Unknown(object) if Value::Object(object.clone()) == unknown),
            "{unknown}"
        );
        assert_eq!(serde_json::to_value(&read).unwrap(), paid);
    }
}

#[test]
fn known_form_that_cannot_be_read_is_no_other_form() {
    // It must be there: the whole is an error.
    for method in [json!({"type": "card"}), json!("card"), json!([{"type": "bank"}]), json!(null)] {
        let paid = json!({"id": "A1", "method": method}).to_string();
        assert!(serde_json::from_str::<Paid>(&paid).is_err(), "{paid}");
    }
    let twice = r#"{"id":"A1","method":{"type":"bank","type":"wallet"}}"#;
    assert!(serde_json::from_str::<Paid>(twice).is_err());
    // It need not: it is none, and a list goes on without it.
    let paid = json!({
        "id": "A1", "method": {"type": "bank"}, "refunded": {"type": "card"}, "history": [{"type": "card"}, {"type": "bank"}],
    });
    let read: Paid = serde_json::from_str(&paid.to_string()).unwrap();
    assert_eq!((&read.refunded, &*read.history, read.history.unreadable()), (&None, &[PaidBy::Bank][..], 1));
}

#[test]
fn form_inside_a_form_is_read_and_numbers_are_exact() {
    let card = r#"{"type":"card","number":"1","limit":0.10,"IBAN":"x","before":{"type":"card","number":"2"}}"#;
    let PaidBy::Card(read) = serde_json::from_str(card).unwrap() else { panic!("{card}") };
    assert_eq!((read.limit.as_ref().unwrap().as_str(), read.iban.as_deref()), ("0.10", Some("x")));
    assert!(matches!(read.before, Some(PaidBy::Card(before)) if before.number == "2"));
    // What is sent is read by the command line: of no other form than those that there are.
    assert!(serde_json::from_str::<Way>(r#"{"type":"wallet"}"#).is_err());
    assert_eq!(serde_json::from_str::<Way>(r#"{"type":"Bank"}"#).unwrap(), Way::Bank);
}

#[test]
fn forms_have_a_json_schema() {
    let schema = schemars::schema_for!(PaidBy);
    let forms = schema.get("oneOf").or(schema.get("anyOf")).unwrap_or_else(|| panic!("{schema:?}"));
    assert!(forms.to_string().contains(r#""const":"card""#), "{forms}");
}

#[tokio::test]
async fn key_makes_a_call_one_that_may_be_sent_again() {
    let (client, seen) = served(StatusCode::SERVICE_UNAVAILABLE, json!({})).await;
    let client = client.with_retry(Retry::default());
    client.pay(&pay()).await.unwrap_err();
    client.pay_with(&pay(), &PayOptions::new().idempotency_key(" ")).await.unwrap_err();
    assert_eq!(seen.lock().unwrap().len(), 2, "without a key it is sent once");
    let error = client.pay_with(&pay(), &PayOptions::new().idempotency_key("K1")).await.unwrap_err();
    let keys: Vec<_> = seen.lock().unwrap().iter().skip(2).map(|(_, key, _)| key.clone()).collect();
    assert_eq!((keys, error.attempts()), (vec![Some("K1".to_owned()); 3], 3), "each time with the same key");
}
