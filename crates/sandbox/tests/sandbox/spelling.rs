//! JSON as some hosts write it.

use gerbang_sandbox::{Effect, Fault, FaultError, Provider, Sandbox, Spelling};
use hmac::{Hmac, KeyInit, Mac};
use serde_json::{Value, json};
use sha2::Sha256;

use crate::http::{Merchant, get, members, post_json, until};
use crate::merchant::{Gateway, Shop};
use crate::{GATEWAYS, kazukipay, klink, kropay, pakasir};

fn spell(spelling: Spelling, members: &[&str]) -> Effect {
    Effect::Spell { spelling, members: members.iter().map(|name| (*name).to_owned()).collect() }
}

/// What a gateway that writes so answers to a creation at the price, and to a question for a paid payment.
async fn asked(gateway: &'static Gateway, price: u64, spelling: Spelling, members: &[&str]) -> (String, String) {
    let sandbox = Sandbox::start().await;
    let shop = Shop::new(&sandbox, gateway, "K").await;
    let created = shop.create("A", price).await.json();
    sandbox.pay(gateway.provider, &sandbox.payments()[0].id).unwrap();
    sandbox.add_fault(Fault::new(gateway.provider, spell(spelling, members))).unwrap();
    let status = if gateway.question.is_some() { shop.ask("A", price, &created).await.body } else { String::new() };
    (shop.create("B", price).await.body, status)
}

async fn values(gateway: &'static Gateway, price: u64, spelling: Spelling, members: &[&str]) -> (Value, Value) {
    let (created, status) = asked(gateway, price, spelling, members).await;
    (serde_json::from_str(&created).unwrap(), serde_json::from_str(&status).unwrap_or_default())
}

#[tokio::test]
async fn fees_and_net_amounts_have_their_fraction() {
    let (created, status) = values(&kropay::GATEWAY, 10_100, Spelling::Fractions, &[]).await;
    assert_eq!((&created["fee"], &created["unique_code"]), (&json!(20.2), &json!(20)));
    assert_eq!((&created["total_amount"], &status["fee"]), (&json!(10_120), &json!(20.2)));
    assert_eq!(status["net_amount"], json!(10_099.8));
    let (created, status) = values(&kropay::GATEWAY, 10_000, Spelling::Fractions, &[]).await;
    assert_eq!((&created["fee"], &status["net_amount"]), (&json!(20), &json!(10_000)));

    let (_, status) = values(&kazukipay::GATEWAY, 10_000, Spelling::Fractions, &[]).await;
    let unique = status["data"]["unique_amount"].as_u64().unwrap();
    let net = (unique * 99) as f64 / 100.0;
    assert_eq!(status["data"]["net_amount"].as_f64(), Some(net));
    assert!(net.fract() > 0.0, "{net}");

    for gateway in [&pakasir::V1, &pakasir::V2] {
        let (created, _) = values(gateway, 99_100, Spelling::Fractions, &[]).await;
        let created = created.get("payment").unwrap_or(&created);
        assert_eq!((&created["fee"], &created["total_payment"]), (&json!(1_003.7), &json!(100_104)), "{gateway:?}");
    }
    let (_, status) = values(&kropay::GATEWAY, 10_100, Spelling::Fractions, &["net_amount"]).await;
    assert_eq!((&status["fee"], &status["net_amount"]), (&json!(20), &json!(10_099.8)));
}

#[tokio::test]
async fn fractions_are_in_every_reply_of_kazukipay() {
    let sandbox = Sandbox::builder()
        .fault(Fault::new(Provider::Kazukipay, spell(Spelling::Fractions, &[])))
        .start()
        .await
        .unwrap();
    let merchant = Merchant::start(&["200 OK\r\n\r\n"]).await;
    sandbox.set_webhook(Provider::Kazukipay, Some(&merchant.url));
    let shop = Shop::new(&sandbox, &kazukipay::GATEWAY, "K").await;
    let mut nets = Vec::new();
    for order in ["A", "B"] {
        shop.create(order, 10_000).await;
        let payable = sandbox.deposit(Provider::Kazukipay, order).unwrap().payable.get();
        nets.push((payable * 99) as f64 / 100.0);
        let base = sandbox.url(Provider::Kazukipay);
        let answer = if order == "A" {
            get(&format!("{base}/api/mutasi_status.php?api_key=K&action=run")).await.json()["data"]["processed"][0]
                .clone()
        } else {
            get(&format!("{base}/api/public_check.php?custom_id=B")).await.json()["data"].clone()
        };
        assert_eq!(answer["net_amount"].as_f64(), nets.last().copied(), "{answer}");
    }
    until("the notifications", || merchant.received().len() == 2).await;
    let mut notified: Vec<_> =
        merchant.received().iter().map(|received| received.json()["net_amount"].as_f64().unwrap()).collect();
    notified.sort_by(f64::total_cmp);
    nets.sort_by(f64::total_cmp);
    assert_eq!(notified, nets);
}

