//! How the Gerbang clients send requests and read replies: one place for credentials, limits and the judgement of replies.
//!
//! What holds for every call:
//!
//! - One deadline covers the whole call: every attempt, the pauses between them and the last byte of the reply. Default: 30
//!   seconds. Connecting has a shorter one (10 seconds), and so has an attempt that another may follow (15 seconds).
//! - A call is attempted again only when it cannot be carried out twice: when the request did not reach the provider, or when
//!   the provider's spec says that the operation may be sent again. [`gerbang_core::Retry`] has the rules and the numbers: 3
//!   attempts, random pauses of up to 200 and 400 milliseconds, `Retry-After` in both forms. All calls of a client share
//!   [a budget](gerbang_core::retry::Budget) of further attempts.
//! - Whoever cannot prove to be the provider by a certificate gets nothing: [`gerbang_core::Kind::Tls`].
//! - Redirects are not followed, replies are not decompressed, no `Referer` is sent.
//! - A reply larger than the cap is an error; it is never held in memory whole.
//! - A reply succeeds only when the HTTP status *and* the provider's own flag say so, and its payload can be read.
//! - Credentials are put in last, and are removed from whatever an error shows. No error shows a URL.
//!
//! Programs use the provider's client, which hands out this crate's [`Builder`] and nothing else.
#![cfg_attr(docsrs, feature(doc_cfg))]

mod basic;
mod builder;
mod bytes_reader;
mod chance;
mod clear;
mod envelope;
mod excerpt;
mod file;
mod filling;
mod media;
mod network;
mod payload;
mod proxy;
mod redact;
pub mod registry;
mod reply;
mod request;
mod retry_after;
mod signed;
mod tls;
mod transport;
mod wait;

pub use builder::Builder;
pub use network::Network;
pub use redact::redact;
pub use request::Request;
/// The HTTP client, for [`Network::http_client`].
pub use reqwest;
pub use transport::Transport;
pub use wait::{Poll, WaitError, WaitReason, Watched, wait, watch};
