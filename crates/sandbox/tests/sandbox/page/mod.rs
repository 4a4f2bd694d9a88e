//! The sandbox's web pages, asked over real connections.

mod curl;
mod forms;
mod looks;
mod secrets;

use gerbang_sandbox::{Payment, Provider, Sandbox};
use serde_json::json;

use crate::http::send;

/// Creates a payment at Kropay.
async fn kropay(sandbox: &Sandbox, merchant_ref: &str, amount: u64) -> Payment {
    let url = format!("{}/api/v1/payment/create", sandbox.url(Provider::Kropay));
    let body = json!({"merchant_ref": merchant_ref, "amount": amount}).to_string();
    let reply = send("POST", &url, &[("X-API-KEY", "K"), ("Content-Type", "application/json")], &body).await;
    assert_eq!(reply.status, 201, "{}", reply.body);
    sandbox.payments().pop().expect("a payment")
}
