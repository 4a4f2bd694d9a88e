//! Payments by GoPay.

use crate::*;

#[tokio::test]
async fn creates_the_documented_gopay_payment() {
    let server = Server::start(GOPAY, success(gopay())).await;
    let payment = server.gopay().create_payment(&new("klnu01978", 2_000).method(Method::Gopay)).await.unwrap();

    let mut wanted = Payment::new(GOPAY_PROVIDER, Rupiah::new(2_000), PaymentStatus::Pending);
    wanted.id = Some("c91bcecf-7528-4b29-aef1-8cdf8fffc187".to_owned());
    wanted.request_id = Some("klnu01978-2000".to_owned());
    wanted.reference = Some("klnu01978".to_owned());
    wanted.payable = Some(Rupiah::new(2_000));
    wanted.pay_with = vec![
        Payable::QrImage("https://api.veritrans.co.id/v2/gopay/c91b/qr-code".to_owned()),
        Payable::DeepLink("gojek://gopay/merchanttransfer?tref=0520&amount=2000".to_owned()),
    ];
    assert_eq!(payment, wanted);

    let request = json!({
        "order_id": "klnu01978", "no_hp": "085736064900", "fullname": "Almeera Salsabila",
        "email": "Almeera@gmail.com", "bank_code": "gopay", "product_code": "e_wallets", "nominal": "2000",
        "pay_ship": "0",
    });
    check_request(&server.only_request(), request);
}

#[tokio::test]
async fn sends_the_product_code_that_is_set() {
    let server = Server::start(GOPAY, success(gopay())).await;
    server.gopay().product_code("e_money").create_payment(&new("klnu01978", 2_000)).await.unwrap();
    assert_eq!(server.only_request()["product_code"], "e_money");
}

#[tokio::test]
async fn a_gopay_reply_about_something_else_is_no_payment() {
    for (changes, what) in [
        (json!({"order_id": "klnu01979"}), "another reference"),
        (json!({"gross_amount": "20000.00"}), "another amount"),
        (json!({"gross_amount": "1500", "nominal": "1500", "pay_ship": "0"}), "another amount"),
        (json!({"pay_ship": "0"}), "another sum of price and shipping"),
        (json!({"nominal": u64::MAX}), "another sum of price and shipping"),
    ] {
        let error = fails(create_gopay(changes).await, Kind::EchoMismatch, Delivery::MaybeSent);
        assert!(error.contains(what), "{error}");
    }
    assert!(create_gopay(json!({"nominal": null})).await.is_ok(), "what is not there is not compared");
    let spelled = create_gopay(json!({"order_id": "KLNU01978"})).await.unwrap();
    assert_eq!(spelled.reference.as_deref(), Some("klnu01978"), "as the merchant writes it");
}

#[tokio::test]
async fn the_code_inside_a_gopay_reply_is_judged() {
    for (code, kind, delivery) in [
        ("401", Kind::Authentication, Delivery::Answered),
        ("406", Kind::AlreadyDone, Delivery::Answered),
        ("503", Kind::Unavailable, Delivery::MaybeSent),
        ("900", Kind::Unavailable, Delivery::MaybeSent),
        ("05", Kind::Rejected, Delivery::Answered),
    ] {
        let message = format!("refused, {TOKEN}");
        // With all that a payment has, and with nothing but the code.
        let bare = success(json!({"status_code": code, "status_message": message}));
        let server = Server::start(GOPAY, bare).await;
        let bare = server.gopay().create_payment(&new("klnu01978", 2_000)).await;
        let whole = create_gopay(json!({"status_code": code, "status_message": message})).await;
        for failed in [bare, whole] {
            assert_eq!(failed.as_ref().unwrap_err().code(), Some(code));
            assert_eq!(failed.as_ref().unwrap_err().operation().unwrap().id, "create_gopay_payment");
            fails(failed, kind, delivery);
        }
        assert_eq!((server.logins(), server.calls()), (1, 1), "401 is about Midtrans, not about the token");
    }
}

