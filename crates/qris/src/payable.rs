//! What no app can pay: the rules of level error, by one walk over the tags.

use crate::tags::HEADER;
use crate::tip::hundredths;
use crate::{Finding, Purpose, Qris, Rule, TagPath};

/// How many characters the values of tags have at least and at most, where another number is an error.
const LENGTHS: [(u8, usize, usize); 10] = [
    (1, 2, 2),
    (52, 4, 4),
    (53, 3, 3),
    (54, 1, 13),
    (55, 2, 2),
    (56, 1, 13),
    (57, 1, 5),
    (58, 2, 2),
    (59, 1, 25),
    (60, 1, 15),
];

/// The tags that every payload must have, beside 00 and 63.
const REQUIRED: [u8; 5] = [52, 53, 58, 59, 60];

/// A value, and where its tag begins.
type Placed<'a> = (usize, &'a str);

/// The tags that say what is paid and to whom.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Essentials<'a> {
    /// Whether every character is a byte.
    is_ascii: bool,
    initiation: Option<Placed<'a>>,
    has_account: bool,
    /// Tags 52 to 63.
    root: [Option<Placed<'a>>; 12],
}

impl<'a> Essentials<'a> {
    pub(crate) fn of(qris: Qris<'a>) -> Self {
        let mut tags = qris.tags();
        let mut essentials = Self { is_ascii: tags.is_ascii, ..Self::default() };
        while let Some((id, place)) = tags.advance() {
            let (start, value) = (place.start - HEADER, &qris.payload()[place]);
            match id {
                1 => essentials.initiation = Some((start, value)),
                2..=51 => essentials.has_account |= !value.is_empty(),
                52..=63 => essentials.root[usize::from(id - 52)] = Some((start, value)),
                _ => {}
            }
        }
        essentials
    }

    pub(crate) fn get(&self, id: u8) -> Option<Placed<'a>> {
        match id {
            1 => self.initiation,
            52..=63 => self.root[usize::from(id - 52)],
            _ => None,
        }
    }

    pub(crate) fn value(&self, id: u8) -> Option<&'a str> {
        self.get(id).map(|(_, value)| value)
    }

    /// Reports all errors, in the order of the tags but for what is missing, which comes first.
    pub(crate) fn errors(&self, purpose: Option<Purpose>, found: &mut impl FnMut(Finding)) {
        let missing = |id: &u8| self.get(*id).is_none() && !(*id == 52 && purpose == Some(Purpose::Transfer));
        for id in REQUIRED.into_iter().filter(missing) {
            found(Finding::new(Rule::TagMissing).in_tag(TagPath::root(id)));
        }
        if !self.has_account {
            found(Finding::new(Rule::AccountMissing));
        }
        for (id, least, most) in LENGTHS {
            let Some((start, value)) = self.get(id) else { continue };
            let length = if self.is_ascii { value.len() } else { value.chars().count() };
            if (least..=most).contains(&length) {
                self.form(id, start, value, found);
            } else {
                found(Finding::placed(Rule::TagLength, id, start));
            }
        }
        self.orphans(found);
    }

    /// Checks a value whose length is right.
    fn form(&self, id: u8, start: usize, value: &str, found: &mut impl FnMut(Finding)) {
        let is_digits = || value.bytes().all(|byte| byte.is_ascii_digit());
        let rule = match id {
            1 if !matches!(value, "11" | "12") => Rule::InitiationValue,
            52 if !is_digits() => Rule::CategoryForm,
            53 if !is_digits() => Rule::CurrencyForm,
            53 if value != "360" && self.value(58) == Some("ID") => Rule::CurrencyNotRupiah,
            54 => match amount(value, self.value(53) == Some("360")) {
                Ok(()) => return,
                Err(rule) => rule,
            },
            55 => return self.tip(start, value, found),
            56 if amount(value, self.value(53) == Some("360")).is_err() => Rule::TipValue,
            57 if hundredths(value).is_none_or(|hundredths| hundredths == 0) => Rule::TipValue,
            58 if !value.bytes().all(|byte| byte.is_ascii_uppercase()) => Rule::CountryForm,
            _ => return,
        };
        found(Finding::placed(rule, id, start));
    }

    /// Checks tag 55.
    fn tip(&self, start: usize, value: &str, found: &mut impl FnMut(Finding)) {
        let announced = match value {
            "01" => return,
            "02" => 56,
            "03" => 57,
            _ => return found(Finding::placed(Rule::TipIndicator, 55, start)),
        };
        if self.get(announced).is_none() {
            found(Finding::placed(Rule::TipMissing, 55, start));
        }
    }

    /// Finds fees that tag 55 does not announce.
    fn orphans(&self, found: &mut impl FnMut(Finding)) {
        for (id, announcement) in [(56, "02"), (57, "03")] {
            if let Some((start, _)) = self.get(id)
                && self.value(55) != Some(announcement)
            {
                found(Finding::placed(Rule::TipOrphan, id, start));
            }
        }
    }
}

/// Checks an amount. The decimals of other currencies are not known here.
fn amount(value: &str, is_rupiah: bool) -> Result<(), Rule> {
    let (whole, decimals) = value.split_once('.').unwrap_or((value, ""));
    let is_digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    let is_zero = |text: &str| text.bytes().all(|byte| byte == b'0');
    if whole.is_empty() || !is_digits(whole) || !is_digits(decimals) || (is_rupiah && decimals.len() > 2) {
        Err(Rule::AmountForm)
    } else if is_zero(whole) && is_zero(decimals) {
        Err(Rule::AmountZero)
    } else if is_rupiah && !is_zero(decimals) {
        Err(Rule::AmountFraction)
    } else {
        Ok(())
    }
}
