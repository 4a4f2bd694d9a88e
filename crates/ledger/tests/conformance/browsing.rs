//! Orders that are placed with their content, and looking through the book.

use std::future::{Future, poll_fn};
use std::task::Poll;

use gerbang_core::{NewPayment, Payable, Rupiah};
use gerbang_ledger::{Account, Error, Filter, Ledger, Order, Placed, Resolution, Standing, Why};

use crate::book::{Book, MINUTE, SECOND, due, execute, order, pass};
use crate::fake::{Fake, Script};

fn placed(id: &str, content: &str) -> Order {
    order(id).content(content)
}

async fn standing(ledger: &Ledger, id: &str) -> Standing {
    ledger.record(id).await.unwrap().unwrap().standing
}

pub async fn order_is_placed_once_with_its_content(book: &Book) {
    let gateway = Fake::finds();
    let ledger = book.ledger(&gateway).await;
    let new = ledger.place(&placed("A", "one"), "main").await.unwrap();
    assert!(matches!(&new, Placed::New(Ok(payment)) if payment.qris() == Some("000201")), "{new:?}");
    assert!(matches!(ledger.place(&placed("A", "one"), "main").await, Ok(Placed::Made)));
    for other in [placed("A", "two"), order("A")] {
        assert!(matches!(ledger.place(&other, "main").await, Err(Error::OtherContent(_))));
    }
    gateway.set("A", |paid| paid.status = gerbang_core::PaymentStatus::Expired);
    pass(&ledger, SECOND * 10).await;
    ledger.work_once().await.unwrap();
    // What is over stays over: nobody is asked to pay again by placing the order again.
    assert_eq!(standing(&ledger, "A").await, Standing::Closed);
    assert!(matches!(ledger.place(&placed("A", "one"), "main").await, Ok(Placed::Made)));
    assert!(matches!(ledger.place(&placed("A", "two"), "main").await, Err(Error::OtherContent(_))));
    assert_eq!(gateway.created(), 1);
    assert!(matches!(ledger.place(&placed("B", "one"), "none").await, Err(Error::UnknownAccount(_))));
    assert!(ledger.place(&placed("no reference", "one"), "main").await.is_err());
    assert!(ledger.record("no reference").await.unwrap().is_none());
}

/// Who asks may go away at any moment, as a client of the daemon does.
pub async fn question_that_is_dropped_loses_nothing(book: &Book) {
    let ledger = book.ledger(&Fake::finds()).await;
    ledger.place(&placed("A", "one"), "main").await.unwrap();
    for polls in 1..12 {
        let (mut question, mut writing) = (Box::pin(ledger.record("A")), Box::pin(ledger.begin()));
        for _ in 0..polls {
            let is_over = poll_fn(|cx| Poll::Ready(question.as_mut().poll(cx).is_ready())).await
                || poll_fn(|cx| Poll::Ready(writing.as_mut().poll(cx).is_ready())).await;
            if is_over {
                break;
            }
            tokio::time::sleep(std::time::Duration::from_millis(1)).await;
        }
        drop((question, writing));
        assert_eq!(standing(&ledger, "A").await, Standing::Pending, "after {polls} steps");
    }
}

pub async fn orders_placed_at_once_are_one(book: &Book) {
    let gateway = Fake::finds();
    let ledger = book.ledger(&gateway).await;
    let placing = ["one", "two", "one", "two", "one", "two"].map(|content| {
        let ledger = ledger.clone();
        tokio::spawn(async move { ledger.place(&placed("A", content), "main").await })
    });
    let (mut new, mut other) = (0, 0);
    for placed in placing {
        match placed.await.unwrap() {
            Ok(Placed::New(created)) => new += i32::from(created.is_ok()),
            Ok(_) => {}
            Err(Error::OtherContent(_)) => other += 1,
            Err(error) => panic!("{error}"),
        }
    }
    assert_eq!((new, other), (1, 3));
    assert_eq!(ledger.record("A").await.unwrap().unwrap().attempts.len(), 1);
}

