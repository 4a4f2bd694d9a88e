//! Events: the effect is in the transaction that marks them as handled.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};

use gerbang_ledger::{Event, EventKind, Handled, Ledger, Tx};

use crate::book::{Book, MINUTE, SECOND, execute, number, order, pass, paying};
use crate::fake::Fake;

const SHIPMENTS: &str = "SELECT count(*) FROM my_shipment";

/// A shop whose shipments are in the ledger's database.
async fn ship(mut tx: Tx, event: Event) -> Handled {
    if event.kind == EventKind::PaymentPaid {
        let order = event.order.as_deref().unwrap_or_default().into();
        tx.execute("INSERT INTO my_shipment (id) VALUES ($1)", [order]).await?;
    }
    Ok(())
}

async fn paid_order(book: &Book) -> (Fake, Ledger) {
    let gateway = Fake::qr();
    let ledger = book.ledger(&gateway).await;
    execute(&ledger, "CREATE TABLE my_shipment (id TEXT)").await;
    ledger.pay(&order("A"), "main").await.unwrap();
    gateway.pay("A");
    pass(&ledger, SECOND * 10).await;
    (gateway, ledger)
}

pub async fn effect_in_the_same_database_happens_once(book: &Book) {
    let (_, ledger) = paid_order(book).await;
    // Without a handler events wait.
    assert_eq!(ledger.work_once().await.unwrap().events, 0);
    let ledger = ledger.on_event(ship);
    assert_eq!(ledger.work_once().await.unwrap().events, 2);
    pass(&ledger, MINUTE * 10).await;
    assert_eq!(ledger.work_once().await.unwrap().events, 0);
    assert_eq!(number(&ledger, SHIPMENTS).await, 1);
}

pub async fn failed_handler_leaves_nothing_behind(book: &Book) {
    let (_, ledger) = paid_order(book).await;
    let is_broken = Arc::new(AtomicBool::new(true));
    let broken = Arc::clone(&is_broken);
    let ledger = ledger.on_event(move |mut tx, event: Event| {
        let is_broken = Arc::clone(&broken);
        async move {
            if event.kind == EventKind::PaymentPaid {
                tx.execute("INSERT INTO my_shipment (id) VALUES ('A')", []).await?;
                if is_broken.load(Ordering::SeqCst) {
                    return Err("the shop fails".into());
                }
            }
            Ok(())
        }
    });
    for _ in 0..2 {
        let work = ledger.work_once().await.unwrap();
        assert_eq!((work.failed_events, number(&ledger, SHIPMENTS).await), (1, 0));
        // It does not come again at once.
        assert_eq!(ledger.work_once().await.unwrap().failed_events, 0);
        pass(&ledger, MINUTE).await;
    }
    is_broken.store(false, Ordering::SeqCst);
    assert_eq!(ledger.work_once().await.unwrap().events, 1);
    assert_eq!(number(&ledger, SHIPMENTS).await, 1);
}

pub async fn panicking_handler_leaves_nothing_behind(book: &Book) {
    let (_, ledger) = paid_order(book).await;
    let broken = ledger.clone().on_event(|mut tx, _| async move {
        tx.execute("INSERT INTO my_shipment (id) VALUES ('A')", []).await?;
        panic!("the shop panics");
    });
    let work = broken.work_once().await.unwrap();
    assert_eq!((work.events, work.failed_events), (0, 1));
    assert_eq!(number(&ledger, SHIPMENTS).await, 0);
    pass(&ledger, MINUTE).await;
    assert_eq!(ledger.on_event(ship).work_once().await.unwrap().events, 2);
}

