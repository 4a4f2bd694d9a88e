//! Tripay as a gateway, over the wire.
#![cfg(feature = "client")]

use std::time::Duration;

use gerbang_core::{
    Delivery, Error, Kind, Lookup, Method, NewPayment, Payable, Payment, PaymentGateway, PaymentStatus, Rupiah, Secret,
};
use gerbang_tripay::types::ChannelCode;
use gerbang_tripay::{Client, Credentials, Gateway};
use httpmock::prelude::*;
use jiff::Timestamp;
use serde_json::{Value, json};

const QRIS: &str = concat!(
    "00020101021226610016ID.CO.SHOPEE.WWW01189360091800216005230208216005230303UME51440014ID.CO.QRIS.WWW0215",
    "ID10243228429300303UME5204792953033605409100003.005802ID5907Pakasir6012KAB. KEBUMEN61055439262230519",
    "SP25RZRATEQI2HQ65Q46304A079",
);
/// What the payload asks for.
const PAYABLE: u64 = 100_003;
const PRICE: u64 = 98_553;

fn gateway(server: &MockServer) -> Gateway {
    let credentials = Credentials::new("not-a-real-key", "not-a-real-private-key", "T0001");
    let client = Client::builder(credentials).base_url(server.base_url()).build().unwrap();
    Gateway::new(client, Secret::from("not-a-real-private-key"))
}

/// A creation by QRIS whose fee of 1 450 the customer pays.
fn by_qris() -> Value {
    json!({
        "reference": "T0001000000000000006", "merchant_ref": "INV-1", "payment_method": "QRIS2",
        "amount": PAYABLE, "fee_merchant": 0, "fee_customer": 1_450, "total_fee": 1_450, "amount_received": PRICE,
        "pay_code": null, "checkout_url": "https://tripay.co.id/checkout/T0001000000000000006",
        "status": "UNPAID", "expired_time": Timestamp::now().as_second() + 900,
        "qr_string": QRIS, "qr_url": "https://tripay.co.id/qr/T0001000000000000006",
    })
}

fn by_bri() -> Value {
    with(
        by_qris(),
        json!({"payment_method": "BRIVA", "pay_code": "57585748548596587", "qr_string": null, "qr_url": null}),
    )
}

/// Members with others in their place.
fn with(mut members: Value, others: Value) -> Value {
    members.as_object_mut().unwrap().extend(others.as_object().unwrap().clone());
    members
}

/// A server with one answer, and the gateway that asks it.
async fn replying(data: Value) -> (MockServer, Gateway) {
    let server = MockServer::start_async().await;
    server
        .mock_async(|when, then| {
            when.any_request();
            then.status(200).json_body(json!({"success": true, "message": "", "data": data}));
        })
        .await;
    let gateway = gateway(&server);
    (server, gateway)
}

fn order() -> NewPayment {
    NewPayment::new("INV-1", Rupiah::new(PRICE)).customer_name("Sari").customer_email("sari@example.com")
}

fn at(bank: &str) -> NewPayment {
    order().method(Method::VirtualAccount(bank.to_owned()))
}

async fn create(new: &NewPayment, data: Value) -> Result<Payment, Error> {
    let (_server, gateway) = replying(data).await;
    gateway.create_payment(new).await
}

#[track_caller]
fn assert_error<T: std::fmt::Debug>(result: Result<T, Error>, kind: Kind, delivery: Delivery) {
    let error = result.unwrap_err();
    assert_eq!((error.kind(), error.delivery()), (kind, delivery), "{error}");
}

