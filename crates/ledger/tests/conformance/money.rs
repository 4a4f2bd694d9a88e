//! Rules 5 to 8 and 11: what a receipt is, and what it does.

use gerbang_core::{PaymentStatus, Rupiah};
use gerbang_ledger::{Account, Cancelled, Error, EventKind, Ledger, Order, Resolution, Why};

use crate::book::{Book, MINUTE, SECOND, due, events, execute, number, order, pass, state, text};
use crate::fake::{Fake, Script, notification};

async fn whys(ledger: &Ledger) -> Vec<Why> {
    ledger.cases().await.unwrap().iter().map(|case| case.why).collect()
}

async fn work(ledger: &Ledger) {
    pass(ledger, SECOND * 10).await;
    ledger.work_once().await.unwrap();
}

async fn order_state(ledger: &Ledger) -> String {
    text(ledger, "SELECT state FROM gerbang_order").await
}

pub async fn first_receipt_ships_and_a_second_is_surplus(book: &Book) {
    let gateway = Fake::qr().with(|can| can.cancel = true);
    let ledger = book.ledger(&gateway).await;
    ledger.pay(&order("A"), "main").await.unwrap();
    ledger.cancel("A").await.unwrap();
    ledger.pay(&order("A"), "main").await.unwrap();
    gateway.pay("A");
    gateway.pay("A-2");
    pass(&ledger, MINUTE * 2).await;
    ledger.work_once().await.unwrap();
    assert_eq!((state(&ledger, "A").await.as_str(), state(&ledger, "A-2").await.as_str()), ("paid", "paid"));
    let paid = (events(&ledger, EventKind::PaymentPaid).await, events(&ledger, EventKind::PaymentSurplus).await);
    assert_eq!(paid, (1, 1));
    let surplus = due(&ledger).await;
    assert_eq!(surplus.len(), 1);
    assert_eq!((surplus[0].amount, surplus[0].is_second_payment), (Rupiah::new(10_000), true));
    assert_eq!((surplus[0].order.as_str(), surplus[0].account.as_str()), ("A", "main"));
}

pub async fn two_gateways_that_are_both_paid_are_one_surplus(book: &Book) {
    let (one, two) = (Fake::signing().with(|can| can.cancel = true), Fake::signing());
    let ledger = book.ledger(&one).await.account(Account::live("two", two.clone()));
    ledger.pay(&order("A"), "main").await.unwrap();
    ledger.cancel("A").await.unwrap();
    let second = ledger.pay(&order("A"), "two").await.unwrap();
    // The gateways' ids may be the same: the account is part of every key.
    assert_eq!((second.reference.as_deref(), second.id.as_deref()), (Some("A-2"), Some("PG-1")));
    two.pay("A-2");
    one.pay("A");
    let (headers, body) = two.notification("A-2");
    assert_eq!(ledger.notified("two", &headers, &body).await.status(), 200);
    let (headers, body) = one.notification("A");
    assert_eq!(ledger.notified("main", &headers, &body).await.status(), 200);
    assert_eq!(events(&ledger, EventKind::PaymentPaid).await, 1);
    assert_eq!(due(&ledger).await[0].reference, "A");
    assert_eq!(ledger.payment("A").await.unwrap().unwrap().reference.as_deref(), Some("A-2"));
}

