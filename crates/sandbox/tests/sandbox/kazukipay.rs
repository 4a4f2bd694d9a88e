use std::collections::HashSet;
use std::time::Duration;

use gerbang_sandbox::{Provider, Sandbox};
use serde_json::{Value, json};

use crate::documents::{Document, Language, Tools};
use crate::http::{Merchant, curl, get, members, post_form, send};
use crate::merchant::{Creation, FORM, Gateway, bearer};

const PROVIDER: Provider = Provider::Kazukipay;

/// Kazukipay, by the key as bearer.
pub const GATEWAY: Gateway = Gateway {
    name: "kazukipay",
    provider: PROVIDER,
    creation: "create_payment",
    question: Some("payment_status_by_query"),
    takes_reference: true,
    has_unique_amounts: true,
    credential: str::to_owned,
    login: None,
    authorization: bearer,
    create: |wanted| Creation {
        path: "/api/create.php".into(),
        content_type: FORM,
        body: format!("project_id=1&amount={}&custom_id={}", wanted.price, wanted.order),
    },
    ask: |wanted, _| format!("/api/cekstatus.php?custom_id={}", wanted.order),
    reference: None,
    echo: "/data/amount",
    status: "/data/status",
    words: ["PENDING", "PAID", "EXPIRED", "CANCELLED"],
    notified: Some("PAID"),
    notifies_of_expiry: false,
    method: None,
    refusal: |text| (200, json!({"status": false, "message": text, "data": null})),
    needed: (
        "amount custom_id qris_url transaction_id unique_amount",
        "amount custom_id qris_url status transaction_id unique_amount",
    ),
    documents: Some(|tools| Box::pin(documents(tools))),
};

const CREATE: &str = r#"curl -X POST https://www.oberonix.org/api/create.php \
-H "Authorization: Bearer SK-1234567890abcdef" \
-d "project_id=1" \
-d "amount=10000" \
-d "custom_id=ORD-001""#;

const STATUS: &str = r#"curl -X POST https://www.oberonix.org/api/cekstatus.php \
-H "Authorization: Bearer SK-1234567890abcdef" \
-d "custom_id=ORD-001""#;

const CANCEL: &str = r#"curl -X POST https://www.oberonix.org/api/cancel.php \
-H "Authorization: Bearer SK-1234567890abcdef" \
-d "custom_id=ORD-001""#;

const CHECK: &str = r#"curl "https://www.oberonix.org/api/mutasi_status.php?action=check" \
-H "Authorization: Bearer SK-1234567890abcdef""#;

const RUN: &str = r#"curl "https://www.oberonix.org/api/mutasi_status.php?action=run" \
-H "Authorization: Bearer SK-1234567890abcdef""#;

const PUBLIC: &str = r#"curl "https://www.oberonix.org/api/public_check.php?custom_id=ORD-001""#;

fn is_time(value: &Value, form: &str) -> bool {
    let text = value.as_str().unwrap_or_default();
    text.len() == form.len()
        && text.chars().zip(form.chars()).all(|(found, wanted)| match wanted {
            '0' => found.is_ascii_digit(),
            _ => found == wanted,
        })
}

