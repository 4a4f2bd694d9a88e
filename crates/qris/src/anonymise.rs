//! A payload for a bug report.

use crate::write::{push, seal};
use crate::{Purpose, Qris, TagPath, Tags};

impl Qris<'_> {
    /// The same payload without what names somebody, for a bug report: with the same tags in the same order, and as long.
    ///
    /// Letters become `X` or `x`, digits `0`, and other characters one that takes as many bytes; spaces and punctuation stay. That is
    /// done to accounts, the merchant's name, city and postal code, additional data, and all tags above 63. What is kept: who defines
    /// an account (sub-tag 00), the acquirer's digits of a PAN, the merchant's size, a purpose that is a word of ASPI's, the category,
    /// the currency, the amount, the tip and the country. The checksum is recomputed; no app can pay the result.
    ///
    /// ```
    /// use gerbang_qris::{Qris, QrisBuilder};
    ///
    /// let sticker = QrisBuilder::new("Warung Budi", "BANDUNG", "5812").nmid("ID1024322842930", "UMI").build()?;
    /// let anonymous = Qris::parse(&sticker)?.anonymise();
    /// let anonymous = Qris::parse(&anonymous)?;
    /// assert_eq!(anonymous.merchant_name(), Some("Xxxxxx Xxxx"));
    /// assert_eq!(anonymous.nmid(), Some("ID0000000000000"));
    /// # Ok::<(), gerbang_qris::QrisError>(())
    /// ```
    pub fn anonymise(self) -> String {
        let mut out = String::with_capacity(self.payload().len());
        for (id, value) in self.tags() {
            let tags = Tags::new(value);
            match id {
                63 => {}
                26..=51 | 62 | 64..=99 if tags.clone().are_whole() => {
                    let mut template = String::with_capacity(value.len());
                    for (sub_tag, value) in tags {
                        push(&mut template, sub_tag, &sub_value(TagPath::within(id, sub_tag), value));
                    }
                    push(&mut out, id, &template);
                }
                2..=51 | 59..=62 | 64..=99 => push(&mut out, id, &masked(value)),
                _ => push(&mut out, id, value),
            }
        }
        seal(out)
    }
}

/// What the value of a sub-tag becomes.
fn sub_value(path: TagPath, value: &str) -> String {
    let is_account = matches!(path.tag(), 26..=51);
    // The first digits are kept, the others masked.
    let kept = match path.sub_tag() {
        // An address is a person's.
        Some(0) if is_account && !value.contains('@') => value.len(),
        Some(0) if path.tag() == 64 => value.len(),
        Some(1) if is_account && value.is_ascii() && value.starts_with("9360") => value.len().min(8),
        Some(2) if path.tag() == 51 && value.starts_with("ID") => 2,
        Some(3) if is_account && value.len() == 3 && value.is_ascii() => 3,
        Some(8) if path.tag() == 62 && Purpose::of_word(value).is_some() => value.len(),
        Some(9) if path.tag() == 62 && value.bytes().all(|byte| b"AME".contains(&byte)) => value.len(),
        _ => 0,
    };
    let (kept, rest) = value.split_at(kept);
    format!("{kept}{}", masked(rest))
}

fn masked(value: &str) -> String {
    let mask = |character: char| match (character, character.len_utf8()) {
        ('A'..='Z', _) => 'X',
        ('a'..='z', _) => 'x',
        ('0'..='9', _) => '0',
        (_, 1) => character,
        (_, 2) => 'é',
        (_, 3) => '文',
        _ => '😀',
    };
    value.chars().map(mask).collect()
}
