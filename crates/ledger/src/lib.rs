//! Payments that survive crashes: every fact in one database, every effect once.
#![cfg_attr(docsrs, feature(doc_cfg))]

#[cfg(not(any(feature = "sqlite", feature = "postgres")))]
compile_error!("gerbang-ledger needs a database: the feature `sqlite` or `postgres`");

mod account;
mod attempt;
mod cancel;
mod chance;
mod error;
mod event;
mod ledger;
mod machine;
mod money;
mod news;
mod notified;
mod order;
mod pay;
mod person;
mod schedule;
mod store;
mod task;
mod tx;
mod worker;

pub use account::{Account, Mode};
pub use cancel::Cancelled;
pub use error::Error;
pub use event::{Event, EventKind};
pub use ledger::{Handled, Ledger};
pub use machine::{Ending, State};
pub use order::Order;
pub use person::{Case, Resolution, Surplus, Why};
pub use sqlx;
pub use tx::{Tx, Value};
pub use worker::Work;
