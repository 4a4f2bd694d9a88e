//! The sandbox, asked as the providers' documents say and over real connections.

mod accounts;
mod connections;
mod control;
mod delivery;
mod description;
mod documents;
mod faults;
mod http;
mod journal;
mod kazukipay;
mod klink;
mod kropay;
mod late;
mod later;
mod magic;
mod merchant;
mod midtrans;
mod network;
mod operations;
mod page;
mod pakasir;
mod paydigital;
mod ports;
mod refusals;
mod restart;
mod seed;
mod sharing;
mod spelling;
mod tripay;
mod webhooks;

use std::collections::BTreeSet;

use gerbang_sandbox::Provider;

use merchant::Gateway;

/// Every way to create payments.
const GATEWAYS: [&Gateway; 9] = [
    &kazukipay::GATEWAY,
    &kropay::GATEWAY,
    &paydigital::GATEWAY,
    &pakasir::V1,
    &pakasir::V2,
    &klink::GATEWAY,
    &klink::GOPAY,
    &tripay::GATEWAY,
    &midtrans::GATEWAY,
];

/// A gateway of each provider.
fn one_of_each_provider() -> impl Iterator<Item = &'static Gateway> {
    let mut seen = BTreeSet::new();
    GATEWAYS.into_iter().filter(move |gateway| seen.insert(gateway.provider))
}

#[test]
fn every_provider_has_a_gateway_in_the_list() {
    assert!(one_of_each_provider().map(|gateway| gateway.provider).eq(Provider::ALL));
}
