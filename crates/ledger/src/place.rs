//! Placing an order: written down once with its content, before it is paid.

use crate::Error;
use crate::ledger::Ledger;
use crate::order::Order;

/// What [`Ledger::place`] has found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Placed {
    /// It is written down now, and nothing of it is at a gateway: [`Ledger::pay`] creates the payment.
    New,
    /// It was written down before, and the creation waits to be sent, is under way, or its reply was lost: [`Ledger::pay`] goes
    /// on with it, and sends nothing twice.
    UnderWay,
    /// A payment of the order was made: it is open, over or paid, see [`Ledger::record`].
    Made,
}

impl Ledger {
    /// Writes down an order that is to be paid with an account, so that [`Ledger::pay`] or the worker sends it. An order that was
    /// placed before stays as it is, with one exception: while nothing of it is at a gateway, as it was refused, withdrawn or never
    /// sent, it may be placed again with another content. Unlike [`Ledger::pay`], this never adds an attempt to an order whose
    /// payment is over.
    ///
    /// # Errors
    ///
    /// [`Error::OtherContent`] where the order was placed with another [content](Order::content);
    /// [`Error::UnknownAccount`], [`Error::AccountChanged`], [`Error::Invalid`] for values that cannot be; [`Error::Store`].
    pub async fn place(&self, order: &Order, account: &str) -> Result<Placed, Error> {
        order.check()?;
        let facts = self.find_account(account)?.facts();
        self.store.place(order, &facts).await
    }
}
