//! Kazukipay as a gateway, over the wire.
#![cfg(feature = "client")]

use std::time::Duration;

use gerbang_core::{
    Delivery, Error, Kind, Lookup, Method, NewPayment, Payable, Payment, PaymentGateway, PaymentStatus, Rupiah, Trust,
};
use gerbang_kazukipay::{Client, Credentials, Gateway};
use httpmock::prelude::*;

const CREATED: &str = r#"{"status": true, "message": "Payment created successfully.", "data": {"transaction_id": 12,
    "custom_id": "ORD-001", "project_id": 1, "amount": 10000, "unique_amount": 10243,
    "qris_url": "https://img2.example/12.png", "expired_at": "2026-03-10 20:00:00"}}"#;
const PAID: &str = r#"{"status": true, "message": "ok", "data": {"transaction_id": 12, "custom_id": "ORD-001",
    "amount": 10000, "unique_amount": 10243, "net_amount": 10140, "status": "PAID",
    "qris_url": "https://img2.example/12.png", "expired_at": "2026-03-10 20:00:00"}}"#;
const CANCELLED: &str = r#"{"status": true, "message": "Transaction successfully cancelled.",
    "data": {"transaction_id": 12, "custom_id": "ORD-001", "status": "CANCELLED"}}"#;

fn gateway(server: &MockServer) -> Gateway {
    Gateway::new(Client::builder(Credentials::new("SK-test", 1)).base_url(server.base_url()).build().unwrap())
}

/// A server with one answer, and the gateway that asks it.
async fn replying(body: &str) -> (MockServer, Gateway) {
    let server = MockServer::start_async().await;
    let body = body.to_owned();
    server
        .mock_async(|when, then| {
            when.any_request();
            then.status(200).header("content-type", "application/json").body(body);
        })
        .await;
    let gateway = gateway(&server);
    (server, gateway)
}

fn order() -> NewPayment {
    NewPayment::new("ORD-001", Rupiah::new(10_000))
}

async fn created() -> Payment {
    let (_server, gateway) = replying(CREATED).await;
    gateway.create_payment(&order()).await.unwrap()
}

fn with(payment: &Payment, change: impl FnOnce(&mut Payment)) -> Payment {
    let mut changed = payment.clone();
    change(&mut changed);
    changed
}

#[track_caller]
fn assert_error<T: std::fmt::Debug>(result: Result<T, Error>, kind: Kind, delivery: Delivery) {
    let error = result.unwrap_err();
    assert_eq!((error.kind(), error.delivery()), (kind, delivery), "{error}");
}

#[tokio::test]
async fn a_created_payment_has_everything_that_was_returned() {
    let server = MockServer::start_async().await;
    let create = server
        .mock_async(|when, then| {
            when.method(POST).path("/api/create.php").body_includes("custom_id=ORD-001").body_includes("amount=10000");
            then.status(200).body(CREATED);
        })
        .await;
    let payment = gateway(&server).create_payment(&order().customer_name("Budi").method(Method::Qris)).await.unwrap();
    create.assert_async().await;
    assert_eq!((payment.provider.as_str(), payment.status), ("kazukipay", PaymentStatus::Pending));
    assert_eq!((payment.id.as_deref(), payment.reference.as_deref()), (Some("12"), Some("ORD-001")));
    assert_eq!((payment.amount, payment.payable), (Rupiah::new(10_000), Some(Rupiah::new(10_243))));
    assert_eq!((payment.fee, payment.net, payment.paid_at, payment.sandbox), (None, None, None, None));
    assert_eq!(payment.expires_at.unwrap().to_string(), "2026-03-10T13:00:00Z");
    assert_eq!(payment.pay_with, [Payable::QrImage("https://img2.example/12.png".to_owned())]);
}

#[tokio::test]
async fn a_creation_that_is_answered_otherwise_is_no_payment() {
    for (was, is, kind) in [
        ("ORD-001", "ORD-002", Kind::EchoMismatch),
        ("\"amount\": 10000", "\"amount\": 10001", Kind::EchoMismatch),
        ("10243", "9999", Kind::EchoMismatch),
        ("https://img2.example/12.png", " ", Kind::UnexpectedReply),
    ] {
        let (_server, gateway) = replying(&CREATED.replace(was, is)).await;
        assert_error(gateway.create_payment(&order()).await, kind, Delivery::MaybeSent);
    }
    let (_server, gateway) = replying(&CREATED.replace("2026-03-10 20:00:00", "soon")).await;
    assert_eq!(gateway.create_payment(&order()).await.unwrap().expires_at, None);
}

#[tokio::test]
async fn what_it_cannot_do_is_not_sent() {
    let server = MockServer::start_async().await;
    let any = server
        .mock_async(|when, then| {
            when.any_request();
            then.status(200).body(CREATED);
        })
        .await;
    let gateway = gateway(&server);
    for new in [
        order().method(Method::Card),
        order().method(Method::VirtualAccount("bri".to_owned())),
        order().expires_in(Duration::from_secs(900)),
        order().return_url("https://shop.example/"),
    ] {
        assert_error(gateway.create_payment(&new).await, Kind::Unsupported, Delivery::NotSent);
    }
    for new in [NewPayment::new("ORD-001", Rupiah::new(999)), NewPayment::new("", Rupiah::new(1_000))] {
        assert_error(gateway.create_payment(&new).await, Kind::InvalidRequest, Delivery::NotSent);
    }
    let foreign = with(&created().await, |known| known.provider = "kropay".to_owned());
    assert_error(gateway.payment(Lookup::Payment(&foreign)).await, Kind::InvalidRequest, Delivery::NotSent);
    assert_error(gateway.cancel_payment(&foreign).await, Kind::InvalidRequest, Delivery::NotSent);
    any.assert_calls_async(0).await;
    gateway.create_payment(&order()).await.unwrap();
    any.assert_calls_async(1).await;
}

