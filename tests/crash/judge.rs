//! Compares the gateways' books with the shop's.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::path::Path;

use gerbang_sandbox::{Payment, PaymentStatus, Provider};
use gerbang_tests::book::Book;
use gerbang_tests::customers::provider;
use gerbang_tests::gateways::named;
use gerbang_tests::shops::Entry;

/// What happened in a storm. What must never happen is named by order or payment.
#[derive(Debug, Default)]
pub struct Figures {
    pub kills: usize,
    pub restarts: usize,
    orders: usize,
    sent: usize,
    created: usize,
    paid: usize,
    shipped: usize,
    surplus: usize,
    left_to_a_person: usize,
    cases: BTreeMap<String, usize>,
    shipped_twice: BTreeSet<String>,
    shipped_without_money: BTreeSet<String>,
    money_unknown: BTreeSet<String>,
    money_kept: BTreeSet<String>,
    pub sent_twice: BTreeSet<String>,
    stuck: BTreeSet<String>,
    panics: Vec<String>,
}

impl Figures {
    /// Nothing happened that must not, and enough happened: a judge that sees nothing finds nothing wrong.
    pub fn assert_clean(&self) {
        let wrong = [
            ("shipped twice", &self.shipped_twice),
            ("shipped without money", &self.shipped_without_money),
            ("money unknown", &self.money_unknown),
            ("second payment not due back", &self.money_kept),
            ("sent twice", &self.sent_twice),
            ("stuck", &self.stuck),
        ];
        let some = |(what, found): (_, &BTreeSet<String>)| {
            (!found.is_empty()).then(|| (what, found.len(), found.iter().take(5).cloned().collect::<Vec<_>>()))
        };
        let wrong: Vec<_> = wrong.into_iter().filter_map(some).collect();
        assert!(wrong.is_empty() && self.panics.is_empty(), "{wrong:#?} {:#?}", self.panics);
        assert!(self.orders > 0 && self.shipped > self.orders / 2 && self.sent > self.orders, "{self}");
    }
}

impl fmt::Display for Figures {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} processes killed, {} restarts of the server; {} orders, {} creations sent, {} payments made, {} paid, {} orders \
             shipped, {} payments due back, {} orders left to a person (cases: {:?}); {} shipped twice, {} shipped without money, \
             {} payments with money unknown, {} second payments not due back, {} sent twice, {} stuck orders, {} panics",
            self.kills,
            self.restarts,
            self.orders,
            self.sent,
            self.created,
            self.paid,
            self.shipped,
            self.surplus,
            self.left_to_a_person,
            self.cases,
            self.shipped_twice.len(),
            self.shipped_without_money.len(),
            self.money_unknown.len(),
            self.money_kept.len(),
            self.sent_twice.len(),
            self.stuck.len(),
            self.panics.len(),
        )
    }
}

/// An attempt as the shop's book has it.
struct Attempt {
    order: String,
    provider: Provider,
    reference: String,
    gateway_id: Option<String>,
    has_receipt: bool,
    has_surplus: bool,
    has_case: bool,
    is_waiting: bool,
    /// Account, reference, state and ending, for people.
    shown: String,
}

impl Attempt {
    fn is_of(&self, payment: &Payment) -> bool {
        let by_id = self.gateway_id.as_deref() == Some(payment.reference.as_str());
        self.provider == payment.provider && (by_id || self.reference == payment.order)
    }
}

/// Judges a storm that is over, from the payments at the gateways, the shop's book, and what its processes wrote.
pub async fn judge(book: &Book, payments: &[Payment], journal: &Path, log: &Path) -> Figures {
    let mut figures = Figures::default();
    let attempts = attempts(book).await;
    let paid: Vec<_> = payments.iter().filter(|payment| payment.status == PaymentStatus::Paid).collect();
    (figures.created, figures.paid) = (payments.len(), paid.len());
    let mut with_money = BTreeSet::new();
    for payment in paid {
        let found: Vec<_> = attempts.iter().filter(|attempt| attempt.is_of(payment)).collect();
        with_money.extend(found.iter().map(|attempt| attempt.order.as_str()));
        if !found.iter().any(|attempt| attempt.has_receipt || attempt.has_case) {
            figures.money_unknown.insert(format!("{} {} {}", payment.provider, payment.order, payment.reference));
        }
    }
    judge_orders(book, &attempts, payments, &with_money, &mut figures).await;
    judge_sends(journal, payments, &mut figures);
    let printed = std::fs::read_to_string(log).unwrap_or_default();
    figures.panics = printed.lines().filter(|line| line.contains("panicked")).map(str::to_owned).collect();
    figures
}

