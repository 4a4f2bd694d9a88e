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
    "qris_url": "https://img2.example/12.png", "expired_at": "2099-03-10 20:00:00"}}"#;
const PAID: &str = r#"{"status": true, "message": "ok", "data": {"transaction_id": 12, "custom_id": "ORD-001",
    "amount": 10000, "unique_amount": 10243, "net_amount": 10140, "status": "PAID",
    "qris_url": "https://img2.example/12.png", "expired_at": "2099-03-10 20:00:00"}}"#;
/// The account statement, which shows no money of the payment.
const NO_MONEY: &str = r#"{"status": true, "message": "ok", "data": {"mutasi_incoming": [], "pending_transactions": [
    {"custom_id": "ORD-001", "unique_amount": 10243, "status": "PENDING", "mutasi_found": false}]}}"#;
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

/// A server with an answer for each of these paths, and the gateway that asks it.
async fn replying_by_path(replies: &[(&str, &str)]) -> (MockServer, Gateway) {
    let server = MockServer::start_async().await;
    for (path, body) in replies.iter().map(|(path, body)| (path.to_string(), body.to_string())) {
        server
            .mock_async(|when, then| {
                when.path(path);
                then.status(200).body(body);
            })
            .await;
    }
    let gateway = gateway(&server);
    (server, gateway)
}

/// A server that answers a cancellation, after the account statement.
async fn cancelling(body: &str) -> (MockServer, Gateway) {
    replying_by_path(&[("/api/cancel.php", body), ("/api/mutasi_status.php", NO_MONEY)]).await
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
    assert_eq!(payment.expires_at.unwrap().to_string(), "2099-03-10T13:00:00Z");
    assert_eq!(payment.pay_with, [Payable::QrImage("https://img2.example/12.png".to_owned())]);
}

#[tokio::test]
async fn a_creation_that_is_answered_otherwise_is_no_payment() {
    for (was, is, kind) in [
        ("ORD-001", "ORD-002", Kind::EchoMismatch),
        ("\"amount\": 10000", "\"amount\": 10001", Kind::EchoMismatch),
        ("10243", "9999", Kind::EchoMismatch),
        ("10243", "99000000", Kind::EchoMismatch),
        ("https://img2.example/12.png", " ", Kind::UnexpectedReply),
        ("https://img2.example/12.png", "http://img2.example/12.png", Kind::UnexpectedReply),
    ] {
        let (_server, gateway) = replying(&CREATED.replace(was, is)).await;
        assert_error(gateway.create_payment(&order()).await, kind, Delivery::MaybeSent);
    }
    let (_server, gateway) = replying(&CREATED.replace("2099-03-10 20:00:00", "soon")).await;
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
    // A past or future expiry of a payment that is found is what the status says.
    assert_eq!(found, paid);
}

/// A payment of the document that is pending, whatever the check without a key says of it.
async fn pending_then(status: &str, checked: &str) -> (PaymentStatus, usize, usize) {
    let server = MockServer::start_async().await;
    let body = PAID.replace("\"PAID\"", status).replace("\"net_amount\": 10140, ", "");
    let ask = server
        .mock_async(|when, then| {
            when.path("/api/cekstatus.php");
            then.status(200).body(body);
        })
        .await;
    let checked = checked.to_owned();
    let check = server
        .mock_async(|when, then| {
            when.method(GET).path("/api/public_check.php").query_param("custom_id", "ORD-001");
            then.status(200).body(checked);
        })
        .await;
    let known = created().await;
    let payment = gateway(&server).payment(Lookup::Payment(&known)).await.unwrap();
    (payment.status, ask.calls_async().await, check.calls_async().await)
}

