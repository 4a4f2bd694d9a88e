//! Indonesian payment gateways on localhost: see [`Provider`].
//!
//! The sandbox answers as the providers' documents say. It remembers what it was asked, needs no account and no network,
//! and no money moves. Point a client's base URL at it:
//!
//! ```
//! use gerbang_sandbox::{Provider, Sandbox};
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let sandbox = Sandbox::start().await;
//! let client = gerbang_transport::Network::new().http_client()?.build()?;
//! let created = client
//!     .post(format!("{}/api/v1/payment/create", sandbox.url(Provider::Kropay)))
//!     .header("X-API-KEY", "any key")
//!     .header("Content-Type", "application/json")
//!     .body(r#"{"merchant_ref": "ORDER-12345", "amount": 10000}"#)
//!     .send()
//!     .await?;
//! assert_eq!(created.status(), 201);
//!
//! let paid = sandbox.pay(Provider::Kropay, "ORDER-12345")?;
//! assert_eq!(paid.payable.get(), 10_020);
//! # Ok(())
//! # }
//! ```
//!
//! The command `gerbang sandbox` of the crate `gerbang-cli` runs a sandbox alone and prints the base URLs.
//!
//! # Credentials
//!
//! Every credential is accepted that is not empty; each has its own payments, which no other sees. The word `refuse` is
//! refused everywhere. K-Link's credential is the e-mail address, Pakasir's the project with the API key.
//!
//! # Magic prices
//!
//! A payment that is created at one of these prices behaves badly, through any client and without changes to it. All
//! other prices behave normally. The price is `amount`, or `nominal` for K-Link's payments; the payment of an order from
//! K-Link's wallet obeys too, except that it is paid anyway and echoes nothing.
//!
//! | Price in rupiah | What happens | Is the payment recorded? |
//! |---|---|---|
//! | 10001 | the payment pays itself after two seconds | yes |
//! | 10002 | the connection is closed instead of a reply | yes |
//! | 10003 | a web page with status 200 | no |
//! | 10004 | status 500 | no |
//! | 10005 | half of the reply, then the connection is closed | yes |
//! | 10006 | the reply names a price that is one rupiah too high | yes |
//! | 10007 | the reply comes after five seconds | yes |
//! | 10008 | status 429 with `Retry-After: 1` | no |
//! | 10009 | the connection is closed instead of a reply | no |
//! | 10010 | after two seconds the customer pays one rupiah too little; the payment stays pending | yes |
//! | 10011 | the payment expires after two seconds | yes |
//! | 10012 | the provider cancels the payment after two seconds | yes |
//! | 10013 | status 500 for the first two calls with the merchant's name of the payment; the third works | the third time |
//! | 10014 | the payment pays itself after ten seconds | yes |
//!
//! Calls at 10013 are counted for each credential, until the sandbox ends or is reset. Where the merchant gives no name, the
//! first two calls of the credential fail.
//!
//! For K-Link the wrong price of 10006 is `total_belanja` or `gross_amount`; card payments echo nothing, nor does
//! Pakasir's `payment_link`.
//!
//! # Faults
//!
//! Magic prices need no changes to the client, but are for creations only. [`Sandbox::add_fault`] makes any call go wrong:
//! every call to a provider or those of one operation, always or so many times. The connection is closed, another reply
//! comes instead, the provider refuses, half of the reply arrives, it comes later, or a text in it is replaced; see
//! [`Fault`] and [`Effect`]. Close, refuse and reply do so before or after the call is carried out, and with
//! [`Effect::Later`] the call is carried out up to a minute after that: "not found" does not prove that nothing will be
//! made.
//!
//! ```
//! # use gerbang_sandbox::{Effect, Fault, Provider, Sandbox};
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let sandbox = Sandbox::start().await;
//! // The client's connection is closed at once; the payment is made two seconds later.
//! for effect in [Effect::Later { milliseconds: 2_000 }, Effect::Close { carried_out: true }] {
//!     sandbox.add_fault(Fault::new(Provider::Kazukipay, effect).operation("create_payment").times(1))?;
//! }
//! // The next payment is made, and refused all the same.
//! let refuse = Effect::Refuse { message: "QRIS image could not be written".into(), carried_out: true };
//! sandbox.add_fault(Fault::new(Provider::Kazukipay, refuse).operation("create_payment").times(1))?;
//! # Ok(())
//! # }
//! ```
//!
//! With [`Effect::Spell`] the JSON of replies and notifications is written as some hosts write it, such as times as numbers,
//! amounts with decimals, or lists as objects; see [`Spelling`]. [`SandboxBuilder::fault`] sets a fault from the beginning.
//!
//! # For tests
//!
//! [`Sandbox::requests`] lists which calls came with which headers and bodies, without what is secret in them, what the sandbox
//! answered, and which faults and magic prices acted; [`Sandbox::requests_like`] those that a [`RequestFilter`] means.
//! [`Sandbox::wait_for_requests`], [`Sandbox::wait_for_webhooks`] and [`Sandbox::wait_for_payment`] wait until something is
//! there, for a time that the caller sets; over HTTP up to 25 seconds.
//!
//! Tests that run at the same time can share a sandbox, each with a credential of its own: [`Fault::credential`] makes its calls
//! alone go wrong, [`ClockChange::of`] gives it a clock, [`SandboxBuilder::webhook_for`] an address of notifications, and
//! [`Sandbox::reset_credential`] forgets it and nothing else.
//!
//! [`Sandbox::change_clock`] sets a clock, moves it forward or back, or has it stand still. What happens by itself after some
//! time, as by magic prices, happens by the clock of the credential, and never while that stands still.
//!
//! At a path at which there is nothing, the reply lists what there is, the most alike first.
//!
//! # The page
//!
//! The server's address, opened in a browser, lists all payments, by state, by gateway and by a part of a name, each with what
//! became of its notification, and changes as they do. `/payments/{id}`, with the sandbox's own name of a payment such as
//! `sb-12`, has all of one payment: its notifications with every attempt, its virtual account's number, and commands for a
//! shell. `/pay/{id}` is the customer's page. All are in English and Indonesian. They show no credentials and no keys.
//!
//! # The sandbox's own API
//!
//! What [`Sandbox`] does from Rust can be done over HTTP, in JSON. A payment is named by the merchant's name, by the
//! provider's or by the sandbox's own, such as `sb-12`, percent-encoded where it must be.
//!
//! `GET /_sandbox/openapi.yaml` describes it in OpenAPI 3.0: every call with its body, its replies, its errors and examples.
//!
//! | Call | What it does |
//! |---|---|
//! | `GET /_sandbox/payments` | all payments |
//! | `POST /_sandbox/seed` with a list of payments | makes payments |
//! | `POST /_sandbox/payments/{provider}/{id}/pay` | the customer pays |
//! | `POST /_sandbox/payments/{provider}/{id}/pay_late` | the customer pays what has expired or was cancelled |
//! | `POST /_sandbox/payments/{provider}/{id}/underpay` with `{"amount": 1}` | the customer pays too little |
//! | `POST /_sandbox/payments/kazukipay/{id}/deposit` | the money comes in, also late, but nothing is confirmed |
//! | `POST /_sandbox/payments/{provider}/{id}/expire` | the payment expires |
//! | `POST /_sandbox/payments/{provider}/{id}/cancel` | the provider cancels the payment |
//! | `POST /_sandbox/payments/wait` with `{"filter": {"payment": "ORDER-1"}}` | waits for payments |
//! | `POST /_sandbox/payments/{provider}/{id}/wait` with `{"status": "paid"}` | waits until it is so |
//! | `GET /_sandbox/clock`, `POST` with `{"advance_seconds": 60}` or others | shows, moves, sets or stops the clock |
//! | `GET`, `POST` or `DELETE /_sandbox/faults`, `DELETE /_sandbox/faults/{number}` | faults |
//! | `GET /_sandbox/requests` | the last requests to the providers' APIs, and how many there were |
//! | `POST /_sandbox/requests/wait` or `/verify` | waits for requests, or says whether there are so many |
//! | `GET /_sandbox/webhooks` | attempts to send notifications |
//! | `POST /_sandbox/webhooks/wait` | waits for attempts |
//! | `POST /_sandbox/webhooks/{number}/resend` | sends a notification again |
//! | `POST /_sandbox/webhooks/hold` or `/release`, `GET /_sandbox/webhooks/held` | holds notifications back, and sends them |
//! | `PUT /_sandbox/webhooks/address` | where notifications are sent |
//! | `POST /_sandbox/klink/logout` | ends all sessions of K-Link |
//! | `POST /_sandbox/reset` | forgets everything, or with `{"provider": "kropay", "credential": "my-key"}` that |
//! | `GET /_sandbox/openapi.yaml` | the description |
//!
//! Errors are `{"error": "what is wrong and what is expected"}`. There are no credentials, but a call that changes something
//! is refused if it has the header `Origin`, as those of web pages do. In the header `Host`, every request to the sandbox must
//! have one of its own names: see [`SandboxBuilder::allow_host`]. `GET /healthz` says whether it runs, by any name.
//!
//! What web pages of other places send to the providers' APIs is refused, too, unless it only reads: programs, pictures of QR
//! codes, and links and redirects to pages are not concerned.
//!
//! # Notifications
//!
//! They are sent to the addresses of [`SandboxBuilder::webhook`], or where a credential has one of its own to that of
//! [`SandboxBuilder::webhook_for`]. Redirects are not followed. Unless the provider has a rule of its own, it
//! sends up to three times, until the answer is any 2xx. Delays double.
//!
//! When a provider sends one, and by what it proves it, is said at the variants of [`Provider`].
//!
//! No document has notifications of payments that are not paid but K-Link's on GoPay, where a notification's status is
//! `success` or `fail`; that it is `fail` for those that expire or are cancelled is our reading. What expires by itself is
//! notified of when the sandbox next looks at it: when it is asked about any payment of the account, or its clock is moved.
//!
//! Notifications to one address are sent in the order in which they were made, each after the answer to the one before. Where
//! more than 16 wait, several are sent at a time, up to 16. No address waits for another while fewer than 256 attempts are under
//! way at all of them together, and none is given up because there are many. One that is not acknowledged waits for its delay,
//! and then after those that are there by then.
//!
//! Every notification has a number. [`Sandbox::webhook_attempts`] has for each attempt what was sent and signed, and what
//! was answered. [`Sandbox::resend_webhook`] sends the same bytes again, which makes duplicates; what
//! [`Sandbox::hold_webhooks`] holds back, [`Sandbox::release_webhooks`] sends late and in any order.
//!
//! # State file
//!
//! What the sandbox remembers is in memory and ends with it, unless [`SandboxBuilder::state_file`], of the feature
//! `state-file`, names a file. Then everything is in that file before a reply or a notification reports it, so that a restart,
//! also after `kill -9`, goes on where the sandbox has ended: with the accounts, the payments, the account statements, the
//! wallets, the sessions, the clock as it was moved, and the notifications that are pending.
//!
//! A notification is pending until it is acknowledged or given up. One that is held stays so; every other is sent again at
//! once after a restart, to the same address and with the same body and headers, also if the settings are others now, and
//! its attempts are counted on. One whose attempt was under way at the end may arrive twice.
//!
//! Not in the file are the settings, the addresses of notifications to come among them, the faults, calls that are to be
//! carried out later, and the logs of requests and of attempts. The credentials are in it; only its owner may read it,
//! where the system knows owners: a file that others may read gets the mode 0600 at the start.
//!
//! The file is a SQLite database with a row for each payment, account, entry and notification, so that a change costs the
//! same however much there is, and questions write nothing. A reply waits until the system has the change, but not until the
//! disk has: after a power failure the last seconds may be missing, and what is there is whole. `NAME-wal` beside it belongs
//! to it until the sandbox has ended. While a sandbox uses the file, it locks `.NAME.sandbox-lock` beside it, which stays
//! there; another one, of this process or any, then does not start with it. An empty file is as good as none. One that is
//! broken, read-only, larger than 4 GiB, of another kind or of another form, such as the JSON of the first sandboxes, is never
//! overwritten; the sandbox does not start with it, and says what to do.
//!
//! If the file cannot be written any more, calls that change something are answered 500 with the reason. What they asked for
//! is done in memory, and is in the file as soon as it can be written, which is tried again each second. Questions and the
//! page are answered as always. A reset makes the file anew, if nothing else helps.
//!
//! # Limits
//!
//! | What | How much | Set by |
//! |---|---|---|
//! | credentials that have payments or wallets | 10 000 | [`SandboxBuilder::most_credentials`] |
//! | payments of a credential | 100 000 | [`SandboxBuilder::most_payments_of_credential`] |
//! | payments of all | 100 000 | [`SandboxBuilder::most_payments`] |
//! | connections | 512 | [`SandboxBuilder::most_connections`] |
//! | requests in the log | 1 000 | [`SandboxBuilder::most_requests`] |
//!
//! What is full answers 503 until it is reset; a question with a credential that is not known is answered as the gateway
//! answers for a payment that is not there, and leaves nothing behind. Bodies up to 64 KiB, those of `POST /_sandbox/seed` up to
//! 1 MiB, amounts up to 10^12 rupiah, 100 faults, 1 000 calls that are to be carried out later. There are never
//! more than two notifications for a payment. The log of attempts keeps the last 1 000. Up to 256 attempts are made at a time at
//! all addresses together, of which each ends after [`SandboxBuilder::webhook_timeout`] at the latest; the others wait.
//!
//! Where all connections are taken, the one that has been idle for longest is closed. Where each has a call that is under way,
//! 64 more are served: calls to gateways are answered 503 there, the page and the sandbox's own API as always. One whose
//! client reads nothing of its reply for 30 seconds is closed.

