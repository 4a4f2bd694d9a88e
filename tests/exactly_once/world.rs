//! What is around the merchant's program: the provider, its network, its customers, and people who forge notifications.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Bytes;
use axum::http::HeaderMap;
use gerbang::registry::Descriptor;
use gerbang::{PaymentGateway, Rupiah, Trust};
use gerbang_sandbox::{Effect, Fault, Payment, PaymentStatus, Provider, ReleaseOrder, Sandbox};
use gerbang_tests::gateways::{self, Effort, WEBHOOK_KEY};
use tokio::sync::mpsc::{self, UnboundedReceiver};

use crate::Figures;
use crate::chance::Chance;
use crate::shop::{Book, Plant, Restart, Shop, State, order};

/// Calls are sent again where that is safe.
const EFFORT: Effort = Effort::within(Duration::from_secs(30));

/// A notification on its way.
#[derive(Clone, Debug)]
struct Message {
    headers: HeaderMap,
    body: Bytes,
}

/// A provider and a merchant who has an account with it.
pub struct World {
    name: &'static str,
    provider: Provider,
    sandbox: Sandbox,
    gateway: Box<dyn PaymentGateway>,
    arrived: UnboundedReceiver<Message>,
    plant: Plant,
}

/// How the provider says pending and paid when it is asked.
fn words(name: &str) -> [&'static str; 2] {
    match name {
        "kazukipay" => ["\"PENDING\"", "\"PAID\""],
        "kropay" => ["\"pending\"", "\"success\""],
        "paydigital" => ["\"pending\"", "\"paid\""],
        "pakasir-v1" | "pakasir-v2" => ["\"pending\"", "\"completed\""],
        // It is not asked.
        _ => ["\"\"", "\"\""],
    }
}

impl World {
    pub async fn start(gateway: &'static Descriptor, plant: Plant) -> Self {
        let (name, provider) = (gateway.name, gateway.section.parse().unwrap());
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/", listener.local_addr().unwrap());
        let (arrives, arrived) = mpsc::unbounded_channel();
        let arrives = Arc::new(arrives);
        let receive = move |headers: HeaderMap, body: Bytes| {
            let arrives = arrives.clone();
            async move {
                // Whether the merchant takes it is another matter: this world delivers it as often as it likes.
                let _ = arrives.send(Message { headers, body });
                "{\"success\": true}"
            }
        };
        tokio::spawn(async move { axum::serve(listener, Router::new().fallback(receive)).await });
        let builder = Sandbox::builder().klink_webhook_key(WEBHOOK_KEY).pakasir_webhook_secret(WEBHOOK_KEY);
        let sandbox = builder.webhook(provider, url).start().await.unwrap();
        let gateway = gateways::make(gateway, &sandbox.url(provider), "any-key", EFFORT).unwrap();
        Self { name, provider, sandbox, gateway, arrived, plant }
    }

    /// One run, from its number.
    pub async fn run(&mut self, seed: u64) -> Figures {
        self.sandbox.reset();
        let mut chance = Chance::new(seed);
        let mut book = Book::default();
        let mut figures = Figures { runs: 1, ..Figures::default() };
        let mut messages: Vec<Message> = Vec::new();
        let orders: Vec<String> = (0..1 + chance.below(3)).map(|index| format!("ORDER-{seed}-{index}")).collect();
        for reference in &orders {
            let price = Rupiah::new(20_000 + chance.below(50_000) as u64);
            book.orders.insert(reference.clone(), order(reference, price));
        }
        figures.orders = orders.len() as u64;

        for _ in 0..12 + chance.below(20) {
            // Pakasir tells the status of a payment every four seconds.
            self.sandbox.advance(Duration::from_secs(5));
            let reference = &orders[chance.below(orders.len())];
            match chance.below(5) {
                0 | 1 => {
                    figures.faults += self.fault(&book, &mut chance, reference);
                    let mut shop = self.shop(&mut book, &mut chance, 8);
                    figures.restarts += u64::from(shop.checkout(reference).await.is_err());
                }
                2 => {
                    figures.faults += self.fault(&book, &mut chance, reference);
                    let mut shop = self.shop(&mut book, &mut chance, 8);
                    figures.restarts += u64::from(shop.ask(reference).await.is_err());
                }
                3 => messages.extend(self.customer(&book, &mut chance, reference).await),
                _ => {
                    messages.extend(self.forged(&book, &mut chance, &messages, reference, &mut figures));
                    figures.faults += self.fault(&book, &mut chance, reference);
                    self.deliver(&mut book, &mut chance, &mut messages, &mut figures, 8).await;
                }
            }
            self.sandbox.clear_faults();
        }
        self.quiet(&mut book, &mut chance, &orders, messages, &mut figures).await;
        self.judge(&book, &mut figures);
        figures
    }

