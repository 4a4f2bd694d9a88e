//! Cancelling: the gateway's status after the cancellation decides, and money outranks it.

use gerbang_core::{Lookup, Payment};
use tracing::Instrument;

use crate::Error;
use crate::attempt::Attempt;
use crate::ledger::Ledger;
use crate::machine::{Ending, Fact, State};
use crate::news::{News, of_answer, of_failed_question};
use crate::store::{Answers, Learning};

/// What has become of an order's payment after [`Ledger::cancel`].
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Cancelled {
    /// Nothing is open: the order can have another payment. Money that comes all the same is not lost.
    Closed,
    /// It is open, or may be: the gateway cannot cancel it, refused, or could not be asked. The customer may still pay.
    StillOpen,
    /// The customer was faster: the order is paid. Another payment of it may be open.
    Paid,
    /// Too little was paid, so that the order is neither open nor paid: a person must look, see [`Ledger::cases`].
    AwaitsPerson,
}

impl Ledger {
    /// Cancels the open payment of an order. The gateway is asked first, as money may have come in that nobody has looked at,
    /// and its word after the cancellation decides.
    ///
    /// # Errors
    ///
    /// [`Error::NotFound`] where nothing was written down for the order; [`Error::UnknownAccount`] where its account is not
    /// given to this ledger; [`Error::AccountChanged`]; [`Error::Store`].
    pub async fn cancel(&self, order: &str) -> Result<Cancelled, Error> {
        let ledger = self.clone();
        let name = order.to_owned();
        let cancelling = tokio::spawn(async move { ledger.cancel_now(&name).await }.in_current_span());
        // A gateway that panicked has not said that it is closed.
        cancelling.await.unwrap_or(Ok(Cancelled::StillOpen))
    }

    async fn cancel_now(&self, order: &str) -> Result<Cancelled, Error> {
        let Some((attempt, is_paid)) = self.store.open_of(order).await? else {
            return Err(Error::NotFound(format!("order {order:?}")));
        };
        let Some(mut attempt) = attempt else {
            return Ok(if is_paid { Cancelled::Paid } else { Cancelled::Closed });
        };
        let account = self.find_account(&attempt.account)?.clone();
        let facts = account.facts();
        self.store.know(&facts).await?;
        let learning = Learning { facts: &facts, ends_lease: false, answers: Answers::Before(attempt.now) };
        if attempt.state == State::Intended {
            let drop_it = |_: &Attempt| News::fact(Fact::Dropped(Ending::Withdrawn));
            attempt = self.store.learn(&attempt, learning, drop_it).await?;
        }
        if attempt.state == State::Open && facts.can.status {
            let known = attempt.known(facts.provider);
            let answer = account.gateway().payment(Lookup::Payment(&known)).await;
            attempt = self.learn_word(&attempt, learning, &answer).await?;
        }
        if attempt.state == State::Open && facts.can.cancel {
            let known = attempt.known(facts.provider);
            let answer = account.gateway().cancel_payment(&known).await;
            attempt = match &answer {
                Ok(_) => self.learn_word(&attempt, learning, &answer).await?,
                // Whether it was carried out is asked; what the refusal says is not a word about the payment.
                Err(_) if facts.can.status => {
                    let answer = account.gateway().payment(Lookup::Payment(&known)).await;
                    self.learn_word(&attempt, learning, &answer).await?
                }
                Err(_) => attempt,
            };
        }
        self.wake.events.send_replace(());
        let is_paid = is_paid || self.store.open_of(order).await?.is_some_and(|(_, is_paid)| is_paid);
        Ok(match (attempt.state, is_paid) {
            (_, true) => Cancelled::Paid,
            (State::Paid, false) => Cancelled::AwaitsPerson,
            (State::Closed, false) => Cancelled::Closed,
            _ => Cancelled::StillOpen,
        })
    }

    async fn learn_word(
        &self,
        attempt: &Attempt,
        learning: Learning<'_>,
        answer: &Result<Payment, gerbang_core::Error>,
    ) -> Result<Attempt, Error> {
        let judge = |now: &Attempt| match answer {
            Ok(answer) => of_answer(&now.as_of(attempt), learning.facts, answer),
            Err(error) => of_failed_question(&now.as_of(attempt), learning.facts, error),
        };
        self.store.learn(attempt, learning, judge).await
    }
}
