//! What the sandbox's user does with notifications: hold, release, send again.

use std::collections::BTreeSet;
use std::fmt;

use serde::Serialize;

use super::{Webhook, delivery};
use crate::Provider;
use crate::server::App;

/// How often something is sent again by one call at most.
const MAX_TIMES: u32 = 10;

/// Why the sandbox's user cannot do something with notifications.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum WebhookError {
    /// No notification of this number was sent. Only the last 1 000 are known, and none from before a restart.
    NotFound,
    /// A notification can be sent again from 1 to 10 times.
    Times,
    /// The order does not name each of the held notifications once.
    Order,
    /// This cannot be a credential of the provider.
    Credential,
    /// There are already as many addresses, or notifications being sent again, as there may be.
    TooMany,
}

impl fmt::Display for WebhookError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NotFound => "no notification of this number was sent",
            Self::Times => "times must be from 1 to 10",
            Self::Order => "order must name each of the held notifications once",
            Self::Credential => "this cannot be a credential of the provider; Pakasir's is PROJECT:KEY",
            Self::TooMany => "there are too many already",
        })
    }
}

impl std::error::Error for WebhookError {}

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
    /// Where it will be sent.
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
    app.change(|world| world.webhooks_mut().hold());
}

/// Whether new notifications are held, and those that are.
pub(crate) fn held(app: &App) -> (bool, Vec<HeldWebhook>) {
    app.change(|world| {
        let outstanding = world.webhooks();
        (outstanding.is_holding(), outstanding.held().map(HeldWebhook::new).collect())
    })
}

/// Sends what is held, and holds nothing any more. Gives the numbers in the order in which they are sent.
pub(crate) fn release(app: &App, order: &ReleaseOrder) -> Result<Vec<u64>, WebhookError> {
    let numbers = app.change(|world| {
        let held: Vec<u64> = world.webhooks().held().map(|webhook| webhook.number).collect();
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
        world.webhooks_mut().release();
        Ok(numbers)
    })?;
    delivery::send_in_order(app, numbers.clone());
    Ok(numbers)
}

/// Sends a notification again so many times, each after the answer to the one before.
pub(crate) fn resend(app: &App, number: u64, times: u32) -> Result<(), WebhookError> {
    if !(1..=MAX_TIMES).contains(&times) {
        return Err(WebhookError::Times);
    }
    let trial = app.change(|_| app.sender().sent(number)).ok_or(WebhookError::NotFound)?;
    let permit = app.sender().resending().ok_or(WebhookError::TooMany)?;
    let sender = app.clone();
    delivery::spawn(app, async move {
        for _ in 0..times {
            delivery::attempt(&sender, &trial).await;
        }
        drop(permit);
    });
    Ok(())
}
