//! Money that is due back to customers, and writing down that it was given back.

use axum::extract::Request;
use axum::response::Response;
use gerbang::ledger::{Error, Refund, Surplus};
use maud::{Markup, html};

use super::entry;
use super::layout::CASES;
use super::parts::{PAGE, account, foreign, form_key, line, maybe, order as order_link, pages, signature, signed};
use super::visit::Visit;
use crate::pages::format::{rupiah, time};
use crate::problem::{Problem, Thing};
use crate::query::{Name, Query};
use crate::{ids, surplus};

/// What the page of the cases says after a refund was written down, as the value of `done`.
pub const DONE: &str = "refunded";

/// The section of the page of the cases. `after` is where its list goes on.
pub async fn section(visit: &Visit, query: &Query, only_due: bool, after: Option<i64>) -> Result<Markup, Error> {
    let words = visit.place.words();
    let (records, next) = surplus::page(&visit.app, only_due, after, PAGE).await?;
    let next = next.map(|next| format!("{}#due", query.with("due", &next)));
    Ok(html! {
        section aria-labelledby="due" {
            h2 #due { (words.money_back) }
            @if records.is_empty() { p.none { (words.no_money_back) } } @else { p.advice { (words.money_back_advice) } }
            @for record in &records { (card(visit, record)) }
            (pages(&format!("{}{CASES}", visit.place.root), after.is_none(), next.as_deref(), words))
        }
    })
}

fn card(visit: &Visit, record: &Surplus) -> Markup {
    let (place, words) = (&visit.place, visit.place.words());
    let why = if record.is_second_payment { words.due_second } else { words.due_excess };
    html! {
        section.card aria-labelledby={ "s" (record.id) } {
            h3 id={ "s" (record.id) } { (rupiah(record.amount)) " " span.number { "#" (record.id) } }
            dl {
                (line(words.why, &html! { (why) }))
                (line(words.order, &order_link(place, &record.order)))
                (line(words.account, &account(visit, &record.account)))
                (line(words.reference, &foreign(&record.reference)))
                (maybe(words.gateway_id, record.gateway_id.as_deref().map(foreign)))
                (line(words.since, &time(record.at)))
            }
            @match &record.refund {
                Some(refund) => (how(visit, refund)),
                None => (form(visit, record.id)),
            }
        }
    }
}

fn how(visit: &Visit, refund: &Refund) -> Markup {
    let words = visit.place.words();
    html! {
        dl.settled {
            (line(words.refunded, &time(refund.at)))
            (signed(&refund.person, &refund.note, words))
        }
    }
}

fn form(visit: &Visit, id: i64) -> Markup {
    let (place, words) = (&visit.place, visit.place.words());
    html! {
        details {
            summary { (words.refund) span.hidden { " #" (id) } }
            form method="post" action={ (place.root) "operator/surplus/" (id) "/refunded" } {
                (form_key(visit))
                p.advice { (words.refund_advice) }
                (signature(&format!("-s{id}"), words.refund_note, words))
                button.first type="submit" { (words.refund) span.hidden { " #" (id) } }
            }
        }
    }
}

/// `POST /operator/surplus/{id}/refunded`
pub async fn refunded(visit: Visit, name: Result<Name, Problem>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let fields = match entry::own_form(&visit, &parts.headers, body, &["by", "note"]).await {
        Ok(fields) => fields,
        Err(refused) => return refused,
    };
    let done = async {
        let id = ids::number(&name?.0).ok_or_else(|| Problem::not_found(Thing::Surplus))?;
        let (by, note) = entry::signature(&fields.without_blanks())?;
        surplus::write_down(&visit.app, id, &by, &note).await
    };
    match done.await {
        Ok(()) => visit.place.lead_to(&format!("{CASES}?done={DONE}")),
        Err(problem) => visit.place.problem(&problem),
    }
}
