//! Pakasir API v2 as a gateway, over the wire.
#![cfg(feature = "client")]

use std::time::Duration;

use gerbang_core::{
    Delivery, Error, Kind, Lookup, Method, NewPayment, Payable, Payment, PaymentGateway, PaymentStatus, Rupiah, Secret,
    Trust,
};
use gerbang_pakasir::v2::{Client, Credentials, Gateway};
use httpmock::prelude::*;

const QRIS: &str = concat!(
    "00020101021226610016ID.CO.SHOPEE.WWW01189360091800216005230208216005230303UME51440014ID.CO.QRIS.WWW0215",
    "ID10243228429300303UME5204792953033605409100003.005802ID5907Pakasir6012KAB. KEBUMEN61055439262230519",
    "SP25RZRATEQI2HQ65Q46304A079",
);
const BY_BRI: &str = r#"{"txn_id": "contohtxn", "project": "depodomain", "order_id": "INV123123", "amount": 99000,
    "fee": 3500, "total_payment": 102500, "payment_method": "bri_va", "va_number": "123450000067890",
    "expired_at": "2025-09-19T01:18:49.678622564Z", "is_sandbox": false, "status": "pending"}"#;
const BY_LINK: &str = r#"{"txn_id": "contohtxn", "payment_link": "https://app.pakasir.com/pay-v2/contohtxn"}"#;
const PAID: &str = r#"{"txn_id": "contohtxn", "order_id": "INV123123", "amount": 99000, "is_sandbox": false,
    "status": "completed", "completed_at": "2024-09-10T08:07:02.819+07:00"}"#;
const CANCELLED: &str = r#"{"message": "Transaction canceled"}"#;

fn by_qris() -> String {
    r#"{"txn_id": "contohtxn", "project": "depodomain", "order_id": "INV123123", "amount": 99000, "fee": 1003,
    "total_payment": 100003, "payment_method": "qris", "qr_string": "PAYLOAD",
    "expired_at": "2025-09-19T01:18:49.678622564Z", "is_sandbox": false, "status": "pending"}"#
        .replace("PAYLOAD", QRIS)
}

fn gateway(server: &MockServer) -> Gateway {
    let credentials = Credentials::new("not-a-real-key", "depodomain");
    let client = Client::builder(credentials).base_url(server.base_url()).build().unwrap();
    Gateway::new(client, Some(Secret::from("WH-test")))
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

fn bri() -> Method {
    Method::VirtualAccount("bri".to_owned())
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
                .path("/api/v2/create-transaction/depodomain/INV123123")
                .body_includes("\"method\":\"qris\"")
                .body_includes("\"amount\":99000");
            then.status(200).body(by_qris());
        })
        .await;
    let payment = gateway(&server).create_payment(&order().description("Kopi")).await.unwrap();
    create.assert_async().await;
    assert_eq!((payment.provider.as_str(), payment.status), ("pakasir-v2", PaymentStatus::Pending));
    assert_eq!((payment.id.as_deref(), payment.reference.as_deref()), (Some("contohtxn"), Some("INV123123")));
    assert_eq!((payment.amount, payment.payable), (Rupiah::new(99_000), Some(Rupiah::new(100_003))));
    assert_eq!((payment.fee, payment.net), (Some(Rupiah::new(1_003)), None));
    assert_eq!((payment.paid_at, payment.sandbox), (None, Some(false)));
    assert_eq!(payment.expires_at.unwrap().to_string(), "2025-09-19T01:18:49.678622564Z");
    assert_eq!(payment.pay_with, [Payable::Qris(QRIS.to_owned())]);
}

/// The answer to the question for the status.
async fn asked_for_status<'a>(server: &'a MockServer, code: u16, body: &str) -> httpmock::Mock<'a> {
    server
        .mock_async(|when, then| {
            when.method(GET).path("/api/v2/transaction-status/depodomain/contohtxn");
            then.status(code).body(body);
        })
        .await
}

#[tokio::test]
async fn status_is_asked_for_unless_the_reply_has_order_and_price() {
    let order_only = by_qris().replace("\"amount\": 99000, ", "");
    let price_only = by_qris().replace("\"order_id\": \"INV123123\", ", "");
    for (reply, questions) in [(by_qris(), 0), (order_only, 1), (price_only, 1)] {
        let server = MockServer::start_async().await;
        server
            .mock_async(|when, then| {
                when.method(POST);
                then.status(200).body(&reply);
            })
            .await;
        let asked = asked_for_status(&server, 200, &PAID.replace("completed\"", "pending\"")).await;
        let payment = gateway(&server).create_payment(&order()).await.unwrap();
        assert_eq!(payment.status, PaymentStatus::Pending);
        assert_eq!(asked.calls_async().await, questions, "{reply}");
    }
}

