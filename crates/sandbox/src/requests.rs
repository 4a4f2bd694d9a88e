//! Answering a request to a provider's API: faults act on it, and the log keeps it.

use std::time::Duration;

use axum::Router;
use axum::extract::Request;
use axum::http::{Method, StatusCode, header};
use axum::response::Response;
use jiff::Timestamp;
use tokio::sync::oneshot;
use tower_service::Service as _;

use crate::app::App;
use crate::call::{self, KeptAsFailed};
use crate::faults::Effect;
use crate::request_log::{Owner, SandboxRequest};
use crate::spelling::{Fractions, Spell};
use crate::state::Magic;
use crate::{Provider, effects, operations, providers, reply, trace};

/// How many characters of a method and of a path the log keeps.
const MAX_SHOWN: usize = 512;

/// Answers a request to a provider by its API: lets the faults act on it, and logs it.
pub(crate) async fn answer(app: &App, provider: Provider, request: Request, api: Router) -> Response {
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
            noted.account = Owner(providers::account(app, provider, &call, uri.path()));
            (carried_out(app, request, api, &mut noted).await, Some(call))
        }
        Err(too_large) => (too_large, None),
    };
    noted.status = (!reply::is_lost(&response)).then(|| response.status().as_u16());
    noted.at = Timestamp::now();
    app.note(noted, call);
    response
}

/// The reply to a request, after faults have acted on it. Notes which, and the magic price that has acted.
async fn carried_out(app: &App, mut request: Request, api: Router, noted: &mut SandboxRequest) -> Response {
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
        postpone(app, request, api, after, is_awaited).await
    } else if is_carried_out {
        carry_out(api, request).await
    } else if keeps_failed() {
        request.extensions_mut().insert(KeptAsFailed);
        carry_out(api, request).await
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

/// Carries a call out. Gives the reply and the magic price that has acted.
async fn carry_out(mut api: Router, request: Request) -> (Response, Magic) {
    let has_body = request.method() != Method::HEAD;
    let (Ok(mut response), magic) = trace::of(api.call(request)).await;
    if has_body {
        // It may get another one from the faults.
        response.headers_mut().remove(header::CONTENT_LENGTH);
    }
    (response, magic)
}

/// Carries a call out later, whether or not the client is still there. Gives the reply and the magic price that has acted, or
/// nothing at once if it is not awaited.
async fn postpone(app: &App, request: Request, api: Router, after: Duration, is_awaited: bool) -> (Response, Magic) {
    let Some(permit) = app.postponed().permit() else {
        let full = reply::text(StatusCode::SERVICE_UNAVAILABLE, "Too many calls wait to be carried out later.\n");
        return (full, Magic::None);
    };
    let (made, awaited) = oneshot::channel();
    app.spawn_until_reset(async move {
        tokio::time::sleep(after).await;
        let reply = carry_out(api, request).await;
        drop(permit);
        let _ = made.send(reply);
    });
    let lost = || (reply::lost(), Magic::None);
    if is_awaited { awaited.await.unwrap_or_else(|_| lost()) } else { lost() }
}

fn shown(text: &str) -> String {
    if text.len() <= MAX_SHOWN { text.to_owned() } else { text.chars().take(MAX_SHOWN).collect() }
}
