//! A payload: reading it, and what it says.

use crate::crc::{crc16, hex};
use crate::tags::{CHECKSUM, HEADER, START, check_template, is_ascii, is_repeated, is_template, is_usual};
use crate::{Accounts, Purpose, QrisError, QrisErrorKind, Tags};

/// The longest payload that is read, in bytes. EMVCo recommends at most 512 characters.
pub const MAX_PAYLOAD: usize = 4096;

/// A payload that has been read and whose checksum is right.
///
/// It borrows the text and owns nothing; copying it is cheap. Every question walks over the payload again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Qris<'a> {
    payload: &'a str,
    is_ascii: bool,
}

/// Whether a payload is for many payments or for one: tag 01.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Initiation {
    /// `11`: the same payload for many payments.
    Static,
    /// `12`: one payload for one payment.
    Dynamic,
}

impl<'a> Qris<'a> {
    /// Reads a payload and verifies its checksum.
    ///
    /// The payload is the text that the QR code holds, with nothing around it: white space before, after or within is
    /// an error. It must begin with tag 00 = `01` and end with the checksum in tag 63; the tags between may stand in
    /// any order, and unknown ones are kept. Lengths count characters, the checksum covers the bytes of UTF-8. The
    /// checksum may be in lower case, though EMVCo shows it in upper case.
    ///
    /// Within the templates that this type has methods for (26 to 45, 51 and 62), the sub-tags are checked the same
    /// way. An empty value (length 00) is read, though EMVCo asks for one character at least. What the values mean is
    /// not checked: neither is a check digit of the merchant's account, nor must a national merchant ID be there.
    ///
    /// # Errors
    ///
    /// [`TooLong`], [`Truncated`], [`NotDigits`], [`Repeated`], [`Format`], [`ChecksumPlace`] or [`Checksum`].
    ///
    /// [`TooLong`]: QrisErrorKind::TooLong
    /// [`Truncated`]: QrisErrorKind::Truncated
    /// [`NotDigits`]: QrisErrorKind::NotDigits
    /// [`Repeated`]: QrisErrorKind::Repeated
    /// [`Format`]: QrisErrorKind::Format
    /// [`ChecksumPlace`]: QrisErrorKind::ChecksumPlace
    /// [`Checksum`]: QrisErrorKind::Checksum
    pub fn parse(payload: &'a str) -> Result<Self, QrisError> {
        let qris = Self::with_any_checksum(payload)?;
        let digits = payload.len() - CHECKSUM;
        let (covered, stated) = payload.as_bytes().split_at(digits);
        let right = hex(crc16(covered));
        if stated != right && !stated.eq_ignore_ascii_case(&right) {
            return Err(QrisError::new(QrisErrorKind::Checksum).in_tag(63).at(digits - HEADER));
        }
        Ok(qris)
    }

    /// Reads a payload as [`Qris::parse`] does, whatever its checksum is; it is there.
    #[inline]
    pub(crate) fn with_any_checksum(payload: &'a str) -> Result<Self, QrisError> {
        if payload.len() > MAX_PAYLOAD {
            return Err(QrisErrorKind::TooLong.into());
        }
        let is_ascii = is_ascii(payload.as_bytes());
        match payload.strip_prefix(START) {
            Some(rest) if is_ascii && is_usual(rest.as_bytes()) => Ok(Self { payload, is_ascii }),
            _ => Self::read(payload, is_ascii),
        }
    }

    /// Reads a payload tag by tag.
    #[cold]
    fn read(payload: &'a str, is_ascii: bool) -> Result<Self, QrisError> {
        let mut tags = Tags { text: payload, offset: 0, is_ascii };
        if !payload.starts_with(START) {
            // What does not begin with a tag is reported as that.
            if tags.advance().is_none() {
                tags.end()?;
            }
            return Err(QrisError::new(QrisErrorKind::Format).at(0));
        }
        tags.offset = START.len();
        let mut unmet = 1;
        let mut start = tags.offset;
        while let Some((id, place)) = tags.advance() {
            if is_repeated(id, &mut unmet, || Tags { text: &payload[..start], offset: 0, ..tags }) {
                return Err(QrisError::new(QrisErrorKind::Repeated).in_tag(id).at(start));
            }
            if is_template(id) {
                let within = Tags { text: &payload[..place.end], offset: place.start, ..tags };
                check_template(within).map_err(|error| error.in_template(id))?;
            } else if id == 63 {
                if !tags.rest().is_empty() || place.len() != CHECKSUM {
                    return Err(QrisError::new(QrisErrorKind::ChecksumPlace).in_tag(63).at(start));
                }
                return Ok(Self { payload, is_ascii: tags.is_ascii });
            }
            start = tags.offset;
        }
        tags.end().and(Err(QrisError::new(QrisErrorKind::ChecksumPlace).in_tag(63).at(start)))
    }

