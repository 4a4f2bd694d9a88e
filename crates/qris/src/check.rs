//! The check of a payload that a gateway returned.

use gerbang_core::{Delivery, Error, Kind, Rupiah};

use crate::{Qris, QrisError, QrisErrorKind};

/// What EMVCo requires of every payload, beside tag 00 and the checksum, without which there is none: the category, the
/// currency, the country, the merchant's name and city.
const REQUIRED: [u8; 5] = [52, 53, 58, 59, 60];

/// Checks that a payload which a gateway returned for a new payment is whole and asks for the payable amount, no more and no
/// less.
///
/// # Errors
///
/// [`Kind::EchoMismatch`] when it asks for another amount or for none, or makes the customer's app add a tip or a fee (tags
/// 55, 56 and 57, also one that appears alone); [`Kind::UnexpectedReply`] when it is broken or misses what EMVCo requires. The
/// payment may exist either way.
pub fn check_payable(provider: &str, payload: &str, payable: Rupiah) -> Result<(), Error> {
    let refused = |kind, why: &dyn std::fmt::Display| {
        let what = format!("{provider} returned a QRIS payload that cannot be shown to a customer: {why}");
        Error::new(kind, Delivery::MaybeSent, what)
    };
    let broken = |error: QrisError| {
        let kind = match error.kind() {
            QrisErrorKind::OtherAmount { .. } | QrisErrorKind::NoAmount => Kind::EchoMismatch,
            _ => Kind::UnexpectedReply,
        };
        refused(kind, &error)
    };
    let qris = Qris::parse(payload).map_err(broken)?;
    let stated = Stated::by(qris);
    qris.check_amount(stated.currency, stated.amount, payable).map_err(broken)?;
    if let Some(tag) = stated.fee {
        return Err(refused(Kind::EchoMismatch, &format_args!("tag {tag} adds a tip or a fee to the amount")));
    }
    if !stated.has_account {
        return Err(refused(Kind::UnexpectedReply, &"it has no account of a merchant"));
    }
    match REQUIRED.into_iter().find(|tag| stated.seen & (1 << tag) == 0) {
        Some(tag) => Err(refused(Kind::UnexpectedReply, &format_args!("it has no tag {tag}"))),
        None => Ok(()),
    }
}

/// What a payload states of an amount, and of what EMVCo requires.
struct Stated<'a> {
    currency: Option<&'a str>,
    amount: Option<&'a str>,
    /// The first tag of a tip or a fee.
    fee: Option<u8>,
    has_account: bool,
    /// A bit for each tag from 52 to 63 that is not empty.
    seen: u64,
}

impl<'a> Stated<'a> {
    /// One walk over the tags.
    fn by(qris: Qris<'a>) -> Self {
        let mut stated = Self { currency: None, amount: None, fee: None, has_account: false, seen: 0 };
        for (tag, value) in qris.tags() {
            match tag {
                2..=51 => stated.has_account |= !value.is_empty(),
                53 => stated.currency = Some(value),
                54 => stated.amount = Some(value),
                55..=57 => stated.fee = stated.fee.or(Some(tag)),
                _ => {}
            }
            if matches!(tag, 52..=63) && !value.is_empty() {
                stated.seen |= 1 << tag;
            }
        }
        stated
    }
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
        for tag in REQUIRED.into_iter().filter(|tag| *tag != 53) {
            fails(&without(tag), Kind::UnexpectedReply);
        }
        fails(&without(53), Kind::UnexpectedReply);
        fails(&without(51), Kind::UnexpectedReply);
        fails(&with(|body| body.replacen("5906Warung", "5900", 1)), Kind::UnexpectedReply);
    }
}
