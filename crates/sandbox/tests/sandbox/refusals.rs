//! Refusals in the providers' own forms, before and after the work.

use gerbang_core::Rupiah;
use gerbang_sandbox::{Effect, Fault, FaultError, Provider, Sandbox};
use serde_json::{Value, json};

use crate::faults::reply;
use crate::merchant::Shop;
use crate::{GATEWAYS, kazukipay};

const TEXT: &str = "QRIS image could not be written";

fn refuse(carried_out: bool) -> Effect {
    Effect::Refuse { message: TEXT.into(), carried_out }
}

#[tokio::test]
async fn refusal_of_a_creation_before_and_after_the_work() {
    for gateway in GATEWAYS {
        let sandbox = Sandbox::start().await;
        let shop = Shop::new(&sandbox, gateway, "K").await;
        for carried_out in [true, false] {
            let fault = Fault::new(gateway.provider, refuse(carried_out)).operation(gateway.creation).times(1);
            sandbox.add_fault(fault).unwrap();
            let before = sandbox.payments().len();
            let refused = shop.create(&format!("order-{carried_out}"), 20_000).await;
            assert_eq!((refused.status, refused.json()), (gateway.refusal)(TEXT), "{gateway:?}");
            assert_eq!(refused.header("content-type"), Some("application/json"));
            assert_eq!(sandbox.payments().len() - before, usize::from(carried_out), "{gateway:?}");
        }
        // The form is the one in which the sandbox refuses by itself.
        let names = |value: &Value| value.as_object().unwrap().keys().cloned().collect::<Vec<_>>();
        let own = shop.create("order", 0).await;
        let (status, form) = (gateway.refusal)(TEXT);
        assert_eq!((own.status, names(&own.json())), (status, names(&form)), "{gateway:?}");
    }
}

#[tokio::test]
async fn refusals_are_given_one_after_the_other() {
    let sandbox = Sandbox::start().await;
    let shop = Shop::new(&sandbox, &kazukipay::GATEWAY, "K").await;
    for message in [json!("one"), json!({"amount": ["Jumlah minimal 1000"]}), json!(["two"]), Value::Null] {
        let effect = Effect::Refuse { message, carried_out: false };
        sandbox.add_fault(Fault::new(Provider::Kazukipay, effect).times(1)).unwrap();
    }
    let create = async || shop.create("A", 20_000).await.json()["message"].clone();
    assert_eq!(create().await, "one");
    assert_eq!(create().await, json!({"amount": ["Jumlah minimal 1000"]}));
    assert_eq!(create().await, json!(["two"]));
    assert_eq!(create().await, Value::Null);
    assert_eq!(create().await, "Payment created successfully.");
    let large = Effect::Refuse { message: "x".repeat(4 * 1024).into(), carried_out: false };
    assert_eq!(sandbox.add_fault(Fault::new(Provider::Kazukipay, large)), Err(FaultError::Size));
}

#[tokio::test]
async fn page_of_a_filter_after_the_work() {
    for gateway in GATEWAYS {
        let sandbox = Sandbox::start().await;
        let shop = Shop::new(&sandbox, gateway, "K").await;
        for (number, status) in [403, 429].into_iter().enumerate() {
            let page = Effect::Reply {
                status,
                content_type: "text/html".into(),
                body: "<h1>Forbidden</h1>".into(),
                headers: [("Retry-After".to_owned(), "1".to_owned())].into(),
                carried_out: true,
            };
            let fault = Fault::new(gateway.provider, page).operation(gateway.creation).times(1);
            sandbox.add_fault(fault).unwrap();
            let refused = shop.create(&format!("order-{status}"), 20_000).await;
            assert_eq!((refused.status, refused.body.as_str()), (status, "<h1>Forbidden</h1>"));
            assert_eq!(refused.header("retry-after"), Some("1"));
            assert_eq!(sandbox.payments().len(), number + 1, "{gateway:?}");
        }
    }
}

#[tokio::test]
async fn payment_is_unknown_to_the_first_questions() {
    for gateway in GATEWAYS {
        let Some(question) = gateway.question else { continue };
        let sandbox = Sandbox::start().await;
        let shop = Shop::new(&sandbox, gateway, "K").await;
        let created = shop.create("A", 20_000).await.json();
        let fault = Fault::new(gateway.provider, reply(404, false)).operation(question).times(2);
        sandbox.add_fault(fault).unwrap();
        let mut statuses = Vec::new();
        for _ in 0..3 {
            statuses.push(shop.ask("A", 20_000, &created).await.status);
        }
        assert_eq!(statuses, [404, 404, 200], "{gateway:?}");
    }
}

async fn klink(shop: &Shop, path: &str, body: Value) -> Value {
    shop.call("POST", &format!("/api/{path}"), "application/json", &body.to_string()).await.unwrap().json()
}

/// A shop whose member has 100 000 in its wallet.
async fn wallet(sandbox: &Sandbox) -> Shop {
    let shop = Shop::new(sandbox, &crate::klink::GATEWAY, "K").await;
    klink(&shop, "kwallet/register_va", json!({"id_member": "m", "name": "M", "hp": "1", "email": "m"})).await;
    top_up(&shop, "V", "100000").await;
    shop
}

