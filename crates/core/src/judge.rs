//! What may be believed of a notification and of a gateway's answer.

use crate::compare::{Said, compare, compare_names, same_reference};
use crate::doubt::{Doubt, Mismatch};
use crate::expected::{Expected, filled_in};
use crate::notification::{Notification, Trust};
use crate::payment::{Payment, PaymentStatus};

/// What a notification is worth.
#[derive(Debug)]
#[non_exhaustive]
pub enum Judged {
    /// The gateway signed it, and it is about the expected payment: the payment is paid.
    Believed(Proof),
    /// It is about the expected payment and may claim that it is paid, but anybody could have sent it: ask the gateway.
    Ask,
    /// It proves nothing.
    Refused(Doubt),
}

/// A payment that is paid: proven by a gateway's signature or by its answer to a question, and compared with what the merchant
/// expects. Only [`judge`], [`judge_answer`] and what is built on them make one.
///
/// The same payment may be proven more than once, by notifications that come at the same time or again, and by questions: mark
/// the order as paid, and store [`Proof::key`] under a unique index, in one transaction.
///
/// ```compile_fail
/// # use gerbang_core::{Notification, Proof};
/// fn ship(paid: &Proof) {}
/// fn handle(notification: &Notification) {
///     ship(notification); // a notification is no proof
/// }
/// ```
///
/// ```compile_fail
/// # use gerbang_core::{Payment, Proof};
/// fn forge(payment: Payment) -> Proof {
///     Proof { account: String::new(), payment: Box::new(payment), id: None, is_late: false } // nobody else can make one
/// }
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proof {
    account: String,
    payment: Box<Payment>,
    /// What distinguishes the payment from others of the same reference.
    id: Option<String>,
    is_late: bool,
}

impl Proof {
    /// The merchant's name of the account, see [`Expected::account`].
    pub fn account(&self) -> &str {
        &self.account
    }

    /// The payment, whose status is [`PaymentStatus::Paid`], with all that was expected and said of it: references, amounts,
    /// the time of payment.
    pub fn payment(&self) -> &Payment {
        &self.payment
    }

    /// Whether the money came after the time: the payment was known to be expired, cancelled or failed, or it was paid after
    /// it had expired. The merchant may have sold the goods to somebody else; the money is there all the same.
    pub fn is_late(&self) -> bool {
        self.is_late
    }

    /// What to remember the payment by, once: account, gateway, merchant's reference and gateway's id, so that two payments of
    /// one reference, or of two accounts, have two keys. Of a gateway that signs the id is that of the request
    /// ([`Payment::request_id`]), which is known whether the reply to the creation came or not. The reference is in lower case: no
    /// two differ in their case alone, and anybody can spell one otherwise in a notification.
    pub fn key(&self) -> String {
        let Payment { provider, reference, .. } = &*self.payment;
        let reference = reference.as_ref().map(|reference| reference.to_ascii_lowercase());
        // As JSON, so that no two lists of names have the same text.
        serde_json::json!([self.account, provider, reference, self.id]).to_string()
    }
}

/// Judges a notification without asking anybody. `trust` is what the gateway's notifications prove, as its
/// [`capabilities`](crate::PaymentGateway::capabilities) say: a notification that says of itself that it is signed is believed
/// only where the gateway signs.
///
/// Every identifier and amount of a signed one that both sides know must be the same. Of any other only the names are compared
/// here: what it says of amounts is anybody's word, and the gateway's answer decides. GoPay's notifications and some settlements
/// of K-Link's name no amount: never use a reference for another price.
pub fn judge(notification: &Notification, expected: &Expected, trust: Trust) -> Judged {
    let is_signed = notification.trust == Trust::Signed && trust == Trust::Signed;
    let said = Said::of_notification(notification);
    let compared =
        if is_signed { compare_signed(expected, notification, &said) } else { compare_names(&expected.payment, &said) };
    if let Err(doubt) = compared.and_then(|()| check_mode(expected, notification.sandbox)) {
        return Judged::Refused(doubt);
    }
    match &notification.claimed {
        PaymentStatus::Paid if is_signed => {
            let mut paid = expected.payment.clone();
            paid.id = paid.id.or_else(|| notification.id.clone());
            paid.payable = paid.payable.or(notification.payable);
            paid.sandbox = notification.sandbox.or(paid.sandbox);
            let id = paid.request_id.clone().or_else(|| paid.id.clone());
            Judged::Believed(proof(expected, paid, id))
        }
        PaymentStatus::Paid => Judged::Ask,
        // A word that is not known may mean "paid".
        PaymentStatus::Unknown(_) if !is_signed => Judged::Ask,
        other => Judged::Refused(Doubt::OtherClaim(other.clone())),
    }
}