#[tokio::test]
async fn fault_of_the_builder_must_make_sense() {
    let fault = Fault::new(Provider::Kropay, Effect::Later { milliseconds: 0 });
    let error = Sandbox::builder().fault(fault).start().await.unwrap_err();
    assert_eq!(error.to_string(), "milliseconds must be from 1 to 60000");
}

#[tokio::test]
async fn times_are_numbers_or_objects_of_php() {
    for gateway in [&kropay::GATEWAY, &pakasir::V1, &kazukipay::GATEWAY] {
        let at = |created: &Value| {
            let created = created.get("payment").or(created.get("data")).unwrap_or(created);
            created["expired_at"].clone()
        };
        let (seconds, _) = values(gateway, 20_000, Spelling::UnixSeconds, &[]).await;
        let (milliseconds, _) = values(gateway, 20_000, Spelling::UnixMilliseconds, &[]).await;
        let (seconds, milliseconds) = (at(&seconds).as_i64().unwrap(), at(&milliseconds).as_i64().unwrap());
        assert!((milliseconds / 1_000 - seconds).abs() < 60, "{seconds} {milliseconds}");
        assert!((jiff::Timestamp::now().as_second() + 3_600 - seconds).abs() < 60, "{seconds}");
        let (created, _) = values(gateway, 20_000, Spelling::PhpDate, &[]).await;
        let date = at(&created);
        assert_eq!((&date["timezone_type"], &date["timezone"]), (&json!(3), &json!("Asia/Jakarta")));
        let text = date["date"].as_str().unwrap();
        assert_eq!((text.len(), &text[19..20]), ("2026-05-30 08:55:00.000000".len(), "."), "{text}");
        let read = gerbang_core::JakartaTime::new(text).timestamp().unwrap().as_second();
        assert!((read - seconds).abs() < 60, "{text}");
    }
}

#[tokio::test]
async fn amounts_are_text_with_decimals_also_those_that_are_due() {
    let (created, status) = values(&kropay::GATEWAY, 10_000, Spelling::Decimals, &[]).await;
    for (reply, member, expected) in [
        (&created, "amount", "10000.0000"),
        (&created, "fee", "20.0000"),
        (&created, "total_amount", "10020.0000"),
        (&status, "net_amount", "10000.0000"),
    ] {
        assert_eq!(reply[member], expected, "{reply}");
    }
    let (created, _) = values(&klink::GOPAY, 10_000, Spelling::Decimals, &[]).await;
    assert_eq!(created["data"]["gross_amount"], "10000.0000");
    let (created, _) = values(&kazukipay::GATEWAY, 10_000, Spelling::Decimals, &["unique_amount"]).await;
    assert_eq!(created["data"]["amount"], 10_000);
    assert!(created["data"]["unique_amount"].as_str().is_some_and(|text| text.ends_with(".0000")));
    assert!(created["data"]["transaction_id"].is_u64());
}

#[tokio::test]
async fn flags_are_numbers_or_texts() {
    for (spelling, expected) in [(Spelling::NumericFlags, json!(0)), (Spelling::TextFlags, json!("false"))] {
        let (created, status) = values(&pakasir::V2, 20_000, spelling, &[]).await;
        assert_eq!((&created["is_sandbox"], &status["is_sandbox"]), (&expected, &expected));
    }
    // The flag of the whole reply only if it is named.
    let (created, _) = values(&kropay::GATEWAY, 20_000, Spelling::NumericFlags, &[]).await;
    assert_eq!(created["success"], true);
    let (created, _) = values(&kropay::GATEWAY, 20_000, Spelling::NumericFlags, &["success"]).await;
    assert_eq!(created["success"], 1);
}

