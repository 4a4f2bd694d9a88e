//! Midtrans as a gateway, over the wire.
#![cfg(feature = "client")]

use std::time::Duration;

use gerbang_core::{
    Delivery, Error, Kind, Lookup, Method, NewPayment, NewRefund, Payable, Payment, PaymentGateway, PaymentStatus,
    Rupiah, Secret,
};
use gerbang_midtrans::{Client, Credentials, Gateway};
use http::HeaderMap;
use httpmock::prelude::*;
use jiff::{Timestamp, tz::Offset};
use serde_json::{Value, json};

const QRIS: &str = concat!(
    "00020101021226610016ID.CO.SHOPEE.WWW01189360091800216005230208216005230303UME51440014ID.CO.QRIS.WWW0215",
    "ID10243228429300303UME5204792953033605409100003.005802ID5907Pakasir6012KAB. KEBUMEN61055439262230519",
    "SP25RZRATEQI2HQ65Q46304A079",
);
/// What the payload asks for.
const PRICE: u64 = 100_003;
const ID: &str = "0d8178e1-c6c7-4ab4-81a6-893be9d924ab";
const PICTURE: &str = "https://api.midtrans.com/v2/qris/0d8178e1-c6c7-4ab4-81a6-893be9d924ab/qr-code";

fn gateway_of(server: &MockServer, key: &str) -> Gateway {
    let client = Client::builder(Credentials::new(key)).base_url(server.base_url()).build().unwrap();
    Gateway::new(client, Secret::from(key))
}

fn gateway(server: &MockServer) -> Gateway {
    gateway_of(server, "not-a-real-key")
}

/// The document's reply to a charge by QRIS, with the members that only others have seen.
fn by_qris() -> Value {
    let expiry = Offset::constant(7).to_datetime(Timestamp::from_second(Timestamp::now().as_second() + 900).unwrap());
    json!({
        "status_code": "201", "status_message": "QRIS transaction is created", "transaction_id": ID,
        "order_id": "order03", "merchant_id": "G141532850", "gross_amount": "100003.00", "currency": "IDR",
        "payment_type": "qris", "transaction_time": "2020-09-29 11:46:13", "transaction_status": "pending",
        "fraud_status": "accept", "acquirer": "gopay", "qr_string": QRIS,
        "expiry_time": expiry.strftime("%Y-%m-%d %H:%M:%S").to_string(),
        "actions": [{"name": "generate-qr-code", "method": "GET", "url": PICTURE}],
    })
}

/// Members with others in their place; those that become null are left out.
fn with(mut members: Value, others: Value) -> Value {
    let all = members.as_object_mut().unwrap();
    all.extend(others.as_object().unwrap().clone());
    all.retain(|_, value| !value.is_null());
    members
}

fn by(payment_type: &str, others: Value) -> Value {
    let none = json!({"qr_string": null, "actions": null, "acquirer": null, "payment_type": payment_type});
    with(with(by_qris(), none), others)
}

/// A server with one answer, and the gateway that asks it.
async fn replying(reply: Value) -> (MockServer, Gateway) {
    let server = MockServer::start_async().await;
    server
        .mock_async(|when, then| {
            when.any_request();
            then.status(200).json_body(reply);
        })
        .await;
    let gateway = gateway(&server);
    (server, gateway)
}

fn order() -> NewPayment {
    NewPayment::new("order03", Rupiah::new(PRICE))
}

fn at(bank: &str) -> NewPayment {
    order().method(Method::VirtualAccount(bank.to_owned()))
}

async fn create(new: &NewPayment, reply: Value) -> Result<Payment, Error> {
    let (_server, gateway) = replying(reply).await;
    gateway.create_payment(new).await
}

