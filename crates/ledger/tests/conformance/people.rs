//! What a person settles, and what the book refuses.

use gerbang_core::Rupiah;
use gerbang_ledger::{Account, Error, EventKind, Ledger, Resolution};

use crate::book::{Book, MINUTE, SECOND, due, ending, events, execute, number, order, pass, text};
use crate::fake::{Fake, Script};

/// Has orders paid with 500 rupiah too much each.
async fn pay_too_much(ledger: &Ledger, gateway: &Fake, orders: &[&str]) {
    for id in orders {
        ledger.pay(&order(id), "main").await.unwrap();
        gateway.pay(id);
        gateway.set(id, |paid| paid.payable = Rupiah::new(10_500));
    }
    pass(ledger, SECOND * 30).await;
    ledger.work_once().await.unwrap();
}

pub async fn refund_is_written_once_with_a_name(book: &Book) {
    let gateway = Fake::qr();
    let ledger = book.ledger(&gateway).await;
    pay_too_much(&ledger, &gateway, &["A"]).await;
    let surplus = due(&ledger).await[0].id;
    assert!(matches!(ledger.refunded(surplus, " ", "cash").await, Err(Error::Invalid(_))));
    let before = ledger.surplus_record(surplus).await.unwrap().unwrap();
    assert_eq!(before.refund, None);
    ledger.refunded(surplus, "Ani", "cash").await.unwrap();
    assert!(due(&ledger).await.is_empty());
    assert!(matches!(ledger.refunded(surplus, "Budi", "again").await, Err(Error::NotFound(_))));
    let mut after = ledger.surplus_record(surplus).await.unwrap().unwrap();
    let refund = after.refund.take().unwrap();
    assert_eq!((refund.person.as_str(), refund.note.as_str()), ("Ani", "cash"));
    assert!(refund.at >= after.at);
    assert_eq!(after, before);
    for unknown in [surplus + 1, 0, i64::MIN] {
        assert!(ledger.surplus_record(unknown).await.unwrap().is_none(), "{unknown}");
    }
}

pub async fn surplus_comes_in_pages_with_the_oldest_first(book: &Book) {
    let gateway = Fake::qr();
    let ledger = book.ledger(&gateway).await;
    pay_too_much(&ledger, &gateway, &["A", "B", "C"]).await;
    let page = async |only_due, after, most| {
        let page = ledger.surplus_records(only_due, after, most).await.unwrap();
        page.into_iter().map(|surplus| (surplus.id, surplus.refund.is_some())).collect::<Vec<_>>()
    };
    let all = page(false, 0, 10).await;
    let [(first, false), (second, false), (third, false)] = all[..] else { panic!("{all:?}") };
    assert!(first < second && second < third, "{all:?}");
    ledger.refunded(second, "Ani", "").await.unwrap();
    assert_eq!(page(false, 0, 2).await, [(first, false), (second, true)]);
    assert_eq!(page(false, second, 2).await, [(third, false)]);
    assert_eq!(page(true, 0, 2).await, [(first, false), (third, false)]);
    assert_eq!(page(true, 0, 1).await, [(first, false)]);
    assert_eq!(page(true, third, 1).await, []);
}

pub async fn case_is_resolved_once_with_a_name(book: &Book) {
    let gateway = Fake::wallet();
    gateway.next(&[Script::RequestLost]);
    let ledger = book.ledger(&gateway).await;
    ledger.pay(&order("A"), "main").await.unwrap_err();
    pass(&ledger, MINUTE * 20).await;
    ledger.work_once().await.unwrap();
    let case = ledger.cases().await.unwrap()[0].id;
    assert!(matches!(ledger.resolve(case, Resolution::Noted, "", "x").await, Err(Error::Invalid(_))));
    assert!(matches!(ledger.resolve(case + 9, Resolution::Noted, "Ani", "x").await, Err(Error::NotFound(_))));
    // The money is on the gateway's own pages.
    ledger.resolve(case, Resolution::Paid, "Ani", "seen on the statement").await.unwrap();
    assert!(matches!(ledger.resolve(case, Resolution::Paid, "Ani", "x").await, Err(Error::NotFound(_))));
    assert_eq!(events(&ledger, EventKind::PaymentPaid).await, 1);
    assert_eq!(text(&ledger, "SELECT how FROM gerbang_receipt").await, "person");
    assert_eq!(text(&ledger, "SELECT note FROM gerbang_case").await, "seen on the statement");
}

pub async fn unpaid_frees_the_order(book: &Book) {
    let gateway = Fake::qr();
    gateway.next(&[Script::Answered, Script::OtherId]);
    let ledger = book.ledger(&gateway.clone().with(|can| can.pays_by_reply_only = false)).await;
    ledger.pay(&order("A"), "main").await.unwrap();
    ledger.pay(&order("B"), "main").await.unwrap_err();
    let case = ledger.cases().await.unwrap()[0].clone();
    assert_eq!((case.order.as_deref(), case.reference.as_deref()), (Some("B"), Some("B")));
    ledger.resolve(case.id, Resolution::Unpaid, "Ani", "the gateway's fault").await.unwrap();
    assert_eq!(ending(&ledger, "B").await, "failed");
    assert_eq!(ledger.pay(&order("B"), "main").await.unwrap().reference.as_deref(), Some("B-2"));
}

