//! A static payload as a dynamic one, and back.

use std::collections::BTreeMap;

use gerbang_core::Rupiah;

use crate::write::{amount_value, check, finish, push, tip_tags};
use crate::{Qris, QrisError, QrisErrorKind, TagPath, Tags, Tip};

/// What a dynamic payload states of the one payment that it is for; see [`Qris::to_dynamic`].
///
/// ```
/// use gerbang_core::Rupiah;
/// use gerbang_qris::{Order, Qris, QrisBuilder, Tip};
///
/// let sticker = QrisBuilder::new("Warung Budi", "BANDUNG", "5812").nmid("ID1024322842930", "UMI").build()?;
/// let order = Order::new(Rupiah::new(25_000)).reference("ORDER-42").tip(Tip::Fixed(Rupiah::new(500)));
/// let payload = Qris::parse(&sticker)?.to_dynamic(order)?;
/// assert_eq!(Qris::parse(&payload)?.reference(), Some("ORDER-42"));
/// # Ok::<(), gerbang_qris::QrisError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[must_use]
pub struct Order {
    amount: Rupiah,
    tip: Option<Tip>,
    /// Sub-tags of tag 62.
    labels: BTreeMap<u8, String>,
}

impl Order {
    /// A payment of this amount, from 1 rupiah to 13 digits: tag 54.
    pub fn new(amount: Rupiah) -> Self {
        Self { amount, tip: None, labels: BTreeMap::new() }
    }

    /// A tip or a fee that the payer adds to the amount: tags 55, 56 and 57. It takes the place of the payload's own.
    pub fn tip(mut self, tip: Tip) -> Self {
        self.tip = Some(tip);
        self
    }

    /// The label by which merchant and acquirer know the payment, up to 25 characters: sub-tag 05 of tag 62.
    pub fn reference(self, reference: impl Into<String>) -> Self {
        self.label(5, reference)
    }

    /// The label of the terminal, up to 25 characters: sub-tag 07 of tag 62.
    pub fn terminal(self, terminal: impl Into<String>) -> Self {
        self.label(7, terminal)
    }

    /// What the payment is for, up to 25 characters: sub-tag 08 of tag 62. Apps for QRIS expect a word of ASPI's there, see
    /// [`Purpose`](crate::Purpose).
    pub fn purpose(self, purpose: impl Into<String>) -> Self {
        self.label(8, purpose)
    }

    /// The number of the invoice or bill, up to 25 characters: sub-tag 01 of tag 62.
    pub fn invoice(self, invoice: impl Into<String>) -> Self {
        self.label(1, invoice)
    }

    fn label(mut self, id: u8, value: impl Into<String>) -> Self {
        self.labels.insert(id, value.into());
        self
    }
}

impl From<Rupiah> for Order {
    fn from(amount: Rupiah) -> Self {
        Self::new(amount)
    }
}

