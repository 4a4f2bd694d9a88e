//! Money that goes back to the customer.

use serde::{Deserialize, Serialize};

use crate::Rupiah;

/// Money of a paid payment that a merchant wants to give back, all of it or a part.
///
/// Store it before it is sent: after a reply that was lost, the very same one is sent again.
///
/// ```
/// use gerbang_core::{NewRefund, Rupiah};
///
/// let refund = NewRefund::new("REFUND-12345-1", Rupiah::new(10_000)).reason("The shirt was sold out.");
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct NewRefund {
    /// The merchant's own reference of the refund, unique in the account for ever: by it the gateway knows a refund that is sent
    /// again from another one. 1 to 50 characters of `A-Z a-z 0-9 _ -`, see [`crate::check::refund`].
    pub reference: String,
    /// How much goes back, in rupiah.
    pub amount: Rupiah,
    /// Why, for people.
    #[serde(default)]
    pub reason: Option<String>,
}

impl NewRefund {
    /// A refund of `amount` rupiah that the merchant calls `reference`.
    pub fn new(reference: impl Into<String>, amount: Rupiah) -> Self {
        Self { reference: reference.into(), amount, reason: None }
    }

    /// Says why.
    #[must_use]
    pub fn reason(mut self, reason: impl Into<String>) -> Self {
        self.reason = Some(reason.into());
        self
    }
}

/// A refund that a gateway has accepted. When the customer has the money is a matter of the customer's bank or wallet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct Refund {
    /// The merchant's reference of the refund.
    pub reference: String,
    /// The gateway's own name of the refund.
    pub id: Option<String>,
    /// How much goes back by it, in rupiah.
    pub amount: Rupiah,
    /// How much of the payment has gone back in all, in rupiah, with this refund.
    pub total: Rupiah,
}

impl Refund {
    /// A refund as it was asked for, after which `total` rupiah have gone back in all; for those who implement
    /// [`PaymentGateway`](crate::PaymentGateway).
    pub fn new(asked: &NewRefund, total: Rupiah) -> Self {
        Self { reference: asked.reference.clone(), id: None, amount: asked.amount, total }
    }
}
