//! Tests that run at the same time share a sandbox, each with a credential of its own; and clocks.

use std::time::Duration;

use gerbang_sandbox::{ChangeError, ClockChange, Effect, Fault, FaultError, PaymentStatus, Provider, Sandbox, Seed};
use jiff::Timestamp;
use serde_json::json;

use crate::GATEWAYS;
use crate::http::{Merchant, get, post_json, until};
use crate::merchant::Shop;

const HOUR: Duration = Duration::from_secs(3_600);

/// How many payments there are of each state.
fn statuses(sandbox: &Sandbox) -> Vec<(String, PaymentStatus)> {
    sandbox.payments().into_iter().map(|payment| (payment.order, payment.status)).collect()
}

#[tokio::test]
async fn a_fault_of_a_credential_acts_on_its_calls_alone() {
    for gateway in GATEWAYS {
        let sandbox = Sandbox::start().await;
        let shops = [Shop::new(&sandbox, gateway, "first").await, Shop::new(&sandbox, gateway, "second").await];
        let fault = Fault::new(gateway.provider, Effect::Close { carried_out: false }).operation(gateway.creation);
        sandbox.add_fault(fault.credential((gateway.credential)("first"))).unwrap();
        for order in ["A", "B"] {
            assert!(shops[0].try_create(order, 20_000).await.is_err(), "{gateway:?}");
            assert!(shops[1].try_create(&format!("{order}2"), 20_000).await.is_ok(), "{gateway:?}");
            // Pakasir takes two creations a second.
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        assert_eq!((sandbox.faults()[0].acted, sandbox.payments().len()), (2, 2), "{gateway:?}");
        for shown in
            [format!("{:?}", sandbox.faults()), get(&format!("{}/_sandbox/faults", sandbox.base_url())).await.body]
        {
            assert!(!shown.contains("first"), "{shown}");
        }
    }
}

#[tokio::test]
async fn a_credential_that_cannot_be_one_is_refused() {
    let sandbox = Sandbox::start().await;
    let fault = Fault::new(Provider::Pakasir, Effect::Truncate).credential("key-of-no-project");
    assert_eq!(sandbox.add_fault(fault), Err(FaultError::Credential));
    assert_eq!(sandbox.reset_credential(Provider::Pakasir, "key-of-no-project"), Err(ChangeError::Credential));
    let change = ClockChange::new().stop().of(Provider::Kropay, "refuse");
    assert_eq!(sandbox.change_clock(&change), Err(ChangeError::Credential));
    for (path, body) in [
        ("reset", json!({"provider": "pakasir", "credential": "key-of-no-project"})),
        ("reset", json!({"credential": "K"})),
        ("clock", json!({"stopped": true, "provider": "kropay", "credential": ""})),
    ] {
        let reply = post_json(&format!("{}/_sandbox/{path}", sandbox.base_url()), &body).await;
        assert_eq!(reply.status, 400, "{path} {body}");
        assert!(!reply.body.contains("key-of-no-project"), "{}", reply.body);
    }
}

#[tokio::test]
async fn a_reset_of_a_credential_leaves_all_others() {
    for gateway in GATEWAYS {
        let state = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!(
            "share-{}-{}.db",
            gateway.name,
            std::process::id()
        ));
        let _ = std::fs::remove_file(&state);
        let merchant = Merchant::start(&["500 No\r\n\r\n"]).await;
        let builder = || {
            let builder = Sandbox::builder().state_file(&state).webhook_retry(HOUR);
            if gateway.notified.is_some() { builder.webhook(gateway.provider, &merchant.url) } else { builder }
        };
        let sandbox = builder().start().await.unwrap();
        let credentials = ["first", "second"].map(gateway.credential);
        for (merchant, credential) in ["first", "second"].iter().zip(&credentials) {
            let shop = Shop::new(&sandbox, gateway, merchant).await;
            shop.create(&format!("{merchant}-order"), 20_000).await;
            sandbox.seed(&[gateway.seed(merchant, &format!("{merchant}-paid"), 30_000)]).unwrap();
            let paid = sandbox.payments().last().unwrap().id.clone();
            sandbox.pay(gateway.provider, &paid).unwrap();
            let fault = Fault::new(gateway.provider, Effect::Delay { milliseconds: 1 });
            sandbox.add_fault(fault.credential(credential.as_str())).unwrap();
        }
        let notified = usize::from(gateway.notified.is_some());
        until("the attempts", || sandbox.webhook_attempts().len() == 2 * notified).await;
        let (payments, requests) = (sandbox.payments(), sandbox.requests().len());
        let body = json!({"provider": gateway.provider, "credential": credentials[0]});
        assert_eq!(post_json(&format!("{}/_sandbox/reset", sandbox.base_url()), &body).await.status, 200);

        let kept = &payments[2..];
        assert_eq!((sandbox.payments(), sandbox.faults().len()), (kept.to_vec(), 1), "{gateway:?}");
        assert_eq!(
            (sandbox.webhook_attempts().len(), sandbox.requests().len()),
            (notified, requests / 2),
            "{gateway:?}"
        );
        let pending = get(&format!("{}/_sandbox/webhooks", sandbox.base_url())).await.json()["pending"].clone();
        assert_eq!(pending, notified, "{gateway:?}");
        // The names are free again.
        sandbox.seed(&[gateway.seed("first", "first-order", 20_000)]).unwrap();
        drop(sandbox);
        let sandbox = builder().start().await.unwrap();
        assert_eq!(sandbox.payments()[..2], *kept, "{gateway:?}");
        assert_eq!(sandbox.payments().len(), 3, "{gateway:?}");
        drop(sandbox);
        std::fs::remove_file(state).unwrap();
    }
}

