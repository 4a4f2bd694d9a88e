//! The payload: reading it, and what it says.

use gerbang_core::{Rupiah, RupiahError};

use crate::account::Accounts;
use crate::crc::{crc16, hex};
use crate::tags::{START, Tags, ascends, check_template, is_ascii, is_repeated, is_template};
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

/// What the payer adds to the amount: tags 55, 56 and 57.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Tip {
    /// The payer is asked: tag 55 = `01`.
    Prompt,
    /// A fixed amount: tag 55 = `02`, the amount in tag 56.
    Fixed(Rupiah),
    /// A part of the amount: tag 55 = `03`, the percentage in tag 57.
    Percent {
        /// Hundredths of a percent, at most 9 999: 70 is 0.7 %.
        hundredths: u16,
    },
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

/// A percentage below 100 with up to two decimals, in hundredths.
fn hundredths(text: &str) -> Option<u16> {
    let (whole, decimals) = text.split_once('.').unwrap_or((text, ""));
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if whole.is_empty() || whole.len() > 2 || decimals.len() > 2 || !digits(whole) || !digits(decimals) {
        return None;
    }
    let number = |text: &str| text.bytes().fold(0, |number, digit| number * 10 + u16::from(digit - b'0'));
    let of_decimals = if decimals.len() == 1 { number(decimals) * 10 } else { number(decimals) };
    Some(number(whole) * 100 + of_decimals)
}
