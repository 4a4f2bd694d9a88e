//! Rules 1 to 4, 12 and 13: what is sent, and how often.

use std::time::Duration;

use gerbang_core::{NewPayment, PaymentStatus, Rupiah};
use gerbang_ledger::{Account, Error, EventKind, Ledger, Order};

use crate::book::{Book, HOUR, MINUTE, SECOND, ending, events, execute, number, order, pass, paying, state};
use crate::fake::{Fake, Script, by_gopay};

pub async fn creation_goes_out_after_its_row_is_committed(book: &Book) {
    let gateway = Fake::qr();
    gateway.next(&[Script::Held]);
    let ledger = book.ledger(&gateway).await;
    let paying = paying(&ledger, "A");
    gateway.until_held().await;
    assert_eq!(state(&ledger, "A").await, "sending");
    gateway.release();
    assert_eq!(paying.await.unwrap().unwrap().reference.as_deref(), Some("A"));
    assert_eq!(state(&ledger, "A").await, "open");
}

pub async fn second_call_gives_the_open_payment(book: &Book) {
    let gateway = Fake::qr();
    let ledger = book.ledger(&gateway).await;
    let first = ledger.pay(&order("A"), "main").await.unwrap();
    assert_eq!((first.status.clone(), first.qris()), (PaymentStatus::Pending, Some("000201")));
    assert_eq!(ledger.pay(&order("A"), "main").await.unwrap(), first);
    assert_eq!(ledger.payment("A").await.unwrap(), Some(first));
    assert_eq!(ledger.payment("B").await.unwrap(), None);
    assert_eq!((gateway.created(), events(&ledger, EventKind::PaymentCreated).await), (1, 1));
}

pub async fn concurrent_checkouts_send_once(book: &Book) {
    let gateway = Fake::qr();
    let mut checkouts = Vec::new();
    for _ in 0..4 {
        let ledger = book.ledger(&gateway).await;
        checkouts.push(tokio::spawn(async move { ledger.pay(&order("A"), "main").await }));
    }
    for checkout in checkouts {
        assert_eq!(checkout.await.unwrap().unwrap().id.as_deref(), Some("PG-1"));
    }
    assert_eq!(gateway.created(), 1);
}

pub async fn two_accounts_for_one_order_send_once(book: &Book) {
    let (one, two) = (Fake::qr(), Fake::qr());
    let both = || async {
        let accounts = [("one", one.clone()), ("two", two.clone())];
        accounts
            .into_iter()
            .fold(book.open().await, |ledger, (name, gateway)| ledger.account(Account::live(name, gateway)))
    };
    let (first, second) = (both().await, both().await);
    let (a, b) = (order("A"), order("A"));
    let (first, second) = tokio::join!(first.pay(&a, "one"), second.pay(&b, "two"));
    assert_eq!(first.unwrap(), second.unwrap());
    assert_eq!(one.created() + two.created(), 1);
}

pub async fn two_workers_send_an_intent_once(book: &Book) {
    let gateway = Fake::qr();
    let (one, two) = (book.ledger(&gateway).await, book.ledger(&gateway).await);
    let mut tx = one.begin().await.unwrap();
    for name in ["A", "B", "C"] {
        one.intend(&mut tx, &order(name), "main").await.unwrap();
    }
    tx.commit().await.unwrap();
    let (first, second) = tokio::join!(one.work_once(), two.work_once());
    assert!(first.unwrap().steps + second.unwrap().steps >= 3);
    assert_eq!(gateway.created(), 3);
    assert_eq!(gateway.payments().len(), 3);
}

