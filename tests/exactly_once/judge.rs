//! The judge: compares the merchant's book with the providers', payment by payment and rupiah by rupiah.

use std::collections::{BTreeMap, BTreeSet};

use gerbang_ledger::Ledger;
use gerbang_sandbox::{Payment, PaymentStatus};

use crate::Figures;
use crate::book::{Found, rows};
use crate::gate::{Scene, lock};
use crate::shop::Shown;
use crate::world::{Seat, World, is_known_as, name, takes_reference};

/// What was violated, and with what.
#[derive(Default)]
pub struct Judged {
    pub violations: BTreeMap<String, String>,
    pub figures: Figures,
}

impl Judged {
    fn violated(&mut self, is_violated: bool, what: &str, by: impl FnOnce() -> String) {
        if is_violated {
            self.violations.entry(what.to_owned()).or_insert_with(by);
        }
    }
}

/// No customer can pay two payments of one order at a time.
pub fn customers(judged: &mut Judged, world: &World, seats: &[Seat], shown: &[Shown]) {
    let mut open: BTreeMap<&str, BTreeSet<String>> = BTreeMap::new();
    for (account, seat) in seats.iter().enumerate() {
        for payment in world.payments(account, seat) {
            let is_open = payment.status == PaymentStatus::Pending && payment.expires_at > world.now(account);
            let seen = shown.iter().find(|shown| {
                let id = shown.id.as_deref().unwrap_or_default();
                shown.account == seat.name && is_known_as(&payment, seat, &shown.reference, id)
            });
            if let Some(seen) = seen.filter(|_| is_open) {
                open.entry(&seen.order).or_default().insert(format!("{} {}", seat.name, payment.id));
            }
        }
    }
    for (order, payments) in open {
        judged.violated(payments.len() > 1, "two payments that the customer can pay", || {
            format!("{order}: {payments:?}")
        });
    }
}

/// An attempt of the book, and the money that came in for it.
struct Attempt {
    row: Found,
    account: usize,
    paid: Vec<Payment>,
}

/// The book at the end of a run.
struct Books {
    orders: Vec<Found>,
    attempts: Vec<Attempt>,
    receipts: Vec<Found>,
    surplus: Vec<Found>,
    cases: Vec<Found>,
    /// The cases of which the shop has handled the event.
    told: BTreeSet<i64>,
    shipments: Vec<String>,
}

/// Whether no attempt is open any more.
pub async fn is_settled(ledger: &Ledger) -> bool {
    let sql = "SELECT id FROM gerbang_attempt WHERE state IN ('intended', 'sending', 'uncertain', 'open')";
    rows(ledger, sql, &["id"], &[]).await.is_empty()
}

/// The payments of an account that the book has as paid, by [`name`].
pub async fn known_as_paid(ledger: &Ledger, seat: &Seat) -> BTreeSet<String> {
    let sql =
        "SELECT a.account, a.reference, a.gateway_id FROM gerbang_receipt r JOIN gerbang_attempt a ON a.id = r.attempt";
    let known = rows(ledger, sql, &[], &["account", "reference", "gateway_id"]).await;
    let takes_reference = takes_reference(seat.gateway.provider());
    let name = |found: &Found| found.text(if takes_reference { "reference" } else { "gateway_id" }).to_owned();
    known.iter().filter(|found| found.text("account") == seat.name).map(name).collect()
}

