use crate::tags::Tags;

/// What a code is for, by the word in sub-tag 08 of tag 62; see [`Qris::purpose`](crate::Qris::purpose).
///
/// Source: ASPI's words, as `PurposeOfTransaction` of `astrapay/spring-qris` quotes them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Purpose {
    /// A merchant is paid: no word, `***` (the payer is asked), `POSP`, or `BILL` for a bill.
    Payment,
    /// Money goes to an account: `BOOK` within a bank, `DMCT` between banks, `XBCT` to another country.
    Transfer,
    /// Cash is taken out: `CWDL`.
    Withdrawal,
    /// Cash is paid in, or a balance is filled: `CDPT`.
    Deposit,
}

impl Purpose {
    /// The purpose's name: `payment`, `transfer`, `tarik` (Indonesian for taking out), `setor` (for paying in).
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Payment => "payment",
            Self::Transfer => "transfer",
            Self::Withdrawal => "tarik",
            Self::Deposit => "setor",
        }
    }

    /// What the additional data says, tag 62: a payment where it says nothing.
    pub(crate) fn of_additional(data: Option<&str>) -> Option<Self> {
        data.and_then(|data| Tags::new(data).get(8)).map_or(Some(Self::Payment), Self::of_word)
    }

    pub(crate) fn of_word(word: &str) -> Option<Self> {
        match word {
            "POSP" | "BILL" | "***" => Some(Self::Payment),
            "BOOK" | "DMCT" | "XBCT" => Some(Self::Transfer),
            "CWDL" => Some(Self::Withdrawal),
            "CDPT" => Some(Self::Deposit),
            _ => None,
        }
    }
}
