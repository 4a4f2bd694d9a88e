//! Reading the notifications that are kept.

use gerbang_core::Notification;

use super::Store;
use super::conn::{Row, values};
use super::rows::{json, timestamp, unreadable};
use crate::Error;
use crate::inbox::{NotificationFilter, NotificationOutcome, NotificationRecord, Said};

/// The name of a notification's outcome: what the inbox has otherwise is the state that the payment had when it was asked about.
macro_rules! outcome {
    () => {
        "CASE WHEN outcome IS NULL THEN 'waiting' WHEN outcome IN ('learnt', 'paid') THEN outcome \
         WHEN outcome = 'second payment' THEN 'second_payment' WHEN outcome = 'unknown' THEN 'unknown_payment' \
         ELSE 'not_paid' END"
    };
}
pub(super) use outcome;

/// A notification with all that is needed to judge it again.
pub(crate) struct Kept {
    pub account: String,
    pub hash: String,
    pub headers: String,
    /// None once it is deleted.
    pub body: Option<Vec<u8>>,
    pub said: Said<Notification>,
}

/// The columns of [`record`], of those that the rest of the query is about.
macro_rules! select_notifications {
    ($rest:expr) => {
        concat!(
            "SELECT n.id, n.account, n.gateway_id, n.notification, n.tries, n.at, a.order_id, a.reference, \
             CAST(CASE WHEN n.body IS NULL THEN 0 ELSE 1 END AS BIGINT) AS has_body, ",
            outcome!(),
            " AS outcome FROM gerbang_inbox n LEFT JOIN gerbang_attempt a ON a.id = n.attempt WHERE ",
            $rest
        )
    };
}

impl Store {
    /// The newest notifications of a kind.
    pub async fn notifications(
        &self,
        filter: &NotificationFilter,
        most: u32,
    ) -> Result<Vec<NotificationRecord>, Error> {
        let sql = select_notifications!(concat!(
            "($1 IS NULL OR n.id < $1) AND ($2 IS NULL OR n.account = $2) AND ($3 IS NULL OR $3 = ",
            outcome!(),
            ") ORDER BY n.id DESC LIMIT $4"
        ));
        let outcome = filter.outcome.map(NotificationOutcome::as_str);
        let values = values![filter.before, filter.account.as_deref(), outcome, i64::from(most)];
        self.look(sql, values).await?.iter().map(record).collect()
    }

    /// The notification of a number.
    pub async fn notification(&self, id: i64) -> Result<NotificationRecord, Error> {
        let rows = self.look(select_notifications!("n.id = $1"), values![id]).await?;
        rows.first().map_or_else(|| Err(not_found(id)), record)
    }

    /// The notification of a number, to be judged again.
    pub async fn kept_notification(&self, id: i64) -> Result<Kept, Error> {
        let sql = "SELECT account, hash, headers, body, notification FROM gerbang_inbox WHERE id = $1";
        let rows = self.look(sql, values![id]).await?;
        let row = rows.first().ok_or_else(|| not_found(id))?;
        Ok(Kept {
            account: row.text("account")?,
            hash: row.text("hash")?,
            headers: row.maybe_text("headers")?.unwrap_or_default(),
            body: row.maybe_bytes("body")?,
            said: json(&row.text("notification")?)?,
        })
    }
}

fn not_found(id: i64) -> Error {
    Error::NotFound(format!("notification {id}"))
}

fn record(row: &Row) -> Result<NotificationRecord, Error> {
    let said = json::<Said<Notification>>(&row.text("notification")?)?.said;
    let outcome = NotificationOutcome::parse(&row.text("outcome")?);
    Ok(NotificationRecord {
        id: row.int("id")?,
        account: row.text("account")?,
        order: row.maybe_text("order_id")?,
        reference: row.maybe_text("reference")?.or(said.reference),
        gateway_id: row.maybe_text("gateway_id")?,
        trust: said.trust,
        claimed: said.claimed,
        amount: said.amount,
        payable: said.payable,
        outcome: outcome.ok_or_else(|| unreadable("an outcome"))?,
        tries: u32::try_from(row.int("tries")?).unwrap_or(u32::MAX),
        at: timestamp(row.int("at")?)?,
        has_body: row.int("has_body")? == 1,
    })
}
