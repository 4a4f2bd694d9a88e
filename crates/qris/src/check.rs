//! The check of a payload that a gateway returned.

use gerbang_core::{Delivery, Error, Kind, Rupiah};

use crate::payable::Essentials;
use crate::{Purpose, Qris, QrisError, QrisErrorKind, money};

/// Checks that a payload which a gateway returned for a new payment can be paid, and asks for the payable amount, no more and
/// no less.
///
/// What [`report`](crate::report()) calls an error is refused, a warning or a note is not: a payment is not lost because one app may
/// not like its code.
///
/// # Errors
///
/// [`Kind::EchoMismatch`] when it asks for another amount or for none, or makes the customer's app add a tip or a fee (tags
/// 55, 56 and 57, also one that appears alone, and one that the app only asks for); [`Kind::UnexpectedReply`] when it is broken,
/// when no app can pay it, or when it is for taking out or paying in cash. The payment may exist either way.
pub fn check_payable(provider: &str, payload: &str, payable: Rupiah) -> Result<(), Error> {
    let refused = |kind, why: &dyn std::fmt::Display| {
        let what = format!("{provider} returned a QRIS payload that cannot be shown to a customer: {why}");
        Error::new(kind, Delivery::MaybeSent, what)
    };
    let broken = |error: QrisError| {
        let kind = match error.kind() {
            QrisErrorKind::OtherAmount { .. } | QrisErrorKind::NoAmount | QrisErrorKind::Surcharge => {
                Kind::EchoMismatch
            }
            _ => Kind::UnexpectedReply,
        };
        refused(kind, &error)
    };
    let qris = Qris::parse(payload).map_err(broken)?;
    let essentials = Essentials::of(qris);
    money::check(qris, &essentials, payable).map_err(broken)?;
    if essentials.get(55).is_some() {
        return Err(refused(Kind::EchoMismatch, &"the customer's app would ask for a tip"));
    }
    let purpose = Purpose::of_additional(essentials.value(62));
    if matches!(purpose, Some(Purpose::Withdrawal | Purpose::Deposit)) {
        return Err(refused(Kind::UnexpectedReply, &"it is for taking out or paying in cash"));
    }
    let mut first = None;
    essentials.errors(purpose, &mut |finding| first = first.or(Some(finding)));
    first.map_or(Ok(()), |finding| Err(refused(Kind::UnexpectedReply, &finding)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{QrisBuilder, crc16};

    const PAYABLE: Rupiah = Rupiah::new(10_020);

    fn good() -> String {
        let builder = QrisBuilder::new("Warung", "Jakarta", "5812").nmid("ID1020304050607", "UMI");
        builder.amount(PAYABLE).build().unwrap()
    }

    /// The payload with another part, and the checksum recomputed.
    fn with(change: impl FnOnce(String) -> String) -> String {
        let payload = good();
        let body = change(payload[..payload.len() - 8].to_owned()) + "6304";
        let checksum = crc16(body.as_bytes());
        format!("{body}{checksum:04X}")
    }

    /// The payload without a tag.
    fn without(tag: u8) -> String {
        with(|body| {
            let whole = good();
            let tags = Qris::parse(&whole).unwrap().tags();
            let text = |(tag, value): (u8, &str)| format!("{tag:02}{:02}{value}", value.len());
            let found: Vec<_> = tags.filter(|(found, _)| *found == tag).map(text).collect();
            assert_eq!(found.len(), 1, "tag {tag}");
            body.replacen(&found[0], "", 1)
        })
    }

    #[track_caller]
    fn fails(payload: &str, kind: Kind) {
        let error = check_payable("kropay", payload, PAYABLE).expect_err(payload);
        assert_eq!((error.kind(), error.delivery()), (kind, Delivery::MaybeSent), "{payload}: {error}");
    }

    #[test]
    fn only_a_whole_payload_of_the_payable_amount_passes() {
        let good = good();
        assert!(check_payable("kropay", &good, PAYABLE).is_ok());
        assert!(check_payable("kropay", &with(|body| body), PAYABLE).is_ok());
        let without = QrisBuilder::new("Warung", "Jakarta", "5812").nmid("ID1020304050607", "UMI").build().unwrap();
        assert_eq!(check_payable("kropay", &good, Rupiah::new(1)).unwrap_err().kind(), Kind::EchoMismatch);
        fails(&without, Kind::EchoMismatch);
        fails(&good[..good.len() - 1], Kind::UnexpectedReply);
        fails("", Kind::UnexpectedReply);
        fails("000201010212266....DBD7", Kind::UnexpectedReply);
    }

    #[test]
    fn tip_or_fee_is_another_amount() {
        for added in ["550201", "5502025603500", "55020357030.7", "5603500", "570410.0", "550204", "550299"] {
            fails(&with(|body| body + added), Kind::EchoMismatch);
        }
    }

    #[test]
    fn payload_without_what_emvco_requires_is_broken() {
        for tag in [51, 52, 53, 58, 59, 60] {
            fails(&without(tag), Kind::UnexpectedReply);
        }
        fails(&with(|body| body.replacen("5906Warung", "5900", 1)), Kind::UnexpectedReply);
    }

    #[test]
    fn what_no_app_can_pay_is_refused() {
        for (part, other) in [
            ("010212", "010213"),
            ("5906Warung", "5926AAAAAAAAAAAAAAAAAAAAAAAAAA"),
            ("6007Jakarta", "6016BBBBBBBBBBBBBBBB"),
            ("52045812", "5203581"),
            ("540510020", "541400000000010020"),
            ("5802ID", "5802id"),
        ] {
            let changed = with(|body| {
                assert!(body.contains(part), "{part}: {body}");
                body.replacen(part, other, 1)
            });
            assert_eq!(Qris::parse(&changed).unwrap().amount(), Ok(Some(PAYABLE)));
            fails(&changed, Kind::UnexpectedReply);
        }
        fails(&with(|body| body + "62080804CWDL"), Kind::UnexpectedReply);
        fails(&with(|body| body + "62080804CDPT"), Kind::UnexpectedReply);
    }

    #[test]
    fn warning_loses_no_payment() {
        // No postal code; a checksum in lower case; a purpose that ASPI does not know; an additional label that is too long.
        let good = good();
        let (body, checksum) = good.split_at(good.len() - 4);
        let changed = [
            format!("{body}{}", checksum.to_ascii_lowercase()),
            with(|body| body + "62080804XXXX"),
            with(|body| body + "62300126AAAAAAAAAAAAAAAAAAAAAAAAAA"),
            with(|body| body.replacen("5906Warung", "5906Wàrung", 1)),
        ];
        assert_ne!(changed[0], good);
        for payload in changed {
            assert!(!Qris::parse(&payload).unwrap().report().findings().is_empty(), "{payload}");
            assert!(check_payable("kropay", &payload, PAYABLE).is_ok(), "{payload}");
        }
    }
}