#[tokio::test]
async fn payment_that_lacks_what_it_needs_is_none() {
    for missing in ["order_id", "gross_amount", "transaction_id"] {
        let failed = create_gopay(json!({missing: null})).await;
        let error = fails(failed, Kind::UnexpectedReply, Delivery::MaybeSent);
        assert!(error.contains(missing), "{error}");
    }
    let failed = create_gopay(json!({"transaction_status": null, "status_code": "200"})).await;
    fails(failed, Kind::UnexpectedReply, Delivery::MaybeSent);
    // 201 says itself that the payment waits.
    assert_eq!(create_gopay(json!({"transaction_status": null})).await.unwrap().status, PaymentStatus::Pending);
}

#[tokio::test]
async fn code_beside_the_flag_is_conclusive_for_gopay_only() {
    for (code, kind, delivery) in [
        ("401", Kind::Authentication, Delivery::Answered),
        ("406", Kind::AlreadyDone, Delivery::Answered),
        ("503", Kind::Unavailable, Delivery::MaybeSent),
        ("05", Kind::Rejected, Delivery::MaybeSent),
    ] {
        let reply = json!({"status": "fail", "message": "no", "status_code": code});
        let server = Server::start(GOPAY, reply.clone()).await;
        fails(server.gopay().create_payment(&new("klnu01978", 2_000)).await, kind, delivery);
        let server = Server::start("/api/kwallet/transfer_to_account", reply).await;
        fails(server.client().transfer(&a_transfer()).await, kind, Delivery::MaybeSent);
    }
}

#[tokio::test]
async fn other_codes_leave_it_to_the_state() {
    let unknown = |word: &str| PaymentStatus::Unknown(word.to_owned());
    for (code, word, fraud, status) in [
        ("201", "pending", "accept", PaymentStatus::Pending),
        // Paid at once is not believed where nobody can be asked.
        ("201", "settlement", "accept", PaymentStatus::Pending),
        ("200", "settlement", "accept", PaymentStatus::Pending),
        ("200", "capture", "accept", PaymentStatus::Pending),
        ("201", "deny", "accept", PaymentStatus::Failed),
        ("201", "failure", "accept", PaymentStatus::Failed),
        ("201", "expire", "accept", PaymentStatus::Expired),
        ("201", "cancel", "accept", PaymentStatus::Cancelled),
        ("201", "something new", "accept", PaymentStatus::Pending),
        ("200", "capture", "challenge", unknown("challenge")),
        ("200", "settlement", "deny", PaymentStatus::Failed),
        ("201", "pending", "challenge", unknown("challenge")),
        ("202", "deny", "accept", PaymentStatus::Failed),
        ("202", "cancel", "accept", PaymentStatus::Cancelled),
        ("407", "expire", "accept", PaymentStatus::Expired),
        ("5", "authorize", "accept", unknown("authorize")),
        ("999", "something new", "accept", unknown("something new")),
    ] {
        let changes = json!({"status_code": code, "transaction_status": word, "fraud_status": fraud});
        assert_eq!(create_gopay(changes).await.unwrap().status, status, "{code} {word} {fraud}");
    }
    assert_eq!(create_gopay(json!({"fraud_status": null})).await.unwrap().status, PaymentStatus::Pending);
}

#[tokio::test]
async fn a_gopay_payment_that_waits_must_be_payable() {
    let others = gopay()["actions"].as_array().unwrap()[2..].to_vec();
    for actions in [json!([]), json!(others), json!([{"name": "generate-qr-code", "url": ""}])] {
        let failed = create_gopay(json!({"actions": actions})).await;
        let error = fails(failed, Kind::UnexpectedReply, Delivery::MaybeSent);
        assert!(error.contains("nothing to pay with"), "{error}");
    }
    let paid = json!({"actions": [], "status_code": "200", "transaction_status": "settlement"});
    assert_eq!(create_gopay(paid).await.unwrap().pay_with, []);
}