#[tokio::test]
async fn members_have_a_given_value_or_are_missing() {
    for value in [json!(""), json!("-"), json!(null), json!(0), json!([]), json!({"a": 1}), json!("N/A")] {
        let (created, status) = values(&kropay::GATEWAY, 20_000, Spelling::Value(value.clone()), &[]).await;
        for (reply, member) in [
            (&created, "fee"),
            (&created, "unique_code"),
            (&created, "expired_at"),
            (&created, "qris_image"),
            (&status, "fee"),
            (&status, "net_amount"),
            (&status, "created_at"),
            (&status, "paid_at"),
        ] {
            assert_eq!(reply[member], value, "{member}");
        }
        assert_eq!((&created["total_amount"], &created["status"]), (&json!(20_040), &json!("pending")));
    }
    // What is left is what the document's own clients need.
    for gateway in GATEWAYS {
        let (created, status) = values(gateway, 20_000, Spelling::Missing, &[]).await;
        let left = |reply: &Value| {
            let inner = ["data", "payment", "transaction"].iter().find_map(|name| reply.get(name)).unwrap_or(reply);
            inner.as_object().map(|_| members(inner).join(" ")).unwrap_or_default()
        };
        assert_eq!((left(&created).as_str(), left(&status).as_str()), gateway.needed, "{gateway:?}");
    }
    let (created, _) = values(&klink::GATEWAY, 20_000, Spelling::Value(json!([])), &["data"]).await;
    assert_eq!(created["data"], json!([]));
}

#[tokio::test]
async fn lists_are_objects_with_holes() {
    let sandbox = Sandbox::start().await;
    let shop = Shop::new(&sandbox, &kazukipay::GATEWAY, "K").await;
    let check = async || {
        let url = format!("{}/api/mutasi_status.php?api_key=K&action=check", sandbox.url(Provider::Kazukipay));
        get(&url).await.json()["data"].clone()
    };
    sandbox.add_fault(Fault::new(Provider::Kazukipay, spell(Spelling::EmptyLists, &[]))).unwrap();
    assert_eq!(check().await, json!({"mutasi_incoming": {}, "pending_transactions": {}}));
    for order in ["A", "B", "C"] {
        shop.create(order, 20_000).await;
    }
    let plain = check().await;
    sandbox.add_fault(Fault::new(Provider::Kazukipay, spell(Spelling::SparseLists, &[]))).unwrap();
    let rows = &plain["pending_transactions"];
    assert_eq!(check().await["pending_transactions"], json!({"1": rows[0], "3": rows[1], "5": rows[2]}));

    // K-Link's report is a list by itself, and its history one in a text.
    let shop = Shop::new(&sandbox, &klink::GOPAY, "K").await;
    shop.create("A", 20_000).await;
    let call = async |path: &str, body: Value| {
        shop.call("POST", path, "application/json", &body.to_string()).await.unwrap().json()
    };
    call("/api/kwallet/register_va", json!({"id_member": "m", "name": "M", "hp": "1", "email": "m"})).await;
    let voucher = json!({"voucher_code": "V", "amount": "9000", "description": "d", "id_member_receipt": "m"});
    call("/api/kwallet/voucher_saldo", voucher).await;
    sandbox.add_fault(Fault::new(Provider::Klink, spell(Spelling::SparseLists, &[]))).unwrap();
    let query = json!({"datetime_start": "", "datetime_end": "", "bank_code": "gopay", "transaction_status": "all"});
    assert_eq!(call("/api/report", query).await["1"]["order_id"], "A");
    let query = json!({"id_member": "m", "startdate": "", "enddate": ""});
    let history = call("/api/kwallet/history_transaction", query).await;
    let rows: Value = serde_json::from_str(history["transaction"].as_str().unwrap()).unwrap();
    assert_eq!(rows["1"]["debit"], "9000.00");
}

