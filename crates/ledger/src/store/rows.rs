//! Rows of the book, read into the ledger's own types.

use gerbang_core::{NewPayment, Rupiah};
use jiff::Timestamp;
use serde::de::DeserializeOwned;
use tokio::time::Instant;

use super::Conn;
use super::conn::{Row, values};
use crate::Error;
use crate::attempt::Attempt;
use crate::machine::{Ending, State};

/// The columns of an attempt.
macro_rules! attempt_columns {
    () => {
        "id, order_id, account, reference, amount, state, ending, gateway_id, request, payment, lease_until, lease_by, \
         watch_until, sent_at, asked_at, expires_at, failures, created_at, {now} AS now, {version} AS version"
    };
}
pub(super) use attempt_columns;

/// A query of attempts.
macro_rules! select_attempt {
    ($rest:literal) => {
        concat!("SELECT ", $crate::store::rows::attempt_columns!(), " FROM gerbang_attempt ", $rest)
    };
}
pub(super) use select_attempt;

/// A statement that writes an attempt, and gives it as it is then.
macro_rules! returning_attempt {
    ($statement:literal) => {
        concat!($statement, " RETURNING ", $crate::store::rows::attempt_columns!())
    };
}
pub(super) use returning_attempt;

impl Conn {
    /// The attempt as it is now, locked until the end of the transaction. In a transaction of one statement it is the one that was seen,
    /// and [`Conn::apply`] changes nothing where it is another one by now.
    pub(super) async fn locked(&mut self, seen: &Attempt) -> Result<Attempt, Error> {
        match self.is_one_statement() {
            true => Ok(seen.aged()),
            false => self.locked_attempt(seen.id).await,
        }
    }

    /// The attempt of this number, locked until the end of the transaction.
    pub(super) async fn locked_attempt(&mut self, id: i64) -> Result<Attempt, Error> {
        let row = self.first(select_attempt!("WHERE id = $1 {lock}"), values![id]).await?;
        to_attempt(&row.ok_or_else(|| Error::NotFound(format!("attempt {id}")))?)
    }
}

pub(super) fn to_attempt(row: &Row) -> Result<Attempt, Error> {
    let state = row.text("state")?;
    let ending = row.maybe_text("ending")?;
    let (reference, amount) = (row.text("reference")?, rupiah(row.int("amount")?)?);
    let request = match row.maybe_text("request")? {
        Some(text) => json(&text)?,
        // What is left once the customer's data is deleted.
        None => NewPayment::new(reference.clone(), amount),
    };
    Ok(Attempt {
        id: row.int("id")?,
        order: row.text("order_id")?,
        account: row.text("account")?,
        reference,
        amount,
        state: State::parse(&state).ok_or_else(|| unreadable("a state"))?,
        ending: match ending {
            None => None,
            Some(name) => Some(Ending::parse(&name).ok_or_else(|| unreadable("an ending"))?),
        },
        gateway_id: row.maybe_text("gateway_id")?,
        request,
        payment: row.maybe_text("payment")?.map(|text| json(&text)).transpose()?,
        lease_until: row.int("lease_until")?,
        lease_by: row.maybe_text("lease_by")?,
        watch_until: row.maybe_int("watch_until")?,
        sent_at: row.maybe_int("sent_at")?,
        asked_at: row.int("asked_at")?,
        expires_at: row.maybe_int("expires_at")?,
        failures: u32::try_from(row.int("failures")?).unwrap_or(u32::MAX),
        created_at: row.int("created_at")?,
        now: row.int("now")?,
        version: row.int("version")?,
        read_at: Instant::now(),
    })
}

pub(super) fn unreadable(what: &str) -> Error {
    Error::Unreadable(what.to_owned())
}

pub(super) fn rupiah(number: i64) -> Result<Rupiah, Error> {
    u64::try_from(number).map(Rupiah::new).map_err(|_| unreadable("an amount"))
}

pub(super) fn timestamp(millis: i64) -> Result<Timestamp, Error> {
    Timestamp::from_millisecond(millis).map_err(|_| unreadable("a time"))
}

pub(super) fn json<T: DeserializeOwned>(text: &str) -> Result<T, Error> {
    serde_json::from_str(text).map_err(|_| unreadable("a value"))
}

/// The JSON of what the book keeps.
pub(super) fn to_json<T: serde::Serialize>(value: &T) -> Result<String, Error> {
    serde_json::to_string(value).map_err(|_| Error::Invalid("a value cannot be written as JSON".to_owned()))
}
