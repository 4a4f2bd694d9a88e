//! What becomes of notifications.

use crate::*;

fn doubt(failure: NotificationFailure) -> Doubt {
    match failure {
        NotificationFailure::Doubted(doubt) => doubt,
        other => panic!("{other}"),
    }
}

#[tokio::test]
async fn signed_settlement_proves_the_created_payment() {
    let expected = create_va(transfer()).await.unwrap();
    let gateway = VaGateway::new(no_network(), "014", "BCAATM", keys());
    let body = settlement("KLNU00252", UUID, "469765", "success");

    let proof = handle(&gateway, &signed(&body), &body, &expected).await.unwrap();
    let wanted = {
        let mut paid = expected.clone();
        paid.status = PaymentStatus::Paid;
        paid
    };
    assert_eq!(*proof.payment(), wanted);
    assert_eq!(answer(gateway.acceptance(), Ok(&proof)).body(), gateway.acceptance().as_bytes());
    // K-Link sends both kinds to one address: it does not matter which gateway reads them there.
    let gopay = GopayGateway::new(no_network(), keys());
    assert_eq!(handle(&gopay, &signed(&body), &body, &expected).await.unwrap(), proof);
    // The same message in another form is another body with another signature, and still the same payment.
    let spaced = body.replace("\":", "\": ");
    assert_eq!(handle(&gateway, &signed(&spaced), &spaced, &expected).await.unwrap().key(), proof.key());
}

#[tokio::test]
async fn settlement_about_something_else_proves_nothing() {
    let expected = create_va(transfer()).await.unwrap();
    let gateway = VaGateway::new(no_network(), "014", "BCAATM", keys());
    let fail = async |body: String| {
        let failure = handle(&gateway, &signed(&body), &body, &expected).await.expect_err("it must prove nothing");
        let status = answer(gateway.acceptance(), Err(&failure)).status().as_u16();
        (doubt(failure), status)
    };

    for (tot_bayar, got) in [("469764", 469_764), ("469000", 469_000), ("0", 0)] {
        let (doubt, status) = fail(settlement("KLNU00252", UUID, tot_bayar, "success")).await;
        let wanted = Mismatch::Amount { expected: Rupiah::new(469_765), got: Rupiah::new(got) };
        assert!(matches!(doubt, Doubt::Mismatch(mismatch) if mismatch == wanted), "{doubt}");
        assert_eq!(status, 503, "a person must look");
    }
    // Another price of the same order, and another payment of it.
    for uuid in ["KLNU00252-500000", "OF-ANOTHER-REQUEST"] {
        let (doubt, status) = fail(settlement("KLNU00252", uuid, "469765", "success")).await;
        assert!(matches!(doubt, Doubt::Mismatch(Mismatch::RequestId)) && status == 503, "{doubt}");
    }
    let other_code = settlement("KLNU00252", UUID, "469765", "success").replace("174", "999");
    let (doubt, status) = fail(other_code).await;
    assert!(matches!(doubt, Doubt::Mismatch(Mismatch::Code)) && status == 503, "{doubt}");
    let (doubt, status) = fail(settlement("KLNU00253", UUID, "469765", "success")).await;
    assert!(matches!(doubt, Doubt::Mismatch(Mismatch::Reference)) && status == 503, "{doubt}");
    let (doubt, status) = fail(settlement("KLNU00253", "u", "469765", "success")).await;
    assert!(matches!(doubt, Doubt::OtherPayment) && status == 400, "{doubt}");
    // A reference is the same in another letter case.
    let (doubt, status) = fail(settlement("klnu00252", "u", "469765", "success")).await;
    assert!(matches!(doubt, Doubt::Mismatch(Mismatch::RequestId)) && status == 503, "{doubt}");
    for (word, claimed) in [("fail", PaymentStatus::Failed), ("pending", PaymentStatus::Unknown("pending".to_owned()))]
    {
        let (doubt, status) = fail(settlement("KLNU00252", UUID, "469765", word)).await;
        assert!(matches!(&doubt, Doubt::OtherClaim(claim) if *claim == claimed), "{doubt}");
        assert_eq!(status, if word == "fail" { 200 } else { 503 });
    }
    // Of the other gateway, though signed and of the same order: money came in another way than was asked for.
    let gopay = PAID_BY_GOPAY.replace("klnu01978", "KLNU00252");
    let (doubt, status) = fail(gopay).await;
    assert!(matches!(doubt, Doubt::Mismatch(Mismatch::Gateway)) && status == 503, "{doubt}");
    // After a lost reply the request's own id is known, and compared.
    let unanswered = new("KLNU00252", 469_000).unanswered(PROVIDER);
    let other = settlement("KLNU00252", "KLNU00252-500000", "-", "success");
    let failure = handle(&gateway, &signed(&other), &other, &unanswered).await.unwrap_err();
    assert!(matches!(doubt_of(&failure), Doubt::Mismatch(Mismatch::RequestId)));
}

fn doubt_of(failure: &NotificationFailure) -> &Doubt {
    match failure {
        NotificationFailure::Doubted(doubt) => doubt,
        other => panic!("{other}"),
    }
}

