//! The notifications of Pakasir API v1: read as they stand, and paid only where the document's words say so.

#![no_main]

use gerbang_core::{Kind, PaymentStatus, Trust};
use gerbang_fuzz::{body::Body, confirming};
use gerbang_pakasir::v1::read_notification;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let read = match read_notification(data) {
        Ok(read) => read,
        Err(error) => return assert_eq!(error.kind(), Kind::InvalidNotification),
    };
    let body = Body::read(data);
    assert_eq!(read.claimed == PaymentStatus::Paid, body.is_word("status", &["completed"]));
    assert_eq!((read.trust, read.id.as_deref(), read.payable), (Trust::Unsigned, None, None));
    body.check_name("order_id", read.reference.as_deref());
    body.check_amount("amount", read.amount);
    confirming::check(&read);
});
