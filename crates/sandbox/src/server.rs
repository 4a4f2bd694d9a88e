//! Accepting connections and serving requests, until the sandbox ends.

use std::io;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use axum::http::{HeaderValue, header};
use axum::response::Response;
use gerbang_connections::{Connections, Place, Writing};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;

use crate::app::App;
use crate::reply;
use crate::site::Site;

/// How many connections are served at one time, unless another number is set.
pub(crate) const CONNECTIONS: usize = 512;

/// How many there are besides, for the page and the sandbox's own API.
pub(crate) const RESERVED: usize = 64;

/// How long a client may take to send the head of a request, or to begin another one.
const HEAD_TIMEOUT: Duration = Duration::from_secs(60);

/// How long a request may take until its reply is made.
const REQUEST_TIMEOUT: Duration = Duration::from_secs(30);

/// What is served at an address.
#[derive(Clone)]
pub(crate) struct Server {
    pub(crate) app: App,
    pub(crate) site: Site,
    pub(crate) connections: Connections,
    /// Whether no more requests are taken.
    pub(crate) ends: watch::Receiver<bool>,
}

impl Server {
    /// Serves what comes in at an address.
    pub(crate) async fn serve(mut self, listener: TcpListener) {
        let mut stopped = self.app.stopped();
        loop {
            let accepted = tokio::select! {
                accepted = listener.accept() => accepted,
                _ = stopped.changed() => return,
                _ = self.ends.changed() => return,
            };
            match accepted {
                Ok((stream, _)) => {
                    // There always is one, as some are reserved.
                    if let Some(place) = self.connections.enter(None) {
                        self.app.spawn(self.clone().connection(stream, place));
                    }
                }
                // Out of files, perhaps: others will be closed.
                Err(_) => {
                    self.connections.free_one();
                    tokio::time::sleep(Duration::from_millis(20)).await;
                }
            }
        }
    }

    /// Serves one connection. A reply that is lost closes it.
    async fn connection(self, stream: TcpStream, place: Place) {
        let place = Arc::new(place);
        let mut ends = self.ends.clone();
        let service = service_fn(|request: hyper::Request<Incoming>| {
            let (server, under_way) = (self.clone(), place.request());
            let is_reserved = place.is_reserved();
            async move {
                let answer = server.answer(request, is_reserved);
                let Ok(response) = tokio::time::timeout(REQUEST_TIMEOUT, answer).await else {
                    return Err(io::Error::other("the request took too long"));
                };
                let response = reply::arriving(response).await;
                let response = response.ok_or_else(|| io::Error::other("the reply is lost"))?;
                Ok(response.map(|body| under_way.until_the_end_of(body)))
            }
        });
        let connection = http1::Builder::new()
            .timer(TokioTimer::new())
            .header_read_timeout(HEAD_TIMEOUT)
            .serve_connection(TokioIo::new(Writing::new(stream)), service);
        let mut connection = pin!(connection);
        tokio::select! {
            _ = connection.as_mut() => return,
            () = place.left() => return,
            _ = ends.changed() => connection.as_mut().graceful_shutdown(),
        }
        let _ = connection.await;
    }

    /// The reply to a request, when the state file has what it reports.
    async fn answer(self, request: hyper::Request<Incoming>, is_reserved: bool) -> Response {
        if is_reserved && self.site.is_of_gateway(request.uri().path()) {
            return busy(self.connections.most());
        }
        match self.app.saved(self.site.answer(request.map(Body::new))).await {
            Ok(response) => response,
            Err(error) => reply::with(500_u16, "text/plain; charset=utf-8", format!("{error}\n")),
        }
    }
}

/// The reply where every place has a request that is under way.
fn busy(most: usize) -> Response {
    let text = format!(
        "All {most} connections have calls that are under way. Nothing was done: call again, or let the sandbox serve more.\n"
    );
    let mut response = reply::come_back(reply::with(503_u16, "text/plain; charset=utf-8", text), 1);
    response.headers_mut().insert(header::CONNECTION, HeaderValue::from_static("close"));
    response
}
