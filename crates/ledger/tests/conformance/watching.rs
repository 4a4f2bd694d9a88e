//! Rules 10 and 14: what is asked, how often, and when it ends.

use gerbang_core::PaymentStatus;
use gerbang_ledger::{Account, EventKind, Why};

use crate::book::{Book, HOUR, MINUTE, SECOND, ending, events, execute, number, order, pass, set_clock_back, state};
use crate::fake::{Fake, Script};

pub async fn expired_then_paid_ships_late(book: &Book) {
    let gateway = Fake::qr();
    gateway.expires_in(300);
    let ledger = book.ledger(&gateway).await;
    ledger.pay(&order("A"), "main").await.unwrap();
    gateway.set("A", |paid| paid.status = PaymentStatus::Expired);
    pass(&ledger, MINUTE * 6).await;
    ledger.work_once().await.unwrap();
    assert_eq!((state(&ledger, "A").await.as_str(), ending(&ledger, "A").await.as_str()), ("closed", "expired"));
    assert_eq!(ledger.payment("A").await.unwrap().unwrap().status, PaymentStatus::Expired);
    gateway.pay("A");
    pass(&ledger, HOUR).await;
    ledger.work_once().await.unwrap();
    let paid: Vec<_> = ledger.events(0).await.unwrap();
    let paid = paid.iter().find(|event| event.kind == EventKind::PaymentPaid).unwrap();
    assert!(paid.late);
    assert_eq!(state(&ledger, "A").await, "paid");
    assert_eq!(number(&ledger, "SELECT late FROM gerbang_receipt").await, 1);
}

pub async fn pending_after_expiry_and_grace_is_closed(book: &Book) {
    let gateway = Fake::qr();
    gateway.expires_in(300);
    let ledger = book.ledger(&gateway).await;
    ledger.pay(&order("A"), "main").await.unwrap();
    pass(&ledger, MINUTE * 5 + SECOND * 30).await;
    ledger.work_once().await.unwrap();
    assert_eq!(state(&ledger, "A").await, "open");
    pass(&ledger, SECOND * 45).await;
    ledger.work_once().await.unwrap();
    assert_eq!((ending(&ledger, "A").await.as_str(), gateway.asked()), ("expired", 2));
    assert_eq!(ledger.pay(&order("A"), "main").await.unwrap().reference.as_deref(), Some("A-2"));
}

pub async fn outage_over_the_expiry_closes_nothing(book: &Book) {
    let gateway = Fake::qr();
    gateway.expires_in(300);
    let ledger = book.ledger(&gateway).await;
    ledger.pay(&order("A"), "main").await.unwrap();
    gateway.set_down(true);
    for _ in 0..5 {
        pass(&ledger, MINUTE * 5).await;
        ledger.work_once().await.unwrap();
    }
    assert_eq!(state(&ledger, "A").await, "open");
    gateway.pay("A");
    gateway.set_down(false);
    pass(&ledger, MINUTE * 5).await;
    ledger.work_once().await.unwrap();
    assert_eq!(state(&ledger, "A").await, "paid");
}

pub async fn gateway_that_cannot_be_asked_is_closed_by_time(book: &Book) {
    let gateway = Fake::wallet();
    gateway.expires_in(300);
    let ledger = book.ledger(&gateway).await;
    ledger.pay(&order("A"), "main").await.unwrap();
    pass(&ledger, MINUTE * 5).await;
    ledger.work_once().await.unwrap();
    assert_eq!(state(&ledger, "A").await, "open");
    pass(&ledger, MINUTE * 2).await;
    ledger.work_once().await.unwrap();
    assert_eq!((ending(&ledger, "A").await.as_str(), gateway.asked()), ("expired", 0));
    gateway.pay("A");
    let (headers, body) = gateway.notification("A");
    assert_eq!(ledger.notified("main", &headers, &body).await.status(), 200);
    assert_eq!(state(&ledger, "A").await, "paid");
}