pub async fn too_little_ships_nothing_until_a_person_decides(book: &Book) {
    let gateway = Fake::qr();
    let ledger = book.ledger(&gateway).await;
    ledger.pay(&order("A"), "main").await.unwrap();
    gateway.pay("A");
    gateway.set("A", |paid| paid.payable = Rupiah::new(9_999));
    work(&ledger).await;
    assert_eq!((state(&ledger, "A").await.as_str(), order_state(&ledger).await.as_str()), ("paid", "unpaid"));
    assert_eq!((events(&ledger, EventKind::PaymentPaid).await, whys(&ledger).await), (0, vec![Why::Short]));
    assert!(matches!(ledger.pay(&order("A"), "main").await, Err(Error::AwaitsPerson { .. })));
    // Nobody who looks at the payment ships either.
    let shown = ledger.payment("A").await.unwrap().unwrap();
    assert!(matches!(shown.status, PaymentStatus::Unknown(_)), "{:?}", shown.status);
    assert_eq!(number(&ledger, "SELECT amount FROM gerbang_receipt").await, 9_999);
    let case = ledger.cases().await.unwrap()[0].id;
    ledger.resolve(case, Resolution::Paid, "Ani", "a rupiah is a gift").await.unwrap();
    assert_eq!((events(&ledger, EventKind::PaymentPaid).await, order_state(&ledger).await.as_str()), (1, "paid"));
    assert!(due(&ledger).await.is_empty());
    assert_eq!(ledger.payment("A").await.unwrap().unwrap().status, PaymentStatus::Paid);
}

pub async fn too_little_that_a_person_calls_unpaid_is_surplus(book: &Book) {
    let gateway = Fake::qr();
    let ledger = book.ledger(&gateway).await;
    ledger.pay(&order("A"), "main").await.unwrap();
    gateway.pay("A");
    gateway.set("A", |paid| paid.payable = Rupiah::new(9_999));
    work(&ledger).await;
    let case = ledger.cases().await.unwrap()[0].id;
    ledger.resolve(case, Resolution::Unpaid, "Ani", "pays again").await.unwrap();
    let surplus = due(&ledger).await;
    assert_eq!((surplus.len(), surplus[0].amount, surplus[0].is_second_payment), (1, Rupiah::new(9_999), false));
    assert_eq!(ledger.pay(&order("A"), "main").await.unwrap().reference.as_deref(), Some("A-2"));
}

pub async fn second_payment_that_a_person_saw_is_surplus(book: &Book) {
    let gateway = Fake::qr();
    let ledger = book.ledger(&gateway).await;
    ledger.pay(&order("A"), "main").await.unwrap();
    gateway.pay("A");
    work(&ledger).await;
    let second = gateway.pay_twice("A");
    let (headers, body) = notification(&second, "A", None, &PaymentStatus::Paid);
    assert_eq!(ledger.notified("main", &headers, &body).await.status(), 200);
    work(&ledger).await;
    let case = ledger.cases().await.unwrap()[0].clone();
    assert_eq!(case.why, Why::SecondPayment);
    ledger.resolve(case.id, Resolution::Paid, "Ani", "seen on the statement").await.unwrap();
    let surplus = due(&ledger).await;
    assert_eq!((surplus.len(), surplus[0].is_second_payment), (1, true));
    assert_eq!(events(&ledger, EventKind::PaymentPaid).await, 1);
}

pub async fn second_payment_that_pays_leaves_the_first_to_count(book: &Book) {
    for (name, gateway) in [("ASKED", Fake::qr()), ("SIGNED", Fake::signing())] {
        let ledger = book.open().await.account(Account::live(name, gateway.clone()).pace(std::time::Duration::ZERO));
        ledger.pay(&order(name), name).await.unwrap();
        let second = gateway.pay_twice(name);
        let (headers, body) = notification(&second, name, Some(Rupiah::new(10_000)), &PaymentStatus::Paid);
        assert_eq!(ledger.notified(name, &headers, &body).await.status(), 200);
        for _ in 0..40 {
            // Chance decides which of the two is asked about.
            work(&ledger).await;
        }
        let case = ledger.cases().await.unwrap()[0].clone();
        assert_eq!((case.why, state(&ledger, name).await.as_str()), (Why::SecondPayment, "open"));
        ledger.resolve(case.id, Resolution::Paid, "Ani", "seen on the statement").await.unwrap();
        // The order is paid by it, and nobody is to pay again.
        let shown = ledger.pay(&order(name), name).await.unwrap();
        assert_eq!((shown.status, shown.pay_with.len(), gateway.created()), (PaymentStatus::Paid, 0, 1));
        assert_eq!(ledger.cancel(name).await.unwrap(), Cancelled::Paid);
        assert!(due(&ledger).await.is_empty());
        // The customer pays the first one all the same.
        gateway.pay(name);
        let (headers, body) = gateway.notification(name);
        assert_eq!(ledger.notified(name, &headers, &body).await.status(), 200);
        work(&ledger).await;
        let surplus = due(&ledger).await;
        assert_eq!((surplus.len(), surplus[0].amount, surplus[0].is_second_payment), (1, Rupiah::new(10_000), true));
        ledger.refunded(surplus[0].id, "Ani", "transferred").await.unwrap();
        assert_eq!(number(&ledger, "SELECT count(*) FROM gerbang_receipt").await, 2);
        execute(&ledger, "DELETE FROM gerbang_receipt").await;
    }
    assert_eq!(events(&book.open().await, EventKind::PaymentPaid).await, 2);
}

