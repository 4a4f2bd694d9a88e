//! Kropay's notifications: read as they stand, and paid only where the document's words say so.

#![no_main]

use gerbang_core::{Kind, PaymentStatus, Trust};
use gerbang_fuzz::{body::Body, confirming};
use gerbang_kropay::read_notification;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let read = match read_notification(data) {
        Ok(read) => read,
        Err(error) => return assert_eq!(error.kind(), Kind::InvalidNotification),
    };
    let body = Body::read(data);
    assert_eq!(read.claimed == PaymentStatus::Paid, body.is_word("status", &["paid", "success"]));
    assert_eq!(read.trust, Trust::Unsigned);
    body.check_name("reference", read.id.as_deref());
    body.check_name("merchant_ref", read.reference.as_deref());
    body.check_amount("amount", read.amount);
    body.check_amount("total_amount", read.payable);
    confirming::check(&read);
});