pub async fn order_of_which_nothing_exists_may_be_placed_otherwise(book: &Book) {
    let gateway = Fake::finds();
    let ledger = book.ledger(&gateway).await;
    gateway.next(&[Script::Refused, Script::RequestLost]);
    let refused = ledger.place(&placed("A", "one"), "main").await.unwrap();
    assert!(matches!(refused, Placed::New(Err(Error::Gateway(_)))), "{refused:?}");
    let dearer = Order::new("A", Rupiah::new(20_000)).content("two").metadata("m");
    // Its reply is lost: it may exist.
    let lost = ledger.place(&dearer, "main").await.unwrap();
    assert!(matches!(lost, Placed::New(Err(Error::Unanswered { .. }))), "{lost:?}");
    let record = ledger.record("A").await.unwrap().unwrap();
    assert_eq!((record.amount, record.metadata.as_deref(), record.attempts.len()), (Rupiah::new(20_000), Some("m"), 2));
    let again = ledger.place(&dearer, "main").await.unwrap();
    assert!(matches!(again, Placed::UnderWay(Err(Error::Unanswered { .. }))), "{again:?}");
    assert!(matches!(ledger.place(&placed("A", "one"), "main").await, Err(Error::OtherContent(_))));
    pass(&ledger, MINUTE * 20).await;
    ledger.work_once().await.unwrap();
    // Nothing was found until the horizon, and it may come all the same.
    assert_eq!(ledger.record("A").await.unwrap().unwrap().attempts[1].ending.unwrap().as_str(), "absent");
    assert!(matches!(ledger.place(&dearer, "main").await, Ok(Placed::Made)));
    assert!(matches!(ledger.place(&placed("A", "one"), "main").await, Err(Error::OtherContent(_))));
}

pub async fn records_show_what_counts(book: &Book) {
    let gateway = Fake::finds();
    let ledger = book.ledger(&gateway).await;
    let new = NewPayment::new("A", Rupiah::new(10_000)).customer_name("Krisdi");
    ledger.pay(&Order::from(new).metadata("m"), "main").await.unwrap();
    let record = ledger.record("A").await.unwrap().unwrap();
    assert_eq!((record.standing, record.metadata.as_deref(), record.surplus.get()), (Standing::Pending, Some("m"), 0));
    let attempt = record.current().unwrap();
    assert_eq!((attempt.state, attempt.gateway_id.as_deref(), attempt.paid_at), ("open", Some("PG-1"), None));
    assert_eq!(attempt.pay_with, [Payable::Qris("000201".into())]);
    let last = ledger.last_request("A").await.unwrap().unwrap();
    assert_eq!((last.reference.as_str(), last.customer_name.as_deref()), ("A", Some("Krisdi")));

    gateway.set("A", |paid| (paid.status, paid.payable) = (gerbang_core::PaymentStatus::Paid, Rupiah::new(10_500)));
    pass(&ledger, SECOND * 10).await;
    ledger.work_once().await.unwrap();
    let record = ledger.record("A").await.unwrap().unwrap();
    assert_eq!((record.standing, record.surplus), (Standing::Paid, Rupiah::new(500)));
    let attempt = record.current().unwrap();
    assert!(attempt.state == "paid" && attempt.paid_at.is_some() && !attempt.late && attempt.pay_with.is_empty());
    ledger.refunded(due(&ledger).await[0].id, "Ani", "").await.unwrap();
    assert_eq!(ledger.record("A").await.unwrap().unwrap().surplus.get(), 0);
    assert!(ledger.record("B").await.unwrap().is_none() && ledger.last_request("B").await.unwrap().is_none());
}