#[tokio::test]
async fn a_payment_is_created_asked_for_and_paid_as_documented() {
    let sandbox = Sandbox::start().await;
    let reply = curl(&sandbox, PROVIDER, CREATE).await;
    assert_eq!(reply.status, 200);
    let created = reply.json();
    assert_eq!(created["status"], true);
    assert_eq!(created["message"], "Payment created successfully.");
    let data = &created["data"];
    assert_eq!(
        members(data),
        ["amount", "custom_id", "expired_at", "project_id", "qris_url", "transaction_id", "unique_amount"]
    );
    assert_eq!((&data["custom_id"], &data["project_id"]), (&json!("ORD-001"), &json!(1)));
    assert_eq!(data["amount"], 10_000);
    let unique = data["unique_amount"].as_u64().unwrap();
    assert!((10_001..=10_999).contains(&unique), "{unique}");
    assert!(is_time(&data["expired_at"], "0000-00-00 00:00:00"), "{}", data["expired_at"]);
    let image = get(data["qris_url"].as_str().unwrap()).await;
    assert_eq!((image.status, image.header("content-type")), (200, Some("image/svg+xml")));

    let pending = curl(&sandbox, PROVIDER, STATUS).await.json();
    assert_eq!(pending["message"], "Transaction status retrieved.");
    assert_eq!(pending["data"]["status"], "PENDING");
    assert_eq!(pending["data"].get("net_amount"), None);

    let payment = sandbox.pay(PROVIDER, "ORD-001").unwrap();
    gerbang_qris::verify_amount(&payment.qris.unwrap(), payment.payable).unwrap();
    let paid = curl(&sandbox, PROVIDER, STATUS).await.json();
    assert_eq!(paid["data"]["status"], "PAID");
    assert_eq!(paid["data"]["unique_amount"], unique);
    assert_eq!(paid["data"]["net_amount"], unique * 99 / 100);

    let refused = curl(&sandbox, PROVIDER, CANCEL).await.json();
    assert_eq!(
        refused,
        json!({
            "status": false,
            "message": "Only PENDING transactions can be cancelled. Current status is PAID",
            "data": null,
        })
    );
}

#[tokio::test]
async fn a_pending_payment_can_be_cancelled_once() {
    let sandbox = Sandbox::start().await;
    let number = curl(&sandbox, PROVIDER, CREATE).await.json()["data"]["transaction_id"].clone();
    let cancelled = curl(&sandbox, PROVIDER, CANCEL).await.json();
    assert_eq!(
        cancelled,
        json!({
            "status": true,
            "message": "Transaction successfully cancelled.",
            "data": {"transaction_id": number, "custom_id": "ORD-001", "status": "CANCELLED"},
        })
    );
    let again = curl(&sandbox, PROVIDER, CANCEL).await.json();
    assert_eq!(again["message"], "Only PENDING transactions can be cancelled. Current status is CANCELLED");
}

#[tokio::test]
async fn each_key_is_read_in_every_place_and_has_its_own_payments() {
    let sandbox = Sandbox::start().await;
    let base = sandbox.url(PROVIDER);
    let form = [("Content-Type", "application/x-www-form-urlencoded")];
    let created =
        send("POST", &format!("{base}/api/create.php"), &form, "api_key=K1&project_id=1&amount=1000&custom_id=A").await;
    assert_eq!(created.json()["status"], true);
    for (url, headers, body) in [
        (format!("{base}/api/cekstatus.php?api_key=K1&custom_id=A"), vec![], ""),
        (format!("{base}/api/cekstatus.php?custom_id=A"), vec![("Authorization", "Bearer K1")], ""),
        (format!("{base}/api/cekstatus.php"), form.to_vec(), "api_key=K1&custom_id=A"),
    ] {
        let method = if body.is_empty() { "GET" } else { "POST" };
        let reply = send(method, &url, &headers, body).await.json();
        assert_eq!(reply["data"]["status"], "PENDING", "{url}");
    }
    for key in ["K2", "refuse", ""] {
        let reply = post_form(&format!("{base}/api/cekstatus.php"), key, "custom_id=A").await;
        assert_eq!((reply.status, &reply.json()["status"]), (200, &json!(false)), "{key}");
        assert_eq!(reply.json()["data"], Value::Null);
    }
    let message = post_form(&format!("{base}/api/cekstatus.php"), "refuse", "custom_id=A").await.json();
    assert_eq!(message["message"], "Invalid API key");
    let direct = get(&format!("{base}/api/mutasi_status.php?api_key=K1&action=check")).await.json();
    assert_eq!(direct["data"]["pending_transactions"][0]["custom_id"], "A");
}