pub async fn lease_that_is_over_is_never_sent_again(book: &Book) {
    let gateway = Fake::wallet();
    gateway.next(&[Script::Held]);
    let ledger = book.ledger(&gateway).await;
    let paying = paying(&ledger, "A");
    gateway.until_held().await;
    pass(&ledger, MINUTE * 3).await;
    ledger.work_once().await.unwrap();
    assert_eq!(state(&ledger, "A").await, "uncertain");
    assert!(matches!(ledger.pay(&order("A"), "main").await, Err(Error::Unanswered { .. })));
    assert_eq!(gateway.created(), 1);
    // Who lost its lease may not send, but what it learnt counts.
    gateway.release();
    assert_eq!(paying.await.unwrap().unwrap().id.as_deref(), Some("PG-1"));
    assert_eq!((state(&ledger, "A").await.as_str(), gateway.created()), ("open", 1));
}

pub async fn proof_that_nothing_was_sent_counts_within_the_lease(book: &Book) {
    for (name, passes, expected) in [("IN-TIME", SECOND, "intended"), ("LATE", MINUTE * 3, "sending")] {
        let gateway = Fake::wallet();
        gateway.next(&[Script::HeldThenNotSent]);
        let ledger = book.ledger(&gateway).await;
        let paying = paying(&ledger, name);
        gateway.until_held().await;
        pass(&ledger, passes).await;
        gateway.release();
        paying.await.unwrap().unwrap_err();
        assert_eq!(state(&ledger, name).await, expected);
    }
}

pub async fn unsent_creation_is_sent_again(book: &Book) {
    let gateway = Fake::qr();
    gateway.next(&[Script::NotSent, Script::NotSent]);
    let ledger = book.ledger(&gateway).await;
    assert!(matches!(ledger.pay(&order("A"), "main").await, Err(Error::Gateway(_))));
    assert_eq!(state(&ledger, "A").await, "intended");
    pass(&ledger, MINUTE).await;
    ledger.work_once().await.unwrap();
    assert_eq!((state(&ledger, "A").await.as_str(), gateway.created()), ("intended", 0));
    pass(&ledger, MINUTE).await;
    ledger.work_once().await.unwrap();
    assert_eq!((state(&ledger, "A").await.as_str(), gateway.created()), ("open", 1));
}

pub async fn unsent_creation_gives_way_to_another_account(book: &Book) {
    let (down, up) = (Fake::qr(), Fake::qr());
    down.next(&[Script::NotSent]);
    let ledger = book.ledger(&down).await.account(Account::live("up", up.clone()));
    ledger.pay(&order("A"), "main").await.unwrap_err();
    let payment = ledger.pay(&order("A"), "up").await.unwrap();
    assert_eq!(payment.reference.as_deref(), Some("A-2"));
    pass(&ledger, HOUR / 2).await;
    ledger.work_once().await.unwrap();
    assert_eq!((down.created(), up.created()), (0, 1));
    assert_eq!(number(&ledger, "SELECT count(*) FROM gerbang_attempt WHERE ending = 'withdrawn'").await, 1);
}

pub async fn unsent_creation_is_given_up_after_an_hour(book: &Book) {
    let gateway = Fake::qr();
    gateway.next(&[Script::NotSent; 40]);
    let ledger = book.ledger(&gateway).await;
    ledger.pay(&order("A"), "main").await.unwrap_err();
    for _ in 0..11 {
        pass(&ledger, MINUTE * 5).await;
        ledger.work_once().await.unwrap();
        assert_eq!(state(&ledger, "A").await, "intended");
    }
    pass(&ledger, MINUTE * 10).await;
    ledger.work_once().await.unwrap();
    assert_eq!((ending(&ledger, "A").await.as_str(), gateway.created()), ("not_sent", 0));
    assert_eq!(events(&ledger, EventKind::PaymentClosed).await, 1);
}

/// An address that asks for an encrypted connection has one.
pub async fn connection_is_encrypted_where_that_is_asked_for(book: &Book) {
    let Some(url) = book.url().filter(|url| url.starts_with("postgres")) else { return };
    let on = "SELECT count(*) FROM pg_settings WHERE name = 'ssl' AND setting = 'on'";
    if number(&book.ledger(&Fake::qr()).await, on).await == 0 {
        eprintln!("SKIPPED: the PostgreSQL server offers no encryption");
        return;
    }
    let ledger = Ledger::open(&format!("{url}&sslmode=require")).await.unwrap();
    let encrypted = "SELECT count(*) FROM pg_stat_ssl WHERE pid = pg_backend_pid() AND ssl";
    assert_eq!(number(&ledger, encrypted).await, 1);
}

