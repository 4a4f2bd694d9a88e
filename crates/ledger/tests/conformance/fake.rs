//! A gateway that is scripted: what happens to each request, and what the customer does.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use gerbang_core::{
    Answer, Capabilities, Delivery, Error, Kind, Lookup, Method, NewPayment, Notification, Payable, Payment,
    PaymentGateway, PaymentStatus, Rupiah, Trust,
};
use http::HeaderMap;
use jiff::{SignedDuration, Timestamp};
use tokio::sync::Notify;

pub const PROVIDER: &str = "fake";

/// What happens to a creation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Script {
    /// It is carried out and answered.
    Answered,
    /// It cannot be sent.
    NotSent,
    /// It is sent and gets lost.
    RequestLost,
    /// It is carried out, and the reply gets lost.
    ReplyLost,
    /// It arrives when [`Fake::deliver`] says so; the client has given up.
    UnderWay,
    /// It is carried out, and answered once [`Fake::release`] says so.
    Held,
    /// It cannot be sent, which is known once [`Fake::release`] says so.
    HeldThenNotSent,
    /// The gateway refuses it for good.
    Refused,
    /// The gateway refuses it because it knows the reference.
    Known,
    /// It is carried out and the reply has the id of another payment.
    OtherId,
    /// It is carried out and the reply says that it is paid.
    SaysPaid,
    /// It is carried out in the test mode.
    InTestMode,
    /// It is carried out and the customer is asked for ninety-nine million rupiah.
    Absurd,
}

/// What the gateway knows of a payment.
#[derive(Clone, Debug)]
pub struct Paid {
    pub id: String,
    pub reference: String,
    pub amount: Rupiah,
    pub payable: Rupiah,
    pub status: PaymentStatus,
    pub sandbox: Option<bool>,
}

#[derive(Default)]
struct World {
    ways: VecDeque<Script>,
    payments: Vec<Paid>,
    under_way: Vec<NewPayment>,
    created: u32,
    asked: u32,
    is_down: bool,
    shows_nothing: bool,
    /// Payments whose money came in, which the gateway notices only when it is asked, as Kazukipay does.
    deposits: Vec<String>,
    expires_in: Option<i64>,
}

#[derive(Clone)]
pub struct Fake {
    can: Capabilities,
    prefix: &'static str,
    name: &'static str,
    world: Arc<Mutex<World>>,
    released: Arc<Notify>,
    is_held: Arc<AtomicBool>,
    holds_answer: Arc<AtomicBool>,
}

impl Fake {
    fn new(change: impl FnOnce(&mut Capabilities)) -> Self {
        let mut can = Capabilities::new(Rupiah::new(1));
        (can.status, can.notifications, can.expiry) = (true, Trust::Unsigned, true);
        change(&mut can);
        let (world, released, is_held, holds_answer) = Default::default();
        Self { can, prefix: "PG", name: PROVIDER, world, released, is_held, holds_answer }
    }

    /// It finds payments by reference, as Kazukipay does.
    pub fn finds() -> Self {
        Self::new(|can| can.find_by_reference = true)
    }

    /// Its creation finds what is there, as Pakasir's API v2.
    pub fn creates_once() -> Self {
        Self::new(|can| can.idempotent_create = true)
    }

    /// It knows its own ids only, and shows a QR code, as Kropay does.
    pub fn qr() -> Self {
        Self::new(|can| can.pays_by_reply_only = true)
    }

    /// It cannot be asked, signs, and debits a wallet, as K-Link does.
    pub fn wallet() -> Self {
        Self::new(|can| (can.status, can.notifications) = (false, Trust::Signed))
    }

    /// It can be asked by its own ids, and signs.
    pub fn signing() -> Self {
        Self::new(|can| can.notifications = Trust::Signed)
    }

    pub fn with(mut self, change: impl FnOnce(&mut Capabilities)) -> Self {
        change(&mut self.can);
        self
    }

    /// Its ids begin so.
    pub fn prefix(self, prefix: &'static str) -> Self {
        Self { prefix, ..self }
    }

    /// The same as another gateway.
    pub fn named(self, name: &'static str) -> Self {
        Self { name, ..self }
    }

    /// What happens to the next creations; afterwards all are answered.
    pub fn next(&self, ways: &[Script]) -> &Self {
        self.world().ways.extend(ways);
        self
    }

    pub fn expires_in(&self, seconds: i64) {
        self.world().expires_in = Some(seconds);
    }

    pub fn set_down(&self, is_down: bool) {
        self.world().is_down = is_down;
    }

    /// What is found has nothing to pay with.
    pub fn shows_nothing_again(&self) {
        self.world().shows_nothing = true;
    }

    /// How many creations were sent.
    pub fn created(&self) -> u32 {
        self.world().created
    }

    /// How many questions were asked.
    pub fn asked(&self) -> u32 {
        self.world().asked
    }

    pub fn payments(&self) -> Vec<Paid> {
        self.world().payments.clone()
    }

