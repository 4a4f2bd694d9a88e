//! The outbox: notifications that are neither acknowledged nor given up. It is saved with the state, so that they are sent
//! after a restart.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::Provider;
use crate::facts::Signed;
use crate::spelling;

/// A notification as it is sent.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct Webhook {
    /// No other notification has it.
    pub(crate) number: u64,
    pub(crate) provider: Provider,
    /// The sandbox's own name of the payment.
    pub(crate) payment: String,
    /// The merchant's name of the payment.
    #[serde(default)]
    pub(crate) order: String,
    pub(crate) url: String,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: String,
    /// Whether the body is sent in Latin-1.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub(crate) latin1: bool,
}

impl Webhook {
    /// The body as it is sent.
    pub(crate) fn bytes(&self) -> Vec<u8> {
        if self.latin1 { spelling::latin1(&self.body) } else { self.body.clone().into_bytes() }
    }

    /// What was signed: the body, or members of it and the key, which is masked.
    pub(crate) fn signature_base(&self) -> Option<String> {
        match self.provider.facts().signed {
            Signed::Nothing => None,
            Signed::Body => Some(self.body.clone()),
            Signed::Members(names) => {
                let body: serde_json::Value = serde_json::from_str(&self.body).ok()?;
                let members = names.iter().map(|name| body[name].as_str().unwrap_or_default());
                Some(members.chain(["***"]).collect())
            }
        }
    }
}

/// Notifications that are still to be sent or sent again. A payment comes to its end once, and after that is paid once at
/// most, so that there are never more than two for each payment, and one for each of its refunds.
#[derive(Default)]
pub(crate) struct Outbox {
    /// The last number that was given out.
    last: u64,
    /// Whether new notifications are held.
    holding: bool,
    /// By number.
    pending: BTreeMap<u64, Pending>,
    /// The numbers of those that have changed since this was last asked for.
    changed: BTreeSet<u64>,
}

/// A notification that is neither acknowledged nor given up.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct Pending {
    pub(crate) webhook: Webhook,
    /// How many attempts have failed, without those that were asked for.
    pub(crate) attempts: u32,
    pub(crate) held: bool,
}

impl Outbox {
    /// A number for a new notification.
    pub(crate) fn number(&mut self) -> u64 {
        self.last += 1;
        self.last
    }

    /// Adds a notification. Gives its number unless it is held.
    pub(crate) fn add(&mut self, webhook: Webhook) -> Option<u64> {
        let (number, held) = (webhook.number, self.holding);
        self.pending.insert(number, Pending { webhook, attempts: 0, held });
        self.changed.insert(number);
        (!held).then_some(number)
    }

    /// A notification that is to be sent.
    pub(crate) fn due(&self, number: u64) -> Option<&Pending> {
        self.pending.get(&number).filter(|pending| !pending.held)
    }

    /// Takes note of a failed attempt.
    pub(crate) fn failed(&mut self, number: u64) {
        if let Some(pending) = self.pending.get_mut(&number) {
            pending.attempts += 1;
            self.changed.insert(number);
        }
    }

    /// A notification is acknowledged or given up.
    pub(crate) fn remove(&mut self, number: u64) {
        if self.pending.remove(&number).is_some() {
            self.changed.insert(number);
        }
    }

    /// Forgets the notifications of payments.
    pub(super) fn forget(&mut self, payments: &BTreeSet<String>) {
        let changed = &mut self.changed;
        self.pending.retain(|number, pending| {
            let is_kept = !payments.contains(&pending.webhook.payment);
            if !is_kept {
                changed.insert(*number);
            }
            is_kept
        });
    }

    /// Holds what is new from now on.
    pub(crate) fn hold(&mut self) {
        self.holding = true;
    }

    /// Those that are held, in order of creation.
    pub(crate) fn held(&self) -> impl Iterator<Item = &Webhook> {
        self.pending.values().filter(|pending| pending.held).map(|pending| &pending.webhook)
    }

    /// Holds nothing any more.
    pub(crate) fn release(&mut self) {
        self.holding = false;
        for (number, pending) in self.pending.iter_mut().filter(|(_, pending)| pending.held) {
            pending.held = false;
            self.changed.insert(*number);
        }
    }

    /// Whether new notifications are held.
    pub(crate) fn is_holding(&self) -> bool {
        self.holding
    }

    /// The numbers of those that are to be sent.
    pub(crate) fn all_due(&self) -> Vec<u64> {
        self.pending.iter().filter(|(_, pending)| !pending.held).map(|(number, _)| *number).collect()
    }

    /// How many there are.
    pub(crate) fn len(&self) -> usize {
        self.pending.len()
    }

    /// The last number that was given out.
    pub(super) fn last(&self) -> u64 {
        self.last
    }

    /// The numbers of those that have changed, which is then forgotten.
    pub(super) fn take_changed(&mut self) -> BTreeSet<u64> {
        std::mem::take(&mut self.changed)
    }

    /// A notification, whether or not it is held.
    pub(super) fn get(&self, number: u64) -> Option<&Pending> {
        self.pending.get(&number)
    }

    /// Takes over what was saved.
    pub(super) fn restore(last: u64, holding: bool) -> Self {
        Self { last, holding, ..Self::default() }
    }

    /// Takes over a notification that was saved.
    pub(super) fn restore_one(&mut self, number: u64, pending: Pending) {
        self.pending.insert(number, pending);
    }

    /// None, with numbers that go on.
    pub(crate) fn forgotten(&self) -> Self {
        Self { last: self.last, ..Self::default() }
    }

    /// Whether this can have been written by a sandbox that has the payments of which the condition holds.
    pub(crate) fn is_consistent(&self, has: impl Fn(u64) -> bool) -> bool {
        self.pending.iter().all(|(number, pending)| {
            let payment = pending.webhook.payment.strip_prefix("sb-").and_then(|payment| payment.parse().ok());
            *number == pending.webhook.number && *number <= self.last && payment.is_some_and(&has)
        })
    }
}
