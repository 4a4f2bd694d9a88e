//! HTTP as it goes over a socket, with whatever an attacker writes.

use std::net::SocketAddr;
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpSocket, TcpStream};
use tokio::time::timeout;

use crate::shop::{LIMIT, Shop};

/// Where a daemon listens.
pub fn address(shop: &Shop) -> SocketAddr {
    shop.url("").strip_prefix("http://").unwrap().parse().unwrap()
}

/// A connection from the machine of a number: each has an address of its own.
pub async fn connect_from(machine: u8, shop: &Shop) -> std::io::Result<TcpStream> {
    let socket = TcpSocket::new_v4()?;
    socket.bind(SocketAddr::from(([127, 0, 9, machine], 0)))?;
    socket.connect(address(shop)).await
}

/// Sends bytes on a connection of their own and gives all that comes back.
pub async fn send(shop: &Shop, bytes: impl AsRef<[u8]>) -> String {
    let mut stream = TcpStream::connect(address(shop)).await.unwrap();
    // The daemon may have closed it by then.
    let _ = stream.write_all(bytes.as_ref()).await;
    said(&mut stream).await
}

/// All that comes on a connection until its end.
pub async fn said(stream: &mut TcpStream) -> String {
    let mut all = Vec::new();
    let _ = timeout(LIMIT, stream.read_to_end(&mut all)).await.expect("the daemon closes the connection");
    String::from_utf8_lossy(&all).into_owned()
}

/// Whether the daemon closes a connection within a time, whatever it says before.
pub async fn is_closed_within(stream: &mut TcpStream, time: Duration) -> bool {
    timeout(time, stream.read_to_end(&mut Vec::new())).await.is_ok()
}

/// The status of a reply; 0 where there is none.
pub fn status(reply: &str) -> u16 {
    reply.strip_prefix("HTTP/1.1 ").and_then(|rest| rest.get(..3)?.parse().ok()).unwrap_or(0)
}

/// A request that closes its connection.
pub fn request(method: &str, path: &str, headers: &[(&str, &str)], body: &str) -> String {
    let headers: String = headers.iter().map(|(name, value)| format!("{name}: {value}\r\n")).collect();
    format!("{method} {path} HTTP/1.1\r\n{headers}Content-Length: {}\r\nConnection: close\r\n\r\n{body}", body.len())
}
