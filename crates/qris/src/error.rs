use std::error::Error;
use std::fmt;

use gerbang_core::{Rupiah, RupiahError};

use crate::TagPath;

/// Why a payload cannot be read, trusted, written or drawn, and where.
///
/// Displayed, it is one line, which holds nothing of the payload but tags, positions and amounts.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct QrisError {
    kind: QrisErrorKind,
    tag: Option<TagPath>,
    offset: Option<usize>,
}

/// What is wrong with a payload.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum QrisErrorKind {
    /// The payload is longer than [`MAX_PAYLOAD`](crate::MAX_PAYLOAD), or a value is longer than its tag allows.
    TooLong,
    /// The payload, or a template in it, ends within a tag, a length or a value.
    Truncated,
    /// A tag or a length is not two digits.
    NotDigits,
    /// A tag occurs twice in the payload or in a template.
    Repeated,
    /// The payload does not begin with tag 00 = `01`, the only format there is.
    Format,
    /// Tag 63 is missing, is not four characters long, or does not end the payload.
    ChecksumPlace,
    /// The checksum is not that of the payload.
    Checksum,
    /// Tag 53 is not `360`, so that amounts are not rupiah.
    Currency,
    /// Tag 54 or 56 is not a whole amount of rupiah.
    Amount(RupiahError),
    /// Tag 55 is none of `01`, `02`, `03`, or the tag with the tip (56 or 57) is missing or unusable.
    Tip,
    /// The payload makes the payer's app add a tip or a fee to the amount: tag 55 is not `01`, or tag 56 or 57 is there.
    Surcharge,
    /// Tag 01 is neither `11` nor `12`.
    Initiation,
    /// The payload states no amount; the payer types it in.
    NoAmount,
    /// The payload states another amount than the expected one.
    OtherAmount {
        /// What tag 54 states.
        stated: Rupiah,
        /// What the caller expected.
        expected: Rupiah,
    },
    /// The payload is dynamic (tag 01 = `12`) already.
    AlreadyDynamic,
    /// An amount, a fixed tip or a percentage to be written is zero.
    Zero,
    /// A tag that a payload must have was not given to the builder.
    Missing,
    /// The builder does not take this tag, or not in this way.
    Reserved,
    /// A value given to the builder is empty, or holds characters that its tag does not allow.
    Value,
    /// The payload does not fit into a QR code of error correction level M (2 331 bytes, or more if it has many digits).
    DoesNotFit,
}

impl QrisError {
    pub(crate) const fn new(kind: QrisErrorKind) -> Self {
        Self { kind, tag: None, offset: None }
    }

    pub(crate) const fn in_tag(self, tag: u8) -> Self {
        self.at_path(TagPath::root(tag))
    }

    pub(crate) const fn at_path(mut self, path: TagPath) -> Self {
        self.tag = Some(path);
        self
    }

    /// The same error, whose tag is a sub-tag of this one.
    pub(crate) const fn in_template(self, tag: u8) -> Self {
        match self.tag {
            Some(path) => self.at_path(TagPath::within(tag, path.tag())),
            None => self.in_tag(tag),
        }
    }

    pub(crate) const fn at(mut self, offset: usize) -> Self {
        self.offset = Some(offset);
        self
    }

    /// The same error without the offset, which means nothing in a payload that the caller does not see.
    pub(crate) const fn nowhere(mut self) -> Self {
        self.offset = None;
        self
    }

    /// What is wrong.
    pub const fn kind(&self) -> &QrisErrorKind {
        &self.kind
    }

    /// The tag of the payload that is at fault, or the sub-tag, where it is known.
    pub const fn tag(&self) -> Option<TagPath> {
        self.tag
    }

    /// Where in the payload, in bytes from its start: where the tag at fault begins, or where something else is in
    /// place of a tag. `None` if no one place is at fault, and for payloads that are still to be built.
    pub const fn offset(&self) -> Option<usize> {
        self.offset
    }
}

impl From<QrisErrorKind> for QrisError {
    fn from(kind: QrisErrorKind) -> Self {
        Self::new(kind)
    }
}

impl fmt::Display for QrisError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("QRIS payload")?;
        if let Some(tag) = self.tag {
            write!(f, ", tag {tag}")?;
        }
        if let Some(offset) = self.offset {
            write!(f, ", byte {offset}")?;
        }
        write!(f, ": {}", self.kind)
    }
}

impl fmt::Display for QrisErrorKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::TooLong => "too long",
            Self::Truncated => "ends too early",
            Self::NotDigits => "a tag or a length is not two digits",
            Self::Repeated => "the tag occurs twice",
            Self::Format => "does not begin with tag 00 = 01",
            Self::ChecksumPlace => "does not end with a checksum in tag 63",
            Self::Checksum => "the checksum is wrong",
            Self::Currency => "the currency is not rupiah",
            Self::Amount(error) => return error.fmt(f),
            Self::Tip => "the tip is not stated as it must be",
            Self::Surcharge => "a tip or a fee is added to the amount",
            Self::Initiation => "the payload is neither static (11) nor dynamic (12)",
            Self::NoAmount => "no amount is stated",
            Self::OtherAmount { stated, expected } => {
                return write!(f, "the amount is {stated} instead of {expected} rupiah");
            }
            Self::AlreadyDynamic => "the payload is dynamic already",
            Self::Zero => "the amount or the percentage is zero",
            Self::Missing => "the tag is missing",
            Self::Reserved => "the tag cannot be set like this",
            Self::Value => "the value is empty or holds characters that the tag does not allow",
            Self::DoesNotFit => "does not fit into a QR code",
        })
    }
}

impl Error for QrisError {}
