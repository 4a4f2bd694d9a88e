//! The daemon behind `gerbang serve`: [`gerbang-ledger`](gerbang::ledger) for shops in any language, over HTTP.
//!
//! [`Settings::read`] reads what is set, [`Daemon::start`] opens the book, makes the gateways and listens, [`Daemon::run`] serves
//! until it is told to stop. `GET /openapi.json` describes the calls.
//!
//! | File | Subject |
//! |---|---|
//! | `settings`, `bounds`, `sources` | what can be set, and where it is read from |
//! | `daemon`, `server`, `error` | starting, serving, stopping |
//! | `app`, `routes`, `access` | what the calls share, their paths, who may call them |
//! | `limits`, `rates`, `client` | what bounds calls, and how many of them: of all, of a token, of an address |
//! | `hosts`, `exposure` | the names that the daemon answers to, and how it is reached from outside |
//! | `payments`, `changes`, `events`, `cases`, `notifications`, `accounts`, `hooks`, `health` | the calls |
//! | `order`, `json`, `query` | what comes in, read strictly |
//! | `reply`, `view`, `ids` | what goes out |
//! | `streams`, `news` | what goes on being said: events and standing of a payment; when there is something to say |
//! | `pages`, `addresses` | the customer's page |
//! | `problem`, `lang` | errors, and the languages that they and the pages are in |
//! | `tables`, `tokens`, `keys` | the daemon's own tables: tokens and idempotency keys |
//! | `webhooks`, `redeliver` | events that are delivered to the shop |
//! | `metrics`, `trace`, `telemetry` | figures for Prometheus; the log; traces for OpenTelemetry |
//! | `observed` | how an account's gateway does |
//! | `sandbox`, `place` | a sandbox that plays the gateways, inside the process or elsewhere, for trying |
#![cfg_attr(docsrs, feature(doc_cfg))]

mod access;
mod accounts;
mod addresses;
mod app;
mod bounds;
mod cases;
mod changes;
mod client;
mod daemon;
mod error;
mod events;
mod exposure;
mod files;
mod health;
mod hooks;
mod hosts;
mod ids;
mod json;
mod keys;
mod lang;
mod limits;
mod metrics;
mod news;
mod notifications;
mod observed;
mod order;
mod pages;
mod payments;
mod place;
mod problem;
mod query;
mod rates;
mod redeliver;
mod reply;
mod routes;
mod sandbox;
mod server;
mod settings;
mod sources;
mod streams;
mod surplus;
mod tables;
#[cfg(feature = "otlp")]
mod telemetry;
mod tokens;
mod trace;
mod view;
mod webhooks;

pub use daemon::Daemon;
pub use error::Error;
pub use settings::{Flags, Sandbox, Settings};
#[cfg(feature = "otlp")]
pub use telemetry::Telemetry;
pub use tokens::{Scope, TokenRecord, new_token, revoke_token, tokens};