/// The server was restarted, or a firewall has forgotten the connections, while nobody used them.
pub async fn connections_that_broke_unused_are_replaced(book: &Book) {
    if !book.url().is_some_and(|url| url.starts_with("postgres")) {
        return;
    }
    let ledger = book.ledger(&Fake::qr()).await;
    let orders = ["A", "B", "C", "D"];
    for payment in orders.map(|order| paying(&ledger, order)) {
        payment.await.unwrap().unwrap();
    }
    let killed = "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity \
                  WHERE application_name = current_setting('application_name') AND pid <> pg_backend_pid()";
    assert!(number(&book.ledger(&Fake::qr()).await, killed).await > 1);
    assert!(ledger.payment("A").await.unwrap().is_some());
    for payment in orders.map(|order| paying(&ledger, order)) {
        payment.await.unwrap().unwrap();
    }
    ledger.pay(&order("E"), "main").await.unwrap();
}

pub async fn reply_that_comes_while_the_database_is_away_is_kept(book: &Book) {
    let gateway = Fake::qr();
    gateway.next(&[Script::Held]);
    let ledger = book.ledger(&gateway).await;
    let paying = paying(&ledger, "A");
    gateway.until_held().await;
    execute(&ledger, "ALTER TABLE gerbang_event RENAME TO gone").await;
    gateway.release();
    tokio::time::sleep(SECOND / 4).await;
    assert_eq!((state(&ledger, "A").await.as_str(), paying.is_finished()), ("sending", false));
    execute(&ledger, "ALTER TABLE gone RENAME TO gerbang_event").await;
    assert_eq!(paying.await.unwrap().unwrap().qris(), Some("000201"));
    assert_eq!((state(&ledger, "A").await.as_str(), gateway.created()), ("open", 1));
}

/// The process that had the reply has ended: what proves a wallet's payment is in what was sent.
pub async fn wallet_debit_with_a_lost_reply_is_proven_by_a_notification(book: &Book) {
    let gateway = Fake::wallet();
    gateway.next(&[Script::ReplyLost]);
    let ledger = book.ledger(&gateway).await;
    ledger.pay(&order("A"), "main").await.unwrap_err();
    gateway.pay("A");
    let (headers, body) = gateway.notification("A");
    assert_eq!(ledger.notified("main", &headers, &body).await.status(), 200);
    assert_eq!((state(&ledger, "A").await.as_str(), events(&ledger, EventKind::PaymentPaid).await), ("paid", 1));
    assert!(ledger.cases().await.unwrap().is_empty());
}

pub async fn refused_creation_frees_the_order(book: &Book) {
    let gateway = Fake::qr();
    gateway.next(&[Script::Refused]);
    let ledger = book.ledger(&gateway).await;
    assert!(matches!(ledger.pay(&order("A"), "main").await, Err(Error::Gateway(_))));
    assert_eq!(ending(&ledger, "A").await, "refused");
    assert_eq!(ledger.pay(&order("A"), "main").await.unwrap().reference.as_deref(), Some("A-2"));
}

pub async fn used_reference_is_uncertain_and_not_sent_again(book: &Book) {
    let gateway = Fake::finds();
    gateway.next(&[Script::Known]);
    let ledger = book.ledger(&gateway).await;
    assert!(matches!(ledger.pay(&order("A"), "main").await, Err(Error::Unanswered { .. })));
    assert_eq!(state(&ledger, "A").await, "uncertain");
    ledger.pay(&order("A"), "main").await.unwrap_err();
    assert_eq!(gateway.created(), 1);
}

