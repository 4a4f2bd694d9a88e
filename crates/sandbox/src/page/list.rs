//! The list of payments, the faults, and what is for tests.

use std::collections::BTreeSet;

use axum::extract::State;
use axum::response::Response;
use jiff::Timestamp;
use maud::{Markup, html};

use super::filter::{Filter, STATES};
use super::webhooks::Notices;
use super::words::{Words, fill};
use super::{
    PageForm, action_path, badge, changed, copy, document, faults, guarded, methods, payment_path, rupiah, seconds, tag,
};
use crate::Provider;
use crate::app::App;
use crate::call::Call;
use crate::faults::ActiveFault;
use crate::state::{Payment, PaymentStatus, Record};

/// How many payments one page shows: as many as a screen does.
const PER_PAGE: usize = 20;

/// `GET /`
pub(super) async fn whole(State(app): State<App>, call: Call) -> Response {
    let shown = Shown::of(&app, &call);
    let (filter, words) = (&shown.form.filter, shown.form.lang.words());
    let content = html! {
        main.wide {
            (search(words, filter))
            div #live data-source={ "/_sandbox/page?" (filter.query()) } data-tag=(shown.tag()) data-lost=(words.lost) {
                (shown.part())
            }
            section.for-tests {
                h2 { (words.for_tests) }
                p { (words.for_tests_help) " " a href="/_sandbox/openapi.yaml" { "/_sandbox/openapi.yaml" } }
                pre #press tabindex="0" { (press(&app, "kropay", "ORDER-1")) }
                (copy(words, "press"))
            }
            section {
                h2 { (words.base_urls) }
                p { (words.base_urls_help) }
                pre #exports tabindex="0" { (exports(&app)) }
                (copy(words, "exports"))
            }
        }
    };
    guarded(200, document(filter.lang, words.title, &filter.in_lang(filter.lang.other()).path(), &content))
}

/// `GET /_sandbox/page`
pub(super) async fn part(State(app): State<App>, call: Call) -> Response {
    let shown = Shown::of(&app, &call);
    changed(&call, &shown.tag(), || shown.part())
}

/// What a page shows.
struct Shown {
    form: PageForm,
    /// How many payments of each state match.
    counts: [usize; STATES.len()],
    /// Whether there are any payments at all.
    is_empty: bool,
    /// Newest first.
    rows: Vec<Row>,
    faults: Vec<ActiveFault>,
    notices: Notices,
    /// The commands for somebody who has no payment yet.
    first: String,
}

/// A payment with its times in words, which change by the minute.
struct Row {
    payment: Payment,
    method: String,
    age: String,
    rest: String,
}

impl Shown {
    fn of(app: &App, call: &Call) -> Self {
        let mut filter = Filter::of(call);
        let words = filter.lang.words();
        let (counts, is_empty, page, rows) = app.with(|world, now| {
            let all = world.records(now);
            let search = filter.search.to_lowercase();
            let mut counts = [0; STATES.len()];
            let mut found = Vec::new();
            for record in all.iter().filter(|record| filter.matches(record, &search)) {
                if let Some(at) = STATES.iter().position(|state| *state == record.status) {
                    counts[at] += 1;
                }
                if filter.state.is_none_or(|state| state == record.status) {
                    found.push(*record);
                }
            }
            let page = filter.page.clamp(1, found.len().div_ceil(PER_PAGE).max(1));
            let shown = found.iter().rev().skip((page - 1) * PER_PAGE).take(PER_PAGE);
            let rows: Vec<_> = shown.map(|record| Row::new(record, words, now)).collect();
            (counts, all.is_empty(), page, rows)
        });
        filter.page = page;
        let names: BTreeSet<_> = rows.iter().map(|row| row.payment.id.clone()).collect();
        let (lang, faults) = (filter.lang, app.faults().all());
        let first = if is_empty { first_commands(app) } else { String::new() };
        let form = PageForm { lang, filter, payment: None };
        Self { form, counts, is_empty, rows, faults, notices: Notices::of(app, &names), first }
    }

    fn tag(&self) -> String {
        let rows: Vec<_> =
            self.rows.iter().map(|row| (format!("{:?}", row.payment), &row.method, &row.age, &row.rest)).collect();
        tag(&(&self.form.filter, self.counts, rows, format!("{:?} {:?}", self.faults, self.notices)))
    }

    /// The part that changes.
    fn part(&self) -> Markup {
        let words = self.form.lang.words();
        html! {
            h1.unseen[!self.is_empty] { (words.payments) }
            @if self.is_empty {
                div.empty {
                    p { (words.no_payments) " " (words.first_commands) }
                    pre #first tabindex="0" { (self.first) }
                    (copy(words, "first"))
                }
            } @else {
                (self.states(words))
                @if self.rows.is_empty() {
                    p.empty { (words.none_match) " " a href=(Filter::all(self.form.lang).path()) { (words.show_all) } }
                } @else {
                    (self.table(words))
                    (self.pages(words))
                }
            }
            (faults::section(words, &self.form, &self.faults))
            section {
                h2 { (words.notifications) }
                (self.notices.hold(words, &self.form))
            }
        }
    }

