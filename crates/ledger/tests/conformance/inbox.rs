//! Rule 9, rule 14 and the races of notifications.

use gerbang_core::{NewPayment, PaymentStatus, Rupiah};
use gerbang_ledger::{EventKind, Ledger, Why};

use crate::book::{Book, DAY, MINUTE, SECOND, events, execute, number, order, pass, paying, state, text};
use crate::fake::{Fake, Script, notification};

async fn notify(ledger: &Ledger, gateway: &Fake, reference: &str) -> u16 {
    let (headers, body) = gateway.notification(reference);
    ledger.notified("main", &headers, &body).await.status().as_u16()
}

async fn receipts(ledger: &Ledger) -> i64 {
    number(ledger, "SELECT count(*) FROM gerbang_receipt").await
}

pub async fn signed_notification_is_a_receipt_at_once(book: &Book) {
    let gateway = Fake::wallet();
    let ledger = book.ledger(&gateway).await;
    ledger.pay(&order("A"), "main").await.unwrap();
    gateway.pay("A");
    let (headers, body) = gateway.notification("A");
    let answer = ledger.notified("main", &headers, &body).await;
    assert_eq!((answer.status().as_u16(), answer.body().as_slice()), (200, br#"{"success":true}"#.as_slice()));
    assert_eq!((state(&ledger, "A").await.as_str(), gateway.asked()), ("paid", 0));
    assert_eq!(ledger.payment("A").await.unwrap().unwrap().status, PaymentStatus::Paid);
    for _ in 0..3 {
        assert_eq!(notify(&ledger, &gateway, "A").await, 200);
    }
    assert_eq!((receipts(&ledger).await, events(&ledger, EventKind::PaymentPaid).await), (1, 1));
    assert_eq!(ledger.pay(&order("A"), "main").await.unwrap().status, PaymentStatus::Paid);
    assert_eq!(gateway.created(), 1);
}

pub async fn unsigned_notification_leads_to_a_question(book: &Book) {
    let gateway = Fake::qr();
    let ledger = book.ledger(&gateway).await;
    ledger.pay(&order("A"), "main").await.unwrap();
    gateway.pay("A");
    assert_eq!(notify(&ledger, &gateway, "A").await, 200);
    assert_eq!((state(&ledger, "A").await.as_str(), receipts(&ledger).await), ("open", 0));
    assert_eq!(text(&ledger, "SELECT outcome FROM gerbang_inbox").await, "");
    ledger.work_once().await.unwrap();
    assert_eq!((state(&ledger, "A").await.as_str(), gateway.asked(), receipts(&ledger).await), ("paid", 1, 1));
    assert_eq!(text(&ledger, "SELECT outcome FROM gerbang_inbox").await, "paid");
}

pub async fn notification_before_the_reply_ships_once(book: &Book) {
    for (name, gateway) in [("signed", Fake::signing()), ("unsigned", Fake::finds())] {
        gateway.next(&[Script::Held]);
        let ledger = book.ledger(&gateway.clone().prefix(name)).await;
        let paying = paying(&ledger, name);
        gateway.until_held().await;
        gateway.pay(name);
        assert_eq!(notify(&ledger, &gateway, name).await, 200);
        gateway.release();
        paying.await.unwrap().unwrap();
        pass(&ledger, SECOND * 10).await;
        ledger.work_once().await.unwrap();
        assert_eq!(state(&ledger, name).await, "paid", "{name}");
        execute(&ledger, "UPDATE gerbang_account SET gateway = 'fake'").await;
    }
    assert_eq!(
        (receipts(&ledger_of(book).await).await, events(&ledger_of(book).await, EventKind::PaymentPaid).await),
        (2, 2)
    );
}

async fn ledger_of(book: &Book) -> Ledger {
    book.open().await
}

pub async fn notifications_at_once_are_one_receipt(book: &Book) {
    let gateway = Fake::signing();
    let ledger = book.ledger(&gateway).await;
    ledger.pay(&order("A"), "main").await.unwrap();
    gateway.pay("A");
    pass(&ledger, SECOND * 10).await;
    let mut tasks = Vec::new();
    for n in 0..6 {
        let (ledger, gateway) = (book.ledger(&gateway).await, gateway.clone());
        tasks.push(tokio::spawn(async move {
            // Differently spelt, so that each is new to the inbox.
            let (headers, mut body) = gateway.notification("A");
            body.extend(std::iter::repeat_n(b' ', n));
            ledger.notified("main", &headers, &body).await.status().as_u16()
        }));
    }
    let asking = book.ledger(&gateway).await;
    asking.work_once().await.unwrap();
    for task in tasks {
        assert_eq!(task.await.unwrap(), 200);
    }
    assert_eq!((receipts(&ledger).await, events(&ledger, EventKind::PaymentPaid).await), (1, 1));
    assert_eq!(number(&ledger, "SELECT count(*) FROM gerbang_surplus").await, 0);
}

pub async fn forged_notifications_cost_one_question_for_an_interval(book: &Book) {
    let gateway = Fake::qr();
    let ledger = book.ledger(&gateway).await;
    ledger.pay(&order("A"), "main").await.unwrap();
    for n in 0..80_u64 {
        let (headers, body) = notification("PG-1", "A", Some(Rupiah::new(n)), &PaymentStatus::Paid);
        let status = ledger.notified("main", &headers, &body).await.status();
        // What is above the bound is to be sent again.
        assert!(status == 200 || status == 503, "{status}");
        if n % 10 == 0 {
            ledger.work_once().await.unwrap();
        }
    }
    assert_eq!(gateway.asked(), 1);
    assert_eq!((state(&ledger, "A").await.as_str(), receipts(&ledger).await), ("open", 0));
    pass(&ledger, SECOND * 4).await;
    ledger.work_once().await.unwrap();
    assert_eq!(gateway.asked(), 2);
    assert!(ledger.cases().await.unwrap().is_empty());
}

pub async fn forged_notifications_fill_neither_disk_nor_slots(book: &Book) {
    let gateway = Fake::qr();
    let ledger = book.ledger(&gateway).await;
    ledger.pay(&order("A"), "main").await.unwrap();
    // Each is spelt differently, and longer than any real one.
    let forge = async |round: u64, id: &str| {
        let (headers, mut body) = notification(id, "A", Some(Rupiah::new(round)), &PaymentStatus::Paid);
        body.extend(std::iter::repeat_n(b' ', 60_000));
        ledger.notified("main", &headers, &body).await.status().as_u16()
    };
    for round in 0..6 {
        for n in 0..30 {
            assert_eq!(forge(round * 100 + n, "PG-1").await, 200);
            let status = forge(round * 100 + n, &format!("FORGED-{round}-{n}")).await;
            assert!([200, 503].contains(&status), "{status}");
        }
        pass(&ledger, SECOND * 10).await;
        ledger.work_once().await.unwrap();
    }
    let rows = number(&ledger, "SELECT count(*) FROM gerbang_inbox").await;
    assert!((2..=23).contains(&rows), "{rows}");
    // The real one has its place at any time.
    gateway.pay("A");
    assert_eq!(notify(&ledger, &gateway, "A").await, 200);
    for _ in 0..10 {
        pass(&ledger, SECOND * 10).await;
        ledger.work_once().await.unwrap();
    }
    assert_eq!(state(&ledger, "A").await, "paid");
    // What the gateway never confirms is forgotten.
    for _ in 0..40 {
        pass(&ledger, MINUTE * 60).await;
        ledger.work_once().await.unwrap();
    }
    assert_eq!(number(&ledger, "SELECT count(*) FROM gerbang_inbox WHERE gateway_id <> 'PG-1'").await, 0);
}

/// Anybody can send these: they must not hold up whoever writes.
pub async fn notification_of_no_payment_writes_nothing(book: &Book) {
    let Some(url) = book.url() else { return };
    let gateway = Fake::qr();
    let ledger = book.ledger(&gateway).await;
    ledger.pay(&order("A"), "main").await.unwrap();
    let (headers, body) = notification("PG-1", "A", None, &PaymentStatus::Paid);
    assert_eq!(ledger.notified("main", &headers, &body).await.status(), 200);
    // SQLite's one writer is busy, and so is the payment's row on PostgreSQL.
    let mut writer = ledger.begin().await.unwrap();
    writer.execute("UPDATE gerbang_attempt SET failures = failures", []).await.unwrap();
    let other = gerbang_ledger::Ledger::open(url);
    let other = if url.starts_with("postgres") { other.await.unwrap() } else { ledger.clone() };
    let other = other.account(gerbang_ledger::Account::live("main", gateway.clone()));
    let (nobodys, _) = (notification("PG-7", "NOBODYS", None, &PaymentStatus::Paid), ());
    assert_eq!(other.notified("main", &nobodys.0, &nobodys.1).await.status(), 400);
    // Nor does what was said before and is still to be asked about.
    let (headers, body) = notification("PG-1", "A", Some(Rupiah::new(7)), &PaymentStatus::Paid);
    assert_eq!(other.notified("main", &headers, &body).await.status(), 200);
    drop(writer);
    assert_eq!(number(&ledger, "SELECT count(*) FROM gerbang_inbox").await, 1);
}

pub async fn forged_ending_closes_nothing(book: &Book) {
    let gateway = Fake::qr();
    let ledger = book.ledger(&gateway).await;
    ledger.pay(&order("A"), "main").await.unwrap();
    for status in [PaymentStatus::Failed, PaymentStatus::Expired, PaymentStatus::Cancelled] {
        let (headers, body) = notification("PG-1", "A", None, &status);
        assert_eq!(ledger.notified("main", &headers, &body).await.status(), 200);
        pass(&ledger, SECOND * 4).await;
        ledger.work_once().await.unwrap();
    }
    assert_eq!(state(&ledger, "A").await, "open");
}

pub async fn forged_id_does_not_hide_the_lost_payment(book: &Book) {
    let gateway = Fake::qr().with(|can| can.pays_by_reply_only = false);
    gateway.next(&[Script::Answered, Script::ReplyLost]);
    let ledger = book.ledger(&gateway).await;
    ledger.pay(&order("OTHER"), "main").await.unwrap();
    gateway.pay("OTHER");
    ledger.pay(&order("A"), "main").await.unwrap_err();
    // An id that does not exist, and that of another payment, which is paid.
    for id in ["PG-99", "PG-1"] {
        let (headers, body) = notification(id, "A", None, &PaymentStatus::Paid);
        assert_eq!(ledger.notified("main", &headers, &body).await.status(), 200);
    }
    gateway.pay("A");
    assert_eq!(notify(&ledger, &gateway, "A").await, 200);
    for _ in 0..6 {
        pass(&ledger, SECOND * 4).await;
        ledger.work_once().await.unwrap();
    }
    assert_eq!(state(&ledger, "A").await, "paid");
    assert!(ledger.cases().await.unwrap().is_empty());
}

pub async fn notification_finds_the_payment_of_a_lost_reply(book: &Book) {
    let gateway = Fake::qr().with(|can| can.pays_by_reply_only = false);
    gateway.next(&[Script::ReplyLost]);
    let ledger = book.ledger(&gateway).await;
    ledger.pay(&order("A"), "main").await.unwrap_err();
    // The gateway knows of the money a little later than it notifies.
    let (headers, body) = notification("PG-1", "A", None, &PaymentStatus::Paid);
    assert_eq!(ledger.notified("main", &headers, &body).await.status(), 200);
    ledger.work_once().await.unwrap();
    assert_eq!(state(&ledger, "A").await, "open");
    gateway.pay("A");
    pass(&ledger, MINUTE).await;
    ledger.work_once().await.unwrap();
    assert_eq!((state(&ledger, "A").await.as_str(), receipts(&ledger).await), ("paid", 1));
}

pub async fn database_that_is_away_is_answered_503_and_changes_nothing(book: &Book) {
    let gateway = Fake::wallet();
    let ledger = book.ledger(&gateway).await;
    ledger.pay(&order("A"), "main").await.unwrap();
    gateway.pay("A");
    // The last table that the transaction writes to is gone, and so is the whole transaction.
    for (gone, back) in [
        ("ALTER TABLE gerbang_event RENAME TO gone", "ALTER TABLE gone RENAME TO gerbang_event"),
        ("ALTER TABLE gerbang_inbox RENAME TO gone", "ALTER TABLE gone RENAME TO gerbang_inbox"),
    ] {
        execute(&ledger, gone).await;
        assert_eq!(notify(&ledger, &gateway, "A").await, 503);
        execute(&ledger, back).await;
        assert_eq!((state(&ledger, "A").await.as_str(), receipts(&ledger).await), ("open", 0));
        assert_eq!(number(&ledger, "SELECT count(*) FROM gerbang_inbox").await, 0);
    }
    assert_eq!(notify(&ledger, &gateway, "A").await, 200);
    assert_eq!(state(&ledger, "A").await, "paid");
}

pub async fn what_is_no_notification_is_refused_and_not_kept(book: &Book) {
    let gateway = Fake::signing();
    let ledger = book.ledger(&gateway).await;
    ledger.pay(&order("A"), "main").await.unwrap();
    let (headers, body) = gateway.notification("A");
    let status = async |account, headers, body| ledger.notified(account, headers, body).await.status().as_u16();
    assert_eq!(status("other", &headers, &body).await, 404);
    let none = http::HeaderMap::new();
    assert_eq!(status("main", &none, &body).await, 401);
    assert_eq!(status("main", &headers, b"{}").await, 400);
    let large = vec![b' '; 65 * 1024];
    assert_eq!(status("main", &headers, &large).await, 413);
    let unsigned = Fake::qr();
    let ledger = ledger.account(gerbang_ledger::Account::live("unsigned", unsigned.clone()));
    let (headers, body) = notification("PG-7", "NOBODYS", None, &PaymentStatus::Paid);
    assert_eq!(ledger.notified("unsigned", &headers, &body).await.status(), 400);
    // It may be early: who names the gateway's id alone is to send it again.
    let body = br#"{"id": "PG-7", "status": "paid"}"#;
    assert_eq!(ledger.notified("unsigned", &headers, body).await.status(), 503);
    ledger.work_once().await.unwrap();
    assert_eq!((unsigned.asked(), number(&ledger, "SELECT count(*) FROM gerbang_inbox").await), (0, 0));
}

pub async fn signed_claim_about_an_unknown_payment_goes_to_a_person(book: &Book) {
    let gateway = Fake::wallet();
    let ledger = book.ledger(&gateway).await;
    let (headers, body) = notification("PG-7", "NOBODYS", None, &PaymentStatus::Paid);
    for _ in 0..2 {
        assert_eq!(ledger.notified("main", &headers, &body).await.status(), 200);
    }
    let cases = ledger.cases().await.unwrap();
    assert_eq!(cases.len(), 1);
    assert_eq!((cases[0].why, cases[0].order.as_deref()), (Why::UnknownPayment, None));
    assert!(cases[0].detail.contains("NOBODYS"));
    assert_eq!(events(&ledger, EventKind::CaseOpened).await, 1);
    let (headers, body) = notification("PG-8", "NOBODYS", None, &PaymentStatus::Expired);
    assert_eq!(ledger.notified("main", &headers, &body).await.status(), 400);
    let noted = gerbang_ledger::Resolution::Noted;
    assert!(ledger.resolve(cases[0].id, gerbang_ledger::Resolution::Paid, "Ani", "").await.is_err());
    ledger.resolve(cases[0].id, noted, "Ani", "of another shop").await.unwrap();
    assert!(ledger.cases().await.unwrap().is_empty());
}

pub async fn secrets_are_not_kept_and_bodies_are_deleted(book: &Book) {
    let gateway = Fake::wallet();
    let ledger = book.ledger(&gateway).await.keep_bodies(DAY);
    ledger.pay(&order("A"), "main").await.unwrap();
    gateway.pay("A");
    notify(&ledger, &gateway, "A").await;
    let headers = text(&ledger, "SELECT headers FROM gerbang_inbox").await;
    assert!(headers.contains("application/json") && !headers.contains("right"), "{headers}");
    ledger.work_once().await.unwrap();
    assert_eq!(number(&ledger, "SELECT count(*) FROM gerbang_inbox WHERE body IS NOT NULL").await, 1);
    pass(&ledger, DAY + MINUTE).await;
    ledger.work_once().await.unwrap();
    assert_eq!(number(&ledger, "SELECT count(*) FROM gerbang_inbox WHERE body IS NULL AND headers IS NULL").await, 1);
    assert_eq!(receipts(&ledger).await, 1);
}

pub async fn customers_data_is_deleted_once_it_is_not_sent_again(book: &Book) {
    let gateway = Fake::wallet();
    gateway.next(&[Script::Answered, Script::Answered, Script::NotSent]);
    let ledger = book.ledger(&gateway).await.keep_bodies(DAY);
    let with_name = |id: &str| NewPayment::new(id, Rupiah::new(10_000)).customer_name("Krisdi").into();
    ledger.pay(&with_name("A"), "main").await.unwrap();
    ledger.pay(&with_name("B"), "main").await.unwrap();
    ledger.pay(&with_name("C"), "main").await.unwrap_err();
    let named = "SELECT count(*) FROM gerbang_attempt WHERE request LIKE '%Krisdi%'";
    ledger.work_once().await.unwrap();
    assert_eq!(number(&ledger, named).await, 3);
    gateway.next(&[Script::NotSent; 2]);
    pass(&ledger, DAY * 2).await;
    execute(&ledger, "UPDATE gerbang_attempt SET due_at = 9000000000000 WHERE reference = 'C'").await;
    ledger.work_once().await.unwrap();
    // What was never sent is still to be sent.
    assert_eq!((number(&ledger, named).await, state(&ledger, "C").await.as_str()), (1, "intended"));
    // Money that comes after that is known all the same.
    gateway.pay("A");
    assert_eq!(notify(&ledger, &gateway, "A").await, 200);
    assert_eq!((state(&ledger, "A").await.as_str(), receipts(&ledger).await), ("paid", 1));
    assert_eq!(ledger.payment("B").await.unwrap().unwrap().reference.as_deref(), Some("B"));
}

pub async fn notification_after_the_tail_counts(book: &Book) {
    let gateway = Fake::qr();
    gateway.expires_in(60);
    let ledger = book.ledger(&gateway).await.tail(MINUTE * 10);
    ledger.pay(&order("A"), "main").await.unwrap();
    gateway.set("A", |paid| paid.status = PaymentStatus::Expired);
    pass(&ledger, MINUTE * 5).await;
    ledger.work_once().await.unwrap();
    pass(&ledger, DAY * 30).await;
    ledger.work_once().await.unwrap();
    let asked = gateway.asked();
    pass(&ledger, DAY).await;
    ledger.work_once().await.unwrap();
    assert_eq!((gateway.asked(), state(&ledger, "A").await.as_str()), (asked, "closed"));
    // The gateway notifies a little before it knows.
    let (headers, body) = notification("PG-1", "A", None, &PaymentStatus::Paid);
    assert_eq!(ledger.notified("main", &headers, &body).await.status(), 200);
    ledger.work_once().await.unwrap();
    assert_eq!((gateway.asked(), state(&ledger, "A").await.as_str()), (asked + 1, "closed"));
    gateway.pay("A");
    pass(&ledger, DAY / 3).await;
    ledger.work_once().await.unwrap();
    assert_eq!((state(&ledger, "A").await.as_str(), receipts(&ledger).await), ("paid", 1));
}

pub async fn signed_pending_says_nothing_to_pay_with(book: &Book) {
    let gateway = Fake::wallet();
    gateway.next(&[Script::ReplyLost]);
    let ledger = book.ledger(&gateway).await;
    ledger.pay(&order("A"), "main").await.unwrap_err();
    let (headers, body) = notification("PG-1", "A", None, &PaymentStatus::Pending);
    assert_eq!(ledger.notified("main", &headers, &body).await.status(), 200);
    assert_eq!(state(&ledger, "A").await, "uncertain");
    // A signed ending counts, and money after it as well.
    let (headers, body) = notification("PG-1", "A", None, &PaymentStatus::Expired);
    assert_eq!(ledger.notified("main", &headers, &body).await.status(), 200);
    assert_eq!(state(&ledger, "A").await, "closed");
    gateway.pay("A");
    assert_eq!(notify(&ledger, &gateway, "A").await, 200);
    assert_eq!((state(&ledger, "A").await.as_str(), receipts(&ledger).await), ("paid", 1));
}

pub async fn id_that_the_gateway_knows_later_is_asked_about_again(book: &Book) {
    let gateway = Fake::qr().with(|can| can.pays_by_reply_only = false);
    gateway.next(&[Script::UnderWay]);
    let ledger = book.ledger(&gateway).await;
    ledger.pay(&order("A"), "main").await.unwrap_err();
    let (headers, body) = notification("PG-1", "A", None, &PaymentStatus::Paid);
    assert_eq!(ledger.notified("main", &headers, &body).await.status(), 200);
    ledger.work_once().await.unwrap();
    assert_eq!((gateway.asked(), state(&ledger, "A").await.as_str()), (1, "uncertain"));
    gateway.deliver();
    gateway.pay("A");
    pass(&ledger, MINUTE).await;
    ledger.work_once().await.unwrap();
    assert_eq!((state(&ledger, "A").await.as_str(), receipts(&ledger).await), ("paid", 1));
}

pub async fn notification_during_a_question_leads_to_another(book: &Book) {
    let gateway = Fake::qr();
    let ledger = book.ledger(&gateway).await;
    ledger.pay(&order("A"), "main").await.unwrap();
    // An old payment is asked about every few minutes.
    pass(&ledger, MINUTE * 60).await;
    gateway.hold_next_answer();
    let asking = tokio::spawn({
        let ledger = ledger.clone();
        async move { ledger.work_once().await }
    });
    gateway.until_held().await;
    gateway.pay("A");
    assert_eq!(notify(&ledger, &gateway, "A").await, 200);
    gateway.release();
    asking.await.unwrap().unwrap();
    assert_eq!((state(&ledger, "A").await.as_str(), gateway.asked()), ("open", 1));
    pass(&ledger, SECOND * 4).await;
    ledger.work_once().await.unwrap();
    assert_eq!((state(&ledger, "A").await.as_str(), gateway.asked(), receipts(&ledger).await), ("paid", 2, 1));
    assert_eq!(text(&ledger, "SELECT outcome FROM gerbang_inbox").await, "paid");
}

pub async fn answer_is_judged_by_what_the_book_says_by_then(book: &Book) {
    let gateway = Fake::qr();
    let ledger = book.ledger(&gateway).await;
    ledger.pay(&order("A"), "main").await.unwrap();
    pass(&ledger, MINUTE * 60).await;
    gateway.set_down(true);
    gateway.hold_next_answer();
    let asking = tokio::spawn({
        let ledger = ledger.clone();
        async move { ledger.work_once().await }
    });
    gateway.until_held().await;
    execute(&ledger, "UPDATE gerbang_attempt SET failures = 5").await;
    gateway.release();
    asking.await.unwrap().unwrap();
    assert_eq!(number(&ledger, "SELECT failures FROM gerbang_attempt").await, 6);
}

pub async fn second_payment_that_is_notified_with_the_first_is_found(book: &Book) {
    let gateway = Fake::qr();
    let ledger = book.ledger(&gateway).await;
    // Chance decides which of the two is asked about first.
    for name in ["A", "B", "C", "D"] {
        ledger.pay(&order(name), "main").await.unwrap();
        gateway.pay(name);
        let second = gateway.pay_twice(name);
        assert_eq!(notify(&ledger, &gateway, name).await, 200);
        let (headers, body) = notification(&second, name, None, &PaymentStatus::Paid);
        assert_eq!(ledger.notified("main", &headers, &body).await.status(), 200);
    }
    for _ in 0..8 {
        pass(&ledger, SECOND * 10).await;
        ledger.work_once().await.unwrap();
    }
    let cases = ledger.cases().await.unwrap();
    assert_eq!((receipts(&ledger).await, cases.len()), (4, 4));
    assert!(cases.iter().all(|case| case.why == Why::SecondPayment));
    assert_eq!(number(&ledger, "SELECT count(*) FROM gerbang_attempt WHERE due_at IS NOT NULL").await, 0);
}
