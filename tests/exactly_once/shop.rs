//! A merchant's program as the README says that it be written. What is in its book survives a restart; nothing else does.

use std::collections::{BTreeMap, BTreeSet};
use std::env;

use gerbang::{
    Delivery, Doubt, Expected, Lookup, NewPayment, NotificationFailure, Payment, PaymentGateway, PaymentStatus, Proof,
    Rupiah, confirm, judge_answer,
};
use http::HeaderMap;

use crate::chance::Chance;

/// A mistake in the program.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Plant {
    None,
    RetryCreates,
    TrustNotifications,
}

impl Plant {
    pub fn from_env() -> Self {
        match env::var("GERBANG_PLANT").as_deref() {
            Err(_) => Self::None,
            Ok("retry-creates") => Self::RetryCreates,
            Ok("trust-notifications") => Self::TrustNotifications,
            Ok(other) => panic!("GERBANG_PLANT cannot be {other}"),
        }
    }
}

/// What the program has stored.
#[derive(Debug, Default)]
pub struct Book {
    pub orders: BTreeMap<String, Order>,
    /// The keys of all proofs: a unique index.
    pub receipts: BTreeSet<String>,
}

#[derive(Debug)]
pub struct Order {
    pub new: NewPayment,
    pub state: State,
    pub shipped: u32,
}

#[allow(clippy::large_enum_variant, reason = "there are few")]
#[derive(Clone, Debug)]
pub enum State {
    /// Nothing was sent.
    New,
    /// A creation was begun and its outcome is not known.
    Begun,
    /// The customer sees how to pay.
    Shown(Payment),
    /// Only a person, or a notification, can tell what became of it.
    LeftToAPerson,
    Paid,
    /// The gateway took it for over. Money that comes all the same counts.
    Closed(Payment),
}

/// The program was ended between two steps.
#[derive(Debug)]
pub struct Restart;

/// The running program.
pub struct Shop<'a> {
    pub gateway: &'a dyn PaymentGateway,
    pub book: &'a mut Book,
    pub chance: &'a mut Chance,
    pub plant: Plant,
    /// How often in a hundred the program ends between two steps.
    pub restarts: usize,
}

impl Shop<'_> {
    /// Between two steps.
    fn step(&mut self) -> Result<(), Restart> {
        if self.chance.percent(self.restarts) { Err(Restart) } else { Ok(()) }
    }

    /// Writes a state. What is paid stays so: a reply that comes late must not undo it.
    fn set(&mut self, reference: &str, state: State) {
        let order = self.book.orders.get_mut(reference).expect("the order is in the book");
        if !matches!(order.state, State::Paid) {
            order.state = state;
        }
    }

    /// Brings an order to a payment that the customer can see.
    pub async fn checkout(&mut self, reference: &str) -> Result<(), Restart> {
        let order = &self.book.orders[reference];
        let (new, state) = (order.new.clone(), order.state.clone());
        match state {
            State::New => self.create(reference, &new).await,
            State::Begun => self.recover(reference, &new).await,
            _ => Ok(()),
        }
    }

    async fn create(&mut self, reference: &str, new: &NewPayment) -> Result<(), Restart> {
        // Before anything is sent, so that a restart does not create it again.
        self.set(reference, State::Begun);
        self.step()?;
        let answer = self.gateway.create_payment(new).await;
        self.step()?;
        match answer {
            Ok(payment) => self.set(reference, State::Shown(payment)),
            Err(error) if error.delivery() != Delivery::MaybeSent => self.set(reference, State::New),
            Err(_) if self.plant == Plant::RetryCreates => self.set(reference, State::New),
            Err(_) => {}
        }
        self.step()
    }

    /// Finds out what became of a creation whose reply was lost.
    async fn recover(&mut self, reference: &str, new: &NewPayment) -> Result<(), Restart> {
        if self.plant == Plant::RetryCreates {
            self.set(reference, State::New);
            return Ok(());
        }
        if !self.gateway.capabilities().find_by_reference {
            self.set(reference, State::LeftToAPerson);
            return self.step();
        }
        let answer = self.gateway.payment(Lookup::Reference { reference, amount: new.amount }).await;
        self.step()?;
        // An error is no answer, and "not found" does not prove that the request is not under way.
        if let Ok(payment) = answer {
            self.settle(reference, &new.unanswered(self.gateway.provider()).into(), payment);
        }
        self.step()
    }

    /// Asks what became of a payment that the customer sees.
    pub async fn ask(&mut self, reference: &str) -> Result<(), Restart> {
        let (State::Shown(payment) | State::Closed(payment)) = self.book.orders[reference].state.clone() else {
            return Ok(());
        };
        if !self.gateway.capabilities().status {
            return Ok(());
        }
        let answer = self.gateway.payment(Lookup::Payment(&payment)).await;
        self.step()?;
        if let Ok(now) = answer {
            self.settle(reference, &payment.into(), now);
        }
        self.step()
    }

    /// What the gateway says about an order's payment.
    fn settle(&mut self, reference: &str, expected: &Expected, now: Payment) {
        match judge_answer(expected, &now) {
            Ok(proof) => self.paid(reference, &proof),
            Err(Doubt::NotPaid(status)) if status.is_closed() => self.set(reference, State::Closed(now)),
            Err(Doubt::NotPaid(_)) => self.set(reference, State::Shown(now)),
            Err(_) => {}
        }
    }

    /// One transaction: the receipt, which is new once, and the order.
    fn paid(&mut self, reference: &str, proof: &Proof) {
        if self.book.receipts.insert(proof.key()) {
            self.ship(reference);
        }
    }

    fn ship(&mut self, reference: &str) {
        let order = self.book.orders.get_mut(reference).expect("the order is in the book");
        if !matches!(order.state, State::Paid) {
            order.state = State::Paid;
            order.shipped += 1;
        }
    }

    /// Takes a notification. False when the sender shall send it again.
    pub async fn notified(&mut self, headers: &HeaderMap, body: &[u8]) -> Result<bool, Restart> {
        let Ok(notification) = self.gateway.parse_notification(headers, body) else { return Ok(false) };
        let found = self.book.orders.values().find_map(|order| {
            let expected = match &order.state {
                State::Shown(payment) | State::Closed(payment) => payment.clone(),
                _ => order.new.unanswered(self.gateway.provider()),
            };
            let same = |told: &Option<String>, known: &Option<String>| told.is_some() && told == known;
            let named = same(&notification.reference, &expected.reference) || same(&notification.id, &expected.id);
            named.then(|| (order.new.reference.clone(), expected))
        });
        let Some((reference, expected)) = found else { return Ok(false) };
        if self.plant == Plant::TrustNotifications && notification.claimed == PaymentStatus::Paid {
            self.ship(&reference);
            return Ok(true);
        }
        let outcome = confirm(self.gateway, &notification, &expected.into()).await;
        self.step()?;
        let taken = match outcome {
            Ok(proof) => {
                self.paid(&reference, &proof);
                true
            }
            Err(doubt) => {
                let failure = NotificationFailure::Doubted(doubt);
                gerbang::answer(self.gateway.acceptance(), Err(&failure)).status() == 200
            }
        };
        self.step()?;
        Ok(taken)
    }
}

/// An order of this name.
pub fn order(reference: &str, amount: Rupiah) -> Order {
    let new = NewPayment::new(reference, amount)
        .customer_name("Almeera Salsabila")
        .customer_email("almeera@example.com")
        .customer_phone("085736064900");
    Order { new, state: State::New, shipped: 0 }
}
