//! One call of one client that meets one fault.

use std::pin::pin;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use futures_util::future::{Either, select};
use gerbang::registry::Descriptor;
use gerbang::{
    Delivery, Error, Kind, Lookup, NewPayment, Payment, PaymentGateway, PaymentStatus, Poll, Rupiah, WaitError,
    WaitReason, wait,
};
use gerbang_sandbox::Provider;
use gerbang_tests::gateways::{self, Effort};

use crate::list::{PASSING, TAKES_ALL_TIME};
use crate::process::FaultServer;

/// The time of a call, all attempts included.
pub const DEADLINE: Duration = Duration::from_secs(2);

/// The price of the orders. Its digits stand nowhere else in a reply.
const PRICE: Rupiah = Rupiah::new(25_137);

/// What is asked of a gateway.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Operation {
    Create,
    Status,
    Cancel,
    /// Waiting for a payment that is paid and has expired.
    Wait,
}

impl Operation {
    pub const ALL: [Self; 4] = [Self::Create, Self::Status, Self::Cancel, Self::Wait];
}

/// What came of a call.
#[derive(Clone, Debug)]
pub struct Cell {
    pub result: Result<Payment, (Kind, Delivery)>,
    /// Whether it is held to the deadline of a call.
    is_call: bool,
    /// How many requests the provider saw.
    pub seen: u64,
    /// How many attempts the error counts.
    pub attempts: Option<u32>,
    pub elapsed: Duration,
    /// How long a timer of the deadline took, which this machine made as late as the call; the deadline where the call was faster.
    due: Duration,
    /// How many payments the order has at the provider, and whether one is still pending.
    pub payments: usize,
    pub pending: bool,
    /// Whether a creation may be sent again, as it finds what is there.
    pub idempotent: bool,
    /// The error in words.
    pub words: String,
}

impl Cell {
    /// Whether it ended within 1.05 of its deadline.
    pub fn is_in_time(&self) -> bool {
        !self.is_call || self.elapsed <= self.due.mul_f64(1.05)
    }

    fn is_timeout(&self) -> bool {
        matches!(self.result, Err((Kind::Timeout, _)))
    }
}

/// A gateway and its provider.
pub struct Place {
    name: &'static str,
    descriptor: &'static Descriptor,
    provider: Provider,
    server: FaultServer,
    orders: AtomicU64,
}

impl Place {
    pub async fn start(descriptor: &'static Descriptor, server: FaultServer) -> Self {
        let provider = descriptor.section.parse().unwrap();
        Self { name: descriptor.name, descriptor, provider, server, orders: AtomicU64::new(1) }
    }

    /// A gateway that meets a fault. A key of its own for each case shares no limit of the provider's.
    fn gateway(&self, fault: &str, case: &str) -> Box<dyn PaymentGateway> {
        let url = self.server.url(fault, case, self.provider);
        gateways::make(self.descriptor, &url, case, self.server.effort(DEADLINE)).expect("the gateway can be made")
    }

    /// A gateway that meets none and is not counted.
    fn undisturbed(&self, case: &str) -> Box<dyn PaymentGateway> {
        gateways::make(self.descriptor, &self.server.sandbox().url(self.provider), case, Effort::ONCE)
            .expect("the gateway can be made")
    }

    /// Plays a cell, more than once where chance decides it; the first of them is the table's.
    ///
    /// A request that is sent while the server closes the connection is lost, or is not: both are right, and the table has the play
    /// in which most arrived.
    pub async fn play_settled(&self, fault: &str, operation: Operation) -> Vec<Cell> {
        let plays = if fault == "closed-between-calls" { 4 } else { 1 };
        let mut cells = Vec::new();
        for _ in 0..plays {
            cells.extend(self.play_in_time(fault, operation).await);
        }
        cells.sort_by_key(|cell| std::cmp::Reverse((cell.result.is_ok(), cell.seen)));
        cells
    }

    /// Plays a cell, and again where it took too long: a client that is late is late each time, a busy machine is not.
    async fn play_in_time(&self, fault: &str, operation: Operation) -> Option<Cell> {
        let mut cell = self.play(fault, operation).await?;
        for _ in 0..3 {
            if cell.is_in_time() && (TAKES_ALL_TIME.contains(&fault) || !cell.is_timeout()) {
                break;
            }
            cell = self.play(fault, operation).await?;
        }
        Some(cell)
    }