async fn top_up(shop: &Shop, code: &str, amount: &str) {
    let voucher = json!({"voucher_code": code, "amount": amount, "description": "d", "id_member_receipt": "m"});
    assert_eq!(klink(shop, "kwallet/voucher_saldo", voucher).await["status"], "success");
}

fn payment(amount: u64) -> Value {
    json!({"id_member": "m", "amount": amount.to_string(), "id_order": "O", "description": "Paket"})
}

fn wallets(sandbox: &Sandbox) -> u64 {
    let totals = sandbox.klink_ledger("K@example.com");
    assert_eq!(totals.wallets.checked_add(totals.escrow), Some(totals.issued));
    totals.wallets.get()
}

#[tokio::test]
async fn reconciliation_finds_a_wallet_payment_that_was_refused() {
    for carried_out in [true, false] {
        let sandbox = Sandbox::start().await;
        let shop = wallet(&sandbox).await;
        let fault = Fault::new(Provider::Klink, refuse(carried_out)).operation("pay_from_wallet").times(1);
        sandbox.add_fault(fault).unwrap();
        let refused = klink(&shop, "kwallet/pay", payment(90_000)).await;
        assert_eq!(refused, json!({"status": "fail", "message": TEXT}));
        assert_eq!(wallets(&sandbox), if carried_out { 10_000 } else { 100_000 });
        for _ in 0..2 {
            let reconciled = klink(&shop, "kwallet/reconcile/reconcile", json!({"id_order": "O"})).await;
            assert_eq!(reconciled["status"], "success", "{reconciled}");
            let data: Value = serde_json::from_str(reconciled["data"].as_str().unwrap()).unwrap();
            assert_eq!(
                (&data["id_member"], &data["order_id"], &data["description"], &data["credit"], &data["balance"]),
                (&json!("m"), &json!("O"), &json!("Paket"), &json!("90000.00"), &json!("10000.00"))
            );
            assert_eq!(wallets(&sandbox), 10_000);
        }
        // It is a payment as any other.
        assert_eq!(klink(&shop, "kwallet/pay", payment(1_000)).await["status"], "fail");
        let refund = klink(&shop, "escrow/refund", json!({"id_order": "O", "id_member": "m"})).await;
        assert_eq!(refund["data"][0]["credit"], 90_000);
    }
}

#[tokio::test]
async fn refused_wallet_payment_can_be_sent_again_or_never_made() {
    let state = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("wallet-{}.json", std::process::id()));
    let _ = std::fs::remove_file(&state);
    let start = async || Sandbox::builder().state_file(&state).start().await.unwrap();
    let refused = async |sandbox: &Sandbox, shop: &Shop, amount: u64| {
        let fault = Fault::new(Provider::Klink, refuse(false)).operation("pay_from_wallet").times(1);
        sandbox.add_fault(fault).unwrap();
        assert_eq!(klink(shop, "kwallet/pay", payment(amount)).await["message"], TEXT);
    };
    let sandbox = start().await;
    let shop = wallet(&sandbox).await;
    let reconcile = async |shop: &Shop| klink(shop, "kwallet/reconcile", json!({"id_order": "O"})).await;
    assert_eq!(reconcile(&shop).await["status"], "fail");
    // More than the wallet has: it can be reconciled once there is enough, also after a restart.
    refused(&sandbox, &shop, 150_000).await;
    assert_eq!(reconcile(&shop).await["message"], "Saldo tidak cukup!");
    assert_eq!(wallets(&sandbox), 100_000);
    drop(shop);
    drop(sandbox);
    let sandbox = start().await;
    let shop = Shop::new(&sandbox, &crate::klink::GATEWAY, "K").await;
    top_up(&shop, "W", "60000").await;
    assert_eq!(reconcile(&shop).await["status"], "success");
    assert_eq!(wallets(&sandbox), 10_000);

    // One that is sent again is made once.
    sandbox.reset();
    let shop = wallet(&sandbox).await;
    refused(&sandbox, &shop, 90_000).await;
    assert_eq!(klink(&shop, "kwallet/pay", payment(90_000)).await["status"], "success");
    refused(&sandbox, &shop, 5_000).await;
    assert_eq!(reconcile(&shop).await["status"], "success");
    assert_eq!(sandbox.klink_ledger("K@example.com").escrow, Rupiah::new(90_000));
    drop(shop);
    drop(sandbox);
    std::fs::remove_file(state).unwrap();
}

#[tokio::test]
async fn every_refusal_of_klink_has_the_form_of_its_operation() {
    let sandbox = Sandbox::start().await;
    let shop = wallet(&sandbox).await;
    sandbox.add_fault(Fault::new(Provider::Klink, refuse(false))).unwrap();
    for (path, status, flag, word) in [
        ("/auth/login", 401, "status", "fail"),
        ("/api/kwallet/transfer_to_account", 200, "stutas", "fail"),
        ("/api/kwallet/check_saldo", 200, "status", "fail"),
        ("/api/pay_service_new", 200, "status", "failed"),
        ("/api/report", 400, "status", "fail"),
        ("/api/list_bank", 200, "status", "fail"),
    ] {
        let reply = shop.call("POST", path, "application/json", "{}").await.unwrap();
        assert_eq!((reply.status, reply.json()), (status, json!({flag: word, "message": TEXT})), "{path}");
    }
}