/// PostgreSQL commits nothing once a statement has failed, and says so of no commit: the event must not count as handled.
pub async fn handler_that_hides_a_failed_statement_has_all_or_nothing(book: &Book) {
    let (_, ledger) = paid_order(book).await;
    let hiding = ledger.clone().on_event(|mut tx, event: Event| async move {
        if event.kind == EventKind::PaymentPaid {
            tx.execute("INSERT INTO my_shipment (id) VALUES ('A')", []).await?;
        }
        let _ = tx.execute("INSERT INTO no_such_table (id) VALUES ('A')", []).await;
        Ok(())
    });
    for _ in 0..3 {
        hiding.work_once().await.unwrap();
        pass(&ledger, MINUTE).await;
    }
    let paid = "SELECT count(*) FROM gerbang_event WHERE kind = 'payment.paid' AND done_at IS NOT NULL";
    assert_eq!(number(&ledger, paid).await, number(&ledger, SHIPMENTS).await);
    ledger.on_event(ship).work_once().await.unwrap();
    assert_eq!(number(&book.open().await, SHIPMENTS).await, 1);
}

pub async fn handler_that_never_returns_holds_nobody_up(book: &Book) {
    let (gateway, ledger) = paid_order(book).await;
    let hanging = ledger.clone().handler_limit(SECOND / 4).on_event(|mut tx, event: Event| async move {
        if event.kind == EventKind::PaymentPaid {
            tx.execute("INSERT INTO my_shipment (id) VALUES ('A')", []).await?;
            std::future::pending::<()>().await;
        }
        Ok(())
    });
    let work = hanging.work_once().await.unwrap();
    assert_eq!((work.events, work.failed_events, number(&ledger, SHIPMENTS).await), (1, 1, 0));
    // The one writer is free.
    ledger.pay(&order("B"), "main").await.unwrap();
    assert_eq!(gateway.created(), 2);
    pass(&ledger, MINUTE).await;
    ledger.on_event(ship).work_once().await.unwrap();
    assert_eq!(number(&book.open().await, SHIPMENTS).await, 1);
}

/// A reader remembers the last number that it saw: none with a lower one may become visible later.
pub async fn events_are_visible_in_the_order_of_their_numbers(book: &Book) {
    if !book.url().is_some_and(|url| url.starts_with("postgres")) {
        return;
    }
    let gateway = Fake::qr();
    let ledger = book.ledger(&gateway).await;
    // Another transaction has added an event, whose number is the lower one, and is not committed yet.
    let mut other = ledger.begin().await.unwrap();
    other.execute("SELECT pg_advisory_xact_lock_shared(7205759403792793600)", []).await.unwrap();
    let add = "INSERT INTO gerbang_event (kind, subject, body, at, due_at) VALUES ('case.opened', 99, '{\"account\":\"main\"}', 0, 0)";
    other.execute(add, []).await.unwrap();
    paying(&ledger, "A").await.unwrap().unwrap();
    let reading = tokio::spawn({
        let ledger = ledger.clone();
        async move { ledger.events(0).await.unwrap().into_iter().map(|event| event.kind).collect::<Vec<_>>() }
    });
    tokio::time::sleep(SECOND / 2).await;
    assert!(!reading.is_finished());
    other.commit().await.unwrap();
    assert_eq!(reading.await.unwrap(), [EventKind::CaseOpened, EventKind::PaymentCreated]);
}

/// Who adds an event waits for who reads them, and has no number until then.
pub async fn event_is_numbered_once_its_lock_is_held(book: &Book) {
    if !book.url().is_some_and(|url| url.starts_with("postgres")) {
        return;
    }
    let ledger = book.ledger(&Fake::qr()).await;
    let mut reader = ledger.begin().await.unwrap();
    reader.execute("SELECT pg_advisory_xact_lock(7205759403792793600)", []).await.unwrap();
    let payment = paying(&ledger, "A");
    tokio::time::sleep(SECOND / 2).await;
    let used = "SELECT COALESCE(pg_sequence_last_value(pg_get_serial_sequence('gerbang_event', 'seq')), 0)";
    assert_eq!((number(&ledger, used).await, payment.is_finished()), (0, false));
    reader.commit().await.unwrap();
    payment.await.unwrap().unwrap();
    assert_eq!(number(&ledger, used).await, 1);
}