#[tokio::test]
async fn a_wallet_is_gone_with_its_credential() {
    let state = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("wallet-{}.db", std::process::id()));
    let _ = std::fs::remove_file(&state);
    let sandbox = Sandbox::builder().state_file(&state).start().await.unwrap();
    let shop = Shop::new(&sandbox, &crate::klink::GATEWAY, "first").await;
    let call = async |path: &str, body: serde_json::Value| {
        shop.call("POST", path, "application/json", &body.to_string()).await.unwrap().json()
    };
    let member = json!({"id_member": "m", "name": "M", "hp": "1", "email": "m"});
    assert_eq!(call("/api/kwallet/register_va", member).await["status"], "success");
    let voucher = json!({"voucher_code": "V", "amount": "9000", "description": "", "id_member_receipt": "m"});
    assert_eq!(call("/api/kwallet/voucher_saldo", voucher.clone()).await["status"], "success");
    let email = (crate::klink::GATEWAY.credential)("first");
    sandbox.reset_credential(Provider::Klink, &email).unwrap();
    assert_eq!(sandbox.klink_ledger(&email).issued.get(), 0);
    assert_eq!(call("/api/kwallet/voucher_saldo", voucher).await["status_code"], "401", "the session is over");
    drop(sandbox);
    // Nothing of it is in the file.
    let database = rusqlite::Connection::open(&state).unwrap();
    for table in ["account", "wallet", "session"] {
        let count: i64 = database.query_row(&format!("SELECT count(*) FROM {table}"), [], |row| row.get(0)).unwrap();
        assert_eq!(count, 0, "{table}");
    }
    drop(database);
    std::fs::remove_file(state).unwrap();
}

