//! Orders and their attempts, before anything is sent.

use gerbang_core::Rupiah;

use super::conn::values;
use super::rows::{returning_attempt, rupiah, select_attempt, to_attempt, to_json};
use super::{Conn, Store, transact};
use crate::Error;
use crate::account::Facts;
use crate::attempt::Attempt;
use crate::ledger::millis;
use crate::machine::{Ending, Fact, State, next};
use crate::order::{Order, reference};
use crate::schedule::LEASE;

/// What there is of an order that is to be paid.
#[derive(Debug)]
pub(crate) enum Intent {
    /// It is paid, by this attempt.
    Paid(Attempt),
    /// This attempt is written down; nothing else is open.
    Attempt(Attempt),
    /// This attempt is to be sent now, by the caller.
    Taken(Attempt),
}

impl Store {
    /// Writes down that an order is to be paid with an account, and takes the lease to send it, where nobody else has. What is
    /// open already stays the one.
    pub async fn take_intent(&self, order: &Order, facts: &Facts) -> Result<Intent, Error> {
        if let Some(attempt) = self.take_new(order, facts).await? {
            return Ok(Intent::Taken(attempt));
        }
        let intent = transact!(self, conn => match conn.intend(self, order, facts, Some(&self.holder)).await? {
            Intent::Attempt(attempt) if attempt.state == State::Intended => conn.take(&attempt, &self.holder).await?,
            intent => intent,
        })?;
        self.remember(facts);
        Ok(intent)
    }

    /// Writes a new order and its first attempt down, with the lease to send it, by one statement. None where there is more to do:
    /// the order or the reference is in the book, the account is not yet, or the database has no such statement.
    pub(super) async fn take_new(&self, order: &Order, facts: &Facts) -> Result<Option<Attempt>, Error> {
        if !self.dialect().joins_writes() || !self.knows(facts) {
            return Ok(None);
        }
        let sql = returning_attempt!(
            "WITH new AS (INSERT INTO gerbang_order (id, price, metadata, content, created_at) VALUES ($1, $2, $3, $4, {now}) \
             ON CONFLICT DO NOTHING RETURNING id, price) \
             INSERT INTO gerbang_attempt (order_id, account, number, reference, amount, request, state, rank, lease_by, lease_until, \
             due_at, sent_at, created_at) \
             SELECT id, $5, 1, id, price, $6, 'sending', 1, $7, {now} + $8, {now} + $8, {now}, {now} FROM new \
             ON CONFLICT (lower(reference), account) DO NOTHING"
        );
        let request = to_json(&order.request(order.id().to_owned()))?;
        let values = values![order.id(), order.amount(), order.kept_metadata(), order.kept_content()];
        let values = [values, values![facts.account.as_str(), request, self.holder.as_str(), millis(LEASE)]].concat();
        self.look(sql, values).await?.first().map(to_attempt).transpose()
    }

    /// Takes the lease to send an attempt; none when somebody else has, or when it is no longer to be sent.
    pub async fn take(&self, id: i64) -> Result<Option<Attempt>, Error> {
        transact!(self, conn => {
            let attempt = conn.locked_attempt(id).await?;
            match conn.take(&attempt, &self.holder).await? {
                Intent::Taken(attempt) => Some(attempt),
                _ => None,
            }
        })
    }

    /// Writes an account down, once.
    pub async fn know(&self, facts: &Facts) -> Result<(), Error> {
        transact!(self, conn => conn.know_account(self, facts).await?)?;
        self.remember(facts);
        Ok(())
    }

    /// The open attempt of an order and whether it is paid; none where nothing was written down for it.
    pub async fn open_of(&self, order: &str) -> Result<Option<(Option<Attempt>, bool)>, Error> {
        let mut conn = self.read().await?;
        let row = conn.first("SELECT state FROM gerbang_order WHERE id = $1", values![order]).await?;
        let Some(row) = row else { return Ok(None) };
        let is_paid = row.text("state")? == "paid";
        Ok(Some((conn.open_attempt(order).await?, is_paid)))
    }

