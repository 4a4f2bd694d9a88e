//! Accepting connections and serving them until the daemon stops.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::{Service, service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use hyper_util::service::TowerToHyperService;
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};

use gerbang_connections::{Connections, Place, Writing};

use crate::client::{Peer, Proxies, network};

/// How long a client may take to send the head of a request, or to begin another one.
const HEAD_TIMEOUT: Duration = Duration::from_secs(15);

/// How long requests under way may take when the daemon stops.
const LAST_REQUESTS: Duration = Duration::from_secs(60);

/// Serves until the shutdown; requests under way are ended then.
pub async fn serve(
    listener: TcpListener,
    router: Router,
    connections: Connections,
    proxies: Proxies,
    shutdown: impl Future<Output = ()>,
) {
    let graceful = GracefulShutdown::new();
    // Dropped, they end with the server.
    let mut tasks = JoinSet::new();
    let mut shutdown = std::pin::pin!(shutdown);
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            () = &mut shutdown => break,
        };
        while tasks.try_join_next().is_some() {}
        match accepted {
            Ok((stream, peer)) => {
                // Closed at once where there is no place.
                if let Some(place) = connections.enter(counted(peer.ip(), &proxies)) {
                    tasks.spawn(connection(stream, peer, router.clone(), place.into(), &graceful));
                }
            }
            // Out of files, perhaps: one that is idle gives way.
            Err(error) => {
                tracing::warn!("a connection could not be accepted: {error}");
                connections.free_one();
                sleep(Duration::from_millis(20)).await;
            }
        }
    }
    drop(listener);
    if timeout(LAST_REQUESTS, graceful.shutdown()).await.is_err() {
        tracing::warn!("requests were under way for too long and are broken off");
    }
}

/// The address whose connections are counted; none for a proxy, which has those of many clients.
fn counted(ip: IpAddr, proxies: &Proxies) -> Option<IpAddr> {
    (!proxies.trusts(ip.to_canonical())).then(|| network(ip))
}

/// Serves a connection until it ends or gives way.
fn connection(
    stream: TcpStream,
    peer: SocketAddr,
    router: Router,
    place: Arc<Place>,
    graceful: &GracefulShutdown,
) -> impl Future<Output = ()> + Send + use<> {
    let tower = TowerToHyperService::new(router);
    let entered = place.clone();
    let service = service_fn(move |request: hyper::Request<Incoming>| {
        let under_way = entered.request();
        let mut request = request.map(Body::new);
        request.extensions_mut().insert(Peer(peer.ip().to_canonical()));
        let reply = tower.call(request);
        async move { reply.await.map(|reply| reply.map(|body| under_way.until_the_end_of(body))) }
    });
    let mut builder = http1::Builder::new();
    builder.timer(TokioTimer::new()).header_read_timeout(HEAD_TIMEOUT).max_buf_size(64 * 1024);
    let serving = graceful.watch(builder.serve_connection(TokioIo::new(Writing::new(stream)), service));
    async move {
        tokio::select! {
            // What a client breaks off is its own affair.
            _ = serving => {}
            () = place.left() => {}
        }
    }
}