    /// How many payments are in each state, as links to them.
    fn states(&self, words: &Words) -> Markup {
        let filter = &self.form.filter;
        let one = |state: Option<PaymentStatus>, text: &str, count: usize| {
            html! {
                a href=(filter.in_state(state).path()) aria-current=[(filter.state == state).then_some("page")] {
                    (text) " " b { (count) }
                }
            }
        };
        html! {
            nav.states aria-label=(words.state) {
                (one(None, words.all, self.counts.iter().sum()))
                @for (state, count) in STATES.into_iter().zip(self.counts) { (one(Some(state), words.status(state), count)) }
            }
        }
    }

    fn table(&self, words: &Words) -> Markup {
        html! {
            table {
                thead {
                    tr {
                        th { (words.state) } th { (words.gateway) } th { (words.reference) } th.number { (words.payable) }
                        th { (words.method) } th { (words.created) } th { (words.notification) } th { (words.actions) }
                    }
                }
                tbody { @for row in &self.rows { (self.row(words, row)) } }
            }
        }
    }

    fn row(&self, words: &Words, row: &Row) -> Markup {
        let payment = &row.payment;
        html! {
            tr #(payment.id) {
                td.state { (badge(words, payment.status)) }
                td.gateway { (payment.provider.facts().title) }
                td.name { a href=(payment_path(&payment.id, self.form.lang)) { bdi { (payment.order) } } }
                td.number {
                    b { (rupiah(payment.payable)) }
                    @if let Some(received) = payment.received.filter(|received| *received != payment.payable) {
                        small { (words.received) " " (rupiah(received)) }
                    }
                }
                td.method {
                    (row.method)
                    @if let Some(number) = &payment.va_number { small { (number) } }
                }
                td.age { (row.age) @if !row.rest.is_empty() { small { (row.rest) } } }
                td.notice { (self.notices.in_short(words, &payment.id)) }
                td.do { (self.buttons(words, payment)) }
            }
        }
    }

    fn buttons(&self, words: &Words, payment: &Payment) -> Markup {
        let button = |action: &str, text: &str, class: &str| {
            let (id, label) = (format!("{}-{action}", payment.id), format!("{text}: {}", payment.order));
            self.form.button(&action_path(payment, action), &id, text, &label, class)
        };
        html! {
            div.buttons {
                @match payment.status {
                    PaymentStatus::Pending => { (button("pay", words.pay, "main")) (button("expire", words.expire, "")) }
                    PaymentStatus::Expired | PaymentStatus::Cancelled => { (button("pay_late", words.pay_late, "")) }
                    PaymentStatus::Paid => {}
                }
            }
        }
    }

    fn pages(&self, words: &Words) -> Markup {
        let filter = &self.form.filter;
        let total: usize = STATES
            .iter()
            .zip(self.counts)
            .filter(|(state, _)| filter.state.is_none_or(|wanted| wanted == **state))
            .map(|(_, count)| count)
            .sum();
        let first = (filter.page - 1) * PER_PAGE + 1;
        let range = format!("{first}–{}", first + self.rows.len() - 1);
        html! {
            @if total > PER_PAGE {
                nav.pages {
                    @if filter.page > 1 { a href=(filter.at_page(filter.page - 1).path()) { (words.newer) } }
                    span { (fill(words.range, &[&range, &total.to_string()])) }
                    @if filter.page * PER_PAGE < total { a href=(filter.at_page(filter.page + 1).path()) { (words.older) } }
                }
            }
        }
    }
}

impl Row {
    fn new(record: &Record, words: &Words, now: Timestamp) -> Self {
        let rest = match record.status {
            PaymentStatus::Pending => fill(words.expires_short, &[&words.soon(seconds(now, record.expires))]),
            _ => String::new(),
        };
        let age = words.ago(seconds(record.created, now));
        Self { payment: record.payment(), method: methods::name(words, record), age, rest }
    }
}

/// The form that chooses a gateway and looks for a name.
fn search(words: &Words, filter: &Filter) -> Markup {
    html! {
        form.search method="get" action="/" role="search" {
            input type="hidden" name="lang" value=(filter.lang.code());
            @if let Some(state) = filter.state { input type="hidden" name="state" value=(state); }
            label for="gateway" { (words.gateway) }
            select #gateway name="gateway" {
                option value="" selected[filter.gateway.is_none()] { (words.all_gateways) }
                @for gateway in Provider::ALL {
                    option value=(gateway) selected[filter.gateway == Some(gateway)] { (gateway.facts().title) }
                }
            }
            label for="q" { (words.search) }
            input #q type="search" name="q" value=(filter.search) maxlength="100" autocomplete="off";
            button type="submit" { (words.show) }
        }
    }
}

/// The command that pays a payment.
pub(super) fn press(app: &App, provider: &str, id: &str) -> String {
    format!("curl -sS -X POST {}/_sandbox/payments/{provider}/{id}/pay", app.base_url())
}

/// What creates a payment and pays it. Any key will do.
fn first_commands(app: &App) -> String {
    format!(
        "curl -sS -H 'X-API-KEY: any' -H 'Content-Type: application/json' \\\n  \
         -d '{{\"merchant_ref\": \"ORDER-1\", \"amount\": 10000}}' {}/api/v1/payment/create\n{}",
        app.url(Provider::Kropay),
        press(app, "kropay", "ORDER-1")
    )
}

/// What sends a program to the sandbox.
fn exports(app: &App) -> String {
    Provider::ALL
        .into_iter()
        .map(|provider| format!("export GERBANG_{}_BASE_URL={}\n", provider.name().to_uppercase(), app.url(provider)))
        .collect()
}
