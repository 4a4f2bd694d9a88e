//! Confirming a notification by asking the gateway, and the answer that the sender gets.

use std::fmt;

use crate::doubt::Doubt;
use crate::expected::Expected;
use crate::gateway::{Lookup, PaymentGateway};
use crate::judge::{Judged, Proof, difference, judge, judge_answer};
use crate::notification::Notification;
use crate::payment::PaymentStatus;
use crate::{Error, Kind, pace};

/// Finds out whether the payment that a notification speaks of is paid: by its signature where the gateway signs, by asking
/// the gateway otherwise. Either way what is said is compared with what is expected; whatever is not certain is not paid.
///
/// A doubt that a person must look at ([`Doubt::needs_a_person`]) is also reported as a `tracing` event of level ERROR, with the
/// merchant's own names and none of the sender's.
///
/// # Errors
///
/// See [`Doubt`]: each reason is its own.
pub async fn confirm(
    gateway: &dyn PaymentGateway,
    notification: &Notification,
    expected: &Expected,
) -> Result<Proof, Doubt> {
    let result = match judge(notification, expected, gateway.capabilities().notifications) {
        Judged::Believed(proof) => Ok(proof),
        Judged::Refused(doubt) => Err(doubt),
        // What differs counts where the gateway itself does not confirm the payment.
        Judged::Ask => ask(gateway, notification, expected).await.map_err(|doubt| match doubt {
            Doubt::NotPaid(_) => difference(notification, expected).map_or(doubt, Doubt::Mismatch),
            doubt => doubt,
        }),
    };
    let payment = expected.payment();
    match &result {
        Ok(_) => tracing::debug!(
            gerbang.provider = payment.provider,
            gerbang.reference = payment.reference,
            "a notification proves the payment"
        ),
        Err(doubt) if doubt.needs_a_person() => tracing::error!(
            gerbang.provider = payment.provider,
            gerbang.reference = payment.reference,
            gerbang.payment = payment.id,
            "a notification needs a person: {doubt}"
        ),
        Err(doubt) => tracing::debug!(
            gerbang.provider = payment.provider,
            gerbang.reference = payment.reference,
            "a notification proves nothing: {doubt}"
        ),
    }
    result
}

async fn ask(gateway: &dyn PaymentGateway, notification: &Notification, expected: &Expected) -> Result<Proof, Doubt> {
    if !gateway.capabilities().status {
        return Err(Doubt::NoProof);
    }
    if notification.provider != gateway.provider() {
        return Err(Doubt::OtherPayment);
    }
    let mut asked = expected.payment().clone();
    // After a lost reply the notification alone knows how the gateway calls the payment; the answer must be about the
    // expected reference and amount all the same.
    asked.id = asked.id.or_else(|| notification.id.clone());
    match gateway.payment(Lookup::Payment(&asked)).await {
        Ok(answer) => judge_answer(expected, &answer),
        Err(error) if pace::may_pass(&error, 1) => Err(Doubt::NotAnswered(error)),
        Err(error) => Err(Doubt::Contradicted(error)),
    }
}

