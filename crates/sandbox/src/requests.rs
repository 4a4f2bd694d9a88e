//! Answering a request to a provider's API: faults act on it, and the log keeps it.

use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::middleware::{self, Next};
use axum::response::Response;
use jiff::Timestamp;
use tokio::sync::oneshot;

use crate::app::App;
use crate::call::{KeptAsFailed, MAX_BODY};
use crate::faults::Effect;
use crate::request_log::SandboxRequest;
use crate::spelling::{Fractions, Spell};
use crate::{Provider, effects, operations, providers, reply};

/// How many characters of a method and of a path the log keeps.
const MAX_SHOWN: usize = 512;

/// The API of a provider, with its faults and its log.
pub(crate) fn routes(app: &App, provider: Provider) -> Router<App> {
    providers::routes(provider).layer(middleware::from_fn_with_state((app.clone(), provider), answer))
}

/// Answers a request to a provider: lets the faults act on it, and logs it.
async fn answer(State((app, provider)): State<(App, Provider)>, mut request: Request, next: Next) -> Response {
    let (method, uri) = (request.method().as_str(), request.uri());
    let operation = operations::of(provider, method, uri.path(), uri.query());
    let (method, path) = (shown(method), shown(uri.path()));
    let acting = app.faults().acting_on(provider, operation);
    let faults = acting.iter().map(|(number, _)| *number).collect();

    let spells: Vec<Spell> = acting.iter().filter_map(|(_, effect)| effect.spell()).collect();
    request.extensions_mut().insert(Fractions::of(&spells));
    let is_carried_out = acting.iter().all(|(_, effect)| effect.is_carried_out());
    let after = acting.iter().map(|(_, effect)| effect.postpones()).sum::<Duration>();
    let keeps_failed = || {
        let refuses = acting.iter().any(|(_, effect)| matches!(effect, Effect::Refuse { .. }));
        refuses && operation.is_some_and(|operation| providers::keeps_refused(provider, operation))
    };
    let mut response = if is_carried_out && !after.is_zero() {
        let is_awaited = !acting.last().is_some_and(|(_, effect)| effect.takes_its_place());
        postpone(&app, request, next, after, is_awaited).await
    } else if is_carried_out {
        next.run(request).await
    } else if keeps_failed() {
        request.extensions_mut().insert(KeptAsFailed);
        next.run(request).await
    } else {
        // The client may not read a reply before it has sent everything.
        let _ = axum::body::to_bytes(request.into_body(), MAX_BODY).await;
        reply::lost()
    };
    if !spells.is_empty() {
        response = reply::spelled(response, &spells).await;
    }
    for (_, effect) in acting {
        response = effects::act(effect, provider, operation, response).await;
    }

    let status = (!reply::is_lost(&response)).then(|| response.status().as_u16());
    let at = Timestamp::now();
    app.requests().add(SandboxRequest { provider, operation, method, path, status, at, faults });
    response
}

/// Carries a call out later, whether or not the client is still there. Gives the reply, or nothing at once if it is not
/// awaited.
async fn postpone(app: &App, request: Request, next: Next, after: Duration, is_awaited: bool) -> Response {
    let (head, body) = request.into_parts();
    let Ok(body) = axum::body::to_bytes(body, MAX_BODY).await else {
        return reply::text(StatusCode::PAYLOAD_TOO_LARGE, "The body is too large or was cut off.\n");
    };
    let Some(permit) = app.postponed().permit() else {
        return reply::text(StatusCode::SERVICE_UNAVAILABLE, "Too many calls wait to be carried out later.\n");
    };
    let (made, awaited) = oneshot::channel();
    let on_time = app.clone();
    app.spawn_until_reset(async move {
        tokio::time::sleep(after).await;
        let response = next.run(Request::from_parts(head, Body::from(body))).await;
        // If this fails, the next change is saved with it.
        let _ = on_time.save().await;
        drop(permit);
        let _ = made.send(response);
    });
    if is_awaited { awaited.await.unwrap_or_else(|_| reply::lost()) } else { reply::lost() }
}

fn shown(text: &str) -> String {
    text.chars().take(MAX_SHOWN).collect()
}