#[tokio::test]
async fn pending_payment_triggers_the_check_the_status_is_believed() {
    let checked = |word: &str| format!(r#"{{"status": true, "data": {{"status": "{word}", "changed": true}}}}"#);
    assert_eq!(pending_then("\"PENDING\"", &checked("PENDING")).await, (PaymentStatus::Pending, 1, 1));
    // The check says paid, the status does not: it is not paid.
    assert_eq!(pending_then("\"PENDING\"", &checked("PAID")).await, (PaymentStatus::Pending, 2, 1));
    assert_eq!(pending_then("\"PENDING\"", "<html>").await, (PaymentStatus::Pending, 1, 1));
    assert_eq!(pending_then("\"PAID\"", &checked("PAID")).await, (PaymentStatus::Paid, 1, 0));
    // Money that came in late shows only once the check was asked for.
    assert_eq!(pending_then("\"EXPIRED\"", &checked("EXPIRED")).await, (PaymentStatus::Expired, 1, 1));
    assert_eq!(pending_then("\"EXPIRED\"", &checked("PAID")).await, (PaymentStatus::Expired, 2, 1));
}

#[tokio::test]
async fn payment_whose_money_has_come_in_is_not_cancelled() {
    let known = created().await;
    let money = NO_MONEY.replace("false", "true");
    let untold = NO_MONEY.replace(r#", "mutasi_found": false"#, "");
    // A row that cannot be read may be that of this payment.
    let unreadable = NO_MONEY.replace(r#""custom_id": "ORD-001", "#, "");
    let folded = money.replace("ORD-001", "ord-001");
    assert!(untold != NO_MONEY && unreadable != NO_MONEY && folded != money);
    let checked = r#"{"status": true, "data": {"status": "PAID", "changed": true}}"#;
    let pending = PAID.replace("PAID", "PENDING");
    for (statement, status, paid) in [
        (&money, PAID, true),
        (&money, pending.as_str(), false),
        (&untold, pending.as_str(), false),
        (&folded, pending.as_str(), false),
        (&unreadable, PAID, true),
        (&unreadable, pending.as_str(), false),
    ] {
        let replies = [
            ("/api/mutasi_status.php", statement.as_str()),
            // Asked for it, Kazukipay would cancel.
            ("/api/cancel.php", CANCELLED),
            ("/api/public_check.php", checked),
            ("/api/cekstatus.php", status),
        ];
        let (_server, gateway) = replying_by_path(&replies).await;
        let result = gateway.cancel_payment(&known).await;
        match paid {
            true => assert_eq!(result.unwrap().status, PaymentStatus::Paid),
            false => assert_error(result, Kind::Rejected, Delivery::NotSent),
        }
    }
    // Where the money cannot be asked for, nothing is cancelled either.
    let replies = [("/api/mutasi_status.php", money.as_str()), ("/api/cancel.php", CANCELLED)];
    let (_server, gateway) = replying_by_path(&replies).await;
    assert_error(gateway.cancel_payment(&known).await, Kind::NotFound, Delivery::NotSent);
    // Without the statement nothing is cancelled.
    let (_server, gateway) = replying_by_path(&[("/api/cancel.php", CANCELLED)]).await;
    assert_error(gateway.cancel_payment(&known).await, Kind::NotFound, Delivery::NotSent);
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
    let known = created().await;
    let (_server, gateway) = cancelling(CANCELLED).await;
    let cancelled = gateway.cancel_payment(&known).await.unwrap();
    assert_eq!(cancelled, with(&known, |known| known.status = PaymentStatus::Cancelled));

    let (_server, gateway) = cancelling(&CANCELLED.replace("CANCELLED", "PAID")).await;
    assert_eq!(gateway.cancel_payment(&known).await.unwrap().status, PaymentStatus::Paid);
    let (_server, gateway) = cancelling(&CANCELLED.replace("CANCELLED", "PENDING")).await;
    assert_error(gateway.cancel_payment(&known).await, Kind::Rejected, Delivery::MaybeSent);
    let (_server, gateway) = cancelling(&CANCELLED.replace("ORD-001", "ORD-002")).await;
    assert_error(gateway.cancel_payment(&known).await, Kind::EchoMismatch, Delivery::MaybeSent);
}

#[tokio::test]
async fn a_paid_payment_is_not_cancelled() {
    let refusal = "Only PENDING transactions can be cancelled. Current status is PAID";
    let (_server, gateway) = cancelling(&format!(r#"{{"status": false, "message": "{refusal}", "data": null}}"#)).await;
    let error = gateway.cancel_payment(&created().await).await.unwrap_err();
    assert_eq!((error.kind(), error.delivery()), (Kind::Rejected, Delivery::Answered));
    assert_eq!(error.provider_message(), Some(refusal));
}

#[tokio::test]
async fn what_a_status_omits_is_kept_and_what_it_has_is_added() {
    let known = with(&created().await, |known| known.net = Some(Rupiah::new(10_140)));
    let bare =
        PAID.replace("net_amount", "net").replace("expired_at", "then").replace("https://img2.example/12.png", "");
    let (_server, gateway) = replying(&bare).await;
    let paid = gateway.payment(Lookup::Payment(&known)).await.unwrap();
    assert_eq!(paid, with(&known, |known| known.status = PaymentStatus::Paid));

    let nameless = with(&known, |known| known.id = None);
    let (_server, gateway) = cancelling(CANCELLED).await;
    assert_eq!(gateway.cancel_payment(&nameless).await.unwrap().id, known.id);
}

#[tokio::test]
async fn it_says_what_it_can_do() {
    let can = replying("{}").await.1.capabilities();
    assert!(can.status && can.find_by_reference && can.cancel && !can.qris_payload && !can.expiry);
    assert_eq!((can.notifications, can.least_amount), (Trust::Unsigned, Rupiah::new(1_000)));
}
