//! Figures for Prometheus.

use gerbang_sandbox::Provider;

use crate::looking::open_case;
use crate::shop::{SHOP, Shop};

#[tokio::test]
async fn figures_tell_what_the_book_holds() {
    let shop = Shop::open().await;
    for (order, account) in [("A", "kropay"), ("B", "kropay"), ("C", "kazukipay")] {
        shop.create(order, account).await;
    }
    shop.sandbox.pay(Provider::Kropay, "A").unwrap();
    shop.settled("A").await;
    open_case(&shop, "B").await;
    let mut tx = shop.ledger.begin().await.unwrap();
    let sql = "UPDATE gerbang_attempt SET created_at = created_at - 90000 WHERE order_id = 'C'";
    assert_eq!(tx.execute(sql, []).await.unwrap(), 1);
    tx.commit().await.unwrap();
    let text = shop.get("/metrics").await.text;
    let value = |series: &str| {
        let line = text.lines().find_map(|line| line.strip_prefix(series)?.strip_prefix(' '));
        line.unwrap_or_else(|| panic!("{series} is missing: {text}")).parse::<u64>().unwrap()
    };
    assert_eq!(value(r#"gerbang_payments{account="kropay",gateway="kropay",state="paid"}"#), 1);
    assert_eq!(value(r#"gerbang_payments{account="kropay",gateway="kropay",state="open"}"#), 1);
    assert_eq!(value(r#"gerbang_payments{account="kazukipay",gateway="kazukipay",state="open"}"#), 1);
    assert!(value(r#"gerbang_oldest_pending_seconds{account="kazukipay",gateway="kazukipay"}"#) >= 90);
    assert_eq!(value(r#"gerbang_oldest_pending_seconds{account="pakasir-v2",gateway="pakasir-v2"}"#), 0);
    assert_eq!(value(r#"gerbang_cases_open{account="kropay",gateway="kropay",why="mismatch"}"#), 1);
    value("gerbang_events_unhandled");
    assert!(text.contains("gerbang_notifications{account=\"kropay\",gateway=\"kropay\",outcome="), "{text}");
    for name in text.lines().filter(|line| !line.starts_with('#')).map(|line| line.split(['{', ' ']).next().unwrap()) {
        assert_eq!(text.matches(&format!("# TYPE {name} gauge\n")).count(), 1, "{name}");
    }
}

#[tokio::test]
async fn figures_hold_nothing_that_others_can_name() {
    let shop = Shop::open().await;
    shop.create("CANARY-ORDER", "kropay").await;
    for path in ["/hooks/kropay", "/hooks/CANARY", "/hooks/pakasir-v2"] {
        shop.send("POST", path, &[("x-secret", "CANARY")], r#"{"order_id":"CANARY","status":"CANARY"}"#).await;
    }
    let text = shop.get("/metrics").await.text;
    assert!(!text.contains("CANARY") && !text.contains(SHOP), "{text}");
}
