//! The page with all payments, the faults, and the notifications.

use axum::extract::State;
use axum::response::Response;
use jiff::Timestamp;
use maud::{Markup, html};

use super::words::{Lang, Words, fill};
use super::{
    PageForm, action_path, badge, changed, document, faults, guarded, qr, rupiah, seconds, tag, time, webhooks,
};
use crate::Provider;
use crate::app::App;
use crate::call::Call;
use crate::faults::ActiveFault;
use crate::providers;
use crate::state::{Payment, PaymentStatus, Record};

/// How many payments one page shows.
const PER_PAGE: usize = 50;

/// `GET /`
pub(super) async fn whole(State(app): State<App>, call: Call) -> Response {
    let shown = Shown::of(&app, &call);
    let words = shown.lang.words();
    let content = html! {
        main {
            div #live data-source=(shown.source()) data-tag=(shown.tag()) data-lost=(words.lost) { (shown.part()) }
            section {
                h2 { (words.base_urls) }
                p { (words.base_urls_help) }
                pre #exports tabindex="0" { (exports(&app)) }
                (copy(words, "exports"))
            }
        }
    };
    let mut switch = super::home(shown.lang.other());
    if shown.form.page > 1 {
        switch.push_str(&format!("&page={}", shown.form.page));
    }
    guarded(200, document(shown.lang, words.title, &switch, &content))
}

/// `GET /_sandbox/page`
pub(super) async fn part(State(app): State<App>, call: Call) -> Response {
    let shown = Shown::of(&app, &call);
    changed(&call, &shown.tag(), || shown.part())
}

/// What a page shows.
struct Shown {
    lang: Lang,
    form: PageForm,
    total: usize,
    /// Newest first.
    payments: Vec<Row>,
    faults: Vec<ActiveFault>,
    webhooks: webhooks::Shown,
}

/// A payment with its times in words, which change by the minute.
struct Row {
    payment: Payment,
    /// The call that asks for its status.
    curl: String,
    age: String,
    rest: String,
}

impl Shown {
    fn of(app: &App, call: &Call) -> Self {
        let lang = Lang::of(call);
        let wanted = call.query("page").and_then(|page| page.parse().ok()).unwrap_or(1_usize);
        let (payments, page, total) = app.with(|world, now| {
            let all = world.records(now);
            let page = wanted.clamp(1, all.len().div_ceil(PER_PAGE).max(1));
            let shown = all.iter().rev().skip((page - 1) * PER_PAGE).take(PER_PAGE);
            let rows = shown.map(|record| Row::new(app, record, lang.words(), now)).collect();
            (rows, page, all.len())
        });
        let form = PageForm { lang, page };
        Self { lang, form, total, payments, faults: app.faults().all(), webhooks: webhooks::Shown::of(app) }
    }

    /// Where the changing part is.
    fn source(&self) -> String {
        format!("/_sandbox/page?lang={}&page={}", self.lang.code(), self.form.page)
    }

    fn tag(&self) -> String {
        let payments: Vec<_> =
            self.payments.iter().map(|row| (format!("{:?}", row.payment), &row.age, &row.rest)).collect();
        let others = format!("{:?} {:?}", self.faults, self.webhooks);
        tag(&(self.lang, self.form.page, self.total, payments, others))
    }

    /// The part that changes.
    fn part(&self) -> Markup {
        let words = self.lang.words();
        html! {
            section {
                h1 { (words.payments) }
                @if self.payments.is_empty() {
                    p.empty { (words.no_payments) }
                } @else {
                    @for row in &self.payments { (self.payment(row)) }
                    (self.pages())
                }
            }
            (faults::section(words, &self.form, &self.faults))
            (self.webhooks.section(words, &self.form))
        }
    }

    fn pages(&self) -> Markup {
        let words = self.lang.words();
        let first = (self.form.page - 1) * PER_PAGE + 1;
        let range = format!("{first}–{}", first + self.payments.len() - 1);
        let to = |page: usize| format!("/?lang={}&page={page}", self.lang.code());
        html! {
            @if self.total > PER_PAGE {
                nav.pages {
                    @if self.form.page > 1 { a href=(to(self.form.page - 1)) { (words.newer) } }
                    span { (fill(words.range, &[&range, &self.total.to_string()])) }
                    @if self.form.page * PER_PAGE < self.total { a href=(to(self.form.page + 1)) { (words.older) } }
                }
            }
        }
    }

    fn payment(&self, row: &Row) -> Markup {
        let words = self.lang.words();
        let payment = &row.payment;
        html! {
            article.payment #(payment.id) {
                div.top {
                    h3 {
                        span.provider { (payment.provider.facts().title) }
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
                @match payment.status {
                    PaymentStatus::Pending => { (self.buttons(payment)) }
                    PaymentStatus::Expired | PaymentStatus::Cancelled => {
                        div.buttons { (self.button(payment, "pay_late", words.pay_late, "")) }
                    }
                    PaymentStatus::Paid => {}
                }
                details id={ (payment.id) "-curl" } {
                    summary { (words.curl) }
                    pre tabindex="0" id={ (payment.id) "-command" } { (row.curl) }
                    (copy(words, &format!("{}-command", payment.id)))
                }
            }
        }
    }

    fn button(&self, payment: &Payment, action: &str, text: &str, class: &str) -> Markup {
        let (id, label) = (format!("{}-{action}", payment.id), format!("{text}: {}", payment.order));
        self.form.button(&action_path(payment, action), &id, text, &label, class)
    }

    fn buttons(&self, payment: &Payment) -> Markup {
        let words = self.lang.words();
        let button = |action: &str, text: &str, class: &str| self.button(payment, action, text, class);
        let amount = format!("{}-amount", payment.id);
        html! {
            div.buttons {
                (button("pay", words.pay, "main"))
                (button("expire", words.expire, ""))
                (button("cancel", words.cancel, ""))
                form.underpay method="post" action=(action_path(payment, "underpay")) data-live {
                    (self.form.hidden())
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
    fn new(app: &App, record: &Record, words: &Words, now: Timestamp) -> Self {
        let payment = record.payment();
        let curl = providers::status_call(&app.url(record.provider), record);
        let age = words.ago(seconds(payment.created_at, now));
        let rest = match (payment.status, payment.paid_at) {
            (PaymentStatus::Pending, _) => words.soon(seconds(now, payment.expires_at)),
            (PaymentStatus::Expired, _) => words.ago(seconds(payment.expires_at, now)),
            (_, Some(paid)) => words.ago(seconds(paid, now)),
            _ => String::new(),
        };
        Self { payment, curl, age, rest }
    }
}

/// What sends a program to the sandbox.
fn exports(app: &App) -> String {
    Provider::ALL
        .into_iter()
        .map(|provider| format!("export GERBANG_{}_BASE_URL={}\n", provider.name().to_uppercase(), app.url(provider)))
        .collect()
}

/// A button that copies an element's text. It needs the script, and is not seen without.
fn copy(words: &Words, id: &str) -> Markup {
    html! { button.scripted type="button" data-copy=(id) data-done=(words.copied) { (words.copy) } }
}