async fn attempts(book: &Book) -> Vec<Attempt> {
    let sql = "SELECT a.order_id, a.account, a.reference, a.gateway_id, \
               (SELECT CAST(r.attempt AS TEXT) FROM gerbang_receipt r WHERE r.attempt = a.id), \
               (SELECT CAST(s.attempt AS TEXT) FROM gerbang_surplus s WHERE s.attempt = a.id AND s.why = 'second'), \
               (SELECT CAST(min(c.id) AS TEXT) FROM gerbang_case c WHERE c.attempt = a.id), \
               CASE WHEN a.due_at IS NULL AND a.state IN ('intended', 'sending', 'uncertain', 'open') THEN 'stuck' END, \
               a.account || ' ' || a.reference || ' ' || a.state || COALESCE(' ' || a.ending, '') FROM gerbang_attempt a ORDER BY a.id";
    let rows = book.rows(sql).await.expect("the book can be read");
    let attempt = |mut row: Vec<Option<String>>| Attempt {
        shown: row[8].take().expect("a state"),
        is_waiting: row[7].is_some(),
        has_case: row[6].is_some(),
        has_surplus: row[5].is_some(),
        has_receipt: row[4].is_some(),
        gateway_id: row[3].take(),
        reference: row[2].take().expect("a reference"),
        provider: provider(row[1].as_deref().expect("an account")),
        order: row[0].take().expect("an order"),
    };
    rows.into_iter().map(attempt).collect()
}

async fn judge_orders(
    book: &Book,
    attempts: &[Attempt],
    payments: &[Payment],
    with_money: &BTreeSet<&str>,
    figures: &mut Figures,
) {
    let column = |rows: Vec<Vec<Option<String>>>| rows.into_iter().filter_map(|mut row| row[0].take());
    let orders = book.rows("SELECT id FROM shop_order").await.expect("the shop's orders can be read");
    let shipments = book.rows("SELECT order_id FROM shipment").await.expect("the shipments can be read");
    let mut shipped: BTreeMap<String, usize> = BTreeMap::new();
    column(shipments).for_each(|order| *shipped.entry(order).or_default() += 1);
    figures.shipped = shipped.len();
    for order in column(orders) {
        figures.orders += 1;
        let of: Vec<_> = attempts.iter().filter(|attempt| attempt.order == order).collect();
        let count = |is: fn(&Attempt) -> bool| of.iter().filter(|attempt| is(attempt)).count();
        let times = shipped.get(&order).copied().unwrap_or(0);
        let surplus = count(|attempt| attempt.has_surplus);
        figures.surplus += surplus;
        let has_case = count(|attempt| attempt.has_case) > 0;
        figures.left_to_a_person += usize::from(times == 0 && has_case);
        if times > 1 {
            figures.shipped_twice.insert(order.clone());
        }
        if times > 0 && !with_money.contains(order.as_str()) {
            figures.shipped_without_money.insert(order.clone());
        }
        if count(|attempt| attempt.has_receipt).saturating_sub(1) != surplus {
            figures.money_kept.insert(order.clone());
        }
        if (times == 0 && !has_case) || count(|attempt| attempt.is_waiting) > 0 {
            let known =
                |attempt: &Attempt| payments.iter().find(|payment| attempt.is_of(payment)).map(|known| known.status);
            let attempts: Vec<_> =
                of.iter().map(|attempt| format!("{} (gateway: {:?})", attempt.shown, known(attempt))).collect();
            figures.stuck.insert(format!("{order}: {}", attempts.join(", ")));
        }
    }
    let cases = book.rows("SELECT why FROM gerbang_case").await.expect("the cases can be read");
    column(cases).for_each(|why| *figures.cases.entry(why).or_default() += 1);
}

/// A creation is sent once, unless it is proven that it was not sent, or the gateway finds what is there.
fn judge_sends(journal: &Path, payments: &[Payment], figures: &mut Figures) {
    let mut made = BTreeSet::new();
    // Not every provider takes a reference.
    for payment in payments.iter().filter(|payment| !payment.order.is_empty()) {
        if !made.insert((payment.provider, &payment.order)) {
            figures.sent_twice.insert(format!("{} {} was made twice", payment.provider, payment.order));
        }
    }
    let mut sent: BTreeMap<(String, String), i64> = BTreeMap::new();
    let text = std::fs::read_to_string(journal).expect("the journal can be read");
    for entry in text.lines().filter_map(Entry::parse) {
        match entry {
            Entry::Sent { account, reference } => *sent.entry((account, reference)).or_default() += 1,
            Entry::NotSent { account, reference } => *sent.entry((account, reference)).or_default() -= 1,
            Entry::Shown { .. } => {}
        }
    }
    figures.sent = sent.values().map(|times| usize::try_from(*times).unwrap_or(0)).sum();
    let twice = sent
        .into_iter()
        .filter(|((account, _), times)| *times > 1 && !(named(account).capabilities)().idempotent_create);
    figures.sent_twice = twice.map(|((account, reference), times)| format!("{account} {reference}: {times}")).collect();
}
