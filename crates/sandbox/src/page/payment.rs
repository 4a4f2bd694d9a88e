//! The page of one payment: all that is known of it, what can be done with it, its notifications, and commands for it.

use std::collections::BTreeSet;

use axum::extract::{Path, State};
use axum::response::Response;
use jiff::Timestamp;
use maud::{Markup, html};

use super::filter::Filter;
use super::webhooks::Notices;
use super::words::{Lang, Words};
use super::{
    PageForm, action_path, badge, changed, copy, document, find, guarded, list, methods, notice, payment_path, qr,
    rupiah, seconds, tag, time,
};
use crate::app::App;
use crate::call::Call;
use crate::providers;
use crate::state::{Payment, PaymentStatus, Record};

/// `GET /payments/{id}`
pub(super) async fn whole(State(app): State<App>, Path(id): Path<String>, call: Call) -> Response {
    let lang = Lang::of(&call);
    let words = lang.words();
    let Some(shown) = Shown::of(&app, &id, lang) else { return notice(404, lang, words.not_found) };
    let payment = &shown.payment;
    let source = format!("/_sandbox/page/payments/{}?lang={}", payment.id, lang.code());
    let content = html! {
        main {
            p { a href=(super::home(lang)) { (words.to_payments) } }
            div #live data-source=(source) data-tag=(shown.tag()) data-lost=(words.lost) { (shown.part()) }
            section {
                h2 { (words.for_tests) }
                p { (words.for_tests_help) " " a href="/_sandbox/openapi.yaml" { "/_sandbox/openapi.yaml" } }
                h4 { (words.pay_command) }
                pre tabindex="0" id={ (payment.id) "-press" } { (list::press(&app, payment.provider.name(), &payment.id)) }
                (copy(words, &format!("{}-press", payment.id)))
                h4 { (words.curl) }
                pre tabindex="0" id={ (payment.id) "-command" } { (shown.status_call) }
                (copy(words, &format!("{}-command", payment.id)))
            }
        }
    };
    let title = format!("{} {}", payment.provider.facts().title, payment.order);
    guarded(200, document(lang, &title, &payment_path(&payment.id, lang.other()), &content))
}

/// `GET /_sandbox/page/payments/{id}`
pub(super) async fn part(State(app): State<App>, Path(id): Path<String>, call: Call) -> Response {
    let lang = Lang::of(&call);
    let Some(shown) = Shown::of(&app, &id, lang) else { return notice(404, lang, lang.words().not_found) };
    changed(&call, &shown.tag(), || shown.part())
}

/// What the page shows.
struct Shown {
    form: PageForm,
    payment: Payment,
    method: String,
    /// The call that asks for its status.
    status_call: String,
    age: String,
    /// Of what has become of it, or will.
    rest: String,
    notices: Notices,
}

impl Shown {
    fn of(app: &App, id: &str, lang: Lang) -> Option<Self> {
        let (record, now) = find(app, id)?;
        let words = lang.words();
        let notices = Notices::of(app, &BTreeSet::from([record.id()]));
        Some(Self {
            form: PageForm { lang, filter: Filter::all(lang), payment: Some(record.id()) },
            method: methods::name(words, &record),
            status_call: providers::status_call(&app.url(record.provider), &record),
            age: words.ago(seconds(record.created, now)),
            rest: rest(words, &record, now),
            payment: record.payment(),
            notices,
        })
    }

    fn tag(&self) -> String {
        let texts = (&self.method, &self.age, &self.rest);
        tag(&(self.form.lang, format!("{:?}", self.payment), texts, format!("{:?}", self.notices)))
    }

    fn part(&self) -> Markup {
        let (words, payment) = (self.form.lang.words(), &self.payment);
        html! {
            article.payment #(payment.id) {
                div.top {
                    h1 { span.provider { (payment.provider.facts().title) } " " bdi.name { (payment.order) } }
                    (badge(words, payment.status))
                }
                (self.facts(words))
                (self.buttons(words))
                @if payment.status == PaymentStatus::Pending && let Some(qr) = qr(words, payment) {
                    details id={ (payment.id) "-qr" } { summary { (words.qr) } (qr) }
                }
            }
            (self.notices.section(words, &self.form, &payment.id))
        }
    }

    fn facts(&self, words: &Words) -> Markup {
        let payment = &self.payment;
        html! {
            dl {
                div { dt { (words.price) } dd { (rupiah(payment.amount)) } }
                div { dt { (words.payable) } dd.payable { (rupiah(payment.payable)) } }
                div {
                    dt { (words.received) }
                    dd { @if let Some(received) = payment.received { (rupiah(received)) } @else { "–" } }
                }
                div { dt { (words.method) } dd { (self.method) } }
                @if let Some(number) = &payment.va_number { div.va { dt { (words.va_number) } dd { (number) } } }
                div { dt { (words.created) } dd { (self.age) small { (time(payment.created_at)) } } }
                @match (payment.status, payment.paid_at) {
                    (PaymentStatus::Pending, _) => {
                        div { dt { (words.expires) } dd { (self.rest) small { (time(payment.expires_at)) } } }
                    }
                    (PaymentStatus::Expired, _) => {
                        div { dt { (words.expired_at) } dd { (self.rest) small { (time(payment.expires_at)) } } }
                    }
                    (_, Some(paid)) => { div { dt { (words.paid_at) } dd { (self.rest) small { (time(paid)) } } } }
                    _ => {}
                }
                @if payment.reference != payment.order {
                    div { dt { (words.gateway_reference) } dd { bdi { (payment.reference) } } }
                }
                div { dt { (words.own_name) } dd { (payment.id) } }
            }
        }
    }

    fn buttons(&self, words: &Words) -> Markup {
        let payment = &self.payment;
        let button = |action: &str, text: &str, class: &str| {
            let (id, label) = (format!("{}-{action}", payment.id), format!("{text}: {}", payment.order));
            self.form.button(&action_path(payment, action), &id, text, &label, class)
        };
        let amount = format!("{}-amount", payment.id);
        html! {
            div.buttons {
                @match payment.status {
                    PaymentStatus::Pending => {
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
                    }
                    PaymentStatus::Expired | PaymentStatus::Cancelled => { (button("pay_late", words.pay_late, "")) }
                    PaymentStatus::Paid => {}
                }
                a href={ "/pay/" (payment.id) "?lang=" (self.form.lang.code()) } { (words.pay_page) }
            }
        }
    }
}

/// When it expires, expired or was paid.
fn rest(words: &Words, record: &Record, now: Timestamp) -> String {
    match (record.status, record.paid) {
        (PaymentStatus::Pending, _) => words.soon(seconds(now, record.expires)),
        (PaymentStatus::Expired, _) => words.ago(seconds(record.expires, now)),
        (_, Some(paid)) => words.ago(seconds(paid, now)),
        _ => String::new(),
    }
}
