//! The page with all payments and the attempts to send notifications.

use axum::extract::State;
use axum::response::Response;
use jiff::Timestamp;
use maud::{Markup, html};
use url::Url;
use url::form_urlencoded::byte_serialize;

use super::words::{Lang, Words, fill};
use super::{action, badge, changed, document, guarded, label, qr, rupiah, seconds, tag, time};
use crate::Provider;
use crate::call::Call;
use crate::server::App;
use crate::state::{Payment, PaymentStatus, World};
use crate::webhooks::WebhookAttempt;

/// How many payments stand on one page.
const PER_PAGE: usize = 50;

/// How many attempts stand on the page.
const ATTEMPTS: usize = 50;

/// `GET /`
pub(super) async fn whole(State(app): State<App>, call: Call) -> Response {
    let shown = Shown::of(&app, &call);
    let words = shown.lang.words();
    let content = html! {
        main {
            div #live data-source=(shown.source()) data-tag=(shown.tag()) data-lost=(words.lost) { (shown.part(&app)) }
            section {
                h2 { (words.base_urls) }
                p { (words.base_urls_help) }
                pre #exports tabindex="0" { (exports(&app)) }
                (copy(words, "exports"))
            }
        }
    };
    let mut switch = super::home(shown.lang.other());
    if shown.page > 1 {
        switch.push_str(&format!("&page={}", shown.page));
    }
    guarded(200, document(shown.lang, words.title, &switch, &content))
}

/// `GET /_sandbox/page`
pub(super) async fn part(State(app): State<App>, call: Call) -> Response {
    let shown = Shown::of(&app, &call);
    changed(&call, &shown.tag(), || shown.part(&app))
}

/// What a page shows.
struct Shown {
    lang: Lang,
    /// From 1.
    page: usize,
    total: usize,
    /// Newest first.
    payments: Vec<Row>,
    /// Newest first.
    attempts: Vec<WebhookAttempt>,
}

/// A payment with its times in words, which change by the minute.
struct Row {
    payment: Payment,
    age: String,
    rest: String,
}

impl Shown {
    fn of(app: &App, call: &Call) -> Self {
        let lang = Lang::of(call);
        let (all, now) = app.with(|world, now| (World::payments(world, now), now));
        let total = all.len();
        let last = total.div_ceil(PER_PAGE).max(1);
        let page = call.query("page").and_then(|page| page.parse().ok()).unwrap_or(1).clamp(1, last);
        let payments = all
            .into_iter()
            .rev()
            .skip((page - 1) * PER_PAGE)
            .take(PER_PAGE)
            .map(|payment| Row::new(payment, lang.words(), now))
            .collect();
        let mut attempts = app.sender().attempts();
        attempts.reverse();
        attempts.truncate(ATTEMPTS);
        Self { lang, page, total, payments, attempts }
    }

    /// Where the changing part is.
    fn source(&self) -> String {
        format!("/_sandbox/page?lang={}&page={}", self.lang.code(), self.page)
    }

    fn tag(&self) -> String {
        let payments: Vec<_> =
            self.payments.iter().map(|row| (format!("{:?}", row.payment), &row.age, &row.rest)).collect();
        let attempts: Vec<_> = self.attempts.iter().map(|attempt| format!("{attempt:?}")).collect();
        tag(&(self.lang, self.page, self.total, payments, attempts))
    }

    /// The part that changes.
    fn part(&self, app: &App) -> Markup {
        let words = self.lang.words();
        html! {
            section {
                h1 { (words.payments) }
                @if self.payments.is_empty() {
                    p.empty { (words.no_payments) }
                } @else {
                    @for row in &self.payments { (self.payment(app, row)) }
                    (self.pages())
                }
            }
            section {
                h2 { (words.webhooks) }
                @if self.attempts.is_empty() {
                    p.empty { (words.no_webhooks) }
                } @else {
                    @for attempt in &self.attempts { (notification(app, words, attempt)) }
                    @if self.attempts.len() == ATTEMPTS {
                        p { (fill(words.latest_webhooks, &[&ATTEMPTS.to_string()])) }
                    }
                }
            }
        }
    }

    fn pages(&self) -> Markup {
        let words = self.lang.words();
        let first = (self.page - 1) * PER_PAGE + 1;
        let range = format!("{first}–{}", first + self.payments.len() - 1);
        let to = |page: usize| format!("/?lang={}&page={page}", self.lang.code());
        html! {
            @if self.total > PER_PAGE {
                nav.pages {
                    @if self.page > 1 { a href=(to(self.page - 1)) { (words.newer) } }
                    span { (fill(words.range, &[&range, &self.total.to_string()])) }
                    @if self.page * PER_PAGE < self.total { a href=(to(self.page + 1)) { (words.older) } }
                }
            }
        }
    }

