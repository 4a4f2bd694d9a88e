//! The providers' servers, written from their documents: each keeps a book of payments in memory.
//!
//! Nothing here uses the clients' types. Where a document is silent, the answer is a plausible one.

mod asked;
mod book;
mod kazukipay;
mod klink;
mod kropay;
mod pakasir_v1;
mod pakasir_v2;
mod paydigital;
mod qris;

use std::sync::{Arc, Mutex, MutexGuard};

use gerbang_tests::server::{Reply, Sent, Server};
use serde_json::Value;

pub use asked::Asked;
pub use book::{Book, Entry, State, Trouble};
pub use kazukipay::Kazukipay;
pub use klink::{Gopay, VirtualAccounts};
pub use kropay::Kropay;
pub use pakasir_v1::PakasirV1;
pub use pakasir_v2::PakasirV2;
pub use paydigital::Paydigital;
pub use qris::{QrisFacts, read_qris};

/// The only credential that the providers accept.
pub const GOOD_KEY: &str = "good-key";

/// The secret of notifications, where a provider has one.
pub use gerbang_tests::gateways::WEBHOOK_KEY as WEBHOOK_SECRET;

/// A time to come, in the form without a zone.
const LATER: &str = "2031-05-30 15:30:00";

/// A provider: what it answers, given its book.
pub trait Provider: Send + Sync {
    /// What its document says about it.
    fn facts(&self) -> Facts;

    /// Answers a call.
    fn answer(&self, asked: &Asked, book: &mut Book) -> Reply;

    /// The notification that this is a payment's state; none where the provider sends none.
    fn notification(&self, claim: &Entry) -> Option<Message>;

    /// Whether this call only logs in.
    fn is_login(&self, _: &Asked) -> bool {
        false
    }
}

/// What a provider's document says about it, as far as the scenarios need it.
#[derive(Clone, Copy, Debug)]
pub struct Facts {
    /// The reply to a creation names the merchant's reference.
    pub echoes_reference: bool,
    /// A reference that is used again.
    pub same_reference: SameReference,
    /// It has a word for a payment whose time was up.
    pub tells_expiry: bool,
    /// Its notifications name an amount.
    pub notifies_amount: bool,
    /// Its notifications tell the test mode.
    pub notifies_sandbox: bool,
    /// The JSON with which a notification must be accepted, where it is stated.
    pub acceptance: Option<&'static str>,
    /// It wants a login before the first call, so that a wrong credential keeps the call from being sent.
    pub login: bool,
}

/// What becomes of a reference that is used again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SameReference {
    /// It is refused.
    Refused,
    /// It leads to the payment that there is.
    Found,
    /// The provider takes no reference.
    NotTaken,
}

/// A notification as it is sent.
#[derive(Clone, Debug)]
pub struct Message {
    /// Names and values.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: Vec<u8>,
}

impl Message {
    /// One without a proof.
    fn unsigned(body: &Value) -> Self {
        Self { headers: Vec::new(), body: body.to_string().into_bytes() }
    }

    /// Adds a header.
    fn header(mut self, name: &str, value: impl Into<String>) -> Self {
        self.headers.push((name.to_owned(), value.into()));
        self
    }
}

/// A provider that serves.
pub struct Fake {
    provider: Arc<dyn Provider>,
    book: Arc<Mutex<Book>>,
    server: Server,
}

impl Fake {
    /// Starts a server with an empty book.
    pub async fn start(provider: Arc<dyn Provider>) -> Self {
        let book: Arc<Mutex<Book>> = Arc::default();
        let (answering, kept) = (Arc::clone(&provider), Arc::clone(&book));
        let server =
            Server::start(move |sent| answer(&*answering, &mut kept.lock().expect("the book is whole"), sent)).await;
        Self { provider, book, server }
    }

    /// Its base URL.
    pub fn url(&self) -> String {
        self.server.url()
    }

    /// What its document says.
    pub fn facts(&self) -> Facts {
        self.provider.facts()
    }

    /// How many requests came.
    pub fn requests(&self) -> usize {
        self.server.sent().len()
    }

    /// What is in the book.
    pub fn book(&self) -> MutexGuard<'_, Book> {
        self.book.lock().expect("the book is whole")
    }

    /// From now on every call meets this trouble, until it is taken away.
    pub fn trouble(&self, trouble: impl Into<Option<Trouble>>) {
        self.book().trouble = trouble.into();
    }

    /// The notification that tells this; none where the provider sends none.
    pub fn notification(&self, claim: &Entry) -> Option<Message> {
        self.provider.notification(claim)
    }
}

fn answer(provider: &dyn Provider, book: &mut Book, sent: &Sent) -> Reply {
    let asked = Asked::from(sent);
    if provider.is_login(&asked) {
        return provider.answer(&asked, book);
    }
    match book.trouble {
        Some(Trouble::Unreachable) => Reply::html(503),
        Some(Trouble::LostReply) => {
            provider.answer(&asked, book);
            Reply::html(500)
        }
        Some(Trouble::CutReply) => {
            provider.answer(&asked, book);
            Reply::json(200, r#"{"status": "succ"#)
        }
        _ => provider.answer(&asked, book),
    }
}

/// A reply in JSON.
fn json(status: u16, body: &Value) -> Reply {
    Reply::json(status, body.to_string())
}
