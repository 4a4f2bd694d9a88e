//! Events: the newest first, what became of their delivery, and delivering one again.

use axum::extract::Request;
use axum::response::Response;
use gerbang::ledger::{Error, Event};
use http::StatusCode;
use maud::{Markup, html};

use super::entry;
use super::layout::{self, Tab};
use super::parts::{PAGE, account, button, order as order_link, pages};
use super::visit::Visit;
use super::words;
use crate::pages::format::{rupiah, time};
use crate::problem::{Form, Problem};
use crate::query::Name;
use crate::webhooks::became;
use crate::{ids, redeliver};

const PATH: &str = "operator/events";

/// `GET /operator/events`
pub async fn list(visit: Visit) -> Response {
    let read = visit.query(&["after", "done"]).and_then(|query| {
        let after = query.read_as("after", Form::EventId, ids::event)?;
        Ok((after, query.get("done").is_some()))
    });
    let (after, is_done) = match read {
        Ok(read) => read,
        Err(problem) => return visit.place.problem(&problem),
    };
    match look(&visit, after).await {
        Ok(content) => {
            let words = visit.place.words();
            let done = is_done.then_some(words.redelivered_done);
            let page = layout::page(&visit, Tab::Events, words.events, done, &content).await;
            visit.place.page(StatusCode::OK, page)
        }
        Err(error) => visit.place.away(&error),
    }
}

async fn look(visit: &Visit, after: Option<i64>) -> Result<Markup, Error> {
    let (place, words) = (&visit.place, visit.place.words());
    let mut events = visit.app.ledger().newest_events(after, PAGE + 1).await?;
    let has_more = events.len() > PAGE as usize;
    events.truncate(PAGE as usize);
    let next = events.last().filter(|_| has_more).map(|event| format!("?after={}", event.id()));
    let list = rows(visit, &events, false).await?;
    Ok(html! {
        @if !visit.app.delivers() { p.advice { (words.no_webhook) } }
        @if events.is_empty() { p.none { (words.none_here) } } @else { (list) }
        (pages(&format!("{}{PATH}", place.root), after.is_none(), next.as_deref(), words))
    })
}

/// A list of events, with what became of their deliveries. Of which order they are is said unless all are of one.
pub async fn rows(visit: &Visit, events: &[Event], are_of_one: bool) -> Result<Markup, Error> {
    let (place, words) = (&visit.place, visit.place.words());
    let became = became(visit.app.ledger(), events).await?;
    Ok(html! {
        ul.rows.events {
            @for event in events {
                li {
                    span.what { (words::event(place.lang, event.kind)) }
                    @if let Some(order) = event.order.as_ref().filter(|_| !are_of_one) { span.where { (order_link(place, order)) } }
                    @if let Some(amount) = event.amount { span.amount { (rupiah(amount)) } }
                    @if !event.account.is_empty() { span.where { (account(visit, &event.account)) } }
                    span.when { (time(event.at)) }
                    @if let Some(why) = &event.why { span.why { (words.why) ": " code { (why) } } }
                    @if visit.app.delivers() {
                        span.delivery { (words.delivery) ": " (words::became(place.lang, became.get(&event.seq).copied())) }
                        (button(visit, &format!("{PATH}/{}/redeliver", event.id()), words.redeliver, &event.id()))
                    }
                }
            }
        }
    })
}

/// `POST /operator/events/{id}/redeliver`
pub async fn redeliver(visit: Visit, name: Result<Name, Problem>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    if let Err(refused) = entry::own_form(&visit, &parts.headers, body, &[]).await {
        return refused;
    }
    let done = async { redeliver::again(&visit.app, &name?.0).await };
    match done.await {
        Ok(_) => visit.place.lead_to(&format!("{PATH}?done=1")),
        Err(problem) => visit.place.problem(&problem),
    }
}
