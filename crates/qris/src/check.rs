//! The check of a payload that a gateway returned.

use gerbang_core::{Delivery, Error, Kind, Rupiah};

use crate::{QrisErrorKind, verify_amount};

/// Checks that a payload which a gateway returned for a new payment is whole and asks for the payable amount.
///
/// # Errors
///
/// [`Kind::EchoMismatch`] when it asks for another amount or for none, [`Kind::UnexpectedReply`] when it is broken. The
/// payment may exist either way.
pub fn check_payable(provider: &str, payload: &str, payable: Rupiah) -> Result<(), Error> {
    verify_amount(payload, payable).map(drop).map_err(|error| {
        let kind = match error.kind() {
            QrisErrorKind::OtherAmount { .. } | QrisErrorKind::NoAmount => Kind::EchoMismatch,
            _ => Kind::UnexpectedReply,
        };
        let what = format!("{provider} returned a QRIS payload that cannot be shown to a customer: {error}");
        Error::new(kind, Delivery::MaybeSent, what)
    })
}
