//! Payments by transfer, virtual account and card.

use crate::*;

#[tokio::test]
async fn creates_a_transfer() {
    let server = Server::start(VA, success(transfer())).await;
    let gateway = server.va();
    let before = jiff::Timestamp::now();
    let payment = gateway.create_payment(&new("KLNU00252", 469_000)).await.unwrap();

    let mut wanted = Payment::new(PROVIDER, Rupiah::new(469_000), PaymentStatus::Pending);
    wanted.id = Some("KLNU00252-469000".to_owned());
    wanted.request_id = wanted.id.clone();
    wanted.reference = Some("KLNU00252".to_owned());
    wanted.payable = Some(Rupiah::new(469_765));
    wanted.pay_with = vec![Payable::Code("174".to_owned())];
    assert_eq!(payment, wanted);

    let request = json!({
        "order_id": "KLNU00252", "no_hp": "085736064900", "fullname": "Almeera Salsabila",
        "email": "Almeera@gmail.com", "bank_code": "014", "product_code": "BCAATM", "nominal": "469000",
        "pay_ship": "0",
    });
    let (uuid, time) = check_request(&server.only_request(), request.clone());
    assert_eq!(Some(uuid), payment.request_id);
    let late = time.timestamp().unwrap().as_second() - before.as_second();
    assert!((0..60).contains(&late), "{time} is not now in Jakarta");

    let sent_at = "2026-05-30T08:30:00Z".parse().unwrap();
    let own = new("KLNU00252", 469_000).request_id("RQ-7").sent_at(sent_at);
    let own = gateway.create_payment(&own).await.unwrap();
    let (uuid, time) = check_request(server.sent.lock().unwrap().last().unwrap(), request);
    assert_eq!(time.timestamp().unwrap(), sent_at);
    assert_eq!((uuid.as_str(), own.id.as_deref(), own.request_id.as_deref()), ("RQ-7", Some("RQ-7"), Some("RQ-7")));
}

#[tokio::test]
async fn payment_has_one_identity_with_and_without_its_reply() {
    let new = new("KLNU00252", 469_000);
    let created = create_va(transfer()).await.unwrap();
    let unanswered = new.unanswered(PROVIDER);
    assert_eq!(created.request_id, unanswered.request_id);
    let gateway = VaGateway::new(no_network(), "014", "BCAATM", keys());
    let body = settlement("KLNU00252", "KLNU00252-469000", "469765", "success");
    let mut keys = Vec::new();
    for expected in [created, unanswered] {
        keys.push(handle(&gateway, &signed(&body), &body, &expected).await.unwrap().key());
    }
    assert_eq!(keys[0], keys[1]);
}

#[tokio::test]
async fn creates_what_is_paid_by_card_or_with_less_said() {
    let page = "https://payment.example.com/card/KLNU00252";
    let card = create_va(json!({"url_pay": page, "is_va": "0"})).await.unwrap();
    assert_eq!(card.pay_with, [Payable::Page(page.to_owned())]);
    assert_eq!((card.id.as_deref(), card.payable), (Some("KLNU00252-469000"), None));

    let both = create_va(json!({"url_pay": page, "is_va": 1, "kd_pay": 88810, "kd_ref": ""})).await.unwrap();
    assert_eq!(both.pay_with, [Payable::Page(page.to_owned()), Payable::Code("88810".to_owned())]);
}

#[tokio::test]
async fn number_of_a_virtual_account_is_shown() {
    let account = Payable::VirtualAccount { bank: "014".to_owned(), number: "4490591000000058".to_owned() };
    for number in [json!("4490591000000058"), json!(4490591000000058u64)] {
        let reply = json!({"is_va": "1", "va_number": number, "kd_pay": ""});
        assert_eq!(create_va(reply).await.unwrap().pay_with, std::slice::from_ref(&account));
    }
    let reply = with(transfer(), json!({"is_va": "1", "va_number": "4490591000000058"}));
    assert_eq!(create_va(reply).await.unwrap().pay_with, [account, Payable::Code("174".to_owned())]);
    for blank in [json!("-"), json!(""), json!(0), json!(null)] {
        let reply = with(transfer(), json!({"va_number": blank}));
        assert_eq!(create_va(reply).await.unwrap().pay_with, [Payable::Code("174".to_owned())]);
    }
}

