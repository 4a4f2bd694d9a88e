//! Pakasir API v1 as a gateway, over the wire.
#![cfg(feature = "client")]

use std::time::Duration;

use gerbang_core::{
    Delivery, Error, Kind, Lookup, Method, NewPayment, Payable, Payment, PaymentGateway, PaymentStatus, Rupiah, Trust,
};
use gerbang_pakasir::v1::{Client, Credentials, Gateway};
use httpmock::prelude::*;

const QRIS: &str = concat!(
    "00020101021226610016ID.CO.SHOPEE.WWW01189360091800216005230208216005230303UME51440014ID.CO.QRIS.WWW0215",
    "ID10243228429300303UME5204792953033605409100003.005802ID5907Pakasir6012KAB. KEBUMEN61055439262230519",
    "SP25RZRATEQI2HQ65Q46304A079",
);
const PAID: &str = r#"{"transaction": {"amount": 99000, "order_id": "INV123123", "project": "depodomain",
    "status": "completed", "payment_method": "qris", "completed_at": "2024-09-10T08:07:02.819+07:00"}}"#;

/// The documented answer.
fn by_qris() -> String {
    r#"{"payment": {"project": "depodomain", "order_id": "INV123123", "amount": 99000, "fee": 1003,
    "total_payment": 100003, "received": 97997, "payment_method": "qris", "payment_number": "PAYLOAD",
    "expired_at": "2099-09-19T01:18:49.678622564Z"}}"#
        .replace("PAYLOAD", QRIS)
}

fn by_bri() -> String {
    by_qris().replace(QRIS, "123450000067890").replace("\"qris\"", "\"bri_va\"").replace("100003", "102500")
}

fn gateway(server: &MockServer) -> Gateway {
    let credentials = Credentials::new("not-a-real-key", "depodomain");
    Gateway::new(Client::builder(credentials).base_url(server.base_url()).build().unwrap())
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
    NewPayment::new("INV123123", Rupiah::new(99_000))
}

fn bank(name: &str) -> Method {
    Method::VirtualAccount(name.to_owned())
}

async fn created() -> Payment {
    let (_server, gateway) = replying(&by_qris()).await;
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
            when.method(POST)
                .path("/api/transactioncreate/qris")
                .body_includes("\"order_id\":\"INV123123\"")
                .body_includes("\"amount\":99000");
            then.status(200).body(by_qris());
        })
        .await;
    let payment = gateway(&server).create_payment(&order().customer_email("a@b.example")).await.unwrap();
    create.assert_async().await;
    assert_eq!((payment.provider.as_str(), payment.status), ("pakasir-v1", PaymentStatus::Pending));
    assert_eq!((payment.id, payment.reference.as_deref()), (None, Some("INV123123")));
    assert_eq!((payment.amount, payment.payable), (Rupiah::new(99_000), Some(Rupiah::new(100_003))));
    assert_eq!((payment.fee, payment.net), (Some(Rupiah::new(1_003)), Some(Rupiah::new(97_997))));
    assert_eq!((payment.paid_at, payment.sandbox), (None, None));
    assert_eq!(payment.expires_at.unwrap().to_string(), "2099-09-19T01:18:49.678622564Z");
    assert_eq!(payment.pay_with, [Payable::Qris(QRIS.to_owned())]);
}

#[tokio::test]
async fn a_virtual_account_is_made_at_the_bank() {
    let server = MockServer::start_async().await;
    let create = server
        .mock_async(|when, then| {
            when.method(POST).path("/api/transactioncreate/bri_va");
            then.status(200).body(by_bri());
        })
        .await;
    let gateway = gateway(&server);
    for name in ["bri", "bri_va"] {
        let payment = gateway.create_payment(&order().method(bank(name))).await.unwrap();
        let number = "123450000067890".to_owned();
        assert_eq!(payment.pay_with, [Payable::VirtualAccount { bank: "bri".to_owned(), number }]);
        assert_eq!(payment.payable, Some(Rupiah::new(102_500)));
    }
    create.assert_calls_async(2).await;
}

