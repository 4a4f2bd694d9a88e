//! The operator's page: payments, cases, notifications, events and accounts, for who has a token of scope admin. It runs no script.
//!
//! | File | Subject |
//! |---|---|
//! | `session`, `signing` | signing in and out |
//! | `visit`, `entry` | who looks, who may, and whether a form is the page's own |
//! | `layout`, `parts`, `words` | what all pages have, and in which words |
//! | `payments`, `payment`, `cases` with `surplus`, `notifications`, `events`, `accounts` | the pages |

mod accounts;
mod cases;
mod entry;
mod events;
mod layout;
mod notifications;
mod parts;
mod payment;
mod payments;
mod session;
mod signing;
mod surplus;
mod visit;
mod words;

use axum::Router;
use axum::routing::{get, post};

use crate::app::App;

/// The paths of the page.
pub fn routes() -> Router<App> {
    Router::new()
        .route("/", get(payments::list))
        .route("/operator/payments/{id}", get(payment::show))
        .route("/operator/cases", get(cases::list))
        .route("/operator/cases/{id}/resolve", post(cases::resolve))
        .route("/operator/surplus/{id}/refunded", post(surplus::refunded))
        .route("/operator/notifications", get(notifications::list))
        .route("/operator/notifications/{id}/replay", post(notifications::replay))
        .route("/operator/events", get(events::list))
        .route("/operator/events/{id}/redeliver", post(events::redeliver))
        .route("/operator/accounts", get(accounts::list))
        .route("/operator/sign-in", post(signing::sign_in))
        .route("/operator/sign-out", post(signing::sign_out))
}
