//! One payment: what is known of it, its attempts and its events.

use axum::response::Response;
use gerbang::ledger::{AttemptRecord, Error, Event, OrderRecord, Standing};
use http::StatusCode;
use maud::{Markup, html};

use super::events;
use super::layout::{self, CASES, Tab};
use super::parts::{account, foreign, line, maybe};
use super::payments::standing;
use super::visit::Visit;
use super::words;
use crate::ids;
use crate::pages::format::{rupiah, time};
use crate::problem::{Problem, Thing};
use crate::query::Name;

/// The most events that are shown.
const MOST_EVENTS: u32 = 100;

/// `GET /operator/payments/{id}`
pub async fn show(visit: Visit, name: Result<Name, Problem>) -> Response {
    let order = name.ok().and_then(|Name(id)| ids::order(&id)).unwrap_or_default();
    match look(&visit, &order).await {
        Ok(Some((record, content))) => {
            let title = format!("{} {}", visit.place.words().order, record.order);
            let page = layout::page(&visit, Tab::Payments, &title, None, &content).await;
            visit.place.page(StatusCode::OK, page)
        }
        Ok(None) => visit.place.problem(&Problem::not_found(Thing::Payment)),
        Err(error) => visit.place.away(&error),
    }
}

async fn look(visit: &Visit, order: &str) -> Result<Option<(OrderRecord, Markup)>, Error> {
    let ledger = visit.app.ledger();
    let Some(record) = ledger.record(order).await? else { return Ok(None) };
    let happened = ledger.order_events(order, 0, MOST_EVENTS).await?;
    let list = events::rows(visit, &happened, true).await?;
    let content = content(visit, &record, &happened, &list);
    Ok(Some((record, content)))
}

fn content(visit: &Visit, record: &OrderRecord, happened: &[Event], list: &Markup) -> Markup {
    let (place, words) = (&visit.place, visit.place.words());
    html! {
        p.head { (standing(visit, record.standing)) " " strong { (rupiah(record.amount)) } }
        @if record.standing == Standing::Attention {
            p.wrong { a href={ (place.root) (CASES) } { (words.has_cases) } }
        }
        dl {
            @if record.surplus.get() > 0 {
                (line(words.surplus, &html! {
                    a href={ (place.root) (CASES) "#due" } { strong { (rupiah(record.surplus)) } }
                }))
            }
            (line(words.created, &time(record.created_at)))
            (line(words.customers_page, &html! {
                a href=(visit.app.addresses().page(&record.order)) rel="noreferrer" { (words.show) }
            }))
            @if let Some(text) = &record.metadata { (line(words.metadata, &html! { code { (text) } })) }
        }
        h2 { (words.attempts) }
        @for attempt in &record.attempts { (self::attempt(visit, attempt)) }
        h2 { (words.events) }
        @if happened.is_empty() { p.none { (words.none_here) } } @else { (list) }
    }
}

fn attempt(visit: &Visit, attempt: &AttemptRecord) -> Markup {
    let (lang, words) = (visit.place.lang, visit.place.words());
    let is_of_test = visit.app.account(&attempt.account).is_some_and(|known| known.mode.as_str() == "test");
    html! {
        section.card {
            h3 { (foreign(&attempt.reference)) }
            dl {
                (line(words.account, &account(visit, &attempt.account)))
                (line(words.state, &html! {
                    (words::state(lang, attempt.state))
                    @if let Some(ending) = attempt.ending { ": " (words::ending(lang, ending)) }
                }))
                (maybe(words.gateway_id, attempt.gateway_id.as_deref().map(foreign)))
                (line(words.price, &html! { (rupiah(attempt.amount)) }))
                (maybe(words.payable, attempt.payable.map(|amount| html! { (rupiah(amount)) })))
                (line(words.created, &time(attempt.created_at)))
                (maybe(words.expires, attempt.expires_at.map(time)))
                (maybe(words.paid_at, attempt.paid_at.map(|at| html! {
                    (time(at)) @if attempt.late { " (" (words.late) ")" }
                })))
            }
            @if is_of_test { p.advice { (words.test_mode_advice) } }
        }
    }
}
