//! What an app may refuse, and what somebody should know: the rules of the levels warning and note.

use crate::payable::Essentials;
use crate::tags::HEADER;
use crate::{Finding, Initiation, Purpose, Qris, Rule, TagPath, Tags};

/// Reports all warnings and notes, in the order of the tags but for what concerns the payload as a whole, which comes last.
pub(crate) fn give(qris: Qris<'_>, essentials: &Essentials<'_>, found: &mut impl FnMut(Finding)) {
    let is_indonesian = essentials.value(58) == Some("ID");
    let purpose = qris.purpose();
    let mut tags = qris.tags();
    while let Some((start, id, value)) = tags.next_placed() {
        let tag = Tag { id, start, value };
        tag.characters(is_indonesian, found);
        match id {
            2..=25 | 46..=51 | 62 | 64..=99 if value.is_empty() => found(tag.finding(Rule::TagEmpty)),
            26..=45 => {
                tag.identifier(found);
                // What a transfer goes to is not a merchant's account.
                if is_indonesian && !(id == 40 && matches!(purpose, Some(other) if other != Purpose::Payment)) {
                    tag.account(found);
                }
            }
            51 => {
                tag.identifier(found);
                if is_indonesian {
                    tag.national(qris, found);
                }
            }
            58 if !is_indonesian && value.len() == 2 && value.bytes().all(|byte| byte.is_ascii_uppercase()) => {
                found(tag.finding(Rule::CountryForeign));
            }
            61 if !(1..=10).contains(&value.chars().count()) => found(tag.finding(Rule::PostalCodeLength)),
            62 => tag.additional(is_indonesian, found),
            46..=50 | 64 | 80..=99 if !tag.is_template() => found(tag.finding(Rule::TemplateForm)),
            46..=50 | 80..=99 => tag.identifier(found),
            64 => tag.language(found),
            _ => {}
        }
    }
    whole(qris, essentials, purpose, found);
}

/// What concerns the payload as a whole.
fn whole(qris: Qris<'_>, essentials: &Essentials<'_>, purpose: Option<Purpose>, found: &mut impl FnMut(Finding)) {
    let mut about = |rule, id| found(Finding::new(rule).in_tag(TagPath::root(id)));
    let initiation = qris.initiation();
    match (initiation, essentials.value(54)) {
        (Some(Initiation::Static), Some(_)) => about(Rule::AmountStatic, 54),
        (Some(Initiation::Dynamic), None) => about(Rule::AmountOpen, 54),
        _ => {}
    }
    if essentials.value(58) == Some("ID") {
        if essentials.value(61).is_none() {
            about(Rule::PostalCodeMissing, 61);
        }
        if initiation == Some(Initiation::Static) && qris.get(51).is_none() {
            about(Rule::NationalMissing, 51);
        }
        if purpose == Some(Purpose::Transfer) {
            let has_category = essentials.value(52).is_none_or(|category| category == "4829");
            if initiation != Some(Initiation::Dynamic) || qris.get(40).is_none() || !has_category {
                about(Rule::TransferForm, 40);
            }
        }
        if matches!(purpose, Some(other) if other != Purpose::Payment) {
            found(Finding::new(Rule::PurposeOther).in_tag(TagPath::within(62, 8)));
        }
    }
    if qris.payload().chars().count() > 512 {
        found(Finding::new(Rule::PayloadLong));
    }
}

/// A tag, where it begins, and its value.
#[derive(Clone, Copy, Debug)]
struct Tag<'a> {
    id: u8,
    start: usize,
    value: &'a str,
}

impl<'a> Tag<'a> {
    fn finding(self, rule: Rule) -> Finding {
        Finding::placed(rule, self.id, self.start)
    }

