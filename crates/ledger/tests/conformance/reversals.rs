//! Money that goes back after a payment was paid: a person is told, once, and the order stays paid.

use gerbang_core::{PaymentStatus, Rupiah};
use gerbang_ledger::{Case, Error, EventKind, Ledger, NotificationFilter, Resolution, Why};

use crate::book::{Book, DAY, MINUTE, SECOND, events, execute, number, order, pass, state, text};
use crate::fake::{Fake, notification};

fn word(word: &str) -> PaymentStatus {
    PaymentStatus::Unknown(word.into())
}

/// The gateway notifies of a state of the order's payment.
async fn say(ledger: &Ledger, status: &PaymentStatus) {
    let (headers, body) = notification("PG-1", "A", Some(Rupiah::new(10_000)), status);
    assert_eq!(ledger.notified("main", &headers, &body).await.status(), 200);
}

/// The gateway's state of the order's payment becomes another, of which it notifies.
async fn become_and_say(gateway: &Fake, ledger: &Ledger, status: &PaymentStatus) {
    gateway.set("A", |paid| paid.status = status.clone());
    say(ledger, status).await;
}

async fn work_later(ledger: &Ledger) {
    pass(ledger, SECOND * 4).await;
    ledger.work_once().await.unwrap();
}

/// The order, paid.
async fn paid(ledger: &Ledger, gateway: &Fake) {
    ledger.pay(&order("A"), "main").await.unwrap();
    become_and_say(gateway, ledger, &PaymentStatus::Paid).await;
    work_later(ledger).await;
    assert_eq!(state(ledger, "A").await, "paid");
}

async fn details(ledger: &Ledger) -> Vec<String> {
    let cases = ledger.cases().await.unwrap();
    let is_reversal = |case: &Case| case.why == Why::Reversed && case.order.as_deref() == Some("A");
    assert!(cases.iter().all(is_reversal), "{cases:?}");
    cases.into_iter().map(|case| case.detail.rsplit(' ').next().unwrap().to_owned()).collect()
}

/// The order stays paid by its one receipt, and nothing is planned any more.
async fn stays_paid(ledger: &Ledger) {
    assert_eq!(ledger.payment("A").await.unwrap().unwrap().status, PaymentStatus::Paid);
    assert_eq!(text(ledger, "SELECT state FROM gerbang_order").await, "paid");
    assert_eq!((state(ledger, "A").await.as_str(), events(ledger, EventKind::PaymentPaid).await), ("paid", 1));
    for (sql, expected) in [
        ("SELECT count(*) FROM gerbang_receipt WHERE amount = 10000", 1),
        ("SELECT count(*) FROM gerbang_surplus", 0),
        ("SELECT count(*) FROM gerbang_attempt WHERE due_at IS NOT NULL", 0),
        ("SELECT count(*) FROM gerbang_inbox WHERE outcome IS NULL", 0),
    ] {
        assert_eq!(number(ledger, sql).await, expected, "{sql}");
    }
}

pub async fn signed_reversal_is_one_case_for_each_word(book: &Book) {
    let gateway = Fake::wallet();
    let ledger = book.ledger(&gateway).await;
    paid(&ledger, &gateway).await;
    for _ in 0..3 {
        say(&ledger, &word("refund")).await;
    }
    assert_eq!(details(&ledger).await, ["refund"]);
    let opened: Vec<_> = ledger.events(0).await.unwrap();
    let opened: Vec<_> = opened.iter().filter(|event| event.kind == EventKind::CaseOpened).collect();
    let [event] = opened[..] else { panic!("{opened:?}") };
    assert_eq!((event.why.as_deref(), event.order.as_deref()), (Some("reversed"), Some("A")));
    assert_eq!((event.account.as_str(), event.reference.as_deref()), ("main", Some("A")));
    // Another spelling or amount of the same is no second case, and neither is what was said before.
    let (headers, body) = notification("PG-1", "A", Some(Rupiah::new(4_000)), &word("REFUND"));
    assert_eq!(ledger.notified("main", &headers, &body).await.status(), 200);
    for status in [PaymentStatus::Paid, PaymentStatus::Pending, word("refund")] {
        say(&ledger, &status).await;
    }
    for record in ledger.notifications(&NotificationFilter::default(), 10).await.unwrap() {
        ledger.replay(record.id).await.unwrap();
    }
    assert_eq!(details(&ledger).await, ["refund"]);
    say(&ledger, &word("chargeback")).await;
    say(&ledger, &PaymentStatus::Failed).await;
    assert_eq!(details(&ledger).await, ["refund", "chargeback", "failed"]);
    assert_eq!((events(&ledger, EventKind::CaseOpened).await, gateway.asked()), (3, 0));
    stays_paid(&ledger).await;
}