/// What is sent for a payment.
async fn sent(new: &NewPayment, reply: Value, body: Value) {
    let server = MockServer::start_async().await;
    let charge = server
        .mock_async(|when, then| {
            // The key and an empty password.
            when.method(POST).path("/v2/charge").header("authorization", "Basic bm90LWEtcmVhbC1rZXk6").json_body(body);
            then.status(200).json_body(reply);
        })
        .await;
    gateway(&server).create_payment(new).await.unwrap();
    charge.assert_async().await;
}

#[track_caller]
fn assert_error<T: std::fmt::Debug>(result: Result<T, Error>, kind: Kind, delivery: Delivery) {
    let error = result.unwrap_err();
    assert_eq!((error.kind(), error.delivery()), (kind, delivery), "{error}");
}

#[tokio::test]
async fn a_created_payment_has_everything_that_was_returned() {
    let payment = create(&order().expires_in(Duration::from_secs(900)), by_qris()).await.unwrap();
    assert_eq!((payment.provider.as_str(), payment.status), ("midtrans", PaymentStatus::Pending));
    assert_eq!((payment.id.as_deref(), payment.reference.as_deref()), (Some(ID), Some("order03")));
    assert_eq!((payment.amount, payment.payable), (Rupiah::new(PRICE), Some(Rupiah::new(PRICE))));
    assert!(payment.expires_at.is_some() && payment.sandbox.is_none());
    assert_eq!(payment.pay_with, [Payable::Qris(QRIS.to_owned()), Payable::QrImage(PICTURE.to_owned())]);
}

#[tokio::test]
async fn qris_is_sent_as_the_document_shows_it() {
    let details = json!({"order_id": "order03", "gross_amount": PRICE});
    let plain = json!({"payment_type": "qris", "transaction_details": details, "qris": {"acquirer": "gopay"}});
    sent(&order(), by_qris(), plain.clone()).await;
    let new = order()
        .expires_in(Duration::from_secs(900))
        .customer_name("Sari")
        .customer_email("sari@example.com")
        .customer_phone("0812");
    let whole = json!({
        "custom_expiry": {"expiry_duration": 900, "unit": "second"},
        "customer_details": {"first_name": "Sari", "email": "sari@example.com", "phone": "0812"},
    });
    sent(&new, by_qris(), with(plain, whole)).await;
}

#[tokio::test]
async fn other_ways_are_sent_with_a_member_of_their_own() {
    let details = json!({"order_id": "order03", "gross_amount": PRICE});
    let account = json!({"va_numbers": [{"bank": "bca", "va_number": "111"}, {"bank": "bni", "va_number": "222"}]});
    let body = |word: &str, member: &str, value: Value| {
        with(json!({"payment_type": word, "transaction_details": details}), json!({member: value}))
    };
    let link = json!({"actions": [{"name": "deeplink-redirect", "method": "GET", "url": "gojek://gopay/pay"}]});
    sent(&order().method(Method::Gopay), by("gopay", link), body("gopay", "gopay", json!({}))).await;
    let transfer = body("bank_transfer", "bank_transfer", json!({"bank": "bni"}));
    sent(&at("BNI"), by("bank_transfer", account), transfer).await;
    let bill = json!({"biller_code": "70012", "bill_key": "990000000260"});
    let sent_bill = json!({"bill_info1": "Payment:", "bill_info2": "Kopi"});
    let echannel = body("echannel", "echannel", sent_bill);
    sent(&at("Mandiri").description("Kopi"), by("echannel", bill), echannel).await;
}