pub async fn request_under_way_is_not_sent_again_after_not_found(book: &Book) {
    let gateway = Fake::finds();
    gateway.next(&[Script::UnderWay]);
    let ledger = book.ledger(&gateway).await;
    ledger.pay(&order("A"), "main").await.unwrap_err();
    for _ in 0..5 {
        pass(&ledger, MINUTE).await;
        ledger.work_once().await.unwrap();
        ledger.pay(&order("A"), "main").await.unwrap_err();
    }
    assert!(gateway.asked() >= 3, "{}", gateway.asked());
    assert_eq!((state(&ledger, "A").await.as_str(), gateway.created()), ("uncertain", 1));
    gateway.deliver();
    pass(&ledger, MINUTE * 2).await;
    ledger.work_once().await.unwrap();
    assert_eq!(ledger.pay(&order("A"), "main").await.unwrap().id.as_deref(), Some("PG-1"));
    assert_eq!(gateway.payments().len(), 1);
}

pub async fn lost_creation_is_found_by_reference(book: &Book) {
    let gateway = Fake::finds();
    gateway.next(&[Script::ReplyLost]);
    let ledger = book.ledger(&gateway).await;
    assert!(matches!(ledger.pay(&order("A"), "main").await, Err(Error::Unanswered { .. })));
    pass(&ledger, MINUTE).await;
    ledger.work_once().await.unwrap();
    let payment = ledger.pay(&order("A"), "main").await.unwrap();
    assert_eq!((payment.id.as_deref(), payment.qris(), gateway.created()), (Some("PG-1"), Some("000201"), 1));
}

pub async fn lost_creation_is_created_again_where_that_finds_it(book: &Book) {
    let gateway = Fake::creates_once();
    gateway.next(&[Script::ReplyLost, Script::RequestLost]);
    let ledger = book.ledger(&gateway).await;
    ledger.pay(&order("A"), "main").await.unwrap_err();
    for _ in 0..2 {
        pass(&ledger, MINUTE).await;
        ledger.work_once().await.unwrap();
    }
    assert_eq!(state(&ledger, "A").await, "open");
    assert_eq!((gateway.created(), gateway.payments().len()), (3, 1));
}

/// The horizon begins with the last request that may be under way, and not with the first.
pub async fn request_sent_again_is_waited_for_before_another(book: &Book) {
    let gateway = Fake::creates_once();
    gateway.next(&[Script::RequestLost, Script::UnderWay]);
    let ledger = book.ledger(&gateway).await;
    ledger.pay(&order("A"), "main").await.unwrap_err();
    pass(&ledger, MINUTE * 14).await;
    ledger.work_once().await.unwrap();
    assert_eq!((state(&ledger, "A").await.as_str(), gateway.created()), ("uncertain", 2));
    for _ in 0..7 {
        pass(&ledger, MINUTE * 2).await;
        ledger.work_once().await.unwrap();
        ledger.pay(&order("A"), "main").await.unwrap_err();
    }
    gateway.deliver();
    assert_eq!((gateway.created(), gateway.payments().len()), (2, 1));
    // Its notification finds it.
    gateway.pay("A");
    let (headers, body) = gateway.notification("A");
    assert_eq!(ledger.notified("main", &headers, &body).await.status(), 200);
    ledger.work_once().await.unwrap();
    assert_eq!((state(&ledger, "A").await.as_str(), events(&ledger, EventKind::PaymentPaid).await), ("paid", 1));
}

pub async fn lost_wallet_debit_is_never_sent_again(book: &Book) {
    let gateway = Fake::wallet();
    gateway.next(&[Script::ReplyLost]);
    let ledger = book.ledger(&gateway).await;
    assert!(matches!(ledger.pay(&order("A"), "main").await, Err(Error::Unanswered { .. })));
    assert_eq!(state(&ledger, "A").await, "uncertain");
    // Not even where the account's other payments could not be paid.
    let shows = Fake::qr();
    shows.next(&[Script::ReplyLost]);
    let ledger = ledger.account(Account::live("shows", shows.clone()));
    ledger.pay(&by_gopay("G"), "shows").await.unwrap_err();
    assert_eq!(state(&ledger, "G").await, "uncertain");
    pass(&ledger, MINUTE * 10).await;
    ledger.work_once().await.unwrap();
    ledger.pay(&order("A"), "main").await.unwrap_err();
    ledger.pay(&by_gopay("G"), "shows").await.unwrap_err();
    assert_eq!((gateway.created(), shows.created()), (1, 1));
}