pub async fn unsigned_reversal_is_a_case_once_the_gateway_says_so(book: &Book) {
    let gateway = Fake::qr();
    let ledger = book.ledger(&gateway).await;
    paid(&ledger, &gateway).await;
    let asked = gateway.asked();
    // Anybody can have sent it.
    say(&ledger, &word("refund")).await;
    assert!(details(&ledger).await.is_empty());
    work_later(&ledger).await;
    assert_eq!((gateway.asked(), details(&ledger).await.len()), (asked + 1, 0));
    stays_paid(&ledger).await;
    for round in 2..4 {
        become_and_say(&gateway, &ledger, &word("refund")).await;
        work_later(&ledger).await;
        assert_eq!((gateway.asked(), details(&ledger).await), (asked + round, vec!["refund".to_owned()]));
    }
    // What is settled is not asked about again.
    work_later(&ledger).await;
    assert_eq!((gateway.asked(), events(&ledger, EventKind::CaseOpened).await), (asked + 3, 1));
    let kept = ledger.notifications(&NotificationFilter::default(), 10).await.unwrap();
    let kept: Vec<_> = kept.iter().map(|record| (record.claimed.clone(), record.outcome.as_str())).collect();
    assert_eq!(kept, [(word("refund"), "not_paid"), (PaymentStatus::Paid, "paid")]);
    // By which word the gateway answers counts, and not what the notification said.
    gateway.set("A", |paid| paid.status = PaymentStatus::Failed);
    say(&ledger, &word("settled")).await;
    work_later(&ledger).await;
    assert_eq!(details(&ledger).await, ["refund", "failed"]);
    stays_paid(&ledger).await;
}

pub async fn what_is_known_of_a_paid_payment_leads_to_no_question(book: &Book) {
    let gateway = Fake::qr();
    let ledger = book.ledger(&gateway).await;
    paid(&ledger, &gateway).await;
    let asked = gateway.asked();
    for status in [PaymentStatus::Paid, PaymentStatus::Pending] {
        for payable in [10_000, 9_000] {
            let (headers, body) = notification("PG-1", "A", Some(Rupiah::new(payable)), &status);
            assert_eq!(ledger.notified("main", &headers, &body).await.status(), 200);
            work_later(&ledger).await;
        }
    }
    assert_eq!((gateway.asked(), number(&ledger, "SELECT count(*) FROM gerbang_inbox").await), (asked, 1));
    stays_paid(&ledger).await;
}

pub async fn answer_that_lags_behind_is_no_reversal(book: &Book) {
    let gateway = Fake::qr();
    let ledger = book.ledger(&gateway).await;
    paid(&ledger, &gateway).await;
    let asked = gateway.asked();
    gateway.set("A", |paid| paid.status = PaymentStatus::Pending);
    say(&ledger, &word("refund")).await;
    work_later(&ledger).await;
    assert_eq!((gateway.asked(), details(&ledger).await.len()), (asked + 1, 0));
    stays_paid(&ledger).await;
}

