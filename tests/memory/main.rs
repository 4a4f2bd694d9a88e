//! How much memory a client takes when a provider sends without end: at most three times what it accepts of a reply.
//!
//! What is counted are the allocations of this process, which runs nothing else meanwhile; the server is another one.

#[allow(dead_code)]
#[path = "../faults/process.rs"]
mod process;

use std::time::Duration;

use gerbang::{NewPayment, Rupiah};
use gerbang_tests::gateways;
use peak_alloc::PeakAlloc;

#[global_allocator]
static ALLOCATOR: PeakAlloc = PeakAlloc;

/// What a client accepts of a reply unless it is set otherwise, in bytes.
const CAP: usize = 1 << 20;

const FAULTS: [&str; 5] = ["large-body", "large-chunked-body", "gzip-bomb", "endless-head", "deep-array"];

#[tokio::test]
async fn endless_replies_take_bounded_memory() {
    let server = process::FaultServer::start().await;
    let effort = server.effort(Duration::from_secs(5));
    let mut largest = 0;
    for descriptor in gateways::all() {
        let (name, provider) = (descriptor.name, descriptor.section.parse().unwrap());
        for fault in FAULTS {
            let gateway =
                gateways::make(descriptor, &server.url(fault, name, provider), &format!("{name}-{fault}"), effort)
                    .unwrap();
            let order = NewPayment::new("ORDER-1", Rupiah::new(25_000))
                .customer_name("Almeera Salsabila")
                .customer_email("almeera@example.com")
                .customer_phone("085736064900");
            let before = ALLOCATOR.current_usage();
            ALLOCATOR.reset_peak_usage();
            gateway.create_payment(&order).await.expect_err(fault);
            let taken = ALLOCATOR.peak_usage().saturating_sub(before);
            println!("{name:<12} {fault:<20} {:>5} KiB", taken >> 10);
            assert!(taken <= 3 * CAP, "{name}, {fault}: {taken} bytes");
            largest = largest.max(taken);
        }
    }
    println!("at most {:.2} of what is accepted", largest as f64 / CAP as f64);
    assert!(largest > CAP / 2, "what was sent was not counted");
}
