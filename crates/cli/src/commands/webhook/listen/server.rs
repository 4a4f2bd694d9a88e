//! Accepting connections and serving them, with limits: whoever learns the address can open any number, and send or read nothing.

use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use gerbang_connections::{Connections, Place, Writing};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::{Service, service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};

/// How many connections are served at a time.
const MOST: usize = 256;

/// How long a sender may take to send the head of a request, or to begin another one.
const HEAD_TIMEOUT: Duration = Duration::from_secs(10);

/// How long connections may take to end after the last notification.
const CLOSING: Duration = Duration::from_secs(5);

/// How long a reply may take to be written.
const LEAVING: Duration = Duration::from_millis(100);

/// Serves until the end; requests under way are ended then.
pub async fn serve(listener: TcpListener, router: Router, end: impl Future<Output = ()>) {
    let connections = Connections::new(MOST);
    let (closing, ended) = watch::channel(false);
    // Dropped, they end with the server.
    let mut tasks = JoinSet::new();
    let mut end = pin!(end);
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            () = &mut end => break,
        };
        while tasks.try_join_next().is_some() {}
        match accepted {
            Ok((stream, _)) => {
                // Closed at once where there is no place.
                if let Some(place) = connections.enter(None) {
                    tasks.spawn(connection(stream, router.clone(), place.into(), ended.clone()));
                }
            }
            // Out of files, perhaps: one that is idle gives way.
            Err(_) => {
                connections.free_one();
                sleep(Duration::from_millis(20)).await;
            }
        }
    }
    drop((listener, ended));
    closing.send_replace(true);
    // What is still open then is broken off.
    _ = timeout(CLOSING, tasks.join_all()).await;
}

/// Serves a connection until it ends or gives way.
async fn connection(stream: TcpStream, router: Router, place: Arc<Place>, mut ended: watch::Receiver<bool>) {
    let tower = TowerToHyperService::new(router);
    let entered = place.clone();
    let service = service_fn(move |request: hyper::Request<Incoming>| {
        let under_way = entered.request();
        let reply = tower.call(request.map(Body::new));
        async move { reply.await.map(|reply| reply.map(|body| under_way.until_the_end_of(body))) }
    });
    let mut builder = http1::Builder::new();
    builder.timer(TokioTimer::new()).header_read_timeout(HEAD_TIMEOUT).max_buf_size(64 * 1024);
    let mut serving = pin!(builder.serve_connection(TokioIo::new(Writing::new(stream)), service));
    tokio::select! {
        // What a sender breaks off is its own affair.
        _ = serving.as_mut() => return,
        () = place.left() => {}
        _ = ended.wait_for(|ended| *ended) => {}
    }
    let time = if place.is_idle() { LEAVING } else { CLOSING };
    serving.as_mut().graceful_shutdown();
    _ = timeout(time, serving).await;
}
