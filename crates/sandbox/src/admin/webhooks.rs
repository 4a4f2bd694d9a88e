//! Notifications: the log of attempts, addresses, hold and release, sending again.

use axum::Router;
use axum::extract::rejection::PathRejection;
use axum::extract::{Path, State};
use axum::response::Response;
use axum::routing::{get, post, put};
use serde::{Deserialize, Deserializer};
use serde_json::json;

use super::{Json, NoBody, failure};
use crate::app::App;
use crate::delivery::{self, ReleaseOrder};
use crate::webhooks::{WebhookError, is_address};
use crate::{Provider, reply};

pub(super) fn routes() -> Router<App> {
    Router::new()
        .route("/webhooks", get(attempts))
        .route("/webhooks/address", put(address))
        .route("/webhooks/hold", post(hold))
        .route("/webhooks/held", get(held))
        .route("/webhooks/release", post(release))
        .route("/webhooks/{number}/resend", post(resend))
}

async fn attempts(State(app): State<App>) -> Response {
    let pending = app.change(|world| world.outbox().len());
    reply::json(200, &json!({"webhooks": app.sender().attempts(), "pending": pending}))
}

/// `url` must be there; `null` removes the address.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Address {
    provider: Provider,
    #[serde(default)]
    credential: Option<String>,
    #[serde(deserialize_with = "Option::deserialize")]
    url: Option<String>,
}

async fn address(State(app): State<App>, Json(wanted): Json<Address>) -> Response {
    let url = wanted.url.as_deref();
    if !url.is_none_or(is_address) {
        return failure(400, "url must be an http:// or https:// address or null");
    }
    match wanted.credential.as_deref() {
        None => app.set_webhook(wanted.provider, url),
        Some(credential) => {
            if let Err(error) = app.set_webhook_for(wanted.provider, credential, url) {
                return refused(error);
            }
        }
    }
    // The credential is not repeated.
    reply::json(200, &json!({"provider": wanted.provider, "url": url}))
}

async fn hold(State(app): State<App>, _: NoBody) -> Response {
    delivery::hold(&app);
    listed(&app)
}

async fn held(State(app): State<App>) -> Response {
    listed(&app)
}

fn listed(app: &App) -> Response {
    let (holding, held) = delivery::held(app);
    reply::json(200, &json!({"holding": holding, "held": held}))
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Release {
    #[serde(default, deserialize_with = "order")]
    order: ReleaseOrder,
}

/// A list of numbers, or `"reverse"`.
fn order<'de, D: Deserializer<'de>>(deserializer: D) -> Result<ReleaseOrder, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged, expecting = "order must be a list of numbers or \"reverse\"")]
    enum Order {
        Word(Reverse),
        Numbers(Vec<u64>),
    }
    #[derive(Deserialize)]
    #[serde(rename_all = "lowercase")]
    enum Reverse {
        Reverse,
    }
    Ok(match Order::deserialize(deserializer)? {
        Order::Word(Reverse::Reverse) => ReleaseOrder::Reverse,
        Order::Numbers(numbers) => ReleaseOrder::Numbers(numbers),
    })
}

async fn release(State(app): State<App>, Json(wanted): Json<Option<Release>>) -> Response {
    match delivery::release(&app, &wanted.unwrap_or_default().order) {
        Ok(numbers) => reply::json(200, &json!({"released": numbers})),
        Err(error) => refused(error),
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Resend {
    #[serde(default = "once")]
    times: u32,
}

fn once() -> u32 {
    1
}

async fn resend(
    State(app): State<App>,
    number: Result<Path<u64>, PathRejection>,
    Json(wanted): Json<Option<Resend>>,
) -> Response {
    let Ok(Path(number)) = number else { return refused(WebhookError::NotFound) };
    let times = wanted.map_or_else(once, |wanted| wanted.times);
    match delivery::resend(&app, number, times) {
        Ok(()) => reply::json(202, &json!({"number": number, "times": times})),
        Err(error) => refused(error),
    }
}

fn refused(error: WebhookError) -> Response {
    let status = match error {
        WebhookError::NotFound => 404,
        WebhookError::Times | WebhookError::Order | WebhookError::Credential => 400,
        WebhookError::TooMany => 503,
    };
    failure(status, &error.to_string())
}
