//! What the gateways of both APIs share.

use gerbang_core::gateway::unsupported;
use gerbang_core::{Delivery, Error, JakartaTime, Kind, Open, Operation, Rupiah, Surcharge, Word};

/// How the words of the virtual accounts end.
const VA: &str = "_va";

/// The bank of a virtual account's word, as [`gerbang_core::Method::VirtualAccount`] calls it; none for other words.
pub(crate) fn bank<W: Word>(word: W) -> Option<&'static str> {
    word.as_str().strip_suffix(VA)
}

/// The word of a virtual account, whose bank is given with or without the ending of the words.
pub(crate) fn virtual_account<W: Word>(provider: &str, name: &str) -> Result<W, Error> {
    let spellings = [name.to_owned(), format!("{name}{VA}")];
    let known = spellings.iter().filter_map(|spelling| Open::<W>::from(spelling.as_str()).known());
    known.into_iter().find(|word| bank(*word).is_some()).ok_or_else(|| {
        let banks: Vec<_> = W::ALL.iter().filter_map(|word| bank(*word)).collect();
        unsupported(provider, &format!("make a virtual account at \"{name}\", only at {}", banks.join(", ")))
    })
}

/// The error of a created payment without what the customer needs to pay it.
pub(crate) fn missing(provider: &str, what: &str) -> Error {
    let what = format!("{provider} created a payment but did not return {what}");
    Error::new(Kind::UnexpectedReply, Delivery::MaybeSent, what)
}

/// The error of a cancellation that was accepted, after which the status could not be had.
pub(crate) fn cancelled_but(operation: &'static Operation, error: Error) -> Error {
    let what = "the cancellation was accepted, but the status that the payment has now could not be had";
    // The attempts were those of the question.
    error.restated(what).with_delivery(Delivery::MaybeSent).with_operation(operation).with_attempts(0)
}

/// What is added to the price: public integrations know a fee of 0.7 % and 310 rupiah or of 1 % for QRIS, and of up to 3 500
/// rupiah for virtual accounts.
pub(crate) const SURCHARGE: Surcharge = Surcharge { per_mille: 20, fixed: Rupiah::new(5_000) };

/// A time that cannot be read must not hide a payment.
pub(crate) fn read_time(time: &JakartaTime) -> Option<jiff::Timestamp> {
    time.timestamp().ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{v1, v2};

    #[test]
    fn a_bank_is_known_with_and_without_its_ending() {
        use v1::types::PaymentMethod as Word;
        for name in ["bri", "bri_va", "BRI"] {
            assert_eq!(virtual_account::<Word>("pakasir-v1", name).unwrap(), Word::BriVa, "{name}");
        }
        assert_eq!(virtual_account::<Word>("pakasir-v1", "cimb_niaga").unwrap(), Word::CimbNiagaVa);
        assert_eq!(bank(Word::CimbNiagaVa), Some("cimb_niaga"));
        assert_eq!(bank(Word::Qris), None);
    }

    #[test]
    fn another_bank_is_refused_with_the_known_ones() {
        for name in ["", "bca", "qris", "paypal", "payment_link", "_va", "bri_va_va", "../bri"] {
            let error = virtual_account::<v2::types::PaymentMethod>("pakasir-v2", name).unwrap_err();
            assert_eq!((error.kind(), error.delivery()), (Kind::Unsupported, Delivery::NotSent), "{name}");
            let known = "cimb_niaga, bni, sampoerna, bnc, maybank, permata, atm_bersama, artha_graha, bri;";
            assert!(error.to_string().contains(known), "{error}");
        }
    }
}