    /// Plays a cell; none where the gateway cannot do this.
    pub async fn play(&self, fault: &str, operation: Operation) -> Option<Cell> {
        let case = format!("{}-{}", self.name, self.orders.fetch_add(1, Ordering::Relaxed));
        let reference = format!("ORDER-{case}");
        let gateway = self.gateway(fault, &case);
        let can = gateway.capabilities();
        match operation {
            Operation::Status if !can.status => return None,
            Operation::Cancel if !can.cancel => return None,
            Operation::Wait if !can.status || !PASSING.contains(&fault) => return None,
            _ => {}
        }
        let new = NewPayment::new(&reference, PRICE)
            .customer_name("Almeera Salsabila")
            .customer_email("almeera@example.com")
            .customer_phone("085736064900");
        let payment = match operation {
            Operation::Create => None,
            _ => Some(self.undisturbed(&case).create_payment(&new).await.expect("a good order is taken")),
        };
        // Pakasir reports the status of a payment every four seconds.
        self.server.sandbox().advance(Duration::from_secs(5));
        let begun = Instant::now();
        let call = pin!(async {
            let result = match (operation, &payment) {
                (Operation::Status, Some(payment)) => gateway.payment(Lookup::Payment(payment)).await,
                (Operation::Cancel, Some(payment)) => gateway.cancel_payment(payment).await,
                (Operation::Wait, Some(payment)) => self.wait(&*gateway, payment, &reference).await,
                _ => gateway.create_payment(&new).await,
            };
            (result, begun.elapsed())
        });
        let timer = pin!(async {
            tokio::time::sleep(DEADLINE).await;
            begun.elapsed()
        });
        let ((result, elapsed), due) = match select(timer, call).await {
            Either::Left((due, call)) => (call.await, due),
            Either::Right((ended, _)) => (ended, DEADLINE),
        };
        let known = self.server.sandbox().payments();
        let id = payment.as_ref().and_then(|payment| payment.id.clone());
        let id = id.or_else(|| result.as_ref().ok().and_then(|payment| payment.id.clone()));
        let of: Vec<_> = known
            .iter()
            .filter(|payment| payment.order == reference || Some(&payment.reference) == id.as_ref())
            .collect();
        Some(Cell {
            attempts: result.as_ref().err().map(|error| error.attempts()),
            words: result.as_ref().err().map(ToString::to_string).unwrap_or_default(),
            seen: self.server.seen(fault, &case).await,
            payments: of.len(),
            idempotent: can.idempotent_create,
            pending: of.iter().any(|payment| payment.status == gerbang_sandbox::PaymentStatus::Pending),
            result: result.map_err(|error| (error.kind(), error.delivery())),
            is_call: operation != Operation::Wait,
            elapsed,
            due,
        })
    }

    /// Waits for a payment that the customer has paid in its last second.
    async fn wait(&self, gateway: &dyn PaymentGateway, payment: &Payment, reference: &str) -> Result<Payment, Error> {
        let sandbox = self.server.sandbox();
        let known = sandbox.payments();
        let is_it = |known: &&gerbang_sandbox::Payment| {
            known.order == reference || Some(&known.reference) == payment.id.as_ref()
        };
        let known = known.iter().find(is_it).expect("the payment is at the provider");
        sandbox.pay(self.provider, &known.id).expect("the customer can pay");
        let mut expiring = payment.clone();
        expiring.expires_at = Some(gerbang::jiff::Timestamp::now() + gerbang::jiff::SignedDuration::from_millis(500));
        let poll = Poll::every(Duration::ZERO).grace(Duration::from_millis(500)).for_at_most(Duration::from_secs(90));
        // Pakasir reports the status of a payment every four seconds, by the sandbox's clock, which nobody moves meanwhile.
        match wait(gateway, &expiring.into(), poll).await {
            Ok(proof) => Ok(proof.payment().clone()),
            Err(WaitError { reason: WaitReason::Failed(error), .. }) => Err(error),
            Err(error) => Err(Error::new(Kind::Timeout, Delivery::MaybeSent, error.to_string())),
        }
    }
}

/// Whether a payment was cancelled.
pub fn is_cancelled(payment: &Payment) -> bool {
    payment.status == PaymentStatus::Cancelled
}
