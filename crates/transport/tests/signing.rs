//! Requests that are signed, over real sockets.

use gerbang_core::operation::{Operation, Place, SignatureUse};
use gerbang_core::signature::{Algorithm, Digits, Part, Signature};
use gerbang_core::{Credential, Credentials, Delivery, Kind, Secret};
use gerbang_transport::{Builder, Request, Transport};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

const SIGNATURE: Signature = Signature {
    algorithm: Algorithm::HmacSha256,
    digits: Digits::Lower,
    joined: &[Part::Credential("code"), Part::Member("reference"), Part::Member("amount")],
};

static CREATE: Operation = Operation {
    provider: "test",
    id: "create",
    method: "POST",
    path: "/create",
    signatures: &[SignatureUse { key: "key", place: Place::Body("signature"), signature: SIGNATURE }],
    ..Operation::BASE
};

#[cfg(feature = "signature")]
static BY_HEADER: Operation = Operation {
    signatures: &[SignatureUse { key: "key", place: Place::Header("x-signature"), signature: SIGNATURE }],
    ..CREATE
};

struct Keys(Secret);

impl Credentials for Keys {
    fn get(&self, name: &str) -> Option<Credential<'_>> {
        match name {
            "key" => Some(Credential::Secret(&self.0)),
            "code" => Some(Credential::Text("T0001")),
            _ => None,
        }
    }

    fn secrets(&self) -> Vec<&Secret> {
        vec![&self.0]
    }
}

fn transport(url: &str) -> Transport {
    // The key of Tripay's document, whose vector the values below are.
    let keys = Keys("ytf6ooi2gmlNPfpchd94jDOk8hRWOu".into());
    Builder::new("test", url, keys, |transport| transport).build().unwrap()
}

fn order() -> Value {
    json!({"reference": "INV55567", "amount": 1_500_000})
}

/// An address where one request is answered, and that request.
async fn one_request() -> (String, tokio::task::JoinHandle<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let request = tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        let mut request = Vec::new();
        let mut chunk = [0; 4096];
        // Each body here is an object, which ends with a brace.
        while !request.ends_with(b"}") {
            let length = stream.read(&mut chunk).await.unwrap();
            assert_ne!(length, 0, "the request ends early");
            request.extend_from_slice(&chunk[..length]);
        }
        stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}").await.unwrap();
        String::from_utf8(request).unwrap()
    });
    (url, request)
}

#[cfg(feature = "signature")]
#[tokio::test]
async fn a_signature_is_sent_as_a_member_or_a_header() {
    let printed = "9f167eba844d1fcb369404e2bda53702e2f78f7aa12e91da6715414e65b8c86a";
    let (url, sent) = one_request().await;
    transport(&url).call::<Value>(Request::new(&CREATE).json(&order())).await.unwrap();
    let sent = sent.await.unwrap();
    let body: Value = serde_json::from_str(sent.split_once("\r\n\r\n").unwrap().1).unwrap();
    assert_eq!(body, json!({"reference": "INV55567", "amount": 1_500_000, "signature": printed}));

    let (url, sent) = one_request().await;
    transport(&url).call::<Value>(Request::new(&BY_HEADER).json(&order())).await.unwrap();
    let sent = sent.await.unwrap();
    let (head, body) = sent.split_once("\r\n\r\n").unwrap();
    assert!(head.to_ascii_lowercase().contains(&format!("\r\nx-signature: {printed}")), "{head}");
    assert_eq!(serde_json::from_str::<Value>(body).unwrap(), order());
}

#[tokio::test]
async fn what_cannot_be_signed_is_not_sent() {
    let (url, sent) = one_request().await;
    let body = if cfg!(feature = "signature") { json!({"reference": "INV55567"}) } else { order() };
    let error = transport(&url).call::<Value>(Request::new(&CREATE).json(&body)).await.unwrap_err();
    assert_eq!((error.kind(), error.delivery()), (Kind::Configuration, Delivery::NotSent), "{error}");
    assert!(!sent.is_finished());
    sent.abort();
}
