//! Notifications on the pages: what became of one in a word, all of a payment with their attempts, and those that are held.

use std::collections::{BTreeMap, BTreeSet};

use axum::extract::{Path, State};
use axum::response::Response;
use maud::{Markup, html};

use super::words::{Lang, Words, fill};
use super::{PageForm, back, notice, own_page, time};
use crate::app::App;
use crate::call::Call;
use crate::delivery::{self, HeldWebhook, ReleaseOrder};
use crate::webhooks::{WebhookAttempt, address};

/// How many attempts of one notification are listed.
const ATTEMPTS: usize = 50;

/// The notifications of some payments, and those that are held.
#[derive(Debug)]
pub(super) struct Notices {
    holding: bool,
    /// In order of creation.
    held: Vec<HeldWebhook>,
    /// The attempts of each, oldest first, by payment and number.
    attempts: BTreeMap<String, BTreeMap<u64, Vec<WebhookAttempt>>>,
}

impl Notices {
    /// Those of the payments with these names.
    pub(super) fn of(app: &App, payments: &BTreeSet<String>) -> Self {
        let (holding, held) = delivery::held(app);
        let mut attempts: BTreeMap<String, BTreeMap<u64, Vec<WebhookAttempt>>> = BTreeMap::new();
        for attempt in app.sender().attempts_of(|payment| payments.contains(payment)) {
            attempts.entry(attempt.payment.clone()).or_default().entry(attempt.number).or_default().push(attempt);
        }
        Self { holding, held, attempts }
    }

    fn held_of(&self, payment: &str) -> bool {
        self.held.iter().any(|held| held.payment == payment)
    }

    /// What became of a payment's newest notification, with the cause.
    pub(super) fn in_short(&self, words: &Words, payment: &str) -> Markup {
        let newest = self.attempts.get(payment).and_then(|of_it| of_it.values().next_back());
        html! {
            @if self.held_of(payment) {
                span.badge { (words.held) }
            } @else if let Some(attempts) = newest && let Some(last) = attempts.last() {
                (outcome(words, last))
                @if attempts.len() > 1 { " " small { (fill(words.attempts, &[&attempts.len().to_string()])) } }
                @if let Some(error) = &last.error { " " span.cause title=(error) { (in_the_end(last, error)) } }
            } @else {
                span.where { "–" }
            }
        }
    }

    /// All notifications of a payment, newest first.
    pub(super) fn section(&self, words: &Words, form: &PageForm, payment: &str) -> Markup {
        let of_it = self.attempts.get(payment);
        html! {
            section {
                h2 { (words.notifications) }
                @if self.held_of(payment) { p { span.badge { (words.held) } " " (words.holding) } }
                @match of_it {
                    Some(of_it) => { @for attempts in of_it.values().rev() { (notification(words, form, attempts)) } }
                    None if !self.held_of(payment) => { p.empty { (words.no_webhooks) } }
                    None => {}
                }
            }
        }
    }

    /// Whether new ones are held, those that are, and the buttons for that.
    pub(super) fn hold(&self, words: &Words, form: &PageForm) -> Markup {
        html! {
            @if self.holding {
                article.held {
                    p { (words.holding) }
                    @if !self.held.is_empty() {
                        ol {
                            @for held in self.held.iter().take(ATTEMPTS) {
                                li {
                                    b { (held.provider.facts().title) } " " (fill(words.number, &[&held.number.to_string()])) ", "
                                    a href=(super::payment_path(&held.payment, form.lang)) { (held.payment) }
                                    span.where { " POST " (address(&held.url)) }
                                }
                            }
                        }
                        @if self.held.len() > ATTEMPTS { p.where { (fill(words.range, &[&ATTEMPTS.to_string(), &self.held.len().to_string()])) } }
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
                (form.button("/_sandbox/page/webhooks/hold", "hold", words.hold, words.hold, ""))
            }
        }
    }
}

/// The end of a chain of causes, which says most, where no answer came; otherwise all.
fn in_the_end<'a>(attempt: &WebhookAttempt, error: &'a str) -> &'a str {
    match attempt.status {
        None => error.rsplit(": ").next().unwrap_or(error),
        Some(_) => error,
    }
}

