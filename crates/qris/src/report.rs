//! All that is wrong with a payload.

use std::borrow::Cow;
use std::fmt;

use crate::pasted::{Pasted, explain};
use crate::payable::Essentials;
use crate::{Level, Purpose, Qris, QrisError, QrisErrorKind, Rule, TagPath, advice};

/// One thing that is wrong with a payload, or that somebody should know of it.
///
/// Displayed, it is one line in English, which holds nothing of the payload but tags and positions.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Finding {
    rule: Rule,
    tag: Option<TagPath>,
    offset: Option<usize>,
}

impl Finding {
    pub(crate) const fn new(rule: Rule) -> Self {
        Self { rule, tag: None, offset: None }
    }

    pub(crate) const fn in_tag(mut self, tag: TagPath) -> Self {
        self.tag = Some(tag);
        self
    }

    pub(crate) const fn at(mut self, offset: usize) -> Self {
        self.offset = Some(offset);
        self
    }

    /// A finding in a tag that begins there.
    pub(crate) const fn placed(rule: Rule, tag: u8, offset: usize) -> Self {
        Self::new(rule).in_tag(TagPath::root(tag)).at(offset)
    }

    /// The finding for an error of [`Qris::parse`].
    fn of(error: &QrisError) -> Self {
        let rule = match error.kind() {
            QrisErrorKind::TooLong => Rule::PayloadTooLong,
            QrisErrorKind::Truncated => Rule::PayloadTruncated,
            QrisErrorKind::NotDigits => Rule::PayloadDigits,
            QrisErrorKind::Repeated => Rule::TagRepeated,
            QrisErrorKind::ChecksumPlace => Rule::ChecksumPlace,
            QrisErrorKind::Checksum => Rule::ChecksumWrong,
            _ => Rule::PayloadFormat,
        };
        Self { rule, tag: error.tag(), offset: error.offset() }
    }

    /// Which rule is broken; it has the code, the level and the sentences.
    pub const fn rule(&self) -> Rule {
        self.rule
    }

    /// The tag or sub-tag at fault, also one that is missing.
    pub const fn tag(&self) -> Option<TagPath> {
        self.tag
    }

    /// Where it is, in bytes from the start of [`Report::payload`]: where the tag at fault begins, or its template if the sub-tag is
    /// missing. For what surrounds the payload (`text.…`), in the text that was reported on.
    pub const fn offset(&self) -> Option<usize> {
        self.offset
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.tag, self.offset) {
            (Some(tag), Some(offset)) => write!(f, "tag {tag}, byte {offset}: ")?,
            (Some(tag), None) => write!(f, "tag {tag}: ")?,
            (None, Some(offset)) => write!(f, "byte {offset}: ")?,
            (None, None) => {}
        }
        f.write_str(self.rule.english())
    }
}

/// All that is wrong with a text, or with the payload in it; see [`report`].
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Report<'a> {
    payload: Cow<'a, str>,
    findings: Vec<Finding>,
}

impl<'a> Report<'a> {
    /// The payload without what surrounds it. If there is none, the text.
    pub fn payload(&self) -> &str {
        &self.payload
    }

    /// What was found: first what surrounds the payload, then errors, then warnings and notes.
    pub fn findings(&self) -> &[Finding] {
        &self.findings
    }

    /// Whether something was found for which no app can pay it.
    pub fn has_errors(&self) -> bool {
        self.findings.iter().any(|finding| finding.rule.level() == Level::Error)
    }
}

/// Reports on any text: what surrounds a payload in it, why it is none, and what is wrong with the payload.
///
/// White space, quotes, invisible characters and a link around a payload are taken off and named. Where the text cannot be taken
/// apart, the rest of it is not judged; where only its checksum is wrong, it is.
///
/// ```
/// use gerbang_qris::{Level, report};
///
/// let report = report("\"0002010102115204581253033605802ID5913WARUNG CONTOH6007BANDUNG610540111630492FC\"");
/// assert!(report.has_errors() && report.payload().starts_with("000201"));
/// let codes: Vec<_> = report.findings().iter().map(|finding| finding.rule().code()).collect();
/// assert_eq!(codes, ["text.quotes", "account.missing", "national.missing"]);
/// ```
pub fn report(text: &str) -> Report<'_> {
    let Pasted { payload, mut findings } = Pasted::read(text);
    let found = &mut |finding| findings.push(finding);
    match Qris::parse(&payload) {
        Ok(qris) => judge(qris, found),
        Err(error) => {
            found(Finding::of(&error));
            match Qris::with_any_checksum(&payload) {
                Ok(qris) => judge(qris, found),
                Err(_) => explain(&payload, found),
            }
        }
    }
    Report { payload, findings }
}

impl<'a> Qris<'a> {
    /// Reports on this payload, by the rules of EMVCo and of ASPI; see [`Rule`] for what is known of them, and [`report`] for a text
    /// that may be no payload.
    pub fn report(self) -> Report<'a> {
        let mut findings = Vec::new();
        judge(self, &mut |finding| findings.push(finding));
        Report { payload: Cow::Borrowed(self.payload()), findings }
    }
}

/// Judges a payload that can be taken apart.
fn judge(qris: Qris<'_>, found: &mut impl FnMut(Finding)) {
    let essentials = Essentials::of(qris);
    essentials.errors(Purpose::of_additional(essentials.value(62)), found);
    if let Some((start, checksum)) = essentials.get(63)
        && checksum.bytes().any(|byte| byte.is_ascii_lowercase())
        && Qris::parse(qris.payload()).is_ok()
    {
        found(Finding::placed(Rule::ChecksumLowerCase, 63, start));
    }
    advice::give(qris, &essentials, found);
}
