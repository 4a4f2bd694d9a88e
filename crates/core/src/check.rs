//! The checks that all gateways share: of a request before it is sent, and of a reply before it is believed. For those who
//! implement [`PaymentGateway`](crate::PaymentGateway).

use std::fmt;

use jiff::Timestamp;

use crate::gateway::{Capabilities, Lookup, unsupported};
use crate::payment::{NewPayment, Payment, PaymentStatus};
use crate::refund::{NewRefund, Refund};
use crate::{Delivery, Error, JakartaTime, Kind, Rupiah};

/// The longest reference that is sent.
const LONGEST_REFERENCE: usize = 50;

/// The most digits of a number that PHP and JavaScript keep exactly, whatever its first ones are.
const EXACT_DIGITS: usize = 15;

/// The error of a value that breaks a rule of the gateway's, before anything is sent.
pub fn invalid(provider: &str, what: impl fmt::Display) -> Error {
    Error::new(Kind::InvalidRequest, Delivery::NotSent, format!("{provider}: {what}"))
}

/// Checks a payment that is to be created against what the gateway can do.
///
/// # Errors
///
/// [`Kind::Unsupported`] when the gateway takes no expiry or no address to return to; [`Kind::InvalidRequest`] when the price
/// is below the least, or the reference is one that a gateway may change, see [`reference()`].
pub fn request(provider: &str, can: &Capabilities, new: &NewPayment) -> Result<(), Error> {
    if new.expires_in.is_some() && !can.expiry {
        return Err(unsupported(provider, "limit the time in which a payment can be paid"));
    }
    if new.return_url.is_some() && !can.return_url {
        return Err(unsupported(provider, "lead the customer back to an address"));
    }
    if new.amount < can.least_amount {
        let what = format_args!("the amount is {} rupiah, the least is {}", new.amount, can.least_amount);
        return Err(invalid(provider, what));
    }
    reference(provider, &new.reference)
}

/// Checks that a merchant's reference comes back from every gateway as it was sent.
///
/// References pass through PHP and MySQL, which trim blanks, fold case, take digits for numbers and cut what is long: a
/// reference that was changed on the way names a payment that can never be confirmed. Taken are 1 to 50 characters of
/// `A-Z a-z 0-9 . _ / -`. Of those that read as a number only plain ones are taken, without leading zeros and with 15 digits
/// at most: no `00123`, `1e5`, `1.50`, `-7`. `.` and `..` cannot be part of an address. Case is kept by some gateways only:
/// references must differ in more than that.
///
/// # Errors
///
/// [`Kind::InvalidRequest`] with the rule that is broken; nothing was sent.
pub fn reference(provider: &str, reference: &str) -> Result<(), Error> {
    let is_taken = |byte: u8| byte.is_ascii_alphanumeric() || b"._/-".contains(&byte);
    let is_plain_number = reference.bytes().all(|byte| byte.is_ascii_digit());
    let problem = if reference.is_empty() {
        "is empty"
    } else if reference.len() > LONGEST_REFERENCE {
        "has more than 50 characters, and may be cut"
    } else if !reference.bytes().all(is_taken) {
        "has characters other than `A-Z a-z 0-9 . _ / -`, which may be changed on the way"
    } else if reference == "." || reference == ".." {
        "cannot be part of an address"
    } else if is_plain_number && (reference.len() > EXACT_DIGITS || (reference.len() > 1 && reference.starts_with('0')))
    {
        "is a number with leading zeros or more than 15 digits, which may be changed on the way; begin it with a letter"
    } else if !is_plain_number
        && reference.parse::<f64>().is_ok()
        && !reference.bytes().all(|b| b.is_ascii_alphabetic())
    {
        "reads as a number with a point, a sign or an exponent, which may be changed on the way; begin it with a letter"
    } else {
        return Ok(());
    };
    Err(invalid(provider, format_args!("the merchant's reference {problem}")))
}

/// Checks that a payment is one of this gateway's.
///
/// # Errors
///
/// [`Kind::InvalidRequest`] when it is another's; nothing was sent.
pub fn gateway(provider: &str, payment: &Payment) -> Result<(), Error> {
    match payment.provider == provider {
        true => Ok(()),
        false => Err(invalid(provider, format_args!("the payment is of the gateway {}", payment.provider))),
    }
}

