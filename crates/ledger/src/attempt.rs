//! A row of the book: one attempt to have an order paid.

use std::time::Duration;

use gerbang_core::{Expected, NewPayment, Payment, PaymentStatus, Rupiah};
use jiff::Timestamp;
use tokio::time::Instant;

use crate::account::{Facts, Mode};
use crate::machine::{Ending, State};

/// One attempt to have an order paid, as the book has it. Times are milliseconds by the database's clock.
#[derive(Debug, Clone)]
pub(crate) struct Attempt {
    pub id: i64,
    pub order: String,
    pub account: String,
    pub reference: String,
    pub amount: Rupiah,
    pub state: State,
    pub ending: Option<Ending>,
    pub gateway_id: Option<String>,
    pub request: NewPayment,
    pub payment: Option<Payment>,
    pub lease_until: i64,
    pub lease_by: Option<String>,
    pub watch_until: Option<i64>,
    pub sent_at: Option<i64>,
    pub asked_at: i64,
    pub expires_at: Option<i64>,
    pub failures: u32,
    pub created_at: i64,
    /// When the row was read.
    pub now: i64,
    /// Another number after each change of the row, where the database has one.
    pub version: i64,
    /// When the row was read, by the process's clock.
    pub read_at: Instant,
}

impl Attempt {
    /// What is known of the payment; what was sent, where nothing is.
    pub fn known(&self, provider: &str) -> Payment {
        let mut known = self.payment.clone().unwrap_or_else(|| self.request.unanswered(provider));
        known.id.clone_from(&self.gateway_id);
        known
    }

    /// What is sent now. Its time is the database's: what the reply says of times is not compared with this process's clock.
    pub fn sent(&self) -> NewPayment {
        let mut sent = self.request.clone();
        sent.sent_at = Timestamp::from_millisecond(self.now).ok();
        sent
    }

    pub fn expected(&self, facts: &Facts) -> Expected {
        let mut known = self.known(facts.provider);
        // Money that comes after any ending is late, also where the gateway never said how it ended.
        if let (State::Closed, Some(ending)) = (self.state, self.ending) {
            known.status = ending.status();
        }
        let expected = Expected::new(known).account(&facts.account);
        if facts.mode == Mode::Test { expected.accept_test_mode() } else { expected }
    }

    /// The payment as a shop sees it: with the state that the book has. It is paid only where it has paid the order: too little
    /// money is a person's matter.
    pub fn shown(&self, provider: &str, is_order_paid: bool) -> Payment {
        let mut payment = self.known(provider);
        payment.status = match (self.state, self.ending) {
            _ if is_order_paid => PaymentStatus::Paid,
            (State::Paid, _) => PaymentStatus::Unknown("paid with another amount; a person must look".to_owned()),
            (State::Closed, Some(ending)) => ending.status(),
            _ => PaymentStatus::Pending,
        };
        if is_order_paid || matches!(self.state, State::Closed | State::Paid) {
            // Nobody is to pay it any more.
            payment.pay_with.clear();
        }
        payment
    }

    /// The attempt as it is, at the time when a question was begun, which saw it so: an answer speaks of that time, however long it
    /// was on its way.
    pub fn as_of(&self, asked: &Self) -> Self {
        Self {
            now: asked.now,
            sent_at: asked.sent_at,
            created_at: asked.created_at,
            expires_at: asked.expires_at.or(self.expires_at),
            ..self.clone()
        }
    }

    /// The attempt unchanged, as much later as it is since it was read.
    pub fn aged(&self) -> Self {
        let passed = i64::try_from(self.read_at.elapsed().as_millis()).unwrap_or(i64::MAX);
        Self { now: self.now.saturating_add(passed), ..self.clone() }
    }

    /// How long ago it was sent, or written down where nothing was sent.
    pub fn age(&self) -> Duration {
        self.since(self.sent_at.unwrap_or(self.created_at))
    }

    /// How long ago it was written down.
    pub fn since_created(&self) -> Duration {
        self.since(self.created_at)
    }

    fn since(&self, time: i64) -> Duration {
        Duration::from_millis(u64::try_from(self.now - time).unwrap_or(0))
    }

    /// Whether this holder has the lease, by the database's clock.
    pub fn is_leased_by(&self, holder: &str) -> bool {
        self.lease_by.as_deref() == Some(holder) && self.lease_until > self.now
    }
}

/// An attempt of an order of 10 000 rupiah, sent at the beginning of time.
#[cfg(test)]
pub(crate) fn sample(state: State, id: Option<&str>, now: i64) -> Attempt {
    Attempt {
        id: 1,
        order: "O".into(),
        account: "a".into(),
        reference: "O".into(),
        amount: Rupiah::new(10_000),
        state,
        ending: None,
        gateway_id: id.map(str::to_owned),
        request: NewPayment::new("O", Rupiah::new(10_000)),
        payment: None,
        lease_until: 0,
        lease_by: None,
        watch_until: None,
        sent_at: Some(0),
        asked_at: 0,
        expires_at: None,
        failures: 1,
        created_at: 0,
        now,
        version: 0,
        read_at: Instant::now(),
    }
}
