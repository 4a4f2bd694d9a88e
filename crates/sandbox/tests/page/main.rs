//! The sandbox's web pages, asked over real connections.

#[path = "../sandbox/http.rs"]
#[allow(dead_code, reason = "the other tests use more of it")]
mod http;

mod curl;
mod forms;
mod looks;
mod secrets;

use gerbang_sandbox::{Payment, Provider, Sandbox};
use serde_json::json;

use crate::http::send;

/// Creates a payment at Kropay.
async fn kropay(sandbox: &Sandbox, merchant_ref: &str, amount: u64) -> Payment {
    kropay_of(sandbox, "K", merchant_ref, amount).await
}

async fn kropay_of(sandbox: &Sandbox, key: &str, merchant_ref: &str, amount: u64) -> Payment {
    let url = format!("{}/api/v1/payment/create", sandbox.url(Provider::Kropay));
    let body = json!({"merchant_ref": merchant_ref, "amount": amount}).to_string();
    let reply = send("POST", &url, &[("X-API-KEY", key), ("Content-Type", "application/json")], &body).await;
    assert_eq!(reply.status, 201, "{}", reply.body);
    sandbox.payments().pop().expect("a payment")
}
