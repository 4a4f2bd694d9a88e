//! Connections: to a server or through a proxy, with TLS where the address has `https:`.

use std::error::Error;
use std::future::{Future, ready};
use std::io;
use std::net::IpAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use http::Uri;
use http::uri::Scheme;
use hyper::rt::{Read, ReadBufCursor, Write};
use hyper_util::client::legacy::connect::proxy::Tunnel;
use hyper_util::client::legacy::connect::{Connected, Connection, HttpConnector};
use hyper_util::client::proxy::matcher::{Intercept, Matcher};
use tokio::time::timeout;
use tower_service::Service;

use crate::tls::Tls;

/// How often a peer that says nothing is asked whether it is still there, and how often in vain.
const KEEPALIVE: (Duration, u32) = (Duration::from_secs(15), 3);

pub(crate) type BoxError = Box<dyn Error + Send + Sync>;
type Connecting = Pin<Box<dyn Future<Output = Result<Stream, BoxError>> + Send>>;

/// Makes connections. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Connector(Arc<Inner>);

struct Inner {
    direct: Direct,
    proxies: Option<Matcher>,
    /// How long a connection may take, with its proxy and TLS.
    time: Duration,
}

impl Connector {
    pub(crate) fn new(tls: Tls, proxies: Option<Matcher>, local_address: Option<IpAddr>, time: Duration) -> Self {
        let mut tcp = HttpConnector::new();
        tcp.enforce_http(false);
        tcp.set_nodelay(true);
        tcp.set_connect_timeout(Some(time));
        tcp.set_local_address(local_address);
        tcp.set_keepalive(Some(KEEPALIVE.0));
        tcp.set_keepalive_interval(Some(KEEPALIVE.0));
        tcp.set_keepalive_retries(Some(KEEPALIVE.1));
        Self(Arc::new(Inner { direct: Direct { tcp, tls }, proxies, time }))
    }

    /// The proxy that an address is asked through.
    pub(crate) fn proxy(&self, to: &Uri) -> Option<Intercept> {
        self.0.proxies.as_ref()?.intercept(to)
    }

    async fn connect(&self, to: Uri) -> Result<Stream, BoxError> {
        let mut direct = self.0.direct.clone();
        let Some(proxy) = self.proxy(&to) else { return direct.call(to).await };
        if proxy.uri().scheme_str().is_some_and(|scheme| scheme.starts_with("socks")) {
            return Err("the proxy speaks SOCKS, which is not supported".into());
        }
        if to.scheme() != Some(&Scheme::HTTPS) {
            let stream = direct.call(proxy.uri().clone()).await?;
            return Ok(Stream { is_to_proxy: true, ..stream });
        }
        let tls = direct.tls.clone();
        let mut tunnel = Tunnel::new(proxy.uri().clone(), direct);
        if let Some(password) = proxy.basic_auth() {
            tunnel = tunnel.with_auth(password.clone());
        }
        let stream = tunnel.call(to.clone()).await?;
        tls.shake_hands(host(&to)?, stream).await
    }
}

impl Service<Uri> for Connector {
    type Response = Stream;
    type Error = BoxError;
    type Future = Connecting;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), BoxError>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, to: Uri) -> Connecting {
        let connector = self.clone();
        Box::pin(async move {
            let made = timeout(connector.0.time, connector.connect(to)).await;
            made.unwrap_or_else(|_| Err(io::Error::new(io::ErrorKind::TimedOut, "operation timed out").into()))
        })
    }
}

/// Makes connections without a proxy.
#[derive(Clone)]
struct Direct {
    tcp: HttpConnector,
    tls: Tls,
}

impl Service<Uri> for Direct {
    type Response = Stream;
    type Error = BoxError;
    type Future = Connecting;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), BoxError>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, to: Uri) -> Connecting {
        let is_tls = to.scheme() == Some(&Scheme::HTTPS);
        let host = match host(&to) {
            Ok(host) => host.to_owned(),
            Err(error) => return Box::pin(ready(Err(error))),
        };
        let (connecting, tls) = (self.tcp.call(to), self.tls.clone());
        Box::pin(async move {
            let stream = Stream::new(connecting.await?);
            if is_tls { tls.shake_hands(&host, stream).await } else { Ok(stream) }
        })
    }
}

/// The host of an address, as TLS names it.
fn host(to: &Uri) -> Result<&str, BoxError> {
    Ok(to.host().ok_or("the address has no host")?.trim_matches(['[', ']']))
}

trait Io: Read + Write + Send + Unpin {}

impl<T: Read + Write + Send + Unpin> Io for T {}

/// A connection.
pub(crate) struct Stream {
    io: Box<dyn Io>,
    /// Whether whole addresses are asked for here.
    is_to_proxy: bool,
}

impl Stream {
    pub(crate) fn new(io: impl Read + Write + Send + Unpin + 'static) -> Self {
        Self { io: Box::new(io), is_to_proxy: false }
    }
}

impl Connection for Stream {
    fn connected(&self) -> Connected {
        Connected::new().proxy(self.is_to_proxy)
    }
}

impl Read for Stream {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: ReadBufCursor<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.io).poll_read(cx, buf)
    }
}

impl Write for Stream {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.io).poll_write(cx, buf)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.io).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.io).poll_shutdown(cx)
    }

    fn is_write_vectored(&self) -> bool {
        self.io.is_write_vectored()
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bufs: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.io).poll_write_vectored(cx, bufs)
    }
}
