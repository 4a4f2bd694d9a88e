//! Payments for people.

use std::fmt::{Display, Write};

use anstyle::Style;
use gerbang::{Payable, Payment, PaymentStatus, Rupiah};
use jiff::Timestamp;
use jiff::tz::{Offset, TimeZone};
use serde_json::{Value, json};

use crate::handle::Handle;
use crate::lang::tr;
use crate::output::{BAD, DIM, GOOD, LARGE, OPEN};
use crate::printable::printable;

/// A payment as `--json` prints it: the stored form of [`Payment`], and the handle to go on with.
pub fn json(payment: &Payment) -> Value {
    let mut json = json!(payment);
    json["handle"] = Handle::from(payment).to_string().into();
    json
}

/// A payment in a few lines. How to pay is shown while it is pending.
pub fn text(payment: &Payment) -> String {
    lines(payment, |_| true)
}

/// A payment below its QR code, which replaces the payload and the picture of it.
pub fn text_below_code(payment: &Payment) -> String {
    lines(payment, |payable| !matches!(payable, Payable::Qris(_) | Payable::QrImage(_)))
}

/// A payment as one line.
pub fn line(payment: &Payment) -> String {
    let mut text = heading(payment);
    match payment.payable {
        Some(payable) => _ = write!(text, "  {}", rupiah(payable)),
        None => _ = write!(text, "  {} {}", tr("price"), rupiah(payment.amount)),
    }
    if let Some(at) = payment.paid_at {
        _ = write!(text, "  {DIM}{}{DIM:#} {}", tr("paid"), time(at));
    }
    text
}

/// Status, gateway and names.
fn heading(payment: &Payment) -> String {
    let style = style(payment);
    // A word of the provider's that nobody knows is a part of it.
    let status = printable(&tr(&payment.status.to_string()));
    let mut text = format!("{style}{status}{style:#}  {}", payment.provider);
    for name in [&payment.reference, &payment.id].into_iter().flatten() {
        _ = write!(text, "  {}", printable(name));
    }
    if payment.sandbox == Some(true) {
        let is_paid = payment.status == PaymentStatus::Paid;
        let what = if is_paid { "test mode: no money was paid" } else { "test mode: no money" };
        _ = write!(text, "  {OPEN}{}{OPEN:#}", tr(what));
    }
    text
}

fn lines(payment: &Payment, is_shown: impl Fn(&Payable) -> bool) -> String {
    let mut text = heading(payment);
    let is_pending = payment.status == PaymentStatus::Pending;
    // It differs from the price, and only this very amount is recognised.
    match payment.payable {
        Some(payable) => {
            let what = if is_pending { tr("pay") + " " } else { String::new() };
            _ = write!(text, "\n{LARGE}{what}{}{LARGE:#}", rupiah(payable));
        }
        // The price would be the wrong amount wherever a code or a fee is added to it.
        None if is_pending => _ = write!(text, "\n{}", tr("what is to be paid is not known here")),
        None => {}
    }
    _ = write!(text, "\n{DIM}{} {}{DIM:#}", tr("price"), rupiah(payment.amount));
    for (what, amount) in [("fee", payment.fee), ("net", payment.net)] {
        if let Some(amount) = amount {
            _ = write!(text, "  {DIM}{} {}{DIM:#}", tr(what), rupiah(amount));
        }
    }
    for (what, at) in [("expires", payment.expires_at), ("paid", payment.paid_at)] {
        if let Some(at) = at {
            _ = write!(text, "\n{} {}", tr(what), time(at));
        }
    }
    if is_pending {
        for payable in payment.pay_with.iter().filter(|payable| is_shown(payable)) {
            _ = write!(text, "\n{}", pay_with(payable));
        }
    }
    text
}

/// A time in western Indonesia.
fn time(at: Timestamp) -> impl Display {
    at.to_zoned(TimeZone::fixed(Offset::constant(7))).strftime("%Y-%m-%d %H:%M:%S WIB").to_string()
}

/// What to pay with, except a QR code as a picture.
fn pay_with(payable: &Payable) -> String {
    match payable {
        Payable::Qris(payload) => format!("QRIS {}", printable(payload)),
        Payable::QrImage(url) => format!("{} {}", tr("QR code"), printable(url)),
        Payable::VirtualAccount { bank, number } => {
            let (what, at) = (tr("virtual account"), tr("at"));
            format!("{what} {LARGE}{}{LARGE:#} {at} {}", printable(number), printable(bank))
        }
        Payable::Page(url) => format!("{} {}", tr("page"), printable(url)),
        Payable::DeepLink(url) => format!("{} {}", tr("app"), printable(url)),
        Payable::Code(code) => format!("{} {LARGE}{}{LARGE:#}", tr("code"), printable(code)),
        other => format!("{other:?}"),
    }
}

/// `Rp10.020`.
pub fn rupiah(amount: Rupiah) -> String {
    format!("Rp{}", amount.to_dotted())
}

/// The colour of a payment's status. In the test mode nothing is good.
fn style(payment: &Payment) -> Style {
    match payment.status {
        PaymentStatus::Paid if payment.sandbox == Some(true) => OPEN,
        PaymentStatus::Paid => GOOD,
        PaymentStatus::Expired | PaymentStatus::Cancelled | PaymentStatus::Failed => BAD,
        _ => OPEN,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_terminal_is_not_steered_by_a_provider() {
        let mut payment = Payment::new("kropay", Rupiah::new(10_000), PaymentStatus::Pending);
        payment.reference = Some("A\u{1b}[2J".into());
        payment.status = PaymentStatus::Unknown("B\u{1b}[2J".into());
        payment.pay_with = vec![Payable::Page("https://x\u{7}".into())];
        assert!(!text(&payment).contains("B\u{1b}"), "{:?}", text(&payment));
        payment.status = PaymentStatus::Pending;
        let plain = anstream::adapter::strip_str(&text(&payment)).to_string();
        assert!(plain.contains("A\u{FFFD}[2J") && !plain.contains('\u{1b}') && !plain.contains('\u{7}'), "{plain:?}");
    }

    #[test]
    fn a_payment_of_the_test_mode_never_looks_paid() {
        let mut payment = Payment::new("pakasir-v2", Rupiah::new(10_000), PaymentStatus::Paid);
        let good = GOOD.to_string();
        assert!(line(&payment).contains(&good));
        payment.sandbox = Some(true);
        for text in [line(&payment), text(&payment)] {
            assert!(!text.contains(&good) && text.contains("test mode: no money was paid"), "{text:?}");
        }
    }
}