#[tokio::test]
async fn each_way_has_what_it_is_paid_with() {
    let account = |bank: &str| Payable::VirtualAccount { bank: bank.to_owned(), number: "12345678".to_owned() };
    for (new, reply, expected) in [
        (
            at("bca"),
            by("bank_transfer", json!({"va_numbers": [{"bank": "bca", "va_number": "12345678"}]})),
            account("bca"),
        ),
        (at("permata"), by("bank_transfer", json!({"permata_va_number": "12345678"})), account("permata")),
        (
            at("mandiri"),
            by("echannel", json!({"biller_code": "70012", "bill_key": "990000000260"})),
            Payable::Code("70012 990000000260".to_owned()),
        ),
        (
            order().method(Method::Gopay),
            by(
                "gopay",
                json!({"actions": [
                    {"name": "get-status", "method": "GET", "url": "https://api.midtrans.com/v2/order03/status"},
                    {"name": "deeplink-redirect", "method": "GET", "url": "javascript:alert(1)"},
                    {"name": "deeplink-redirect", "method": "GET", "url": "gojek://gopay/pay"},
                ]}),
            ),
            Payable::DeepLink("gojek://gopay/pay".to_owned()),
        ),
        (order(), with(by_qris(), json!({"qr_string": null})), Payable::QrImage(PICTURE.to_owned())),
        (order(), with(by_qris(), json!({"actions": null})), Payable::Qris(QRIS.to_owned())),
    ] {
        assert_eq!(create(&new, reply).await.unwrap().pay_with, [expected]);
    }
    let newer = json!([
        {"name": "generate-qr-code-v2", "method": "GET", "url": "https://api.midtrans.com/v4/qr"},
        {"name": "generate-qr-code", "method": "GET", "url": PICTURE},
    ]);
    let payment = create(&order(), with(by_qris(), json!({"actions": newer, "qr_string": null}))).await.unwrap();
    assert_eq!(payment.pay_with, [Payable::QrImage("https://api.midtrans.com/v4/qr".to_owned())]);
}

#[tokio::test]
async fn nothing_to_pay_with_says_that_it_may_exist() {
    let unsafe_picture = json!([{"name": "generate-qr-code", "method": "GET", "url": "http://api.midtrans.com/qr"}]);
    for (new, reply) in [
        (order(), with(by_qris(), json!({"qr_string": null, "actions": null}))),
        (order(), with(by_qris(), json!({"qr_string": " ", "actions": unsafe_picture}))),
        (order().method(Method::Gopay), by("gopay", json!({}))),
        (at("bni"), by("bank_transfer", json!({"va_numbers": [{"bank": "bca", "va_number": "1"}]}))),
        (at("permata"), by("bank_transfer", json!({"va_numbers": [{"bank": "permata", "va_number": "1"}]}))),
        (at("mandiri"), by("echannel", json!({"bill_key": "1"}))),
    ] {
        let error = create(&new, reply).await.unwrap_err();
        assert!(error.to_string().contains("did not return"), "{error}");
        assert_eq!((error.kind(), error.delivery()), (Kind::UnexpectedReply, Delivery::MaybeSent));
    }
}

#[tokio::test]
async fn what_midtrans_does_not_take_is_not_sent() {
    let priced = |bank: &str, price: u64| {
        let mut new = at(bank);
        new.amount = Rupiah::new(price);
        new
    };
    for (new, kind) in [
        (NewPayment::new("INV/2026/1", Rupiah::new(PRICE)), Kind::InvalidRequest),
        (NewPayment::new("order03", Rupiah::ZERO), Kind::InvalidRequest),
        (priced("bca", 9_999), Kind::InvalidRequest),
        (priced("bsi", 999), Kind::InvalidRequest),
        (order().expires_in(Duration::from_secs(1 << 33)), Kind::InvalidRequest),
        (order().return_url("https://shop.example"), Kind::Unsupported),
        (at("jago"), Kind::Unsupported),
        (at(""), Kind::Unsupported),
        (order().method(Method::Card), Kind::Unsupported),
    ] {
        assert_error(create(&new, by_qris()).await, kind, Delivery::NotSent);
    }
    let server = MockServer::start_async().await;
    let by_slash = Lookup::Reference { reference: "INV/2026/1", amount: Rupiah::new(PRICE) };
    assert_error(gateway(&server).payment(by_slash).await, Kind::InvalidRequest, Delivery::NotSent);
}

