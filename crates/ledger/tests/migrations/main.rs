//! Books that older programs left are opened by this one, and work on. `book-1` has a payment in every state.

#[allow(dead_code)]
#[path = "../conformance/book.rs"]
mod book;
#[allow(dead_code)]
#[path = "../conformance/fake.rs"]
mod fake;
mod fixture;
mod gateway;
mod writer;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use fixture::Fixture;
use gateway::Gateway;
use gerbang_core::{PaymentStatus, Rupiah};
use gerbang_ledger::{Account, EventKind, Ledger, Order, Resolution, Surplus};

/// What the book says of each order as it was left, and once the gateways were asked.
const ORDERS: [(&str, &str, &str); 17] = [
    ("ABSENT", "failed", "failed"),
    ("EXPIRED", "expired", "paid"),
    ("CANCELLED", "cancelled", "paid"),
    ("FAILED", "failed", "paid"),
    ("PAID", "paid", "paid"),
    ("SHORT", "unknown", "unknown"),
    ("MUCH", "paid", "paid"),
    ("TWICE", "paid", "paid"),
    ("WITHDRAWN", "cancelled", "cancelled"),
    ("REFUSED", "failed", "failed"),
    ("UNSEEN", "pending", "paid"),
    ("OPEN", "pending", "paid"),
    ("NOTIFIED", "pending", "paid"),
    ("SIGNED", "paid", "paid"),
    ("UNCERTAIN", "pending", "paid"),
    ("INTENDED", "pending", "failed"),
    ("SENDING", "pending", "paid"),
];

async fn statuses(ledger: &Ledger) -> BTreeMap<&'static str, &'static str> {
    let mut statuses = BTreeMap::new();
    for (order, ..) in ORDERS {
        let payment = ledger.payment(order).await.unwrap().unwrap_or_else(|| panic!("{order} is not in the book"));
        let status = match payment.status {
            PaymentStatus::Pending => "pending",
            PaymentStatus::Paid => "paid",
            PaymentStatus::Expired => "expired",
            PaymentStatus::Cancelled => "cancelled",
            PaymentStatus::Failed => "failed",
            _ => "unknown",
        };
        statuses.insert(order, status);
    }
    statuses
}

/// Opens the book with its accounts, and a shop that counts what it ships.
async fn open(fixture: &Fixture) -> Ledger {
    let ledger = Ledger::open(fixture.url()).await.unwrap();
    let mut tx = ledger.begin().await.unwrap();
    tx.execute("CREATE TABLE IF NOT EXISTS shipment (order_id TEXT NOT NULL)", []).await.unwrap();
    tx.commit().await.unwrap();
    let account = |name, gateway| Account::live(name, gateway).pace(Duration::ZERO);
    ledger
        .account(account("finds", Gateway::finds()))
        .account(account("qr", Gateway::qr()))
        .account(account("wallet", Gateway::wallet()))
        .on_event(|mut tx, event| async move {
            if event.kind == EventKind::PaymentPaid {
                tx.execute("INSERT INTO shipment (order_id) VALUES ($1)", [event.order.into()]).await?;
            }
            Ok(())
        })
}

async fn due(ledger: &Ledger) -> Vec<Surplus> {
    ledger.surplus_records(true, 0, 100).await.unwrap()
}

async fn works_on(fixture: &Fixture) {
    let ledger = open(fixture).await;
    assert_eq!(statuses(&ledger).await, ORDERS.map(|(order, before, _)| (order, before)).into());
    let events = ledger.events(0).await.unwrap();
    assert_eq!(
        (events.len(), events[27].kind, events[27].order.as_deref()),
        (28, EventKind::PaymentPaid, Some("SIGNED"))
    );
    let surplus: Vec<_> = due(&ledger).await.iter().map(|due| (due.order.clone(), due.amount)).collect();
    assert_eq!(surplus, [("MUCH".to_owned(), Rupiah::new(500)), ("TWICE".to_owned(), Rupiah::new(10_000))]);

    for _ in 0..4 {
        ledger.work_once().await.unwrap();
        let mut tx = ledger.begin().await.unwrap();
        // A day passes, as old payments are asked about rarely.
        tx.execute("UPDATE gerbang_attempt SET due_at = due_at - 86400000, asked_at = asked_at - 86400000", [])
            .await
            .unwrap();
        tx.commit().await.unwrap();
    }
    assert_eq!(statuses(&ledger).await, ORDERS.map(|(order, _, after)| (order, after)).into());
    // PAID and MUCH were handled before the book was left.
    assert_eq!(fixture.texts(&ledger, "SELECT order_id FROM shipment ORDER BY order_id").await, SHIPPED);

    let cases = ledger.cases().await.unwrap();
    let short = cases.iter().find(|case| case.order.as_deref() == Some("SHORT")).unwrap();
    ledger.resolve(short.id, Resolution::Unpaid, "Ani", "it is given back").await.unwrap();
    for surplus in due(&ledger).await {
        ledger.refunded(surplus.id, "Ani", "by transfer").await.unwrap();
    }
    assert!(due(&ledger).await.is_empty());
    for (order, reference) in [("SHORT", "SHORT-2"), ("INTENDED", "INTENDED-2"), ("NEW", "NEW")] {
        let payment = ledger.pay(&Order::new(order, Rupiah::new(10_000)), "qr").await.unwrap();
        assert_eq!((payment.reference.as_deref(), payment.status), (Some(reference), PaymentStatus::Pending));
    }
}

const SHIPPED: [&str; 10] =
    ["CANCELLED", "EXPIRED", "FAILED", "NOTIFIED", "OPEN", "SENDING", "SIGNED", "TWICE", "UNCERTAIN", "UNSEEN"];

/// Runs the test and removes the copy, also when the test fails.
async fn check(fixture: Fixture) {
    let fixture = Arc::new(fixture);
    let copy = fixture.clone();
    let result = tokio::spawn(async move { works_on(&copy).await }).await;
    fixture.remove().await;
    result.unwrap();
}

#[tokio::test]
async fn first_book_on_sqlite_works_on() {
    check(Fixture::sqlite().await).await;
}

#[tokio::test]
async fn first_book_on_postgres_works_on() {
    if let Some(fixture) = Fixture::postgres().await {
        check(fixture).await;
    }
}