    fn shop<'a>(&'a self, book: &'a mut Book, chance: &'a mut Chance, restarts: usize) -> Shop<'a> {
        Shop { gateway: &*self.gateway, book, chance, plant: self.plant, restarts }
    }

    /// Something goes wrong with the next call, or nothing.
    fn fault(&self, book: &Book, chance: &mut Chance, reference: &str) -> u64 {
        let page = |status, carried_out| Effect::Reply {
            status,
            content_type: "text/html".into(),
            body: "<h1>An error</h1>".into(),
            headers: Default::default(),
            carried_out,
        };
        let replace = |from: &str, to: &str| Effect::Replace { from: from.into(), to: to.into() };
        let refuse = |carried_out| {
            // Not a refusal that the provider's spec lists as made before the work.
            let text = ["Gambar QRIS tidak dapat dibuat", "SQLSTATE[40001]: Deadlock found"][usize::from(carried_out)];
            Effect::Refuse { message: text.into(), carried_out }
        };
        let effects = match chance.below(18) {
            0 => vec![Effect::Close { carried_out: true }],
            1 => vec![Effect::Close { carried_out: false }],
            2 => vec![page(500, true)],
            3 => vec![page(503, false)],
            4 => vec![page(200, true)],
            5 => vec![Effect::Truncate],
            6 => {
                // The reply about another payment, which is paid; whichever of them is asked for.
                let [pending, paid] = words(self.name);
                let ids = self.sandbox.payments().into_iter().map(|payment| payment.reference);
                let ids = ids.map(|id| replace(&id, &format!("{id}77")));
                [replace(pending, paid), replace("ORDER-", "OTHER-")].into_iter().chain(ids).collect()
            }
            7 => vec![replace(&book.orders[reference].new.amount.to_string(), "99999")],
            8 => vec![refuse(true)],
            9 => vec![refuse(false)],
            // The client has given up, and the request is still under way.
            10 => vec![Effect::Later { milliseconds: 1 + chance.below(5) as u64 }, Effect::Close { carried_out: true }],
            _ => return 0,
        };
        for effect in effects {
            self.sandbox.add_fault(Fault::new(self.provider, effect).times(1)).unwrap();
        }
        1
    }

    /// The customer of an order does something, if she sees how to pay or the provider has told her.
    async fn customer(&mut self, book: &Book, chance: &mut Chance, reference: &str) -> Vec<Message> {
        let knows = match &book.orders[reference].state {
            State::Shown(_) | State::Closed(_) => true,
            // The provider writes to her itself, though the merchant has never seen its reply.
            State::Begun | State::LeftToAPerson => self.notifies() && chance.percent(50),
            _ => false,
        };
        let payments = self.of(reference, &book.orders[reference].state);
        let Some(payment) = payments.first().filter(|_| knows) else { return Vec::new() };
        self.sandbox.hold_webhooks();
        match chance.below(10) {
            // She pays what was over already: QRIS money arrives late.
            0..4 if matches!(payment.status, PaymentStatus::Expired | PaymentStatus::Cancelled) => {
                drop(self.sandbox.pay_late(self.provider, &payment.id).unwrap());
            }
            _ if payment.status != PaymentStatus::Pending => {}
            0 => drop(self.sandbox.expire(self.provider, &payment.id)),
            1 => drop(self.sandbox.cancel(self.provider, &payment.id)),
            2 => drop(self.sandbox.underpay(self.provider, &payment.id, payment.payable.get() - 1)),
            _ => drop(self.sandbox.pay(self.provider, &payment.id).unwrap()),
        }
        let mut messages = Vec::new();
        for _ in self.sandbox.release_webhooks(&ReleaseOrder::Created).unwrap() {
            let message = tokio::time::timeout(Duration::from_secs(30), self.arrived.recv()).await;
            messages.push(message.expect("the sandbox notifies").expect("the receiver lives"));
        }
        messages
    }

    fn notifies(&self) -> bool {
        self.gateway.capabilities().notifications != Trust::None
    }

    /// The payments of an order at the provider. PayDigital takes no reference: they are told by what the merchant has.
    fn of(&self, reference: &str, state: &State) -> Vec<Payment> {
        let shown = match state {
            State::Shown(payment) | State::Closed(payment) => payment.id.clone(),
            _ => None,
        };
        let is_of = |payment: &Payment| payment.order == reference || Some(&payment.reference) == shown.as_ref();
        self.sandbox.payments().into_iter().filter(is_of).collect()
    }

    /// Somebody who has seen a notification of another order makes one for this order.
    fn forged(
        &self,
        book: &Book,
        chance: &mut Chance,
        messages: &[Message],
        reference: &str,
        figures: &mut Figures,
    ) -> Option<Message> {
        if messages.is_empty() || chance.percent(40) {
            return None;
        }
        let message = &messages[chance.below(messages.len())];
        let mut text = String::from_utf8_lossy(&message.body).into_owned();
        let mine = self.of(reference, &book.orders[reference].state).into_iter().next();
        for (other, order) in &book.orders {
            if other == reference || !text.contains(other.as_str()) {
                continue;
            }
            text = text
                .replace(other, reference)
                .replace(&order.new.amount.to_string(), &book.orders[reference].new.amount.to_string());
            if let (Some(theirs), Some(mine)) = (self.of(other, &order.state).first(), &mine) {
                text = text.replace(&theirs.reference, &mine.reference);
                text = text.replace(&theirs.payable.to_string(), &mine.payable.to_string());
            }
            figures.forged += 1;
            return Some(Message { headers: message.headers.clone(), body: text.into() });
        }
        None
    }

    /// One of the messages arrives; it stays on its way if it is not taken, and sometimes though it is.
    async fn deliver(
        &self,
        book: &mut Book,
        chance: &mut Chance,
        messages: &mut Vec<Message>,
        figures: &mut Figures,
        restarts: usize,
    ) {
        if messages.is_empty() {
            return;
        }
        let index = chance.below(messages.len());
        let Message { headers, body } = messages[index].clone();
        let taken = self.shop(book, chance, restarts).notified(&headers, &body).await;
        figures.notifications += 1;
        match taken {
            Ok(true) if chance.percent(70) => drop(messages.remove(index)),
            Ok(_) => {}
            Err(Restart) => figures.restarts += 1,
        }
    }

    /// Nothing goes wrong any more: everything on its way arrives, and the merchant asks for what is open.
    async fn quiet(
        &mut self,
        book: &mut Book,
        chance: &mut Chance,
        orders: &[String],
        mut messages: Vec<Message>,
        figures: &mut Figures,
    ) {
        // What is still under way arrives.
        tokio::time::sleep(Duration::from_millis(20)).await;
        // Late ones come in any order.
        while !messages.is_empty() {
            self.sandbox.advance(Duration::from_secs(5));
            let Message { headers, body } = messages.swap_remove(chance.below(messages.len()));
            let _ = self.shop(book, chance, 0).notified(&headers, &body).await;
            figures.notifications += 1;
        }
        for reference in orders {
            if matches!(book.orders[reference].state, State::Begun) {
                self.sandbox.advance(Duration::from_secs(5));
                let _ = self.shop(book, chance, 0).checkout(reference).await;
            }
            self.sandbox.advance(Duration::from_secs(5));
            let _ = self.shop(book, chance, 0).ask(reference).await;
        }
    }

    /// Compares the merchant's book with the provider's.
    fn judge(&self, book: &Book, figures: &mut Figures) {
        let payments = self.sandbox.payments();
        for (reference, order) in &book.orders {
            let of: Vec<_> = payments.iter().filter(|payment| is_of(payment, reference, &order.new.amount)).collect();
            let alive = |payment: &&&Payment| matches!(payment.status, PaymentStatus::Pending | PaymentStatus::Paid);
            let money = of.iter().any(|payment| payment.status == PaymentStatus::Paid);
            let paid = matches!(order.state, State::Paid);
            figures.paid += u64::from(paid);
            figures.two_payments += u64::from(of.iter().filter(alive).count() > 1);
            figures.false_paid += u64::from(paid && !money);
            figures.lost += u64::from(money && !paid);
            figures.shipped_twice += u64::from(order.shipped > 1);
            figures.left_to_a_person += u64::from(matches!(order.state, State::LeftToAPerson));
        }
    }
}

/// Whether a payment is of an order: by its reference, or, as PayDigital takes none, by its price, which no other order of the
/// run has.
fn is_of(payment: &Payment, reference: &str, amount: &Rupiah) -> bool {
    payment.order == reference || payment.provider == Provider::Paydigital && payment.amount == *amount
}