#[tokio::test]
async fn a_reply_about_something_else_is_not_shown() {
    for (others, kind) in [
        (json!({"order_id": "order04"}), Kind::EchoMismatch),
        (json!({"payment_type": "gopay"}), Kind::EchoMismatch),
        (json!({"gross_amount": "100004.00"}), Kind::EchoMismatch),
        (json!({"gross_amount": "100003.50"}), Kind::UnexpectedReply),
        (json!({"gross_amount": "100.003"}), Kind::UnexpectedReply),
        (json!({"qr_string": QRIS.replace("100003", "100004")}), Kind::UnexpectedReply),
        (json!({"status_code": "299"}), Kind::UnexpectedReply),
        (json!({"status_code": null}), Kind::UnexpectedReply),
        (json!({"transaction_status": null}), Kind::UnexpectedReply),
        (json!({"fraud_status": 7}), Kind::UnexpectedReply),
    ] {
        assert_error(create(&order(), with(by_qris(), others)).await, kind, Delivery::MaybeSent);
    }
}

#[tokio::test]
async fn the_code_in_the_body_decides() {
    for (code, kind, delivery) in [
        ("400", Kind::Rejected, Delivery::MaybeSent),
        ("401", Kind::Authentication, Delivery::Answered),
        ("402", Kind::Rejected, Delivery::Answered),
        ("406", Kind::AlreadyDone, Delivery::Answered),
        ("410", Kind::Rejected, Delivery::Answered),
        ("412", Kind::Rejected, Delivery::Answered),
        ("414", Kind::Rejected, Delivery::MaybeSent),
        ("429", Kind::RateLimited, Delivery::MaybeSent),
        ("500", Kind::Unavailable, Delivery::MaybeSent),
    ] {
        let refusal = json!({"status_code": code, "status_message": "No", "id": "7f2d"});
        assert_error(create(&order(), refusal).await, kind, delivery);
    }
    // What is documented of the code 400 proves that nothing was done.
    let invalid = json!({"status_code": "400", "status_message": "One or more parameters in the payload is invalid.",
        "validation_messages": ["transaction_details.gross_amount is not equal to the sum of item_details"]});
    assert_error(create(&order(), invalid).await, Kind::Rejected, Delivery::Answered);
}

#[test]
fn the_address_tells_the_test_mode_of_a_key_that_does_not() {
    let paid = include_bytes!("../src/notification.json");
    let key = "askvnoibnosifnboseofinbofinfgbiufglnbfg";
    for (address, expected) in [("https://api.sandbox.midtrans.com", Some(true)), (Client::BASE_URL, None)] {
        let client = Client::builder(Credentials::new(key)).base_url(address).build().unwrap();
        let gateway = Gateway::new(client, Secret::from(key));
        assert_eq!(gateway.parse_notification(&HeaderMap::new(), paid).unwrap().sandbox, expected, "{address}");
    }
}

#[tokio::test]
async fn a_refund_is_sent_with_its_reference_and_believed_where_the_reply_names_it() {
    let paid = create(&order(), by_qris()).await.unwrap();
    let new = NewRefund::new("REFUND-1", Rupiah::new(5_000)).reason("no sugar");
    let server = MockServer::start_async().await;
    let call = server
        .mock_async(|when, then| {
            let body = json!({"refund_key": "REFUND-1", "amount": 5_000, "reason": "no sugar"});
            when.method(POST).path(format!("/v2/{ID}/refund")).json_body(body);
            then.status(200).json_body(refunded());
        })
        .await;
    let refund = gateway(&server).refund_payment(&paid, &new).await.unwrap();
    call.assert_async().await;
    assert_eq!((refund.reference.as_str(), refund.id.as_deref()), ("REFUND-1", Some("1")));
    assert_eq!((refund.amount, refund.total), (Rupiah::new(5_000), Rupiah::new(5_000)));

    for (others, kind) in [
        (json!({"refund_key": "REFUND-2"}), Kind::EchoMismatch),
        (json!({"order_id": "order04"}), Kind::EchoMismatch),
        (json!({"transaction_id": "0d8178e1"}), Kind::EchoMismatch),
        (json!({"gross_amount": "100004.00"}), Kind::EchoMismatch),
        (json!({"refund_amount": "0.00"}), Kind::EchoMismatch),
        (json!({"refund_amount": "100004.00"}), Kind::EchoMismatch),
        (json!({"status_code": "201"}), Kind::Rejected),
        (json!({"status_code": "202"}), Kind::Rejected),
        (json!({"status_code": "406", "status_message": "No"}), Kind::Rejected),
        (json!({"status_code": "412", "status_message": "No"}), Kind::Rejected),
    ] {
        let (_server, gateway) = replying(with(refunded(), others)).await;
        assert_error(gateway.refund_payment(&paid, &new).await, kind, Delivery::MaybeSent);
    }
}

