//! One suite of scenarios over all gateways.
//!
//! Each gateway is asked through its trait alone and plays on a stand-in of its provider, which is written from the provider's
//! document and keeps a book of payments. What must happen is decided by what the gateway says that it can do.
//!
//! The table of results is printed: `cargo test -p gerbang-tests --test scenarios -- --nocapture`.

mod asking;
mod cancelling;
mod case;
mod creating;
mod fakes;
mod matrix;
mod notifying;
mod programs;
mod subjects;
mod suite;

#[tokio::test]
async fn every_gateway_plays_every_scenario() {
    let scenarios =
        [creating::scenarios(), asking::scenarios(), cancelling::scenarios(), notifying::scenarios()].concat();
    let report = suite::run(&subjects::all(), &scenarios).await;
    println!("{}", report.table());
    assert!(report.failures().is_empty(), "{}", report.failures());
}
