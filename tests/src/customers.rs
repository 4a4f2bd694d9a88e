//! The gateways' customers and the network to the gateways.

use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::path::PathBuf;

use gerbang_sandbox::{Effect, Fault, PaymentStatus, Provider, Sandbox};

use crate::chance::Chance;
use crate::gateways::named;
use crate::shops::Entry;

/// How many customers look at their payment at a time.
const CALLS: usize = 20;

/// Customers who pay what the shop showed them, and what the gateway asks them for itself.
#[derive(Debug)]
pub struct Customers {
    journal: PathBuf,
    read_to: u64,
    /// The payments that a customer can pay, by a name that the sandbox finds them by.
    shown: Vec<(Provider, String)>,
    chance: Chance,
}

/// The provider of an account that is called like its gateway.
///
/// # Panics
///
/// Where there is none.
pub fn provider(account: &str) -> Provider {
    named(account).section.parse().expect("the sandbox has every provider")
}

impl Customers {
    /// Customers of the shop whose processes write this journal.
    pub fn new(journal: PathBuf, seed: u64) -> Self {
        Self { journal, read_to: 0, shown: Vec::new(), chance: Chance::new(seed) }
    }

    /// Some customers do something.
    pub fn act(&mut self, sandbox: &Sandbox) {
        self.look(sandbox);
        for _ in 0..CALLS {
            if self.shown.is_empty() {
                return;
            }
            let index = self.chance.below(self.shown.len());
            let (provider, id) = self.shown[index].clone();
            // The gateway knows it by one of its names.
            let Ok(payment) = sandbox.payment(provider, &id) else {
                self.shown.swap_remove(index);
                continue;
            };
            let acted = match (payment.status, self.chance.below(20)) {
                (PaymentStatus::Paid, _) => {
                    self.shown.swap_remove(index);
                    continue;
                }
                // Money comes late, too.
                (PaymentStatus::Expired | PaymentStatus::Cancelled, 0..3) => sandbox.pay_late(provider, &id),
                (PaymentStatus::Pending, 0) => sandbox.expire(provider, &id),
                (PaymentStatus::Pending, 1) => sandbox.cancel(provider, &id),
                (PaymentStatus::Pending, 2..12) => sandbox.pay(provider, &id),
                _ => continue,
            };
            // It may have changed in between.
            drop(acted);
        }
    }

    /// Everybody pays who can.
    pub fn pay_all(&mut self, sandbox: &Sandbox) {
        self.look(sandbox);
        for (provider, id) in std::mem::take(&mut self.shown) {
            match sandbox.payment(provider, &id).map(|payment| payment.status) {
                Ok(PaymentStatus::Pending) => drop(sandbox.pay(provider, &id)),
                Ok(PaymentStatus::Expired | PaymentStatus::Cancelled) if self.chance.percent(20) => {
                    drop(sandbox.pay_late(provider, &id));
                }
                _ => {}
            }
        }
    }

    /// Something goes wrong with the next call of a provider.
    pub fn fault(&mut self, sandbox: &Sandbox) {
        let provider = Provider::ALL[self.chance.below(Provider::ALL.len())];
        let page = |status, carried_out| Effect::Reply {
            status,
            content_type: "text/html".into(),
            body: "<h1>An error</h1>".into(),
            headers: Default::default(),
            carried_out,
        };
        let milliseconds = 1 + self.chance.below(400) as u64;
        let effects = match self.chance.below(9) {
            0 => vec![Effect::Close { carried_out: true }],
            1 => vec![Effect::Close { carried_out: false }],
            2 => vec![page(500, true)],
            3 => vec![page(503, false)],
            4 => vec![Effect::Truncate],
            // The client has given up, and the request is still under way.
            5 => vec![Effect::Later { milliseconds: milliseconds * 5 }, Effect::Close { carried_out: true }],
            6 => vec![Effect::Refuse { message: "SQLSTATE[40001]: Deadlock found".into(), carried_out: true }],
            // Processes are killed while they wait.
            _ => vec![Effect::Delay { milliseconds }],
        };
        for effect in effects {
            // There may be as many as the sandbox takes.
            let _ = sandbox.add_fault(Fault::new(provider, effect).times(1));
        }
    }

    /// Reads what the shop has shown, and what K-Link asks its customers for.
    fn look(&mut self, sandbox: &Sandbox) {
        for entry in self.entries() {
            if let Entry::Shown { account, name } = entry {
                let payment = (provider(&account), name);
                if !self.shown.contains(&payment) {
                    self.shown.push(payment);
                }
            }
        }
        if self.chance.percent(5) {
            let pending = sandbox.payments().into_iter().filter(|payment| payment.status == PaymentStatus::Pending);
            let asked = pending.filter(|payment| payment.provider == Provider::Klink);
            self.shown.extend(asked.map(|payment| (payment.provider, payment.reference)));
        }
    }

    /// The entries of the journal that came since the last call.
    fn entries(&mut self) -> Vec<Entry> {
        let mut text = String::new();
        let Ok(mut file) = File::open(&self.journal) else { return Vec::new() };
        let read = file.seek(SeekFrom::Start(self.read_to)).and_then(|_| file.read_to_string(&mut text));
        read.expect("the journal can be read");
        let complete = text.rfind('\n').map_or(0, |end| end + 1);
        self.read_to += complete as u64;
        text[..complete].lines().filter_map(Entry::parse).collect()
    }
}
