//! What people paste for a payload: what surrounds it, and what is none.

use std::borrow::Cow;

use crate::tags::START;
use crate::{Finding, MAX_PAYLOAD, Qris, Rule, Tags};

/// A text that somebody pasted or saved.
#[derive(Debug)]
pub(crate) struct Pasted<'a> {
    /// The payload; the text without what surrounds it, if there is none.
    pub(crate) payload: Cow<'a, str>,
    pub(crate) findings: Vec<Finding>,
}

impl<'a> Pasted<'a> {
    pub(crate) fn read(text: &'a str) -> Self {
        let mut findings: Vec<Finding> = Vec::new();
        let mut found = |rule, offset| {
            if findings.iter().all(|finding| finding.rule() != rule) {
                findings.push(Finding::new(rule).at(offset));
            }
        };
        let mut start = 0;
        while let Some((character, rule)) = text[start..].chars().next().and_then(|c| Some((c, surrounding(c)?))) {
            // It is a mark at the very beginning only.
            found(if character == BYTE_ORDER_MARK && start == 0 { Rule::TextByteOrderMark } else { rule }, start);
            start += character.len_utf8();
        }
        let mut end = text.len();
        while let Some((character, rule)) =
            text[start..end].chars().next_back().and_then(|c| Some((c, surrounding(c)?)))
        {
            end -= character.len_utf8();
            found(rule, end);
        }
        let inner = &text[start..end];
        let payload = if inner.starts_with(START) { None } else { foreign(inner, &mut |rule| found(rule, start)) };
        Self { payload: payload.map_or(Cow::Borrowed(inner), Cow::Owned), findings }
    }
}

const BYTE_ORDER_MARK: char = '\u{FEFF}';

/// What a character is that surrounds a payload. No payload begins or ends with one: there are digits.
fn surrounding(character: char) -> Option<Rule> {
    match character {
        _ if character.is_whitespace() => Some(Rule::TextWhiteSpace),
        _ if is_invisible(character) => Some(Rule::TextInvisible),
        '"' | '\'' | '`' | '“' | '”' | '„' | '‘' | '’' | '«' | '»' | '<' | '>' | ',' | ';' => {
            Some(Rule::TextQuotes)
        }
        _ => None,
    }
}

/// Whether a character is neither seen nor white space: a control character, or one that joins, separates or directs others.
fn is_invisible(character: char) -> bool {
    (character.is_control() && !character.is_whitespace())
        || matches!(character, BYTE_ORDER_MARK | '\u{AD}' | '\u{61C}' | '\u{180E}' | '\u{200B}'..='\u{200F}')
        || matches!(character, '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{2064}' | '\u{2066}'..='\u{2069}')
}

/// The payload within a text that does not begin as one, if the text is a link with one.
fn foreign(text: &str, found: &mut impl FnMut(Rule)) -> Option<String> {
    let lower = text.get(..text.len().min(MAX_PAYLOAD)).unwrap_or_default().to_ascii_lowercase();
    let is_address = ["http://", "https://", "www."].iter().any(|start| lower.starts_with(start));
    if let Some(payload) = is_address.then(|| within_link(text)).flatten() {
        found(Rule::TextLink);
        return Some(payload);
    }
    if lower.starts_with("hqvdufywm") || lower.starts_with("85054350563031") {
        found(Rule::TextConsumerPresented);
    } else if lower.starts_with("data:image/") || PICTURES.iter().any(|end| lower.ends_with(end)) {
        found(Rule::TextPicture);
    } else if is_address {
        found(Rule::TextAddress);
    }
    None
}

/// How names of pictures end.
const PICTURES: [&str; 9] = [".png", ".jpg", ".jpeg", ".gif", ".webp", ".bmp", ".svg", ".heic", ".pdf"];

/// The payload in the query or the path of a link.
fn within_link(link: &str) -> Option<String> {
    let (_, payload) = link.split_at(link.find(START)?);
    let end = payload.find(['&', '#']).unwrap_or(payload.len());
    let decoded = percent_decoded(&payload[..end])?;
    // A plus sign is a space in the query of a form, and nothing else anywhere else.
    let with_spaces = percent_decoded(&payload[..end].replace('+', " "))?;
    Some(if Qris::parse(&decoded).is_err() && Qris::parse(&with_spaces).is_ok() { with_spaces } else { decoded })
}

fn percent_decoded(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let [first, after @ ..] = rest {
        let escaped = match (first, after) {
            (b'%', [high, low, ..]) => {
                std::str::from_utf8(&[*high, *low]).ok().and_then(|hex| u8::from_str_radix(hex, 16).ok())
            }
            _ => None,
        };
        bytes.push(escaped.unwrap_or(*first));
        rest = if escaped.is_some() { &after[2..] } else { after };
    }
    String::from_utf8(bytes).ok()
}

/// Explains why a text that does not parse may not do so.
pub(crate) fn explain(text: &str, found: &mut impl FnMut(Finding)) {
    let place = |is_meant: fn(char) -> bool| text.char_indices().find(|&(_, character)| is_meant(character));
    if let Some((offset, _)) = place(|character| matches!(character, '\n' | '\r')) {
        found(Finding::new(Rule::TextLineBreak).at(offset));
    }
    if let Some((offset, _)) = place(is_invisible) {
        found(Finding::new(Rule::TextHidden).at(offset));
    }
    let bytes = Tags { text, offset: 0, is_ascii: true };
    if !text.is_ascii() && text.starts_with(START) && bytes.are_whole() {
        found(Finding::new(Rule::PayloadByteLengths));
    }
}
