//! The gateways that play.

use gerbang::registry::Descriptor;
use gerbang_sandbox::Provider;
use gerbang_tests::apis::{self, Facts, Wire};
use gerbang_tests::gateways;

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

/// All gateways.
pub fn all() -> Vec<Subject> {
    let subject = |gateway: &'static Descriptor| {
        let apis::Gateway { name, facts, wire } = *apis::gateway(gateway.name).expect("the gateway has its facts");
        Subject { name, provider: gateway.section.parse().unwrap(), gateway, facts, wire }
    };
    gateways::all().into_iter().map(subject).collect()
}
