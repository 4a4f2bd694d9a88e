//! One HTTP request and its reply, within a time and a size.

use std::time::Duration;

use bytes::Bytes;
use http::header::{PROXY_AUTHORIZATION, USER_AGENT};
use http::uri::Scheme;
use http::{HeaderValue, Request, Response, response};
use http_body_util::{BodyExt, Full};
use hyper::body::{Body, Incoming};
use hyper_util::client::legacy::{self, Client};
use hyper_util::rt::{TokioExecutor, TokioTimer};
use tokio::time::timeout;

use crate::connect::Connector;

/// How long a connection is kept that nobody uses.
const IDLE: Duration = Duration::from_secs(90);

/// What is reserved for a body at once, whatever length the server announces.
const RESERVED: u64 = 64 * 1024;

/// Sends requests over HTTP/1.1. It follows no redirect, decompresses nothing, and sends nothing twice that a server may have seen.
pub(crate) struct Http {
    client: Client<Connector, Full<Bytes>>,
    connector: Connector,
    user_agent: HeaderValue,
}

/// Why there is no whole reply.
pub(crate) enum Failed {
    /// Its head did not come in time.
    NoReply,
    Unanswered(legacy::Error),
    /// The head came, and this beginning of the body.
    Cut(Box<response::Parts>, Bytes, Cut),
}

/// Why a body is not whole.
pub(crate) enum Cut {
    TooLarge,
    NotInTime,
    Broken(hyper::Error),
}

impl Http {
    pub(crate) fn new(connector: Connector, user_agent: HeaderValue) -> Self {
        let client = Client::builder(TokioExecutor::new())
            .timer(TokioTimer::new())
            .pool_timer(TokioTimer::new())
            .pool_idle_timeout(IDLE)
            .build(connector.clone());
        Self { client, connector, user_agent }
    }

    /// Sends a request whose address is whole, and reads a reply of at most so many bytes.
    pub(crate) async fn exchange(
        &self,
        mut request: Request<Full<Bytes>>,
        time: Duration,
        most: usize,
    ) -> Result<(response::Parts, Bytes), Failed> {
        request.headers_mut().insert(USER_AGENT, self.user_agent.clone());
        // Where a proxy sees the request itself; else it saw the password when the connection was made.
        if request.uri().scheme() == Some(&Scheme::HTTP)
            && let Some(proxy) = self.connector.proxy(request.uri())
            && let Some(password) = proxy.basic_auth()
        {
            request.headers_mut().insert(PROXY_AUTHORIZATION, password.clone());
        }
        let (mut head, mut body) = (None, Vec::new());
        let receiving = async {
            let response = self.client.request(request).await.map_err(Failed::Unanswered)?;
            let (parts, incoming) = Response::into_parts(response);
            head = Some(parts);
            Ok(read(incoming, &mut body, most).await.err())
        };
        let cut = match timeout(time, receiving).await {
            Ok(received) => received?,
            Err(_) => Some(Cut::NotInTime),
        };
        match (head, cut) {
            (Some(head), None) => Ok((head, body.into())),
            (Some(head), Some(cut)) => Err(Failed::Cut(Box::new(head), body.into(), cut)),
            (None, _) => Err(Failed::NoReply),
        }
    }
}

/// Reads at most so many bytes.
async fn read(mut incoming: Incoming, body: &mut Vec<u8>, most: usize) -> Result<(), Cut> {
    let expected = incoming.size_hint().exact().unwrap_or(0);
    if expected > most as u64 {
        return Err(Cut::TooLarge);
    }
    body.reserve_exact(expected.min(RESERVED) as usize);
    while let Some(frame) = incoming.frame().await {
        let Ok(chunk) = frame.map_err(Cut::Broken)?.into_data() else { continue };
        if chunk.len() > most - body.len() {
            let room = most - body.len();
            append(body, &chunk[..room], most);
            return Err(Cut::TooLarge);
        }
        append(body, &chunk, most);
    }
    Ok(())
}

/// Appends to a body that will not be larger than the cap, so that its room need not be larger either.
fn append(body: &mut Vec<u8>, chunk: &[u8], most: usize) {
    let needed = body.len() + chunk.len();
    if needed > body.capacity() {
        let wanted = body.capacity().saturating_mul(2).min(most).max(needed);
        body.reserve_exact(wanted - body.len());
    }
    body.extend_from_slice(chunk);
}
