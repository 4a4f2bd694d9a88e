use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;

use gerbang_core::Rupiah;
use gerbang_qris::QrisBuilder;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::names::Name;
use crate::Provider;

/// The state of a payment, in the sandbox's own words.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum PaymentStatus {
    /// It waits for the customer.
    Pending,
    /// The customer has paid and the provider has taken note.
    Paid,
    /// It was cancelled before it was paid.
    Cancelled,
    /// It was not paid in time.
    Expired,
}

impl fmt::Display for PaymentStatus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Pending => "pending",
            Self::Paid => "paid",
            Self::Cancelled => "cancelled",
            Self::Expired => "expired",
        })
    }
}

/// A payment that the sandbox knows, whichever provider it is of.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Payment {
    /// The sandbox's own name of the payment, such as `sb-12`. No other payment has it.
    pub id: String,
    /// The provider.
    pub provider: Provider,
    /// The provider's name of the payment.
    pub reference: String,
    /// The merchant's name of the payment; the provider's where the merchant gives none.
    pub order: String,
    /// How it is paid, in the provider's word.
    pub method: String,
    /// The price in rupiah.
    pub amount: Rupiah,
    /// What the customer must pay in rupiah.
    pub payable: Rupiah,
    /// What the customer has paid in rupiah.
    pub received: Option<Rupiah>,
    /// The state.
    pub status: PaymentStatus,
    /// When it was created, by the sandbox's clock.
    pub created_at: Timestamp,
    /// When it expires or would have expired, by the sandbox's clock.
    pub expires_at: Timestamp,
    /// When it was paid, by the sandbox's clock.
    pub paid_at: Option<Timestamp>,
    /// The QRIS payload, if it is paid by QRIS.
    pub qris: Option<String>,
    /// The number of the virtual account, if it is paid by one.
    pub va_number: Option<String>,
}

/// The name of the number of a virtual account, among what else is known of a payment.
const VA_NUMBER: &str = "va_number";

/// A payment as the providers' code sees it.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Record {
    pub(crate) number: u64,
    pub(crate) provider: Provider,
    pub(crate) reference: String,
    pub(crate) order: String,
    pub(crate) method: String,
    pub(crate) amount: u64,
    pub(crate) payable: u64,
    pub(crate) fee: u64,
    pub(crate) received: Option<u64>,
    pub(crate) status: PaymentStatus,
    pub(crate) created: Timestamp,
    pub(crate) expires: Timestamp,
    pub(crate) paid: Option<Timestamp>,
    /// When its magic price does something to it.
    pub(crate) due: Option<Timestamp>,
    /// When its status was last asked for, for Pakasir's rate limit. It is not saved.
    #[serde(skip)]
    pub(crate) asked: Option<Timestamp>,
    pub(crate) qris: Option<String>,
    /// What else the provider's code needs to know.
    pub(crate) others: BTreeMap<Cow<'static, str>, String>,
}

impl Record {
    /// A pending payment without fee whose payable amount is the price. The rest is set by the caller.
    pub(crate) fn new(number: u64, provider: Provider, method: &str, amount: u64, now: Timestamp) -> Self {
        Self {
            number,
            provider,
            reference: String::new(),
            order: String::new(),
            method: method.to_owned(),
            amount,
            payable: amount,
            fee: 0,
            received: None,
            status: PaymentStatus::Pending,
            created: now,
            expires: now,
            paid: None,
            due: None,
            asked: None,
            qris: None,
            others: BTreeMap::new(),
        }
    }

    /// Makes the QRIS payload over the payable amount.
    pub(crate) fn with_qris(mut self) -> Self {
        self.qris = Some(qris(self.payable, self.number));
        self
    }

    /// The number of the virtual account that it is paid by.
    pub(crate) fn va_number(&self) -> Option<&str> {
        self.others.get(VA_NUMBER).map(String::as_str)
    }

    /// Keeps the number of the virtual account that it is paid by.
    pub(crate) fn set_va_number(&mut self, number: String) {
        self.set(VA_NUMBER, number);
    }

    /// Keeps a value for later.
    pub(crate) fn set(&mut self, name: &'static str, value: impl Into<String>) {
        self.others.insert(name.into(), value.into());
    }

    /// A value that was kept, or nothing.
    pub(crate) fn other(&self, name: &str) -> &str {
        self.others.get(name).map_or("", String::as_str)
    }

    /// Its names: the merchant's, the provider's, and that of the request where there is one.
    pub(super) fn names(&self) -> impl Iterator<Item = Name<'_>> {
        let request = Some(self.other("rq_uuid")).filter(|request| !request.is_empty());
        [Name::Order(&self.order), Name::Reference(&self.reference)].into_iter().chain(request.map(Name::Request))
    }

    /// When something happens to it by itself, while it is pending.
    pub(super) fn next(&self) -> Timestamp {
        self.due.map_or(self.expires, |due| due.min(self.expires))
    }

    /// The sandbox's own name of the payment.
    pub(crate) fn id(&self) -> String {
        format!("sb-{}", self.number)
    }

    /// What everybody may know of it.
    pub(crate) fn payment(&self) -> Payment {
        Payment {
            id: self.id(),
            provider: self.provider,
            reference: self.reference.clone(),
            order: self.order.clone(),
            method: self.method.clone(),
            amount: Rupiah::new(self.amount),
            payable: Rupiah::new(self.payable),
            received: self.received.map(Rupiah::new),
            status: self.status,
            created_at: self.created,
            expires_at: self.expires,
            paid_at: self.paid,
            qris: self.qris.clone(),
            va_number: self.va_number().map(str::to_owned),
        }
    }
}

/// A dynamic QRIS payload. The amounts that the sandbox takes fit into it, so that it never fails.
fn qris(payable: u64, number: u64) -> String {
    QrisBuilder::new("Gerbang Sandbox", "JAKARTA", "5499")
        .account(26, &[(0, "ID.CO.SANDBOX.WWW"), (1, "936009990000000017"), (2, "000000001"), (3, "UMI")])
        .nmid("ID1020000000017", "UMI")
        .postal_code("10110")
        .amount(Rupiah::new(payable))
        .reference(format!("SB{number:010}"))
        .build()
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn payloads_are_valid_up_to_the_largest_amount() {
        for amount in [1, 10_243, crate::call::MAX_AMOUNT + 10_000_000] {
            let payload = qris(amount, u64::MAX);
            gerbang_qris::verify_amount(&payload, Rupiah::new(amount)).unwrap();
        }
    }
}
