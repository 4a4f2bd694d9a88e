//! The merchant: processes of a shop over one book, which end at any time.

use std::sync::{Arc, Mutex};

use gerbang::{NewPayment, Rupiah};
use gerbang_ledger::{Account, Event, EventKind, Handled, Ledger, Order, Resolution, Tx, Why};

use crate::book::rows;
use crate::gate::{Gate, Scene, lock};
use crate::plant::Plant;
use crate::world::{Message, Seat};

/// A payment that a customer was shown.
#[derive(Clone, Debug)]
pub struct Shown {
    pub order: String,
    pub account: String,
    pub reference: String,
    pub id: Option<String>,
}

/// What the customers of a run have seen, and what was shipped outside the book.
#[derive(Default)]
pub struct Outside {
    pub shown: Mutex<Vec<Shown>>,
    pub shipped: Mutex<Vec<String>>,
    /// The notifications that gateways have no answer for.
    pub messages: Mutex<Vec<Message>>,
}

/// A running process.
pub struct Process {
    pub number: u64,
    pub ledger: Ledger,
    scene: Arc<Scene>,
    outside: Arc<Outside>,
}

impl Process {
    pub async fn start(url: &str, number: u64, seats: &[Seat], scene: &Arc<Scene>, outside: &Arc<Outside>) -> Self {
        scene.begin(number);
        let mut ledger = Ledger::open(url).await.unwrap().tail(std::time::Duration::from_secs(400 * 24 * 3600));
        for (index, seat) in seats.iter().enumerate() {
            let gateway = seat.gateway.clone();
            let gate = Gate { gateway, account: index, process: number, scene: scene.clone() };
            ledger = ledger.account(Account::live(seat.name.as_str(), gate).pace(std::time::Duration::ZERO));
        }
        let (handling, shipping) = (scene.clone(), outside.clone());
        let ledger = ledger.on_event(move |tx, event| handle(tx, event, handling.clone(), shipping.clone()));
        Self { number, ledger, scene: scene.clone(), outside: outside.clone() }
    }

    /// Begins something that goes on by itself.
    fn begin(&self, work: impl Future<Output = ()> + Send + 'static) {
        let scene = self.scene.clone();
        scene.starts();
        tokio::spawn(async move {
            work.await;
            scene.stops();
        });
    }

    /// A customer wants to pay, and sees what the shop shows.
    pub fn pay(&self, order: &str, price: u64, account: &str) {
        let (ledger, outside) = (self.ledger.clone(), self.outside.clone());
        let new = NewPayment::new(order, Rupiah::new(price))
            .customer_name("Almeera Salsabila")
            .customer_email("almeera@example.com")
            .customer_phone("085736064900");
        let (order, account) = (order.to_owned(), account.to_owned());
        self.begin(async move {
            if let Ok(payment) = ledger.pay(&Order::from(new), &account).await
                && !payment.pay_with.is_empty()
            {
                let reference = payment.reference.unwrap_or_default();
                if let Some(account) = account_of(&ledger, &order, &reference).await {
                    lock(&outside.shown).push(Shown { order, account, reference, id: payment.id });
                }
            }
        });
    }

    pub fn cancel(&self, order: &str) {
        let (ledger, order) = (self.ledger.clone(), order.to_owned());
        self.begin(async move { drop(ledger.cancel(&order).await) });
    }

    pub fn work(&self) {
        let ledger = self.ledger.clone();
        self.begin(async move { drop(ledger.work_once().await) });
    }

    /// A notification arrives. Its sender sends it again unless it is answered with 200, and sometimes all the same.
    pub fn notified(&self, message: Message, account: &str, is_sent_again: bool) {
        let (ledger, outside, account) = (self.ledger.clone(), self.outside.clone(), account.to_owned());
        if self.scene.plant == Plant::AnswersFirst {
            return;
        }
        self.begin(async move {
            let answer = ledger.notified(&account, &message.headers, &message.body).await;
            if answer.status() != 200 || is_sent_again {
                lock(&outside.messages).push(message);
            }
        });
    }

    /// A person looks at every case, and decides as chance has it where the money does not.
    pub async fn look_at_cases(&self) {
        for case in self.ledger.cases().await.unwrap() {
            let resolution = match case.why {
                Why::Short if self.scene.percent(30) => Resolution::Paid,
                Why::Short if self.scene.percent(50) => Resolution::Unpaid,
                _ => continue,
            };
            self.ledger.resolve(case.id, resolution, "Ani", "by chance").await.unwrap();
        }
    }
}

/// The account of an attempt of an order: it may be another than the one that the customer chose.
async fn account_of(ledger: &Ledger, order: &str, reference: &str) -> Option<String> {
    let sql = "SELECT account, order_id, reference FROM gerbang_attempt";
    let attempts = rows(ledger, sql, &[], &["account", "order_id", "reference"]).await;
    let found = attempts.iter().find(|found| found.text("order_id") == order && found.text("reference") == reference);
    found.map(|found| found.text("account").to_owned())
}

/// Ships in the transaction of the event; often it fails first.
async fn handle(mut tx: Tx, event: Event, scene: Arc<Scene>, outside: Arc<Outside>) -> Handled {
    if event.kind != EventKind::PaymentPaid {
        return Ok(());
    }
    let order = event.order.unwrap_or_default();
    if scene.plant == Plant::ShipsOutside {
        lock(&outside.shipped).push(order);
    } else {
        tx.execute("INSERT INTO shipment (id) VALUES ($1)", [order.into()]).await?;
    }
    let fails = |percent| !scene.is_quiet() && scene.percent(percent);
    if fails(15) { Err("the handler fails".into()) } else { Ok(()) }
}
