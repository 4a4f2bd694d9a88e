//! Notifications that are kept: looking through them, and judging one again.

use gerbang_core::{PaymentStatus, Rupiah, Trust};
use gerbang_ledger::{
    Account, Error, EventKind, Ledger, NotificationFilter, NotificationOutcome, NotificationRecord, Resolution, Why,
};

use crate::book::{Book, DAY, MINUTE, SECOND, events, execute, number, order, pass, state};
use crate::fake::{Fake, notification};

async fn all(ledger: &Ledger, change: fn(&mut NotificationFilter)) -> Vec<NotificationRecord> {
    let mut filter = NotificationFilter::default();
    change(&mut filter);
    ledger.notifications(&filter, 10).await.unwrap()
}

async fn notify(ledger: &Ledger, account: &str, gateway: &Fake, reference: &str) {
    let (headers, body) = gateway.notification(reference);
    assert_eq!(ledger.notified(account, &headers, &body).await.status(), 200);
}

pub async fn notifications_come_in_pages_with_the_newest_first(book: &Book) {
    let (gateway, signing) = (Fake::qr(), Fake::signing().prefix("X"));
    let ledger = book.ledger(&gateway).await.account(Account::live("signing", signing.clone()));
    for id in ["A", "B"] {
        ledger.pay(&order(id), "main").await.unwrap();
    }
    ledger.pay(&order("C"), "signing").await.unwrap();
    notify(&ledger, "main", &gateway, "A").await;
    gateway.pay("A");
    notify(&ledger, "main", &gateway, "B").await;
    signing.pay("C");
    notify(&ledger, "signing", &signing, "C").await;
    let (headers, body) = notification("X-9", "NOBODYS", None, &PaymentStatus::Paid);
    assert_eq!(ledger.notified("signing", &headers, &body).await.status(), 200);
    let waiting = all(&ledger, |filter| filter.outcome = Some(NotificationOutcome::Waiting)).await;
    let references: Vec<_> = waiting.iter().map(|said| said.reference.as_deref().unwrap()).collect();
    assert_eq!(references, ["B", "A"]);
    for _ in 0..2 {
        pass(&ledger, SECOND * 10).await;
        ledger.work_once().await.unwrap();
    }
    let records = all(&ledger, |_| {}).await;
    let outcomes: Vec<_> = records.iter().map(|said| said.outcome.as_str()).collect();
    assert_eq!(outcomes, ["unknown_payment", "learnt", "not_paid", "paid"]);
    let [unknown, learnt, ..] = &records[..] else { panic!("{records:?}") };
    assert_eq!((unknown.order.as_deref(), unknown.reference.as_deref()), (None, Some("NOBODYS")));
    assert_eq!((learnt.order.as_deref(), learnt.gateway_id.as_deref()), (Some("C"), Some("X-1")));
    assert_eq!(
        (&learnt.claimed, learnt.payable, learnt.trust),
        (&PaymentStatus::Paid, Some(Rupiah::new(10_000)), Trust::Signed)
    );
    assert!(learnt.has_body && learnt.tries == 0, "{learnt:?}");
    assert_eq!(all(&ledger, |filter| filter.account = Some("main".into())).await, records[2..]);
    assert_eq!(all(&ledger, |filter| filter.outcome = Some(NotificationOutcome::Paid)).await, records[3..]);
    let mut filter = NotificationFilter::default();
    for record in &records {
        assert_eq!(ledger.notifications(&filter, 1).await.unwrap(), std::slice::from_ref(record));
        filter.before = Some(record.id);
    }
    assert!(ledger.notifications(&filter, 1).await.unwrap().is_empty());
    let counted: Vec<_> = ledger.figures().await.unwrap().notifications.into_iter().map(|count| count.kind).collect();
    assert_eq!(counted, ["not_paid", "paid", "learnt", "unknown_payment"]);
}