pub async fn second_payment_that_is_no_money_changes_nothing(book: &Book) {
    let gateway = Fake::signing();
    let ledger = book.ledger(&gateway).await;
    let payment = ledger.pay(&order("A"), "main").await.unwrap();
    let second = gateway.pay_twice("A");
    let (headers, body) = notification(&second, "A", None, &PaymentStatus::Paid);
    assert_eq!(ledger.notified("main", &headers, &body).await.status(), 200);
    let case = ledger.cases().await.unwrap()[0].clone();
    ledger.resolve(case.id, Resolution::Unpaid, "Ani", "the gateway was wrong").await.unwrap();
    assert_eq!((state(&ledger, "A").await.as_str(), ledger.pay(&order("A"), "main").await.unwrap()), ("open", payment));
    assert_eq!(number(&ledger, "SELECT count(*) FROM gerbang_receipt").await, 0);
    assert!(due(&ledger).await.is_empty());
}

pub async fn second_payment_beside_an_excess_is_due_back_too(book: &Book) {
    let gateway = Fake::qr();
    let ledger = book.ledger(&gateway).await;
    ledger.pay(&order("A"), "main").await.unwrap();
    gateway.pay("A");
    gateway.set("A", |paid| paid.payable = Rupiah::new(10_500));
    work(&ledger).await;
    let second = gateway.pay_twice("A");
    let (headers, body) = notification(&second, "A", None, &PaymentStatus::Paid);
    assert_eq!(ledger.notified("main", &headers, &body).await.status(), 200);
    work(&ledger).await;
    let case = ledger.cases().await.unwrap()[0].clone();
    ledger.resolve(case.id, Resolution::Paid, "Ani", "seen on the statement").await.unwrap();
    let amounts: Vec<_> = due(&ledger).await.iter().map(|surplus| surplus.amount.get()).collect();
    assert_eq!((amounts, events(&ledger, EventKind::PaymentSurplus).await), (vec![500, 10_500], 2));
}

pub async fn too_little_found_by_a_cancellation_awaits_a_person(book: &Book) {
    let gateway = Fake::qr();
    let ledger = book.ledger(&gateway).await;
    ledger.pay(&order("A"), "main").await.unwrap();
    gateway.pay("A");
    gateway.set("A", |paid| paid.payable = Rupiah::new(9_999));
    assert_eq!(ledger.cancel("A").await.unwrap(), Cancelled::AwaitsPerson);
    assert_eq!((order_state(&ledger).await.as_str(), whys(&ledger).await), ("unpaid", vec![Why::Short]));
}

