//! The one comparison of what was said of a payment with what is known of it.

use crate::Rupiah;
use crate::doubt::{Doubt, Mismatch};
use crate::notification::Notification;
use crate::payment::{Payable, Payment};

/// What somebody says of a payment, as far as it can be compared.
pub(crate) struct Said<'a> {
    pub(crate) provider: &'a str,
    pub(crate) reference: Option<&'a str>,
    pub(crate) id: Option<&'a str>,
    pub(crate) request_id: Option<&'a str>,
    pub(crate) code: Option<&'a str>,
    pub(crate) amount: Option<Rupiah>,
    pub(crate) payable: Option<Rupiah>,
}

impl<'a> Said<'a> {
    pub(crate) fn of_notification(notification: &'a Notification) -> Self {
        Self {
            provider: notification.provider,
            reference: notification.reference.as_deref(),
            id: notification.id.as_deref(),
            request_id: notification.request_id.as_deref(),
            code: notification.code.as_deref(),
            amount: notification.amount,
            payable: notification.payable,
        }
    }

    pub(crate) fn of_payment(payment: &'a Payment) -> Self {
        Self {
            provider: &payment.provider,
            reference: payment.reference.as_deref(),
            id: payment.id.as_deref(),
            request_id: payment.request_id.as_deref(),
            code: None,
            amount: Some(payment.amount),
            payable: payment.payable,
        }
    }
}

/// The one comparison. A name must be the same, and nothing that both sides know may differ.
pub(crate) fn compare(expected: &Payment, said: &Said<'_>) -> Result<(), Doubt> {
    compare_names(expected, said)?;
    let differs = if said.code.is_some_and(|code| is_another_code(code, &expected.pay_with)) {
        Some(Mismatch::Code)
    } else {
        another_amount(expected, said)
    };
    differs.map_or(Ok(()), |mismatch| Err(Doubt::Mismatch(mismatch)))
}

/// The comparison of names: one must be the same, and none may differ.
pub(crate) fn compare_names(expected: &Payment, said: &Said<'_>) -> Result<(), Doubt> {
    let reference = same_reference(said.reference, &expected.reference);
    let id = said.id.zip(expected.id.as_deref()).map(|(said, expected)| said == expected);
    // It passes through the same databases as a reference.
    let request = same_reference(said.request_id, &expected.request_id);
    if said.provider != expected.provider || ![reference, id, request].contains(&Some(true)) {
        return Err(Doubt::OtherPayment);
    }
    let differs = [(reference, Mismatch::Reference), (request, Mismatch::RequestId), (id, Mismatch::Id)];
    match differs.into_iter().find(|(same, _)| *same == Some(false)) {
        Some((_, mismatch)) => Err(Doubt::Mismatch(mismatch)),
        None => Ok(()),
    }
}

/// Whether two of the merchant's names are the same. Case does not count: gateways may fold it, and no two references differ in
/// it alone.
pub(crate) fn same_reference(said: Option<&str>, expected: &Option<String>) -> Option<bool> {
    Some(said?.eq_ignore_ascii_case(expected.as_deref()?))
}

fn is_another_code(said: &str, pay_with: &[Payable]) -> bool {
    let mut codes = pay_with.iter().filter_map(|payable| match payable {
        Payable::Code(code) => Some(code.as_str()),
        _ => None,
    });
    match codes.next() {
        None => false,
        Some(first) => first != said && codes.all(|code| code != said),
    }
}

fn another_amount(expected: &Payment, said: &Said<'_>) -> Option<Mismatch> {
    let differs = |expected, got| Some(Mismatch::Amount { expected, got });
    if let Some(got) = said.amount
        && got != expected.amount
    {
        return differs(expected.amount, got);
    }
    match (said.payable, expected.payable) {
        (Some(got), Some(payable)) if got != payable => differs(payable, got),
        // What is to be paid is not known after a lost reply, but it is never less than the price.
        (Some(got), None) if got < expected.amount => differs(expected.amount, got),
        _ => None,
    }
}
