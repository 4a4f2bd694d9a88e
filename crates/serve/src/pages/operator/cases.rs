//! Cases: what each is about, and settling one. Below them the money that is due back.

use axum::extract::Request;
use axum::response::Response;
use gerbang::ledger::{CaseRecord, Error, Resolution, Settled};
use http::StatusCode;
use maud::{Markup, html};

use super::entry;
use super::layout::{self, CASES, Tab};
use super::parts::{
    PAGE, account, foreign, form_key, label, line, maybe, order as order_link, pages, signature, signed,
};
use super::surplus;
use super::visit::Visit;
use super::words;
use crate::pages::format::{rupiah, time};
use crate::problem::{Form, Problem, Thing};
use crate::query::{Name, Query};
use crate::{cases, ids};

/// What can be decided.
const RESOLUTIONS: [Resolution; 3] = [Resolution::Paid, Resolution::Unpaid, Resolution::Noted];

/// `GET /operator/cases`
pub async fn list(visit: Visit) -> Response {
    let read = visit.query(&["all", "after", "due", "done"]).and_then(|query| {
        let after = query.read_as("after", Form::CaseId, ids::number)?;
        let due = query.read_as("due", Form::SurplusId, ids::number)?;
        Ok((query, after, due))
    });
    let (query, after, due) = match read {
        Ok(read) => read,
        Err(problem) => return visit.place.problem(&problem),
    };
    match look(&visit, &query, after, due).await {
        Ok(content) => {
            let words = visit.place.words();
            let done = query
                .get("done")
                .map(|what| if what == surplus::DONE { words.refunded_done } else { words.settled_done });
            let page = layout::page(&visit, Tab::Cases, words.cases, done, &content).await;
            visit.place.page(StatusCode::OK, page)
        }
        Err(error) => visit.place.away(&error),
    }
}

async fn look(visit: &Visit, query: &Query, after: Option<i64>, due: Option<i64>) -> Result<Markup, Error> {
    let (place, words) = (&visit.place, visit.place.words());
    let only_open = query.get("all").is_none();
    let mut records = visit.app.ledger().case_records(only_open, after.unwrap_or(0), PAGE + 1).await?;
    let has_more = records.len() > PAGE as usize;
    records.truncate(PAGE as usize);
    let next = records.last().filter(|_| has_more).map(|record| query.with("after", &record.case.id.to_string()));
    let due = surplus::section(visit, query, only_open, due).await?;
    let path = format!("{}{CASES}", place.root);
    Ok(html! {
        p.choice {
            a.button href=(path) aria-current=[only_open.then_some("true")] { (words.open_cases) }
            a.button href={ (path) "?all=1" } aria-current=[(!only_open).then_some("true")] { (words.all_cases) }
        }
        @if records.is_empty() { p.none { (words.no_cases) } }
        @for record in &records { (case(visit, record)) }
        (pages(&path, after.is_none(), next.as_deref(), words))
        (due)
    })
}

fn case(visit: &Visit, record: &CaseRecord) -> Markup {
    let (place, lang, words) = (&visit.place, visit.place.lang, visit.place.words());
    let (case, reason) = (&record.case, words::reason(lang, record.case.why));
    html! {
        section.card aria-labelledby={ "c" (case.id) } {
            h2 id={ "c" (case.id) } { (reason.title) " " span.number { "#" (case.id) } }
            p { (reason.advice) }
            dl {
                (maybe(words.order, case.order.as_deref().map(|order| order_link(place, order))))
                (line(words.account, &account(visit, &case.account)))
                (maybe(words.reference, case.reference.as_deref().map(foreign)))
                (maybe(words.amount, record.amount.map(|amount| html! { (rupiah(amount)) })))
                // The ledger's own words.
                (line(words.detail, &html! { span lang="en" { (foreign(&case.detail)) } }))
                (line(words.since, &time(case.at)))
            }
            @match &record.settled {
                Some(settled) => (how(visit, settled)),
                None => (settle(visit, record)),
            }
        }
    }
}

fn how(visit: &Visit, settled: &Settled) -> Markup {
    let words = visit.place.words();
    html! {
        dl.settled {
            (line(words.settled, &time(settled.at)))
            (line(words.resolution, &html! { (words::resolution(visit.place.lang, settled.resolution).title) }))
            (signed(&settled.person, &settled.note, words))
        }
    }
}

fn settle(visit: &Visit, record: &CaseRecord) -> Markup {
    let (place, words) = (&visit.place, visit.place.words());
    let id = record.case.id;
    let possible = RESOLUTIONS.iter().filter(|one| record.case.can_be(**one));
    html! {
        details {
            summary { (words.settle) span.hidden { " #" (id) } }
            form method="post" action={ (place.root) (CASES) "/" (id) "/resolve" } {
                (form_key(visit))
                fieldset {
                    legend { (words.resolution) }
                    @for one in possible {
                        @let (name, said) = (format!("r{id}-{}", one.as_str()), words::resolution(place.lang, *one));
                        div.radio {
                            input id=(name) type="radio" name="resolution" value=(one.as_str()) required
                                aria-describedby={ (name) "-a" };
                            (label(&name, said.title))
                            p.advice id={ (name) "-a" } { (said.advice) }
                        }
                    }
                }
                (signature(&id.to_string(), words.case_note, words))
                button.first type="submit" { (words.settle) span.hidden { " #" (id) } }
            }
        }
    }
}

/// `POST /operator/cases/{id}/resolve`
pub async fn resolve(visit: Visit, name: Result<Name, Problem>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let fields = match entry::own_form(&visit, &parts.headers, body, &["resolution", "by", "note"]).await {
        Ok(fields) => fields,
        Err(refused) => return refused,
    };
    match decide(&visit, name, &fields.without_blanks()).await {
        Ok(()) => visit.place.lead_to(&format!("{CASES}?done=1")),
        Err(problem) => visit.place.problem(&problem),
    }
}

async fn decide(visit: &Visit, name: Result<Name, Problem>, fields: &Query) -> Result<(), Problem> {
    let id = ids::number(&name?.0).ok_or_else(|| Problem::not_found(Thing::Case))?;
    let resolution = fields.read_as("resolution", Form::Resolution, Resolution::parse)?;
    let resolution = resolution.ok_or_else(|| entry::missing("resolution"))?;
    let (by, note) = entry::signature(fields)?;
    cases::settle(&visit.app, id, resolution, &by, &note).await
}
