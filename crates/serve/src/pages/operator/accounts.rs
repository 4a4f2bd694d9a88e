//! The accounts: what their gateways can do, and how they do. Never a key.

use axum::response::Response;
use gerbang::ledger::Mode;
use http::StatusCode;
use maud::{Markup, html};

use super::layout::{self, Tab};
use super::parts::{account as name_of, line, maybe};
use super::visit::Visit;
use super::words;
use crate::app::Known;
use crate::pages::format::{rupiah, time};
use crate::problem;

/// `GET /operator/accounts`
pub async fn list(visit: Visit) -> Response {
    let words = visit.place.words();
    let content = html! {
        p.advice { (words.since_start) }
        @for (name, known) in visit.app.accounts() { (account(&visit, name, known)) }
    };
    let page = layout::page(&visit, Tab::Accounts, words.accounts, None, &content).await;
    visit.place.page(StatusCode::OK, page)
}

fn account(visit: &Visit, name: &str, known: &Known) -> Markup {
    let (lang, words) = (visit.place.lang, visit.place.words());
    let can = (known.descriptor.capabilities)();
    let yes = |is: bool| html! { (if is { words.yes } else { words.no }) };
    let never = || html! { (words.never) };
    html! {
        section.card {
            h2 { (name_of(visit, name)) }
            @if known.mode == Mode::Test { p.advice { (words.test_mode_advice) } }
            @if visit.app.default_account() == Some(name) { p.advice { (words.default_account) } }
            dl {
                (line(words.gateway, &html! { (known.descriptor.title) }))
                (line(words.last_success, &known.health.last_success().map_or_else(never, time)))
                (line(words.last_failure, &known.health.last_failure().map_or_else(never, |(at, kind)| html! {
                    (time(at)) ": " (problem::happened(kind, lang))
                })))
                (maybe(words.hook, visit.app.hook(name).map(|hook| html! { code { (hook) } })))
            }
            details {
                summary { (words.can) }
                dl {
                    (line(words.can_status, &yes(can.status)))
                    (line(words.can_find, &yes(can.find_by_reference)))
                    (line(words.can_cancel, &yes(can.cancel)))
                    (line(words.can_notify, &html! { (words::trust(lang, can.notifications)) }))
                    (line(words.least_amount, &html! { (rupiah(can.least_amount)) }))
                }
            }
        }
    }
}