pub async fn records_come_in_pages_with_the_newest_first(book: &Book) {
    let (gateway, other) = (Fake::finds(), Fake::finds().prefix("X"));
    let ledger = book.ledger(&gateway).await.account(Account::live("other", other.clone()));
    for (id, account) in [("A", "main"), ("B", "other"), ("C", "main"), ("D", "main")] {
        ledger.pay(&order(id), account).await.unwrap();
    }
    // Two of one millisecond, which only the id tells apart.
    execute(&ledger, "UPDATE gerbang_order SET created_at = 1790000000000 WHERE id IN ('A', 'B')").await;
    let mut seen = Vec::new();
    let mut filter = Filter::default();
    loop {
        let page = ledger.records(&filter, 1).await.unwrap();
        let Some(last) = page.last() else { break };
        filter.after = Some((last.created_at, last.order.clone()));
        seen.extend(page.into_iter().map(|record| record.order));
    }
    seen[..2].sort();
    assert_eq!(seen, ["C", "D", "B", "A"]);

    gateway.pay("C");
    pass(&ledger, SECOND * 10).await;
    ledger.work_once().await.unwrap();
    ledger.work_once().await.unwrap();
    let of = async |change: fn(&mut Filter)| {
        let mut filter = Filter::default();
        change(&mut filter);
        let records = ledger.records(&filter, 10).await.unwrap();
        records.into_iter().map(|record| record.order).collect::<Vec<_>>()
    };
    assert_eq!(of(|filter| filter.standing = Some(Standing::Paid)).await, ["C"]);
    assert_eq!(of(|filter| filter.account = Some("other".into())).await, ["B"]);
    assert!(of(|filter| filter.standing = Some(Standing::Attention)).await.is_empty());
}

pub async fn name_leads_to_its_orders(book: &Book) {
    let gateway = Fake::finds();
    let ledger = book.ledger(&gateway).await;
    for id in ["A", "B"] {
        ledger.pay(&order(id), "main").await.unwrap();
    }
    execute(&ledger, "UPDATE gerbang_attempt SET reference = 'A-7' WHERE reference = 'B'").await;
    let found = async |name: &str| {
        let records = ledger.search(name, 10).await.unwrap();
        records.into_iter().map(|record| record.order).collect::<Vec<_>>()
    };
    for (name, orders) in [("A", vec!["A"]), ("B", vec!["B"]), ("a-7", vec!["B"]), ("PG-1", vec!["A"]), ("%", vec![])] {
        assert_eq!(found(name).await, orders, "{name}");
    }
    execute(&ledger, "UPDATE gerbang_attempt SET gateway_id = 'A' WHERE reference = 'A-7'").await;
    assert_eq!(found("A").await, ["B", "A"]);
    assert_eq!(ledger.search("A", 1).await.unwrap().len(), 1);
    let newest = ledger.newest_events(None, 1).await.unwrap().remove(0);
    assert_eq!((newest.order.as_deref(), newest.seq), (Some("B"), 2));
    assert_eq!(ledger.newest_events(Some(2), 9).await.unwrap()[0].order.as_deref(), Some("A"));
}

pub async fn events_of_an_order_are_its_own_and_in_order(book: &Book) {
    let gateway = Fake::finds();
    let ledger = book.ledger(&gateway).await;
    ledger.pay(&order("A"), "main").await.unwrap();
    ledger.pay(&order("B"), "main").await.unwrap();
    gateway.pay("A");
    pass(&ledger, SECOND * 10).await;
    ledger.work_once().await.unwrap();
    let events = ledger.order_events("A", 0, 10).await.unwrap();
    let kinds: Vec<_> = events.iter().map(|event| event.kind.as_str()).collect();
    assert_eq!(kinds, ["payment.created", "payment.paid"]);
    assert!(events.iter().all(|event| event.order.as_deref() == Some("A")));
    assert_eq!(ledger.order_events("A", 0, 1).await.unwrap(), events[..1]);
    assert_eq!(ledger.order_events("A", events[0].seq, 10).await.unwrap(), events[1..]);
}

pub async fn figures_count_what_the_book_holds(book: &Book) {
    let gateway = Fake::finds();
    let ledger = book.ledger(&gateway).await;
    let empty = ledger.figures().await.unwrap();
    assert!(empty.attempts.is_empty() && empty.oldest_pending.is_empty() && empty.unhandled_events == 0);
    for id in ["A", "B"] {
        ledger.pay(&order(id), "main").await.unwrap();
    }
    gateway.pay("A");
    pass(&ledger, SECOND * 10).await;
    ledger.work_once().await.unwrap();
    let figures = ledger.figures().await.unwrap();
    let counts = |counts: &[gerbang_ledger::Count]| {
        counts.iter().map(|count| format!("{} {} {}", count.account, count.kind, count.count)).collect::<Vec<_>>()
    };
    assert_eq!(counts(&figures.attempts), ["main open 1", "main paid 1"]);
    let [(account, since)] = &figures.oldest_pending[..] else { panic!("{figures:?}") };
    assert!(account == "main" && figures.at.duration_since(*since).as_secs() >= 10, "{figures:?}");
    // Nobody handles them.
    assert_eq!((figures.unhandled_events, figures.cases.len()), (3, 0));
}

