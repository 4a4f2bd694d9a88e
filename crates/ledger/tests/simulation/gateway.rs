//! A gateway of the simulation: it loses requests and replies, carries some out later, and the program may end at each call.

use std::sync::{Arc, Mutex, MutexGuard};

use gerbang_core::{
    Answer, Capabilities, Delivery, Error, Kind, Lookup, NewPayment, Notification, Payable, Payment, PaymentGateway,
    PaymentStatus, Rupiah, Trust,
};
use http::HeaderMap;
use tokio::sync::Notify;

use crate::chance::Chance;

/// How the gateways differ, after those that there are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Like {
    Kazukipay,
    Kropay,
    PakasirV2,
    KlinkWallet,
    Paydigital,
}

pub const ALL: [Like; 5] = [Like::Kazukipay, Like::Kropay, Like::PakasirV2, Like::KlinkWallet, Like::Paydigital];

impl Like {
    pub fn capabilities(self) -> Capabilities {
        let mut can = Capabilities::new(Rupiah::new(1));
        can.status = self != Self::KlinkWallet;
        can.find_by_reference = self == Self::Kazukipay;
        can.idempotent_create = self == Self::PakasirV2;
        can.cancel = matches!(self, Self::Kazukipay | Self::PakasirV2);
        can.pays_by_reply_only = self != Self::KlinkWallet;
        can.notifications = match self {
            Self::KlinkWallet => Trust::Signed,
            Self::Paydigital => Trust::None,
            _ => Trust::Unsigned,
        };
        can
    }
}

#[derive(Clone, Debug)]
pub struct Known {
    pub id: String,
    pub reference: String,
    pub amount: Rupiah,
    pub status: PaymentStatus,
    /// Whether a customer can pay it: the reply arrived, or the gateway asks the customer itself.
    pub is_seen: bool,
}

#[derive(Default)]
pub struct World {
    pub payments: Vec<Known>,
    pub under_way: Vec<NewPayment>,
    /// Notifications that were not answered with 200 yet.
    pub notifications: Vec<Vec<u8>>,
    pub is_quiet: bool,
}

/// The gateway, which outlives the programs that ask it.
#[derive(Clone)]
pub struct Gateway {
    pub like: Like,
    world: Arc<Mutex<World>>,
    chance: Arc<Mutex<Chance>>,
    /// Ends the program that asks.
    pub crash: Arc<Notify>,
}

impl Gateway {
    pub fn new(like: Like, seed: u64, crash: Arc<Notify>) -> Self {
        Self { like, world: Arc::default(), chance: Arc::new(Mutex::new(Chance::new(seed))), crash }
    }

    pub fn world(&self) -> MutexGuard<'_, World> {
        self.world.lock().unwrap()
    }

    fn percent(&self, percent: u64) -> bool {
        !self.world().is_quiet && self.chance.lock().unwrap().percent(percent)
    }

    /// The program may end here, and this call never returns then.
    async fn step(&self) {
        if self.percent(4) {
            self.crash.notify_one();
            std::future::pending::<()>().await;
        }
        tokio::task::yield_now().await;
    }

    pub fn arrive(&self, new: &NewPayment) -> Known {
        let mut world = self.world();
        if let Some(known) = world.payments.iter().find(|known| known.reference == new.reference)
            && self.like.capabilities().idempotent_create
        {
            return known.clone();
        }
        let known = Known {
            id: format!("{:?}-{}", self.like, world.payments.len()),
            reference: new.reference.clone(),
            amount: new.amount,
            status: PaymentStatus::Pending,
            is_seen: self.like == Like::KlinkWallet,
        };
        world.payments.push(known.clone());
        known
    }

    /// Pays, or closes, some payment of a customer's.
    pub fn happen(&self, chance: &mut Chance) {
        let arriving: Vec<_> = {
            let mut world = self.world();
            let now: Vec<_> = (0..world.under_way.len()).filter(|_| chance.percent(30)).collect();
            now.into_iter().rev().map(|index| world.under_way.remove(index)).collect()
        };
        for new in arriving {
            self.arrive(&new);
        }
        let mut world = self.world();
        let seen: Vec<_> = (0..world.payments.len())
            .filter(|index| world.payments[*index].is_seen && world.payments[*index].status != PaymentStatus::Paid)
            .collect();
        if seen.is_empty() {
            return;
        }
        let known = &mut world.payments[seen[chance.below(seen.len() as u64) as usize]];
        let is_open = known.status == PaymentStatus::Pending;
        // Money comes late, too.
        if chance.percent(if is_open { 60 } else { 30 }) {
            known.status = PaymentStatus::Paid;
            let body = serde_json::json!({ "id": known.id, "reference": known.reference }).to_string().into_bytes();
            if self.like != Like::Paydigital {
                world.notifications.push(body);
            }
        } else if is_open && chance.percent(40) {
            known.status = PaymentStatus::Expired;
        }
    }

    fn payment(&self, known: &Known) -> Payment {
        let mut payment = Payment::new("sim", known.amount, known.status.clone());
        (payment.id, payment.reference) = (Some(known.id.clone()), Some(known.reference.clone()));
        payment.pay_with = vec![Payable::Qris("000201".into())];
        payment
    }
}

