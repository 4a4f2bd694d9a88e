use crate::Tags;
use crate::acquirers::acquirer;

/// One of the merchant's accounts: a tag from 26 to 45, or 51.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Account<'a> {
    pub(crate) tag: u8,
    pub(crate) value: &'a str,
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

    /// Who gave the merchant the account: the short name of the bank or wallet, such as `GoPay`, by the National Numbering System
    /// (NNS), whose number is the first eight digits of the PAN. `None` for a number that the list does not have.
    ///
    /// Sources: Bank Indonesia's list (Bicara 131, article KA-01154, as of September 2026, as quoted by `qriskit` 0.2.0), as far as
    /// the list of the issuer AstraPay (`astrapay/spring-qris`, `QrisNationalNumberingSystem`) has the same numbers.
    pub fn acquirer(self) -> Option<&'static str> {
        acquirer(self.pan()?)
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

/// The merchant's accounts in a payload; see [`Qris::accounts`](crate::Qris::accounts).
#[derive(Clone, Debug)]
pub struct Accounts<'a>(pub(crate) Tags<'a>);

impl<'a> Iterator for Accounts<'a> {
    type Item = Account<'a>;

    fn next(&mut self) -> Option<Account<'a>> {
        let (tag, value) = self.0.find(|(id, _)| matches!(id, 26..=45 | 51))?;
        Some(Account { tag, value })
    }
}