pub async fn reversal_is_asked_about_until_it_is_answered(book: &Book) {
    let gateway = Fake::qr();
    let ledger = book.ledger(&gateway).await;
    paid(&ledger, &gateway).await;
    let asked = gateway.asked();
    gateway.set_down(true);
    become_and_say(&gateway, &ledger, &word("chargeback")).await;
    for _ in 0..3 {
        pass(&ledger, MINUTE).await;
        ledger.work_once().await.unwrap();
    }
    assert_eq!((gateway.asked(), details(&ledger).await.len()), (asked + 3, 0));
    // It slows down: a minute is less than a tenth of two days.
    pass(&ledger, DAY * 2).await;
    for _ in 0..2 {
        ledger.work_once().await.unwrap();
        pass(&ledger, MINUTE).await;
    }
    assert_eq!(gateway.asked(), asked + 4);
    for _ in 0..5 {
        pass(&ledger, DAY * 2).await;
        ledger.work_once().await.unwrap();
    }
    let cases = ledger.cases().await.unwrap();
    assert!(cases.len() == 1 && cases[0].why == Why::NoAnswer, "{cases:?}");
    ledger.resolve(cases[0].id, Resolution::Noted, "Ani", "").await.unwrap();
    gateway.set_down(false);
    pass(&ledger, DAY * 2).await;
    ledger.work_once().await.unwrap();
    assert_eq!(details(&ledger).await, ["chargeback"]);
    stays_paid(&ledger).await;
}

pub async fn reversal_during_the_question_that_finds_the_money_is_found(book: &Book) {
    let gateway = Fake::qr();
    let ledger = book.ledger(&gateway).await;
    ledger.pay(&order("A"), "main").await.unwrap();
    become_and_say(&gateway, &ledger, &PaymentStatus::Paid).await;
    pass(&ledger, SECOND * 4).await;
    gateway.hold_next_answer();
    let asking = tokio::spawn({
        let ledger = ledger.clone();
        async move { ledger.work_once().await }
    });
    gateway.until_held().await;
    become_and_say(&gateway, &ledger, &PaymentStatus::Failed).await;
    gateway.release();
    asking.await.unwrap().unwrap();
    assert_eq!((state(&ledger, "A").await.as_str(), details(&ledger).await.len()), ("paid", 0));
    work_later(&ledger).await;
    assert_eq!(details(&ledger).await, ["failed"]);
    stays_paid(&ledger).await;
}

pub async fn answer_of_before_the_payment_is_no_reversal(book: &Book) {
    let gateway = Fake::signing();
    let ledger = book.ledger(&gateway).await;
    ledger.pay(&order("A"), "main").await.unwrap();
    gateway.set("A", |paid| paid.status = PaymentStatus::Expired);
    pass(&ledger, SECOND * 4).await;
    gateway.hold_next_answer();
    let asking = tokio::spawn({
        let ledger = ledger.clone();
        async move { ledger.work_once().await }
    });
    gateway.until_held().await;
    become_and_say(&gateway, &ledger, &PaymentStatus::Paid).await;
    assert_eq!(state(&ledger, "A").await, "paid");
    gateway.release();
    asking.await.unwrap().unwrap();
    assert!(details(&ledger).await.is_empty());
    stays_paid(&ledger).await;
}

pub async fn ending_that_was_signed_before_the_payment_is_no_reversal(book: &Book) {
    let gateway = Fake::wallet();
    let ledger = book.ledger(&gateway).await;
    ledger.pay(&order("A"), "main").await.unwrap();
    say(&ledger, &PaymentStatus::Expired).await;
    assert_eq!(state(&ledger, "A").await, "closed");
    become_and_say(&gateway, &ledger, &PaymentStatus::Paid).await;
    say(&ledger, &PaymentStatus::Expired).await;
    assert!(details(&ledger).await.is_empty());
    // Another ending is news.
    say(&ledger, &PaymentStatus::Cancelled).await;
    assert_eq!(details(&ledger).await, ["cancelled"]);
    stays_paid(&ledger).await;
}