#[tokio::test]
async fn a_creation_that_is_answered_otherwise_is_no_payment() {
    let whole = by_qris();
    for (body, kind) in [
        (whole.replace("INV123123", "INV123124"), Kind::EchoMismatch),
        (whole.replace("99000", "99001"), Kind::EchoMismatch),
        (whole.replace("\"total_payment\": 100003", "\"total_payment\": 100004"), Kind::EchoMismatch),
        (whole.replace("\"total_payment\": 100003", "\"total_payment\": 98999"), Kind::EchoMismatch),
        (by_bri(), Kind::EchoMismatch),
        (whole.replace("KAB. KEBUMEN", "KAB.KEBUMEN"), Kind::UnexpectedReply),
        (whole.replace(QRIS, "123450000067890"), Kind::UnexpectedReply),
    ] {
        let (_server, gateway) = replying(&body).await;
        assert_error(gateway.create_payment(&order()).await, kind, Delivery::MaybeSent);
    }
    for (body, kind) in [
        (whole, Kind::EchoMismatch),
        (by_bri().replace("102500", "98999"), Kind::EchoMismatch),
        (by_bri().replace("123450000067890", " "), Kind::UnexpectedReply),
    ] {
        let (_server, gateway) = replying(&body).await;
        assert_error(gateway.create_payment(&order().method(bank("bri"))).await, kind, Delivery::MaybeSent);
    }
}

#[tokio::test]
async fn what_it_cannot_do_is_not_sent() {
    let server = MockServer::start_async().await;
    let any = server
        .mock_async(|when, then| {
            when.any_request();
            then.status(200).body(by_qris());
        })
        .await;
    let gateway = gateway(&server);
    for new in [
        order().method(bank("bca")),
        order().method(Method::PayPage),
        order().method(Method::Paypal),
        order().method(Method::Card),
        order().expires_in(Duration::from_secs(900)),
        order().return_url("https://shop.example/"),
    ] {
        assert_error(gateway.create_payment(&new).await, Kind::Unsupported, Delivery::NotSent);
    }
    for new in [NewPayment::new("INV123123", Rupiah::ZERO), NewPayment::new("", Rupiah::new(99_000))] {
        assert_error(gateway.create_payment(&new).await, Kind::InvalidRequest, Delivery::NotSent);
    }
    let known = created().await;
    let foreign = with(&known, |known| known.provider = "pakasir-v2".to_owned());
    for other in [foreign, with(&known, |known| known.reference = None)] {
        assert_error(gateway.payment(Lookup::Payment(&other)).await, Kind::InvalidRequest, Delivery::NotSent);
        assert_error(gateway.cancel_payment(&other).await, Kind::InvalidRequest, Delivery::NotSent);
    }
    any.assert_calls_async(0).await;
    gateway.create_payment(&order()).await.unwrap();
    any.assert_calls_async(1).await;
}

#[tokio::test]
async fn the_status_is_asked_by_payment_or_by_reference() {
    let server = MockServer::start_async().await;
    let ask = server
        .mock_async(|when, then| {
            when.method(GET)
                .path("/api/transactiondetail")
                .query_param("order_id", "INV123123")
                .query_param("amount", "99000");
            then.status(200).body(PAID);
        })
        .await;
    let known = created().await;
    let gateway = gateway(&server);
    let paid = gateway.payment(Lookup::Payment(&known)).await.unwrap();
    assert_eq!(paid.status, PaymentStatus::Paid);
    assert_eq!(paid.paid_at.unwrap().to_string(), "2024-09-10T01:07:02.819Z");
    assert_eq!(with(&known, |known| (known.status, known.paid_at) = (PaymentStatus::Paid, paid.paid_at)), paid);

    let reference = Lookup::Reference { reference: "INV123123", amount: Rupiah::new(99_000) };
    let found = gateway.payment(reference).await.unwrap();
    ask.assert_calls_async(2).await;
    assert_eq!((found.status, found.payable, found.reference), (PaymentStatus::Paid, None, known.reference));
    assert_eq!((found.amount, found.paid_at), (Rupiah::new(99_000), paid.paid_at));
}

#[tokio::test]
async fn a_status_of_another_payment_is_refused() {
    let known = created().await;
    // What the customer pays in total is not the amount that the detail gives.
    for (was, is) in [("INV123123", "INV123124"), ("99000", "100003")] {
        let (_server, gateway) = replying(&PAID.replace(was, is)).await;
        assert_error(gateway.payment(Lookup::Payment(&known)).await, Kind::EchoMismatch, Delivery::MaybeSent);
        let reference = Lookup::Reference { reference: "INV123123", amount: Rupiah::new(99_000) };
        assert_error(gateway.payment(reference).await, Kind::EchoMismatch, Delivery::MaybeSent);
    }
}

