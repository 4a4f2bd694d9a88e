//! Waiting for what a test expects: requests, notifications, the state of a payment.

use std::fmt;
use std::time::Duration;

use gerbang_core::Secret;
use jiff::Timestamp;
use serde::Deserialize;

use crate::app::App;
use crate::request_log::{RequestFilter, SandboxRequest};
use crate::state::{ControlError, Payment, PaymentStatus, World};
use crate::webhooks::WebhookAttempt;
use crate::{Provider, accounts};

/// The longest time of one call over HTTP, which is answered within half a minute.
pub(crate) const LONGEST: Duration = Duration::from_secs(25);

/// What was waited for did not happen in time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NotInTime {
    what: String,
}

/// What was waited for, for how long, and what there was instead.
impl fmt::Display for NotInTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.what)
    }
}

impl std::error::Error for NotInTime {}

/// Which attempts to send notifications are meant: those that are as everything that is set.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
#[non_exhaustive]
pub struct WebhookFilter {
    /// The provider.
    pub provider: Option<Provider>,
    /// The credential of the payment, of any provider that can have it unless one is named.
    pub credential: Option<Secret>,
    /// The payment: [`Payment::id`], or the merchant's or the provider's name.
    pub payment: Option<String>,
    /// Whether it was acknowledged.
    pub acknowledged: Option<bool>,
}

impl WebhookFilter {
    /// All attempts of a provider.
    #[must_use]
    pub fn new(provider: Provider) -> Self {
        Self { provider: Some(provider), ..Self::default() }
    }

    /// Sets [`WebhookFilter::credential`].
    #[must_use]
    pub fn credential(self, credential: impl Into<Secret>) -> Self {
        Self { credential: Some(credential.into()), ..self }
    }

    /// Sets [`WebhookFilter::payment`].
    #[must_use]
    pub fn payment(self, name: impl Into<String>) -> Self {
        Self { payment: Some(name.into()), ..self }
    }

    /// Sets [`WebhookFilter::acknowledged`].
    #[must_use]
    pub fn acknowledged(self, acknowledged: bool) -> Self {
        Self { acknowledged: Some(acknowledged), ..self }
    }

    fn is_like(&self, attempt: &WebhookAttempt, world: &World) -> bool {
        let Some((account, record)) = world.of_id(&attempt.payment) else { return false };
        let is_named = |name: &String| [&attempt.payment, &record.order, &record.reference].contains(&name);
        let is_of = |credential: &Secret| {
            let accounts = accounts::of(attempt.provider, credential.expose()).unwrap_or_default();
            accounts.iter().any(|found| found == account)
        };
        self.provider.is_none_or(|provider| provider == attempt.provider)
            && self.acknowledged.is_none_or(|acknowledged| acknowledged == attempt.acknowledged)
            && self.payment.as_ref().is_none_or(is_named)
            && self.credential.as_ref().is_none_or(is_of)
    }
}

/// Which payments are meant: those that are as everything that is set.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct PaymentFilter {
    provider: Option<Provider>,
    /// [`Payment::id`], or the merchant's or the provider's name.
    payment: Option<String>,
    pending: Option<bool>,
}

impl PaymentFilter {
    fn find(&self, world: &mut World, now: Timestamp) -> Vec<Payment> {
        let mut found = match &self.payment {
            Some(name) => world.payments_named(name, now),
            None => world.payments(now),
        };
        found.retain(|payment| {
            let is_pending = payment.status == PaymentStatus::Pending;
            self.provider.is_none_or(|provider| provider == payment.provider)
                && self.pending.is_none_or(|pending| pending == is_pending)
        });
        found
    }
}

/// Waits for so many requests that a filter means.
pub(crate) async fn for_requests(
    app: &App,
    filter: &RequestFilter,
    count: usize,
    time: Duration,
) -> Result<Vec<SandboxRequest>, NotInTime> {
    let (mut counted, mut newest) = (0, 0);
    let enough = app.news().until(time, || {
        let (more, last) = app.requests().count_after(filter, newest);
        (counted, newest) = (counted + more, last);
        if counted < count {
            return None;
        }
        // Some of those that were counted may be forgotten by now.
        let found = app.requests().like(filter);
        counted = found.len();
        (counted >= count).then_some(found)
    });
    let enough = enough.await;
    enough.ok_or_else(|| too_few("requests", app.requests().like(filter).len(), count, time))
}

/// Waits for so many attempts that a filter means.
pub(crate) async fn for_webhooks(
    app: &App,
    filter: &WebhookFilter,
    count: usize,
    time: Duration,
) -> Result<Vec<WebhookAttempt>, NotInTime> {
    let mut found = Vec::new();
    let enough = app.news().until(time, || {
        let attempts = app.sender().attempts();
        found = app.with(|world, _| attempts.into_iter().filter(|attempt| filter.is_like(attempt, world)).collect());
        (found.len() >= count).then_some(())
    });
    let enough = enough.await;
    let few = || too_few("attempts to send notifications", found.len(), count, time);
    enough.ok_or_else(few)?;
    Ok(found)
}

/// Waits for so many payments that a filter means.
pub(crate) async fn for_payments(
    app: &App,
    filter: &PaymentFilter,
    count: usize,
    time: Duration,
) -> Result<Vec<Payment>, NotInTime> {
    let mut found = Vec::new();
    let enough = app.news().until(time, || {
        found = app.with(|world, now| filter.find(world, now));
        (found.len() >= count).then_some(())
    });
    let enough = enough.await;
    enough.ok_or_else(|| too_few("payments", found.len(), count, time))?;
    Ok(found)
}

/// Waits until a payment is in a state.
pub(crate) async fn for_payment(
    app: &App,
    provider: Provider,
    name: &str,
    status: PaymentStatus,
    time: Duration,
) -> Result<Payment, NotInTime> {
    let mut last = Err(ControlError::NotFound);
    let found = app.news().until(time, || {
        last = app.with(|world, now| world.payment(provider, name, now));
        last.clone().ok().filter(|payment| payment.status == status)
    });
    found.await.ok_or_else(|| {
        let instead = match last {
            Ok(payment) => format!("it is {}", payment.status),
            Err(error) => error.to_string(),
        };
        NotInTime { what: format!("the payment was not {status} within {time:?}: {instead}") }
    })
}

fn too_few(what: &str, found: usize, wanted: usize, time: Duration) -> NotInTime {
    NotInTime { what: format!("within {time:?} there were {found} of the {wanted} {what} that were waited for") }
}