pub async fn closed_payment_is_left_alone_after_its_tail(book: &Book) {
    let gateway = Fake::qr();
    gateway.expires_in(300);
    let ledger = book.ledger(&gateway).await.tail(HOUR);
    ledger.pay(&order("A"), "main").await.unwrap();
    gateway.set("A", |paid| paid.status = PaymentStatus::Expired);
    let mut asked = Vec::new();
    for _ in 0..60 {
        pass(&ledger, MINUTE * 2).await;
        ledger.work_once().await.unwrap();
        asked.push(gateway.asked());
    }
    // Closed after six minutes or so, and asked about for an hour.
    assert!((5..40).contains(&asked[39]) && asked[39] > asked[20], "{asked:?}");
    assert_eq!(asked[59], asked[39], "{asked:?}");
    assert_eq!(number(&ledger, "SELECT count(*) FROM gerbang_attempt WHERE due_at IS NOT NULL").await, 0);
}

pub async fn lost_creation_is_absent_after_the_horizon(book: &Book) {
    // What is created again may be under way for as long after the last time.
    for (name, gateway, minutes, is_case) in [
        ("found", Fake::finds(), 15, false),
        ("again", Fake::creates_once(), 30, true),
        ("wallet", Fake::wallet(), 15, true),
    ] {
        gateway.next(&[Script::RequestLost; 40]);
        let ledger = book.open().await.account(Account::live(name, gateway.clone()).pace(std::time::Duration::ZERO));
        ledger.pay(&order(name), name).await.unwrap_err();
        for _ in 1..minutes {
            pass(&ledger, MINUTE).await;
            ledger.work_once().await.unwrap();
        }
        assert_eq!(state(&ledger, name).await, "uncertain", "{name}");
        for _ in 0..3 {
            pass(&ledger, MINUTE).await;
            ledger.work_once().await.unwrap();
        }
        assert_eq!(ending(&ledger, name).await, "absent", "{name}");
        let cases = ledger.cases().await.unwrap();
        let lost = cases.iter().filter(|case| case.order.as_deref() == Some(name) && case.why == Why::CreationLost);
        assert_eq!(lost.count(), usize::from(is_case), "{name}");
    }
}

pub async fn payment_that_arrives_after_the_horizon_is_found(book: &Book) {
    let gateway = Fake::finds();
    gateway.next(&[Script::UnderWay]);
    let ledger = book.ledger(&gateway).await;
    ledger.pay(&order("A"), "main").await.unwrap_err();
    for _ in 0..17 {
        pass(&ledger, MINUTE).await;
        ledger.work_once().await.unwrap();
    }
    assert_eq!(ending(&ledger, "A").await, "absent");
    gateway.deliver();
    gateway.pay("A");
    pass(&ledger, HOUR).await;
    ledger.work_once().await.unwrap();
    assert_eq!((state(&ledger, "A").await.as_str(), events(&ledger, EventKind::PaymentPaid).await), ("paid", 1));
}

/// The process, or the machine, was suspended in between.
pub async fn answer_is_of_the_time_of_its_question(book: &Book) {
    let held = async |ledger: &gerbang_ledger::Ledger, gateway: &Fake, change: &(dyn Fn() + Sync)| {
        gateway.hold_next_answer();
        let asking = tokio::spawn({
            let ledger = ledger.clone();
            async move { ledger.work_once().await }
        });
        gateway.until_held().await;
        change();
        pass(ledger, MINUTE * 4).await;
        gateway.release();
        asking.await.unwrap().unwrap();
    };
    let gateway = Fake::finds();
    gateway.next(&[Script::UnderWay]);
    let ledger = book.ledger(&gateway).await;
    ledger.pay(&order("LOST"), "main").await.unwrap_err();
    pass(&ledger, MINUTE * 12).await;
    // It arrives just after "not found".
    held(&ledger, &gateway, &|| gateway.deliver()).await;
    assert_eq!(state(&ledger, "LOST").await, "uncertain");
    let gateway = Fake::qr();
    gateway.expires_in(300);
    let ledger = book.open().await.account(Account::live("other", gateway.clone()).pace(std::time::Duration::ZERO));
    ledger.pay(&order("OPEN"), "other").await.unwrap();
    pass(&ledger, MINUTE * 4).await;
    // It is paid in the last second, just after "pending".
    held(&ledger, &gateway, &|| gateway.pay("OPEN")).await;
    assert_eq!(state(&ledger, "OPEN").await, "open");
    pass(&ledger, MINUTE).await;
    ledger.work_once().await.unwrap();
    assert_eq!(state(&ledger, "OPEN").await, "paid");
}