fn error(kind: Kind, delivery: Delivery) -> Error {
    Error::new(kind, delivery, "it is simulated")
}

impl PaymentGateway for Gateway {
    fn provider(&self) -> &'static str {
        "sim"
    }

    fn capabilities(&self) -> Capabilities {
        self.like.capabilities()
    }

    fn create_payment<'a>(&'a self, new: &'a NewPayment) -> Answer<'a, Payment> {
        Box::pin(async move {
            self.step().await;
            if self.percent(8) {
                return Err(error(Kind::Connect, Delivery::NotSent));
            }
            if self.percent(8) {
                return Err(error(Kind::Timeout, Delivery::MaybeSent));
            }
            if self.percent(10) {
                self.world().under_way.push(new.clone());
                return Err(error(Kind::Timeout, Delivery::MaybeSent));
            }
            let known = self.arrive(new);
            self.step().await;
            if self.percent(10) {
                return Err(error(Kind::Disconnected, Delivery::MaybeSent));
            }
            Ok(self.payment(&known))
        })
    }

    fn payment<'a>(&'a self, lookup: Lookup<'a>) -> Answer<'a, Payment> {
        Box::pin(async move {
            self.step().await;
            if self.percent(15) {
                return Err(error(Kind::Unavailable, Delivery::MaybeSent));
            }
            let found = self
                .world()
                .payments
                .iter()
                .find(|known| match lookup {
                    Lookup::Payment(payment) => payment.id.as_ref() == Some(&known.id),
                    Lookup::Reference { reference, .. } => known.reference == reference,
                    _ => false,
                })
                .cloned();
            self.step().await;
            found.map(|known| self.payment(&known)).ok_or_else(|| error(Kind::NotFound, Delivery::Answered))
        })
    }

    fn cancel_payment<'a>(&'a self, payment: &'a Payment) -> Answer<'a, Payment> {
        Box::pin(async move {
            self.step().await;
            let known = {
                let mut world = self.world();
                let known = world.payments.iter_mut().find(|known| Some(&known.id) == payment.id.as_ref());
                let Some(known) = known else { return Err(error(Kind::NotFound, Delivery::Answered)) };
                if known.status != PaymentStatus::Paid {
                    known.status = PaymentStatus::Cancelled;
                }
                known.clone()
            };
            self.step().await;
            Ok(self.payment(&known))
        })
    }

    fn parse_notification(&self, _: &HeaderMap, body: &[u8]) -> Result<Notification, Error> {
        let body: serde_json::Value = serde_json::from_slice(body).unwrap();
        let mut said = Notification::new("sim", self.capabilities().notifications, PaymentStatus::Paid);
        said.id = body["id"].as_str().map(str::to_owned);
        said.reference = body["reference"].as_str().map(str::to_owned);
        Ok(said)
    }

    fn acceptance(&self) -> &'static str {
        "OK"
    }
}
