//! Addresses of Pakasir's own pay pages.

use std::fmt;

use gerbang_core::Rupiah;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

/// Everything but the unreserved characters of RFC 3986.
const ENCODED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// The address of a page of Pakasir's where a customer pays. Displayed, it is the URL, every part percent-encoded.
///
/// The page needs no API key and proves nothing: ask for the transaction's status before goods are handed out.
///
/// ```
/// use gerbang_core::Rupiah;
/// use gerbang_pakasir::PayPage;
///
/// let page = PayPage::new("depodomain", Rupiah::new(22_000), "240910HDE7C9").qris_only();
/// assert_eq!(page.to_string(), "https://app.pakasir.com/pay/depodomain/22000?order_id=240910HDE7C9&qris_only=1");
/// ```
///
/// Source: Pakasir's document, section B, "Integrasi Via URL", updated 27 November 2025.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PayPage {
    base_url: String,
    page: &'static str,
    slug: String,
    amount: Rupiah,
    order_id: String,
    redirect: Option<String>,
    qris_only: bool,
}

impl PayPage {
    /// The page on which the customer chooses how to pay.
    ///
    /// `slug` is the project's, `amount` the price in rupiah, `order_id` the merchant's own id of the transaction.
    pub fn new(slug: impl Into<String>, amount: Rupiah, order_id: impl Into<String>) -> Self {
        Self {
            base_url: "https://app.pakasir.com".to_owned(),
            page: "pay",
            slug: slug.into(),
            amount,
            order_id: order_id.into(),
            redirect: None,
            qris_only: false,
        }
    }

    /// Asks another server than Pakasir's own, such as a sandbox.
    #[must_use]
    pub fn base_url(mut self, base_url: impl Into<String>) -> Self {
        self.base_url = base_url.into().trim_end_matches('/').to_owned();
        self
    }

    /// Where the button "back to the merchant" leads after the payment; the page before it by default (section B.1).
    #[must_use]
    pub fn redirect(mut self, url: impl Into<String>) -> Self {
        self.redirect = Some(url.into());
        self
    }

    /// Shows the QR code at once and offers no other way to pay (section B.2).
    #[must_use]
    pub fn qris_only(mut self) -> Self {
        self.qris_only = true;
        self
    }

    /// Leads to PayPal at once (section B.3).
    #[must_use]
    pub fn paypal(mut self) -> Self {
        self.page = "paypal";
        self
    }
}

impl fmt::Display for PayPage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { base_url, page, slug, amount, order_id, redirect, qris_only } = self;
        let encode = |text| utf8_percent_encode(text, ENCODED);
        write!(f, "{base_url}/{page}/{}/{amount}?order_id={}", encode(slug), encode(order_id))?;
        if let Some(redirect) = redirect {
            write!(f, "&redirect={}", encode(redirect))?;
        }
        if *qris_only {
            f.write_str("&qris_only=1")?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page() -> PayPage {
        PayPage::new("depodomain", Rupiah::new(22_000), "240910HDE7C9")
    }

    #[test]
    fn makes_the_documented_addresses() {
        assert_eq!(page().to_string(), "https://app.pakasir.com/pay/depodomain/22000?order_id=240910HDE7C9");
        assert_eq!(
            page().redirect("https://app.depodomain.com/invoices").to_string(),
            "https://app.pakasir.com/pay/depodomain/22000?order_id=240910HDE7C9\
             &redirect=https%3A%2F%2Fapp.depodomain.com%2Finvoices"
        );
        assert_eq!(
            page().paypal().to_string(),
            "https://app.pakasir.com/paypal/depodomain/22000?order_id=240910HDE7C9"
        );
    }

    #[test]
    fn no_value_can_change_the_address() {
        let page = PayPage::new("a/../b?c#d", Rupiah::new(1), "x&qris_only=1 %")
            .redirect("https://a.example/?b=c&d=e#f")
            .base_url("http://127.0.0.1:1/pakasir/");
        assert_eq!(
            page.to_string(),
            "http://127.0.0.1:1/pakasir/pay/a%2F..%2Fb%3Fc%23d/1?order_id=x%26qris_only%3D1%20%25\
             &redirect=https%3A%2F%2Fa.example%2F%3Fb%3Dc%26d%3De%23f"
        );
    }
}