    /// Lets the requests arrive that are under way.
    pub fn deliver(&self) {
        let mut world = self.world();
        for new in std::mem::take(&mut world.under_way) {
            self.arrive(&mut world, &new);
        }
    }

    /// Waits until a creation or an answer is held.
    pub async fn until_held(&self) {
        for _ in 0..2000 {
            if self.is_held.load(Ordering::SeqCst) {
                return;
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        panic!("no creation is held");
    }

    /// The next question is answered once [`Fake::release`] says so, as things stood when it came.
    pub fn hold_next_answer(&self) {
        self.holds_answer.store(true, Ordering::SeqCst);
    }

    pub fn release(&self) {
        self.released.notify_one();
    }

    /// Sets what the gateway knows of the payment of a reference.
    pub fn set(&self, reference: &str, change: impl FnOnce(&mut Paid)) {
        let mut world = self.world();
        let found = world.payments.iter_mut().find(|paid| paid.reference == reference);
        change(found.unwrap_or_else(|| panic!("the gateway has no payment {reference}")));
    }

    /// The customer pays.
    pub fn pay(&self, reference: &str) {
        self.set(reference, |paid| paid.status = PaymentStatus::Paid);
    }

    /// The customer's money comes in, and the gateway notices when it is asked.
    pub fn deposit(&self, reference: &str) {
        self.world().deposits.push(reference.to_owned());
    }

    /// A second payment of a reference, which nobody asked for.
    pub fn pay_twice(&self, reference: &str) -> String {
        let mut world = self.world();
        let mut second = world.payments.iter().find(|paid| paid.reference == reference).unwrap().clone();
        second.id = format!("{}-second", second.id);
        second.status = PaymentStatus::Paid;
        world.payments.push(second.clone());
        second.id
    }

    /// The notification of the payment of a reference, as it is now.
    pub fn notification(&self, reference: &str) -> (HeaderMap, Vec<u8>) {
        let world = self.world();
        let paid = world.payments.iter().find(|paid| paid.reference == reference).unwrap();
        notification(&paid.id, reference, Some(paid.payable), &paid.status)
    }

    fn world(&self) -> MutexGuard<'_, World> {
        self.world.lock().unwrap()
    }

    fn arrive(&self, world: &mut World, new: &NewPayment) -> Payment {
        let known = world.payments.iter().find(|paid| self.can.idempotent_create && paid.reference == new.reference);
        let paid = known.cloned().unwrap_or_else(|| {
            let paid = Paid {
                id: format!("{}-{}", self.prefix, world.payments.len() + 1),
                reference: new.reference.clone(),
                amount: new.amount,
                payable: new.amount,
                status: PaymentStatus::Pending,
                sandbox: None,
            };
            world.payments.push(paid.clone());
            paid
        });
        self.payment_of(world, &paid, true)
    }

    fn payment_of(&self, world: &World, paid: &Paid, is_shown: bool) -> Payment {
        let mut payment = Payment::new(PROVIDER, paid.amount, paid.status.clone());
        (payment.id, payment.reference) = (Some(paid.id.clone()), Some(paid.reference.clone()));
        (payment.payable, payment.sandbox) = (Some(paid.payable), paid.sandbox);
        if is_shown || !world.shows_nothing {
            payment.pay_with = vec![Payable::Qris("000201".into())];
        }
        let expiry = world.expires_in.map(|seconds| Timestamp::now() + SignedDuration::from_secs(seconds));
        payment.expires_at = expiry;
        payment
    }

    async fn create(&self, new: &NewPayment) -> Result<Payment, Error> {
        let error = |kind, delivery| Error::new(kind, delivery, "it is scripted");
        let way = {
            let mut world = self.world();
            let way = world.ways.pop_front().unwrap_or(Script::Answered);
            if way != Script::NotSent {
                world.created += 1;
            }
            way
        };
        match way {
            Script::Answered => Ok(self.arrive(&mut self.world(), new)),
            Script::NotSent => Err(error(Kind::Connect, Delivery::NotSent)),
            Script::RequestLost => Err(error(Kind::Timeout, Delivery::MaybeSent)),
            Script::ReplyLost => {
                self.arrive(&mut self.world(), new);
                Err(error(Kind::Disconnected, Delivery::MaybeSent))
            }
            Script::UnderWay => {
                self.world().under_way.push(new.clone());
                Err(error(Kind::Timeout, Delivery::MaybeSent))
            }
            Script::Held => {
                let payment = self.arrive(&mut self.world(), new);
                self.is_held.store(true, Ordering::SeqCst);
                self.released.notified().await;
                Ok(payment)
            }
            Script::HeldThenNotSent => {
                self.is_held.store(true, Ordering::SeqCst);
                self.released.notified().await;
                Err(error(Kind::Connect, Delivery::NotSent))
            }
            Script::Refused => Err(error(Kind::Rejected, Delivery::Answered)),
            Script::Known => Err(error(Kind::AlreadyDone, Delivery::Answered)),
            Script::OtherId => {
                let mut payment = self.arrive(&mut self.world(), new);
                payment.id = Some(format!("{}-1", self.prefix));
                Ok(payment)
            }
            Script::SaysPaid => {
                let mut payment = self.arrive(&mut self.world(), new);
                payment.status = PaymentStatus::Paid;
                Ok(payment)
            }
            Script::Absurd => {
                self.arrive(&mut self.world(), new);
                self.set(&new.reference, |paid| paid.payable = Rupiah::new(99_000_000));
                self.ask(Lookup::Reference { reference: &new.reference, amount: new.amount })
            }
            Script::InTestMode => {
                let mut payment = self.arrive(&mut self.world(), new);
                payment.sandbox = Some(true);
                Ok(payment)
            }
        }
    }

    fn ask(&self, lookup: Lookup<'_>) -> Result<Payment, Error> {
        let mut world = self.world();
        world.asked += 1;
        if world.is_down {
            return Err(Error::new(Kind::Unavailable, Delivery::MaybeSent, "it is down"));
        }
        for reference in std::mem::take(&mut world.deposits) {
            let paid = world.payments.iter_mut().find(|paid| paid.reference == reference);
            paid.into_iter().for_each(|paid| paid.status = PaymentStatus::Paid);
        }
        let found = world.payments.iter().find(|paid| match lookup {
            Lookup::Payment(payment) => payment.id.as_deref() == Some(&paid.id),
            Lookup::Reference { reference, .. } => self.can.find_by_reference && paid.reference == reference,
            _ => false,
        });
        match found {
            Some(paid) => Ok(self.payment_of(&world, paid, false)),
            None => Err(Error::new(Kind::NotFound, Delivery::Answered, "it is not known")),
        }
    }
}

impl PaymentGateway for Fake {
    fn provider(&self) -> &'static str {
        self.name
    }