/// The payment that a gateway is asked about which finds none by the merchant's reference.
///
/// # Errors
///
/// [`Kind::Unsupported`] for [`Lookup::Reference`], and those of [`gateway()`]; nothing was sent.
pub fn known<'a>(provider: &str, lookup: Lookup<'a>) -> Result<&'a Payment, Error> {
    match lookup {
        Lookup::Payment(payment) => gateway(provider, payment).map(|()| payment),
        Lookup::Reference { .. } => Err(unsupported(provider, "find a payment by the merchant's reference")),
    }
}

/// Checks that a reply names what was asked for. What it names instead is not shown: it is the sender's text.
///
/// # Errors
///
/// [`Kind::EchoMismatch`] when `got` is not `asked`. The request was carried out, but not as asked.
pub fn echo(provider: &str, what: &str, asked: &str, got: &str) -> Result<(), Error> {
    match asked == got {
        true => Ok(()),
        false => Err(mismatch(format!("{provider} answers about another {what} than \"{asked}\""))),
    }
}

/// Checks that a reply names the merchant's reference that was sent. Case does not count, see [`reference()`].
///
/// # Errors
///
/// As [`echo`].
pub fn reference_echo(provider: &str, asked: &str, got: &str) -> Result<(), Error> {
    match asked == got || asked.eq_ignore_ascii_case(got) {
        true => Ok(()),
        false => echo(provider, "reference", asked, got),
    }
}

/// Checks that a reply names the amount that was asked for.
///
/// # Errors
///
/// [`Kind::EchoMismatch`] when `got` is not `asked`.
pub fn amount(provider: &str, what: &str, asked: Rupiah, got: Rupiah) -> Result<(), Error> {
    match asked == got {
        true => Ok(()),
        false => Err(mismatch(format!("{provider} answers with another {what}: {got} rupiah instead of {asked}"))),
    }
}

/// Checks that the customer pays the price at least, as unique codes and fees are added to it, and no more than
/// [`Capabilities::surcharge`] allows.
///
/// # Errors
///
/// [`Kind::EchoMismatch`] otherwise.
pub fn payable(provider: &str, can: &Capabilities, amount: Rupiah, payable: Rupiah) -> Result<(), Error> {
    let asks = |than| mismatch(format!("{provider} asks the customer for {payable} rupiah, {than}"));
    if payable < amount {
        return Err(asks(format!("less than the price of {amount}")));
    }
    match can.surcharge.map(|surcharge| surcharge.most(amount)) {
        Some(most) if payable > most => {
            Err(asks(format!("more than its fees and codes can add to the price of {amount} ({most} at most)")))
        }
        _ => Ok(()),
    }
}

/// The expiry in a reply to a creation. One that is past already cannot be right: it is left out, with a `tracing` event, so
/// that nobody stops waiting for it. A server that writes another zone's time without saying so, such as UTC, is the likely
/// cause.
///
/// Where a time was asked for, an expiry that is more than an hour off is left out as well. Both are counted from
/// [`NewPayment::sent_time`].
pub fn expiry(provider: &'static str, time: Option<&JakartaTime>, new: &NewPayment) -> Option<Timestamp> {
    const HOUR: u64 = 3600;
    let expiry = time?.timestamp().ok()?;
    let left = expiry.as_second() - new.sent_time().as_second();
    let is_off = new.expires_in.is_some_and(|asked| left.abs_diff(asked.as_secs() as i64) > HOUR);
    if left <= 0 || is_off {
        tracing::warn!(gerbang.provider = provider, "a new payment's expiry cannot be and is not believed");
        return None;
    }
    Some(expiry)
}

/// Checks a refund before it is sent: its reference, which may have no `.` and no `/` besides what [`reference()`] says, and its
/// amount, which is 1 rupiah at least and no more than the customer paid.
///
/// # Errors
///
/// [`Kind::InvalidRequest`] otherwise, and for a payment of another gateway; nothing was sent.
pub fn refund(provider: &str, payment: &Payment, refund: &NewRefund) -> Result<(), Error> {
    gateway(provider, payment)?;
    reference(provider, &refund.reference)?;
    if refund.reference.contains(['.', '/']) {
        return Err(invalid(provider, "the reference of a refund has characters other than `A-Z a-z 0-9 _ -`"));
    }
    let most = payment.payable.unwrap_or(payment.amount);
    if refund.amount == Rupiah::ZERO || refund.amount > most {
        let what = format_args!("{} rupiah cannot be refunded of a payment of {most}", refund.amount);
        return Err(invalid(provider, what));
    }
    Ok(())
}

