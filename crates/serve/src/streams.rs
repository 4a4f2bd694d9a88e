//! Streams of server-sent events: what happens to a payment, for the shop, and how it stands, for the customer's page.

use std::collections::VecDeque;
use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use axum::extract::State;
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use futures_util::stream::{Stream, unfold};
use gerbang::Delivery;
use gerbang::ledger::{self, Standing};
use http::header::CACHE_CONTROL;
use http::{HeaderMap, HeaderValue};
use serde_json::json;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::app::App;
use crate::news::Waiting;
use crate::payments::{found, named};
use crate::problem::{Code, Detail, Form, Problem};
use crate::query::Name;
use crate::{ids, view};

/// How often a stream shows that it is there, whatever happens.
const KEEP_ALIVE: Duration = Duration::from_secs(15);

/// How many events are read at a time.
const PAGE: u32 = 100;

fn place(places: &Arc<Semaphore>) -> Result<OwnedSemaphorePermit, Problem> {
    let place = places.clone().try_acquire_owned();
    place.map_err(|_| Problem::busy(Code::Busy, Detail::TooManyStreams, Delivery::NotSent))
}

/// Events of an order that are to be sent.
struct Feed {
    app: App,
    order: String,
    /// The number of the last one that was read.
    after: i64,
    ready: VecDeque<ledger::Event>,
    waiting: Waiting,
    _place: OwnedSemaphorePermit,
}

/// `GET /v1/payments/{id}/events`
pub async fn events(State(app): State<App>, Name(id): Name, headers: HeaderMap) -> Result<Response, Problem> {
    let order = named(&id)?;
    let after = last_event(&headers)?;
    found(&app, &order).await?;
    let place = place(&app.streams().shops)?;
    let waiting = app.news().of(&order);
    let feed = Feed { app, order, after, ready: VecDeque::new(), waiting, _place: place };
    Ok(response(unfold(feed, next)))
}

/// The number of the last event that the client has.
fn last_event(headers: &HeaderMap) -> Result<i64, Problem> {
    let Some(id) = headers.get("last-event-id").filter(|id| !id.is_empty()) else { return Ok(0) };
    let number = id.to_str().ok().and_then(ids::event);
    number.ok_or_else(|| Problem::must_be("Last-Event-ID", Form::EventId))
}

async fn next(mut feed: Feed) -> Option<(Result<Event, Infallible>, Feed)> {
    loop {
        if let Some(event) = feed.ready.pop_front() {
            feed.after = event.seq;
            let sent = Event::default().id(event.id()).event(event.kind.as_str());
            return Some((Ok(sent.data(view::event(&event).to_string())), feed));
        }
        let events = feed.app.ledger().order_events(&feed.order, feed.after, PAGE).await;
        match events.map_err(ended_by) {
            Ok(events) if events.is_empty() => news(&feed.app, &mut feed.waiting).await?,
            Ok(events) => feed.ready.extend(events),
            Err(()) => return None,
        }
    }
}

/// The standing of an order that is to be told.
struct Watch {
    app: App,
    order: String,
    told: Option<Standing>,
    waiting: Waiting,
    _place: OwnedSemaphorePermit,
}

/// How an order stands and each change of that, until it is paid.
pub fn status(app: &App, order: String) -> Result<Response, Problem> {
    let place = place(&app.streams().pages)?;
    let waiting = app.news().of(&order);
    Ok(response(unfold(Watch { app: app.clone(), order, told: None, waiting, _place: place }, next_status)))
}

async fn next_status(mut watch: Watch) -> Option<(Result<Event, Infallible>, Watch)> {
    if watch.told == Some(Standing::Paid) {
        return None;
    }
    loop {
        let record = watch.app.ledger().record(&watch.order).await.map_err(ended_by).ok()??;
        if watch.told != Some(record.standing) {
            watch.told = Some(record.standing);
            let status = json!({"status": record.standing.as_str()});
            return Some((Ok(Event::default().event("status").data(status.to_string())), watch));
        }
        news(&watch.app, &mut watch.waiting).await?;
    }
}

/// The client comes back, and learns then that the database is away.
fn ended_by(error: ledger::Error) {
    tracing::error!("a stream ends: the database failed: {error}");
}

/// Waits until it is time to look again; none when the daemon stops.
async fn news(app: &App, waiting: &mut Waiting) -> Option<()> {
    tokio::select! {
        () = app.stopped() => None,
        () = waiting.changed() => Some(()),
    }
}

fn response(stream: impl Stream<Item = Result<Event, Infallible>> + Send + 'static) -> Response {
    let keep_alive = KeepAlive::new().interval(KEEP_ALIVE);
    let mut response = Sse::new(stream).keep_alive(keep_alive).into_response();
    response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    // A proxy must not collect what is to arrive now.
    response.headers_mut().insert("x-accel-buffering", HeaderValue::from_static("no"));
    response
}