pub async fn signed_ending_after_the_payment_is_asked_about(book: &Book) {
    let gateway = Fake::signing();
    let ledger = book.ledger(&gateway).await;
    paid(&ledger, &gateway).await;
    let asked = gateway.asked();
    // It was signed before the money came, and comes late.
    say(&ledger, &PaymentStatus::Expired).await;
    work_later(&ledger).await;
    assert_eq!((gateway.asked(), details(&ledger).await.len()), (asked + 1, 0));
    gateway.set("A", |paid| paid.status = PaymentStatus::Expired);
    say(&ledger, &PaymentStatus::Expired).await;
    // What is signed as paid meanwhile does not answer it.
    say(&ledger, &PaymentStatus::Paid).await;
    assert!(details(&ledger).await.is_empty());
    work_later(&ledger).await;
    assert_eq!((gateway.asked(), details(&ledger).await), (asked + 2, vec!["expired".to_owned()]));
    stays_paid(&ledger).await;
}

pub async fn money_that_only_a_person_saw_is_not_reversed(book: &Book) {
    for (gateway, account) in [(Fake::wallet(), "main"), (Fake::qr().prefix("Q"), "asked")] {
        let ledger = book.open().await;
        let ledger = ledger.account(gerbang_ledger::Account::live(account, gateway.clone()));
        let name = format!("A-{account}");
        ledger.pay(&order(&name), account).await.unwrap();
        let (headers, body) = notification("PG-9", &name, None, &word("odd"));
        ledger.notified(account, &headers, &body).await;
        let sql = "INSERT INTO gerbang_case (account, attempt, subject, why, detail, at) \
                   SELECT account, id, reference, 'no_answer', 'a test', 0 FROM gerbang_attempt";
        execute(&ledger, "DELETE FROM gerbang_case").await;
        execute(&ledger, sql).await;
        let case = ledger.cases().await.unwrap().into_iter().find(|case| case.account == account).unwrap();
        ledger.resolve(case.id, Resolution::Paid, "Ani", "on the dashboard").await.unwrap();
        assert_eq!(state(&ledger, &name).await, "paid");
        execute(&ledger, "UPDATE gerbang_case SET resolved_at = 0 WHERE resolved_at IS NULL").await;
        gateway.set(&name, |paid| paid.status = PaymentStatus::Expired);
        let (headers, body) = gateway.notification(&name);
        assert_eq!(ledger.notified(account, &headers, &body).await.status(), 200);
        pass(&ledger, MINUTE).await;
        ledger.work_once().await.unwrap();
        assert!(ledger.cases().await.unwrap().is_empty(), "{account}");
    }
}

pub async fn reversal_can_only_be_noted(book: &Book) {
    let gateway = Fake::wallet();
    let ledger = book.ledger(&gateway).await;
    paid(&ledger, &gateway).await;
    say(&ledger, &word("refund")).await;
    let case = ledger.cases().await.unwrap().remove(0);
    for resolution in [Resolution::Paid, Resolution::Unpaid] {
        assert!(!case.can_be(resolution));
        let refused = ledger.resolve(case.id, resolution, "Ani", "").await;
        assert!(matches!(refused, Err(Error::Invalid(_))), "{refused:?}");
    }
    assert!(case.can_be(Resolution::Noted));
    ledger.resolve(case.id, Resolution::Noted, "Ani", "we gave it back").await.unwrap();
    // It stays settled.
    say(&ledger, &word("refund")).await;
    assert!(ledger.cases().await.unwrap().is_empty());
    stays_paid(&ledger).await;
}

pub async fn forged_reversals_cost_one_question_for_an_interval(book: &Book) {
    let gateway = Fake::qr();
    let ledger = book.ledger(&gateway).await;
    paid(&ledger, &gateway).await;
    let asked = gateway.asked();
    for n in 0..40_u64 {
        let (headers, body) = notification("PG-1", "A", Some(Rupiah::new(n)), &word("refund"));
        assert_eq!(ledger.notified("main", &headers, &body).await.status(), 200);
        ledger.work_once().await.unwrap();
        if n % 4 == 3 {
            pass(&ledger, SECOND * 4).await;
        }
    }
    let questions = gateway.asked() - asked;
    assert!((9..=11).contains(&questions), "{questions}");
    assert_eq!(number(&ledger, "SELECT count(*) FROM gerbang_inbox").await, 5);
    for _ in 0..2 {
        work_later(&ledger).await;
    }
    assert!(details(&ledger).await.is_empty());
    stays_paid(&ledger).await;
}