    fn payment(&self, app: &App, row: &Row) -> Markup {
        let words = self.lang.words();
        let payment = &row.payment;
        html! {
            article.payment #(payment.id) {
                div.top {
                    h3 {
                        span.provider { (label(payment.provider)) }
                        " " bdi.name { (payment.order) }
                    }
                    (badge(words, payment.status))
                }
                dl {
                    div { dt { (words.price) } dd { (rupiah(payment.amount)) } }
                    div { dt { (words.payable) } dd.payable { (rupiah(payment.payable)) } }
                    div {
                        dt { (words.received) }
                        dd { @if let Some(received) = payment.received { (rupiah(received)) } @else { "–" } }
                    }
                    div { dt { (words.created) } dd { (row.age) small { (time(payment.created_at)) } } }
                    @match (payment.status, payment.paid_at) {
                        (PaymentStatus::Pending, _) => {
                            div { dt { (words.expires) } dd { (row.rest) small { (time(payment.expires_at)) } } }
                        }
                        (PaymentStatus::Expired, _) => {
                            div { dt { (words.expired_at) } dd { (row.rest) small { (time(payment.expires_at)) } } }
                        }
                        (_, Some(paid)) => {
                            div { dt { (words.paid_at) } dd { (row.rest) small { (time(paid)) } } }
                        }
                        _ => {}
                    }
                    div.long {
                        dt { (words.reference) }
                        dd {
                            @if payment.reference != payment.order { bdi { (payment.reference) } ", " }
                            (payment.id)
                            small { (payment.method) }
                        }
                    }
                }
                @if payment.status == PaymentStatus::Pending { (self.buttons(payment)) }
                @if let Some(curl) = curl(app, payment) {
                    details id={ (payment.id) "-curl" } {
                        summary { (words.curl) }
                        pre tabindex="0" id={ (payment.id) "-command" } { (curl) }
                        (copy(words, &format!("{}-command", payment.id)))
                    }
                }
            }
        }
    }

    fn buttons(&self, payment: &Payment) -> Markup {
        let words = self.lang.words();
        let hidden = html! {
            input type="hidden" name="lang" value=(self.lang.code());
            @if self.page > 1 { input type="hidden" name="page" value=(self.page); }
        };
        let button = |deed: &str, text: &str, class: &str| {
            html! {
                form method="post" action=(action(payment, deed)) data-live {
                    (hidden)
                    button type="submit" class=(class) id={ (payment.id) "-" (deed) }
                        aria-label={ (text) ": " (payment.order) } { (text) }
                }
            }
        };
        let amount = format!("{}-amount", payment.id);
        html! {
            div.buttons {
                (button("pay", words.pay, "main"))
                (button("expire", words.expire, ""))
                (button("cancel", words.cancel, ""))
                form.underpay method="post" action=(action(payment, "underpay")) data-live {
                    (hidden)
                    label for=(amount) { (words.underpay_amount) }
                    input id=(amount) name="amount" inputmode="numeric" pattern="[0-9]+" required autocomplete="off"
                        value=(payment.payable.get().saturating_sub(1));
                    button type="submit" id={ (payment.id) "-underpay" }
                        aria-label={ (words.underpay) ": " (payment.order) } { (words.underpay) }
                }
                a href={ "/pay/" (payment.id) "?lang=" (self.lang.code()) } { (words.pay_page) }
            }
            @if let Some(qr) = qr(words, payment) {
                details id={ (payment.id) "-qr" } {
                    summary { (words.qr) }
                    (qr)
                }
            }
        }
    }
}

impl Row {
    fn new(payment: Payment, words: &Words, now: Timestamp) -> Self {
        let age = words.ago(seconds(payment.created_at, now));
        let rest = match (payment.status, payment.paid_at) {
            (PaymentStatus::Pending, _) => words.soon(seconds(now, payment.expires_at)),
            (PaymentStatus::Expired, _) => words.ago(seconds(payment.expires_at, now)),
            (_, Some(paid)) => words.ago(seconds(paid, now)),
            _ => String::new(),
        };
        Self { payment, age, rest }
    }
}

