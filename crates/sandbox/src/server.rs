//! Accepting connections and serving requests, until the sandbox ends.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tower_service::Service as _;

use crate::app::App;
use crate::reply;

/// How many connections are served at one time; others wait.
pub(crate) const MAX_CONNECTIONS: usize = 512;

/// How long a client may take to send the head of a request, or to begin another one.
const HEAD_TIMEOUT: Duration = Duration::from_secs(60);

/// How long a request may take until its reply is made.
const REQUEST_TIMEOUT: Duration = Duration::from_secs(30);

/// Serves what comes in at an address, as many connections at one time as the semaphore allows.
pub(crate) async fn serve(listener: TcpListener, router: Router, connections: Arc<Semaphore>, app: App) {
    let mut stopped = app.stopped();
    loop {
        let Ok(permit) = connections.clone().acquire_owned().await else { return };
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            _ = stopped.changed() => return,
        };
        match accepted {
            Ok((stream, _)) => {
                let connection = connection(stream, router.clone(), app.clone());
                app.spawn(async move {
                    connection.await;
                    drop(permit);
                });
            }
            // Out of files, perhaps: others will be closed.
            Err(_) => tokio::time::sleep(Duration::from_millis(20)).await,
        }
    }
}

/// Serves one connection. A reply that is lost closes it.
async fn connection(stream: TcpStream, router: Router, app: App) {
    let service = service_fn(move |request: hyper::Request<Incoming>| {
        let (mut router, app) = (router.clone(), app.clone());
        let answer = async move {
            // No reply reports what is not saved yet.
            match app.saved(router.call(request.map(Body::new))).await {
                Ok(response) => response,
                Err(error) => Ok(reply::with(500_u16, "text/plain; charset=utf-8", format!("{error}\n"))),
            }
        };
        async move {
            let Ok(Ok(response)) = tokio::time::timeout(REQUEST_TIMEOUT, answer).await else {
                return Err(io::Error::other("the request took too long"));
            };
            reply::arriving(response).await.ok_or_else(|| io::Error::other("the reply is lost"))
        }
    });
    let _ = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEAD_TIMEOUT)
        .serve_connection(TokioIo::new(stream), service)
        .await;
}
