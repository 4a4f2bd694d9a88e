//! Figures for Prometheus. They hold names of accounts and words of the daemon's own, nothing of a payment or a customer.

use std::fmt::Write as _;
use std::time::Duration;

use axum::extract::State;
use axum::response::Response;
use gerbang::ledger::{Count, Error, Figures, Ledger};
use http::StatusCode;
use tokio::time::Instant;

use crate::app::App;
use crate::problem::Problem;
use crate::reply;

/// How long figures are shown without counting again, however often they are asked for.
const FRESH: Duration = Duration::from_secs(5);

/// The form of the figures.
const MEDIA_TYPE: &str = "text/plain; version=0.0.4; charset=utf-8";

/// `GET /metrics`
pub async fn show(State(app): State<App>) -> Result<Response, Problem> {
    let mut last = app.figures().lock().await;
    if let Some((at, text)) = &*last
        && at.elapsed() < FRESH
    {
        return Ok(reply::text(StatusCode::OK, MEDIA_TYPE, text.clone()));
    }
    let figures = app.ledger().figures().await?;
    let text = text(&app, &figures, &deliveries(app.ledger()).await?);
    *last = Some((Instant::now(), text.clone()));
    Ok(reply::text(StatusCode::OK, MEDIA_TYPE, text))
}

/// Deliveries to the shop by outcome.
async fn deliveries(ledger: &Ledger) -> Result<Vec<(String, i64)>, Error> {
    let mut tx = ledger.read().await?;
    let sql = "SELECT COALESCE(outcome, 'due') AS outcome, count(*) AS number FROM gerbang_serve_delivery \
               GROUP BY COALESCE(outcome, 'due') ORDER BY 1";
    let rows = tx.fetch(sql, []).await?;
    rows.iter().map(|row| Ok((row.text("outcome")?, row.int("number")?))).collect()
}

fn text(app: &App, figures: &Figures, deliveries: &[(String, i64)]) -> String {
    let mut out = String::new();
    begin(&mut out, "gerbang_payments", "Payments at gateways, by state.");
    counts(&mut out, app, "gerbang_payments", "state", &figures.attempts);
    let oldest = "gerbang_oldest_pending_seconds";
    begin(&mut out, oldest, "Age of the oldest payment that is open or may be; 0 where there is none.");
    for account in app.accounts().keys() {
        let since = figures.oldest_pending.iter().find(|(name, _)| name == account);
        let age = since.map_or(0, |(_, since)| figures.at.duration_since(*since).as_secs().max(0));
        line(&mut out, oldest, &of_account(app, account), age);
    }
    begin(&mut out, "gerbang_notifications", "Notifications that are kept, by how they were judged.");
    counts(&mut out, app, "gerbang_notifications", "outcome", &figures.notifications);
    begin(&mut out, "gerbang_cases_open", "Cases that nobody has settled, by reason.");
    counts(&mut out, app, "gerbang_cases_open", "why", &figures.cases);
    begin(&mut out, "gerbang_events_unhandled", "Events that are not handled yet.");
    line(&mut out, "gerbang_events_unhandled", &[], figures.unhandled_events);
    begin(&mut out, "gerbang_deliveries", "Events for the shop, by what became of their delivery.");
    for (outcome, number) in deliveries {
        line(&mut out, "gerbang_deliveries", &[("outcome", outcome)], number);
    }
    out
}

fn begin(out: &mut String, name: &str, help: &str) {
    // Writing to a string cannot fail.
    let _ = writeln!(out, "# HELP {name} {help}\n# TYPE {name} gauge");
}

fn counts(out: &mut String, app: &App, name: &str, label: &str, counts: &[Count]) {
    for count in counts {
        let [account, gateway] = of_account(app, &count.account);
        line(out, name, &[account, gateway, (label, &count.kind)], count.count);
    }
}

/// An account that is no longer set has no gateway.
fn of_account<'a>(app: &'a App, account: &'a str) -> [(&'static str, &'a str); 2] {
    let gateway = app.account(account).map_or("", |known| known.descriptor.name);
    [("account", account), ("gateway", gateway)]
}

fn line(out: &mut String, name: &str, labels: &[(&str, &str)], value: impl std::fmt::Display) {
    let labels: Vec<_> = labels.iter().map(|(label, value)| format!("{label}=\"{}\"", escaped(value))).collect();
    let labels = if labels.is_empty() { String::new() } else { format!("{{{}}}", labels.join(",")) };
    let _ = writeln!(out, "{name}{labels} {value}");
}

fn escaped(value: &str) -> String {
    value.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_are_escaped() {
        let mut out = String::new();
        line(&mut out, "a", &[("b", "c\"d\\e\nf")], 1);
        line(&mut out, "g", &[], 2);
        assert_eq!(out, "a{b=\"c\\\"d\\\\e\\nf\"} 1\ng 2\n");
    }
}
