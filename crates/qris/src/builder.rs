use std::collections::BTreeMap;

use gerbang_core::Rupiah;

use crate::write::{amount_value, check, finish, push, tip_tags};
use crate::{Initiation, Qris, QrisError, QrisErrorKind, TagPath, Tip};

/// Builds a payload in rupiah and in Indonesia, with its tags in ascending order and its checksum.
///
/// What was set twice is written as it was set last. Everything is checked in [`QrisBuilder::build`].
///
/// Values are printable ASCII, in tags 64 to 99 any text without control characters. They have one to 99 characters,
/// unless something less is said. The national register of merchants is not asked: a payload with accounts that do not
/// exist can be built, and no app will pay it.
///
/// ```
/// use gerbang_core::Rupiah;
/// use gerbang_qris::{Qris, QrisBuilder};
///
/// let payload = QrisBuilder::new("Warung Budi", "BANDUNG", "5812")
///     .account(26, &[(0, "ID.CO.EXAMPLE.WWW"), (1, "936000000000000001"), (2, "000000001"), (3, "UMI")])
///     .nmid("ID1024322842930", "UMI")
///     .postal_code("40111")
///     .amount(Rupiah::new(25_000))
///     .reference("ORDER-42")
///     .build()?;
/// assert_eq!(Qris::parse(&payload)?.reference(), Some("ORDER-42"));
/// # Ok::<(), gerbang_qris::QrisError>(())
/// ```
#[derive(Clone, Debug)]
#[must_use]
pub struct QrisBuilder {
    /// Tags whose value is text.
    values: BTreeMap<u8, String>,
    /// Tags that came through `tag`.
    others: BTreeMap<u8, String>,
    /// Tags whose value is made of sub-tags.
    templates: BTreeMap<u8, Vec<(u8, String)>>,
    initiation: Option<Initiation>,
    amount: Option<Rupiah>,
    tip: Option<Tip>,
}

impl QrisBuilder {
    /// Begins with what a payload cannot be without: the merchant's name (tag 59, up to 25 characters), the merchant's
    /// city (tag 60, up to 15) and the merchant category code (tag 52, four digits). An account must be added.
    pub fn new(name: impl Into<String>, city: impl Into<String>, category: impl Into<String>) -> Self {
        Self {
            values: BTreeMap::from([
                (52, category.into()),
                (53, "360".into()),
                (58, "ID".into()),
                (59, name.into()),
                (60, city.into()),
            ]),
            others: BTreeMap::new(),
            templates: BTreeMap::new(),
            initiation: None,
            amount: None,
            tip: None,
        }
    }

    /// Whether the payload is static or dynamic: tag 01. Unless this is set, a payload with an amount is dynamic and one
    /// without is static.
    pub fn initiation(mut self, initiation: Initiation) -> Self {
        self.initiation = Some(initiation);
        self
    }

    /// One of the merchant's accounts: tag 26 to 45, or 51, with its sub-tags. Sub-tag 00, the globally unique ID of up
    /// to 32 characters, must be among them; see [`Account`](crate::Account) for the others. All together have up to 99
    /// characters, to which each sub-tag adds four.
    pub fn account(mut self, tag: u8, sub_tags: &[(u8, &str)]) -> Self {
        self.templates.insert(tag, sub_tags.iter().map(|&(id, value)| (id, value.to_owned())).collect());
        self
    }

    /// The national account: tag 51 with `ID.CO.QRIS.WWW`, the national merchant ID and the merchant's size, such as
    /// `UMI`.
    pub fn nmid(self, nmid: &str, criteria: &str) -> Self {
        self.account(51, &[(0, "ID.CO.QRIS.WWW"), (2, nmid), (3, criteria)])
    }

    /// The amount to pay, from 1 rupiah to 13 digits: tag 54.
    pub fn amount(mut self, amount: Rupiah) -> Self {
        self.amount = Some(amount);
        self
    }

    /// What the payer adds to the amount: tags 55, 56 and 57. A fixed tip has the bounds of the amount, a percentage is
    /// from 0.01 to 99.99 %.
    pub fn tip(mut self, tip: Tip) -> Self {
        self.tip = Some(tip);
        self
    }

    /// The merchant's postal code, up to 10 characters: tag 61.
    pub fn postal_code(mut self, postal_code: impl Into<String>) -> Self {
        self.values.insert(61, postal_code.into());
        self
    }