#[tokio::test]
async fn wrong_requests_are_refused() {
    let sandbox = Sandbox::start().await;
    let url = format!("{}/api/create.php", sandbox.url(PROVIDER));
    for body in [
        "project_id=1&amount=999",
        "project_id=1&amount=1000.5",
        "project_id=1&amount=-5000",
        "project_id=1",
        "amount=1000",
        "project_id=1&amount=99999999999999999999",
        "project_id=1&amount=1000000000001",
    ] {
        let reply = post_form(&url, "K", body).await.json();
        assert_eq!((&reply["status"], &reply["data"]), (&json!(false), &Value::Null), "{body}");
    }
    assert_eq!(post_form(&url, "K", "project_id=1&amount=1000&custom_id=A").await.json()["status"], true);
    assert_eq!(post_form(&url, "K", "project_id=1&amount=1000&custom_id=A").await.json()["status"], false);
    let no_id = post_form(&url, "K", "project_id=1&amount=1000").await.json();
    assert!(no_id["data"]["custom_id"].as_str().unwrap().starts_with("KZK-"));
    assert_eq!(sandbox.payments().len(), 2);
}

#[tokio::test]
async fn money_in_the_statement_confirms_a_payment_only_by_a_run() {
    let sandbox = Sandbox::start().await;
    let unique = curl(&sandbox, PROVIDER, CREATE).await.json()["data"]["unique_amount"].as_u64().unwrap();
    let url = format!("{}/api/create.php", sandbox.url(PROVIDER));
    post_form(&url, "SK-1234567890abcdef", "project_id=1&amount=25000&custom_id=KZK-XYZ789").await;
    let merchant = Merchant::start(&["200 OK\r\n\r\n"]).await;
    sandbox.set_webhook(PROVIDER, Some(&merchant.url));

    sandbox.deposit(PROVIDER, "ORD-001").unwrap();
    for _ in 0..2 {
        let checked = curl(&sandbox, PROVIDER, CHECK).await.json();
        assert_eq!(checked["message"], "Mutasi check complete.");
        let mutation = &checked["data"]["mutasi_incoming"][0];
        assert_eq!(members(mutation), ["amount", "bank", "keterangan", "kredit_raw", "mutasi_id", "tanggal"]);
        assert_eq!(mutation["amount"], unique);
        assert_eq!(mutation["kredit_raw"], gerbang_core::Rupiah::new(unique).to_dotted());
        assert!(is_time(&mutation["tanggal"], "00/00/0000 00:00:00"), "{}", mutation["tanggal"]);
        let waiting = checked["data"]["pending_transactions"].as_array().unwrap();
        assert_eq!(waiting.len(), 2);
        assert_eq!((&waiting[0]["status"], &waiting[0]["mutasi_found"]), (&json!("PENDING"), &json!(true)));
        assert_eq!(waiting[1]["mutasi_found"], false);
    }
    assert!(merchant.received().is_empty());

    let run = curl(&sandbox, PROVIDER, RUN).await.json();
    assert_eq!(run["message"], "Run complete.");
    let mutation = run["data"]["processed"][0]["mutasi_id"].clone();
    assert!(mutation.is_u64());
    assert_eq!(
        run["data"]["processed"],
        json!([
            {"custom_id": "ORD-001", "result": "paid", "net_amount": unique * 99 / 100, "mutasi_id": mutation},
            {"custom_id": "KZK-XYZ789", "result": "not_matched"},
        ])
    );
    let again = curl(&sandbox, PROVIDER, RUN).await.json();
    assert_eq!(again["data"]["processed"], json!([{"custom_id": "KZK-XYZ789", "result": "not_matched"}]));
    assert_eq!(merchant.first().await.json()["custom_id"], "ORD-001");
}