/// A refund that was accepted, after which a gateway says that `total` rupiah of the payment have gone back.
///
/// # Errors
///
/// [`Kind::EchoMismatch`] when that is less than was asked for, or more than the customer paid.
pub fn refunded(provider: &str, payment: &Payment, asked: &NewRefund, total: Rupiah) -> Result<Refund, Error> {
    let most = payment.payable.unwrap_or(payment.amount);
    match (asked.amount..=most).contains(&total) {
        true => Ok(Refund::new(asked, total)),
        false => Err(mismatch(format!(
            "{provider} says that {total} rupiah were refunded in all, after a refund of {} and of a payment of {most}",
            asked.amount
        ))),
    }
}

/// Whether the address of a picture or page can be shown to a customer: `https:`, or `http:` on this machine, as a sandbox has.
/// By `http:` anybody on the way can put another QR code in its place; other schemes may run a script.
pub fn is_safe_address(address: &str) -> bool {
    if let Some(rest) = address.strip_prefix("https://") {
        return rest.starts_with(|first: char| first.is_ascii_alphanumeric() || first == '[');
    }
    let Some(rest) = address.strip_prefix("http://") else { return false };
    let host = ["localhost", "127.0.0.1", "[::1]"].iter().find_map(|host| rest.strip_prefix(host));
    host.is_some_and(|rest| {
        let after_port = rest.strip_prefix(':').map(|port| port.trim_start_matches(|c: char| c.is_ascii_digit()));
        after_port.unwrap_or(rest).is_empty() || after_port.unwrap_or(rest).starts_with(['/', '?', '#'])
    })
}

/// A payment after its cancellation was accepted and its state was asked for.
///
/// # Errors
///
/// [`Kind::Rejected`] and [`Delivery::MaybeSent`] when it is open all the same: the customer can still pay.
pub fn cancelled(payment: Payment) -> Result<Payment, Error> {
    match &payment.status {
        PaymentStatus::Paid => Ok(payment),
        status if status.is_closed() => Ok(payment),
        status => {
            let what = format!(
                "{} accepted the cancellation, but the payment is {status}: the customer may still pay it",
                payment.provider
            );
            Err(Error::new(Kind::Rejected, Delivery::MaybeSent, what))
        }
    }
}