#[tokio::test]
async fn texts_end_in_half_an_emoji_or_are_in_latin1() {
    let (_, status) = asked(&pakasir::V1, 20_000, Spelling::HalfEmoji, &[]).await;
    assert!(status.contains(r#""project":"shop \ud83d""#), "{status}");
    assert!(serde_json::from_str::<Value>(&status).is_err());

    let sandbox = Sandbox::start().await;
    let shop = Shop::new(&sandbox, &pakasir::V1, "K").await;
    for spelling in [Spelling::Latin1, Spelling::HalfEmoji] {
        sandbox.add_fault(Fault::new(Provider::Pakasir, spell(spelling, &["payment_number"]))).unwrap();
    }
    let reply = shop.create("A", 20_000).await;
    let ends = reply.bytes.windows(10).any(|bytes| bytes == b" \xe9 \\ud83d\"");
    assert!(ends && std::str::from_utf8(&reply.bytes).is_err(), "{}", reply.body);
    assert_eq!(reply.header("content-length"), Some(reply.bytes.len().to_string().as_str()));
}

#[tokio::test]
async fn klink_signs_what_it_has_written_oddly() {
    let key = "033389b9-cc42-4005-ae9e-8e8ff23738d7";
    for spelling in [
        Spelling::UnixSeconds,
        Spelling::Decimals,
        Spelling::HalfEmoji,
        Spelling::Latin1,
        Spelling::Missing,
        Spelling::Value(json!({"date": 1})),
    ] {
        let merchant = Merchant::start(&["200 OK\r\n\r\n"]).await;
        let sandbox =
            Sandbox::builder().key(Provider::Klink, key).webhook(Provider::Klink, &merchant.url).start().await.unwrap();
        let shop = Shop::new(&sandbox, &klink::GATEWAY, "K").await;
        shop.create("A", 20_000).await;
        let fault = Fault::new(Provider::Klink, spell(spelling.clone(), &[])).operation("notification");
        sandbox.add_fault(fault).unwrap();
        sandbox.pay(Provider::Klink, "A").unwrap();
        let received = merchant.first().await;
        let mut mac = Hmac::<Sha256>::new_from_slice(key.as_bytes()).unwrap();
        mac.update(&received.bytes);
        let signature: String = mac.finalize().into_bytes().iter().map(|byte| format!("{byte:02X}")).collect();
        assert_eq!(received.header("x-servicepayment"), Some(signature.as_str()), "{spelling:?}");
        let text = &received.body;
        match spelling {
            Spelling::UnixSeconds => assert_eq!(received.json()["rq_datetime"], 1_658_392_091),
            Spelling::Decimals => assert_eq!(received.json()["tot_bayar"], "20000.0000"),
            Spelling::HalfEmoji => assert!(text.contains(r#""message":"transaction success! \ud83d""#), "{text}"),
            Spelling::Latin1 => {
                assert!(received.bytes.contains(&0xe9) && std::str::from_utf8(&received.bytes).is_err())
            }
            Spelling::Missing => assert_eq!(received.json().get("rq_datetime"), None),
            _ => assert_eq!(received.json()["rq_datetime"], json!({"date": 1})),
        }
        until("the log", || !sandbox.webhook_attempts().is_empty()).await;
        let attempt = &sandbox.webhook_attempts()[0];
        assert_eq!((attempt.acknowledged, attempt.signature_base.as_ref()), (true, Some(&attempt.body)));
        assert_eq!((sandbox.faults()[0].acted, sandbox.payments().len()), (1, 1));
    }
}

#[tokio::test]
async fn notification_in_latin1_is_the_same_after_a_restart() {
    let state = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("latin1-{}.json", std::process::id()));
    let _ = std::fs::remove_file(&state);
    let merchant = Merchant::start(&["500 No\r\n\r\n", "200 OK\r\n\r\n"]).await;
    let start = async || {
        let builder = Sandbox::builder().state_file(&state).webhook_retry(std::time::Duration::from_secs(60));
        builder.webhook(Provider::Klink, &merchant.url).start().await.unwrap()
    };
    let sandbox = start().await;
    let shop = Shop::new(&sandbox, &klink::GATEWAY, "K").await;
    shop.create("A", 20_000).await;
    sandbox.add_fault(Fault::new(Provider::Klink, spell(Spelling::Latin1, &[]))).unwrap();
    sandbox.pay(Provider::Klink, "A").unwrap();
    merchant.first().await;
    until("the attempt", || !sandbox.webhook_attempts().is_empty()).await;
    drop(shop);
    drop(sandbox);
    let sandbox = start().await;
    until("the second", || merchant.received().len() == 2).await;
    let received = merchant.received();
    assert_eq!(received[0].bytes, received[1].bytes);
    assert_eq!(received[0].header("x-servicepayment"), received[1].header("x-servicepayment"));
    assert!(received[0].bytes.contains(&0xe9));
    drop(sandbox);
    std::fs::remove_file(state).unwrap();
}

#[tokio::test]
async fn spellings_act_on_calls_and_notifications_or_on_one_of_them() {
    let sandbox = Sandbox::start().await;
    let merchant = Merchant::start(&["200 OK\r\n\r\n{\"success\": true}"]).await;
    sandbox.set_webhook(Provider::Kropay, Some(&merchant.url));
    let shop = Shop::new(&sandbox, &kropay::GATEWAY, "K").await;
    let value = |text: &str| spell(Spelling::Value(text.into()), &["fee"]);
    let add = |fault: Fault| sandbox.add_fault(fault).unwrap();
    add(Fault::new(Provider::Kropay, value("both")).times(2));
    add(Fault::new(Provider::Kropay, value("note")).operation("notification"));
    add(Fault::new(Provider::Kropay, value("call")).operation("create_payment"));
    add(Fault::new(Provider::Kropay, Effect::Replace { from: "call".into(), to: "replaced".into() }));
    assert_eq!(shop.create("A", 20_000).await.json()["fee"], "replaced");
    sandbox.pay(Provider::Kropay, "A").unwrap();
    assert_eq!(merchant.first().await.json()["fee"], "note");
    let acted: Vec<u64> = sandbox.faults().iter().map(|fault| fault.acted).collect();
    assert_eq!(acted, [2, 1, 1, 1]);
    // What is no JSON is left alone, and what nobody is notified of does not count.
    let image = sandbox.payments()[0].reference.clone();
    let svg = get(&format!("{}/api/v1/qris/{image}.svg", sandbox.url(Provider::Kropay))).await;
    assert!(svg.body.starts_with("<svg"));
    shop.create("B", 20_000).await;
    sandbox.set_webhook(Provider::Kropay, None);
    sandbox.pay(Provider::Kropay, "B").unwrap();
    assert_eq!(sandbox.faults()[1].acted, 1);
}

#[tokio::test]
async fn only_spellings_act_on_notifications_that_exist() {
    let sandbox = Sandbox::start().await;
    let on_notification = |provider, effect| sandbox.add_fault(Fault::new(provider, effect).operation("notification"));
    for gateway in GATEWAYS {
        let added = on_notification(gateway.provider, spell(Spelling::Latin1, &[])).map(drop);
        let expected = gateway.notified.map(drop).ok_or(FaultError::Operation(gateway.provider));
        assert_eq!(added, expected, "{gateway:?}");
    }
    assert_eq!(on_notification(Provider::Kropay, Effect::Truncate), Err(FaultError::Operation(Provider::Kropay)));
    for effect in [
        spell(Spelling::Value("x".repeat(4 * 1024).into()), &[]),
        spell(Spelling::Missing, &["x"; 33]),
        spell(Spelling::Missing, &[&"x".repeat(4 * 1024 + 1)]),
    ] {
        assert_eq!(sandbox.add_fault(Fault::new(Provider::Kropay, effect)), Err(FaultError::Size));
    }
}

#[tokio::test]
async fn spellings_over_http() {
    let sandbox = Sandbox::start().await;
    let url = format!("{}/_sandbox/faults", sandbox.base_url());
    let shop = Shop::new(&sandbox, &kropay::GATEWAY, "K").await;
    for (spelling, status) in [
        (json!("unix_seconds"), 201),
        (json!({"value": null}), 201),
        (json!("roman_numbers"), 400),
        (json!("value"), 400),
        (json!({"value": 1, "other": 2}), 400),
    ] {
        let fault = json!({"provider": "kropay", "effect": "spell", "spelling": spelling, "members": ["expired_at"]});
        assert_eq!(post_json(&url, &fault).await.status, status, "{spelling}");
    }
    assert_eq!(sandbox.faults()[0].fault.effect, spell(Spelling::UnixSeconds, &["expired_at"]));
    assert_eq!(sandbox.faults()[1].fault.effect, spell(Spelling::Value(Value::Null), &["expired_at"]));
    assert_eq!(shop.create("A", 20_000).await.json()["expired_at"], Value::Null);
    get(&url).await;
}
