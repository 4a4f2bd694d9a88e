//! A payload: reading it, and what it says.

use std::ops::Range;

use gerbang_core::{Rupiah, RupiahError};

use crate::crc::{crc16, hex};
use crate::tip::{Tip, hundredths};
use crate::{QrisError, QrisErrorKind};

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
    /// checksum must be in upper case.
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
        if payload.len() > MAX_PAYLOAD {
            return Err(QrisErrorKind::TooLong.into());
        }
        let mut tags = Tags { text: payload, offset: 0, is_ascii: is_ascii(payload.as_bytes()) };
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
                if !ascends(within.clone()) {
                    check_template(within).map_err(|error| error.in_tag(id))?;
                }
            } else if id == 63 {
                let digits = place.start;
                if !tags.rest().is_empty() || place.len() != 4 {
                    return Err(QrisError::new(QrisErrorKind::ChecksumPlace).in_tag(63).at(start));
                }
                if payload.as_bytes()[place] != hex(crc16(&payload.as_bytes()[..digits])) {
                    return Err(QrisError::new(QrisErrorKind::Checksum).in_tag(63).at(start));
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

    /// The national merchant ID (NMID): sub-tag 02 of tag 51.
    pub fn nmid(self) -> Option<&'a str> {
        Tags::new(self.get(51)?).get(2)
    }

    /// The merchant category code (MCC), four digits: tag 52.
    pub fn category(self) -> Option<&'a str> {
        self.get(52)
    }

    /// The currency by its ISO 4217 number, `360` for rupiah: tag 53.
    pub fn currency(self) -> Option<&'a str> {
        self.get(53)
    }

    /// The amount to pay, without tip: tag 54. `Ok(None)` if none is stated.
    ///
    /// The amount is read exactly: digits, then perhaps `.`, `.0` or `.00`.
    ///
    /// # Errors
    ///
    /// [`Currency`](QrisErrorKind::Currency) if there is an amount and tag 53 is not `360`, and
    /// [`Amount`](QrisErrorKind::Amount) if the amount is not whole, above [`Rupiah::MAX`] or not a number.
    pub fn amount(self) -> Result<Option<Rupiah>, QrisError> {
        let (currency, amount) = self.stated();
        amount.map(|amount| self.rupiah(54, amount, currency)).transpose()
    }

    /// Tags 53 and 54.
    fn stated(self) -> (Option<&'a str>, Option<&'a str>) {
        let (mut currency, mut amount) = (None, None);
        for (id, value) in self.tags() {
            match id {
                53 => currency = Some(value),
                54 => amount = Some(value),
                _ => continue,
            }
            if currency.is_some() && amount.is_some() {
                break;
            }
        }
        (currency, amount)
    }

    /// Compares the values of tags 53 and 54 with the expected amount, see [`verify_amount`].
    pub(crate) fn check_amount(
        self,
        currency: Option<&str>,
        amount: Option<&str>,
        expected: Rupiah,
    ) -> Result<(), QrisError> {
        match amount.map(|amount| self.rupiah(54, amount, currency)).transpose()? {
            Some(stated) if stated == expected => Ok(()),
            Some(stated) => Err(self.error(QrisErrorKind::OtherAmount { stated, expected }, 54)),
            None => Err(QrisError::new(QrisErrorKind::NoAmount).in_tag(54)),
        }
    }

    /// What the payer adds to the amount: tags 55, 56 and 57. `Ok(None)` if there is no tag 55.
    ///
    /// A percentage has up to two decimals: `5`, `0.7`, `00.70`.
    ///
    /// # Errors
    ///
    /// [`Tip`](QrisErrorKind::Tip) if tag 55 is none of `01`, `02`, `03`, if the tag that it announces is missing, or if
    /// the percentage is not a number below 100 with at most two decimals. For a fixed tip also the errors of
    /// [`Qris::amount`].
    pub fn tip(self) -> Result<Option<Tip>, QrisError> {
        let error = |id| self.error(QrisErrorKind::Tip, id);
        match self.get(55) {
            None => Ok(None),
            Some("01") => Ok(Some(Tip::Prompt)),
            Some("02") => {
                let value = self.get(56).ok_or_else(|| error(55))?;
                Ok(Some(Tip::Fixed(self.rupiah(56, value, self.currency())?)))
            }
            Some("03") => {
                let value = self.get(57).ok_or_else(|| error(55))?;
                let hundredths = hundredths(value).ok_or_else(|| error(57))?;
                Ok(Some(Tip::Percent { hundredths }))
            }
            Some(_) => Err(error(55)),
        }
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

    fn rupiah(self, id: u8, value: &str, currency: Option<&str>) -> Result<Rupiah, QrisError> {
        if currency != Some("360") {
            return Err(self.error(QrisErrorKind::Currency, 53));
        }
        // Rupiah allows white space around the number, and EMVCo a dot without decimals.
        let number = value.strip_suffix('.').filter(|number| !number.contains('.')).unwrap_or(value);
        let amount = if number.bytes().any(|byte| byte.is_ascii_whitespace()) {
            Err(RupiahError::NotANumber)
        } else {
            number.parse()
        };
        amount.map_err(|error| self.error(QrisErrorKind::Amount(error), id))
    }

    /// An error in a tag, with the tag's place if it is there.
    fn error(self, kind: QrisErrorKind, id: u8) -> QrisError {
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

/// Reads a payload, as [`Qris::parse`], and verifies that it asks for exactly the expected amount.
///
/// It is for the moment a gateway returns a payload for an order. A tip (see [`Qris::tip`]) is not part of the amount.
///
/// ```
/// use gerbang_core::Rupiah;
/// use gerbang_qris::{QrisErrorKind, verify_amount};
///
/// let payload = "00020101021226610016ID.CO.SHOPEE.WWW01189360091800202688450208202688450303UKE\
///                52047988530336054041.005802ID5906Duitku6015KAB. BANGKA BAR61053331562230519SP24BCXHV5D85WQ0RJ8630419E6";
/// assert!(verify_amount(payload, Rupiah::new(1)).is_ok());
/// let error = verify_amount(payload, Rupiah::new(100)).unwrap_err();
/// assert!(matches!(error.kind(), QrisErrorKind::OtherAmount { .. }));
/// ```
///
/// # Errors
///
/// Those of [`Qris::parse`] and [`Qris::amount`]; [`NoAmount`](QrisErrorKind::NoAmount) if the payload, static or dynamic,
/// states no amount; [`OtherAmount`](QrisErrorKind::OtherAmount) if it states another one.
pub fn verify_amount(payload: &str, expected: Rupiah) -> Result<Qris<'_>, QrisError> {
    let qris = Qris::parse(payload)?;
    let (currency, amount) = qris.stated();
    qris.check_amount(currency, amount, expected).map(|()| qris)
}

/// One of the merchant's accounts: a tag from 26 to 45, or 51.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Account<'a> {
    tag: u8,
    value: &'a str,
}

