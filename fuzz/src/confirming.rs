//! Confirming a notification that was read: no panic, and a proof only where every reason is given.

use futures_util::FutureExt;
use gerbang_core::gateway::unsupported;
use gerbang_core::{
    Answer, Capabilities, Doubt, Error, Expected, Judged, Lookup, NewPayment, Notification, Payable, Payment,
    PaymentGateway, PaymentStatus, Proof, Rupiah, Trust, confirm, judge,
};
use http::HeaderMap;

/// Confirms a notification against the payment that it is about and against others that differ in one point, with a gateway
/// that gives each possible answer.
///
/// # Panics
///
/// When one is confirmed that must not be, or the other way round.
pub fn check(notification: &Notification) {
    for (expected, test_mode) in expectations(notification) {
        let fits = fits(notification, expected.payment(), test_mode);
        let believed = fits && notification.trust == Trust::Signed;
        check_judged(&judge(notification, &expected, Trust::Signed), fits, believed);
        // Where the gateway does not sign, a notification that says that it is signed is only a reason to ask.
        check_judged(&judge(notification, &expected, Trust::Unsigned), fits, false);
        for answer in [PaymentStatus::Paid, PaymentStatus::Pending, PaymentStatus::Unknown("paid".to_owned())] {
            let paid = answer == PaymentStatus::Paid;
            for (status, signs) in [(true, true), (true, false), (false, true), (false, false)] {
                let trust = if signs { notification.trust } else { Trust::Unsigned };
                let gateway = Canned { provider: notification.provider, status, trust, answer: answer.clone() };
                let result = confirm(&gateway, notification, &expected).now_or_never().expect("nobody waits");
                let wanted = (believed && signs) || (fits && paid && status);
                assert_eq!(result.is_ok(), wanted, "{notification:?} {expected:?} {answer} {result:?}");
                if let Ok(proof) = result {
                    check_proof(&proof, &expected);
                }
            }
        }
    }
}

fn check_judged(judged: &Judged, fits: bool, believed: bool) {
    match judged {
        Judged::Believed(_) => assert!(believed, "{judged:?}"),
        Judged::Ask => assert!(fits && !believed, "{judged:?}"),
        Judged::Refused(doubt) => {
            assert!(!fits, "{judged:?}");
            assert!(!matches!(doubt, Doubt::NotPaid(_) | Doubt::NotAnswered(_)), "nobody was asked: {doubt:?}");
        }
        other => panic!("a judgement that nobody knows: {other:?}"),
    }
}

fn check_proof(proof: &Proof, expected: &Expected) {
    let (paid, wanted) = (proof.payment(), expected.payment());
    assert_eq!((&paid.status, &paid.provider, paid.amount), (&PaymentStatus::Paid, &wanted.provider, wanted.amount));
    assert!(wanted.id.is_none() || paid.id == wanted.id);
    assert!(wanted.reference.is_none() || paid.reference == wanted.reference);
    assert!(wanted.payable.is_none() || paid.payable == wanted.payable);
}

/// The payment that a notification is about, payments that differ from it, and whether the test mode is accepted.
fn expectations(notification: &Notification) -> Vec<(Expected, bool)> {
    let price = notification.amount.unwrap_or(Rupiah::new(10_000));
    let mut same = Payment::new(notification.provider, price, PaymentStatus::Pending);
    (same.id, same.reference) = (notification.id.clone(), notification.reference.clone());
    (same.payable, same.sandbox) = (notification.payable, notification.sandbox);
    same.request_id = notification.request_id.clone();
    let other = |change: fn(&mut Payment)| {
        let mut other = same.clone();
        change(&mut other);
        other
    };
    let with = |change| (Expected::new(other(change)).accept_test_mode(), true);
    let live = |change| (Expected::new(other(change)), false);
    vec![
        with(|payment| payment.id = None),
        with(|payment| payment.id = Some("other".to_owned())),
        with(|payment| payment.reference = None),
        with(|payment| payment.reference = Some("other".to_owned())),
        with(|payment| (payment.id, payment.reference) = (None, None)),
        with(|payment| payment.request_id = None),
        with(|payment| payment.request_id = Some("other".to_owned())),
        with(|payment| payment.pay_with = vec![Payable::Code("other".to_owned())]),
        with(|payment| payment.amount = Rupiah::new(payment.amount.get() ^ 1)),
        with(|payment| payment.payable = None),
        with(|payment| payment.payable = payment.payable.map(|payable| Rupiah::new(payable.get() ^ 1))),
        with(|payment| payment.provider.push('x')),
        with(|payment| payment.sandbox = None),
        live(|payment| payment.sandbox = None),
        live(|payment| payment.sandbox = Some(true)),
        live(|_| {}),
        (Expected::new(same.clone()).account("another").accept_test_mode(), true),
    ]
}

/// Whether a notification claims that this payment is paid, with nothing that contradicts it.
fn fits(notification: &Notification, expected: &Payment, test_mode: bool) -> bool {
    let same = |said: &Option<String>, known: &Option<String>| said.is_none() || known.is_none() || said == known;
    let both = [(&notification.id, &expected.id), (&notification.reference, &expected.reference)];
    let named = both.iter().any(|(said, known)| said.is_some() && said == known);
    let names = both.iter().all(|(said, known)| same(said, known));
    let request = same(&notification.request_id, &expected.request_id);
    let code = notification.code.is_none() || !expected.pay_with.iter().any(|way| matches!(way, Payable::Code(_)));
    let code = code || notification.code.clone().is_some_and(|code| expected.pay_with.contains(&Payable::Code(code)));
    let price = notification.amount.is_none_or(|amount| amount == expected.amount);
    let payable = match (notification.payable, expected.payable) {
        (Some(said), Some(expected)) => said == expected,
        (Some(said), None) => said >= expected.amount,
        (None, _) => true,
    };
    let is_test = notification.sandbox == Some(true) || expected.sandbox == Some(true);
    let paid = notification.claimed == PaymentStatus::Paid;
    let about = notification.provider == expected.provider && named && names && request && code && price && payable;
    about && (test_mode || !is_test) && paid
}

/// A gateway that says one thing about every payment.
struct Canned {
    provider: &'static str,
    status: bool,
    trust: Trust,
    answer: PaymentStatus,
}

impl PaymentGateway for Canned {
    fn provider(&self) -> &'static str {
        self.provider
    }

    fn capabilities(&self) -> Capabilities {
        let mut capabilities = Capabilities::new(Rupiah::new(1));
        capabilities.status = self.status;
        capabilities.notifications = self.trust;
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