    fn capabilities(&self) -> Capabilities {
        self.can.clone()
    }

    fn create_payment<'a>(&'a self, new: &'a NewPayment) -> Answer<'a, Payment> {
        Box::pin(self.create(new))
    }

    fn payment<'a>(&'a self, lookup: Lookup<'a>) -> Answer<'a, Payment> {
        Box::pin(async move {
            let answer = self.ask(lookup);
            if self.holds_answer.swap(false, Ordering::SeqCst) {
                self.is_held.store(true, Ordering::SeqCst);
                self.released.notified().await;
            }
            answer
        })
    }

    fn cancel_payment<'a>(&'a self, payment: &'a Payment) -> Answer<'a, Payment> {
        Box::pin(async move {
            let mut world = self.world();
            let paid = world.payments.iter_mut().find(|paid| Some(&paid.id) == payment.id.as_ref()).unwrap();
            if paid.status == PaymentStatus::Paid {
                return Err(Error::new(Kind::Rejected, Delivery::Answered, "it is paid"));
            }
            paid.status = PaymentStatus::Cancelled;
            let paid = paid.clone();
            // The money has no payment any more.
            world.deposits.clear();
            Ok(self.payment_of(&world, &paid, false))
        })
    }

    fn parse_notification(&self, headers: &HeaderMap, body: &[u8]) -> Result<Notification, Error> {
        let error = |kind| Error::new(kind, Delivery::NotSent, "it is not a notification");
        let body: serde_json::Value = serde_json::from_slice(body).map_err(|_| error(Kind::InvalidNotification))?;
        let is_signed = self.can.notifications == Trust::Signed;
        if is_signed && headers.get("x-signature").is_none_or(|signature| signature != "right") {
            return Err(error(Kind::Authentication));
        }
        let status = serde_json::from_value(body["status"].clone()).map_err(|_| error(Kind::InvalidNotification))?;
        let mut said = Notification::new(PROVIDER, self.can.notifications, status);
        said.id = body["id"].as_str().map(str::to_owned);
        said.reference = body["reference"].as_str().map(str::to_owned);
        said.payable = body["payable"].as_u64().map(Rupiah::new);
        Ok(said)
    }

    fn acceptance(&self) -> &'static str {
        r#"{"success":true}"#
    }
}

/// A notification with the right signature.
pub fn notification(
    id: &str,
    reference: &str,
    payable: Option<Rupiah>,
    status: &PaymentStatus,
) -> (HeaderMap, Vec<u8>) {
    let payable = payable.map(Rupiah::get);
    let body = serde_json::json!({ "id": id, "reference": reference, "payable": payable, "status": status });
    let mut headers = HeaderMap::new();
    headers.insert("x-signature", "right".parse().unwrap());
    headers.insert("content-type", "application/json".parse().unwrap());
    (headers, body.to_string().into_bytes())
}

/// An order that is paid by GoPay, whose customers are asked in an app.
pub fn by_gopay(order: &str) -> gerbang_ledger::Order {
    NewPayment::new(order, Rupiah::new(10_000)).method(Method::Gopay).into()
}
