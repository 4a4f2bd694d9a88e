//! Notifications: the newest first, how each was judged, and judging one again.

use axum::extract::Request;
use axum::response::Response;
use gerbang::ledger::{NotificationFilter, NotificationOutcome, NotificationRecord};
use http::StatusCode;
use maud::{Markup, html};

use super::entry;
use super::layout::{self, Tab};
use super::parts::{PAGE, account, button, choice, foreign, line, maybe, order as order_link, pages};
use super::visit::Visit;
use super::words;
use crate::pages::format::{rupiah, time};
use crate::problem::{Form, Problem};
use crate::query::{Name, Query};
use crate::{ids, notifications};

const PATH: &str = "operator/notifications";

/// `GET /operator/notifications`
pub async fn list(visit: Visit) -> Response {
    let (query, filter) = match read(&visit) {
        Ok(read) => read,
        Err(problem) => return visit.place.problem(&problem),
    };
    let (records, next) = match notifications::page(&visit.app, &filter, PAGE).await {
        Ok(page) => page,
        Err(error) => return visit.place.away(&error),
    };
    let (place, words) = (&visit.place, visit.place.words());
    let next = next.map(|next| query.with("after", &next));
    let content = html! {
        (choices(&visit, &query))
        @if records.is_empty() { p.none { (words.none_here) } }
        @for record in &records { (notification(&visit, record)) }
        (pages(&format!("{}{PATH}", place.root), filter.before.is_none(), next.as_deref(), words))
    };
    let done = query.get("done").map(|_| words.replayed_done);
    let page = layout::page(&visit, Tab::Notifications, words.notifications, done, &content).await;
    place.page(StatusCode::OK, page)
}

fn read(visit: &Visit) -> Result<(Query, NotificationFilter), Problem> {
    let query = visit.query(&["account", "outcome", "after", "done"])?;
    let mut filter = NotificationFilter::default();
    filter.account = query.get("account").map(str::to_owned);
    filter.outcome = query.read_as("outcome", Form::Outcome, NotificationOutcome::parse)?;
    filter.before = query.read_as("after", Form::NotificationId, ids::number)?;
    Ok((query, filter))
}

fn choices(visit: &Visit, query: &Query) -> Markup {
    let (place, words) = (&visit.place, visit.place.words());
    let outcome =
        |outcome: NotificationOutcome| (outcome.as_str().to_owned(), words::outcome(place.lang, outcome).to_owned());
    let accounts: Vec<_> = visit.app.accounts().keys().map(|name| (name.clone(), name.clone())).collect();
    html! {
        form.filter method="get" action={ (place.root) (PATH) } {
            (choice("account", words.account, words.all, &accounts, query.get("account")))
            (choice("outcome", words.outcome, words.all, &NotificationOutcome::ALL.map(outcome), query.get("outcome")))
            button.first type="submit" { (words.show) }
        }
    }
}

fn notification(visit: &Visit, record: &NotificationRecord) -> Markup {
    let (place, lang, words) = (&visit.place, visit.place.lang, visit.place.words());
    let id = record.id.to_string();
    let money = |amount: Option<gerbang::Rupiah>| amount.map(|amount| html! { (rupiah(amount)) });
    html! {
        section.card aria-labelledby={ "n" (id) } {
            h2 id={ "n" (id) } {
                "#" (id) " " (account(visit, &record.account)) " "
                span.stand data-stand=(record.outcome.as_str()) { (words::outcome(lang, record.outcome)) }
            }
            dl {
                (maybe(words.order, record.order.as_deref().map(|order| order_link(place, order))))
                (maybe(words.reference, record.reference.as_deref().map(foreign)))
                (maybe(words.gateway_id, record.gateway_id.as_deref().map(foreign)))
                (line(words.claims, &html! { (words::claimed(lang, &record.claimed)) }))
                (maybe(words.named_price, money(record.amount)))
                (maybe(words.named_payable, money(record.payable)))
                (line(words.proof, &html! { (words::trust(lang, record.trust)) }))
                (line(words.came_at, &time(record.at)))
                @if record.tries > 0 { (line(words.asked, &html! { (record.tries) })) }
            }
            @if record.has_body { (button(visit, &format!("{PATH}/{id}/replay"), words.replay, &format!("#{id}"))) }
            @else { p.advice { (words.body_deleted) } }
        }
    }
}

/// `POST /operator/notifications/{id}/replay`
pub async fn replay(visit: Visit, name: Result<Name, Problem>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    if let Err(refused) = entry::own_form(&visit, &parts.headers, body, &[]).await {
        return refused;
    }
    let done = async { notifications::again(&visit.app, &name?.0).await };
    match done.await {
        Ok(_) => visit.place.lead_to(&format!("{PATH}?done=1")),
        Err(problem) => visit.place.problem(&problem),
    }
}