/// Of two that add events of one order, the one with the higher number is not visible first.
pub async fn events_of_an_order_are_visible_in_order(book: &Book) {
    if !book.url().is_some_and(|url| url.starts_with("postgres")) {
        return;
    }
    let ledger = book.ledger(&Fake::qr()).await;
    let mut other = ledger.begin().await.unwrap();
    other.execute("SELECT pg_advisory_xact_lock(1677721600, hashtext('A'))", []).await.unwrap();
    let payment = paying(&ledger, "A");
    paying(&ledger, "B").await.unwrap().unwrap();
    tokio::time::sleep(SECOND / 2).await;
    assert!(!payment.is_finished());
    other.commit().await.unwrap();
    payment.await.unwrap().unwrap();
}

/// Events share a transaction: one that fails must not take the others with it.
pub async fn failed_event_leaves_the_others_handled(book: &Book) {
    let (gateway, ledger) = paid_order(book).await;
    for order_id in ["B", "C"] {
        ledger.pay(&order(order_id), "main").await.unwrap();
        gateway.pay(order_id);
        pass(&ledger, SECOND * 10).await;
        ledger.work_once().await.unwrap();
    }
    let ledger = ledger.on_event(|tx, event: Event| async move {
        let is_broken = event.order.as_deref() == Some("B") && event.kind == EventKind::PaymentPaid;
        ship(tx, event).await?;
        if is_broken { Err("the shop fails".into()) } else { Ok(()) }
    });
    let work = ledger.work_once().await.unwrap();
    assert_eq!((work.events, work.failed_events, number(&ledger, SHIPMENTS).await), (5, 1, 2));
}

pub async fn handler_that_commits_has_its_effect_once(book: &Book) {
    let (_, ledger) = paid_order(book).await;
    let hasty = ledger.clone().on_event(|mut tx, event: Event| async move {
        if event.kind == EventKind::PaymentPaid {
            tx.execute("INSERT INTO my_shipment (id) VALUES ($1)", [event.order.as_deref().unwrap_or_default().into()])
                .await?;
        }
        tx.commit().await?;
        Ok(())
    });
    assert_eq!(hasty.work_once().await.unwrap().events, 2);
    pass(&ledger, MINUTE).await;
    assert_eq!(hasty.work_once().await.unwrap().events, 0);
    assert_eq!(number(&ledger, SHIPMENTS).await, 1);
}

pub async fn events_of_an_order_come_in_order(book: &Book) {
    let (gateway, ledger) = paid_order(book).await;
    ledger.pay(&order("B"), "main").await.unwrap();
    gateway.pay("B");
    pass(&ledger, SECOND * 10).await;
    let seen = Arc::new(Mutex::new(Vec::new()));
    let ledger = ledger.on_event({
        let seen = Arc::clone(&seen);
        move |_, event: Event| {
            let seen = Arc::clone(&seen);
            async move {
                let is_first = seen.lock().unwrap().is_empty();
                seen.lock().unwrap().push((event.order.clone().unwrap(), event.kind, event.id()));
                // The first event of the first order fails: the second must wait for it, and the other order must not.
                if is_first { Err("later".into()) } else { Ok(()) }
            }
        }
    });
    ledger.work_once().await.unwrap();
    pass(&ledger, MINUTE).await;
    ledger.work_once().await.unwrap();
    let seen = seen.lock().unwrap().clone();
    let of = |order: &str| seen.iter().filter(|(of, ..)| of == order).map(|(_, kind, _)| *kind).collect::<Vec<_>>();
    let (created, paid) = (EventKind::PaymentCreated, EventKind::PaymentPaid);
    assert_eq!((of("A"), of("B")), (vec![created, created, paid], vec![created, paid]));
    assert_eq!(seen[0].2, seen.iter().filter(|(order, ..)| order == "A").nth(1).unwrap().2);
}

pub async fn two_workers_handle_an_event_once(book: &Book) {
    let (_, ledger) = paid_order(book).await;
    ledger.work_once().await.unwrap();
    let other = book.ledger(&Fake::qr()).await.on_event(ship);
    let ledger = ledger.on_event(ship);
    let (first, second) = tokio::join!(ledger.work_once(), other.work_once());
    assert_eq!(first.unwrap().events + second.unwrap().events, 2);
    assert_eq!(number(&ledger, SHIPMENTS).await, 1);
}
