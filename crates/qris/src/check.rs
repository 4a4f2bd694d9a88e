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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::QrisBuilder;

    #[test]
    fn only_a_whole_payload_of_the_payable_amount_passes() {
        let payload =
            |amount| QrisBuilder::new("Warung", "Jakarta", "5812").nmid("ID1020304050607", "UMI").amount(amount);
        let good = payload(Rupiah::new(10_020)).build().unwrap();
        assert!(check_payable("kropay", &good, Rupiah::new(10_020)).is_ok());

        let without = QrisBuilder::new("Warung", "Jakarta", "5812").nmid("ID1020304050607", "UMI").build().unwrap();
        let other = payload(Rupiah::new(10_000)).build().unwrap();
        for (payload, kind) in [
            (other.as_str(), Kind::EchoMismatch),
            (without.as_str(), Kind::EchoMismatch),
            (&good[..good.len() - 1], Kind::UnexpectedReply),
            ("", Kind::UnexpectedReply),
            ("000201010212266....DBD7", Kind::UnexpectedReply),
        ] {
            let error = check_payable("kropay", payload, Rupiah::new(10_020)).unwrap_err();
            assert_eq!((error.kind(), error.delivery()), (kind, Delivery::MaybeSent), "{payload}: {error}");
        }
    }
}