pub async fn too_much_ships_and_the_difference_is_surplus(book: &Book) {
    let gateway = Fake::qr();
    let ledger = book.ledger(&gateway).await;
    ledger.pay(&order("A"), "main").await.unwrap();
    gateway.pay("A");
    gateway.set("A", |paid| paid.payable = Rupiah::new(10_500));
    work(&ledger).await;
    assert_eq!((events(&ledger, EventKind::PaymentPaid).await, order_state(&ledger).await.as_str()), (1, "paid"));
    let surplus = due(&ledger).await;
    assert_eq!((surplus[0].amount, surplus[0].is_second_payment), (Rupiah::new(500), false));
    assert_eq!(number(&ledger, "SELECT amount FROM gerbang_receipt").await, 10_500);
}

pub async fn signed_amounts_decide_as_answers_do(book: &Book) {
    let gateway = Fake::wallet();
    let ledger = book.ledger(&gateway).await;
    for (name, payable) in [("SHORT", 9_999), ("OVER", 10_001), ("EXACT", 10_000)] {
        let payment = ledger.pay(&order(name), "main").await.unwrap();
        let said = notification(payment.id.as_deref().unwrap(), name, Some(Rupiah::new(payable)), &PaymentStatus::Paid);
        assert_eq!(ledger.notified("main", &said.0, &said.1).await.status(), 200);
        assert_eq!(state(&ledger, name).await, "paid");
    }
    let paid: Vec<_> = ledger.events(0).await.unwrap();
    let paid: Vec<_> = paid.iter().filter(|event| event.kind == EventKind::PaymentPaid).collect();
    assert_eq!(paid.iter().map(|event| event.order.as_deref().unwrap()).collect::<Vec<_>>(), ["OVER", "EXACT"]);
    assert_eq!(due(&ledger).await[0].amount, Rupiah::new(1));
    assert_eq!(whys(&ledger).await, [Why::Short]);
}

pub async fn second_payment_of_a_reference_goes_to_a_person(book: &Book) {
    for (name, gateway) in [("ASKED", Fake::qr()), ("SIGNED", Fake::signing())] {
        let ledger = book.open().await.account(Account::live(name, gateway.clone()).pace(std::time::Duration::ZERO));
        ledger.pay(&order(name), name).await.unwrap();
        gateway.pay(name);
        pass(&ledger, SECOND * 10).await;
        ledger.work_once().await.unwrap();
        let second = gateway.pay_twice(name);
        let (headers, body) = notification(&second, name, Some(Rupiah::new(10_000)), &PaymentStatus::Paid);
        assert_eq!(ledger.notified(name, &headers, &body).await.status(), 200);
        pass(&ledger, SECOND * 10).await;
        ledger.work_once().await.unwrap();
        let cases = ledger.cases().await.unwrap();
        let case = cases.iter().find(|case| case.order.as_deref() == Some(name)).expect(name);
        assert!(case.detail.contains(&second), "{}", case.detail);
        assert_eq!(
            number(
                &ledger,
                &format!("SELECT count(*) FROM gerbang_event WHERE kind = 'payment.paid' AND order_id = '{name}'")
            )
            .await,
            1
        );
    }
}

pub async fn doubled_id_goes_to_a_person_and_pays_nothing(book: &Book) {
    let gateway = Fake::signing().with(|can| can.notifications = gerbang_core::Trust::Unsigned);
    gateway.next(&[Script::Answered, Script::OtherId]);
    let ledger = book.ledger(&gateway).await;
    ledger.pay(&order("A"), "main").await.unwrap();
    // It is never shown to the customer.
    assert!(matches!(ledger.pay(&order("B"), "main").await, Err(Error::Unanswered { .. })));
    assert_eq!(whys(&ledger).await, [Why::DoubledId]);
    gateway.pay("A");
    for _ in 0..3 {
        work(&ledger).await;
    }
    assert_eq!((state(&ledger, "A").await.as_str(), state(&ledger, "B").await.as_str()), ("paid", "uncertain"));
    assert_eq!(events(&ledger, EventKind::PaymentPaid).await, 1);
}