pub async fn unseen_attempt_gives_way_at_once(book: &Book) {
    let gateway = Fake::qr();
    gateway.next(&[Script::ReplyLost]);
    let ledger = book.ledger(&gateway).await;
    let payment = ledger.pay(&order("A"), "main").await.unwrap();
    assert_eq!((payment.reference.as_deref(), payment.id.as_deref()), (Some("A-2"), Some("PG-2")));
    assert_eq!((ending(&ledger, "A").await.as_str(), gateway.created()), ("unseen", 2));
    assert!(ledger.cases().await.unwrap().is_empty());
    // Its money counts all the same.
    gateway.pay("A");
    let (headers, body) = gateway.notification("A");
    assert_eq!(ledger.notified("main", &headers, &body).await.status(), 200);
    ledger.work_once().await.unwrap();
    assert_eq!((state(&ledger, "A").await.as_str(), events(&ledger, EventKind::PaymentPaid).await), ("paid", 1));
}

pub async fn found_payment_without_anything_to_pay_with_is_unseen(book: &Book) {
    let gateway = Fake::finds().with(|can| can.pays_by_reply_only = true);
    gateway.next(&[Script::ReplyLost]);
    gateway.shows_nothing_again();
    let ledger = book.ledger(&gateway).await;
    ledger.pay(&order("A"), "main").await.unwrap_err();
    pass(&ledger, MINUTE).await;
    ledger.work_once().await.unwrap();
    assert_eq!(ending(&ledger, "A").await, "unseen");
    assert_eq!(ledger.pay(&order("A"), "main").await.unwrap().reference.as_deref(), Some("A-2"));
}

pub async fn reference_is_new_for_each_attempt(book: &Book) {
    let gateway = Fake::qr().with(|can| can.cancel = true);
    let ledger = book.ledger(&gateway).await;
    for reference in ["A", "A-2", "A-3"] {
        assert_eq!(ledger.pay(&order("A"), "main").await.unwrap().reference.as_deref(), Some(reference));
        ledger.cancel("A").await.unwrap();
    }
}

pub async fn reference_that_another_order_has_is_passed_over(book: &Book) {
    let gateway = Fake::qr().with(|can| can.cancel = true);
    let ledger = book.ledger(&gateway).await;
    ledger.pay(&order("A-2"), "main").await.unwrap();
    // Gateways may fold case.
    assert_eq!(ledger.pay(&order("a-2"), "main").await.unwrap().reference.as_deref(), Some("a-2-2"));
    ledger.pay(&order("A"), "main").await.unwrap();
    ledger.cancel("A").await.unwrap();
    assert_eq!(ledger.pay(&order("A"), "main").await.unwrap().reference.as_deref(), Some("A-3"));
}

pub async fn pay_goes_on_when_its_caller_is_dropped(book: &Book) {
    let gateway = Fake::qr();
    gateway.next(&[Script::Held]);
    let ledger = book.ledger(&gateway).await;
    let paying = paying(&ledger, "A");
    gateway.until_held().await;
    paying.abort();
    assert!(paying.await.unwrap_err().is_cancelled());
    gateway.release();
    assert_eq!(ledger.pay(&order("A"), "main").await.unwrap().id.as_deref(), Some("PG-1"));
    assert_eq!(gateway.created(), 1);
}

