//! A case and its input.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::pin::Pin;

use gerbang::{Error, NewPayment, Payment, PaymentGateway, PaymentStatus, Rupiah};
use gerbang_tests::calls::{Clients, Shown};
use gerbang_tests::gateways::{self, Effort};

use crate::provider::{Provider, Reply};

/// The merchant's reference in nearly every case.
pub const ORDER: &str = "ORDER-1";

/// The price in every case, in rupiah.
pub const PRICE: Rupiah = Rupiah::new(10_000);

/// What plays a case.
pub type Play = Pin<Box<dyn Future<Output = anyhow::Result<()>>>>;

/// A case.
#[derive(Clone, Copy)]
pub struct Case {
    /// The name of the folder of its input.
    pub name: &'static str,
    /// What must hold, and why.
    pub must: &'static str,
    /// Plays it.
    pub play: fn(Input) -> Play,
}

/// A row of a table of cases.
macro_rules! case {
    ($name:literal, $must:literal, $play:path) => {
        crate::case::Case { name: $name, must: $must, play: |input| Box::pin($play(input)) }
    };
}
pub(crate) use case;

/// What a provider answers or sends in a case.
pub struct Input {
    gateway: String,
    bytes: Vec<u8>,
}

impl Input {
    /// The input of a case.
    pub fn of(name: &str) -> Self {
        let found = all().into_iter().find(|path| path.ends_with(name)).expect("the case has an input");
        let gateway = last(found.parent().expect("a gateway"));
        Self { gateway, bytes: std::fs::read(found.join("input")).expect("the case has an input") }
    }

    /// The names of all cases that have an input.
    pub fn names() -> Vec<String> {
        all().iter().map(|path| last(path)).collect()
    }

    /// The gateway or the spec that it is of.
    pub fn gateway(&self) -> &str {
        &self.gateway
    }

    /// The body of a notification.
    pub fn body(&self) -> &[u8] {
        &self.bytes
    }

    /// The input as text.
    pub fn text(&self) -> &str {
        std::str::from_utf8(&self.bytes).expect("the input is text")
    }

    /// A reply whose body is the input.
    pub fn json(&self, status: u16) -> Reply {
        Reply::json(status, &self.bytes)
    }

    /// A reply that is written out, with its headers.
    pub fn http(&self) -> Reply {
        Reply::raw(self.bytes.clone())
    }

    /// Replies of one line each: `HTTP 404 {…}`.
    pub fn lines(&self) -> Vec<Reply> {
        let reply = |line: &str| {
            let (status, body) = line.strip_prefix("HTTP ")?.split_once(' ')?;
            Some(Reply::json(status.parse().ok()?, body.as_bytes()))
        };
        self.text().lines().map(|line| reply(line).expect("a status and a body")).collect()
    }
}

/// The folders of all cases: `data/GATEWAY/CASE`.
fn all() -> Vec<PathBuf> {
    let data = Path::new(env!("CARGO_MANIFEST_DIR")).join("cases/data");
    folders(&data).iter().flat_map(|gateway| folders(gateway)).collect()
}

fn folders(path: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(path).expect("the inputs can be listed");
    entries.map(|entry| entry.expect("a folder").path()).collect()
}

fn last(path: &Path) -> String {
    path.file_name().and_then(OsStr::to_str).expect("a name").to_owned()
}

/// A gateway that asks this provider.
pub fn gateway(name: &str, provider: &Provider, effort: Effort) -> Box<dyn PaymentGateway> {
    gateways::make(gateways::named(name), &provider.url(), "not-a-real-key", effort).expect("a gateway can be made")
}

/// Creates a payment that is answered by this.
pub async fn create(name: &str, new: NewPayment, reply: Reply) -> Result<Payment, Error> {
    let provider = Provider::start(vec![reply]).await;
    gateway(name, &provider, Effort::ONCE).create_payment(&new).await
}

/// A new payment of the usual price.
pub fn order() -> NewPayment {
    NewPayment::new(ORDER, PRICE)
}

/// A payment that was created before.
pub fn known(provider: &str, payable: u64, id: &str) -> Payment {
    let mut payment = Payment::new(provider, PRICE, PaymentStatus::Pending);
    (payment.reference, payment.payable) = (Some(ORDER.to_owned()), Some(Rupiah::new(payable)));
    payment.id = (!id.is_empty()).then(|| id.to_owned());
    payment
}

/// Calls an operation that is answered by this.
pub async fn call(spec: &str, operation: &str, reply: Reply) -> Result<Shown, Error> {
    let provider = Provider::start(vec![reply]).await;
    let clients = Clients::new(&provider.url(), "not-a-real-key", Effort::ONCE)?;
    clients.show(spec, operation).await.expect("calls.rs has the operation")
}
