//! The notifications that are owed: they are saved with the state, and sent after a restart.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::Webhook;

/// How many notifications are owed at most, held ones among them. Others are not sent, which the log tells.
const MAX_OWED: usize = 1_000;

/// Notifications that are still to be sent or sent again.
#[derive(Default, Serialize, Deserialize)]
pub(crate) struct Outstanding {
    /// The last number that was given out.
    last: u64,
    /// Whether new notifications are held.
    holding: bool,
    /// By number.
    owed: BTreeMap<u64, Owed>,
}

/// A notification that is neither acknowledged nor given up.
#[derive(Clone, Serialize, Deserialize)]
pub(super) struct Owed {
    pub(super) webhook: Webhook,
    /// How many attempts have failed, without those that were asked for.
    pub(super) attempts: u32,
    pub(super) held: bool,
}

impl Outstanding {
    /// A number for a new notification.
    pub(super) fn number(&mut self) -> u64 {
        self.last += 1;
        self.last
    }

    /// Adds a notification. Gives its number unless it is held, and the notification back if there are too many.
    pub(super) fn add(&mut self, webhook: Webhook) -> Result<Option<u64>, Webhook> {
        if self.owed.len() >= MAX_OWED {
            return Err(webhook);
        }
        let (number, held) = (webhook.number, self.holding);
        self.owed.insert(number, Owed { webhook, attempts: 0, held });
        Ok((!held).then_some(number))
    }

    /// A notification that is to be sent.
    pub(super) fn due(&self, number: u64) -> Option<&Owed> {
        self.owed.get(&number).filter(|owed| !owed.held)
    }

    /// Takes note of a failed attempt.
    pub(super) fn failed(&mut self, number: u64) {
        if let Some(owed) = self.owed.get_mut(&number) {
            owed.attempts += 1;
        }
    }

    /// A notification is acknowledged or given up.
    pub(super) fn remove(&mut self, number: u64) {
        self.owed.remove(&number);
    }

    /// Holds what is new from now on.
    pub(super) fn hold(&mut self) {
        self.holding = true;
    }

    /// Those that are held, in order of creation.
    pub(super) fn held(&self) -> impl Iterator<Item = &Webhook> {
        self.owed.values().filter(|owed| owed.held).map(|owed| &owed.webhook)
    }

    /// Holds nothing any more.
    pub(super) fn release(&mut self) {
        self.holding = false;
        for owed in self.owed.values_mut() {
            owed.held = false;
        }
    }

    /// Whether new notifications are held.
    pub(super) fn is_holding(&self) -> bool {
        self.holding
    }

    /// The numbers of those that are to be sent.
    pub(crate) fn all_due(&self) -> Vec<u64> {
        self.owed.iter().filter(|(_, owed)| !owed.held).map(|(number, _)| *number).collect()
    }

    /// None, with numbers that go on.
    pub(crate) fn forgotten(&self) -> Self {
        Self { last: self.last, ..Self::default() }
    }

    /// Whether this can have been written by a sandbox that has the payments of which the condition holds.
    pub(crate) fn is_consistent(&self, has: impl Fn(u64) -> bool) -> bool {
        self.owed.iter().all(|(number, owed)| {
            let payment = owed.webhook.payment.strip_prefix("sb-").and_then(|payment| payment.parse().ok());
            *number == owed.webhook.number && *number <= self.last && payment.is_some_and(&has)
        })
    }
}
