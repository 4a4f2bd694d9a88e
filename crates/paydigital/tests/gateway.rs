//! PayDigital as a gateway, over the wire.
#![cfg(feature = "client")]

use std::time::Duration;

use gerbang_core::{
    Delivery, Error, Kind, Lookup, Method, NewPayment, Payable, Payment, PaymentGateway, PaymentStatus, Rupiah, Trust,
};
use gerbang_paydigital::{Client, Credentials, Gateway};
use gerbang_qris::QrisBuilder;
use httpmock::prelude::*;

const PAID: &str = r#"{"status": "success", "data": {"invoice": "PYG20231201123456", "amount": 10000,
    "unique_code": 387, "total_amount": 10387, "status": "paid", "paid_at": "2099-12-01 14:30:00",
    "customer_name": "John Doe", "store_name": "Toko Example"}}"#;

fn qris(amount: u64) -> String {
    let builder = QrisBuilder::new("Toko Example", "BANDUNG", "5812").nmid("ID1024322842930", "UMI");
    builder.amount(Rupiah::new(amount)).build().unwrap()
}

/// The documented answer, with a payload that is whole.
fn created_with(payload: &str) -> String {
    r#"{"status": "success", "data": {"invoice": "PYG20231201123456", "amount": 10000, "unique_code": 387,
    "total_amount": 10387, "qr_content": "PAYLOAD", "expired_at": "2099-12-01 15:00:00",
    "qr_url": "https://api.qrserver.com/v1/create-qr-code/?size=300x300&data=PAYLOAD",
    "payment_url": "http://paydigital.biz.id/pay.php?invoice=PYG20231201123456"}}"#
        .replace("PAYLOAD", payload)
}

fn gateway(server: &MockServer) -> Gateway {
    Gateway::new(Client::builder(Credentials::new("PYG-test", 1)).base_url(server.base_url()).build().unwrap())
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
    NewPayment::new("ORDER-42", Rupiah::new(10_000))
}