#[tokio::test]
async fn page_of_another_price_or_unknown_order_is_no_payment() {
    for (code, body, kind) in [
        (200, PAID.replace("99000", "5000"), Kind::EchoMismatch),
        (200, PAID.replace("INV123123", "INV9"), Kind::EchoMismatch),
        (429, "{}".to_owned(), Kind::RateLimited),
    ] {
        let server = MockServer::start_async().await;
        server
            .mock_async(|when, then| {
                when.method(POST);
                then.status(200).body(BY_LINK.replacen('{', r#"{"status": "completed","#, 1));
            })
            .await;
        asked_for_status(&server, code, &body).await;
        let error = gateway(&server).create_payment(&order().method(Method::PayPage)).await.unwrap_err();
        assert_eq!((error.kind(), error.delivery()), (kind, Delivery::MaybeSent), "{error}");
        assert_eq!(error.operation().unwrap().id, "create_transaction");
    }
}

#[tokio::test]
async fn virtual_accounts_and_pages_come_with_what_is_known() {
    for (method, word, body, payable) in [
        (bri(), "\"bri_va\"", BY_BRI, Some(Rupiah::new(102_500))),
        (Method::PayPage, "\"payment_link\"", BY_LINK, None),
    ] {
        let server = MockServer::start_async().await;
        let create = server
            .mock_async(|when, then| {
                when.method(POST).body_includes(word);
                then.status(200).body(body);
            })
            .await;
        // What the reply does not say of a payment that may have been found, the status does.
        let status = asked_for_status(&server, 200, &PAID.replace("completed\"", "pending\"")).await;
        let payment = gateway(&server).create_payment(&order().method(method)).await.unwrap();
        create.assert_async().await;
        assert_eq!(status.calls_async().await, usize::from(payable.is_none()));
        assert_eq!(payment.status, PaymentStatus::Pending);
        assert_eq!((payment.payable, payment.id.as_deref()), (payable, Some("contohtxn")));
        assert_eq!((payment.amount, payment.reference.as_deref()), (Rupiah::new(99_000), Some("INV123123")));
        let number = "123450000067890".to_owned();
        let pay_with = match payable {
            Some(_) => Payable::VirtualAccount { bank: "bri".to_owned(), number },
            None => Payable::Page("https://app.pakasir.com/pay-v2/contohtxn".to_owned()),
        };
        assert_eq!(payment.pay_with, [pay_with]);
    }
}

#[tokio::test]
async fn a_creation_that_is_answered_otherwise_is_no_payment() {
    let whole = by_qris();
    for (method, body, kind) in [
        (Method::Qris, whole.replace("INV123123", "INV123124"), Kind::EchoMismatch),
        (Method::Qris, whole.replace("99000", "99001"), Kind::EchoMismatch),
        (Method::Qris, whole.replace("\"total_payment\": 100003", "\"total_payment\": 100004"), Kind::EchoMismatch),
        (Method::Qris, whole.replace("\"total_payment\": 100003, ", ""), Kind::UnexpectedReply),
        (Method::Qris, whole.replace("KAB. KEBUMEN", "KAB.KEBUMEN"), Kind::UnexpectedReply),
        (Method::Qris, whole.replace("qr_string", "qr"), Kind::UnexpectedReply),
        (Method::Qris, whole.replace("pending", "settling").replace("qr_string", "qr"), Kind::UnexpectedReply),
        (Method::Qris, BY_BRI.to_owned(), Kind::EchoMismatch),
        (Method::Qris, BY_LINK.to_owned(), Kind::UnexpectedReply),
        (bri(), whole, Kind::EchoMismatch),
        (bri(), BY_BRI.replace("102500", "98999"), Kind::EchoMismatch),
        (bri(), BY_BRI.replace("123450000067890", ""), Kind::UnexpectedReply),
        (Method::PayPage, BY_LINK.replace("payment_link", "link"), Kind::UnexpectedReply),
        (Method::PayPage, BY_LINK.replacen('{', r#"{"order_id": "INV123124","#, 1), Kind::EchoMismatch),
    ] {
        let (_server, gateway) = replying(&body).await;
        assert_error(gateway.create_payment(&order().method(method)).await, kind, Delivery::MaybeSent);
    }
}

#[tokio::test]
async fn a_found_payment_that_is_final_needs_nothing_to_pay_with() {
    let paid = PAID.replacen('{', r#"{"payment_method": "qris", "total_payment": 100003,"#, 1);
    let (_server, gateway) = replying(&paid).await;
    let payment = gateway.create_payment(&order()).await.unwrap();
    assert_eq!((payment.status, payment.payable), (PaymentStatus::Paid, Some(Rupiah::new(100_003))));
    assert_eq!(payment.paid_at.unwrap().to_string(), "2024-09-10T01:07:02.819Z");
    assert_eq!(payment.pay_with, []);
}

#[tokio::test]
async fn limits_are_those_of_the_method_nothing_is_sent_beyond_them() {
    let server = MockServer::start_async().await;
    let any = server
        .mock_async(|when, then| {
            when.any_request();
            then.status(400).body(r#"{"message": "no"}"#);
        })
        .await;
    let gateway = gateway(&server);
    let mut sent = 0;
    for (method, least, most) in
        [(Method::Qris, 500, 10_000_000), (bri(), 10_000, 50_000_000), (Method::PayPage, 500, 50_000_000)]
    {
        let create = |amount| NewPayment::new("INV123123", Rupiah::new(amount)).method(method.clone());
        for amount in [least - 1, most + 1] {
            let result = gateway.create_payment(&create(amount)).await;
            assert_error(result, Kind::InvalidRequest, Delivery::NotSent);
        }
        any.assert_calls_async(sent).await;
        for amount in [least, most] {
            assert_error(gateway.create_payment(&create(amount)).await, Kind::Rejected, Delivery::Answered);
        }
        sent += 2;
        any.assert_calls_async(sent).await;
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
        order().method(Method::VirtualAccount("bca".to_owned())),
        order().method(Method::VirtualAccount("payment_link".to_owned())),
        order().method(Method::Paypal),
        order().method(Method::Gopay),
        order().expires_in(Duration::from_secs(900)),
        order().return_url("https://shop.example/"),
    ] {
        assert_error(gateway.create_payment(&new).await, Kind::Unsupported, Delivery::NotSent);
    }
    let reference = Lookup::Reference { reference: "INV123123", amount: Rupiah::new(99_000) };
    assert_error(gateway.payment(reference).await, Kind::Unsupported, Delivery::NotSent);
    let known = created().await;
    let foreign = with(&known, |known| known.provider = "pakasir-v1".to_owned());
    for other in [foreign, with(&known, |known| known.id = None)] {
        assert_error(gateway.payment(Lookup::Payment(&other)).await, Kind::InvalidRequest, Delivery::NotSent);
        assert_error(gateway.cancel_payment(&other).await, Kind::InvalidRequest, Delivery::NotSent);
    }
    any.assert_calls_async(0).await;
    gateway.create_payment(&order()).await.unwrap();
    any.assert_calls_async(1).await;
}

#[tokio::test]
async fn the_status_keeps_what_was_created() {
    let server = MockServer::start_async().await;
    let ask = server
        .mock_async(|when, then| {
            when.method(GET).path("/api/v2/transaction-status/depodomain/contohtxn");
            then.status(200).body(PAID);
        })
        .await;
    let known = created().await;
    let paid = gateway(&server).payment(Lookup::Payment(&known)).await.unwrap();
    ask.assert_async().await;
    assert_eq!(paid.paid_at.unwrap().to_string(), "2024-09-10T01:07:02.819Z");
    assert_eq!(with(&known, |known| (known.status, known.paid_at) = (PaymentStatus::Paid, paid.paid_at)), paid);
}

#[tokio::test]
async fn a_status_of_another_payment_is_refused() {
    let known = created().await;
    for (was, is) in [("contohtxn", "another"), ("INV123123", "INV123124"), ("99000", "100003")] {
        let (_server, gateway) = replying(&PAID.replace(was, is)).await;
        assert_error(gateway.payment(Lookup::Payment(&known)).await, Kind::EchoMismatch, Delivery::MaybeSent);
    }
}

#[tokio::test]
async fn the_test_mode_is_never_left() {
    for (known, said, is) in [
        (Some(false), "true", Some(true)),
        (Some(true), "false", Some(true)),
        (Some(true), "null", Some(true)),
        (None, "true", Some(true)),
        (None, "null", None),
        (Some(false), "null", Some(false)),
    ] {
        let payment = with(&created().await, |payment| payment.sandbox = known);
        let body = PAID.replace("\"is_sandbox\": false", &format!("\"is_sandbox\": {said}"));
        let (_server, gateway) = replying(&body).await;
        let now = gateway.payment(Lookup::Payment(&payment)).await.unwrap();
        assert_eq!(now.sandbox, is, "{known:?}, then {said}");
    }
}

/// A server that answers a cancellation and the question for the status after it.
async fn cancelling(cancel: (u16, &str), status: (u16, &str)) -> (MockServer, Gateway) {
    let server = MockServer::start_async().await;
    for (path, (code, body)) in [("cancel-transaction", cancel), ("transaction-status", status)] {
        let body = body.to_owned();
        server
            .mock_async(|when, then| {
                when.path(format!("/api/v2/{path}/depodomain/contohtxn"));
                then.status(code).header("retry-after", "4").body(body);
            })
            .await;
    }
    let gateway = gateway(&server);
    (server, gateway)
}

#[tokio::test]
async fn a_cancelled_payment_is_what_the_status_says() {
    let known = created().await;
    let status = PAID.replace("completed\"", "canceled\"").replace("completed_at", "then");
    let (_server, gateway) = cancelling((200, CANCELLED), (200, &status)).await;
    let cancelled = gateway.cancel_payment(&known).await.unwrap();
    assert_eq!(cancelled, with(&known, |known| known.status = PaymentStatus::Cancelled));
    let (_server, gateway) = cancelling((200, CANCELLED), (200, PAID)).await;
    assert_eq!(gateway.cancel_payment(&known).await.unwrap().status, PaymentStatus::Paid);
    let (_server, gateway) = cancelling((400, r#"{"message": "Transaction is completed"}"#), (200, PAID)).await;
    assert_error(gateway.cancel_payment(&known).await, Kind::Rejected, Delivery::Answered);
}

#[tokio::test]
async fn an_accepted_cancellation_whose_status_is_limited_says_so() {
    let limited = (429, r#"{"message": "Too many requests"}"#);
    let (_server, gateway) = cancelling((200, CANCELLED), limited).await;
    let error = gateway.cancel_payment(&created().await).await.unwrap_err();
    assert_eq!((error.kind(), error.delivery()), (Kind::RateLimited, Delivery::MaybeSent));
    assert_eq!((error.status(), error.retry_after()), (Some(429), Some(Duration::from_secs(4))));
    assert_eq!(error.operation().unwrap().id, "cancel_transaction");
    assert!(error.to_string().contains("the cancellation was accepted"), "{error}");
}

#[tokio::test]
async fn notifications_need_the_configured_secret() {
    let server = MockServer::start_async().await;
    let with_secret = gateway(&server);
    let client = Client::builder(Credentials::new("not-a-real-key", "depodomain")).base_url(server.base_url());
    let without = Gateway::new(client.build().unwrap(), None);
    let headers = |secret: &'static str| {
        let mut headers = http::HeaderMap::new();
        headers.insert("X-Secret", http::HeaderValue::from_static(secret));
        headers
    };
    let read = with_secret.parse_notification(&headers("WH-test"), PAID.as_bytes()).unwrap();
    assert_eq!((read.id.as_deref(), read.claimed), (Some("contohtxn"), PaymentStatus::Paid));
    let wrong = with_secret.parse_notification(&headers("WH-tesT"), PAID.as_bytes());
    assert_error(wrong, Kind::Authentication, Delivery::NotSent);
    let unchecked = without.parse_notification(&headers("WH-test"), PAID.as_bytes());
    assert_error(unchecked, Kind::Configuration, Delivery::NotSent);
    assert!(!format!("{with_secret:?}").contains("WH-test"));
}

#[tokio::test]
async fn on_a_page_the_customer_may_choose_any_method() {
    let choice = r#"{"payment_method": "bri_va", "total_payment": 102500, "order_id": "INV123123", "amount": 99000,"#;
    let chosen = BY_LINK.replacen('{', choice, 1);
    let (_server, gateway) = replying(&chosen).await;
    let payment = gateway.create_payment(&order().method(Method::PayPage)).await.unwrap();
    assert_eq!(payment.payable, Some(Rupiah::new(102_500)));
}

#[tokio::test]
async fn what_a_status_omits_is_kept_and_what_it_has_is_added() {
    let known = with(&created().await, |known| (known.reference, known.paid_at) = (None, known.expires_at));
    let (_server, gateway) = replying(&PAID.replace("completed_at", "then")).await;
    let paid = gateway.payment(Lookup::Payment(&known)).await.unwrap();
    assert_eq!((paid.reference.as_deref(), paid.paid_at), (Some("INV123123"), known.expires_at));
}

#[tokio::test]
async fn it_says_what_it_can_do() {
    let can = replying("{}").await.1.capabilities();
    assert!(can.status && can.cancel && can.qris_payload && !can.find_by_reference && !can.expiry);
    assert_eq!((can.notifications, can.least_amount), (Trust::SharedSecret, Rupiah::new(500)));
    assert_eq!(can.poll_interval, Duration::from_secs(4));
}