#![cfg_attr(docsrs, feature(doc_cfg))]
#![allow(clippy::result_large_err, reason = "a refusal is a reply, and replies are large")]

// From the ground up; nothing uses what is above it:
//   provider, clock, lock, operations, policy; news, spelling; reply, unknown, call, masking, accounts, hosts
//   state: what is remembered, without HTTP and without a clock of its own
//   store, failing, seed, faults, request_log, webhooks, trace, traffic, change: what is shared besides the state
//   app: all of these in one place
//   magic, providers, delivery, server: what works on it
//   effects, requests, planting, waiting, page, admin: what uses the providers and the delivery
//   sandbox: starts and steers everything
mod accounts;
mod admin;
mod app;
mod call;
mod change;
mod clock;
mod delivery;
mod effects;
mod facts;
mod failing;
mod faults;
mod hosts;
mod lock;
mod magic;
mod masking;
mod news;
mod operations;
mod page;
mod planting;
mod policy;
mod provider;
mod providers;
mod reply;
mod request_log;
mod requests;
mod sandbox;
mod seed;
mod server;
mod site;
mod spelling;
#[cfg_attr(
    not(feature = "state-file"),
    allow(dead_code, unused_imports, reason = "only a state file needs what is saved")
)]
mod state;
#[cfg_attr(not(feature = "state-file"), path = "no_store.rs")]
mod store;
mod trace;
mod traffic;
mod unknown;
mod waiting;
mod webhooks;

pub use change::ChangeError;
pub use delivery::{HeldWebhook, ReleaseOrder};
pub use facts::DEFAULT_KEY;
pub use faults::{ActiveFault, Effect, Fault, FaultError};
pub use provider::{Provider, UnknownProvider};
pub use request_log::{RequestFilter, SandboxRequest};
pub use sandbox::{ClockChange, Sandbox, SandboxBuilder};
pub use seed::{Seed, SeedError};
pub use spelling::Spelling;
pub use state::{ControlError, LedgerTotals, Payment, PaymentStatus};
pub use traffic::{Exchange, Traffic};
pub use waiting::{NotInTime, WebhookFilter};
pub use webhooks::{WebhookAttempt, WebhookError};

/// The examples of the README, compiled as doctests.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
pub struct Readme;
