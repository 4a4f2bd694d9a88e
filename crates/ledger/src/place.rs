//! Placing an order: paid once for its content.

use gerbang_core::Payment;
use tokio::time::Instant;
use tracing::Instrument;

use crate::Error;
use crate::account::Account;
use crate::ledger::Ledger;
use crate::order::Order;
use crate::store::Placing;

/// What [`Ledger::place`] has found.
#[derive(Debug)]
#[non_exhaustive]
pub enum Placed {
    /// The order is written down now: its payment as [`Ledger::pay`] gives it.
    New(Result<Payment, Error>),
    /// It was written down before, and the creation waited to be sent, was under way, or its reply was lost: the payment as
    /// [`Ledger::pay`] gives it, which sends nothing twice.
    UnderWay(Result<Payment, Error>),
    /// A payment of the order was made: it is open, over or paid, see [`Ledger::record`].
    Made,
}

impl Ledger {
    /// Writes down an order that is to be paid with an account, and has its payment created. An order that was placed before stays as
    /// it is, with one exception: while nothing of it is at a gateway, as it was refused, withdrawn or never sent, it may be
    /// placed again with another content. Unlike [`Ledger::pay`], this never adds an attempt to an order whose payment is over.
    ///
    /// It goes on when its caller is dropped.
    ///
    /// # Errors
    ///
    /// Nothing was sent: [`Error::OtherContent`] where the order was placed with another [content](Order::content);
    /// [`Error::AwaitsPerson`], [`Error::UnknownAccount`], [`Error::AccountChanged`], [`Error::Invalid`] for values that cannot be;
    /// [`Error::Store`]. What went wrong with the creation is in [`Placed`].
    pub async fn place(&self, order: &Order, account: &str) -> Result<Placed, Error> {
        order.check()?;
        let account = self.find_account(account)?.clone();
        let (ledger, order, reference) = (self.clone(), order.clone(), order.id().to_owned());
        let placing = tokio::spawn(async move { ledger.place_now(&order, &account).await }.in_current_span());
        // A gateway that panicked leaves the attempt as one whose reply was lost.
        placing.await.unwrap_or(Ok(Placed::UnderWay(Err(Error::Unanswered { reference }))))
    }

    async fn place_now(&self, order: &Order, account: &Account) -> Result<Placed, Error> {
        let asked_at = Instant::now();
        Ok(match self.store.place(order, &account.facts()).await? {
            Placing::New(attempt) => Placed::New(self.pay_now(order, account, Some((attempt, asked_at))).await),
            Placing::UnderWay => Placed::UnderWay(self.pay_now(order, account, None).await),
            Placing::Made => Placed::Made,
        })
    }
}
