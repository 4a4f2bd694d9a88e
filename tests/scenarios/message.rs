//! Notifications: received as the sandbox sends them, and claims that are not true, made from these.

use std::time::Duration;

use anyhow::{Context, Result};
use axum::Router;
use axum::body::Bytes;
use axum::http::{HeaderMap, header};
use axum::routing::post;
use gerbang::{Payable, Payment};
use gerbang_tests::apis::{ProofPlace, Wire};
use gerbang_tests::proof;
use serde_json::Value;
use tokio::net::TcpListener;
use tokio::sync::{Mutex, mpsc};
use tokio::task::JoinHandle;

use crate::case::GOOD_KEY;

/// How long a notification may take.
const PATIENCE: Duration = Duration::from_secs(20);

/// A notification as it came.
#[derive(Clone, Debug)]
pub struct Message {
    /// Its headers.
    pub headers: HeaderMap,
    /// Its body.
    pub body: Vec<u8>,
}

/// What a changed notification says; what is none stays as it is.
#[derive(Clone, Debug, Default)]
pub struct Claim {
    /// The merchant's reference.
    pub reference: Option<String>,
    /// The provider's own reference.
    pub id: Option<String>,
    /// The code that it is paid with.
    pub code: Option<String>,
    /// The price in rupiah.
    pub amount: Option<u64>,
    /// What the customer paid in rupiah.
    pub payable: Option<u64>,
    /// The state, in the provider's word.
    pub status: Option<&'static str>,
    /// Whether it is of the test mode.
    pub sandbox: Option<bool>,
}

impl Claim {
    /// That it is about this payment.
    pub fn about(payment: &Payment) -> Self {
        Self {
            reference: payment.reference.clone(),
            id: payment.id.clone(),
            code: payment.pay_with.iter().find_map(|payable| match payable {
                Payable::Code(code) => Some(code.clone()),
                _ => None,
            }),
            amount: Some(payment.amount.get()),
            payable: payment.payable.map(|payable| payable.get()),
            ..Self::default()
        }
    }
}

impl Message {
    /// One without a proof.
    pub fn unsigned(body: &[u8]) -> Self {
        Self { headers: HeaderMap::new(), body: body.to_vec() }
    }

    /// The same with another claim. A signature is made again with the true key, so that only the claim is wrong.
    pub fn claiming(&self, wire: &Wire, claim: &Claim) -> Self {
        let mut body: Value = serde_json::from_slice(&self.body).expect("a true notification is JSON");
        let text = |rupiah: Option<u64>| rupiah.map(|rupiah| rupiah.to_string());
        for (members, value) in [
            (wire.reference, claim.reference.clone()),
            (wire.id, claim.id.clone()),
            (wire.amount, text(claim.amount)),
            (wire.payable, text(claim.payable)),
        ] {
            for member in members {
                if let (Some(value), Some(found)) = (&value, body.get_mut(member.name)) {
                    *found = member.value(value);
                }
            }
        }
        // Only K-Link names it.
        if let (Some(code), Some(found)) = (&claim.code, body.get_mut("kd_pay")) {
            *found = code.as_str().into();
        }
        if let Some(status) = claim.status {
            body[wire.state] = status.into();
        }
        if let Some(sandbox) = claim.sandbox {
            body["is_sandbox"] = sandbox.into();
        }
        // Only Midtrans has it.
        if body.get("signature_key").is_some() {
            body["signature_key"] = proof::signature_key(&body, GOOD_KEY).into();
        }
        let mut message = Self { headers: self.headers.clone(), body: body.to_string().into_bytes() };
        for (name, value) in proof::headers(&message.body) {
            if let Some(proof) = name.and_then(|name| message.headers.get_mut(name)) {
                *proof = value;
            }
        }
        message
    }

    /// The same with another value of a proof.
    pub fn with_proof(&self, proof: ProofPlace, change: impl Fn(&str) -> String) -> Self {
        let mut message = self.clone();
        match proof {
            ProofPlace::Header(name) => {
                let value = message.headers.get_mut(name).expect("the header is there");
                *value = change(value.to_str().expect("it is text")).parse().expect("it is a header's value");
            }
            ProofPlace::Member(name) => message.change(|body| {
                let changed = change(body[name].as_str().expect("the member is a text"));
                body[name] = changed.into();
            }),
        }
        message
    }

    /// The same without a proof.
    pub fn without_proof(&self, proof: ProofPlace) -> Self {
        let mut message = self.clone();
        match proof {
            ProofPlace::Header(name) => _ = message.headers.remove(name).expect("the header is there"),
            ProofPlace::Member(name) => message.change(|body| {
                body.as_object_mut().and_then(|members| members.remove(name)).expect("the member is there");
            }),
        }
        message
    }

    fn change(&mut self, change: impl FnOnce(&mut Value)) {
        let mut body = serde_json::from_slice(&self.body).expect("a true notification is JSON");
        change(&mut body);
        self.body = body.to_string().into_bytes();
    }
}

/// A merchant's server that takes notifications. It ends when it is dropped.
pub struct Receiver {
    url: String,
    messages: Mutex<mpsc::Receiver<Message>>,
    server: JoinHandle<()>,
}

impl Receiver {
    /// A server that gives every notification this answer.
    pub async fn start(answer: &'static str) -> Result<Self> {
        let (sender, messages) = mpsc::channel(16);
        let take = move |headers: HeaderMap, body: Bytes| async move {
            let message = Message { headers, body: body.into() };
            // Nobody is left to learn when it ends.
            _ = sender.send(message).await;
            ([(header::CONTENT_TYPE, "application/json")], answer)
        };
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let url = format!("http://{}/", listener.local_addr()?);
        let server = tokio::spawn(async move {
            axum::serve(listener, Router::new().route("/", post(take))).await.expect("the server goes on");
        });
        Ok(Self { url, messages: Mutex::new(messages), server })
    }

    /// Its address.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// The next notification.
    pub async fn next(&self) -> Result<Message> {
        let mut messages = self.messages.lock().await;
        let next = tokio::time::timeout(PATIENCE, messages.recv()).await.context("no notification came")?;
        next.context("the server has ended")
    }
}

impl Drop for Receiver {
    fn drop(&mut self) {
        self.server.abort();
    }
}