impl Qris<'_> {
    /// A dynamic payload for one payment, made from this static one.
    ///
    /// Tag 01 becomes `12` (inserted behind tag 00 if there was none) and tag 54 the amount (inserted behind tag 53 if
    /// there was none), and the checksum is recomputed. With a tip in the order, tags 55, 56 and 57 are taken out, and those of the
    /// new tip are inserted behind tag 54; labels are written into tag 62, which is inserted before the tags above it if there was
    /// none. Every other tag and sub-tag stays as it was, in the same order; so does a tip, if one is stated.
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
    /// [`AlreadyDynamic`](QrisErrorKind::AlreadyDynamic); [`Initiation`](QrisErrorKind::Initiation) if tag 01 is neither `11` nor
    /// `12`; [`Currency`](QrisErrorKind::Currency) if tag 53 is not `360`; [`Zero`](QrisErrorKind::Zero) for an amount, a fixed tip or
    /// a percentage of zero; [`Amount`](QrisErrorKind::Amount) for one of more than 13 digits; [`Tip`](QrisErrorKind::Tip) for a
    /// percentage above 99.99, or if the order has no tip and that of the payload cannot be read; [`Value`](QrisErrorKind::Value) and
    /// [`TooLong`](QrisErrorKind::TooLong) for a label, for tag 62 as a whole, or if the new payload is longer than
    /// [`MAX_PAYLOAD`](crate::MAX_PAYLOAD).
    pub fn to_dynamic(self, order: impl Into<Order>) -> Result<String, QrisError> {
        let order = order.into();
        if self.is_dynamic() {
            return Err(QrisError::new(QrisErrorKind::AlreadyDynamic).in_tag(1));
        }
        self.check_initiation()?;
        if self.currency() != Some("360") {
            return Err(QrisError::new(QrisErrorKind::Currency).in_tag(53));
        }
        let amount = amount_value(54, order.amount)?;
        let tip = order.tip.map(tip_tags).transpose()?;
        if tip.is_none() {
            self.tip()?;
        }
        let additional = self.with_labels(&order.labels)?;
        let has = |id| self.get(id).is_some();
        let (has_initiation, has_amount, mut has_additional) = (has(1), has(54), has(62));

        // Room for tags 01, 54, 55, 56 and the header of tag 62.
        let mut out = String::with_capacity(self.payload().len() + 6 + 17 + 6 + 17 + 4 + additional.len());
        let write_amount = |out: &mut String| {
            push(out, 54, &amount);
            for (id, value) in tip.iter().flatten() {
                push(out, *id, value);
            }
        };
        for (id, value) in self.tags() {
            if id > 62 && !has_additional && !additional.is_empty() {
                push(&mut out, 62, &additional);
                has_additional = true;
            }
            match id {
                1 => push(&mut out, 1, "12"),
                54 => write_amount(&mut out),
                55..=57 if tip.is_some() => {}
                62 => push(&mut out, 62, &additional),
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

    /// A static payload for many payments, made from this one, dynamic or static: what belongs to one payment is taken out.
    ///
    /// Tag 01 becomes `11` (inserted behind tag 00 if there was none); tags 54 to 57 and, in tag 62, the invoice (01) and the
    /// reference (05) are left out, and the checksum is recomputed. Every other tag stays as it was, in the same order.
    ///
    /// Whether the acquirer takes payments to it is for the acquirer to say: a gateway's payload for one payment mostly becomes none
    /// for many.
    ///
    /// # Errors
    ///
    /// [`Initiation`](QrisErrorKind::Initiation) if tag 01 is neither `11` nor `12`.
    pub fn to_static(self) -> Result<String, QrisError> {
        self.check_initiation()?;
        let has_initiation = self.get(1).is_some();
        let mut out = String::with_capacity(self.payload().len() + 6);
        for (id, value) in self.tags() {
            match id {
                1 => push(&mut out, 1, "11"),
                54..=57 | 63 => {}
                62 => {
                    let kept: Vec<_> = Tags::new(value).filter(|(id, _)| !matches!(id, 1 | 5)).collect();
                    if !kept.is_empty() || value.is_empty() {
                        push(&mut out, 62, &template(&kept));
                    }
                }
                _ => push(&mut out, id, value),
            }
            if id == 0 && !has_initiation {
                push(&mut out, 1, "11");
            }
        }
        finish(out)
    }

    /// Refuses a tag 01 that means nothing.
    fn check_initiation(self) -> Result<(), QrisError> {
        if self.get(1).is_some() && self.initiation().is_none() {
            return Err(self.error(QrisErrorKind::Initiation, 1));
        }
        Ok(())
    }

    /// The value of tag 62 with these sub-tags in it, in place of those that were there or in ascending order.
    fn with_labels(self, labels: &BTreeMap<u8, String>) -> Result<String, QrisError> {
        let mut sub_tags: Vec<(u8, &str)> = self.additional().into_iter().flatten().collect();
        for (&id, value) in labels {
            check(TagPath::within(62, id), 25, value)?;
            match sub_tags.iter_mut().find(|(found, _)| *found == id) {
                Some((_, old)) => *old = value,
                None => {
                    let place = sub_tags.iter().position(|&(found, _)| found > id).unwrap_or(sub_tags.len());
                    sub_tags.insert(place, (id, value));
                }
            }
        }
        let template = template(&sub_tags);
        if template.chars().count() > 99 {
            return Err(QrisError::new(QrisErrorKind::TooLong).in_tag(62));
        }
        Ok(template)
    }
}

/// Sub-tags as a value.
fn template(sub_tags: &[(u8, &str)]) -> String {
    let mut out = String::new();
    sub_tags.iter().for_each(|(id, value)| push(&mut out, *id, value));
    out
}