/// The document's reply to a refund.
fn refunded() -> Value {
    json!({
        "status_code": "200", "status_message": "Success, refund request is approved", "transaction_id": ID,
        "order_id": "order03", "gross_amount": "100003.00", "payment_type": "qris",
        "transaction_time": "2020-09-29 11:46:13", "transaction_status": "partial_refund", "refund_chargeback_id": 1,
        "refund_amount": "5000.00", "refund_key": "REFUND-1",
    })
}

#[tokio::test]
async fn what_a_found_payment_is_paid_with_is_shown_where_midtrans_repeats_it() {
    for (reply, expected) in [
        (by_qris(), vec![Payable::Qris(QRIS.to_owned()), Payable::QrImage(PICTURE.to_owned())]),
        (
            by("bank_transfer", json!({"va_numbers": [{"bank": "bni", "va_number": "9888"}]})),
            vec![Payable::VirtualAccount { bank: "bni".to_owned(), number: "9888".to_owned() }],
        ),
        (
            by("bank_transfer", json!({"permata_va_number": "8562"})),
            vec![Payable::VirtualAccount { bank: "permata".to_owned(), number: "8562".to_owned() }],
        ),
        (
            by("echannel", json!({"biller_code": "70012", "bill_key": "990"})),
            vec![Payable::Code("70012 990".to_owned())],
        ),
        // Of another amount, and of no bank that is known.
        (with(by_qris(), json!({"qr_string": QRIS.replace("100003", "100004")})), vec![]),
        (by("bank_transfer", json!({"va_numbers": [{"bank": "other", "va_number": "1"}]})), vec![]),
        (with(by_qris(), json!({"status_code": "407", "transaction_status": "expire"})), vec![]),
    ] {
        let (_server, gateway) = replying(reply).await;
        let lookup = Lookup::Reference { reference: "order03", amount: Rupiah::new(PRICE) };
        assert_eq!(gateway.payment(lookup).await.unwrap().pay_with, expected);
    }
}

/// What the gateway says of the payment where its status is this.
async fn status_of(others: Value) -> Result<Payment, Error> {
    let known = create(&order(), by_qris()).await.unwrap();
    let (_server, asked) = replying(with(by_qris(), others)).await;
    asked.payment(Lookup::Payment(&known)).await
}

