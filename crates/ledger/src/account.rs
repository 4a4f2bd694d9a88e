//! An account at a gateway.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use gerbang_core::{Capabilities, Method, PaymentGateway};

/// The shortest time between two questions, unless the merchant says otherwise.
const PACE: Duration = Duration::from_millis(500);

/// One of the merchant's accounts at a gateway. Its name is part of every key in the book: it never changes, and another
/// gateway, another mode or another of the gateway's own accounts is another name.
#[derive(Clone)]
pub struct Account {
    name: String,
    gateway: Arc<dyn PaymentGateway>,
    mode: Mode,
    pace: Duration,
}

/// Whether an account's payments are money.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Mode {
    /// They are.
    Live,
    /// They are of the gateway's test mode: nothing is paid.
    Test,
}

impl Mode {
    /// The name that the book has: `live` or `test`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Live => "live",
            Self::Test => "test",
        }
    }
}

impl Account {
    /// An account whose payments are money. What its gateway calls a payment of the test mode is never taken for paid.
    pub fn live(name: impl Into<String>, gateway: impl PaymentGateway + 'static) -> Self {
        Self { name: name.into(), gateway: Arc::new(gateway), mode: Mode::Live, pace: PACE }
    }

    /// An account of the gateway's test mode, for tests and sandboxes: its payments count as paid although no money moves.
    pub fn test(name: impl Into<String>, gateway: impl PaymentGateway + 'static) -> Self {
        Self { mode: Mode::Test, ..Self::live(name, gateway) }
    }

    /// The shortest time between two questions about any payments of this account, by all processes and machines together;
    /// creations are not counted. Default: half a second.
    #[must_use]
    pub fn pace(self, pace: Duration) -> Self {
        Self { pace, ..self }
    }

    /// The merchant's name of the account.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Whether its payments are money.
    pub fn mode(&self) -> Mode {
        self.mode
    }

    /// The gateway.
    pub fn gateway(&self) -> &dyn PaymentGateway {
        &*self.gateway
    }

    pub(crate) fn shortest_pause(&self) -> Duration {
        self.pace
    }

    /// What the judgement of its payments depends on.
    pub(crate) fn facts(&self) -> Facts {
        Facts {
            account: self.name.clone(),
            provider: self.gateway.provider(),
            can: self.gateway.capabilities(),
            mode: self.mode,
        }
    }
}

impl fmt::Debug for Account {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut debug = f.debug_struct("Account");
        debug.field("name", &self.name).field("gateway", &self.gateway.provider()).field("mode", &self.mode);
        debug.finish_non_exhaustive()
    }
}

/// What the judgement of an account's payments depends on, without its gateway.
#[derive(Debug, Clone)]
pub(crate) struct Facts {
    pub account: String,
    pub provider: &'static str,
    pub can: Capabilities,
    pub mode: Mode,
}

impl Facts {
    /// Whether a payment whose reply was lost can be found or created again, so that it is known after all.
    pub fn finds_lost_replies(&self) -> bool {
        (self.can.find_by_reference && self.can.status) || self.can.idempotent_create
    }

    /// Whether a payment by this method cannot be paid by a customer who never saw the reply. GoPay asks in its own app.
    pub fn is_unseen_without_reply(&self, method: Option<&Method>) -> bool {
        self.can.pays_by_reply_only && method != Some(&Method::Gopay)
    }
}
