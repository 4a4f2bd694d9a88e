//! Payments for people.

use std::fmt::Write;

use anstyle::Style;
use gerbang::{Payable, Payment, PaymentStatus, Rupiah};
use jiff::tz::{Offset, TimeZone};
use serde_json::{Value, json};

use crate::handle::Handle;
use crate::output::{BAD, DIM, GOOD, LARGE, OPEN};

/// A payment as `--json` prints it: the stored form of [`Payment`], and the handle to go on with.
pub fn json(payment: &Payment) -> Value {
    let mut json = json!(payment);
    json["handle"] = Handle::from(payment).to_string().into();
    json
}

/// A payment in a few lines. How to pay is told while it is pending.
pub fn text(payment: &Payment) -> String {
    let style = style(&payment.status);
    let mut text = format!("{style}{}{style:#}  {}", payment.status, payment.provider);
    for name in [&payment.reference, &payment.id].into_iter().flatten() {
        _ = write!(text, "  {}", printable(name));
    }
    _ = write!(text, "\n{LARGE}{}{LARGE:#}", rupiah(payment.payable.unwrap_or(payment.amount)));
    if payment.payable.is_some_and(|payable| payable != payment.amount) {
        _ = write!(text, "  {DIM}price {}{DIM:#}", rupiah(payment.amount));
    }
    for (what, amount) in [("fee", payment.fee), ("net", payment.net)] {
        if let Some(amount) = amount {
            _ = write!(text, "  {DIM}{what} {}{DIM:#}", rupiah(amount));
        }
    }
    if payment.sandbox == Some(true) {
        _ = write!(text, "  {OPEN}test mode: no money{OPEN:#}");
    }
    let jakarta = TimeZone::fixed(Offset::constant(7));
    for (what, at) in [("expires", payment.expires_at), ("paid", payment.paid_at)] {
        if let Some(at) = at {
            _ = write!(text, "\n{what} {} WIB", at.to_zoned(jakarta.clone()).strftime("%Y-%m-%d %H:%M:%S"));
        }
    }
    if payment.status == PaymentStatus::Pending {
        for payable in &payment.pay_with {
            _ = write!(text, "\n{}", pay_with(payable));
        }
    }
    text
}

/// What to pay with, except a QR code as a picture.
fn pay_with(payable: &Payable) -> String {
    match payable {
        Payable::Qris(payload) => format!("QRIS {}", printable(payload)),
        Payable::QrImage(url) => format!("QR code {}", printable(url)),
        Payable::VirtualAccount { bank, number } => {
            format!("virtual account {LARGE}{}{LARGE:#} at {}", printable(number), printable(bank))
        }
        Payable::Page(url) => format!("page {}", printable(url)),
        Payable::DeepLink(url) => format!("app {}", printable(url)),
        Payable::Code(code) => format!("code {LARGE}{}{LARGE:#}", printable(code)),
        other => format!("{other:?}"),
    }
}

/// `Rp10.020`.
pub fn rupiah(amount: Rupiah) -> String {
    format!("Rp{}", amount.to_dotted())
}

/// The colour of a status.
pub fn style(status: &PaymentStatus) -> Style {
    match status {
        PaymentStatus::Paid => GOOD,
        PaymentStatus::Expired | PaymentStatus::Cancelled | PaymentStatus::Failed => BAD,
        _ => OPEN,
    }
}

/// A provider's text without what would steer a terminal.
pub fn printable(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { '\u{FFFD}' } else { c }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_terminal_is_not_steered_by_a_provider() {
        let mut payment = Payment::new("kropay", Rupiah::new(10_000), PaymentStatus::Pending);
        payment.reference = Some("A\u{1b}[2J".into());
        payment.pay_with = vec![Payable::Page("https://x\u{7}".into())];
        let plain = anstream::adapter::strip_str(&text(&payment)).to_string();
        assert!(text(&payment).matches('\u{1b}').count() > 0, "colours are there");
        assert!(plain.contains("A\u{FFFD}[2J") && !plain.contains('\u{1b}') && !plain.contains('\u{7}'), "{plain:?}");
    }
}