impl<'a> Account<'a> {
    /// The account's tag: 26 to 45, or 51 for the national account.
    pub const fn tag(self) -> u8 {
        self.tag
    }

    /// The sub-tags with their values, in the payload's order.
    pub const fn tags(self) -> Tags<'a> {
        Tags::new(self.value)
    }

    /// The value of a sub-tag.
    pub fn get(self, id: u8) -> Option<&'a str> {
        self.tags().get(id)
    }

    /// Who defines the rest, such as `ID.CO.QRIS.WWW`: sub-tag 00.
    pub fn globally_unique_id(self) -> Option<&'a str> {
        self.get(0)
    }

    /// The merchant's account number (PAN): sub-tag 01. The national account has none.
    pub fn pan(self) -> Option<&'a str> {
        self.get(1)
    }

    /// The merchant's ID with the acquirer, or in tag 51 the national merchant ID: sub-tag 02.
    pub fn merchant_id(self) -> Option<&'a str> {
        self.get(2)
    }

    /// The merchant's size: sub-tag 03, such as `UMI` (micro), `UKE` (small), `UME` (medium), `UBE` (large).
    pub fn criteria(self) -> Option<&'a str> {
        self.get(3)
    }
}

/// The merchant's accounts in a payload; see [`Qris::accounts`].
#[derive(Clone, Debug)]
pub struct Accounts<'a>(Tags<'a>);

impl<'a> Iterator for Accounts<'a> {
    type Item = Account<'a>;

    fn next(&mut self) -> Option<Account<'a>> {
        let (tag, value) = self.0.find(|(id, _)| matches!(id, 26..=45 | 51))?;
        Some(Account { tag, value })
    }
}

/// Tags and their values; see [`Qris::tags`] and [`Account::tags`].
#[derive(Clone, Debug)]
pub struct Tags<'a> {
    text: &'a str,
    offset: usize,
    /// Whether every character is a byte.
    is_ascii: bool,
}

impl<'a> Iterator for Tags<'a> {
    type Item = (u8, &'a str);

    fn next(&mut self) -> Option<(u8, &'a str)> {
        // What is walked over here has been checked.
        self.advance().map(|(id, place)| (id, &self.text[place]))
    }
}

/// How every payload begins: tag 00, of two characters, `01`.
const START: &str = "000201";

/// The length of tag and length, in bytes.
const HEADER: usize = 4;

impl<'a> Tags<'a> {
    const fn new(text: &'a str) -> Self {
        Self { text, offset: 0, is_ascii: text.is_ascii() }
    }

    fn rest(&self) -> &'a str {
        &self.text[self.offset..]
    }

    fn get(mut self, id: u8) -> Option<&'a str> {
        self.find(|&(found, _)| found == id).map(|(_, value)| value)
    }

    /// The next tag and where its value is; none, and no step, where there is no whole one.
    #[inline(always)]
    fn advance(&mut self) -> Option<(u8, Range<usize>)> {
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
    fn end(&self) -> Result<(), QrisError> {
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
fn is_repeated<'a>(id: u8, unmet: &mut u8, before: impl FnOnce() -> Tags<'a>) -> bool {
    if id < *unmet {
        return before().get(id).is_some();
    }
    *unmet = id + 1;
    false
}

/// What [`str::is_ascii`] says, which reads up to 63 bytes one by one.
fn is_ascii(bytes: &[u8]) -> bool {
    bytes.iter().fold(0, |all, byte| all | byte).is_ascii()
}

/// Whether the value of a tag is made of sub-tags that are checked: those that [`Qris`] has methods for.
fn is_template(id: u8) -> bool {
    matches!(id, 26..=45 | 51 | 62)
}

/// Whether tags follow one another up to the end and ascend, as they mostly do. Then nothing is wrong with them.
fn ascends(mut tags: Tags<'_>) -> bool {
    let mut unmet = 0;
    while let Some((id, _)) = tags.advance() {
        if id < unmet {
            return false;
        }
        unmet = id + 1;
    }
    tags.offset == tags.text.len()
}

#[cold]
fn check_template(mut tags: Tags<'_>) -> Result<(), QrisError> {
    let first = tags.offset;
    let mut unmet = 0;
    let mut start = first;
    while let Some((id, _)) = tags.advance() {
        if is_repeated(id, &mut unmet, || Tags { text: &tags.text[..start], offset: first, ..tags }) {
            return Err(QrisError::new(QrisErrorKind::Repeated).at(start));
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