pub async fn two_workers_ask_once(book: &Book) {
    let gateway = Fake::qr();
    let (one, two) = (book.ledger(&gateway).await, book.ledger(&gateway).await);
    for name in ["A", "B", "C", "D"] {
        one.pay(&order(name), "main").await.unwrap();
    }
    pass(&one, SECOND * 10).await;
    let (first, second) = tokio::join!(one.work_once(), two.work_once());
    first.unwrap();
    second.unwrap();
    assert_eq!(gateway.asked(), 4);
}

pub async fn all_payments_share_one_budget(book: &Book) {
    let gateway = Fake::qr();
    let slow =
        |ledger: gerbang_ledger::Ledger| ledger.account(Account::live("main", gateway.clone()).pace(SECOND * 10));
    let (one, two) = (slow(book.open().await), slow(book.open().await));
    for name in ["A", "B", "C", "D"] {
        one.pay(&order(name), "main").await.unwrap();
    }
    pass(&one, MINUTE).await;
    for asked in 1..=3 {
        for ledger in [&one, &two, &one, &two] {
            ledger.work_once().await.unwrap();
        }
        assert_eq!(gateway.asked(), asked);
        pass(&one, SECOND * 10).await;
    }
}

pub async fn creation_does_not_wait_for_the_budget_of_questions(book: &Book) {
    let gateway = Fake::qr();
    let ledger = book.open().await.account(Account::live("main", gateway.clone()).pace(MINUTE * 10));
    for name in ["A", "B", "C"] {
        ledger.pay(&order(name), "main").await.unwrap();
    }
    pass(&ledger, MINUTE).await;
    let mut tx = ledger.begin().await.unwrap();
    ledger.intend(&mut tx, &order("D"), "main").await.unwrap();
    tx.commit().await.unwrap();
    ledger.work_once().await.unwrap();
    assert_eq!((gateway.asked(), state(&ledger, "D").await.as_str()), (1, "open"));
}

/// The time that a running process saw is kept in memory: a test can only begin with a process that starts.
pub async fn clock_that_is_set_back_holds_nothing_up(book: &Book) {
    if book.url().is_none() {
        return;
    }
    let gateway = Fake::qr();
    let slow = |ledger: gerbang_ledger::Ledger| ledger.account(Account::live("main", gateway.clone()).pace(SECOND * 5));
    let before = slow(book.open().await);
    for name in ["OPEN", "ASKED"] {
        before.pay(&order(name), "main").await.unwrap();
    }
    pass(&before, MINUTE).await;
    before.work_once().await.unwrap();
    // Somebody is asked at this moment, and somebody has taken an order to send it.
    let leased = "UPDATE gerbang_attempt SET lease_until = asked_at + 120000 WHERE asked_at > 0";
    execute(&before, leased).await;
    assert_eq!(gateway.asked(), 1);
    set_clock_back(&before, HOUR * 30).await;
    gateway.pay("OPEN");
    gateway.pay("ASKED");
    let handling = book.open().await.on_event(|_, _| async { Ok(()) });
    assert_eq!(handling.work_once().await.unwrap().events, 2);
    let after = slow(book.open().await).on_event(|_, _| async { Ok(()) });
    for _ in 0..6 {
        after.work_once().await.unwrap();
        pass(&after, SECOND * 61).await;
    }
    assert_eq!((state(&after, "OPEN").await.as_str(), state(&after, "ASKED").await.as_str()), ("paid", "paid"));
    let undone = "SELECT count(*) FROM gerbang_event WHERE done_at IS NULL";
    assert_eq!((number(&after, undone).await, gateway.asked()), (0, 3));
}

