//! What a payload asks the payer for: the amount, and what is added to it.

use gerbang_core::{Rupiah, RupiahError};

use crate::payable::Essentials;
use crate::tip::hundredths;
use crate::{Qris, QrisError, QrisErrorKind, Tip};

impl Qris<'_> {
    /// The amount to pay, without tip: tag 54. `Ok(None)` if none is stated.
    ///
    /// The amount is read exactly: digits, then perhaps `.`, `.0` or `.00`.
    ///
    /// # Errors
    ///
    /// [`Currency`](QrisErrorKind::Currency) if there is an amount and tag 53 is not `360`, and
    /// [`Amount`](QrisErrorKind::Amount) if the amount is not whole, above [`Rupiah::MAX`] or not a number.
    pub fn amount(self) -> Result<Option<Rupiah>, QrisError> {
        self.get(54).map(|amount| self.rupiah(54, amount, self.currency())).transpose()
    }

    /// What the payer adds to the amount: tags 55, 56 and 57. `Ok(None)` if there is none of them.
    ///
    /// A percentage has up to two decimals: `5`, `0.7`, `00.70`.
    ///
    /// # Errors
    ///
    /// [`Tip`](QrisErrorKind::Tip) if tag 55 is none of `01`, `02`, `03`, if the tag that it announces is missing, if tag 56 or
    /// 57 is there without it, or if the percentage is not a number below 100 with at most two decimals. For a fixed tip also the
    /// errors of [`Qris::amount`].
    pub fn tip(self) -> Result<Option<Tip>, QrisError> {
        let error = |id| self.error(QrisErrorKind::Tip, id);
        let (fixed, percentage) = (self.get(56), self.get(57));
        let (tip, orphans) = match self.get(55) {
            None => (None, [fixed.map(|_| 56), percentage.map(|_| 57)]),
            Some("01") => (Some(Tip::Prompt), [fixed.map(|_| 56), percentage.map(|_| 57)]),
            Some("02") => {
                let fixed = self.rupiah(56, fixed.ok_or_else(|| error(55))?, self.currency())?;
                (Some(Tip::Fixed(fixed)), [None, percentage.map(|_| 57)])
            }
            Some("03") => {
                let hundredths = hundredths(percentage.ok_or_else(|| error(55))?).ok_or_else(|| error(57))?;
                (Some(Tip::Percent { hundredths }), [fixed.map(|_| 56), None])
            }
            Some(_) => return Err(error(55)),
        };
        orphans.into_iter().flatten().next().map_or(Ok(tip), |orphan| Err(error(orphan)))
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
}

/// Reads a payload, as [`Qris::parse`], and verifies that it makes the payer pay exactly the expected amount.
///
/// It is for the moment a gateway returns a payload for an order. The payer's app may ask for a tip (tag 55 = `01`), which is
/// the payer's own wish; a payload that adds a tip or a fee by itself is refused. [`report`](crate::report()) says what else is
/// wrong with a payload.
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
/// states no amount; [`OtherAmount`](QrisErrorKind::OtherAmount) if it states another one;
/// [`Surcharge`](QrisErrorKind::Surcharge) if tag 55 is not `01`, or if there is a tag 56 or 57, also one without tag 55.
pub fn verify_amount(payload: &str, expected: Rupiah) -> Result<Qris<'_>, QrisError> {
    let qris = Qris::parse(payload)?;
    check(qris, &Essentials::of(qris), expected).map(|()| qris)
}

/// Compares what a payload makes the payer pay with the expected amount, see [`verify_amount`].
pub(crate) fn check(qris: Qris<'_>, essentials: &Essentials<'_>, expected: Rupiah) -> Result<(), QrisError> {
    let amount = essentials.value(54).map(|amount| qris.rupiah(54, amount, essentials.value(53)));
    match amount.transpose()? {
        Some(stated) if stated == expected => {}
        Some(stated) => return Err(qris.error(QrisErrorKind::OtherAmount { stated, expected }, 54)),
        None => return Err(QrisError::new(QrisErrorKind::NoAmount).in_tag(54)),
    }
    let adds = |id: &u8| essentials.value(*id).is_some_and(|value| *id != 55 || value != "01");
    [55, 56, 57].into_iter().find(adds).map_or(Ok(()), |id| Err(qris.error(QrisErrorKind::Surcharge, id)))
}
