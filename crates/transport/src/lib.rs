//! How the Gerbang clients send requests and read replies: one place for credentials, limits and the judgement of replies.
//!
//! What holds for every call:
//!
//! - One deadline covers the whole call, from the name look-up to the last byte; connecting has a shorter one.
//! - Redirects are not followed, replies are not decompressed, no `Referer` is sent.
//! - A reply larger than the cap is an error; it is never held in memory whole.
//! - A reply succeeds only when the HTTP status *and* the provider's own flag say so, and its payload can be read.
//! - Credentials are put in last, and are removed from whatever an error shows. No error shows a URL.
//!
//! Programs use the provider's client, which hands out this crate's [`Builder`] and nothing else.

mod builder;
mod bytes_reader;
mod envelope;
mod redact;
mod reply;
mod request;
mod transport;
mod wait;

pub use builder::Builder;
pub use request::Request;
/// The HTTP client, for [`Builder::http_client`].
pub use reqwest;
pub use transport::Transport;
pub use wait::{Poll, WaitError, WaitReason, wait, watch};