/// A worker that has nothing to do reads the payments that are due, and not all that there are.
pub async fn idle_worker_reads_no_row_that_is_not_due(book: &Book) {
    if !book.url().is_some_and(|url| url.starts_with("postgres")) {
        return;
    }
    let ledger = book.ledger(&Fake::qr()).await.on_event(|_, _| async { Ok(()) });
    ledger.pay(&order("A"), "main").await.unwrap();
    pass(&ledger, SECOND).await;
    ledger.work_once().await.unwrap();
    execute(
        &ledger,
        "INSERT INTO gerbang_order (id, price, created_at) SELECT 'O' || n, 1, 0 FROM generate_series(1, 3000) n",
    )
    .await;
    let many = "INSERT INTO gerbang_attempt (order_id, account, number, reference, amount, state, rank, request, due_at, \
                created_at) SELECT 'O' || n, 'main', 1, 'O' || n, 1, 'open', 3, '{}', 9000000000000, \
                CAST(extract(epoch FROM now()) * 1000 AS BIGINT) FROM generate_series(1, 3000) n";
    execute(&ledger, many).await;
    execute(&ledger, "ANALYZE gerbang_attempt").await;
    let read = "SELECT CAST(seq_tup_read + COALESCE(idx_tup_fetch, 0) AS BIGINT) FROM pg_stat_user_tables \
                WHERE relname = 'gerbang_attempt' AND schemaname = current_schema()";
    // A session publishes its figures a second after the last time at the soonest.
    let publish = async || {
        tokio::time::sleep(SECOND + SECOND / 5).await;
        ledger.work_once().await.unwrap();
        number(&ledger, read).await
    };
    let before = publish().await;
    for _ in 0..30 {
        ledger.work_once().await.unwrap();
    }
    let after = publish().await;
    assert!(after - before < 3000, "{} rows", after - before);
}

pub async fn restart_asks_at_the_accounts_pace(book: &Book) {
    let gateway = Fake::qr();
    let before = book.ledger(&gateway).await;
    for n in 0..30 {
        before.pay(&order(&format!("A{n}")), "main").await.unwrap();
    }
    pass(&before, HOUR).await;
    drop(before);
    // As a process that starts, with the pace that a merchant sets.
    let after = book.open().await.account(Account::live("main", gateway.clone()).pace(SECOND));
    let stop = tokio::time::sleep(std::time::Duration::from_millis(2500));
    after.run(stop).await.unwrap();
    assert!((1..=4).contains(&gateway.asked()), "{}", gateway.asked());
}

pub async fn unanswered_questions_end_with_a_person(book: &Book) {
    let gateway = Fake::qr();
    gateway.expires_in(300);
    let ledger = book.ledger(&gateway).await;
    ledger.pay(&order("A"), "main").await.unwrap();
    gateway.set_down(true);
    for _ in 0..12 {
        pass(&ledger, HOUR).await;
        ledger.work_once().await.unwrap();
    }
    assert_eq!(state(&ledger, "A").await, "open");
    let cases = ledger.cases().await.unwrap();
    assert_eq!(cases.iter().map(|case| case.why).collect::<Vec<_>>(), [Why::NoAnswer]);
}

pub async fn restart_with_many_open_payments_keeps_the_budget(book: &Book) {
    let gateway = Fake::qr();
    let before = book.ledger(&gateway).await;
    for n in 0..100 {
        before.pay(&order(&format!("A{n}")), "main").await.unwrap();
    }
    pass(&before, HOUR).await;
    drop(before);
    let started = std::time::Instant::now();
    // Two processes start, at the pace that an account has unless the merchant says otherwise.
    let open = async || book.open().await.account(Account::live("main", gateway.clone()));
    let after = [open().await, open().await];
    for _ in 0..60 {
        for ledger in &after {
            ledger.work_once().await.unwrap();
        }
        pass(&after[0], SECOND / 2).await;
    }
    // Half a minute has passed in the book, and what the test itself took.
    let budget = 61 + u32::try_from(started.elapsed().as_millis() / 500).unwrap();
    assert!((55..=budget).contains(&gateway.asked()), "{} questions, {budget} allowed", gateway.asked());
}
