//! Tags, lengths and values: how a payload and its templates are written.

use std::ops::Range;

use crate::{QrisError, QrisErrorKind};

/// Tags and their values; see [`Qris::tags`](crate::Qris::tags) and [`Account::tags`](crate::Account::tags).
#[derive(Clone, Debug)]
pub struct Tags<'a> {
    pub(crate) text: &'a str,
    pub(crate) offset: usize,
    /// Whether every character is a byte.
    pub(crate) is_ascii: bool,
}

impl<'a> Iterator for Tags<'a> {
    type Item = (u8, &'a str);

    fn next(&mut self) -> Option<(u8, &'a str)> {
        // What is walked over here has been checked.
        self.advance().map(|(id, place)| (id, &self.text[place]))
    }
}

/// How every payload begins: tag 00, of two characters, `01`.
pub(crate) const START: &str = "000201";

/// The length of tag and length, in bytes.
pub(crate) const HEADER: usize = 4;

/// The length of the checksum, in bytes.
pub(crate) const CHECKSUM: usize = 4;

impl<'a> Tags<'a> {
    pub(crate) const fn new(text: &'a str) -> Self {
        Self { text, offset: 0, is_ascii: text.is_ascii() }
    }

    pub(crate) fn rest(&self) -> &'a str {
        &self.text[self.offset..]
    }

    /// The next tag, where it begins, and its value.
    pub(crate) fn next_placed(&mut self) -> Option<(usize, u8, &'a str)> {
        let start = self.offset;
        self.next().map(|(id, value)| (start, id, value))
    }

    /// Whether the text is made of tags up to its end, and of nothing else.
    pub(crate) fn are_whole(mut self) -> bool {
        while self.advance().is_some() {}
        self.offset == self.text.len()
    }

    pub(crate) fn get(mut self, id: u8) -> Option<&'a str> {
        self.find(|&(found, _)| found == id).map(|(_, value)| value)
    }

    /// The next tag and where its value is; none, and no step, where there is no whole one.
    #[inline(always)]
    pub(crate) fn advance(&mut self) -> Option<(u8, Range<usize>)> {
        let header = self.text.as_bytes().get(self.offset..)?.first_chunk()?;
        let (id, length) = tag_and_length(*header)?;
        let start = self.offset + HEADER;
        let end = if self.is_ascii { start + usize::from(length) } else { self.end_of(start, length.into())? };
        if end > self.text.len() {
            return None;
        }
        self.offset = end;
        Some((id, start..end))
    }

    /// Where so many characters end, in bytes; none when the text has fewer.
    #[cold]
    fn end_of(&self, start: usize, characters: usize) -> Option<usize> {
        let tail = self.text.get(start..)?;
        tail.char_indices().map(|(place, _)| start + place).chain([self.text.len()]).nth(characters)
    }

    /// Why there is no tag here: the text ends, or it is an error.
    pub(crate) fn end(&self) -> Result<(), QrisError> {
        let error = |kind| Err(QrisError::new(kind).at(self.offset));
        let rest = self.rest();
        let &[first, second, tens, ones, ..] = rest.as_bytes() else {
            return if rest.is_empty() { Ok(()) } else { error(QrisErrorKind::Truncated) };
        };
        let Some(id) = two_digits(first, second) else { return error(QrisErrorKind::NotDigits) };
        let kind = two_digits(tens, ones).map_or(QrisErrorKind::NotDigits, |_| QrisErrorKind::Truncated);
        error(kind).map_err(|error| error.in_tag(id))
    }
}

/// Whether a tag occurs among those before it, which are all below `unmet`. Tags mostly ascend, so this usually decides.
#[inline(always)]
pub(crate) fn is_repeated<'a>(id: u8, unmet: &mut u8, before: impl FnOnce() -> Tags<'a>) -> bool {
    if id < *unmet {
        return before().get(id).is_some();
    }
    *unmet = id + 1;
    false
}

/// What [`str::is_ascii`] says, which reads up to 63 bytes one by one.
#[inline]
pub(crate) fn is_ascii(bytes: &[u8]) -> bool {
    bytes.iter().fold(0, |all, byte| all | byte).is_ascii()
}

/// Whether the value of a tag is made of sub-tags that are checked: those that [`Qris`](crate::Qris) has methods for.
#[inline]
pub(crate) fn is_template(id: u8) -> bool {
    // A bit for each, as every tag is asked.
    const TEMPLATES: u64 = ((1 << 46) - (1 << 26)) | 1 << 51 | 1 << 62;
    id < 64 && TEMPLATES >> id & 1 == 1
}

/// Whether the tags after the first are as those of nearly every payload: they follow one another, ascend, also within templates, and
/// the checksum comes last. Then nothing is wrong with them. Every character is a byte.
#[inline]
pub(crate) fn is_usual(mut rest: &[u8]) -> bool {
    let mut unmet = 1;
    while let Some((id, value, after)) = split(rest) {
        if id < unmet || (is_template(id) && !ascends(value)) {
            return false;
        }
        if id == 63 {
            return value.len() == CHECKSUM && after.is_empty();
        }
        unmet = id + 1;
        rest = after;
    }
    false
}

#[inline(always)]
fn ascends(mut rest: &[u8]) -> bool {
    let mut unmet = 0;
    while let Some((id, _, after)) = split(rest) {
        if id < unmet {
            return false;
        }
        unmet = id + 1;
        rest = after;
    }
    rest.is_empty()
}

/// The first tag, its value, and what follows.
#[inline(always)]
fn split(rest: &[u8]) -> Option<(u8, &[u8], &[u8])> {
    let (header, rest) = rest.split_first_chunk()?;
    let (id, length) = tag_and_length(*header)?;
    let (value, rest) = rest.split_at_checked(length.into())?;
    Some((id, value, rest))
}

#[cold]
pub(crate) fn check_template(mut tags: Tags<'_>) -> Result<(), QrisError> {
    let first = tags.offset;
    let mut unmet = 0;
    let mut start = first;
    while let Some((id, _)) = tags.advance() {
        if is_repeated(id, &mut unmet, || Tags { text: &tags.text[..start], offset: first, ..tags }) {
            return Err(QrisError::new(QrisErrorKind::Repeated).in_tag(id).at(start));
        }
        start = tags.offset;
    }
    tags.end()
}

/// What [`two_digits`] makes of the four bytes before a value, without a branch for each.
fn tag_and_length(header: [u8; HEADER]) -> Option<(u8, u8)> {
    let digits = u32::from_le_bytes(header) ^ 0x3030_3030;
    // A byte above 9 has its upper half set, or has it once 6 is added.
    if (digits | digits.wrapping_add(0x0606_0606)) & 0xF0F0_F0F0 != 0 {
        return None;
    }
    // To each byte is added ten times the one before it, at most 99.
    let [_, id, _, length] = digits.wrapping_mul(0x0A01).to_le_bytes();
    Some((id, length))
}

fn two_digits(tens: u8, ones: u8) -> Option<u8> {
    (tens.is_ascii_digit() && ones.is_ascii_digit()).then(|| (tens - b'0') * 10 + (ones - b'0'))
}