pub async fn account_keeps_its_gateway_and_mode(book: &Book) {
    let gateway = Fake::qr();
    let ledger = book.ledger(&gateway).await;
    ledger.pay(&order("A"), "main").await.unwrap();
    let other = book.open().await.account(Account::test("main", gateway.clone()));
    assert!(matches!(other.pay(&order("B"), "main").await, Err(Error::AccountChanged(_))));
    assert!(matches!(other.work_once().await, Err(Error::AccountChanged(_))));
    assert!(matches!(other.run(std::future::pending()).await, Err(Error::AccountChanged(_))));
    assert_eq!(number(&ledger, "SELECT count(*) FROM gerbang_order").await, 1);
    let elsewhere = book.open().await.account(Account::live("main", gateway.clone().named("elsewhere")));
    assert!(matches!(elsewhere.pay(&order("B"), "main").await, Err(Error::AccountChanged(_))));
    // A notification of the test mode is not believed either.
    gateway.pay("A");
    let (headers, body) = gateway.notification("A");
    assert_eq!(other.notified("main", &headers, &body).await.status(), 503);
    assert!(matches!(other.cancel("A").await, Err(Error::AccountChanged(_))));
}

pub async fn newer_book_is_refused(book: &Book) {
    let Some(url) = book.url() else { return };
    let ledger = book.open().await;
    assert_eq!(number(&ledger, "SELECT max(version) FROM gerbang_book").await, 3);
    // As often as a program starts.
    Ledger::open(url).await.unwrap();
    execute(&ledger, "INSERT INTO gerbang_book (version, at) VALUES (7, 0)").await;
    let error = Ledger::open(url).await.unwrap_err();
    assert!(matches!(error, Error::NewerBook { book: 7, known: 3 }));
    assert!(error.to_string().ends_with("update the program"), "{error}");
    assert!(
        Ledger::open("mysql://root:secret@host/db").await.is_err_and(|error| !error.to_string().contains("secret"))
    );
}

pub async fn unknown_names_are_errors(book: &Book) {
    let ledger = book.ledger(&Fake::qr()).await;
    assert!(matches!(ledger.cancel("A").await, Err(Error::NotFound(_))));
    assert!(matches!(ledger.refunded(7, "Ani", "x").await, Err(Error::NotFound(_))));
    let mut tx = ledger.begin().await.unwrap();
    assert!(matches!(ledger.intend(&mut tx, &order("A"), "other").await, Err(Error::UnknownAccount(_))));
}

pub async fn book_itself_refuses_what_must_never_be(book: &Book) {
    let gateway = Fake::qr();
    let ledger = book.ledger(&gateway).await;
    ledger.pay(&order("A"), "main").await.unwrap();
    ledger.pay(&order("B"), "main").await.unwrap();
    gateway.pay("B");
    pass(&ledger, SECOND * 10).await;
    ledger.work_once().await.unwrap();
    for (what, sql) in [
        (
            "a second open attempt of an order",
            "INSERT INTO gerbang_attempt (order_id, account, number, reference, amount, state, rank, request, created_at) \
             VALUES ('A', 'main', 2, 'A-2', 1, 'intended', 0, '{}', 0)",
        ),
        (
            "a reference that differs in case only",
            "INSERT INTO gerbang_attempt (order_id, account, number, reference, amount, state, rank, ending, request, created_at) \
             VALUES ('A', 'main', 2, 'a', 1, 'closed', 4, 'failed', '{}', 0)",
        ),
        ("an id of the gateway's twice", "UPDATE gerbang_attempt SET gateway_id = 'PG-2' WHERE reference = 'A'"),
        ("a state without its rank", "UPDATE gerbang_attempt SET rank = 0 WHERE reference = 'A'"),
        (
            "an end without a reason",
            "UPDATE gerbang_attempt SET state = 'closed', rank = 4, ending = NULL WHERE reference = 'A'",
        ),
        (
            "a second receipt of an attempt",
            "INSERT INTO gerbang_receipt (attempt, amount, how, late, at) SELECT attempt, 1, 'person', 0, 0 FROM gerbang_receipt",
        ),
        (
            "a second event that ships",
            "INSERT INTO gerbang_event (kind, subject, order_id, body, at, due_at) VALUES ('payment.paid', 99, 'B', '{}', 0, 0)",
        ),
        ("a paid order that nothing has paid", "UPDATE gerbang_order SET state = 'paid' WHERE id = 'A'"),
    ] {
        let mut tx = ledger.begin().await.unwrap();
        assert!(tx.execute(sql, []).await.is_err(), "{what}");
    }
}
