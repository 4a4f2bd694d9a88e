//! The gateways that play, and what their providers' documents say about them.

use gerbang::registry::Descriptor;
use gerbang_sandbox::Provider;
use gerbang_tests::gateways;

use crate::wire::{self, Wire};

/// A gateway and its provider.
#[derive(Clone, Copy)]
pub struct Subject {
    /// The gateway's name.
    pub name: &'static str,
    /// Its provider in the sandbox.
    pub provider: Provider,
    /// The gateway, to be made.
    pub gateway: &'static Descriptor,
    /// What its document says.
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
    /// It has a word for a payment whose time was up.
    pub tells_expiry: bool,
    /// Its notifications name an amount.
    pub notifies_amount: bool,
    /// Its notifications tell the test mode.
    pub notifies_sandbox: bool,
    /// The header that proves a notification, where there is one.
    pub proof: Option<&'static str>,
    /// The JSON with which a notification must be accepted, where it is stated.
    pub acceptance: Option<&'static str>,
    /// It wants a login before the first call, so that a wrong credential keeps the call from being sent.
    pub login: bool,
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

/// All gateways.
pub fn all() -> Vec<Subject> {
    let subject = |gateway: &'static Descriptor| {
        let (facts, wire) = known(gateway.name);
        Subject { name: gateway.name, provider: gateway.section.parse().unwrap(), gateway, facts, wire }
    };
    gateways::all().into_iter().map(subject).collect()
}

/// What most providers have in common.
const USUAL: Facts = Facts {
    echoes_reference: true,
    same_reference: SameReference::Refused,
    tells_expiry: true,
    notifies_amount: true,
    notifies_sandbox: false,
    proof: None,
    acceptance: None,
    login: false,
};

const KLINK: Facts =
    Facts { echoes_reference: false, tells_expiry: false, proof: Some("x-servicepayment"), login: true, ..USUAL };

const PAKASIR_V1: Facts = Facts { tells_expiry: false, notifies_sandbox: true, ..USUAL };

fn known(name: &str) -> (Facts, Wire) {
    match name {
        "kazukipay" => (USUAL, wire::KAZUKIPAY),
        "klink" => (KLINK, wire::KLINK),
        "klink-gopay" => (Facts { echoes_reference: true, notifies_amount: false, ..KLINK }, wire::KLINK_GOPAY),
        "kropay" => (Facts { acceptance: Some(r#"{"success": true}"#), ..USUAL }, wire::KROPAY),
        "pakasir-v1" => (PAKASIR_V1, wire::PAKASIR_V1),
        "pakasir-v2" => {
            let facts = Facts { same_reference: SameReference::Found, proof: Some("x-secret"), ..PAKASIR_V1 };
            (facts, wire::PAKASIR_V2)
        }
        "paydigital" => {
            let facts = Facts {
                echoes_reference: false,
                same_reference: SameReference::NotTaken,
                notifies_amount: false,
                ..USUAL
            };
            (facts, wire::PAYDIGITAL)
        }
        other => panic!("nothing is known about {other}"),
    }
}
