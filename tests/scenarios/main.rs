//! One suite of scenarios over all gateways.
//!
//! Each gateway is asked through its trait alone and plays on a sandbox of its own, which is written from the providers'
//! documents, apart from the clients, and keeps a book of payments. What must happen is decided by what the gateway says that
//! it can do.
//!
//! The table of results is printed: `cargo test -p gerbang-tests --test scenarios -- --nocapture`.

mod asking;
mod cancelling;
mod case;
mod creating;
mod matrix;
mod message;
mod notifying;
mod programs;
mod provider_fault;
mod qris;
mod refunding;
mod subjects;
mod suite;

#[tokio::test]
async fn every_gateway_plays_every_scenario() {
    let mut scenarios = [
        creating::scenarios(),
        asking::scenarios(),
        cancelling::scenarios(),
        refunding::scenarios(),
        notifying::scenarios(),
    ]
    .concat();
    scenarios.retain(|scenario| gerbang_tests::is_wanted(scenario.name));
    assert!(!scenarios.is_empty(), "no scenario has this name");
    let report = suite::run(&subjects::all(), &scenarios).await;
    println!("{}", report.table());
    assert!(report.failures().is_empty(), "{}", report.failures());
}