fn compare_signed(expected: &Expected, notification: &Notification, said: &Said<'_>) -> Result<(), Doubt> {
    match compare(&expected.payment, said) {
        // What is signed is about money: it must not be lost because it was taken for another kind.
        Err(Doubt::OtherPayment) if same_reference(said.reference, &expected.payment.reference) == Some(true) => {
            Err(Doubt::Mismatch(Mismatch::Gateway))
        }
        Ok(()) if notification.has_unreadable_amount => Err(Doubt::Mismatch(Mismatch::UnreadableAmount)),
        compared => compared,
    }
}

/// What a notification says otherwise than is expected, beyond its names: what a person must know when the gateway does not
/// confirm the payment.
pub(crate) fn difference(notification: &Notification, expected: &Expected) -> Option<Mismatch> {
    match compare(&expected.payment, &Said::of_notification(notification)) {
        Err(Doubt::Mismatch(mismatch)) => Some(mismatch),
        _ => None,
    }
}

/// Judges what a gateway answered when it was asked for the expected payment.
///
/// # Errors
///
/// [`Doubt::NotPaid`] when the payment is the expected one and is not paid; the other doubts when it is not the expected one.
pub fn judge_answer(expected: &Expected, answer: &Payment) -> Result<Proof, Doubt> {
    compare(&expected.payment, &Said::of_payment(answer))?;
    check_mode(expected, answer.sandbox)?;
    match &answer.status {
        PaymentStatus::Paid => {
            let paid = filled_in(&expected.payment, answer.clone());
            let id = paid.id.clone();
            Ok(proof(expected, paid, id))
        }
        other => Err(Doubt::NotPaid(other.clone())),
    }
}

fn proof(expected: &Expected, mut paid: Payment, id: Option<String>) -> Proof {
    let after_expiry = paid.paid_at.zip(paid.expires_at).is_some_and(|(paid, expiry)| paid > expiry);
    paid.status = PaymentStatus::Paid;
    let is_late = expected.was_closed || after_expiry;
    Proof { account: expected.account.clone(), payment: Box::new(paid), id, is_late }
}