#[tokio::test]
async fn a_time_or_word_that_cannot_be_read_does_not_hide_a_payment() {
    let body = PAID.replace("2024-09-10T08:07:02.819+07:00", "just now").replace("completed\"", "settled\"");
    let (_server, gateway) = replying(&body).await;
    let payment = gateway.payment(Lookup::Payment(&created().await)).await.unwrap();
    assert_eq!((payment.status, payment.paid_at), (PaymentStatus::Unknown("settled".to_owned()), None));
}

/// A server that answers a cancellation and the question for the status after it.
async fn cancelling(cancel: (u16, &str), detail: (u16, &str)) -> (MockServer, Gateway) {
    let server = MockServer::start_async().await;
    for (path, (status, body)) in [("/api/transactioncancel", cancel), ("/api/transactiondetail", detail)] {
        let body = body.to_owned();
        server
            .mock_async(|when, then| {
                when.path(path);
                then.status(status).body(body);
            })
            .await;
    }
    let gateway = gateway(&server);
    (server, gateway)
}

#[tokio::test]
async fn a_cancelled_payment_is_what_the_detail_says() {
    let known = created().await;
    for accepted in [r#"{"success": true}"#, "{}", ""] {
        for word in ["canceled", "cancelled"] {
            let detail = PAID.replace("completed\"", &format!("{word}\"")).replace("completed_at", "then");
            let (_server, gateway) = cancelling((200, accepted), (200, &detail)).await;
            let cancelled = gateway.cancel_payment(&known).await.unwrap();
            assert_eq!(cancelled, with(&known, |known| known.status = PaymentStatus::Cancelled));
        }
    }
    let (_server, gateway) = cancelling((200, "{}"), (200, PAID)).await;
    assert_eq!(gateway.cancel_payment(&known).await.unwrap().status, PaymentStatus::Paid);
}

#[tokio::test]
async fn a_refused_cancellation_asks_for_nothing_more() {
    for (refusal, delivery) in [
        ((200, r#"{"success": false, "message": "already completed"}"#), Delivery::MaybeSent),
        ((200, r#"{"error": "Transaction is already paid"}"#), Delivery::MaybeSent),
        ((400, r#"{"error": "no"}"#), Delivery::Answered),
    ] {
        let (_server, gateway) = cancelling(refusal, (200, PAID)).await;
        assert_error(gateway.cancel_payment(&created().await).await, Kind::Rejected, delivery);
    }
}

#[tokio::test]
async fn an_accepted_cancellation_whose_status_fails_says_so() {
    for (detail, kind) in [
        ((503, r#"{"message": "maintenance"}"#), Kind::Unavailable),
        ((404, r#"{"message": "Transaction not found"}"#), Kind::NotFound),
        ((200, &*PAID.replace("INV123123", "INV123124")), Kind::EchoMismatch),
    ] {
        let (_server, gateway) = cancelling((200, r#"{"success": true}"#), detail).await;
        let error = gateway.cancel_payment(&created().await).await.unwrap_err();
        assert_eq!((error.kind(), error.delivery()), (kind, Delivery::MaybeSent));
        assert_eq!(error.operation().unwrap().id, "cancel_transaction");
        assert!(error.to_string().contains("the cancellation was accepted"), "{error}");
    }
}

#[tokio::test]
async fn a_time_that_a_status_does_not_tell_is_kept() {
    let known = with(&created().await, |known| known.paid_at = known.expires_at);
    let (_server, gateway) = replying(&PAID.replace("completed_at", "then")).await;
    assert_eq!(gateway.payment(Lookup::Payment(&known)).await.unwrap().paid_at, known.expires_at);
}

#[tokio::test]
async fn it_says_what_it_can_do() {
    let can = replying("{}").await.1.capabilities();
    assert!(can.status && can.find_by_reference && can.cancel && can.qris_payload && !can.expiry);
    assert_eq!((can.notifications, can.least_amount), (Trust::Unsigned, Rupiah::new(1)));
}
