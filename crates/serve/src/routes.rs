//! The paths of the calls, and who may call them.

use axum::Router;
use axum::middleware::{from_fn, from_fn_with_state};
use axum::response::IntoResponse;
use axum::routing::{get, post};

use crate::app::App;
use crate::problem::{Code, Detail, Next, Problem, Thing, in_language};
use crate::tokens::Scope;
use crate::{
    access, accounts, cases, changes, events, health, hooks, limits, metrics, notifications, pages, payments,
    redeliver, streams, surplus,
};

/// All calls, within their limits.
pub fn routes(app: &App) -> Router {
    let shop = Router::new()
        .route("/v1/payments", get(payments::list).post(payments::create))
        .route("/v1/payments/{id}", get(payments::get))
        .route("/v1/payments/{id}/cancel", post(changes::cancel))
        .route("/v1/payments/{id}/attempts", post(changes::attempt))
        .route("/v1/payments/{id}/events", get(streams::events))
        .route("/v1/events", get(events::list))
        .route("/v1/events/{id}/redeliver", post(redeliver::redeliver))
        .route("/v1/cases", get(cases::list))
        .route("/v1/surplus", get(surplus::list))
        .route("/v1/notifications", get(notifications::list))
        .route("/v1/accounts", get(accounts::list))
        .route("/metrics", get(metrics::show))
        .route_layer(from_fn_with_state((app.clone(), Scope::Shop), access::check));
    let admin = Router::new()
        .route("/v1/cases/{id}/resolve", post(cases::resolve))
        .route("/v1/surplus/{id}/refunded", post(surplus::refunded))
        .route("/v1/notifications/{id}/replay", post(notifications::replay))
        .route_layer(from_fn_with_state((app.clone(), Scope::Admin), access::check));
    let hooks = Router::new()
        .route("/hooks/{account}", post(hooks::notified))
        .route_layer(from_fn_with_state(app.clone(), access::of_hooks));
    let pages = Router::new()
        .route("/pay/{token}", get(pages::page))
        .route("/pay/{token}/events", get(pages::events))
        .route("/assets/{name}", get(pages::asset))
        .route_layer(from_fn_with_state(app.clone(), access::of_pages));
    let open = Router::new()
        .route("/healthz", get(health::live))
        .route("/readyz", get(health::ready))
        .route("/openapi.json", get(health::description));
    let operator = crate::pages::operator::routes().route_layer(from_fn_with_state(app.clone(), access::of_pages));
    let all = shop
        .merge(admin)
        .merge(hooks)
        .merge(pages)
        .merge(open)
        .merge(operator)
        .fallback(no_such_path)
        .method_not_allowed_fallback(no_such_method);
    limits::around(all.with_state(app.clone()), app.hosts()).layer(from_fn(in_language))
}

async fn no_such_path() -> impl IntoResponse {
    Problem::not_found(Thing::Path)
}

async fn no_such_method() -> impl IntoResponse {
    Problem::new(Code::MethodNotAllowed, Detail::NoSuchMethod, Next::ReadTheDescription)
}