fn check_mode(expected: &Expected, said: Option<bool>) -> Result<(), Doubt> {
    match (said, expected.payment.sandbox) {
        _ if expected.test_mode => Ok(()),
        (Some(true), Some(false)) => Err(Doubt::Mismatch(Mismatch::Mode)),
        (Some(true), _) | (_, Some(true)) => Err(Doubt::TestMode),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::payment::Payable;
    use crate::{Kind, Rupiah, updated};

    fn payment() -> Payment {
        let mut payment = Payment::new("klink", Rupiah::new(10_000), PaymentStatus::Pending);
        (payment.reference, payment.payable) = (Some("ORD-1".into()), Some(Rupiah::new(10_765)));
        (payment.id, payment.request_id) = (Some("RQ-1".into()), Some("RQ-1".into()));
        payment.pay_with = vec![Payable::Page("https://pay.example".into()), Payable::Code("174".into())];
        payment.expires_at = Some("2026-05-30T08:30:00Z".parse().unwrap());
        payment
    }

    fn signed() -> Notification {
        let mut notification = Notification::new("klink", Trust::Signed, PaymentStatus::Paid);
        notification.reference = Some("ORD-1".into());
        notification
    }

    fn judged(change: impl FnOnce(&mut Notification, &mut Payment)) -> Judged {
        let (mut said, mut payment) = (signed(), payment());
        change(&mut said, &mut payment);
        judge(&said, &Expected::new(payment), Trust::Signed)
    }

    fn refused(change: impl FnOnce(&mut Notification, &mut Payment)) -> Doubt {
        match judged(change) {
            Judged::Refused(doubt) => doubt,
            other => panic!("{other:?}"),
        }
    }

    fn believed(change: impl FnOnce(&mut Notification, &mut Payment)) -> Proof {
        match judged(change) {
            Judged::Believed(proof) => proof,
            other => panic!("{other:?}"),
        }
    }

    fn answer(change: impl FnOnce(&mut Payment)) -> Result<Proof, Doubt> {
        let mut answer = payment();
        answer.status = PaymentStatus::Paid;
        change(&mut answer);
        judge_answer(&Expected::new(payment()), &answer)
    }

    #[test]
    fn signed_notification_of_the_expected_payment_is_believed() {
        let proof = believed(|_, _| {});
        assert_eq!((proof.account(), &proof.payment().status), ("klink", &PaymentStatus::Paid));
        assert!(!proof.is_late());
        let all = believed(|said, _| {
            (said.id, said.request_id, said.code) = (Some("RQ-1".into()), Some("RQ-1".into()), Some("174".into()));
            (said.amount, said.payable) = (Some(Rupiah::new(10_000)), Some(Rupiah::new(10_765)));
        });
        assert_eq!(all, proof);
    }

    #[test]
    fn signature_counts_only_where_the_gateway_signs() {
        for trust in [Trust::None, Trust::Unsigned, Trust::SharedSecret] {
            assert!(matches!(judge(&signed(), &Expected::new(payment()), trust), Judged::Ask), "{trust}");
            assert!(matches!(judged(|said, _| said.trust = trust), Judged::Ask), "{trust}");
        }
    }

    #[test]
    fn another_payment_differs_from_a_mismatch_of_the_expected_one() {
        assert!(matches!(refused(|said, _| said.reference = None), Doubt::OtherPayment));
        assert!(matches!(refused(|said, _| said.reference = Some("ORD-2".into())), Doubt::OtherPayment));
        let of_another = |said: &mut Notification, _: &mut Payment| {
            (said.provider, said.reference) = ("kropay", Some("ORD-2".into()));
        };
        assert!(matches!(refused(of_another), Doubt::OtherPayment));
        let unknown = refused(|_, payment| {
            (payment.reference, payment.id, payment.request_id) = (None, None, None);
        });
        assert!(matches!(unknown, Doubt::OtherPayment));
        assert!(!unknown.may_pass() && !unknown.needs_a_person());

        let mismatch = |change: fn(&mut Notification, &mut Payment)| match refused(change) {
            Doubt::Mismatch(mismatch) => mismatch,
            other => panic!("{other}"),
        };
        // A signature for the expected reference must not be lost for its gateway's name.
        assert_eq!(mismatch(|said, _| said.provider = "klink-gopay"), Mismatch::Gateway);
        assert_eq!(mismatch(|said, _| said.id = Some("RQ-2".into())), Mismatch::Id);
        assert_eq!(mismatch(|said, _| said.request_id = Some("RQ-2".into())), Mismatch::RequestId);
        assert_eq!(mismatch(|said, _| said.code = Some("175".into())), Mismatch::Code);
        let by_id = |said: &mut Notification, _: &mut Payment| {
            (said.id, said.reference) = (Some("RQ-1".into()), Some("ORD-2".into()));
        };
        assert_eq!(mismatch(by_id), Mismatch::Reference);
        assert_eq!(mismatch(|said, _| said.has_unreadable_amount = true), Mismatch::UnreadableAmount);
        let (expected, got) = (Rupiah::new(10_000), Rupiah::new(9_999));
        assert_eq!(mismatch(|said, _| said.amount = Some(Rupiah::new(9_999))), Mismatch::Amount { expected, got });
        let doubt = refused(|said, _| said.payable = Some(Rupiah::new(10_766)));
        assert!(doubt.needs_a_person() && !doubt.may_pass());
        assert_eq!(doubt.to_string(), "it names 10766 rupiah, but 10765 are expected");
    }

    #[test]
    fn case_of_the_merchants_names_does_not_count() {
        believed(|said, _| (said.reference, said.request_id) = (Some("ord-1".into()), Some("rq-1".into())));
        let answer = answer(|answer| answer.reference = Some("ord-1".into())).unwrap();
        assert_eq!(answer.payment().reference.as_deref(), Some("ORD-1"));
        // Those of the gateway's are its own.
        assert!(matches!(refused(|said, _| said.id = Some("rq-1".into())), Doubt::Mismatch(Mismatch::Id)));
    }

    #[test]
    fn unsigned_notification_is_asked_about_whatever_its_amounts() {
        let asked = |change: fn(&mut Notification)| {
            let mut said = signed();
            said.trust = Trust::Unsigned;
            change(&mut said);
            judge(&said, &Expected::new(payment()), Trust::Unsigned)
        };
        let changes: [fn(&mut Notification); 4] = [
            |_| {},
            |said| said.amount = Some(Rupiah::new(1)),
            |said| said.payable = Some(Rupiah::new(1)),
            |said| said.claimed = PaymentStatus::Unknown("payment_paid".into()),
        ];
        for change in changes {
            assert!(matches!(asked(change), Judged::Ask));
        }
        assert!(matches!(asked(|said| said.reference = Some("ORD-2".into())), Judged::Refused(Doubt::OtherPayment)));
        assert!(matches!(asked(|said| said.id = Some("RQ-2".into())), Judged::Refused(Doubt::Mismatch(Mismatch::Id))));
        let failed = asked(|said| said.claimed = PaymentStatus::Failed);
        assert!(matches!(failed, Judged::Refused(Doubt::OtherClaim(PaymentStatus::Failed))));
    }

    #[test]
    fn second_code_of_a_payment_counts_and_no_code_is_no_mismatch() {
        believed(|said, payment| {
            payment.pay_with.push(Payable::Code("175".into()));
            said.code = Some("175".into());
        });
        believed(|said, payment| {
            payment.pay_with.clear();
            said.code = Some("175".into());
        });
    }

    #[test]
    fn payable_amount_after_a_lost_reply_covers_the_price() {
        let lost = |payable: u64| {
            move |said: &mut Notification, payment: &mut Payment| {
                (said.payable, payment.payable) = (Some(Rupiah::new(payable)), None);
            }
        };
        assert!(matches!(refused(lost(9_999)), Doubt::Mismatch(Mismatch::Amount { .. })));
        for payable in [10_000, 10_765] {
            assert_eq!(believed(lost(payable)).payment().payable, Some(Rupiah::new(payable)));
        }
    }

    #[test]
    fn other_claims_are_not_paid() {
        for status in [PaymentStatus::Failed, PaymentStatus::Pending, PaymentStatus::Unknown("odd".into())] {
            let doubt = refused(|said, _| said.claimed = status.clone());
            assert!(matches!(&doubt, Doubt::OtherClaim(claimed) if *claimed == status));
            assert!(doubt.may_pass() && !doubt.needs_a_person());
        }
    }

    #[test]
    fn test_mode_is_paid_only_where_it_is_accepted() {
        assert!(matches!(refused(|said, _| said.sandbox = Some(true)), Doubt::TestMode));
        // Also when the payment was created in test mode.
        assert!(matches!(refused(|_, payment| payment.sandbox = Some(true)), Doubt::TestMode));
        assert!(matches!(answer(|answer| answer.sandbox = Some(true)), Err(Doubt::TestMode)));
        believed(|said, _| said.sandbox = Some(false));
        // Created as a live one: money may be there.
        let live = |said: &mut Notification, payment: &mut Payment| {
            (said.sandbox, payment.sandbox) = (Some(true), Some(false));
        };
        assert!(matches!(refused(live), Doubt::Mismatch(Mismatch::Mode)));
        let mut said = signed();
        said.sandbox = Some(true);
        let expected = Expected::new(payment()).accept_test_mode();
        assert!(matches!(judge(&said, &expected, Trust::Signed), Judged::Believed(_)));
    }

    #[test]
    fn answer_that_the_expected_payment_is_paid_is_a_proof() {
        let proof = answer(|answer| answer.fee = Some(Rupiah::new(7))).unwrap();
        assert_eq!((proof.payment().fee, proof.payment().payable), (Some(Rupiah::new(7)), Some(Rupiah::new(10_765))));
        for status in [PaymentStatus::Pending, PaymentStatus::Expired, PaymentStatus::Unknown("PAID!".into())] {
            let doubt = answer(|answer| answer.status = status.clone()).unwrap_err();
            assert!(matches!(&doubt, Doubt::NotPaid(said) if *said == status) && doubt.may_pass());
        }
    }

    #[test]
    fn payment_stored_as_paid_is_no_proof_against_the_answer() {
        for status in [PaymentStatus::Pending, PaymentStatus::Expired, PaymentStatus::Failed] {
            let stored = Payment { status: PaymentStatus::Paid, ..payment() };
            let answer = updated(&stored, Payment { status: status.clone(), ..payment() }).unwrap();
            match judge_answer(&Expected::new(stored), &answer) {
                Err(Doubt::NotPaid(said)) => assert_eq!(said, status),
                other => panic!("{other:?}"),
            }
        }
    }

    #[test]
    fn answer_about_another_payment_is_no_proof() {
        let other: [fn(&mut Payment); 6] = [
            |answer| answer.provider = "kropay".into(),
            |answer| (answer.reference, answer.id) = (Some("ORD-2".into()), None),
            |answer| answer.reference = Some("ORD-2".into()),
            |answer| answer.id = Some("RQ-2".into()),
            |answer| answer.amount = Rupiah::new(1),
            |answer| answer.payable = Some(Rupiah::new(1)),
        ];
        for change in other {
            let doubt = answer(change).unwrap_err();
            assert!(!doubt.may_pass(), "{doubt}");
        }
    }

    #[test]
    fn money_after_expiry_or_closure_is_late() {
        assert!(!answer(|_| {}).unwrap().is_late());
        let paid_at = |time: &str| {
            let time = time.parse().unwrap();
            answer(|answer| answer.paid_at = Some(time)).unwrap().is_late()
        };
        assert!(!paid_at("2026-05-30T08:30:00Z") && paid_at("2026-05-30T08:30:01Z"));
        for status in [PaymentStatus::Expired, PaymentStatus::Cancelled, PaymentStatus::Failed] {
            assert!(believed(|_, payment| payment.status = status.clone()).is_late());
            let mut expected = Expected::new(payment());
            let mut answer = payment();
            answer.status = status;
            expected.update(answer.clone()).unwrap();
            answer.status = PaymentStatus::Paid;
            assert!(judge_answer(&expected, &answer).unwrap().is_late());
            // Also when the gateway called it pending again meanwhile.
            answer.status = PaymentStatus::Pending;
            expected.update(answer.clone()).unwrap();
            answer.status = PaymentStatus::Paid;
            assert!(judge_answer(&expected, &answer).unwrap().is_late());
            answer.amount = Rupiah::new(1);
            assert!(expected.clone().update(answer).is_err());
        }
    }

    #[test]
    fn keys_differ_by_account_reference_and_id() {
        let key = |account: &str, change: fn(&mut Payment)| {
            let mut payment = payment();
            change(&mut payment);
            let id = payment.id.clone();
            proof(&Expected::new(payment.clone()).account(account), payment, id).key()
        };
        let keys = [
            key("a", |_| {}),
            key("b", |_| {}),
            key("a", |payment| payment.reference = Some("ORD-2".into())),
            key("a", |payment| payment.id = Some("RQ-2".into())),
            key("a", |payment| payment.id = None),
            key("a", |payment| (payment.reference, payment.id) = (Some("RQ-1".into()), Some("ORD-1".into()))),
        ];
        assert_eq!(key("a", |payment| payment.reference = Some("ord-1".into())), keys[0]);
        for (at, key) in keys.iter().enumerate() {
            assert!(!keys[..at].contains(key), "{key}");
        }
        // After a lost reply the answer has the id: the key is the same as if the reply had come.
        let mut lost = payment();
        (lost.id, lost.payable, lost.pay_with) = (None, None, Vec::new());
        let mut answer = payment();
        answer.status = PaymentStatus::Paid;
        let found = judge_answer(&Expected::new(lost), &answer).unwrap();
        assert_eq!(found.key(), judge_answer(&Expected::new(payment()), &answer).unwrap().key());
        // Of a gateway that signs, the request's id is known either way.
        let key_of = |payment: Payment| match judge(&signed(), &Expected::new(payment), Trust::Signed) {
            Judged::Believed(proof) => proof.key(),
            other => panic!("{other:?}"),
        };
        let mut lost = payment();
        (lost.id, lost.payable) = (None, None);
        let mut other = payment();
        other.id = Some("TX-1".into());
        assert_eq!(key_of(lost), key_of(other));
    }

    #[test]
    fn expiry_that_was_not_believed_stays_unknown() {
        let expiring = |time: &str| Some(time.parse().unwrap());
        let said = Payment { expires_at: expiring("2030-01-01T00:00:00Z"), ..payment() };
        let known = Payment { expires_at: None, ..payment() };
        assert_eq!(updated(&known, said.clone()).unwrap().expires_at, None);
        // After a lost reply nothing was read yet.
        let lost = Payment { id: None, ..known };
        assert_eq!(updated(&lost, said.clone()).unwrap().expires_at, said.expires_at);
        let dated = Payment { expires_at: expiring("2026-05-30T08:30:00Z"), ..payment() };
        assert_eq!(updated(&dated, said).unwrap().expires_at, dated.expires_at);
    }

    #[test]
    fn update_fills_in_what_was_unknown_and_changes_nothing_else() {
        let known = payment();
        let mut said = Payment::new("klink", Rupiah::new(10_000), PaymentStatus::Expired);
        (said.reference, said.net) = (Some("ORD-1".into()), Some(Rupiah::new(9_000)));
        (said.sandbox, said.expires_at) = (Some(true), Some("2030-01-01T00:00:00Z".parse().unwrap()));
        let now = updated(&known, said.clone()).unwrap();
        let wanted = Payment {
            status: PaymentStatus::Expired,
            net: Some(Rupiah::new(9_000)),
            sandbox: Some(true),
            ..known.clone()
        };
        assert_eq!(now, wanted);
        let paid = Payment { status: PaymentStatus::Paid, ..known.clone() };
        assert_eq!(updated(&paid, said.clone()).unwrap().status, PaymentStatus::Expired);
        let mut noted = Expected::new(paid);
        noted.update(said.clone()).unwrap();
        assert_eq!((&noted.payment().status, noted.payment().net), (&PaymentStatus::Expired, Some(Rupiah::new(9_000))));
        // What was of the test mode stays so.
        said.sandbox = Some(false);
        assert_eq!(updated(&now, said.clone()).unwrap().sandbox, Some(true));
        said.amount = Rupiah::new(9_999);
        assert_eq!(updated(&known, said).unwrap_err().kind(), Kind::EchoMismatch);
    }
}
