use gerbang_core::{Rupiah, RupiahError};

use crate::crc::{crc16, hex};
use crate::{MAX_PAYLOAD, Qris, QrisError, QrisErrorKind, Tip};

impl Qris<'_> {
    /// A dynamic payload for one payment, made from this static one.
    ///
    /// Tag 01 becomes `12` (inserted behind tag 00 if there was none) and tag 54 the amount (inserted behind tag 53 if
    /// there was none), and the checksum is recomputed. Every other tag stays as it was, in the same order; so does a
    /// tip, if one is stated.
    ///
    /// The payer's app then shows the amount instead of asking for it. For the acquirer it remains a payment to the
    /// static payload: whether it is made, and by whom, has to be found out as before.
    ///
    /// ```
    /// use gerbang_core::Rupiah;
    /// use gerbang_qris::{Qris, QrisBuilder};
    ///
    /// let sticker = QrisBuilder::new("Warung Budi", "BANDUNG", "5812").nmid("ID1024322842930", "UMI").build()?;
    /// let order = Qris::parse(&sticker)?.to_dynamic(Rupiah::new(25_000))?;
    /// let order = Qris::parse(&order)?;
    /// assert!(order.is_dynamic());
    /// assert_eq!(order.amount()?, Some(Rupiah::new(25_000)));
    /// # Ok::<(), gerbang_qris::QrisError>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`AlreadyDynamic`](QrisErrorKind::AlreadyDynamic); [`Currency`](QrisErrorKind::Currency) if tag 53 is not `360`;
    /// [`Zero`](QrisErrorKind::Zero) for an amount of zero; [`Amount`](QrisErrorKind::Amount) for one of more than 13
    /// digits; [`TooLong`](QrisErrorKind::TooLong) if the new payload is longer than [`MAX_PAYLOAD`].
    pub fn to_dynamic(self, amount: Rupiah) -> Result<String, QrisError> {
        self.dynamic(amount, None)
    }

    /// As [`Qris::to_dynamic`], with a tip or fee that the payer adds to the amount.
    ///
    /// Tags 55, 56 and 57, if there are any, are taken out; those of the new tip are inserted behind tag 54.
    ///
    /// # Errors
    ///
    /// Those of [`Qris::to_dynamic`], for a fixed tip too; [`Zero`](QrisErrorKind::Zero) also for a percentage of zero,
    /// and [`Tip`](QrisErrorKind::Tip) for one above 99.99.
    pub fn to_dynamic_with_tip(self, amount: Rupiah, tip: Tip) -> Result<String, QrisError> {
        self.dynamic(amount, Some(tip))
    }

    fn dynamic(self, amount: Rupiah, tip: Option<Tip>) -> Result<String, QrisError> {
        if self.is_dynamic() {
            return Err(QrisError::new(QrisErrorKind::AlreadyDynamic).in_tag(1));
        }
        if self.currency() != Some("360") {
            return Err(QrisError::new(QrisErrorKind::Currency).in_tag(53));
        }
        let amount = amount_value(54, amount)?;
        let tip = tip.map(tip_tags).transpose()?;
        let has_initiation = self.get(1).is_some();
        let has_amount = self.get(54).is_some();

        // Room for tags 01, 54, 55 and 56.
        let mut out = String::with_capacity(self.payload().len() + 6 + 17 + 6 + 17);
        let write_amount = |out: &mut String| {
            push(out, 54, &amount);
            for (id, value) in tip.iter().flatten() {
                push(out, *id, value);
            }
        };
        for (id, value) in self.tags() {
            match id {
                1 => push(&mut out, 1, "12"),
                54 => write_amount(&mut out),
                55..=57 if tip.is_some() => {}
                63 => {}
                _ => push(&mut out, id, value),
            }
            if id == 0 && !has_initiation {
                push(&mut out, 1, "12");
            }
            if id == 53 && !has_amount {
                write_amount(&mut out);
            }
        }
        finish(out)
    }
}

/// Appends a tag whose value has at most 99 characters.
pub(crate) fn push(out: &mut String, id: u8, value: &str) {
    let length = if value.is_ascii() { value.len() } else { value.chars().count() };
    for number in [usize::from(id), length] {
        out.extend([number / 10 % 10, number % 10].map(|digit| char::from(b'0' + digit as u8)));
    }
    out.push_str(value);
}

/// Appends the checksum.
pub(crate) fn finish(mut out: String) -> Result<String, QrisError> {
    out.push_str("6304");
    let crc = crc16(out.as_bytes());
    out.extend(hex(crc).map(char::from));
    if out.len() > MAX_PAYLOAD { Err(QrisErrorKind::TooLong.into()) } else { Ok(out) }
}

/// An amount as tags 54 and 56 hold it.
pub(crate) fn amount_value(id: u8, amount: Rupiah) -> Result<String, QrisError> {
    if amount == Rupiah::ZERO {
        return Err(QrisError::new(QrisErrorKind::Zero).in_tag(id));
    }
    let digits = amount.to_string();
    if digits.len() > 13 {
        return Err(QrisError::new(QrisErrorKind::Amount(RupiahError::TooLarge)).in_tag(id));
    }
    Ok(digits)
}

/// The tags of a tip.
pub(crate) fn tip_tags(tip: Tip) -> Result<Vec<(u8, String)>, QrisError> {
    let error = |kind| Err(QrisError::new(kind).in_tag(57));
    Ok(match tip {
        Tip::Prompt => vec![(55, "01".into())],
        Tip::Fixed(amount) => vec![(55, "02".into()), (56, amount_value(56, amount)?)],
        Tip::Percent { hundredths: 0 } => return error(QrisErrorKind::Zero),
        Tip::Percent { hundredths: 10_000.. } => return error(QrisErrorKind::Tip),
        Tip::Percent { hundredths } => {
            let (whole, decimals) = (hundredths / 100, hundredths % 100);
            let percentage = match (decimals, decimals % 10) {
                (0, _) => whole.to_string(),
                (_, 0) => format!("{whole}.{}", decimals / 10),
                _ => format!("{whole}.{decimals:02}"),
            };
            vec![(55, "03".into()), (57, percentage)]
        }
    })
}
