//! Confirming a notification that was read: no panic, and a payment only where every reason is given.

use futures_util::FutureExt;
use gerbang_core::gateway::unsupported;
use gerbang_core::{
    Answer, Capabilities, Error, Lookup, NewPayment, Notification, Payment, PaymentGateway, PaymentStatus, Rupiah,
    Seen, SeenInMemory, Trust, Unconfirmed, confirm, confirm_signed,
};
use http::HeaderMap;

/// Confirms a notification against the payment that it is about and against others that differ in one point, with a gateway
/// that gives each possible answer.
///
/// # Panics
///
/// When one is confirmed that must not be, or the other way round.
pub fn check(notification: &Notification) {
    let seen = SeenInMemory::default();
    for expected in expectations(notification) {
        let fits = fits(notification, &expected);
        let believed = fits && notification.trust == Trust::Signed;
        let result = confirm_signed(notification, &expected, &seen);
        assert_eq!(result.is_ok(), believed, "{notification:?} {expected:?} {result:?}");
        for answer in [PaymentStatus::Paid, PaymentStatus::Pending, PaymentStatus::Unknown("paid".to_owned())] {
            let paid = answer == PaymentStatus::Paid;
            for status in [true, false] {
                let gateway = Canned { provider: notification.provider, status, answer: answer.clone() };
                let result = confirm(&gateway, notification, &expected, &seen).now_or_never().expect("nobody waits");
                let wanted = believed || (fits && paid && status);
                assert_eq!(result.is_ok(), wanted, "{notification:?} {expected:?} {answer} {result:?}");
                if let Ok(confirmed) = result {
                    assert_eq!(confirmed.payment().status, PaymentStatus::Paid);
                    let seen = SeenInMemory::default();
                    assert!(seen.remember(confirmed.key()).is_ok_and(|new| new));
                    let again = confirm(&gateway, notification, &expected, &seen).now_or_never().expect("nobody waits");
                    assert!(matches!(again, Err(Unconfirmed::Replay)), "{again:?}");
                }
            }
        }
    }
}

/// The payment that a notification is about, and payments that differ from it.
fn expectations(notification: &Notification) -> Vec<Payment> {
    let price = notification.amount.unwrap_or(Rupiah::new(10_000));
    let mut same = Payment::new(notification.provider, price, PaymentStatus::Pending);
    (same.id, same.reference) = (notification.id.clone(), notification.reference.clone());
    (same.payable, same.sandbox) = (notification.payable, notification.sandbox);
    let with = |change: fn(&mut Payment)| {
        let mut other = same.clone();
        change(&mut other);
        other
    };
    vec![
        with(|payment| payment.id = None),
        with(|payment| payment.id = Some("other".to_owned())),
        with(|payment| payment.reference = None),
        with(|payment| payment.reference = Some("other".to_owned())),
        with(|payment| (payment.id, payment.reference) = (None, None)),
        with(|payment| payment.amount = Rupiah::new(payment.amount.get() ^ 1)),
        with(|payment| payment.payable = None),
        with(|payment| payment.payable = Some(Rupiah::new(payment.payable.unwrap_or(payment.amount).get() ^ 1))),
        with(|payment| payment.provider.push('x')),
        with(|payment| payment.sandbox = None),
        same,
    ]
}

/// Whether a notification claims that this payment is paid, with nothing that contradicts it.
fn fits(notification: &Notification, expected: &Payment) -> bool {
    let both = [(&notification.id, &expected.id), (&notification.reference, &expected.reference)];
    let both: Vec<_> = both.into_iter().filter(|(told, expected)| told.is_some() && expected.is_some()).collect();
    let named = !both.is_empty() && both.iter().all(|(told, expected)| told == expected);
    let price = notification.amount.is_none_or(|amount| amount == expected.amount);
    let payable = match (notification.payable, expected.payable) {
        (Some(told), Some(expected)) => told == expected,
        (Some(told), None) => told >= expected.amount,
        (None, _) => true,
    };
    let live = notification.sandbox != Some(true) || expected.sandbox == Some(true);
    let paid = notification.claimed == PaymentStatus::Paid;
    notification.provider == expected.provider && named && price && payable && live && paid
}

/// A gateway that says one thing about every payment.
struct Canned {
    provider: &'static str,
    status: bool,
    answer: PaymentStatus,
}

impl PaymentGateway for Canned {
    fn provider(&self) -> &'static str {
        self.provider
    }

    fn capabilities(&self) -> Capabilities {
        let mut capabilities = Capabilities::new(Rupiah::new(1));
        capabilities.status = self.status;
        capabilities
    }

    fn create_payment<'a>(&'a self, _: &'a NewPayment) -> Answer<'a, Payment> {
        Box::pin(async { Err(unsupported(self.provider, "create a payment")) })
    }

    fn payment<'a>(&'a self, lookup: Lookup<'a>) -> Answer<'a, Payment> {
        Box::pin(async move {
            let Lookup::Payment(known) = lookup else { return Err(unsupported(self.provider, "find a payment")) };
            let mut payment = known.clone();
            payment.status = self.answer.clone();
            Ok(payment)
        })
    }

    fn cancel_payment<'a>(&'a self, _: &'a Payment) -> Answer<'a, Payment> {
        Box::pin(async { Err(unsupported(self.provider, "cancel a payment")) })
    }

    fn parse_notification(&self, _: &HeaderMap, _: &[u8]) -> Result<Notification, Error> {
        Err(unsupported(self.provider, "read a notification"))
    }

    fn acceptance(&self) -> &'static str {
        ""
    }
}