#[tokio::test]
async fn the_status_is_asked_by_payment_or_by_reference() {
    let server = MockServer::start_async().await;
    let ask = server
        .mock_async(|when, then| {
            when.method(POST).path("/api/cekstatus.php").body_includes("custom_id=ORD-001");
            then.status(200).body(PAID);
        })
        .await;
    let known = created().await;
    let gateway = gateway(&server);
    let paid = gateway.payment(Lookup::Payment(&known)).await.unwrap();
    let reference = Lookup::Reference { reference: "ORD-001", amount: Rupiah::new(10_000) };
    let found = gateway.payment(reference).await.unwrap();
    ask.assert_calls_async(2).await;
    assert_eq!((&paid.status, paid.net), (&PaymentStatus::Paid, Some(Rupiah::new(10_140))));
    assert_eq!(with(&known, |known| (known.status, known.net) = (PaymentStatus::Paid, paid.net)), paid);
    assert_eq!(found, paid);
}

#[tokio::test]
async fn a_status_of_another_payment_is_refused() {
    let known = created().await;
    for (was, is) in [("ORD-001", "ORD-002"), (": 12,", ": 13,"), ("10000", "10001"), ("10243", "10244")] {
        let (_server, gateway) = replying(&PAID.replace(was, is)).await;
        assert_error(gateway.payment(Lookup::Payment(&known)).await, Kind::EchoMismatch, Delivery::MaybeSent);
    }
    for (amount, unique) in [(10_001, "10243"), (10_000, "9999")] {
        let (_server, gateway) = replying(&PAID.replace("10243", unique)).await;
        let reference = Lookup::Reference { reference: "ORD-001", amount: Rupiah::new(amount) };
        assert_error(gateway.payment(reference).await, Kind::EchoMismatch, Delivery::MaybeSent);
    }
}

#[tokio::test]
async fn a_word_that_is_not_known_is_not_paid() {
    let (_server, gateway) = replying(&PAID.replace("PAID", "SETTLING")).await;
    let payment = gateway.payment(Lookup::Payment(&created().await)).await.unwrap();
    assert_eq!(payment.status, PaymentStatus::Unknown("SETTLING".to_owned()));
}

#[tokio::test]
async fn a_cancelled_payment_is_what_the_reply_says() {
    let server = MockServer::start_async().await;
    let cancel = server
        .mock_async(|when, then| {
            when.method(POST).path("/api/cancel.php").body_includes("custom_id=ORD-001");
            then.status(200).body(CANCELLED);
        })
        .await;
    let known = created().await;
    let cancelled = gateway(&server).cancel_payment(&known).await.unwrap();
    cancel.assert_async().await;
    assert_eq!(cancelled, with(&known, |known| known.status = PaymentStatus::Cancelled));

    let (_server, gateway) = replying(&CANCELLED.replace("CANCELLED", "PAID")).await;
    assert_eq!(gateway.cancel_payment(&known).await.unwrap().status, PaymentStatus::Paid);
    let (_server, gateway) = replying(&CANCELLED.replace("ORD-001", "ORD-002")).await;
    assert_error(gateway.cancel_payment(&known).await, Kind::EchoMismatch, Delivery::MaybeSent);
}

#[tokio::test]
async fn a_paid_payment_is_not_cancelled() {
    let refusal = "Only PENDING transactions can be cancelled. Current status is PAID";
    let (_server, gateway) = replying(&format!(r#"{{"status": false, "message": "{refusal}", "data": null}}"#)).await;
    let error = gateway.cancel_payment(&created().await).await.unwrap_err();
    assert_eq!((error.kind(), error.delivery()), (Kind::Rejected, Delivery::Answered));
    assert_eq!(error.provider_message(), Some(refusal));
}

#[tokio::test]
async fn what_a_reply_does_not_tell_is_kept_and_what_it_tells_is_added() {
    let known = with(&created().await, |known| known.net = Some(Rupiah::new(10_140)));
    let bare =
        PAID.replace("net_amount", "net").replace("expired_at", "then").replace("https://img2.example/12.png", "");
    let (_server, gateway) = replying(&bare).await;
    let paid = gateway.payment(Lookup::Payment(&known)).await.unwrap();
    assert_eq!(paid, with(&known, |known| known.status = PaymentStatus::Paid));

    let nameless = with(&known, |known| known.id = None);
    let (_server, gateway) = replying(CANCELLED).await;
    assert_eq!(gateway.cancel_payment(&nameless).await.unwrap().id, known.id);
}

#[tokio::test]
async fn it_says_what_it_can_do() {
    let can = replying("{}").await.1.capabilities();
    assert!(can.status && can.find_by_reference && can.cancel && !can.qris_payload && !can.expiry);
    assert_eq!((can.notifications, can.least_amount), (Trust::Unsigned, Rupiah::new(1_000)));
}