#[tokio::test]
async fn a_created_payment_has_everything_that_was_returned() {
    let payment = create(&order().expires_in(Duration::from_secs(900)), by_qris()).await.unwrap();
    assert_eq!((payment.provider.as_str(), payment.status), ("tripay", PaymentStatus::Pending));
    assert_eq!((payment.id.as_deref(), payment.reference.as_deref()), (Some("T0001000000000000006"), Some("INV-1")));
    assert_eq!((payment.amount, payment.payable), (Rupiah::new(PRICE), Some(Rupiah::new(PAYABLE))));
    assert_eq!((payment.fee, payment.net), (Some(Rupiah::new(1_450)), Some(Rupiah::new(PRICE))));
    assert!(payment.expires_at.is_some() && payment.sandbox.is_none());
    assert_eq!(
        payment.pay_with,
        [
            Payable::Qris(QRIS.to_owned()),
            Payable::QrImage("https://tripay.co.id/qr/T0001000000000000006".to_owned()),
            Payable::Page("https://tripay.co.id/checkout/T0001000000000000006".to_owned()),
        ]
    );
}

#[tokio::test]
async fn the_order_is_one_item_until_the_time_that_was_asked_for() {
    let server = MockServer::start_async().await;
    let new = order()
        .description("Kopi")
        .return_url("https://shop.example/back")
        .expires_in(Duration::from_secs(900))
        .sent_at(Timestamp::from_second(1_582_855_837).unwrap());
    let create = server
        .mock_async(|when, then| {
            when.method(POST).path("/transaction/create").json_body_includes(
                json!({
                    "method": "QRISC", "merchant_ref": "INV-1", "amount": PRICE, "customer_name": "Sari",
                    "customer_email": "sari@example.com", "return_url": "https://shop.example/back",
                    "order_items": [{"name": "Kopi", "price": PRICE, "quantity": 1}], "expired_time": 1_582_856_737,
                })
                .to_string(),
            );
            let data = with(by_qris(), json!({"payment_method": "QRISC"}));
            then.status(200).json_body(json!({"success": true, "data": data}));
        })
        .await;
    gateway(&server).qris_channel(ChannelCode::Qrisc).create_payment(&new).await.unwrap();
    create.assert_async().await;
}

#[tokio::test]
async fn a_bank_is_named_with_or_without_its_ending() {
    for bank in ["BRI", "BRIVA", "bri"] {
        let payment = create(&at(bank), by_bri()).await.unwrap();
        let number = "57585748548596587".to_owned();
        assert_eq!(payment.pay_with[0], Payable::VirtualAccount { bank: "BRI".to_owned(), number }, "{bank}");
    }
    for bank in ["", "VA", "QRIS2", "JAGO", "BRIVAVA"] {
        assert_error(create(&at(bank), by_bri()).await, Kind::Unsupported, Delivery::NotSent);
    }
    assert_error(create(&order().method(Method::Card), by_bri()).await, Kind::Unsupported, Delivery::NotSent);
}

#[tokio::test]
async fn a_customer_without_name_or_address_is_not_sent() {
    for new in [
        NewPayment::new("INV-1", Rupiah::new(PRICE)).customer_name("Sari"),
        NewPayment::new("INV-1", Rupiah::new(PRICE)).customer_email("sari@example.com"),
        order().customer_name(" "),
        NewPayment::new("INV-1", Rupiah::new(999)).customer_name("Sari").customer_email("sari@example.com"),
    ] {
        let (server, gateway) = replying(by_qris()).await;
        assert_error(gateway.create_payment(&new).await, Kind::InvalidRequest, Delivery::NotSent);
        drop(server);
    }
}

#[tokio::test]
async fn a_reply_about_something_else_is_not_shown() {
    for (others, kind) in [
        (json!({"merchant_ref": "INV-2"}), Kind::EchoMismatch),
        (json!({"payment_method": "QRISC"}), Kind::EchoMismatch),
        (json!({"amount": PAYABLE + 1}), Kind::EchoMismatch),
        (json!({"fee_customer": 0}), Kind::EchoMismatch),
        (json!({"fee_customer": PAYABLE + 1}), Kind::EchoMismatch),
        // A fee that the price does not explain, and a payload that asks for another amount.
        (json!({"amount": PRICE + 90_000, "fee_customer": 90_000}), Kind::EchoMismatch),
        (json!({"amount": PRICE + 1_000, "fee_customer": 1_000}), Kind::EchoMismatch),
        (json!({"qr_string": null}), Kind::UnexpectedReply),
    ] {
        assert_error(create(&order(), with(by_qris(), others)).await, kind, Delivery::MaybeSent);
    }
    let without_number = with(by_bri(), json!({"pay_code": null}));
    assert_error(create(&at("BRI"), without_number).await, Kind::UnexpectedReply, Delivery::MaybeSent);
}