pub async fn replayed_notification_leads_to_one_question(book: &Book) {
    let gateway = Fake::qr();
    let ledger = book.ledger(&gateway).await;
    ledger.pay(&order("A"), "main").await.unwrap();
    notify(&ledger, "main", &gateway, "A").await;
    ledger.work_once().await.unwrap();
    assert_eq!((gateway.asked(), state(&ledger, "A").await.as_str()), (1, "open"));
    let id = all(&ledger, |_| {}).await[0].id;
    // The gateway did not know yet; an old payment is asked about every few minutes.
    gateway.pay("A");
    pass(&ledger, SECOND * 4).await;
    execute(&ledger, "UPDATE gerbang_attempt SET due_at = due_at + 3600000").await;
    for _ in 0..3 {
        assert_eq!(ledger.replay(id).await.unwrap().outcome, NotificationOutcome::Waiting);
    }
    ledger.work_once().await.unwrap();
    assert_eq!((gateway.asked(), state(&ledger, "A").await.as_str()), (2, "paid"));
    for _ in 0..3 {
        ledger.replay(id).await.unwrap();
        pass(&ledger, SECOND * 10).await;
        ledger.work_once().await.unwrap();
    }
    assert_eq!(number(&ledger, "SELECT count(*) FROM gerbang_receipt").await, 1);
    assert_eq!(events(&ledger, EventKind::PaymentPaid).await, 1);
    assert!(matches!(ledger.replay(id + 9).await, Err(Error::NotFound(_))));
}

pub async fn replayed_signature_is_believed_once_the_payment_is_known(book: &Book) {
    let gateway = Fake::wallet();
    let ledger = book.ledger(&gateway).await;
    let (headers, body) = notification("PG-1", "A", Some(Rupiah::new(10_000)), &PaymentStatus::Paid);
    assert_eq!(ledger.notified("main", &headers, &body).await.status(), 200);
    let id = all(&ledger, |_| {}).await[0].id;
    assert_eq!(ledger.replay(id).await.unwrap().outcome, NotificationOutcome::UnknownPayment);
    assert_eq!(ledger.cases().await.unwrap().len(), 1);
    // The book that was restored has it after all.
    ledger.pay(&order("A"), "main").await.unwrap();
    let replayed = ledger.replay(id).await.unwrap();
    assert_eq!((replayed.outcome, replayed.order.as_deref()), (NotificationOutcome::Learnt, Some("A")));
    assert_eq!((state(&ledger, "A").await.as_str(), gateway.asked()), ("paid", 0));
    ledger.replay(id).await.unwrap();
    assert_eq!(events(&ledger, EventKind::PaymentPaid).await, 1);
    let case = ledger.cases().await.unwrap()[0].id;
    ledger.resolve(case, Resolution::Noted, "Ani", "it was replayed").await.unwrap();
}

/// Two gateways of one provider have one key, and their notifications differ in form only.
pub async fn form_of_another_gateway_is_not_believed_when_replayed(book: &Book) {
    let gateway = Fake::wallet();
    let ledger = book.ledger(&gateway).await;
    let (headers, body) = notification("PG-1", "A", Some(Rupiah::new(10_000)), &PaymentStatus::Paid);
    assert_eq!(ledger.notified("main", &headers, &body).await.status(), 200);
    let other = "UPDATE gerbang_inbox SET notification = replace(notification, '\"gateway\":\"fake\"', '\"gateway\":\"other\"')";
    execute(&ledger, other).await;
    ledger.pay(&order("A"), "main").await.unwrap();
    let id = all(&ledger, |_| {}).await[0].id;
    ledger.replay(id).await.unwrap();
    assert_eq!((state(&ledger, "A").await.as_str(), events(&ledger, EventKind::PaymentPaid).await), ("open", 0));
    let cases = ledger.cases().await.unwrap();
    assert!(cases.iter().any(|case| case.order.as_deref() == Some("A") && case.why == Why::Mismatch), "{cases:?}");
}

pub async fn notification_without_its_body_is_not_replayed(book: &Book) {
    let gateway = Fake::qr();
    let ledger = book.ledger(&gateway).await.keep_bodies(DAY);
    ledger.pay(&order("A"), "main").await.unwrap();
    notify(&ledger, "main", &gateway, "A").await;
    ledger.work_once().await.unwrap();
    pass(&ledger, DAY + MINUTE).await;
    ledger.work_once().await.unwrap();
    let record = all(&ledger, |_| {}).await.remove(0);
    assert!(!record.has_body, "{record:?}");
    let asked = gateway.asked();
    assert!(matches!(ledger.replay(record.id).await, Err(Error::BodyDeleted(id)) if id == record.id));
    assert_eq!((gateway.asked(), state(&ledger, "A").await.as_str()), (asked, "closed"));
    // An account that is no longer set.
    notify(&ledger, "main", &gateway, "A").await;
    let id = all(&ledger, |_| {}).await[0].id;
    assert!(matches!(book.open().await.replay(id).await, Err(Error::UnknownAccount(_))));
}
