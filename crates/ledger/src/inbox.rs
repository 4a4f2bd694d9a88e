//! Notifications that are kept: what was said, how it was judged, and judging it again.

use std::fmt;

use gerbang_core::{Doubt, Notification, PaymentStatus, Rupiah, Trust};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::Error;
use crate::ledger::Ledger;
use crate::store::{Incoming, Received};

/// How a notification that is kept was judged.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum NotificationOutcome {
    /// It proves nothing by itself, and the gateway has not been asked since it came.
    Waiting,
    /// It is signed: what it says was learnt.
    Learnt,
    /// The gateway was asked: the payment is paid.
    Paid,
    /// The gateway was asked: the payment is not paid, not yet, or not any more.
    NotPaid,
    /// The gateway was asked: it is about a second payment of the same reference, which is a case.
    SecondPayment,
    /// It is signed and about no payment of the book, which is a case.
    UnknownPayment,
}

impl NotificationOutcome {
    /// All of them.
    pub const ALL: [Self; 6] =
        [Self::Waiting, Self::Learnt, Self::Paid, Self::NotPaid, Self::SecondPayment, Self::UnknownPayment];

    /// The name: `not_paid`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Learnt => "learnt",
            Self::Paid => "paid",
            Self::NotPaid => "not_paid",
            Self::SecondPayment => "second_payment",
            Self::UnknownPayment => "unknown_payment",
        }
    }

    /// The outcome of a name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|outcome| outcome.as_str() == name)
    }
}

impl fmt::Display for NotificationOutcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// A notification as the book keeps it. Its body and headers, which may hold customers' data, are not shown.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct NotificationRecord {
    /// Its number. One that claims the same again, and proves nothing, has the number of the first.
    pub id: i64,
    /// The account at whose address it came in.
    pub account: String,
    /// The order; none where it is about no payment of the book.
    pub order: Option<String>,
    /// The merchant's reference of the attempt, or else the one that it names.
    pub reference: Option<String>,
    /// The gateway's id that it names.
    pub gateway_id: Option<String>,
    /// What it proves by itself.
    pub trust: Trust,
    /// The state that it claims.
    pub claimed: PaymentStatus,
    /// The price in rupiah that it names.
    pub amount: Option<Rupiah>,
    /// What was paid in rupiah, as it says.
    pub payable: Option<Rupiah>,
    /// How it was judged.
    pub outcome: NotificationOutcome,
    /// How often the gateway was asked about the id that it names without confirming it.
    pub tries: u32,
    /// When it came; of those that claim the same and prove nothing, the last.
    pub at: Timestamp,
    /// Whether its body is kept, without which it cannot be [judged again](Ledger::replay).
    pub has_body: bool,
}

/// Which notifications are wanted; the newest first.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct NotificationFilter {
    /// Those of this account.
    pub account: Option<String>,
    /// Those that were judged so.
    pub outcome: Option<NotificationOutcome>,
    /// Those whose number is lower than this one.
    pub before: Option<i64>,
}

impl Ledger {
    /// The newest notifications of a kind that are kept, at most so many.
    ///
    /// # Errors
    ///
    /// [`Error::Store`].
    pub async fn notifications(
        &self,
        filter: &NotificationFilter,
        most: u32,
    ) -> Result<Vec<NotificationRecord>, Error> {
        self.store.notifications(filter, most).await
    }

    /// Judges a notification that is kept again, as if it had come again: what it proves is learnt, and where it proves nothing
    /// the gateway is asked, at its pace. Its signature was checked when it came and is not kept. Gives the notification as it is
    /// then.
    ///
    /// # Errors
    ///
    /// [`Error::NotFound`] where there is no such notification; [`Error::BodyDeleted`] where its body is
    /// [kept no longer](Ledger::keep_bodies); [`Error::Doubted`] where it proves nothing and leads to no question;
    /// [`Error::TooManyWait`]; [`Error::UnknownAccount`] and [`Error::AccountChanged`]; [`Error::Store`].
    pub async fn replay(&self, notification: i64) -> Result<NotificationRecord, Error> {
        let kept = self.store.kept_notification(notification).await?;
        let facts = self.find_account(&kept.account)?.facts();
        let said = kept.said.of(facts.provider);
        let body = kept.body.ok_or(Error::BodyDeleted(notification))?;
        let incoming = Incoming { said: &said, hash: &kept.hash, headers: &kept.headers, body: &body };
        match self.store.receive(&facts, &incoming).await? {
            Received::Learnt => self.wake.events.send_replace(()),
            Received::Kept => self.wake.attempts.send_replace(()),
            Received::Refused(doubt) => return Err(Error::Doubted(doubt)),
            Received::Unknown => return Err(Error::Doubted(Doubt::OtherPayment)),
            Received::TooMany => return Err(Error::TooManyWait),
        }
        self.store.notification(notification).await
    }
}

/// What a notification said, as the book keeps it: with the name of the gateway whose form it has.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Said<N> {
    /// None in books of older programs, where it matches no payment.
    #[serde(default)]
    gateway: Option<String>,
    #[serde(flatten)]
    pub said: N,
}

impl<'a> Said<&'a Notification> {
    pub fn new(said: &'a Notification) -> Self {
        Self { gateway: Some(said.provider.to_owned()), said }
    }
}

impl Said<Notification> {
    /// The notification for an account of this gateway. One in the form of another stays of another: it must not be believed
    /// because it came in at this account's address.
    pub fn of(self, provider: &'static str) -> Notification {
        let mut said = self.said;
        said.provider = if self.gateway.as_deref() == Some(provider) { provider } else { "" };
        said
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_read_as_they_are_written() {
        for outcome in NotificationOutcome::ALL {
            assert_eq!(NotificationOutcome::parse(outcome.as_str()), Some(outcome));
        }
        assert_eq!(NotificationOutcome::parse("open"), None);
    }

    #[test]
    fn gateway_of_another_form_is_never_the_accounts_own() {
        let said = Notification::new("klink-gopay", Trust::Signed, PaymentStatus::Paid);
        let text = serde_json::to_string(&Said::new(&said)).unwrap();
        let of = |text: &str, provider| serde_json::from_str::<Said<Notification>>(text).unwrap().of(provider);
        assert_eq!(of(&text, "klink-gopay"), said);
        assert_eq!(of(&text, "klink").provider, "");
        let old = serde_json::to_string(&said).unwrap();
        assert_eq!(of(&old, "klink-gopay").provider, "");
    }
}
