//! Kazukipay's notifications: read as they stand, and paid only where the document's words say so.

#![no_main]

use gerbang_core::{Kind, PaymentStatus, Trust};
use gerbang_fuzz::{body::Body, confirming};
use gerbang_kazukipay::read_notification;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let read = match read_notification(data) {
        Ok(read) => read,
        Err(error) => return assert_eq!(error.kind(), Kind::InvalidNotification),
    };
    let body = Body::read(data);
    let says_paid = body.is_word("status", &["PAID"]);
    let is_payment = body.is_none("event") || body.is_word("event", &["payment_success"]);
    assert_eq!(read.claimed == PaymentStatus::Paid, says_paid && is_payment);
    assert_eq!(read.trust, Trust::Unsigned);
    body.check_name("transaction_id", read.id.as_deref());
    body.check_name("custom_id", read.reference.as_deref());
    body.check_amount("amount", read.amount);
    body.check_amount("unique_amount", read.payable);
    confirming::check(&read);
});