    /// The attempt that has paid an order, or else the one that is open, or else the last; and whether the order is paid.
    pub async fn current(&self, order: &str) -> Result<Option<(Attempt, bool)>, Error> {
        let mut conn = self.read().await?;
        // Before the attempt: an order that is paid between the two is shown as paid a moment later.
        let is_paid = match conn.first("SELECT state FROM gerbang_order WHERE id = $1", values![order]).await? {
            Some(row) => row.text("state")? == "paid",
            None => return Ok(None),
        };
        let row = conn
            .first(
                select_attempt!(
                    "WHERE order_id = $1 ORDER BY CASE WHEN id = (SELECT paid_by FROM gerbang_order WHERE id = $1) THEN 0 \
                     WHEN state IN ('intended', 'sending', 'uncertain', 'open') THEN 1 ELSE 2 END, number DESC LIMIT 1"
                ),
                values![order],
            )
            .await?;
        Ok(row.as_ref().map(to_attempt).transpose()?.map(|attempt| (attempt, is_paid)))
    }
}

impl Conn {
    /// Writes down that an order is to be paid with an account. What is open already stays the one; an attempt of which nothing
    /// was sent gives way to another account or price. A new attempt is taken by its sender, where there is one.
    pub(crate) async fn intend(
        &mut self,
        store: &Store,
        order: &Order,
        facts: &Facts,
        sender: Option<&str>,
    ) -> Result<Intent, Error> {
        self.know_account(store, facts).await?;
        if self.add_order(order).await? {
            return self.add_attempt(order, &facts.account, 1, sender).await;
        }
        let sql = "SELECT price, paid_by FROM gerbang_order WHERE id = $1 {lock}";
        let row = self.first(sql, values![order.id()]).await?.ok_or_else(|| Error::NotFound("order".to_owned()))?;
        if let Some(paid_by) = row.maybe_int("paid_by")? {
            return Ok(Intent::Paid(self.locked_attempt(paid_by).await?));
        }
        self.refuse_while_short(order.id()).await?;
        if let Some(open) = self.open_attempt(order.id()).await? {
            let is_as_wanted = open.amount == order.amount();
            match open.state {
                State::Intended if is_as_wanted && open.account == facts.account => return Ok(Intent::Attempt(open)),
                State::Intended => self.withdraw(&open).await?,
                _ if is_as_wanted => return Ok(Intent::Attempt(open)),
                _ => return Err(Error::OpenAtAnotherPrice { reference: open.reference, amount: open.amount }),
            }
        }
        if rupiah(row.int("price")?)? != order.amount() {
            self.execute("UPDATE gerbang_order SET price = $2 WHERE id = $1", values![order.id(), order.amount()])
                .await?;
        }
        self.add_next_attempt(order, &facts.account, sender).await
    }

    /// Writes an order down with its content; false where it is in the book.
    pub(super) async fn add_order(&mut self, order: &Order) -> Result<bool, Error> {
        let sql = "INSERT INTO gerbang_order (id, price, metadata, content, created_at) VALUES ($1, $2, $3, $4, {now}) \
                   ON CONFLICT DO NOTHING";
        let values = values![order.id(), order.amount(), order.kept_metadata(), order.kept_content()];
        Ok(self.execute(sql, values).await? == 1)
    }

    /// Writes the account down, once; its gateway and mode never change.
    pub(super) async fn know_account(&mut self, store: &Store, facts: &Facts) -> Result<(), Error> {
        if store.knows(facts) || self.is_known(facts).await? {
            return Ok(());
        }
        let new = "INSERT INTO gerbang_account (name, gateway, mode) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING";
        self.execute(new, values![facts.account.as_str(), facts.provider, facts.mode.as_str()]).await?;
        self.is_known(facts).await.map(drop)
    }

    /// Whether the account is in the book. It is refused where the book has another gateway or mode.
    pub(super) async fn is_known(&mut self, facts: &Facts) -> Result<bool, Error> {
        let sql = "SELECT gateway, mode FROM gerbang_account WHERE name = $1";
        let Some(row) = self.first(sql, values![facts.account.as_str()]).await? else { return Ok(false) };
        if row.text("gateway")? != facts.provider || row.text("mode")? != facts.mode.as_str() {
            return Err(Error::AccountChanged(facts.account.clone()));
        }
        Ok(true)
    }

    /// Money came in that is less than the order costs: nobody may ask for more before a person has looked.
    async fn refuse_while_short(&mut self, order: &str) -> Result<(), Error> {
        let sql = "SELECT a.reference FROM gerbang_case c JOIN gerbang_attempt a ON a.id = c.attempt \
                   WHERE a.order_id = $1 AND c.why = 'short' AND c.resolved_at IS NULL";
        match self.first(sql, values![order]).await? {
            None => Ok(()),
            Some(row) => Err(Error::AwaitsPerson { reference: row.text("reference")? }),
        }
    }

