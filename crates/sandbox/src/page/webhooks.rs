//! The part of the page about notifications: those that are held, and the attempts to send them.

use axum::extract::{Path, State};
use axum::response::Response;
use maud::{Markup, html};

use super::words::{Lang, Words, fill};
use super::{PageForm, back, notice, own_page, time};
use crate::app::App;
use crate::call::Call;
use crate::delivery::{self, HeldWebhook, ReleaseOrder};
use crate::webhooks::{WebhookAttempt, address};

/// How many attempts the page shows.
const ATTEMPTS: usize = 50;

/// What the page shows of notifications.
#[derive(Debug)]
pub(super) struct Shown {
    holding: bool,
    /// In order of creation.
    held: Vec<HeldWebhook>,
    /// Newest first.
    attempts: Vec<WebhookAttempt>,
}

impl Shown {
    pub(super) fn of(app: &App) -> Self {
        let (holding, held) = delivery::held(app);
        let mut attempts = app.sender().attempts();
        attempts.reverse();
        attempts.truncate(ATTEMPTS);
        Self { holding, held, attempts }
    }

    pub(super) fn section(&self, words: &Words, form: &PageForm) -> Markup {
        html! {
            section {
                h2 { (words.webhooks) }
                (self.hold(words, form))
                @if self.attempts.is_empty() {
                    p.empty { (words.no_webhooks) }
                } @else {
                    @for attempt in &self.attempts { (attempted(words, form, attempt)) }
                    @if self.attempts.len() == ATTEMPTS {
                        p { (fill(words.latest_webhooks, &[&ATTEMPTS.to_string()])) }
                    }
                }
            }
        }
    }

    fn hold(&self, words: &Words, form: &PageForm) -> Markup {
        html! {
            @if self.holding {
                article.held {
                    p { (words.holding) }
                    @if !self.held.is_empty() {
                        ol {
                            @for held in &self.held {
                                li {
                                    b { (held.provider.facts().title) } " " (fill(words.number, &[&held.number.to_string()])) ", "
                                    a href={ "#" (held.payment) } { (held.payment) }
                                    span.where { " POST " (address(&held.url)) }
                                }
                            }
                        }
                    }
                    div.buttons {
                        (form.button("/_sandbox/page/webhooks/release", "release", words.release, words.release, "main"))
                        @if self.held.len() > 1 {
                            (form.button(
                                "/_sandbox/page/webhooks/release-reversed", "release-reversed",
                                words.release_reversed, words.release_reversed, "",
                            ))
                        }
                    }
                }
            } @else {
                div.buttons.before { (form.button("/_sandbox/page/webhooks/hold", "hold", words.hold, words.hold, "")) }
            }
        }
    }
}

/// An attempt to send a notification. Its own secrets are masked in the log already.
fn attempted(words: &Words, form: &PageForm, attempt: &WebhookAttempt) -> Markup {
    let id = format!("webhook-{}-{}", attempt.number, attempt.attempt);
    let number = fill(words.number, &[&attempt.number.to_string()]);
    html! {
        article.attempt {
            details id=(id) {
                summary {
                    span.what {
                        b { (attempt.provider.facts().title) } " " (number) ", "
                        a href={ "#" (attempt.payment) } { (attempt.payment) } ", "
                        (fill(words.attempt, &[&attempt.attempt.to_string()]))
                        @if attempt.resent { ", " (words.resent) }
                    }
                    span.when { (time(attempt.at)) }
                    span.where { "POST " (address(&attempt.url)) }
                    span.badge.paid[attempt.acknowledged].failed[!attempt.acknowledged] {
                        @match (attempt.status, attempt.acknowledged) {
                            (None, _) => { (words.no_answer) }
                            (Some(status), true) => { (status) " " (words.acknowledged) }
                            (Some(status), false) => { (status) " " (words.not_acknowledged) }
                        }
                    }
                }
                h4 { (words.request_headers) }
                pre tabindex="0" { @for (name, value) in &attempt.headers { (name) ": " (value) "\n" } }
                h4 { (words.request_body) }
                pre tabindex="0" { (attempt.body) }
                h4 { (words.signature_base) }
                p { @if attempt.signature_base.is_some() { (words.signed_body) } @else { (words.unsigned) } }
                h4 { (words.answer) ": " @if let Some(status) = attempt.status { (status) } @else { (words.no_answer) } }
                @if let Some(error) = &attempt.error { p { (error) } }
                @match attempt.answer.as_deref() {
                    None => {}
                    Some("") => { p { (words.answer_empty) } }
                    Some(body) => { pre tabindex="0" { (body) } }
                }
            }
            @if attempt.attempt > 0 {
                div.buttons {
                    (form.button(
                        &format!("/_sandbox/page/webhooks/{}/resend", attempt.number), &format!("{id}-resend"),
                        words.resend, &format!("{}: {number}", words.resend), "",
                    ))
                }
            }
        }
    }
}

/// Holds or releases.
pub(super) async fn steer(State(app): State<App>, Path(what): Path<String>, call: Call) -> Response {
    let lang = Lang::of(&call);
    if let Err(refused) = own_page(&app, &call, lang) {
        return refused;
    }
    let released = match what.as_str() {
        "hold" => {
            delivery::hold(&app);
            return back(&call, lang);
        }
        "release" => delivery::release(&app, &ReleaseOrder::Created),
        "release-reversed" => delivery::release(&app, &ReleaseOrder::Reverse),
        _ => return notice(404, lang, lang.words().unknown_action),
    };
    match released {
        Ok(_) => back(&call, lang),
        Err(_) => notice(409, lang, lang.words().not_done),
    }
}

/// Sends a notification again.
pub(super) async fn resend(State(app): State<App>, Path(number): Path<u64>, call: Call) -> Response {
    let lang = Lang::of(&call);
    if let Err(refused) = own_page(&app, &call, lang) {
        return refused;
    }
    match delivery::resend(&app, number, 1) {
        Ok(()) => back(&call, lang),
        Err(_) => notice(409, lang, lang.words().not_resent),
    }
}
