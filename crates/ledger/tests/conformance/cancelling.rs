//! Cancel against payment.

use gerbang_core::PaymentStatus;
use gerbang_ledger::{Cancelled, EventKind};

use crate::book::{Book, HOUR, MINUTE, ending, events, order, pass, state};
use crate::fake::{Fake, Script};

pub async fn cancelled_payment_frees_the_order(book: &Book) {
    let gateway = Fake::qr().with(|can| can.cancel = true);
    let ledger = book.ledger(&gateway).await;
    ledger.pay(&order("A"), "main").await.unwrap();
    assert_eq!(ledger.cancel("A").await.unwrap(), Cancelled::Closed);
    assert_eq!(ending(&ledger, "A").await, "cancelled");
    assert_eq!(ledger.cancel("A").await.unwrap(), Cancelled::Closed);
    assert_eq!(ledger.pay(&order("A"), "main").await.unwrap().reference.as_deref(), Some("A-2"));
}

pub async fn customer_who_was_faster_is_paid(book: &Book) {
    let gateway = Fake::qr().with(|can| can.cancel = true);
    let ledger = book.ledger(&gateway).await;
    ledger.pay(&order("A"), "main").await.unwrap();
    gateway.pay("A");
    assert_eq!(ledger.cancel("A").await.unwrap(), Cancelled::Paid);
    assert_eq!((state(&ledger, "A").await.as_str(), events(&ledger, EventKind::PaymentPaid).await), ("paid", 1));
    assert_eq!(gateway.payments()[0].status, PaymentStatus::Paid);
    assert_eq!(ledger.cancel("A").await.unwrap(), Cancelled::Paid);
}

pub async fn gateway_that_cannot_cancel_leaves_it_open(book: &Book) {
    let gateway = Fake::qr();
    let ledger = book.ledger(&gateway).await;
    ledger.pay(&order("A"), "main").await.unwrap();
    assert_eq!(ledger.cancel("A").await.unwrap(), Cancelled::StillOpen);
    let down = Fake::wallet();
    down.next(&[Script::ReplyLost]);
    let ledger = ledger.account(gerbang_ledger::Account::live("wallet", down));
    ledger.pay(&order("B"), "wallet").await.unwrap_err();
    assert_eq!(ledger.cancel("B").await.unwrap(), Cancelled::StillOpen);
}

pub async fn intent_is_withdrawn_and_never_sent(book: &Book) {
    let gateway = Fake::qr();
    let ledger = book.ledger(&gateway).await;
    let mut tx = ledger.begin().await.unwrap();
    ledger.intend(&mut tx, &order("A"), "main").await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(ledger.cancel("A").await.unwrap(), Cancelled::Closed);
    pass(&ledger, HOUR).await;
    ledger.work_once().await.unwrap();
    assert_eq!((ending(&ledger, "A").await.as_str(), gateway.created()), ("withdrawn", 0));
}

pub async fn cancelled_then_paid_ships_late(book: &Book) {
    let gateway = Fake::qr().with(|can| can.cancel = true);
    let ledger = book.ledger(&gateway).await;
    ledger.pay(&order("A"), "main").await.unwrap();
    ledger.cancel("A").await.unwrap();
    gateway.pay("A");
    pass(&ledger, MINUTE * 2).await;
    ledger.work_once().await.unwrap();
    let all = ledger.events(0).await.unwrap();
    assert!(all.iter().any(|event| event.kind == EventKind::PaymentPaid && event.late));
    assert_eq!(ledger.cancel("A").await.unwrap(), Cancelled::Paid);
}

pub async fn money_is_looked_for_before_the_cancellation(book: &Book) {
    let gateway = Fake::qr().with(|can| can.cancel = true);
    let ledger = book.ledger(&gateway).await;
    ledger.pay(&order("A"), "main").await.unwrap();
    gateway.deposit("A");
    assert_eq!(ledger.cancel("A").await.unwrap(), Cancelled::Paid);
    assert_eq!((state(&ledger, "A").await.as_str(), events(&ledger, EventKind::PaymentPaid).await), ("paid", 1));
}