pub async fn intent_lives_and_dies_with_the_merchants_transaction(book: &Book) {
    let gateway = Fake::qr();
    let ledger = book.ledger(&gateway).await;
    execute(&ledger, "CREATE TABLE my_order (id TEXT)").await;
    for is_committed in [false, true] {
        let mut tx = ledger.begin().await.unwrap();
        tx.execute("INSERT INTO my_order (id) VALUES ($1)", ["A".into()]).await.unwrap();
        assert_eq!(ledger.intend(&mut tx, &order("A"), "main").await.unwrap(), "A");
        if is_committed {
            tx.commit().await.unwrap();
        } else {
            drop(tx);
        }
        ledger.work_once().await.unwrap();
        let expected = i64::from(is_committed);
        assert_eq!(number(&ledger, "SELECT count(*) FROM my_order").await, expected);
        assert_eq!(i64::from(gateway.created()), expected);
    }
    assert_eq!(events(&ledger, EventKind::PaymentCreated).await, 1);
    assert_eq!(ledger.payment("A").await.unwrap().unwrap().qris(), Some("000201"));
}

pub async fn price_changes_only_once_the_open_payment_is_closed(book: &Book) {
    let gateway = Fake::qr().with(|can| can.cancel = true);
    let ledger = book.ledger(&gateway).await;
    ledger.pay(&order("A"), "main").await.unwrap();
    let dearer = Order::new("A", Rupiah::new(12_000));
    match ledger.pay(&dearer, "main").await {
        Err(Error::OpenAtAnotherPrice { reference, amount }) => {
            assert_eq!((reference.as_str(), amount), ("A", Rupiah::new(10_000)));
        }
        other => panic!("{other:?}"),
    }
    ledger.cancel("A").await.unwrap();
    let payment = ledger.pay(&dearer, "main").await.unwrap();
    assert_eq!((payment.reference.as_deref(), payment.amount), (Some("A-2"), Rupiah::new(12_000)));
}

pub async fn bad_orders_are_refused_before_anything_is_written(book: &Book) {
    let gateway = Fake::qr();
    let ledger = book.ledger(&gateway).await;
    let long = "A".repeat(45);
    for id in ["", "00123", "A B", "1e5", &long] {
        assert!(ledger.pay(&order(id), "main").await.is_err(), "{id}");
    }
    assert!(matches!(ledger.pay(&Order::new("A", Rupiah::MAX), "main").await, Err(Error::Invalid(_))));
    assert!(matches!(ledger.pay(&order("A"), "other").await, Err(Error::UnknownAccount(_))));
    assert_eq!((gateway.created(), number(&ledger, "SELECT count(*) FROM gerbang_order").await), (0, 0));
    let longest = Order::from(NewPayment::new("A".repeat(44), Rupiah::new(1))).metadata("{}");
    ledger.pay(&longest, "main").await.unwrap();
    assert_eq!(number(&ledger, "SELECT count(*) FROM gerbang_order WHERE metadata = '{}'").await, 1);
}

pub async fn worker_runs_until_it_is_shut_down(book: &Book) {
    let gateway = Fake::qr();
    let ledger = book.ledger(&gateway).await.on_event(|_, _| async { Ok(()) });
    let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
    let running = tokio::spawn({
        let ledger = ledger.clone();
        async move { ledger.run(async move { drop(stopped.await) }).await }
    });
    let mut tx = ledger.begin().await.unwrap();
    ledger.intend(&mut tx, &order("A"), "main").await.unwrap();
    tx.commit().await.unwrap();
    let is_done = async |sql: &str| {
        for _ in 0..400 {
            if number(&ledger, sql).await == 1 {
                return true;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        false
    };
    assert!(is_done("SELECT count(*) FROM gerbang_attempt WHERE state = 'open'").await);
    gateway.pay("A");
    pass(&ledger, SECOND * 10).await;
    let shipped = "SELECT count(*) FROM gerbang_event WHERE kind = 'payment.paid' AND done_at IS NOT NULL";
    assert!(is_done(shipped).await);
    stop.send(()).unwrap();
    running.await.unwrap().unwrap();
}
