//! The payload out of the picture of the QR code, over the wire.
#![cfg(feature = "qris-scan")]

use gerbang_core::{Delivery, Error, Kind, NewPayment, Payable, Payment, PaymentGateway, Rupiah};
use gerbang_kazukipay::{Client, Credentials, Gateway};
use gerbang_qris::{Qris, QrisBuilder};
use httpmock::prelude::*;

/// The payload of a QR code that asks for an amount.
fn payload(amount: u64) -> String {
    let builder = QrisBuilder::new("Warung", "Jakarta", "5812").nmid("ID1020304050607", "UMI");
    builder.amount(Rupiah::new(amount)).build().unwrap()
}

fn png(payload: &str) -> Vec<u8> {
    Qris::parse(payload).unwrap().to_png(8).unwrap()
}

/// Creates a payment whose picture is at `picture`, or at this path of the gateway's own server, which answers with a status and
/// bytes.
async fn create(picture: &str, status: u16, bytes: Vec<u8>) -> (Result<Payment, Error>, usize) {
    let server = MockServer::start_async().await;
    let address = if picture.starts_with('/') { server.url(picture) } else { picture.to_owned() };
    let created = format!(
        r#"{{"status": true, "message": "ok", "data": {{"transaction_id": 12, "custom_id": "ORD-001", "project_id": 1,
        "amount": 10000, "unique_amount": 10243, "qris_url": "{address}", "expired_at": "2099-03-10 20:00:00"}}}}"#
    );
    server
        .mock_async(|when, then| {
            when.path("/api/create.php");
            then.status(200).header("content-type", "application/json").body(created);
        })
        .await;
    let fetched = server
        .mock_async(|when, then| {
            when.method(GET).path("/qris/12").header_missing("authorization");
            then.status(status).header("location", "/other").body(bytes);
        })
        .await;
    let client = Client::builder(Credentials::new("SK-test", 1)).base_url(server.base_url()).build().unwrap();
    let payment = Gateway::new(client).create_payment(&NewPayment::new("ORD-001", Rupiah::new(10_000))).await;
    (payment, fetched.calls_async().await)
}

#[tokio::test]
async fn payload_stands_beside_the_picture() {
    let (payment, fetched) = create("/qris/12", 200, png(&payload(10_243))).await;
    let pay_with = payment.unwrap().pay_with;
    assert_eq!((&pay_with[0], fetched), (&Payable::Qris(payload(10_243)), 1));
    assert!(matches!(&pay_with[1..], [Payable::QrImage(_)]));
}

#[tokio::test]
async fn picture_that_asks_for_another_amount_is_not_shown() {
    let (payment, _) = create("/qris/12", 200, png(&payload(10_000))).await;
    let error = payment.unwrap_err();
    assert_eq!((error.kind(), error.delivery()), (Kind::EchoMismatch, Delivery::MaybeSent), "{error}");
}

#[tokio::test]
async fn picture_that_cannot_be_had_or_read_stays_a_picture() {
    let good = png(&payload(10_243));
    let large = vec![0; 1024 * 1024 + 1];
    for (status, bytes) in [(404, good.clone()), (302, good.clone()), (200, good[..200].to_vec()), (200, large)] {
        let (payment, fetched) = create("/qris/12", status, bytes).await;
        assert!(matches!(&payment.unwrap().pay_with[..], [Payable::QrImage(_)]), "{status}");
        assert_eq!(fetched, 1);
    }
}

#[tokio::test]
async fn picture_of_another_host_is_not_fetched() {
    let (payment, fetched) = create("https://img2.example/qris/12", 200, png(&payload(10_000))).await;
    assert!(matches!(&payment.unwrap().pay_with[..], [Payable::QrImage(_)]));
    assert_eq!(fetched, 0);
}