/// Judges the book after the quiet time.
pub async fn books(
    judged: &mut Judged,
    ledger: &Ledger,
    world: &World,
    seats: &[Seat],
    scene: &Scene,
    shipped: &[String],
) {
    let books = read(ledger, world, seats, shipped).await;
    judge_sends(judged, world, seats, scene);
    for (account, seat) in seats.iter().enumerate() {
        for payment in world.payments(account, seat) {
            if payment.status == PaymentStatus::Paid {
                judged.figures.payments += 1;
                judge_payment(judged, &books, scene, (account, seat), &payment);
                judge_reversal(judged, &books, scene, (account, seat), &payment);
            }
        }
    }
    for case in &books.cases {
        judge_case(judged, &books, seats, scene, case);
    }
    for order in &books.orders {
        judge_order(judged, &books, scene, order);
    }
    judged.figures.cases = books.cases.len() as u64;
    if !judged.violations.is_empty() {
        for Attempt { row, paid, .. } in &books.attempts {
            let paid: Vec<_> = paid.iter().map(|paid| &paid.reference).collect();
            println!("{row:?} paid: {paid:?}");
        }
        for found in books.orders.iter().chain(&books.receipts).chain(&books.cases) {
            println!("{found:?}");
        }
    }
}

async fn read(ledger: &Ledger, world: &World, seats: &[Seat], shipped: &[String]) -> Books {
    let sql = "SELECT id, order_id, account, reference, gateway_id, amount, state, due_at, watch_until, failures, ending, \
               lease_until FROM gerbang_attempt";
    let texts = ["order_id", "account", "reference", "gateway_id", "state", "ending"];
    let attempts = rows(ledger, sql, &["id", "amount", "due_at", "watch_until", "failures", "lease_until"], &texts)
        .await
        .into_iter()
        .map(|row| {
            let account = seats.iter().position(|seat| seat.name == row.text("account")).expect("a known account");
            let mut paid = world.payments(account, &seats[account]);
            paid.retain(|payment| {
                payment.status == PaymentStatus::Paid
                    && is_known_as(payment, &seats[account], row.text("reference"), row.text("gateway_id"))
            });
            Attempt { row, account, paid }
        });
    let attempts = attempts.collect();
    let sql = "SELECT attempt, case_id, amount FROM gerbang_receipt";
    let receipts = rows(ledger, sql, &["attempt", "case_id", "amount"], &[]).await;
    let sql = "SELECT attempt, case_id, amount, why FROM gerbang_surplus";
    let surplus = rows(ledger, sql, &["attempt", "case_id", "amount"], &["why"]).await;
    let sql = "SELECT id, attempt, why, detail, resolution FROM gerbang_case";
    let cases = rows(ledger, sql, &["id", "attempt"], &["why", "detail", "resolution"]).await;
    let sql = "SELECT subject FROM gerbang_event WHERE kind = 'case.opened' AND done_at IS NOT NULL";
    let told = rows(ledger, sql, &["subject"], &[]).await.iter().map(|event| event.int("subject")).collect();
    let orders =
        rows(ledger, "SELECT id, price, state, paid_by FROM gerbang_order", &["price", "paid_by"], &["id", "state"]);
    let orders = orders.await;
    let inside = rows(ledger, "SELECT id FROM shipment", &[], &["id"]).await;
    let inside = inside.iter().map(|shipment| shipment.text("id").to_owned());
    let shipments = inside.chain(shipped.iter().cloned()).collect();
    Books { orders, attempts, receipts, surplus, cases, told, shipments }
}

/// No creation is sent twice, unless the gateway finds what is there, and none leads to two payments.
fn judge_sends(judged: &mut Judged, world: &World, seats: &[Seat], scene: &Scene) {
    for ((account, reference), times) in &*lock(&scene.sent) {
        let is_safe = seats[*account].gateway.capabilities().idempotent_create;
        judged.figures.creations += u64::from(*times);
        judged.violated(*times > 1 && !is_safe, "a creation was sent twice", || reference.clone());
    }
    for (account, seat) in seats.iter().enumerate().filter(|(_, seat)| takes_reference(seat.gateway.provider())) {
        let mut known = BTreeSet::new();
        for payment in world.payments(account, seat) {
            let is_new = known.insert(payment.order.clone());
            judged.violated(!is_new, "two payments of one reference", || payment.order);
        }
    }
}

/// What came in for a payment, in rupiah.
fn received(scene: &Scene, account: usize, payment: &Payment) -> i64 {
    let received = lock(&scene.received).get(&(account, name(payment).to_owned())).copied();
    i64::try_from(received.unwrap_or(payment.payable).get()).unwrap()
}

