//! Orders that are placed: each once with its content.

use super::conn::values;
use super::intents::Intent;
use super::{Conn, Store, transact};
use crate::Error;
use crate::account::Facts;
use crate::attempt::Attempt;
use crate::machine::{Ending, State};
use crate::order::Order;

/// What there was of an order that is placed.
#[derive(Debug)]
pub(crate) enum Placing {
    /// Nothing, or nothing any more: this attempt is to be sent now, by the caller.
    New(Attempt),
    /// An attempt that is to be sent, is being sent, or whose reply was lost.
    UnderWay,
    /// A payment, which is open, over or paid.
    Made,
}

impl Store {
    /// Writes an order down with its content and its first attempt, and takes the lease to send it; or compares it with what is
    /// there.
    pub async fn place(&self, order: &Order, facts: &Facts) -> Result<Placing, Error> {
        if let Some(attempt) = self.take_new(order, facts).await? {
            return Ok(Placing::New(attempt));
        }
        let placing = transact!(self, conn => conn.place(self, order, facts).await?)?;
        self.remember(facts);
        Ok(placing)
    }
}

impl Conn {
    async fn place(&mut self, store: &Store, order: &Order, facts: &Facts) -> Result<Placing, Error> {
        self.know_account(store, facts).await?;
        if self.add_order(order).await? {
            return Ok(self.add_attempt(order, &facts.account, 1, Some(&store.holder)).await?.into());
        }
        let sql = "SELECT content FROM gerbang_order WHERE id = $1 {lock}";
        let row = self.first(sql, values![order.id()]).await?.ok_or_else(|| Error::NotFound("order".to_owned()))?;
        let is_same = row.maybe_text("content")?.as_deref() == order.kept_content();
        let sql = "SELECT state, ending FROM gerbang_attempt WHERE order_id = $1";
        let attempts = self.fetch(sql, values![order.id()]).await?;
        let (mut is_void, mut open) = (true, None);
        for row in &attempts {
            let (state, ending) = (State::parse(&row.text("state")?), row.maybe_text("ending")?);
            is_void &= is_nothing_at_the_gateway(state, ending.as_deref());
            open = open.or(state.filter(|state| state.blocks_others()));
        }
        match (open, is_same) {
            (_, false) if !is_void => Err(Error::OtherContent(order.id().to_owned())),
            (Some(State::Intended | State::Sending | State::Uncertain), true) => Ok(Placing::UnderWay),
            (None, _) if is_void => {
                let sql = "UPDATE gerbang_order SET content = $2, metadata = $3 WHERE id = $1";
                self.execute(sql, values![order.id(), order.kept_content(), order.kept_metadata()]).await?;
                Ok(self.intend(store, order, facts, Some(&store.holder)).await?.into())
            }
            _ => Ok(Placing::Made),
        }
    }
}

impl From<Intent> for Placing {
    fn from(intent: Intent) -> Self {
        match intent {
            Intent::Taken(attempt) => Self::New(attempt),
            Intent::Attempt(_) => Self::UnderWay,
            Intent::Paid(_) => Self::Made,
        }
    }
}

/// Whether it is certain that no customer can pay the attempt, now or later.
fn is_nothing_at_the_gateway(state: Option<State>, ending: Option<&str>) -> bool {
    state == Some(State::Closed)
        && matches!(ending.and_then(Ending::parse), Some(Ending::Refused | Ending::NotSent | Ending::Withdrawn))
}