#[tokio::test]
async fn paid_is_only_what_code_and_fraud_check_allow() {
    let settled = json!({"status_code": "200", "transaction_status": "settlement", "qr_string": null, "actions": null,
        "settlement_time": "2020-09-29 11:49:24"});
    let now = status_of(settled.clone()).await.unwrap();
    assert_eq!((now.status, now.pay_with.len()), (PaymentStatus::Paid, 2));
    assert_eq!(now.paid_at, Some("2020-09-29T04:49:24Z".parse().unwrap()));
    let unknown = |word: &str| PaymentStatus::Unknown(word.to_owned());
    for (others, status) in [
        (json!({"status_code": "201"}), unknown("settlement")),
        (json!({"status_code": "202"}), unknown("settlement")),
        (json!({"fraud_status": "challenge"}), unknown("challenge")),
        (json!({"fraud_status": "deny"}), unknown("deny")),
        (json!({"transaction_status": "refund"}), unknown("refund")),
        (json!({"transaction_status": "expire", "status_code": "407"}), PaymentStatus::Expired),
        (json!({"transaction_status": "cancel", "status_code": "202"}), PaymentStatus::Cancelled),
    ] {
        assert_eq!(status_of(with(settled.clone(), others)).await.unwrap().status, status);
    }
    for others in [json!({"transaction_id": "other"}), json!({"order_id": "x"}), json!({"gross_amount": "100004.00"})] {
        let error = status_of(with(settled.clone(), others)).await.unwrap_err();
        assert_eq!(error.kind(), Kind::EchoMismatch, "{error}");
    }
}

#[tokio::test]
async fn a_payment_is_found_by_the_merchants_reference() {
    let server = MockServer::start_async().await;
    let asked = server
        .mock_async(|when, then| {
            when.method(GET).path("/v2/order03/status");
            then.status(200).json_body(by_qris());
        })
        .await;
    let amount = Rupiah::new(PRICE);
    let found = gateway(&server).payment(Lookup::Reference { reference: "order03", amount }).await.unwrap();
    assert_eq!((found.id.as_deref(), found.status), (Some(ID), PaymentStatus::Pending));
    asked.assert_async().await;
    let other = Lookup::Reference { reference: "order03", amount: Rupiah::new(PRICE + 1) };
    assert_error(gateway(&server).payment(other).await, Kind::EchoMismatch, Delivery::MaybeSent);
    let (_server, none) = replying(json!({"status_code": "404", "status_message": "Transaction doesn't exist."})).await;
    let error = none.payment(Lookup::Reference { reference: "order03", amount }).await.unwrap_err();
    assert_eq!(error.kind(), Kind::NotFound, "{error}");
}

#[tokio::test]
async fn a_cancellation_counts_when_the_status_says_so() {
    let known = create(&order(), by_qris()).await.unwrap();
    for (word, code, expected) in [
        ("cancel", "202", Ok(PaymentStatus::Cancelled)),
        ("settlement", "200", Ok(PaymentStatus::Paid)),
        ("pending", "201", Err(Kind::Rejected)),
    ] {
        let server = MockServer::start_async().await;
        let cancelled = json!({"status_code": "200", "transaction_status": "cancel"});
        let cancel = server
            .mock_async(|when, then| {
                when.method(POST).path(format!("/v2/{ID}/cancel"));
                then.status(200).json_body(with(by_qris(), cancelled));
            })
            .await;
        let now = json!({"status_code": code, "transaction_status": word});
        server
            .mock_async(|when, then| {
                when.method(GET).path(format!("/v2/{ID}/status"));
                then.status(200).json_body(with(by_qris(), now));
            })
            .await;
        let result = gateway(&server).cancel_payment(&known).await;
        assert_eq!(result.map(|payment| payment.status).map_err(|error| error.kind()), expected);
        cancel.assert_async().await;
    }
    let (_server, refusing) = replying(json!({"status_code": "412", "status_message": "Cannot modify"})).await;
    assert_eq!(refusing.cancel_payment(&known).await.unwrap_err().kind(), Kind::Rejected);
}

#[tokio::test]
async fn payments_of_a_test_key_are_of_the_test_mode() {
    let server = MockServer::start_async().await;
    server
        .mock_async(|when, then| {
            when.any_request();
            then.status(200).json_body(by_qris());
        })
        .await;
    let payment = gateway_of(&server, "SB-Mid-server-x").create_payment(&order()).await.unwrap();
    assert_eq!(payment.sandbox, Some(true));
}
