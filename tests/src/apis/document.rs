//! What the providers' documents say of their gateways, apart from the clients: promises, operations, members and words.

use std::fmt::Display;

use serde_json::Value;

/// A gateway and what its document says about it.
#[derive(Clone, Copy, Debug)]
pub struct Gateway {
    /// Its name in the registry.
    pub name: &'static str,
    /// What it promises.
    pub facts: Facts,
    /// How it writes.
    pub wire: Wire,
}

/// What a provider's document says about it, as far as the scenarios need it.
#[derive(Clone, Copy, Debug)]
pub struct Facts {
    /// The reply to a creation names the merchant's reference.
    pub echoes_reference: bool,
    /// A reference that is used again.
    pub same_reference: SameReference,
    /// It takes a reference with a `/`.
    pub takes_slash: bool,
    /// It has a word for a payment whose time was up.
    pub names_expiry: bool,
    /// Its notifications name an amount.
    pub notifies_amount: bool,
    /// Its notifications say whether they are of the test mode.
    pub notifies_sandbox: bool,
    /// What proves a notification, where anything does.
    pub proof: Option<ProofPlace>,
    /// The JSON with which a notification must be accepted, where it is stated.
    pub acceptance: Option<&'static str>,
    /// It wants a login before the first call, so that a wrong credential keeps the call from being sent.
    pub login: bool,
}

/// Where the proof of a notification stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ProofPlace {
    /// A header.
    Header(&'static str),
    /// A member of the body, which is a text.
    Member(&'static str),
}

/// What becomes of a reference that is used again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SameReference {
    /// It is refused.
    Refused,
    /// It leads to the payment that there is.
    Found,
    /// The provider takes no reference.
    NotTaken,
}

/// What most providers have in common.
pub(super) const USUAL: Facts = Facts {
    echoes_reference: true,
    same_reference: SameReference::Refused,
    takes_slash: true,
    names_expiry: true,
    notifies_amount: true,
    notifies_sandbox: false,
    proof: None,
    acceptance: None,
    login: false,
};

/// The names in a provider's calls, replies and notifications.
#[derive(Clone, Copy, Debug)]
pub struct Wire {
    /// The operation that creates a payment.
    pub create: &'static str,
    /// The operation that asks for a payment's state.
    pub status: Option<&'static str>,
    /// The operation that cancels a payment.
    pub cancel: Option<CancelCall>,
    /// The operation that gives money back.
    pub refund: Option<&'static str>,
    /// The merchant's reference.
    pub reference: &'static [Member],
    /// The provider's own reference.
    pub id: &'static [Member],
    /// The price.
    pub amount: &'static [Member],
    /// What the customer pays.
    pub payable: &'static [Member],
    /// The QRIS payload.
    pub qris: &'static [Member],
    /// The member with a payment's state.
    pub state: &'static str,
    /// The words for a payment's state in replies.
    pub words: &'static [&'static str],
    /// The word for a payment that failed, which only some documents have; the others' is a plausible one.
    pub failed: &'static str,
    /// The words for the states of a payment without money in notifications.
    pub unpaid: &'static [&'static str],
}

/// How a payment is cancelled.
#[derive(Clone, Copy, Debug)]
pub struct CancelCall {
    /// The operation.
    pub operation: &'static str,
    /// The reply that acknowledges a cancellation and leaves the payment pending. `{id}`, `{reference}`,
    /// `{amount}` and `{payable}` are replaced by the payment's.
    pub idle: &'static str,
}

/// A member of a reply or of a notification.
#[derive(Clone, Copy, Debug)]
pub struct Member {
    /// Its name.
    pub name: &'static str,
    form: Form,
}

/// How a value is written.
#[derive(Clone, Copy, Debug)]
enum Form {
    /// `25000`
    Number,
    /// `"25000"`
    Text,
    /// `"25000.00"`
    Money,
}

impl Member {
    /// This value as the member has it.
    pub fn value(self, value: impl Display) -> Value {
        match self.form {
            Form::Number => Value::Number(value.to_string().parse().expect("a number")),
            Form::Text => Value::String(value.to_string()),
            Form::Money => Value::String(format!("{value}.00")),
        }
    }
}

pub(super) const fn number(name: &'static str) -> Member {
    Member { name, form: Form::Number }
}

pub(super) const fn text(name: &'static str) -> Member {
    Member { name, form: Form::Text }
}

pub(super) const fn money(name: &'static str) -> Member {
    Member { name, form: Form::Money }
}