#[tokio::test]
async fn test_mode_has_no_payload_and_is_marked() {
    let marked = with(by_qris(), json!({"qr_string": "SANDBOX MODE", "qr_url": null}));
    let payment = create(&order(), marked).await.unwrap();
    assert_eq!((payment.sandbox, payment.qris(), payment.pay_with.len()), (Some(true), None, 1));
    let named = with(by_bri(), json!({"reference": "DEV-T0001000000000000006"}));
    assert_eq!(create(&at("BRI"), named).await.unwrap().sandbox, Some(true));
}

#[tokio::test]
async fn the_status_is_that_of_the_detail() {
    let known = create(&order(), by_qris()).await.unwrap();
    let detail = with(by_qris(), json!({"status": "PAID", "paid_at": "1582856000", "qr_string": null}));
    let (_server, asked) = replying(detail.clone()).await;
    let now = asked.payment(Lookup::Payment(&known)).await.unwrap();
    assert_eq!((&now.status, &now.pay_with), (&PaymentStatus::Paid, &known.pay_with));
    assert_eq!(now.paid_at, Some(Timestamp::from_second(1_582_856_000).unwrap()));
    for others in [
        json!({"reference": "T2"}),
        json!({"merchant_ref": "INV-2"}),
        json!({"amount": PAYABLE + 1}),
        json!({"fee_customer": 1_449}),
    ] {
        let (_server, asked) = replying(with(detail.clone(), others)).await;
        let error = asked.payment(Lookup::Payment(&known)).await.unwrap_err();
        assert_eq!(error.kind(), Kind::EchoMismatch, "{error}");
    }
}

#[tokio::test]
async fn qris_is_taken_by_a_channel_for_it_alone() {
    let (_server, gateway) = replying(by_bri()).await;
    let new = NewPayment::new("INV-1", Rupiah::new(PRICE)).customer_name("Sari").customer_email("sari@example.com");
    let refused = gateway.qris_channel(ChannelCode::Briva).create_payment(&new).await;
    assert_error(refused, Kind::Configuration, Delivery::NotSent);
}

/// What is found by the merchant's reference, where the list has these payments.
async fn found(listed: Value) -> Result<Payment, Error> {
    let server = MockServer::start_async().await;
    server
        .mock_async(|when, then| {
            when.method(GET).path("/merchant/transactions").query_param("merchant_ref", "INV-1");
            then.status(200).json_body(json!({"success": true, "data": listed}));
        })
        .await;
    server
        .mock_async(|when, then| {
            when.method(GET).path("/transaction/detail").query_param("reference", "T0001000000000000006");
            then.status(200).json_body(json!({"success": true, "data": by_qris()}));
        })
        .await;
    let amount = Rupiah::new(PRICE);
    gateway(&server).payment(Lookup::Reference { reference: "INV-1", amount }).await
}

#[tokio::test]
async fn a_payment_is_found_by_reference_if_it_is_the_only_one() {
    let listed = |name: &str| with(by_qris(), json!({"merchant_ref": name}));
    let payment = found(json!([listed("INV-1"), listed("INV-10")])).await.unwrap();
    assert_eq!(payment.id.as_deref(), Some("T0001000000000000006"));
    assert_eq!(payment.pay_with, [Payable::Page("https://tripay.co.id/checkout/T0001000000000000006".to_owned())]);
    assert_error(found(json!([])).await, Kind::NotFound, Delivery::Answered);
    // The list was not cut down to the reference: the payment may be on another page.
    assert_error(found(json!([listed("INV-2")])).await, Kind::UnexpectedReply, Delivery::Answered);
    assert_error(found(json!([listed("INV-1"), listed("inv-1")])).await, Kind::EchoMismatch, Delivery::Answered);
    assert_error(found(json!([{"reference": 7}])).await, Kind::UnexpectedReply, Delivery::Answered);
}
