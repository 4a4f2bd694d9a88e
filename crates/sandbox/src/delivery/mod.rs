//! The delivery worker: sends notifications until they are acknowledged or given up.

mod control;
mod post;

use std::time::Duration;

use tokio::sync::mpsc::UnboundedReceiver;

pub use control::{HeldWebhook, ReleaseOrder};

pub(crate) use control::{held, hold, release, resend};

use crate::app::App;
use crate::providers;
use crate::traffic::Traffic;
use crate::webhooks::{Attempt, Outcome};

/// The longest delay between two attempts.
const LONGEST_DELAY: Duration = Duration::from_secs(300);

/// Sends the notifications whose numbers come in, until the sandbox ends.
pub(crate) fn start(app: &App, mut numbers: UnboundedReceiver<u64>) {
    let worker = app.clone();
    app.spawn(async move {
        while let Some(number) = numbers.recv().await {
            send(&worker, number);
        }
    });
}

/// Sends a notification when it is its turn at its address, until it is acknowledged or given up.
fn send(app: &App, number: u64) {
    let Some(url) = app.change(|world| Some(world.outbox().due(number)?.webhook.url.clone())) else { return };
    app.sender().lanes().add(&url, number);
    go_on(app, &url);
}

/// Begins the attempts whose turn it is at an address.
fn go_on(app: &App, url: &str) {
    while let Some((number, turn)) = app.sender().lanes().next(url) {
        let (sender, url) = (app.clone(), url.to_owned());
        app.spawn_until_reset(async move {
            let delay = try_once(&sender, number).await;
            drop(turn);
            go_on(&sender, &url);
            if let Some(delay) = delay {
                send_later(&sender, number, delay).await;
            }
        });
    }
}

/// Sends a notification again, after the others that wait by then.
async fn send_later(app: &App, number: u64, delay: Duration) {
    tokio::time::sleep(delay).await;
    send(app, number);
}

/// Sends a notification once, if it is still to be sent. Gives the delay before the next attempt, if there is to be one.
async fn try_once(app: &App, number: u64) -> Option<Duration> {
    // Nobody learns of what might be lost.
    while app.save().await.is_err() {
        tokio::time::sleep(app.settings().webhook_retry.max(Duration::from_millis(100))).await;
    }
    let attempt = app.change(|world| Some(app.sender().next(world.outbox().due(number)?)))?;
    make(app, &attempt).await;
    // What has become of it is saved soon; if the sandbox is killed before, the notification is sent once more.
    let failed = app.change(|world| {
        let failed = world.outbox().due(number)?.attempts;
        if failed >= providers::tries(attempt.webhook.provider) {
            world.outbox_mut().remove(number);
            return None;
        }
        Some(failed)
    });
    let doublings = failed?.saturating_sub(1).min(31);
    Some(app.settings().webhook_retry.saturating_mul(1 << doublings).min(LONGEST_DELAY))
}

/// Makes an attempt and logs what came of it, unless everything was forgotten meanwhile.
async fn make(app: &App, attempt: &Attempt) {
    let webhook = &attempt.webhook;
    let mut outcome = Outcome { resent: attempt.resent, ..Outcome::default() };
    {
        let (client, _permit) = app.sender().client().await;
        match tokio::time::timeout(app.settings().webhook_timeout, post::post(client, webhook)).await {
            Ok(Ok(answer)) => {
                outcome.acknowledged = providers::is_acknowledged(webhook.provider, answer.status, &answer.body);
                let wanted = || format!("not acknowledged: {}", providers::acknowledgement(webhook.provider));
                outcome.error = answer.redirect.map(|to| format!("redirect to {to}, not followed"));
                outcome.error = outcome.error.or_else(|| (!outcome.acknowledged).then(wanted));
                outcome.status = Some(answer.status);
                outcome.answer = Some(answer.body);
            }
            Ok(Err(error)) => outcome.error = Some(post::with_causes(&error.without_url())),
            Err(_) => outcome.error = Some(format!("no answer within {:?}", app.settings().webhook_timeout)),
        }
    }
    let logged = app.change(|world| {
        if !app.sender().is_current(attempt) || world.of_id(&webhook.payment).is_none() {
            return None;
        }
        if outcome.acknowledged {
            world.outbox_mut().remove(webhook.number);
        } else if !attempt.resent {
            world.outbox_mut().failed(webhook.number);
        }
        Some(app.sender().log(attempt, outcome, &app.settings().keys))
    });
    app.news().spread();
    app.observer().see(|| logged.map(Traffic::Notification));
}