    /// The one attempt of an order that blocks others.
    pub(super) async fn open_attempt(&mut self, order: &str) -> Result<Option<Attempt>, Error> {
        let sql = select_attempt!("WHERE order_id = $1 AND state IN ('intended', 'sending', 'uncertain', 'open')");
        self.first(sql, values![order]).await?.as_ref().map(to_attempt).transpose()
    }

    async fn withdraw(&mut self, open: &Attempt) -> Result<(), Error> {
        let Some((State::Closed, Some(ending))) = next(open.state, Fact::Dropped(Ending::Withdrawn)) else {
            return Ok(());
        };
        let sql = "UPDATE gerbang_attempt SET state = 'closed', rank = 4, ending = $2, due_at = NULL \
                   WHERE id = $1 AND state = 'intended'";
        self.execute(sql, values![open.id, ending.as_str()]).await?;
        Ok(())
    }

    /// Adds the next attempt of an order, and takes it where it has a sender.
    pub(super) async fn add_next_attempt(
        &mut self,
        order: &Order,
        account: &str,
        sender: Option<&str>,
    ) -> Result<Intent, Error> {
        let sql = "SELECT COALESCE(max(number), 0) AS number FROM gerbang_attempt WHERE order_id = $1";
        let last = self.first(sql, values![order.id()]).await?.map_or(Ok(0), |row| row.int("number"))?;
        self.add_attempt(order, account, last + 1, sender).await
    }

    /// Adds an attempt with the first free number from this one on. Its reference is new in the account for ever.
    pub(super) async fn add_attempt(
        &mut self,
        order: &Order,
        account: &str,
        first: i64,
        sender: Option<&str>,
    ) -> Result<Intent, Error> {
        // Another order may be called as this one's attempt would be.
        let sql = returning_attempt!(
            "INSERT INTO gerbang_attempt (order_id, account, number, reference, amount, request, state, rank, lease_by, lease_until, \
             due_at, sent_at, created_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, CASE WHEN $9 IS NULL THEN 0 ELSE {now} + $10 END, \
             {now} + CASE WHEN $9 IS NULL THEN 0 ELSE $10 END, CASE WHEN $9 IS NULL THEN NULL ELSE {now} END, {now}) \
             ON CONFLICT (lower(reference), account) DO NOTHING"
        );
        let state = if sender.is_some() { State::Sending } else { State::Intended };
        let mut number = first;
        loop {
            let free = reference(order.id(), number);
            let request = to_json(&order.request(free.clone()))?;
            let mut values = values![order.id(), account, number, free, order.amount(), request];
            values.extend(values![state.as_str(), state.rank(), sender, millis(LEASE)]);
            match self.first(sql, values).await? {
                Some(row) if sender.is_some() => return to_attempt(&row).map(Intent::Taken),
                Some(row) => return to_attempt(&row).map(Intent::Attempt),
                None => number += 1,
            }
        }
    }

    /// Takes the lease to send an attempt: only from `intended`, only while the order is unpaid, and committed before anything
    /// is sent.
    async fn take(&mut self, attempt: &Attempt, holder: &str) -> Result<Intent, Error> {
        if next(attempt.state, Fact::Taken).is_none() {
            return Ok(Intent::Attempt(attempt.clone()));
        }
        let sql = returning_attempt!(
            "UPDATE gerbang_attempt SET state = 'sending', rank = 1, lease_by = $2, lease_until = {now} + $3, \
             due_at = {now} + $3, sent_at = {now} WHERE id = $1 AND state = 'intended' \
             AND EXISTS (SELECT 1 FROM gerbang_order o WHERE o.id = order_id AND o.state = 'unpaid')"
        );
        match self.first(sql, values![attempt.id, holder, millis(LEASE)]).await? {
            Some(row) => to_attempt(&row).map(Intent::Taken),
            None => self.locked_attempt(attempt.id).await.map(Intent::Attempt),
        }
    }

    /// The price of an order and whether it is paid, locked.
    pub(super) async fn locked_order(&mut self, order: &str) -> Result<(Rupiah, bool), Error> {
        let sql = "SELECT price, state FROM gerbang_order WHERE id = $1 {lock}";
        let row = self.first(sql, values![order]).await?.ok_or_else(|| Error::NotFound("order".to_owned()))?;
        Ok((rupiah(row.int("price")?)?, row.text("state")? == "paid"))
    }
}