#[tokio::test]
async fn signed_settlement_is_never_refused_for_a_member() {
    let gateway = VaGateway::new(no_network(), "014", "BCAATM", keys());
    let gopay = GopayGateway::new(no_network(), keys());
    let expected = create_va(transfer()).await.unwrap();
    let changed = |changes: Value| {
        let whole: Value = serde_json::from_str(&settlement("KLNU00252", UUID, "469765", "success")).unwrap();
        with(whole, changes).to_string()
    };
    for changes in [
        json!({"tot_bayar": "469.765"}),
        json!({"tot_bayar": "Rp 469.765,00"}),
        json!({"tot_bayar": "-"}),
        json!({"message": 7}),
        json!({"rq_uuid": null}),
        json!({"rq_uuid": {"a": 1}}),
        json!({"kd_pay": " "}),
        json!({"kd_pay": [174]}),
        json!({"rq_datetime": 7, "norek": false}),
        json!({"transaction": "something new"}),
        json!({"transaction": null}),
        json!({"transaction": 7}),
        json!({"status": " Success "}),
        json!({"order_id": "KLNU00252 "}),
    ] {
        let body = changed(changes.clone());
        let proof = handle(&gateway, &signed(&body), &body, &expected).await;
        assert!(proof.is_ok(), "{changes}: {proof:?}");
    }
    // Half an emoji, which is no text, and a member that is there twice.
    for odd in [r#"{"note":"\ud83d","#, r#"{"message":"a","#, r#"{"rq_uuid":"other","#] {
        let body = changed(json!({})).replacen('{', odd, 1);
        assert!(handle(&gateway, &signed(&body), &body, &expected).await.is_ok(), "{odd}");
    }
    // An amount that is another one or cannot be read proves nothing.
    for changes in [json!({"tot_bayar": "474.765"}), json!({"tot_bayar": "much"}), json!({"tot_bayar": [1]})] {
        let body = changed(changes.clone());
        let failure = handle(&gateway, &signed(&body), &body, &expected).await.unwrap_err();
        assert!(matches!(doubt_of(&failure), Doubt::Mismatch(_)), "{changes}: {failure}");
        assert_eq!(answer(gateway.acceptance(), Err(&failure)).status(), 503, "{changes}");
    }
    // A claim that cannot be read is kept and a person is asked; it is never 400.
    for changes in [json!({"status": null}), json!({"status": 7}), json!({"status": "", "message": "success"})] {
        let body = changed(changes.clone());
        let failure = handle(&gateway, &signed(&body), &body, &expected).await.unwrap_err();
        assert_eq!(answer(gateway.acceptance(), Err(&failure)).status(), 503, "{changes}");
    }
    let expected = create_gopay(json!({})).await.unwrap();
    for transaction in ["GO-PAY", "GoPay", "e_money", "E_WALLETS", "", "-"] {
        let body = PAID_BY_GOPAY.replace(r#""gopay""#, &format!("\"{transaction}\""));
        let proof = handle(&gopay, &signed(&body), &body, &expected).await;
        assert_eq!(proof.is_ok(), transaction != "-", "{transaction}: {proof:?}");
    }
    let bare = r#"{"status":"success","message":7,"id_trans":12345,"order_id":"klnu01978"}"#;
    assert!(handle(&gopay, &signed(bare), bare, &expected).await.is_ok());
}

#[tokio::test]
async fn forged_notification_is_refused() {
    let expected = create_va(transfer()).await.unwrap();
    let gateway = VaGateway::new(no_network(), "014", "BCAATM", keys());
    let body = settlement("KLNU00252", UUID, "469765", "success");
    let other = settlement("KLNU00252", "u-2", "469765", "success");
    for headers in [HeaderMap::new(), signed(&other)] {
        let failure = handle(&gateway, &headers, &body, &expected).await.unwrap_err();
        assert!(matches!(&failure, NotificationFailure::Refused(error) if error.kind() == Kind::Authentication));
        assert_eq!(answer(gateway.acceptance(), Err(&failure)).status(), 401);
    }
}

#[tokio::test]
async fn gopay_is_proven_by_a_signature_only() {
    let expected = create_gopay(json!({})).await.unwrap();
    let strict = GopayGateway::new(no_network(), keys());
    let lax = GopayGateway::new(no_network(), keys().accept_unsigned_gopay());
    let unanswered = new("klnu01978", 2_000).unanswered(GOPAY_PROVIDER);

    for expected in [&expected, &unanswered] {
        let paid = handle(&strict, &signed(PAID_BY_GOPAY), PAID_BY_GOPAY, expected).await.unwrap();
        assert_eq!(paid.payment().status, PaymentStatus::Paid);
    }
    let failure = handle(&strict, &HeaderMap::new(), PAID_BY_GOPAY, &expected).await.unwrap_err();
    assert!(matches!(failure, NotificationFailure::Refused(error) if error.kind() == Kind::Authentication));
    let failure = handle(&lax, &HeaderMap::new(), PAID_BY_GOPAY, &expected).await.unwrap_err();
    assert!(matches!(doubt(failure), Doubt::NoProof));
}