    /// The text that was read.
    pub const fn payload(self) -> &'a str {
        self.payload
    }

    /// All tags with their values, in the payload's order, from 00 to 63.
    pub const fn tags(self) -> Tags<'a> {
        Tags { text: self.payload, offset: 0, is_ascii: self.is_ascii }
    }

    /// The value of a tag.
    pub fn get(self, id: u8) -> Option<&'a str> {
        self.tags().get(id)
    }

    /// Whether the payload is static or dynamic: tag 01. `None` if the tag is absent or holds something else.
    pub fn initiation(self) -> Option<Initiation> {
        match self.get(1)? {
            "11" => Some(Initiation::Static),
            "12" => Some(Initiation::Dynamic),
            _ => None,
        }
    }

    /// Whether tag 01 says that the payload is for one payment. It need not state an amount for that.
    pub fn is_dynamic(self) -> bool {
        self.initiation() == Some(Initiation::Dynamic)
    }

    /// The merchant's accounts: tags 26 to 45 (domestic) and 51 (national), in the payload's order.
    pub const fn accounts(self) -> Accounts<'a> {
        Accounts(self.tags())
    }

    /// The national merchant ID (NMID): sub-tag 02 of tag 51, if it has the form of one, `ID` and 13 digits. Other countries keep
    /// something else there, such as the version of Singapore's SGQR.
    pub fn nmid(self) -> Option<&'a str> {
        let is_nmid = |value: &&str| {
            value
                .strip_prefix("ID")
                .is_some_and(|rest| rest.len() == 13 && rest.bytes().all(|byte| byte.is_ascii_digit()))
        };
        Tags::new(self.get(51)?).get(2).filter(is_nmid)
    }

    /// The merchant category code (MCC), four digits: tag 52.
    pub fn category(self) -> Option<&'a str> {
        self.get(52)
    }

    /// The currency by its ISO 4217 number, `360` for rupiah: tag 53.
    pub fn currency(self) -> Option<&'a str> {
        self.get(53)
    }

    /// The country by its ISO 3166 letters, `ID` for Indonesia: tag 58.
    pub fn country(self) -> Option<&'a str> {
        self.get(58)
    }

    /// The merchant's name: tag 59.
    pub fn merchant_name(self) -> Option<&'a str> {
        self.get(59)
    }

    /// The merchant's city: tag 60.
    pub fn merchant_city(self) -> Option<&'a str> {
        self.get(60)
    }

    /// The merchant's postal code: tag 61.
    pub fn postal_code(self) -> Option<&'a str> {
        self.get(61)
    }

    /// The sub-tags of tag 62, additional data, with their values, in the payload's order.
    pub fn additional(self) -> Option<Tags<'a>> {
        self.get(62).map(Tags::new)
    }

    /// The label by which merchant and acquirer know the payment: sub-tag 05 of tag 62.
    pub fn reference(self) -> Option<&'a str> {
        self.additional()?.get(5)
    }

    /// The label of the terminal: sub-tag 07 of tag 62.
    pub fn terminal(self) -> Option<&'a str> {
        self.additional()?.get(7)
    }

    /// What the code is for: sub-tag 08 of tag 62. `None` for a word that is not one of ASPI's, as other countries have them.
    pub fn purpose(self) -> Option<Purpose> {
        Purpose::of_additional(self.get(62))
    }

    /// An error in a tag, with the tag's place if it is there.
    pub(crate) fn error(self, kind: QrisErrorKind, id: u8) -> QrisError {
        let mut tags = self.tags();
        let error = QrisError::new(kind).in_tag(id);
        loop {
            let start = tags.offset;
            match tags.next() {
                Some((found, _)) if found == id => return error.at(start),
                Some(_) => {}
                None => return error,
            }
        }
    }
}