/// An attempt to send a notification. What proves it by being secret is not shown.
fn notification(app: &App, words: &Words, attempt: &WebhookAttempt) -> Markup {
    let hide = |text: &str| hide(app, words, text);
    let answer = match (attempt.status, &attempt.error) {
        (Some(status), _) => status.to_string(),
        // What follows names the address, perhaps with a secret in it.
        (None, Some(error)) => hide(error.split(" for url (").next().unwrap_or_default()),
        (None, None) => words.no_answer.to_owned(),
    };
    let id = format!("{}-webhook-{}", attempt.payment, attempt.attempt);
    html! {
        article.attempt {
            details id=(id) {
                summary {
                    span.what {
                        b { (label(attempt.provider)) } " "
                        a href={ "#" (attempt.payment) } { (attempt.payment) } ", "
                        (fill(words.attempt, &[&attempt.attempt.to_string()]))
                    }
                    span.when { (time(attempt.at)) }
                    span.where { "POST " (address(words, &attempt.url)) }
                    span.badge.paid[attempt.acknowledged].failed[!attempt.acknowledged] {
                        @match (attempt.status, attempt.acknowledged) {
                            (None, _) => { (words.no_answer) }
                            (Some(status), true) => { (status) " " (words.acknowledged) }
                            (Some(status), false) => { (status) " " (words.not_acknowledged) }
                        }
                    }
                }
                h4 { (words.request_headers) }
                @if attempt.headers.is_empty() {
                    p { (words.no_headers) }
                } @else {
                    pre tabindex="0" {
                        @for (name, value) in &attempt.headers {
                            (name) ": "
                            @if name.eq_ignore_ascii_case("x-secret") { (words.hidden) } @else { (hide(value)) }
                            "\n"
                        }
                    }
                }
                h4 { (words.request_body) }
                pre tabindex="0" { (hide(&attempt.body)) }
                h4 { (words.answer) ": " (answer) }
                @match attempt.answer.as_deref() {
                    None => {}
                    Some("") => { p { (words.answer_empty) } }
                    Some(body) => { pre tabindex="0" { (hide(body)) } }
                }
            }
        }
    }
}

/// A text without the sandbox's own keys, which a merchant's answer might repeat.
fn hide(app: &App, words: &Words, text: &str) -> String {
    let settings = app.settings();
    let mut text = text.to_owned();
    for secret in [&settings.klink_webhook_key, &settings.pakasir_webhook_secret] {
        if !secret.is_empty() {
            text = text.replace(secret.as_str(), words.hidden);
        }
    }
    text
}

/// An address without what may be secret in it: the password and the query.
fn address(words: &Words, url: &str) -> String {
    let Ok(url) = Url::parse(url) else { return words.hidden.to_owned() };
    let Some(host) = url.host_str() else { return words.hidden.to_owned() };
    let port = url.port().map(|port| format!(":{port}")).unwrap_or_default();
    let query = url.query().map(|_| format!("?{}", words.hidden)).unwrap_or_default();
    format!("{}://{host}{port}{}{query}", url.scheme(), url.path())
}

/// What sends a program to the sandbox.
fn exports(app: &App) -> String {
    Provider::ALL
        .into_iter()
        .map(|provider| format!("export GERBANG_{}_BASE_URL={}\n", provider.name().to_uppercase(), app.url(provider)))
        .collect()
}

/// The call that asks for the status, where a key and the payment's name are all that it takes. The key is the caller's
/// variable.
fn curl(app: &App, payment: &Payment) -> Option<String> {
    let url = app.url(payment.provider);
    let name = |name: &str| byte_serialize(name.as_bytes()).collect::<String>();
    Some(match payment.provider {
        Provider::Kazukipay => format!(
            "curl -H \"Authorization: Bearer $GERBANG_KAZUKIPAY_API_KEY\" '{url}/api/cekstatus.php?custom_id={}'",
            name(&payment.order)
        ),
        Provider::Paydigital => format!(
            "curl -H \"Authorization: Bearer $GERBANG_PAYDIGITAL_API_KEY\" '{url}/api/payment.php?invoice={}'",
            name(&payment.reference)
        ),
        Provider::Kropay => format!(
            "curl -H \"X-API-KEY: $GERBANG_KROPAY_API_KEY\" '{url}/api/v1/payment/status/{}'",
            name(&payment.reference)
        ),
        Provider::Pakasir | Provider::Klink => return None,
    })
}

/// A button that copies an element's text. It needs the script, and is not seen without.
fn copy(words: &Words, id: &str) -> Markup {
    html! { button.scripted type="button" data-copy=(id) data-done=(words.copied) { (words.copy) } }
}