/// Each payment that is paid is one receipt of one attempt, of what came in. In this world no reference has two payments.
fn judge_payment(
    judged: &mut Judged,
    books: &Books,
    scene: &Scene,
    (account, seat): (usize, &Seat),
    payment: &Payment,
) {
    let of = books
        .attempts
        .iter()
        .filter(|attempt| attempt.account == account && attempt.paid.iter().any(|paid| paid.id == payment.id));
    let of: Vec<_> = of.map(|attempt| attempt.row.int("id")).collect();
    let receipts = books.receipts.iter().filter(|receipt| receipt.int("case_id") == 0);
    let receipts: Vec<_> = receipts.filter(|receipt| of.contains(&receipt.int("attempt"))).collect();
    let called = || format!("{} {} {}", seat.name, payment.order, payment.reference);
    judged.violated(receipts.is_empty(), "money of which nothing is known", called);
    judged.violated(receipts.len() > 1, "a payment with two receipts", called);
    if let [receipt] = receipts[..]
        && seat.gateway.capabilities().status
    {
        judged.violated(
            receipt.int("amount") != received(scene, account, payment),
            "a receipt of another amount than came in",
            || format!("{}: {} instead of {}", called(), receipt.int("amount"), received(scene, account, payment)),
        );
    }
}

/// A case says what happened in this world: other reasons are none.
fn judge_case(judged: &mut Judged, books: &Books, seats: &[Seat], scene: &Scene, case: &Found) {
    let attempt = books.attempts.iter().find(|attempt| Some(attempt.row.int("id")) == case.maybe_int("attempt"));
    let why = case.text("why");
    let is_wrong = match why {
        "short" => attempt.is_none_or(|attempt| attempt.paid.is_empty()),
        "second_payment" | "test_mode" | "no_proof" | "unknown_status" | "unknown_payment" => true,
        "reversed" => attempt.is_none_or(|attempt| !may_be_reversed(scene, seats, attempt)),
        "creation_lost" => attempt.is_none_or(|attempt| !["closed", "paid"].contains(&attempt.row.text("state"))),
        _ => attempt.is_none(),
    };
    judged.violated(is_wrong, "a case of what never happened", || format!("{why}: {}", case.text("detail")));
}

/// Whether money of an attempt went back, or its gateway, which signs and cannot be asked, may have seemed to say so.
fn may_be_reversed(scene: &Scene, seats: &[Seat], attempt: &Attempt) -> bool {
    let cannot_be_asked = !seats[attempt.account].gateway.capabilities().status;
    attempt.paid.iter().any(|paid| {
        let key = (attempt.account, name(paid).to_owned());
        lock(&scene.reversed).contains(&key) || cannot_be_asked && lock(&scene.late).contains(&key)
    })
}

/// Of money that went back the shop is told by a case of its payment.
fn judge_reversal(
    judged: &mut Judged,
    books: &Books,
    scene: &Scene,
    (account, seat): (usize, &Seat),
    payment: &Payment,
) {
    if !lock(&scene.reversed).contains(&(account, name(payment).to_owned())) {
        return;
    }
    judged.figures.reversals += 1;
    let is_of =
        |attempt: &&Attempt| attempt.account == account && attempt.paid.iter().any(|paid| paid.id == payment.id);
    let attempts: Vec<_> = books.attempts.iter().filter(is_of).map(|attempt| attempt.row.int("id")).collect();
    let is_told = books.cases.iter().any(|case| {
        let is_of = case.maybe_int("attempt").is_some_and(|attempt| attempts.contains(&attempt));
        case.text("why") == "reversed" && is_of && books.told.contains(&case.int("id"))
    });
    judged.violated(!is_told, "a reversal of which nobody was told", || format!("{} {}", seat.name, payment.order));
}

