//! Why something cannot be recorded.

/// Why something cannot be recorded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Refusal {
    /// The sandbox holds as much as it may.
    Full,
    /// Every payable amount for this price is taken by a pending payment.
    NoAmountLeft,
}

impl Refusal {
    /// In words.
    pub(crate) fn message(self) -> &'static str {
        match self {
            Self::Full => "The sandbox is full: reset it with POST /_sandbox/reset",
            Self::NoAmountLeft => "No unique amount is left for this price: too many pending payments",
        }
    }

    /// The status code that goes with it, where a refusal has the given one.
    pub(crate) fn status(self, refusal: u16) -> u16 {
        match self {
            Self::Full => 503,
            Self::NoAmountLeft => refusal,
        }
    }
}