async fn created() -> Payment {
    let (_server, gateway) = replying(&created_with(&qris(10_387))).await;
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
async fn a_created_payment_has_everything_but_unsafe_addresses() {
    let server = MockServer::start_async().await;
    let create = server
        .mock_async(|when, then| {
            when.method(POST)
                .path("/api/create_payment.php")
                .body_includes("amount=10000")
                .body_includes("customer_name=John+Doe")
                .body_includes("description=Pembelian")
                .body_excludes("ORDER-42");
            then.status(200).body(created_with(&qris(10_387)));
        })
        .await;
    let new = order().customer_name("John Doe").description("Pembelian");
    let payment = gateway(&server).create_payment(&new).await.unwrap();
    create.assert_async().await;
    assert_eq!((payment.provider.as_str(), payment.status), ("paydigital", PaymentStatus::Pending));
    assert_eq!((payment.id.as_deref(), payment.reference.as_deref()), (Some("PYG20231201123456"), Some("ORDER-42")));
    assert_eq!((payment.amount, payment.payable), (Rupiah::new(10_000), Some(Rupiah::new(10_387))));
    assert_eq!((payment.fee, payment.net, payment.paid_at, payment.sandbox), (None, None, None, None));
    assert_eq!(payment.expires_at.unwrap().to_string(), "2099-12-01T08:00:00Z");
    assert_eq!(payment.pay_with, [Payable::Qris(qris(10_387))]);
}

#[tokio::test]
async fn a_description_is_sent_only_when_given() {
    let server = MockServer::start_async().await;
    let create = server
        .mock_async(|when, then| {
            when.body_excludes("description").body_excludes("customer_name");
            then.status(200).body(created_with(&qris(10_387)));
        })
        .await;
    gateway(&server).create_payment(&order()).await.unwrap();
    create.assert_async().await;
}

#[tokio::test]
async fn a_creation_that_is_answered_otherwise_is_no_payment() {
    let whole = created_with(&qris(10_387));
    let broken = qris(10_387).replace("BANDUNG", "BANDUNK");
    for (body, kind) in [
        (whole.replace("\"amount\": 10000", "\"amount\": 10001"), Kind::EchoMismatch),
        (created_with(&qris(9_999)).replace("10387", "9999"), Kind::EchoMismatch),
        (created_with(&qris(10_000)), Kind::EchoMismatch),
        (created_with(&broken), Kind::UnexpectedReply),
        (created_with("000201010212266....DBD7"), Kind::UnexpectedReply),
    ] {
        let (_server, gateway) = replying(&body).await;
        assert_error(gateway.create_payment(&order()).await, kind, Delivery::MaybeSent);
    }
}

#[tokio::test]
async fn what_it_cannot_do_is_not_sent() {
    let server = MockServer::start_async().await;
    let any = server
        .mock_async(|when, then| {
            when.any_request();
            then.status(200).body(created_with(&qris(10_387)));
        })
        .await;
    let gateway = gateway(&server);
    for new in [
        order().method(Method::PayPage),
        order().expires_in(Duration::from_secs(900)),
        order().return_url("https://shop.example/"),
    ] {
        assert_error(gateway.create_payment(&new).await, Kind::Unsupported, Delivery::NotSent);
    }
    let cheap = NewPayment::new("ORDER-42", Rupiah::new(999));
    assert_error(gateway.create_payment(&cheap).await, Kind::InvalidRequest, Delivery::NotSent);
    let reference = Lookup::Reference { reference: "ORDER-42", amount: Rupiah::new(10_000) };
    assert_error(gateway.payment(reference).await, Kind::Unsupported, Delivery::NotSent);
    let known = created().await;
    assert_error(gateway.cancel_payment(&known).await, Kind::Unsupported, Delivery::NotSent);
    let foreign = with(&known, |known| known.provider = "kropay".to_owned());
    assert_error(gateway.payment(Lookup::Payment(&foreign)).await, Kind::InvalidRequest, Delivery::NotSent);
    let nameless = with(&known, |known| known.id = None);
    assert_error(gateway.payment(Lookup::Payment(&nameless)).await, Kind::InvalidRequest, Delivery::NotSent);
    any.assert_calls_async(0).await;
    gateway.create_payment(&order().method(Method::Qris)).await.unwrap();
    any.assert_calls_async(1).await;
}

#[tokio::test]
async fn there_are_no_notifications() {
    let (_server, gateway) = replying("{}").await;
    let read = gateway.parse_notification(&Default::default(), PAID.as_bytes());
    assert_error(read, Kind::Unsupported, Delivery::NotSent);
    assert_eq!(gateway.acceptance(), "");
}

#[tokio::test]
async fn the_status_keeps_what_was_created() {
    let server = MockServer::start_async().await;
    let ask = server
        .mock_async(|when, then| {
            when.method(GET).path("/api/payment.php").query_param("invoice", "PYG20231201123456");
            then.status(200).body(PAID);
        })
        .await;
    let known = created().await;
    let paid = gateway(&server).payment(Lookup::Payment(&known)).await.unwrap();
    ask.assert_async().await;
    assert_eq!((&paid.status, paid.reference.as_deref()), (&PaymentStatus::Paid, Some("ORDER-42")));
    assert_eq!(paid.paid_at.unwrap().to_string(), "2099-12-01T07:30:00Z");
    assert_eq!(with(&known, |known| (known.status, known.paid_at) = (PaymentStatus::Paid, paid.paid_at)), paid);
}

#[tokio::test]
async fn a_time_or_word_that_cannot_be_read_does_not_hide_a_payment() {
    let body = PAID.replace("2099-12-01 14:30:00", "just now").replace("\"paid\"", "\"settled\"");
    let (_server, gateway) = replying(&body).await;
    let payment = gateway.payment(Lookup::Payment(&created().await)).await.unwrap();
    assert_eq!((payment.status, payment.paid_at), (PaymentStatus::Unknown("settled".to_owned()), None));
}

#[tokio::test]
async fn a_status_of_another_payment_is_refused() {
    let known = created().await;
    for (was, is) in [("PYG20231201123456", "PYG20231201123457"), ("10000", "10001"), ("10387", "10388")] {
        let (_server, gateway) = replying(&PAID.replace(was, is)).await;
        assert_error(gateway.payment(Lookup::Payment(&known)).await, Kind::EchoMismatch, Delivery::MaybeSent);
    }
    let unpriced = with(&known, |known| known.payable = None);
    let (_server, gateway) = replying(&PAID.replace("10387", "9999")).await;
    assert_error(gateway.payment(Lookup::Payment(&unpriced)).await, Kind::EchoMismatch, Delivery::MaybeSent);
}

#[tokio::test]
async fn what_a_status_omits_is_kept_and_what_it_has_is_added() {
    let known = with(&created().await, |known| (known.payable, known.paid_at) = (None, known.expires_at));
    let (_server, gateway) = replying(&PAID.replace("2099-12-01 14:30:00", "")).await;
    let paid = gateway.payment(Lookup::Payment(&known)).await.unwrap();
    assert_eq!((paid.payable, paid.paid_at), (Some(Rupiah::new(10_387)), known.expires_at));
}

#[tokio::test]
async fn it_says_what_it_can_do() {
    let can = replying("{}").await.1.capabilities();
    assert!(can.status && can.qris_payload && !can.find_by_reference && !can.cancel && !can.expiry);
    assert_eq!((can.notifications, can.least_amount), (Trust::None, Rupiah::new(1_000)));
}