pub async fn order_needs_attention_until_its_case_is_settled(book: &Book) {
    let gateway = Fake::finds();
    let ledger = book.ledger(&gateway).await;
    ledger.pay(&order("A"), "main").await.unwrap();
    gateway.set("A", |paid| (paid.status, paid.payable) = (gerbang_core::PaymentStatus::Paid, Rupiah::new(9_000)));
    pass(&ledger, SECOND * 10).await;
    ledger.work_once().await.unwrap();
    let record = ledger.record("A").await.unwrap().unwrap();
    assert_eq!((record.standing, record.current().unwrap().pay_with.len()), (Standing::Attention, 0));
    let open = ledger.case_records(true, 0, 10).await.unwrap().remove(0);
    assert_eq!((open.amount, &open.settled), (Some(Rupiah::new(9_000)), &None));
    ledger.resolve(open.case.id, Resolution::Unpaid, "Ani", "given back").await.unwrap();
    assert_eq!(standing(&ledger, "A").await, Standing::Closed);
    assert!(ledger.case_records(true, 0, 10).await.unwrap().is_empty());
    let settled = ledger.case_record(open.case.id).await.unwrap().unwrap().settled.unwrap();
    assert_eq!(
        (settled.resolution, settled.person.as_str(), settled.note.as_str()),
        (Resolution::Unpaid, "Ani", "given back")
    );
    assert!(ledger.case_records(false, open.case.id, 10).await.unwrap().is_empty());
    assert!(ledger.case_record(open.case.id + 1).await.unwrap().is_none());
    assert_eq!(ledger.some_events(0, 1).await.unwrap().len(), 1);
}

pub async fn own_rows_are_read_in_the_same_transaction(book: &Book) {
    let ledger = book.open().await;
    let mut tx = ledger.begin().await.unwrap();
    tx.execute("CREATE TABLE own (id BIGINT NOT NULL, name TEXT)", []).await.unwrap();
    tx.execute("INSERT INTO own VALUES ($1, $2), (8, NULL)", [7.into(), "a {now}".into()]).await.unwrap();
    let rows = tx.fetch("SELECT id, name FROM own WHERE id >= $1 ORDER BY id", [7.into()]).await.unwrap();
    assert_eq!((rows[0].int("id").unwrap(), rows[0].text("name").unwrap().as_str()), (7, "a {now}"));
    assert_eq!((rows[1].maybe_int("id").unwrap(), rows[1].maybe_text("name").unwrap()), (Some(8), None));
    assert!(rows[0].text("nothing").is_err() && rows[1].text("name").is_err());
    let apart = tx.now().await.unwrap().as_millisecond() - jiff::Timestamp::now().as_millisecond();
    assert!(apart.abs() < 3_600_000, "{apart}");
}

pub async fn undelivered_event_is_one_case_about_no_payment(book: &Book) {
    let gateway = Fake::finds();
    let ledger = book.ledger(&gateway).await;
    ledger.pay(&order("A"), "main").await.unwrap();
    let event = ledger.some_events(0, 1).await.unwrap().remove(0);
    for _ in 0..2 {
        let mut tx = ledger.begin().await.unwrap();
        ledger.undelivered(&mut tx, &event).await.unwrap();
        tx.commit().await.unwrap();
    }
    let cases = ledger.cases().await.unwrap();
    assert_eq!((cases.len(), cases[0].why, cases[0].order.as_deref()), (1, Why::Undelivered, None));
    assert!(cases[0].detail.contains("evt_1 (payment.created)"), "{}", cases[0].detail);
    assert_eq!(standing(&ledger, "A").await, Standing::Pending);
    assert_eq!(ledger.some_events(1, 9).await.unwrap()[0].why.as_deref(), Some("undelivered"));
    let paid = ledger.resolve(cases[0].id, Resolution::Paid, "Ani", "").await;
    assert!(matches!(paid, Err(Error::Invalid(_))));
    ledger.resolve(cases[0].id, Resolution::Noted, "Ani", "").await.unwrap();
}