/// The answer to a notification, after it was judged and, where it is a proof, after the order was marked as paid.
/// `acceptance` is [`PaymentGateway::acceptance`].
///
/// - 200, in the way that the provider wants: proven, again or for the first time, or a claim of another known state, of
///   which no more is to be heard.
/// - 503, so that it is sent again where the provider does that: the gateway could not be asked or says that the payment is
///   not paid yet, the claim is not understood, a person must look, or the merchant's own settings are wrong.
/// - 401 and 400: forged, unreadable, of the test mode, or about something else. The bodies say nothing that a forger could
///   use.
pub fn answer(acceptance: &str, outcome: Result<&Proof, &NotificationFailure>) -> http::Response<Vec<u8>> {
    use NotificationFailure::{Doubted, Refused};
    let status = match outcome {
        Ok(_) => 200,
        Err(Doubted(Doubt::OtherClaim(PaymentStatus::Unknown(_)))) => 503,
        Err(Doubted(Doubt::OtherClaim(_))) => 200,
        Err(Doubted(Doubt::OtherPayment | Doubt::TestMode)) => 400,
        Err(Doubted(_)) => 503,
        Err(Refused(error)) if error.kind() == Kind::Configuration => 503,
        Err(Refused(error)) if error.kind() == Kind::Authentication => 401,
        Err(Refused(_)) => 400,
    };
    let body = if status == 200 { acceptance.as_bytes() } else { br#"{"success":false}"# };
    let mut response = http::Response::new(body.to_vec());
    *response.status_mut() = http::StatusCode::from_u16(status).unwrap_or_default();
    let json = http::HeaderValue::from_static("application/json");
    response.headers_mut().insert(http::header::CONTENT_TYPE, json);
    response
}

/// Whether a gateway takes an answer for the acknowledgement of a notification, and does not send it again. `wanted` is the body
/// that it insists on, with the status 200; none where any status from 200 to 299 is enough.
///
/// ```
/// # use gerbang_core::acknowledges;
/// let wanted = Some(r#"{"success":true}"#);
/// assert!(acknowledges(wanted, 200, br#"{ "success": true }"#) && acknowledges(None, 204, b""));
/// assert!(!acknowledges(wanted, 204, b"") && !acknowledges(wanted, 200, br#"{"success":true,"x":1}"#));
/// ```
pub fn acknowledges(wanted: Option<&str>, status: u16, body: &[u8]) -> bool {
    let Some(wanted) = wanted else { return (200..300).contains(&status) };
    let json = |text: &[u8]| serde_json::from_slice::<serde_json::Value>(text).ok();
    let said = json(body);
    status == 200 && said.is_some() && said == json(wanted.as_bytes())
}

/// Why a notification proved nothing.
#[derive(Debug)]
#[non_exhaustive]
pub enum NotificationFailure {
    /// It was refused before it was judged, see [`PaymentGateway::parse_notification`].
    Refused(Error),
    /// It was read, but does not prove that the expected payment is paid.
    Doubted(Doubt),
}

impl From<Error> for NotificationFailure {
    fn from(error: Error) -> Self {
        Self::Refused(error)
    }
}

impl From<Doubt> for NotificationFailure {
    fn from(doubt: Doubt) -> Self {
        Self::Doubted(doubt)
    }
}

impl fmt::Display for NotificationFailure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Refused(error) => error.fmt(f),
            Self::Doubted(doubt) => doubt.fmt(f),
        }
    }
}

impl std::error::Error for NotificationFailure {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Refused(error) => error.source(),
            Self::Doubted(doubt) => doubt.source(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::doubt::Mismatch;
    use crate::{Delivery, Payment, Rupiah, Trust};

    fn status(failure: impl Into<NotificationFailure>) -> u16 {
        answer("OK", Err(&failure.into())).status().as_u16()
    }

    #[test]
    fn sender_is_asked_to_send_again_only_what_may_change() {
        let error = |kind| Error::new(kind, Delivery::NotSent, "x");
        assert_eq!(status(Doubt::OtherClaim(PaymentStatus::Expired)), 200);
        assert_eq!(status(Doubt::OtherClaim(PaymentStatus::Unknown("odd".into()))), 503);
        assert_eq!(status(Doubt::NotPaid(PaymentStatus::Pending)), 503);
        assert_eq!(status(Doubt::NotAnswered(error(Kind::Connect))), 503);
        assert_eq!(status(error(Kind::Configuration)), 503);
        assert_eq!(status(error(Kind::Authentication)), 401);
        assert_eq!(status(error(Kind::InvalidNotification)), 400);
        assert_eq!(status(Doubt::OtherPayment), 400);
        assert_eq!(status(Doubt::TestMode), 400);
    }

    #[test]
    fn what_needs_a_person_is_never_refused_for_good() {
        let contradicted = Doubt::Contradicted(Error::new(Kind::EchoMismatch, Delivery::MaybeSent, "x"));
        for doubt in [Doubt::Mismatch(Mismatch::Id), contradicted, Doubt::NoProof] {
            assert!(doubt.needs_a_person(), "{doubt}");
            assert_eq!(status(doubt), 503);
        }
    }

    #[test]
    fn proof_is_accepted_in_the_gateways_words() {
        let mut payment = Payment::new("klink", Rupiah::new(1), PaymentStatus::Paid);
        payment.reference = Some("ORD-1".into());
        let mut said = Notification::new("klink", Trust::Signed, PaymentStatus::Paid);
        said.reference = Some("ORD-1".into());
        let Judged::Believed(proof) = judge(&said, &payment.into(), Trust::Signed) else { panic!() };
        let accepted = answer("OK", Ok(&proof));
        assert_eq!((accepted.status().as_u16(), accepted.body().as_slice()), (200, b"OK".as_slice()));
    }
}
