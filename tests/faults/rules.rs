//! What holds in every cell, whatever the table says.

use gerbang::{Delivery, Kind, PaymentStatus};

use crate::cell::{Cell, Operation, is_cancelled};

/// The rules that a cell breaks.
pub fn broken(fault: &str, operation: Operation, cell: &Cell) -> Vec<&'static str> {
    let mut broken = Vec::new();
    let mut rule = |holds: bool, what: &'static str| broken.extend((!holds).then_some(what));
    rule(cell.is_in_time(), "it ends within 1.05 of its deadline");
    rule(cell.payments <= 1, "an order has one payment at most");
    match (&cell.result, operation) {
        (Ok(payment), Operation::Create) => {
            rule(cell.payments == 1, "a payment is at the provider");
            rule(payment.status == PaymentStatus::Pending, "nobody has paid");
        }
        (Ok(payment), Operation::Status) => rule(payment.status == PaymentStatus::Pending, "nobody has paid"),
        (Ok(payment), Operation::Cancel) => {
            rule(is_cancelled(payment) && !cell.pending, "what is cancelled is cancelled")
        }
        (Ok(payment), Operation::Wait) => rule(payment.status == PaymentStatus::Paid, "what is waited for is paid"),
        (Err(_), Operation::Wait) => rule(false, "a failure that passes does not end the waiting"),
        // Kazukipay's account statement may have been asked for.
        (Err((_, Delivery::NotSent)), Operation::Cancel) => rule(cell.pending, "NotSent means that nothing was done"),
        (Err((_, Delivery::NotSent)), _) => rule(cell.seen == 0, "NotSent means that the provider saw nothing"),
        (Err((_, Delivery::Answered)), Operation::Create) => {
            rule(cell.payments == 0, "Answered means that nothing was done")
        }
        (Err((_, Delivery::Answered)), Operation::Cancel) => rule(cell.pending, "Answered means that nothing was done"),
        (Err(_), _) => {}
    }
    if operation == Operation::Create && !cell.idempotent {
        rule(cell.seen <= 1, "a creation is sent once");
    }
    if fault.starts_with("tls-") {
        let refused = matches!(cell.result, Err((Kind::Tls, Delivery::NotSent)))
            && cell.attempts.is_some_and(|attempts| attempts <= 1);
        rule(refused, "whoever cannot prove to be the provider is refused as that, and asked once");
    }
    if let Err((kind, _)) = cell.result {
        rule(!matches!(kind, Kind::Configuration | Kind::InvalidRequest), "the fault is not the caller's");
        rule(!cell.words.contains('\n') && cell.words.len() < 800, "an error is one line");
    }
    // The HTTP client itself may try again what never left.
    if let Some(attempts) = cell.attempts.filter(|attempts| *attempts > 0 && fault != "bad-head") {
        // Kazukipay is asked for the account statement before a cancellation, and then for the money.
        let before = if operation == Operation::Cancel { 2 } else { 0 };
        rule(cell.seen <= u64::from(attempts) + before, "there are no more requests than attempts");
    }
    broken
}