    fn sub_tags(self) -> Tags<'a> {
        Tags::new(self.value)
    }

    /// Whether the value is made of sub-tags, each of which occurs once.
    fn is_template(self) -> bool {
        let mut seen = [false; 100];
        let is_first = |(id, _): (u8, &str)| !std::mem::replace(&mut seen[usize::from(id)], true);
        self.sub_tags().are_whole() && self.sub_tags().all(is_first)
    }

    /// A finding about a sub-tag, which may be missing.
    fn about(self, rule: Rule, sub_tag: u8) -> Finding {
        let mut tags = self.sub_tags();
        let mut place = None;
        while let Some((start, id, _)) = tags.next_placed() {
            if id == sub_tag {
                place = Some(self.start + HEADER + start);
            }
        }
        Finding::new(rule).in_tag(TagPath::within(self.id, sub_tag)).at(place.unwrap_or(self.start))
    }

    fn characters(self, is_indonesian: bool, found: &mut impl FnMut(Finding)) {
        let is_allowed =
            |byte| matches!(byte, b' '..=b'~') && !(byte == b'|' && is_indonesian && matches!(self.id, 58..=61));
        if self.id <= 62 && !self.value.bytes().all(is_allowed) {
            found(self.finding(Rule::TagCharacters));
        }
    }

    fn identifier(self, found: &mut impl FnMut(Finding)) {
        if !self.sub_tags().get(0).is_some_and(|value| (1..=32).contains(&value.chars().count())) {
            found(self.about(Rule::TemplateIdentifier, 0));
        }
    }

    fn account(self, found: &mut impl FnMut(Finding)) {
        for (id, is_right) in [(1, is_pan as fn(&str) -> bool), (2, is_id), (3, is_size)] {
            if !self.sub_tags().get(id).is_some_and(is_right) {
                found(self.about(Rule::AccountForm, id));
            }
        }
    }

    fn national(self, qris: Qris<'_>, found: &mut impl FnMut(Finding)) {
        if !self.sub_tags().get(2).is_some_and(is_id) {
            found(self.about(Rule::AccountForm, 2));
        } else if qris.nmid().is_none() {
            found(self.about(Rule::NationalNmid, 2));
        }
    }

    fn additional(self, is_indonesian: bool, found: &mut impl FnMut(Finding)) {
        for (id, value) in self.sub_tags() {
            let lengths = match id {
                1..=8 => 1..=25,
                9 => 1..=3,
                10 => 1..=20,
                11 => 3..=3,
                _ => 1..=99,
            };
            if !lengths.contains(&value.chars().count()) {
                found(self.about(Rule::AdditionalLength, id));
            } else if id == 9 && !value.bytes().all(|byte| b"AME".contains(&byte)) {
                found(self.about(Rule::AdditionalRequest, id));
            } else if id == 8 && is_indonesian && Purpose::of_word(value).is_none() {
                found(self.about(Rule::PurposeUnknown, id));
            }
        }
    }

    fn language(self, found: &mut impl FnMut(Finding)) {
        let get = |id| self.sub_tags().get(id);
        let is_language =
            get(0).is_some_and(|value| value.len() == 2 && value.bytes().all(|byte| byte.is_ascii_alphabetic()));
        let has_name = get(1).is_some_and(|value| (1..=25).contains(&value.chars().count()));
        let fits = get(2).is_none_or(|value| (1..=15).contains(&value.chars().count()));
        if !(is_language && has_name && fits) {
            found(self.finding(Rule::LanguageForm));
        }
    }
}

/// Whether it can be the ID of an account.
fn is_id(value: &str) -> bool {
    (1..=15).contains(&value.chars().count()) && !value.contains('|')
}

fn is_pan(value: &str) -> bool {
    (1..=19).contains(&value.len()) && value.bytes().all(|byte| byte.is_ascii_digit())
}

/// Whether it is a merchant's size.
fn is_size(value: &str) -> bool {
    matches!(value, "UMI" | "UKE" | "UME" | "UBE" | "URE" | "PSO" | "BLU")
}
