//! What a program with a subscriber of `tracing` sees of a payment, at the level DEBUG.

#[path = "../canary/heard.rs"]
mod heard;

use gerbang::{Expected, NewPayment, Notification, PaymentStatus, Rupiah, Trust, confirm};
use gerbang_sandbox::{Provider, Sandbox};
use gerbang_tests::gateways::{self, Effort};

#[tokio::test]
async fn spans_lead_from_the_order_to_the_attempt() {
    let heard = heard::listen();
    let sandbox = Sandbox::start().await;
    let gateway = gateways::named("kropay");
    let gateway = gateways::make(gateway, &sandbox.url(Provider::Kropay), "any-key", Effort::ONCE).unwrap();
    let payment = gateway.create_payment(&NewPayment::new("ORDER-77", Rupiah::new(25_000))).await.unwrap();

    let line = find(&heard, "the attempt succeeded");
    for part in [
        "DEBUG",
        "gerbang.payment{",
        "gerbang.provider=\"kropay\"",
        "gerbang.operation=\"create_payment\"",
        "gerbang.reference=\"ORDER-77\"",
        "gerbang.call{",
        "gerbang.attempt{",
        "http.request.method=\"POST\"",
        "http.response.status_code=201",
    ] {
        assert!(line.contains(part), "{part}: {line}");
    }

    let mut notification = Notification::new("kropay", Trust::Unsigned, PaymentStatus::Paid);
    (notification.reference, notification.id) = (payment.reference.clone(), payment.id.clone());
    confirm(&*gateway, &notification, &Expected::new(payment)).await.unwrap_err();
    let line = find(&heard, "a notification proves nothing");
    assert!(line.contains("gerbang.reference=\"ORDER-77\"") && line.contains("not paid"), "{line}");
}

/// The first line with a text.
fn find(heard: &heard::Heard, text: &str) -> String {
    let lines = heard.lines();
    lines.into_iter().find(|line| line.contains(text)).unwrap_or_else(|| panic!("{text:?} was not logged"))
}