pub async fn payment_of_the_test_mode_is_no_receipt(book: &Book) {
    let gateway = Fake::qr();
    gateway.next(&[Script::Answered, Script::InTestMode]);
    let ledger = book.ledger(&gateway).await;
    ledger.pay(&order("A"), "main").await.unwrap();
    gateway.pay("A");
    gateway.set("A", |paid| paid.sandbox = Some(true));
    work(&ledger).await;
    assert_eq!((state(&ledger, "A").await.as_str(), whys(&ledger).await), ("open", vec![Why::TestMode]));
    // One that is created so is never shown.
    assert!(ledger.pay(&order("B"), "main").await.is_err());
    assert_eq!((state(&ledger, "B").await.as_str(), whys(&ledger).await.len()), ("closed", 2));
    assert_eq!(number(&ledger, "SELECT count(*) FROM gerbang_receipt").await, 0);
}

pub async fn test_account_takes_test_payments(book: &Book) {
    let gateway = Fake::qr();
    gateway.next(&[Script::InTestMode]);
    let ledger = book.open().await.account(Account::test("main", gateway.clone()));
    ledger.pay(&order("A"), "main").await.unwrap();
    gateway.pay("A");
    gateway.set("A", |paid| paid.sandbox = Some(true));
    work(&ledger).await;
    assert_eq!((state(&ledger, "A").await.as_str(), events(&ledger, EventKind::PaymentPaid).await), ("paid", 1));
}

pub async fn old_price_that_is_paid_late_ships_nothing(book: &Book) {
    let gateway = Fake::qr().with(|can| can.cancel = true);
    let ledger = book.ledger(&gateway).await;
    for (name, new_price) in [("DEARER", 12_000), ("CHEAPER", 8_000)] {
        ledger.pay(&order(name), "main").await.unwrap();
        ledger.cancel(name).await.unwrap();
        ledger.pay(&Order::new(name, Rupiah::new(new_price)), "main").await.unwrap();
        gateway.pay(name);
    }
    pass(&ledger, MINUTE * 2).await;
    ledger.work_once().await.unwrap();
    assert_eq!((state(&ledger, "DEARER").await.as_str(), whys(&ledger).await), ("paid", vec![Why::Short]));
    // The old, higher price of the other order pays it, and the rest is due back.
    let surplus = due(&ledger).await;
    assert_eq!((surplus.len(), surplus[0].order.as_str(), surplus[0].amount), (1, "CHEAPER", Rupiah::new(2_000)));
    assert_eq!(events(&ledger, EventKind::PaymentPaid).await, 1);
}

pub async fn creation_that_says_paid_is_asked_about_first(book: &Book) {
    let gateway = Fake::qr();
    gateway.next(&[Script::SaysPaid]);
    let ledger = book.ledger(&gateway).await;
    assert_eq!(ledger.pay(&order("A"), "main").await.unwrap().status, PaymentStatus::Pending);
    ledger.work_once().await.unwrap();
    assert_eq!((gateway.asked(), state(&ledger, "A").await.as_str()), (1, "open"));
    gateway.pay("A");
    work(&ledger).await;
    assert_eq!(state(&ledger, "A").await, "paid");
}

pub async fn absurd_payable_amount_is_never_shown(book: &Book) {
    let gateway = Fake::finds().with(|can| {
        can.surcharge = Some(gerbang_core::Surcharge { per_mille: 10, fixed: Rupiah::new(999) });
    });
    gateway.next(&[Script::Absurd]);
    let ledger = book.ledger(&gateway).await;
    assert!(matches!(ledger.pay(&order("A"), "main").await, Err(Error::Unanswered { .. })));
    for _ in 0..2 {
        work(&ledger).await;
        assert!(ledger.pay(&order("A"), "main").await.is_err());
    }
    assert_eq!((state(&ledger, "A").await.as_str(), whys(&ledger).await[0]), ("uncertain", Why::Mismatch));
}
