//! Payments: the newest first, searched and filtered.

use axum::response::Response;
use gerbang::ledger::{Error, Filter, OrderRecord, Standing};
use http::StatusCode;
use maud::{Markup, html};

use super::layout::{self, Tab};
use super::parts::{PAGE, account, choice, label, order as order_link, pages};
use super::visit::Visit;
use super::words;
use crate::ids;
use crate::pages::format::{rupiah, time};
use crate::problem::{Form, Problem};
use crate::query::Query;

/// `GET /`
pub async fn list(visit: Visit) -> Response {
    let (query, filter) = match read(&visit) {
        Ok(read) => read,
        Err(problem) => return visit.place.problem(&problem),
    };
    let (records, next) = match found(&visit, query.get("q"), &filter).await {
        Ok(found) => found,
        Err(error) => return visit.place.away(&error),
    };
    let words = visit.place.words();
    let next = next.map(|next| query.with("after", &next));
    let content = html! {
        (search(&visit, &query))
        (rows(&visit, &records))
        (pages(visit.place.home(), filter.after.is_none(), next.as_deref(), words))
    };
    let page = layout::page(&visit, Tab::Payments, words.payments, None, &content).await;
    visit.place.page(StatusCode::OK, page)
}

fn read(visit: &Visit) -> Result<(Query, Filter), Problem> {
    let query = visit.query(&["q", "status", "account", "after"])?;
    let mut filter = Filter::default();
    filter.standing = query.read_as("status", Form::Status, Standing::parse)?;
    filter.account = query.get("account").map(str::to_owned);
    filter.after = query.read_as("after", Form::NextOfAPage, ids::place)?;
    Ok((query, filter))
}

/// The payments of a page, and the place of the next one where there is one.
async fn found(
    visit: &Visit,
    name: Option<&str>,
    filter: &Filter,
) -> Result<(Vec<OrderRecord>, Option<String>), Error> {
    let ledger = visit.app.ledger();
    if let Some(name) = name {
        let mut records = ledger.search(name.trim(), PAGE).await?;
        records.retain(|record| {
            let is_at = |account: &String| record.attempts.iter().any(|attempt| attempt.account == *account);
            filter.standing.is_none_or(|standing| standing == record.standing)
                && filter.account.as_ref().is_none_or(is_at)
        });
        return Ok((records, None));
    }
    let mut records = ledger.records(filter, PAGE + 1).await?;
    let has_more = records.len() > PAGE as usize;
    records.truncate(PAGE as usize);
    let next = records.last().filter(|_| has_more).map(ids::cursor);
    Ok((records, next))
}

fn search(visit: &Visit, query: &Query) -> Markup {
    let (place, words) = (&visit.place, visit.place.words());
    let statuses = Standing::ALL.map(|standing| (standing.as_str().to_owned(), words::standing(place.lang, standing)));
    let statuses = statuses.map(|(name, text)| (name, text.to_owned()));
    let accounts: Vec<_> = visit.app.accounts().keys().map(|name| (name.clone(), name.clone())).collect();
    html! {
        form.filter method="get" action=(place.home()) role="search" {
            div.wide { (label("q", words.search)) input #q type="search" name="q" maxlength="100" value=[query.get("q")]; }
            (choice("status", words.status, words.all, &statuses, query.get("status")))
            (choice("account", words.account, words.all, &accounts, query.get("account")))
            button.first type="submit" { (words.search_by) }
        }
    }
}

fn rows(visit: &Visit, records: &[OrderRecord]) -> Markup {
    let (place, words) = (&visit.place, visit.place.words());
    html! {
        @if records.is_empty() { p.none { (words.none_here) } }
        @else {
            ul.rows {
                @for record in records {
                    li {
                        span.what { (order_link(place, &record.order)) }
                        (standing(visit, record.standing))
                        span.amount { (rupiah(amount(record))) }
                        span.where { @if let Some(attempt) = record.current() { (account(visit, &attempt.account)) } }
                        span.when { (time(record.created_at)) }
                        @if record.surplus.get() > 0 { span.surplus { (words.surplus) ": " (rupiah(record.surplus)) } }
                    }
                }
            }
        }
    }
}

/// What is or was to be paid.
fn amount(record: &OrderRecord) -> gerbang::Rupiah {
    record.current().and_then(|attempt| attempt.payable).unwrap_or(record.amount)
}

/// The status of an order, as a word and a colour.
pub fn standing(visit: &Visit, standing: Standing) -> Markup {
    html! { span.stand data-stand=(standing.as_str()) { (words::standing(visit.place.lang, standing)) } }
}
