//! What the sandbox's user does with notifications: hold, release, send again.

use std::collections::BTreeSet;

use serde::Serialize;

use crate::Provider;
use crate::app::App;
use crate::state::Webhook;
use crate::webhooks::{WebhookError, masked_address};

/// How often something is sent again by one call at most.
const MAX_TIMES: u32 = 10;

/// A notification that is held.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct HeldWebhook {
    /// Its number, which the log of attempts will show, too.
    pub number: u64,
    /// The provider.
    pub provider: Provider,
    /// The payment, by [`Payment::id`](crate::Payment::id).
    pub payment: String,
    /// Where it will be sent. In JSON it is without what may be secret: the user, the password, the query.
    #[serde(serialize_with = "masked_address")]
    pub url: String,
    /// What will be sent.
    pub body: String,
}

impl HeldWebhook {
    fn new(webhook: &Webhook) -> Self {
        Self {
            number: webhook.number,
            provider: webhook.provider,
            payment: webhook.payment.clone(),
            url: webhook.url.clone(),
            body: webhook.body.clone(),
        }
    }
}

/// In which order held notifications are sent.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum ReleaseOrder {
    /// As they were made.
    #[default]
    Created,
    /// The newest first.
    Reverse,
    /// By these numbers, which name each of them once.
    Numbers(Vec<u64>),
}

pub(crate) fn hold(app: &App) {
    app.change(|world| world.outbox_mut().hold());
}

/// Whether new notifications are held, and those that are.
pub(crate) fn held(app: &App) -> (bool, Vec<HeldWebhook>) {
    app.change(|world| {
        let outbox = world.outbox();
        (outbox.is_holding(), outbox.held().map(HeldWebhook::new).collect())
    })
}

/// Sends what is held, and holds nothing any more: at each address in the wanted order, and no address waits for another.
/// Gives the numbers in that order.
pub(crate) fn release(app: &App, order: &ReleaseOrder) -> Result<Vec<u64>, WebhookError> {
    let (numbers, addresses) = app.change(|world| {
        let held: Vec<u64> = world.outbox().held().map(|webhook| webhook.number).collect();
        let numbers: Vec<u64> = match order {
            ReleaseOrder::Created => held,
            ReleaseOrder::Reverse => held.into_iter().rev().collect(),
            ReleaseOrder::Numbers(numbers) => {
                let named: BTreeSet<u64> = numbers.iter().copied().collect();
                if numbers.len() != held.len() || !named.iter().eq(held.iter()) {
                    return Err(WebhookError::Order);
                }
                numbers.clone()
            }
        };
        let outbox = world.outbox_mut();
        outbox.release();
        let mut addresses = BTreeSet::new();
        // While the state is locked, so that what is made later comes after them.
        for number in &numbers {
            let Some(pending) = outbox.due(*number) else { continue };
            app.sender().lanes().add(&pending.webhook.url, *number);
            addresses.insert(pending.webhook.url.clone());
        }
        Ok((numbers, addresses))
    })?;
    for url in &addresses {
        super::go_on(app, url);
    }
    Ok(numbers)
}

/// Sends a notification again so many times, each after the answer to the one before.
pub(crate) fn resend(app: &App, number: u64, times: u32) -> Result<(), WebhookError> {
    if !(1..=MAX_TIMES).contains(&times) {
        return Err(WebhookError::Times);
    }
    let attempt = app.change(|_| app.sender().sent(number)).ok_or(WebhookError::NotFound)?;
    let permit = app.sender().resending().ok_or(WebhookError::TooMany)?;
    let sender = app.clone();
    app.spawn_until_reset(async move {
        for _ in 0..times {
            super::make(&sender, &attempt).await;
        }
        drop(permit);
    });
    Ok(())
}