fn judge_order(judged: &mut Judged, books: &Books, scene: &Scene, order: &Found) {
    let id = order.text("id");
    let shipped = books.shipments.iter().filter(|shipped| *shipped == id).count();
    let attempts: Vec<_> = books.attempts.iter().filter(|attempt| attempt.row.text("order_id") == id).collect();
    judged.figures.shipped += u64::from(shipped > 0);
    judged.figures.with_several_attempts += u64::from(attempts.len() > 1);
    judged.violated(shipped > 1, "shipped twice", || id.to_owned());
    judged.violated(shipped > 0 && !is_paid_for(books, scene, order, &attempts), "shipped without money", || {
        id.to_owned()
    });
    let is_paid = order.text("state") == "paid";
    let is_enough = attempts.iter().any(|attempt| is_full(attempt, scene, order));
    judged.violated(shipped == 0 && (is_paid || is_enough), "money and nothing shipped", || {
        format!("{id} {}", order.text("state"))
    });
    for attempt in &attempts {
        judge_receipts(judged, books, scene, order, attempt);
        let state = attempt.row.text("state");
        let number = attempt.row.int("id");
        let has_case = books.cases.iter().any(|case| case.maybe_int("attempt") == Some(number));
        let is_open = ["intended", "sending", "uncertain", "open"].contains(&state);
        judged.violated(is_open && !has_case, "an order without a next step", || {
            format!(
                "{} {} is {state}, due {:?}",
                attempt.row.text("account"),
                attempt.row.text("reference"),
                attempt.row.maybe_int("due_at")
            )
        });
    }
}

/// Whether what came in for an attempt is all that the order costs.
fn is_full(attempt: &Attempt, scene: &Scene, order: &Found) -> bool {
    attempt.row.int("amount") >= order.int("price")
        && attempt
            .paid
            .iter()
            .any(|paid| received(scene, attempt.account, paid) >= i64::try_from(paid.payable.get()).unwrap())
}

/// Whether an order that has shipped was paid: in full, or a person has decided so.
fn is_paid_for(books: &Books, scene: &Scene, order: &Found, attempts: &[&Attempt]) -> bool {
    let Some(by) = attempts.iter().find(|attempt| Some(attempt.row.int("id")) == order.maybe_int("paid_by")) else {
        return false;
    };
    let by_person = books
        .cases
        .iter()
        .any(|case| case.text("resolution") == "paid" && case.maybe_int("attempt") == Some(by.row.int("id")));
    is_full(by, scene, order) || by_person && !by.paid.is_empty()
}

/// Each receipt that does not pay its order is due back or a person's matter, and so is each rupiah too much.
fn judge_receipts(judged: &mut Judged, books: &Books, scene: &Scene, order: &Found, attempt: &Attempt) {
    let id = attempt.row.int("id");
    let is_of = |found: &&Found| found.int("attempt") == id && found.int("case_id") == 0;
    let Some(receipt) = books.receipts.iter().find(is_of) else { return };
    let surplus = books.surplus.iter().find(is_of).map_or(0, |surplus| surplus.int("amount"));
    let short = books.cases.iter().find(|case| case.text("why") == "short" && case.maybe_int("attempt") == Some(id));
    judged.figures.surplus += u64::from(surplus > 0);
    let Some(paid) = attempt.paid.first() else { return };
    let pays = order.maybe_int("paid_by") == Some(id);
    let expected = match short.map(|case| case.text("resolution")) {
        Some("unpaid") => receipt.int("amount"),
        Some("paid") if pays => 0,
        Some("paid") => receipt.int("amount"),
        // It waits for a person.
        Some(_) => 0,
        None if !pays => receipt.int("amount"),
        None => {
            let excess = received(scene, attempt.account, paid) - i64::try_from(paid.payable.get()).unwrap();
            excess + attempt.row.int("amount") - order.int("price")
        }
    };
    judged.violated(surplus != expected, "money that is due back and is not written", || {
        format!("{} {}: {surplus} instead of {expected}", order.text("id"), attempt.row.text("reference"))
    });
}
