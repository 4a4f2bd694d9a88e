//! What is read from notifications.

use crate::*;

#[test]
fn reads_the_documented_messages() {
    let (_, vectors) = vectors();
    let read = |vector: &Vector| {
        read_notification(&vector_keys(), &headers(&[vector.signature]), vector.body.as_bytes()).unwrap()
    };
    for vector in &vectors[..2] {
        let mut wanted = Notification::new(PROVIDER, Trust::Signed, PaymentStatus::Paid);
        wanted.reference = Some("klnu00242".to_owned());
        wanted.nonce = Some("klnu00242".to_owned());
        wanted.request_id.clone_from(&wanted.nonce);
        assert_eq!(read(vector), wanted, "{}", vector.what);
    }
    let mut wanted = Notification::new(GOPAY_PROVIDER, Trust::Signed, PaymentStatus::Paid);
    wanted.reference = Some("1234/917/ATG".to_owned());
    wanted.nonce = Some("12345".to_owned());
    assert_eq!(read(&vectors[2]), wanted);
}

#[test]
fn reads_the_amount_where_it_is_given() {
    for (tot_bayar, payable) in [
        (r#""474765""#, Some(474_765)),
        ("474765", Some(474_765)),
        (r#""474765.00""#, Some(474_765)),
        (r#""-""#, None),
        (r#""""#, None),
        ("null", None),
        ("0", Some(0)),
        (r#""474.765""#, Some(474_765)),
        (r#""Rp 474.765,00""#, Some(474_765)),
    ] {
        let read = read_signed(&settlement("mandiri_manual", "success", tot_bayar)).unwrap();
        assert_eq!((read.payable, read.amount), (payable.map(Rupiah::new), None), "{tot_bayar}");
        assert_eq!((read.id.as_deref(), read.request_id.as_deref()), (None, Some("u-1")));
        assert_eq!(read.code.as_deref(), Some("174"));
        assert!(!read.has_unreadable_amount, "{tot_bayar}");
    }
    for tot_bayar in [r#""-5""#, r#""much""#, "[]", "{}", "false", "70.5", r#"1,"tot_bayar":2"#] {
        let read = read_signed(&settlement("mandiri_manual", "success", tot_bayar)).unwrap();
        assert_eq!((read.payable, read.has_unreadable_amount), (None, true), "{tot_bayar}");
    }
}

#[test]
fn only_success_is_paid() {
    for (word, status) in [
        ("success", PaymentStatus::Paid),
        ("SUCCESS", PaymentStatus::Paid),
        ("fail", PaymentStatus::Failed),
        ("failed", PaymentStatus::Failed),
        ("pending", PaymentStatus::Unknown("pending".to_owned())),
        ("successful", PaymentStatus::Unknown("successful".to_owned())),
    ] {
        assert_eq!(read_signed(&settlement("multipayment", word, "1")).unwrap().claimed, status);
        let gopay = format!(r#"{{"status":"{word}","id_trans":7,"order_id":8,"transaction":"gopay"}}"#);
        assert_eq!(read_signed(&gopay).unwrap().claimed, status);
    }
}

#[test]
fn transaction_says_which_notification_it_is() {
    for (transaction, provider) in [
        ("multipayment", PROVIDER),
        ("mandiri_manual", PROVIDER),
        ("something new", PROVIDER),
        ("gopay", GOPAY_PROVIDER),
        ("GoPay", GOPAY_PROVIDER),
        (" GO-PAY ", GOPAY_PROVIDER),
        ("e_money", GOPAY_PROVIDER),
        ("E_Wallets", GOPAY_PROVIDER),
    ] {
        let both = settlement(transaction, "success", "1").replacen('{', r#"{"id_trans":"t-1","#, 1);
        let read = read_signed(&both).unwrap();
        let nonce = if provider == PROVIDER { "u-1" } else { "t-1" };
        assert_eq!((read.provider, read.nonce.as_deref()), (provider, Some(nonce)), "{transaction}");
        let has_request = read.request_id.is_some() || read.code.is_some() || read.id.is_some();
        assert_eq!(has_request, provider == PROVIDER, "{transaction}");
    }
    // A wallet's product code in what is a settlement in all else.
    assert_eq!(read_signed(&settlement("e_money", "success", "1")).unwrap().provider, PROVIDER);
}

#[test]
fn form_says_which_notification_it_is_without_a_transaction() {
    for (members, provider) in [
        (r#""id_trans":"2""#, GOPAY_PROVIDER),
        (r#""id_trans":2,"transaction":null"#, GOPAY_PROVIDER),
        (r#""id_trans":2,"transaction":"","rq_uuid":"-","kd_pay":"""#, GOPAY_PROVIDER),
        (r#""id_trans":2,"transaction":"gopay","transaction":"x""#, GOPAY_PROVIDER),
        (r#""id_trans":2,"rq_uuid":"u""#, PROVIDER),
        (r#""id_trans":2,"kd_pay":"174""#, PROVIDER),
        (r#""rq_uuid":"u""#, PROVIDER),
        (r#""message":"m""#, PROVIDER),
    ] {
        let read = read_signed(&format!(r#"{{"status":"success","order_id":"1",{members}}}"#)).unwrap();
        assert_eq!((read.provider, read.claimed), (provider, PaymentStatus::Paid), "{members}");
    }
}

#[test]
fn only_the_order_or_the_request_must_be_there() {
    let read = read_signed(r#"{"order_id":7}"#).unwrap();
    let unknown = PaymentStatus::Unknown("no readable status".to_owned());
    assert_eq!((read.reference.as_deref(), read.claimed, read.provider), (Some("7"), unknown, PROVIDER));
    assert_eq!(read_signed(r#"{"id_order":"ORD","status":"success"}"#).unwrap().reference.as_deref(), Some("ORD"));
    assert_eq!(read_signed(r#"{"order_id":" ORD\t"}"#).unwrap().reference.as_deref(), Some("ORD"));
    assert_eq!(read_signed("{\"order_id\":\"ORD\",\"x\":\"\\ud83d\"}").unwrap().reference.as_deref(), Some("ORD"));
    // Latin-1 in a member that nobody needs.
    let latin = b"{\"order_id\":\"ORD\",\"message\":\"pembayaran \xE9\"}";
    let keys = WebhookKeys::new(CANARY).unwrap();
    let read = read_notification(&keys, &headers(&[&sign(CANARY, latin)]), latin).unwrap();
    assert_eq!(read.reference.as_deref(), Some("ORD"));
    for request_only in [
        r#"{"status":"success","rq_uuid":"1","transaction":"multipayment"}"#,
        r#"{"status":"success","rq_uuid":"1","order_id":"","transaction":"multipayment"}"#,
        r#"{"status":"success","rq_uuid":"1","order_id":["1"]}"#,
    ] {
        let read = read_signed(request_only).unwrap();
        assert_eq!((read.reference.as_deref(), read.request_id.as_deref()), (None, Some("1")), "{request_only}");
    }
    for broken in [
        r#"{"status":"success","order_id":"1","order_id":"2"}"#,
        r#"{"status":"success","id_trans":"1","transaction":"gopay"}"#,
        r#"{"status":"success","rq_uuid":"","order_id":[]}"#,
        r#"["gopay"]"#,
        r#""gopay""#,
        "",
        "{",
    ] {
        assert_eq!(read_signed(broken).unwrap_err().kind(), Kind::InvalidNotification, "{broken}");
    }
}