/// The status of an attempt's answer, in its colour.
fn outcome(words: &Words, attempt: &WebhookAttempt) -> Markup {
    html! {
        span.badge.paid[attempt.acknowledged].failed[!attempt.acknowledged] {
            @match (attempt.status, attempt.acknowledged) {
                (None, _) => { (words.no_answer) }
                (Some(status), true) => { (status) " " (words.acknowledged) }
                (Some(status), false) => { (status) " " (words.not_acknowledged) }
            }
        }
    }
}

/// A notification with its attempts, of which the newest is shown in the open. Its own secrets are masked in the log already.
fn notification(words: &Words, form: &PageForm, attempts: &[WebhookAttempt]) -> Markup {
    let Some(last) = attempts.last() else { return html! {} };
    let id = format!("webhook-{}", last.number);
    let number = fill(words.number, &[&last.number.to_string()]);
    html! {
        article.notification id=(id) {
            div.top {
                p { b { (words.notification) " " (number) } " " span.where { "POST " (address(&last.url)) } }
                (outcome(words, last))
            }
            p.when { (words.last_attempt) ": " (time(last.at)) }
            @if let Some(error) = &last.error { p.cause { (error) } }
            details id={ (id) "-attempts" } {
                summary { (words.webhooks) " (" (attempts.len()) ")" }
                ol.attempts reversed[attempts.len() > 1] {
                    @for attempt in attempts.iter().rev().take(ATTEMPTS) { (attempted(words, attempt)) }
                }
            }
            details id={ (id) "-request" } {
                summary { (words.request_body) }
                h4 { (words.request_headers) }
                pre tabindex="0" { @for (name, value) in &last.headers { (name) ": " (value) "\n" } }
                h4 { (words.request_body) }
                pre tabindex="0" { (last.body) }
                h4 { (words.signature_base) }
                @match &last.signature_base {
                    Some(base) if *base == last.body => p { (words.signed_body) }
                    Some(base) => pre tabindex="0" { (base) }
                    None => p { (words.unsigned) }
                }
            }
            div.buttons {
                (form.button(
                    &format!("/_sandbox/page/webhooks/{}/resend", last.number), &format!("{id}-resend"),
                    words.resend, &format!("{}: {number}", words.resend), "",
                ))
            }
        }
    }
}

fn attempted(words: &Words, attempt: &WebhookAttempt) -> Markup {
    html! {
        li value=(attempt.attempt) {
            (outcome(words, attempt)) " " span.when { (time(attempt.at)) }
            @if attempt.resent { span.when { ", " (words.resent) } }
            @if let Some(error) = &attempt.error { p.cause { (error) } }
            @match attempt.answer.as_deref() {
                None => {}
                Some("") => { p.when { (words.answer_empty) } }
                Some(body) => { pre tabindex="0" aria-label=(words.answer) { (body) } }
            }
        }
    }
}

/// Holds or releases.
pub(super) async fn steer(State(app): State<App>, Path(what): Path<String>, call: Call) -> Response {
    let lang = Lang::of(&call);
    if let Err(refused) = own_page(&call, lang) {
        return refused;
    }
    let released = match what.as_str() {
        "hold" => {
            delivery::hold(&app);
            return back(&call);
        }
        "release" => delivery::release(&app, &ReleaseOrder::Created),
        "release-reversed" => delivery::release(&app, &ReleaseOrder::Reverse),
        _ => return notice(404, lang, lang.words().unknown_action),
    };
    match released {
        Ok(_) => back(&call),
        Err(_) => notice(409, lang, lang.words().not_done),
    }
}

/// Sends a notification again.
pub(super) async fn resend(State(app): State<App>, Path(number): Path<u64>, call: Call) -> Response {
    let lang = Lang::of(&call);
    if let Err(refused) = own_page(&call, lang) {
        return refused;
    }
    match delivery::resend(&app, number, 1) {
        Ok(()) => back(&call),
        Err(_) => notice(409, lang, lang.words().not_resent),
    }
}
