//! What attackers try with the daemon: over HTTP, over bare sockets, and by what gateways and shops say.

#[allow(dead_code, reason = "the tests of the calls use more of it")]
#[path = "../serve/contract.rs"]
mod contract;
#[allow(dead_code, reason = "the tests of the calls use more of it")]
#[path = "../serve/shop.rs"]
mod shop;

mod bodies;
mod browsers;
mod canary;
mod flood;
mod forged;
mod injection;
mod raw;
mod routes;
mod scripts;
mod targets;