/// The error of a reply about something else than was asked for.
pub(crate) fn mismatch(what: String) -> Error {
    Error::new(Kind::EchoMismatch, Delivery::MaybeSent, what)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::gateway::Surcharge;

    const PRICE: Rupiah = Rupiah::new(10_000);

    fn can() -> Capabilities {
        let mut can = Capabilities::new(Rupiah::new(1_000));
        can.surcharge = Some(Surcharge { per_mille: 10, fixed: Rupiah::new(999) });
        can
    }

    #[test]
    fn refund_is_of_what_was_paid_by_a_plain_reference() {
        let mut payment = Payment::new("x", PRICE, PaymentStatus::Paid);
        let refuses = |payment: &Payment, reference: &str, amount| {
            let error = refund("x", payment, &NewRefund::new(reference, Rupiah::new(amount))).unwrap_err();
            (error.kind(), error.delivery()) == (Kind::InvalidRequest, Delivery::NotSent)
        };
        for amount in [1, 10_000] {
            assert!(refund("x", &payment, &NewRefund::new("R-1_a", Rupiah::new(amount))).is_ok());
        }
        assert!(refuses(&payment, "R-1", 0) && refuses(&payment, "R-1", 10_001));
        for reference in ["", "R.1", "R/1", "R 1", "0123"] {
            assert!(refuses(&payment, reference, 1), "{reference}");
        }
        assert!(refuses(&Payment::new("y", PRICE, PaymentStatus::Paid), "R-1", 1));
        payment.payable = Some(Rupiah::new(10_007));
        assert!(refund("x", &payment, &NewRefund::new("R-1", Rupiah::new(10_007))).is_ok());
    }

    #[test]
    fn reply_to_a_refund_counts_it() {
        let payment = Payment::new("x", PRICE, PaymentStatus::Paid);
        let asked = NewRefund::new("R-1", Rupiah::new(4_000));
        for total in [4_000, 10_000] {
            let refund = refunded("x", &payment, &asked, Rupiah::new(total)).unwrap();
            assert_eq!((refund.amount, refund.total), (Rupiah::new(4_000), Rupiah::new(total)));
        }
        for total in [0, 3_999, 10_001] {
            let error = refunded("x", &payment, &asked, Rupiah::new(total)).unwrap_err();
            assert_eq!((error.kind(), error.delivery()), (Kind::EchoMismatch, Delivery::MaybeSent), "{total}");
        }
    }

    #[test]
    fn reply_about_something_else_is_a_mismatch_without_its_text() {
        assert!(echo("kropay", "reference", "A", "A").is_ok());
        let error = echo("kropay", "reference", "A", "CANARY").unwrap_err();
        assert_eq!((error.kind(), error.delivery()), (Kind::EchoMismatch, Delivery::MaybeSent));
        assert!(error.to_string().contains("\"A\"") && !error.to_string().contains("CANARY"), "{error}");
        assert!(reference_echo("kropay", "order-a", "ORDER-A").is_ok());
        assert!(reference_echo("kropay", "order-a", "ORDER-B").is_err());
        assert!(amount("kropay", "amount", PRICE, PRICE).is_ok());
        assert_eq!(amount("kropay", "amount", PRICE, Rupiah::new(9_999)).unwrap_err().kind(), Kind::EchoMismatch);
    }

    #[test]
    fn payable_amount_lies_between_price_and_price_plus_fees() {
        for good in [10_000, 10_001, 11_099] {
            assert!(payable("kropay", &can(), PRICE, Rupiah::new(good)).is_ok(), "{good}");
        }
        for bad in [0, 9_999, 11_100, 99_000_000] {
            let error = payable("kropay", &can(), PRICE, Rupiah::new(bad)).unwrap_err();
            assert_eq!((error.kind(), error.delivery()), (Kind::EchoMismatch, Delivery::MaybeSent), "{bad}");
        }
        let unbounded = Capabilities::new(Rupiah::new(1));
        assert!(payable("kropay", &unbounded, PRICE, Rupiah::MAX).is_ok());
    }

    #[test]
    fn payment_of_another_gateway_is_refused_before_sending() {
        let payment = Payment::new("kropay", PRICE, PaymentStatus::Pending);
        assert!(gateway("kropay", &payment).is_ok());
        let error = gateway("kazukipay", &payment).unwrap_err();
        assert_eq!((error.kind(), error.delivery()), (Kind::InvalidRequest, Delivery::NotSent));
        assert_eq!(known("kropay", (&payment).into()).unwrap(), &payment);
        assert_eq!(known("kazukipay", (&payment).into()).unwrap_err().kind(), Kind::InvalidRequest);
        let by_reference = Lookup::Reference { reference: "ORDER-1", amount: PRICE };
        assert_eq!(known("kropay", by_reference).unwrap_err().kind(), Kind::Unsupported);
    }

    #[test]
    fn reference_that_may_be_changed_is_refused() {
        let longest = "A".repeat(50);
        for good in [
            "ORDER-12345",
            "INV/2026/001",
            "1234/917/ATG",
            "a.b_c",
            "1",
            "0",
            "123456789012345",
            "A00123",
            "2026-11-29",
            "nan",
            "infinity",
            "e5",
            "1.2.3",
            "0x1F",
            "-",
            &longest,
        ] {
            assert!(reference("x", good).is_ok(), "{good}");
        }
        let long = "A".repeat(51);
        for bad in [
            "",
            " ",
            " R",
            "R ",
            "R R",
            "00123",
            "1e3",
            "1E5",
            "-1e5",
            "1.5",
            "1.",
            ".5",
            "-7",
            "1234567890123456",
            ".",
            "..",
            "pesanan\u{e9}",
            "\u{1f600}",
            "A\nB",
            "A\tB",
            "A?B",
            "A#B",
            "A%2fB",
            "A\\B",
            "A&B",
            "A+B",
            &long,
        ] {
            let error = reference("x", bad).unwrap_err();
            assert_eq!((error.kind(), error.delivery()), (Kind::InvalidRequest, Delivery::NotSent), "{bad:?}");
        }
    }

    #[test]
    fn request_is_held_to_what_the_gateway_can_do() {
        let new = || NewPayment::new("ORDER-1", Rupiah::new(1_000));
        assert!(request("x", &can(), &new()).is_ok());
        let kind = |new: NewPayment| request("x", &can(), &new).unwrap_err().kind();
        assert_eq!(kind(new().expires_in(Duration::from_secs(900))), Kind::Unsupported);
        assert_eq!(kind(new().return_url("https://shop.example")), Kind::Unsupported);
        assert_eq!(kind(NewPayment::new("ORDER-1", Rupiah::new(999))), Kind::InvalidRequest);
        assert_eq!(kind(NewPayment::new("1e5", Rupiah::new(1_000))), Kind::InvalidRequest);
        let mut able = can();
        (able.expiry, able.return_url) = (true, true);
        let all = new().expires_in(Duration::from_secs(900)).return_url("https://shop.example");
        assert!(request("x", &able, &all).is_ok());
    }

    #[test]
    fn expiry_that_is_past_at_the_creation_is_not_believed() {
        let new = NewPayment::new("ORDER-1", PRICE).sent_at("2026-05-30T08:30:00Z".parse().unwrap());
        let read_of = |time: &str, new: &NewPayment| expiry("x", Some(&JakartaTime::new(time)), new);
        let read = |time: &str| read_of(time, &new);
        assert_eq!(read("2026-05-30 16:30:00").unwrap().to_string(), "2026-05-30T09:30:00Z");
        // An hour from then, written in UTC.
        assert_eq!(read("2026-05-30 09:30:00"), None);
        assert_eq!(read("1970-01-01 07:00:00"), None);
        assert_eq!(read("2026-05-30 15:30:00"), None);
        assert_eq!(read("soon"), None);
        assert_eq!(expiry("x", None, &new), None);
        // Eight hours were asked for, and written in UTC.
        let asked = new.clone().expires_in(Duration::from_secs(8 * 3600));
        assert_eq!(read_of("2026-05-30 16:30:00", &asked), None);
        assert!(read_of("2026-05-30 23:30:00", &asked).is_some() && read_of("2026-05-30 22:31:00", &asked).is_some());
        // Off by an hour exactly, and by a second more.
        assert!(read_of("2026-05-30 22:30:00", &asked).is_some() && read_of("2026-05-31 00:30:00", &asked).is_some());
        assert_eq!(read_of("2026-05-30 22:29:59", &asked), None);
    }

    #[test]
    fn expiry_is_compared_with_the_own_clock_unless_told() {
        let new = NewPayment::new("ORDER-1", PRICE);
        let in_seconds = |seconds| Timestamp::from_second(Timestamp::now().as_second() + seconds).unwrap();
        let read = |time: Timestamp| expiry("x", Some(&JakartaTime::new(time.to_string())), &new);
        let in_an_hour = in_seconds(3600);
        assert_eq!((read(in_an_hour), read(in_seconds(-60))), (Some(in_an_hour), None));
    }

    #[test]
    fn only_https_and_this_machine_are_safe_addresses() {
        for good in ["https://img.example/qr.png", "http://127.0.0.1:8080/qr.png", "http://localhost", "http://[::1]/x"]
        {
            assert!(is_safe_address(good), "{good}");
        }
        for bad in [
            "",
            "https://",
            "https:///x",
            "http://img.example/qr.png",
            "/uploads/qr.png",
            "//img.example/qr.png",
            "javascript:alert(1)",
            "http://127.0.0.1.example/",
            "http://127.0.0.1@example/",
            "http://127.0.0.1:80@example/",
            "http://localhost.example",
            " https://img.example",
        ] {
            assert!(!is_safe_address(bad), "{bad}");
        }
    }

    #[test]
    fn cancellation_counts_only_when_the_payment_is_closed_or_paid() {
        let after = |status| cancelled(Payment::new("x", PRICE, status));
        for status in [PaymentStatus::Cancelled, PaymentStatus::Expired, PaymentStatus::Failed, PaymentStatus::Paid] {
            assert!(after(status).is_ok());
        }
        for status in [PaymentStatus::Pending, PaymentStatus::Unknown("odd".into())] {
            let error = after(status).unwrap_err();
            assert_eq!((error.kind(), error.delivery()), (Kind::Rejected, Delivery::MaybeSent));
        }
    }
}