#[tokio::test]
async fn the_public_check_answers_in_its_four_ways() {
    let sandbox = Sandbox::start().await;
    let unique = curl(&sandbox, PROVIDER, CREATE).await.json()["data"]["unique_amount"].as_u64().unwrap();
    let check = async || curl(&sandbox, PROVIDER, PUBLIC).await.json();
    let not_yet = json!({"status": "PENDING", "changed": false, "message": "Pembayaran belum ditemukan di mutasi"});
    assert_eq!(check().await, json!({"status": true, "data": not_yet}));
    sandbox.underpay(PROVIDER, "ORD-001", unique - 1).unwrap();
    assert_eq!(check().await["data"]["status"], "PENDING");
    sandbox.deposit(PROVIDER, "ORD-001").unwrap();
    let confirmed = json!({"status": "PAID", "changed": true, "net_amount": unique * 99 / 100});
    assert_eq!(check().await, json!({"status": true, "data": confirmed}));
    assert_eq!(check().await, json!({"status": true, "data": {"status": "PAID", "changed": false}}));

    sandbox.reset();
    curl(&sandbox, PROVIDER, CREATE).await;
    sandbox.advance(Duration::from_secs(3_599));
    assert_eq!(check().await["data"]["status"], "PENDING");
    sandbox.advance(Duration::from_secs(2));
    assert_eq!(check().await, json!({"status": true, "data": {"status": "EXPIRED", "changed": false}}));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_thousand_amounts_at_one_price_differ_or_are_refused() {
    let sandbox = Sandbox::start().await;
    let url = format!("{}/api/create.php", sandbox.url(PROVIDER));
    let mut payables = HashSet::new();
    let mut refused = Vec::new();
    for _ in 0..1_000 {
        let reply = post_form(&url, "K", "project_id=1&amount=20000").await.json();
        match reply["data"]["unique_amount"].as_u64() {
            Some(unique) => assert!((20_001..=20_999).contains(&unique) && payables.insert(unique), "{unique}"),
            None => refused.push(reply["message"].clone()),
        }
    }
    assert_eq!(payables.len(), 999);
    assert_eq!(refused, ["No unique amount is left for this price: too many pending payments"]);
    // Another credential and another price have room, and so has this one when a payment is done.
    assert_eq!(post_form(&url, "L", "project_id=1&amount=20000").await.json()["status"], true);
    assert_eq!(post_form(&url, "K", "project_id=1&amount=30000").await.json()["status"], true);
    let first = sandbox.payments()[0].clone();
    sandbox.pay(PROVIDER, &first.id).unwrap();
    let next = post_form(&url, "K", "project_id=1&amount=20000&custom_id=NEXT").await.json();
    assert_eq!(next["data"]["unique_amount"], first.payable.get());
    let run = async |custom_id: &str| {
        let url = format!("{}/api/mutasi_status.php?api_key=K&action=run", sandbox.url(PROVIDER));
        let run = get(&url).await.json();
        let processed = run["data"]["processed"].as_array().unwrap().clone();
        processed.into_iter().find(|processed| processed["custom_id"] == custom_id)
    };
    // The money of the first one does not pay the next.
    assert_eq!(run("NEXT").await, Some(json!({"custom_id": "NEXT", "result": "mutasi_already_used"})));

    // Nor does money that a run has used.
    let second = sandbox.payments()[1].clone();
    sandbox.deposit(PROVIDER, &second.id).unwrap();
    assert_eq!(run(&second.order).await.unwrap()["result"], "paid");
    let third = post_form(&url, "K", "project_id=1&amount=20000&custom_id=THIRD").await.json();
    assert_eq!(third["data"]["unique_amount"], second.payable.get());
    assert_eq!(run("THIRD").await.unwrap()["result"], "mutasi_already_used");

    // Nor money that came in before the payment was there.
    let late = sandbox.payments()[2].clone();
    sandbox.deposit(PROVIDER, &late.id).unwrap();
    sandbox.cancel(PROVIDER, &late.id).unwrap();
    let fourth = post_form(&url, "K", "project_id=1&amount=20000&custom_id=FOURTH").await.json();
    assert_eq!(fourth["data"]["unique_amount"], late.payable.get());
    assert_eq!(run("FOURTH").await.unwrap()["result"], "not_matched");
    sandbox.deposit(PROVIDER, "FOURTH").unwrap();
    assert_eq!(run("FOURTH").await.unwrap()["result"], "paid");
}

/// What the browser has and node has not: the snippet of the invoice page runs with these lines before it.
const BROWSER: &str = "globalThis.alert = text => console.log(text);
globalThis.window = { location: { reload: () => console.log('reloaded') } };";

async fn documents(tools: &Tools) {
    let document = Document::new(tools, PROVIDER, "https://www.oberonix.org").await;
    let sandbox = &document.sandbox;
    for language in tools.of(&Language::ALL) {
        let extension = match language {
            Language::Curl => "sh",
            Language::Php => "php",
            Language::Node => "mjs",
        };
        let (create, status) = (format!("create.{extension}"), format!("status.{extension}"));
        let cancel = format!("cancel.{extension}");

        sandbox.reset();
        let created = document.documented_reply(&create, &[]);
        assert_eq!((&created["status"], &created["data"]["custom_id"]), (&json!(true), &json!("ORD-001")));
        assert_eq!(document.reply(&status, &[])["data"]["status"], "PENDING");
        let cancelled = document.documented_reply(&cancel, &[]);
        assert_eq!((&cancelled["status"], &cancelled["data"]["status"]), (&json!(true), &json!("CANCELLED")));

        sandbox.reset();
        document.documented_reply(&create, &[]);
        sandbox.pay(PROVIDER, "ORD-001").unwrap();
        let paid = document.documented_reply(&status, &[]);
        assert_eq!((&paid["status"], &paid["data"]["status"]), (&json!(true), &json!("PAID")));
        let refused = document.reply(&cancel, &[]);
        assert_eq!(refused["message"], "Only PENDING transactions can be cancelled. Current status is PAID");
        assert_eq!((&refused["status"], &refused["data"]), (&json!(false), &json!(null)));

        sandbox.reset();
        document.documented_reply(&create, &[]);
        match language {
            Language::Curl => by_curl(&document),
            Language::Php => {
                sandbox.deposit(PROVIDER, "ORD-001").unwrap();
                assert_eq!(document.printed("mutations_run.php", &[]), "ORD-001: paid\n");
            }
            Language::Node => {
                // Only the lines of the browser are new.
                let check = || document.printed("public_check.mjs", &[("fetch(", &format!("{BROWSER}\nfetch("))]);
                assert_eq!(check(), "Pembayaran belum ditemukan di mutasi\n");
                sandbox.deposit(PROVIDER, "ORD-001").unwrap();
                assert_eq!(check(), "Pembayaran berhasil!\nreloaded\n");
            }
        }
    }
}

fn by_curl(document: &Document<'_>) {
    let sandbox = &document.sandbox;
    // The documented run has two payments, of which one was paid.
    document.reply("create.sh", &[("ORD-001", "KZK-XYZ789"), ("10000", "25000")]);
    sandbox.deposit(PROVIDER, "ORD-001").unwrap();
    let checked = document.documented_reply("mutations_check.sh", &[]);
    let waiting = &checked["data"]["pending_transactions"];
    assert_eq!((&waiting[0]["status"], &waiting[0]["mutasi_found"]), (&json!("PENDING"), &json!(true)));
    let run = document.documented_reply("mutations_run.sh", &[]);
    let processed = &run["data"]["processed"];
    assert_eq!((&processed[0]["result"], &processed[1]["result"]), (&json!("paid"), &json!("not_matched")));

    let check = || document.reply("public_check.sh", &[]);
    assert_eq!(check(), json!({"status": true, "data": {"status": "PAID", "changed": false}}));
    sandbox.reset();
    document.reply("create.sh", &[]);
    let not_yet = json!({"status": "PENDING", "changed": false, "message": "Pembayaran belum ditemukan di mutasi"});
    assert_eq!(check(), json!({"status": true, "data": not_yet}));
    sandbox.deposit(PROVIDER, "ORD-001").unwrap();
    let confirmed = check();
    assert_eq!((&confirmed["data"]["status"], &confirmed["data"]["changed"]), (&json!("PAID"), &json!(true)));
    assert!(confirmed["data"]["net_amount"].is_u64());
    sandbox.reset();
    document.reply("create.sh", &[]);
    sandbox.expire(PROVIDER, "ORD-001").unwrap();
    assert_eq!(check(), json!({"status": true, "data": {"status": "EXPIRED", "changed": false}}));
}
