//! Payments that survive crashes: every fact in one database, every effect once, on SQLite or PostgreSQL.
//!
//! A client is safe for one call in one process. A shop's safety lies across calls, crashes, machines and money that comes late.
//! [`Ledger`] is that part: what is sent is written down before, sent once, and found out where the reply is lost; each
//! notification is kept before it is answered; the first receipt of an order is one event, each further one is surplus; what no
//! program can settle goes to a person. There is no HTTP client and no web framework in here.
//!
//! ```
//! use gerbang_core::Rupiah;
//! use gerbang_ledger::{Account, EventKind, Ledger, Order};
//!
//! # use gerbang_core::*;
//! # struct Kropay;
//! # impl Kropay {
//! #     fn payment(&self, new_status: PaymentStatus) -> Payment {
//! #         let mut payment = Payment::new("kropay", Rupiah::new(10_000), new_status);
//! #         (payment.id, payment.reference) = (Some("PG-1".into()), Some("ORDER-1".into()));
//! #         payment.pay_with = vec![Payable::Qris("000201".into())];
//! #         payment
//! #     }
//! # }
//! # impl PaymentGateway for Kropay {
//! #     fn provider(&self) -> &'static str { "kropay" }
//! #     fn capabilities(&self) -> Capabilities {
//! #         let mut can = Capabilities::new(Rupiah::new(1_000));
//! #         (can.status, can.notifications) = (true, Trust::Unsigned);
//! #         can
//! #     }
//! #     fn create_payment<'a>(&'a self, _: &'a NewPayment) -> Answer<'a, Payment> {
//! #         Box::pin(async { Ok(self.payment(PaymentStatus::Pending)) })
//! #     }
//! #     fn payment<'a>(&'a self, _: Lookup<'a>) -> Answer<'a, Payment> {
//! #         Box::pin(async { Ok(self.payment(PaymentStatus::Paid)) })
//! #     }
//! #     fn cancel_payment<'a>(&'a self, _: &'a Payment) -> Answer<'a, Payment> { unreachable!() }
//! #     fn parse_notification(&self, _: &http::HeaderMap, _: &[u8]) -> Result<Notification, Error> {
//! #         let mut said = Notification::new("kropay", Trust::Unsigned, PaymentStatus::Paid);
//! #         said.id = Some("PG-1".into());
//! #         Ok(said)
//! #     }
//! #     fn acceptance(&self) -> &'static str { r#"{"success":true}"# }
//! # }
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let gateway = Kropay;
//! # let (headers, body) = (http::HeaderMap::new(), b"{}");
//! // "sqlite://shop.db" or "postgres://…"; the shop's own tables can be in the same database.
//! let ledger = Ledger::open("sqlite::memory:")
//!     .await?
//!     .account(Account::live("kropay-main", gateway))
//!     .on_event(|mut tx, event| async move {
//!         if event.kind == EventKind::PaymentPaid {
//!             // In the transaction that marks the event as handled: it happens exactly once.
//!             let paid = "UPDATE my_order SET is_paid = 1 WHERE id = $1";
//!             if tx.execute(paid, [event.order.into()]).await? != 1 {
//!                 return Err("paid, but the shop has no such order".into()); // the event comes again
//!             }
//!         }
//!         Ok(())
//!     });
//! # let mut tx = ledger.begin().await?;
//! # tx.execute("CREATE TABLE my_order (id TEXT, is_paid INTEGER)", []).await?;
//! # tx.execute("INSERT INTO my_order VALUES ('ORDER-1', 0)", []).await?;
//! # tx.commit().await?;
//!
//! // At the checkout. Called again, it gives the payment that is open; nothing is created twice.
//! let payment = ledger.pay(&Order::new("ORDER-1", Rupiah::new(10_000)), "kropay-main").await?;
//! assert_eq!(payment.qris(), Some("000201"));
//!
//! // For the address that the gateway notifies: the answer comes after the commit.
//! let answer = ledger.notified("kropay-main", &headers, body).await;
//! assert_eq!(answer.status(), 200);
//!
//! // In a task of its own, `ledger.run(shutdown)` takes up all that is due, after a restart too; `work_once` does it once.
//! ledger.work_once().await?;
//! # let mut tx = ledger.begin().await?;
//! # assert_eq!(tx.execute("UPDATE my_order SET is_paid = 2 WHERE is_paid = 1", []).await?, 1);
//! # drop(tx);
//!
//! // What a person looks at: money to give back, and what no program can settle.
//! assert!(ledger.surplus_records(true, 0, 1).await?.is_empty() && ledger.cases().await?.is_empty());
//! # Ok(())
//! # }
//! ```
//!
//! # What it promises
//!
//! - A creation goes out only after its row is committed, and once. A reply that is lost is looked for, where the gateway can
//!   find it, and never sent again. Where the customer can pay only with what the reply shows, the order gets another attempt
//!   at once, with another reference.
//! - An order has one open attempt. A closed one is watched on, as money comes late; the first receipt of the order ships,
//!   each further one is [`Surplus`].
//! - A notification is answered with 200 after a commit. What it claims without a signature is asked about at the
//!   [account's pace](Account::pace), however many come.
//! - A notification of no payment of the book writes nothing; of the others one is kept for each payment that is named, unless
//!   they are signed. Customers' data is deleted after [a time](Ledger::keep_bodies).
//! - Time is the database's clock; set back, it holds nothing up. Any number of processes work on one book.
//! - A [handler of events](Ledger::on_event) has SQLite's one writer while it runs: it must not wait for anything else, and is
//!   ended when it does.
//!
//! # Features
//!
//! `sqlite` (default) with SQLite built in, and `postgres`. Connections to PostgreSQL are not encrypted unless the program
//! switches on one of the TLS features of `sqlx` 0.9.
#![cfg_attr(docsrs, feature(doc_cfg))]
// Without a database there is nothing to offer.
#![cfg(any(feature = "sqlite", feature = "postgres"))]

mod account;
mod attempt;
mod browse;
mod cancel;
mod chance;
mod error;
mod event;
mod figures;
mod inbox;
mod ledger;
mod machine;
mod money;
mod news;
mod notified;
mod order;
mod pay;
mod person;
mod place;
mod reversal;
mod row;
mod schedule;
mod store;
mod task;
mod tx;
mod value;
mod verdict;
mod worker;

pub use account::{Account, Mode};
pub use browse::{AttemptRecord, CaseRecord, Filter, OrderRecord, Settled, Standing};
pub use cancel::Cancelled;
pub use error::Error;
pub use event::{Event, EventKind};
pub use figures::{Count, Figures};
pub use inbox::{NotificationFilter, NotificationOutcome, NotificationRecord};
pub use ledger::{Handled, Ledger};
pub use machine::Ending;
pub use order::Order;
pub use person::{Case, Refund, Resolution, Surplus, Why};
pub use place::Placed;
pub use row::Row;
pub use sqlx;
pub use tx::Tx;
pub use value::Value;
pub use worker::Work;

/// The example of the README, compiled as a doctest.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
pub struct Readme;
