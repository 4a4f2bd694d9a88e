//! Orders that are placed: each once with its content.

use super::conn::values;
use super::{Conn, Store, transact};
use crate::Error;
use crate::account::Facts;
use crate::machine::{Ending, State};
use crate::order::Order;
use crate::place::Placed;

impl Store {
    /// Writes an order down with its content and its first attempt, or compares it with what is there.
    pub async fn place(&self, order: &Order, facts: &Facts) -> Result<Placed, Error> {
        transact!(self, conn => conn.place(self, order, facts).await?)
    }
}

impl Conn {
    async fn place(&mut self, store: &Store, order: &Order, facts: &Facts) -> Result<Placed, Error> {
        let new = "INSERT INTO gerbang_order (id, price, metadata, content, created_at) VALUES ($1, $2, $3, $4, {now}) \
                   ON CONFLICT DO NOTHING";
        let values = values![order.id(), order.amount(), order.kept_metadata(), order.kept_content()];
        if self.execute(new, values).await? == 1 {
            self.intend(store, order, facts, None).await?;
            return Ok(Placed::New);
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
            (Some(State::Intended | State::Sending | State::Uncertain), true) => Ok(Placed::UnderWay),
            (None, _) if is_void => {
                let sql = "UPDATE gerbang_order SET content = $2, metadata = $3 WHERE id = $1";
                self.execute(sql, values![order.id(), order.kept_content(), order.kept_metadata()]).await?;
                self.intend(store, order, facts, None).await?;
                Ok(Placed::New)
            }
            _ => Ok(Placed::Made),
        }
    }
}

/// Whether it is certain that no customer can pay the attempt, now or later.
fn is_nothing_at_the_gateway(state: Option<State>, ending: Option<&str>) -> bool {
    state == Some(State::Closed)
        && matches!(ending.and_then(Ending::parse), Some(Ending::Refused | Ending::NotSent | Ending::Withdrawn))
}