    /// The label by which merchant and acquirer know the payment, up to 25 characters: sub-tag 05 of tag 62.
    pub fn reference(self, reference: impl Into<String>) -> Self {
        self.additional(5, reference)
    }

    /// The label of the terminal, up to 25 characters: sub-tag 07 of tag 62.
    pub fn terminal(self, terminal: impl Into<String>) -> Self {
        self.additional(7, terminal)
    }

    /// Another sub-tag of tag 62, such as 01, the bill number; 01 to 08 have up to 25 characters. All sub-tags together
    /// have up to 99, to which each adds four.
    pub fn additional(mut self, id: u8, value: impl Into<String>) -> Self {
        let sub_tags = self.templates.entry(62).or_default();
        sub_tags.retain(|&(found, _)| found != id);
        sub_tags.push((id, value.into()));
        self
    }

    /// A tag that has no method of its own: 02 to 25, 46 to 50, or 64 to 99. The value is written as it is.
    pub fn tag(mut self, id: u8, value: impl Into<String>) -> Self {
        self.others.insert(id, value.into());
        self
    }

    /// The payload.
    ///
    /// # Errors
    ///
    /// The first that is found of: [`Reserved`](QrisErrorKind::Reserved) for a tag that [`account`](Self::account),
    /// [`additional`](Self::additional) or [`tag`](Self::tag) does not take; [`Missing`](QrisErrorKind::Missing) without
    /// an account or without its sub-tag 00; [`TooLong`](QrisErrorKind::TooLong) for a value, or for a payload longer
    /// than [`MAX_PAYLOAD`](crate::MAX_PAYLOAD); [`Value`](QrisErrorKind::Value); [`Repeated`](QrisErrorKind::Repeated)
    /// for a sub-tag; [`Zero`](QrisErrorKind::Zero), [`Amount`](QrisErrorKind::Amount) or [`Tip`](QrisErrorKind::Tip).
    pub fn build(&self) -> Result<String, QrisError> {
        let mut tags = self.values.clone();
        for (&id, value) in &self.others {
            if !matches!(id, 2..=25 | 46..=50 | 64..=99) {
                return Err(QrisError::new(QrisErrorKind::Reserved).in_tag(id));
            }
            tags.insert(id, value.clone());
        }
        for (&id, sub_tags) in &self.templates {
            tags.insert(id, template(id, sub_tags)?);
        }
        if tags.range(2..=51).next().is_none() {
            return Err(QrisError::new(QrisErrorKind::Missing).in_tag(26));
        }
        let initiation = match (self.initiation, self.amount) {
            (Some(Initiation::Static), _) | (None, None) => "11",
            (Some(Initiation::Dynamic), _) | (None, Some(_)) => "12",
        };
        tags.extend([(0, "01".into()), (1, initiation.into())]);
        if let Some(amount) = self.amount {
            tags.insert(54, amount_value(54, amount)?);
        }
        if let Some(tip) = self.tip {
            tags.extend(tip_tags(tip)?);
        }

        let mut out = String::new();
        // The checksum comes last, also behind the tags above 63.
        for (id, value) in tags {
            check(TagPath::root(id), longest(id), &value)?;
            push(&mut out, id, &value);
        }
        let out = finish(out)?;
        Qris::parse(&out).map_err(QrisError::nowhere)?;
        Ok(out)
    }
}

/// The value of an account or of tag 62.
fn template(tag: u8, sub_tags: &[(u8, String)]) -> Result<String, QrisError> {
    let error = |kind| Err(QrisError::new(kind).in_tag(tag));
    let longest: fn(u8) -> usize = match tag {
        26..=45 | 51 => |id| if id == 0 { 32 } else { 99 },
        62 => |id| if matches!(id, 1..=8) { 25 } else { 99 },
        _ => return error(QrisErrorKind::Reserved),
    };
    if tag != 62 && sub_tags.iter().all(|&(id, _)| id != 0) {
        return error(QrisErrorKind::Missing);
    }
    let mut sub_tags: Vec<_> = sub_tags.iter().collect();
    sub_tags.sort_by_key(|&&(id, _)| id);
    let mut out = String::new();
    for (id, value) in sub_tags {
        if *id > 99 {
            return error(QrisErrorKind::Reserved);
        }
        check(TagPath::within(tag, *id), longest(*id), value)?;
        push(&mut out, *id, value);
    }
    Ok(out)
}

/// How many characters a tag's value may have.
fn longest(id: u8) -> usize {
    match id {
        59 => 25,
        60 => 15,
        61 => 10,
        _ => 99,
    }
}
