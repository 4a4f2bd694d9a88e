//! Answering a request to a provider's API: faults act on it, and the log keeps it.

use std::time::Duration;

use axum::Router;
use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::middleware::{self, Next};
use axum::response::Response;
use jiff::Timestamp;
use tokio::sync::oneshot;

use crate::app::App;
use crate::call::{self, KeptAsFailed};
use crate::faults::Effect;
use crate::request_log::{Owner, SandboxRequest};
use crate::spelling::{Fractions, Spell};
use crate::state::Magic;
use crate::{Provider, effects, operations, providers, reply, trace};

/// How many characters of a method and of a path the log keeps.
const MAX_SHOWN: usize = 512;

/// The API of a provider, with its faults and its log.
pub(crate) fn routes(app: &App, provider: Provider) -> Router<App> {
    providers::routes(provider).layer(middleware::from_fn_with_state((app.clone(), provider), answer))
}

/// Answers a request to a provider: lets the faults act on it, and logs it.
async fn answer(State((app, provider)): State<(App, Provider)>, request: Request, next: Next) -> Response {
    let (method, uri) = (request.method().clone(), request.uri().clone());
    let operation = operations::of(provider, method.as_str(), uri.path(), uri.query());
    let mut noted = SandboxRequest {
        number: 0,
        provider,
        operation,
        method: shown(method.as_str()),
        path: shown(uri.path()),
        query: None,
        headers: Vec::new(),
        body: String::new(),
        status: None,
        at: Timestamp::now(),
        faults: Vec::new(),
        magic: None,
        account: Owner(None),
    };
    let (response, call) = match call::read_before(request).await {
        Ok((request, call)) => {
            noted.account = Owner(providers::account(&app, provider, &call, uri.path()));
            (carried_out(&app, request, next, &mut noted).await, Some(call))
        }
        Err(too_large) => (too_large, None),
    };
    noted.status = (!reply::is_lost(&response)).then(|| response.status().as_u16());
    noted.at = Timestamp::now();
    app.note(noted, call);
    response
}

/// The reply to a request, after faults have acted on it. Notes which, and the magic price that has acted.
async fn carried_out(app: &App, mut request: Request, next: Next, noted: &mut SandboxRequest) -> Response {
    let (provider, operation) = (noted.provider, noted.operation);
    let acting = app.faults().acting_on(provider, operation, noted.account.0.as_deref());
    noted.faults = acting.iter().map(|(number, _)| *number).collect();

    let spells: Vec<Spell> = acting.iter().filter_map(|(_, effect)| effect.spell(provider)).collect();
    request.extensions_mut().insert(Fractions::of(&spells));
    let is_carried_out = acting.iter().all(|(_, effect)| effect.is_carried_out());
    let after = acting.iter().map(|(_, effect)| effect.postpones()).sum::<Duration>();
    let keeps_failed = || {
        let refuses = acting.iter().any(|(_, effect)| matches!(effect, Effect::Refuse { .. }));
        refuses && operation.is_some_and(|operation| providers::keeps_refused(provider, operation))
    };
    let (mut response, magic) = if is_carried_out && !after.is_zero() {
        let is_awaited = !acting.last().is_some_and(|(_, effect)| effect.takes_its_place());
        postpone(app, request, next, after, is_awaited).await
    } else if is_carried_out {
        trace::of(next.run(request)).await
    } else if keeps_failed() {
        request.extensions_mut().insert(KeptAsFailed);
        trace::of(next.run(request)).await
    } else {
        (reply::lost(), Magic::None)
    };
    noted.magic = magic.words();
    if !spells.is_empty() {
        response = reply::spelled(response, &spells).await;
    }
    for (_, effect) in acting {
        response = effects::act(effect, provider, operation, response).await;
    }
    response
}

/// Carries a call out later, whether or not the client is still there. Gives the reply and the magic price that has acted, or
/// nothing at once if it is not awaited.
async fn postpone(app: &App, request: Request, next: Next, after: Duration, is_awaited: bool) -> (Response, Magic) {
    let Some(permit) = app.postponed().permit() else {
        let full = reply::text(StatusCode::SERVICE_UNAVAILABLE, "Too many calls wait to be carried out later.\n");
        return (full, Magic::None);
    };
    let (made, awaited) = oneshot::channel();
    app.spawn_until_reset(async move {
        tokio::time::sleep(after).await;
        let reply = trace::of(next.run(request)).await;
        drop(permit);
        let _ = made.send(reply);
    });
    let lost = || (reply::lost(), Magic::None);
    if is_awaited { awaited.await.unwrap_or_else(|_| lost()) } else { lost() }
}

fn shown(text: &str) -> String {
    if text.len() <= MAX_SHOWN { text.to_owned() } else { text.chars().take(MAX_SHOWN).collect() }
}