#[tokio::test]
async fn another_way_to_pay_than_was_asked_for_is_a_mismatch() {
    let page = "https://payment.example.com/card/KLNU00252";
    let account = || Method::VirtualAccount("014".to_owned());
    for (method, reply, is_taken) in [
        (account(), json!({"is_va": "1", "va_number": "77"}), true),
        (account(), json!({"is_va": "1", "kd_pay": "174"}), true),
        (account(), json!({"kd_pay": "174"}), true),
        (account(), json!({"is_va": "1", "va_number": "77", "url_pay": page}), true),
        (account(), json!({"is_va": "0", "url_pay": page}), false),
        (account(), json!({"is_va": "1", "url_pay": page}), false),
        (account(), json!({"url_pay": page}), false),
        (account(), json!({"is_va": "0", "kd_pay": "174"}), false),
        (Method::Card, json!({"is_va": "0", "url_pay": page}), true),
        (Method::Card, json!({"url_pay": page, "kd_pay": "174"}), true),
        (Method::Card, json!({"is_va": 1, "url_pay": page}), false),
        (Method::Card, json!({"url_pay": page, "va_number": "77"}), false),
        (Method::Card, json!({"is_va": "1", "va_number": "77"}), false),
        (Method::Card, json!({"is_va": "0", "kd_pay": "174"}), false),
    ] {
        let server = Server::start(VA, success(reply.clone())).await;
        let created = server.va().create_payment(&new("KLNU00252", 469_000).method(method.clone())).await;
        match is_taken {
            true => assert!(created.is_ok(), "{method:?} {reply}: {created:?}"),
            false => drop(fails(created, Kind::EchoMismatch, Delivery::MaybeSent)),
        }
    }
}

#[tokio::test]
async fn unsafe_addresses_are_not_shown() {
    for url in ["http://payment.example.com/card", "javascript:alert(1)", "//payment.example.com", " ", ""] {
        let error = fails(create_va(json!({"url_pay": url})).await, Kind::UnexpectedReply, Delivery::MaybeSent);
        assert!(error.contains("nothing to pay with"), "{error}");
        let code = create_va(with(transfer(), json!({"url_pay": url}))).await.unwrap();
        assert_eq!(code.pay_with, [Payable::Code("174".to_owned())]);
        for name in ["generate-qr-code", "deeplink-redirect"] {
            let failed = create_gopay(json!({"actions": [{"url": url, "name": name}]})).await;
            fails(failed, Kind::UnexpectedReply, Delivery::MaybeSent);
        }
    }
    let script = json!({"actions": [{"url": "javascript://gojek/%0aalert(1)", "name": "deeplink-redirect"}]});
    fails(create_gopay(script).await, Kind::UnexpectedReply, Delivery::MaybeSent);
    let web = "https://simulator.example.com/gopay?id=1";
    let link = create_gopay(json!({"actions": [{"url": web, "name": "deeplink-redirect"}]})).await.unwrap();
    assert_eq!(link.pay_with, [Payable::DeepLink(web.to_owned())]);
}

#[tokio::test]
async fn a_transfer_of_another_price_is_no_payment() {
    for (changes, what) in [
        (json!({"total_belanja": "468999"}), "another price"),
        (json!({"total_belanja": "46900"}), "another price"),
        (json!({"total_bayar": "468999"}), "less than the price"),
        (json!({"total_bayar": "0", "total_belanja": null}), "less than the price"),
    ] {
        let error = fails(create_va(with(transfer(), changes)).await, Kind::EchoMismatch, Delivery::MaybeSent);
        assert!(error.contains(what), "{error}");
    }
    let same = create_va(with(transfer(), json!({"total_bayar": "469000", "total_belanja": "469000.00"}))).await;
    assert_eq!(same.unwrap().payable, Some(Rupiah::new(469_000)));
}

#[tokio::test]
async fn a_failed_connection_and_an_empty_reply_are_no_payment() {
    for no in [json!("0"), json!(0), json!(false)] {
        let reply = with(transfer(), json!({"koneksi": no}));
        let error = fails(create_va(reply).await, Kind::Unavailable, Delivery::MaybeSent);
        assert!(error.contains("connection to the bank failed"), "{error}");
    }
    for changes in [json!({"kd_pay": null}), json!({"kd_pay": "-"}), json!({"kd_pay": "", "url_pay": " "})] {
        let reply = with(transfer(), changes);
        let error = fails(create_va(reply).await, Kind::UnexpectedReply, Delivery::MaybeSent);
        assert!(error.contains("nothing to pay with"), "{error}");
    }
}