#[tokio::test]
async fn a_credential_has_a_clock_of_its_own() {
    let state = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("clock-{}.db", std::process::id()));
    let _ = std::fs::remove_file(&state);
    let start = || Sandbox::builder().state_file(&state).start();
    let sandbox = start().await.unwrap();
    let of = |key: &str| ClockChange::new().of(Provider::Kropay, key);
    // It need not have payments yet.
    sandbox.change_clock(&of("still").at("2026-01-31T12:00:00Z".parse().unwrap()).stop()).unwrap();
    for key in ["ahead", "still", "usual"] {
        sandbox.seed(&[Seed::new(Provider::Kropay, key, 20_000).reference(key)]).unwrap();
    }
    let created = sandbox.payment(Provider::Kropay, "still").unwrap().created_at;
    assert_eq!(created, "2026-01-31T12:00:00Z".parse::<Timestamp>().unwrap());
    sandbox.change_clock(&of("ahead").forward(2 * HOUR)).unwrap();
    let now = |statuses: [PaymentStatus; 3]| {
        ["ahead", "still", "usual"].map(str::to_owned).into_iter().zip(statuses).collect::<Vec<_>>()
    };
    let (pending, expired) = (PaymentStatus::Pending, PaymentStatus::Expired);
    assert_eq!(statuses(&sandbox), now([expired, pending, pending]));
    // What stands still does not follow the sandbox's clock.
    sandbox.advance(2 * HOUR);
    assert_eq!(statuses(&sandbox), now([expired, pending, expired]));
    drop(sandbox);

    let sandbox = start().await.unwrap();
    assert_eq!(statuses(&sandbox), now([expired, pending, expired]));
    let shown = sandbox.change_clock(&of("still").forward(HOUR)).unwrap();
    assert_eq!((shown.to_string().as_str(), statuses(&sandbox)), ("2026-01-31T13:00:00Z", now([expired; 3])));
    drop(sandbox);
    std::fs::remove_file(state).unwrap();
}

#[tokio::test]
async fn the_clock_stands_still_and_goes_back() {
    let sandbox = Sandbox::start().await;
    let clock = format!("{}/_sandbox/clock", sandbox.base_url());
    let noon = "2026-01-31T12:00:00Z";
    let stopped = post_json(&clock, &json!({"now": noon, "stopped": true})).await.json();
    assert_eq!(stopped, json!({"now": noon, "stopped": true}));
    tokio::time::sleep(Duration::from_millis(20)).await;
    assert_eq!(get(&clock).await.json(), stopped);
    // The customer takes two seconds, which do not pass.
    let shop = Shop::new(&sandbox, &crate::kropay::GATEWAY, "K").await;
    shop.create("A", 10_001).await;
    tokio::time::sleep(Duration::from_millis(2_200)).await;
    assert_eq!(sandbox.payment(Provider::Kropay, "A").unwrap().status, PaymentStatus::Pending);
    let back = post_json(&clock, &json!({"advance_seconds": -3_600})).await.json();
    assert_eq!(back["now"], "2026-01-31T11:00:00Z");
    sandbox.change_clock(&ClockChange::new().forward(HOUR + Duration::from_secs(2))).unwrap();
    let paid = sandbox.payment(Provider::Kropay, "A").unwrap();
    assert_eq!((paid.status, paid.paid_at), (PaymentStatus::Paid, "2026-01-31T12:00:02Z".parse().ok()));
    let far = sandbox.change_clock(&ClockChange::new().at("2127-01-01T00:00:00Z".parse().unwrap()));
    assert_eq!((far, sandbox.now().to_string().as_str()), (Err(ChangeError::TooFar), "2026-01-31T12:00:02Z"));
    let running = post_json(&clock, &json!({"stopped": false})).await.json();
    assert_eq!(running["stopped"], false);
    tokio::time::sleep(Duration::from_millis(20)).await;
    assert!(sandbox.now() > "2026-01-31T12:00:02.010Z".parse().unwrap());
    sandbox.reset();
    assert!(sandbox.now().duration_since(Timestamp::now()).abs() < jiff::SignedDuration::from_secs(1));
}

#[tokio::test]
async fn where_the_clock_goes_back_everything_goes_on() {
    for gateway in GATEWAYS {
        let sandbox = Sandbox::start().await;
        let shop = Shop::new(&sandbox, gateway, "K").await;
        let created = shop.create("A", 20_000).await.json();
        shop.create("B", 20_000).await;
        if gateway.question.is_some() {
            assert_eq!(shop.ask("A", 20_000, &created).await.status, 200, "{gateway:?}");
        }
        sandbox.change_clock(&ClockChange::new().back(24 * HOUR)).unwrap();
        assert!([200, 201].contains(&shop.create("C", 20_000).await.status), "{gateway:?}");
        if gateway.question.is_some() {
            assert_eq!(shop.ask("A", 20_000, &created).await.status, 200, "{gateway:?}");
        }
        let first = sandbox.payments()[0].clone();
        let paid = sandbox.pay(gateway.provider, &first.id).unwrap();
        assert!(paid.paid_at >= Some(first.created_at), "{gateway:?}: {paid:?}");
    }
}
