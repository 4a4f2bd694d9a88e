//! Payments by hand-written requests over one connection, without a pool, TLS, proxies or time limits:
//! `pay-hyper <base URL> <calls>`.

use std::env;
use std::error::Error;

use http_body_util::{BodyExt, Full};
use hyper::Request;
use hyper::body::Bytes;
use hyper::client::conn::http1;
use hyper::header::{ACCEPT, CONTENT_TYPE, HOST, USER_AGENT};
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;
use wire::{ORDER, PATH, Reply};

#[path = "../../wire.rs"]
mod wire;

fn main() -> Result<(), Box<dyn Error>> {
    tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(pay())
}

async fn pay() -> Result<(), Box<dyn Error>> {
    let mut arguments = env::args().skip(1);
    let url = arguments.next().ok_or("a base URL")?;
    let calls: u32 = arguments.next().ok_or("a number of calls")?.parse()?;
    let host = url.strip_prefix("http://").ok_or("a URL with http:")?;
    let stream = TcpStream::connect(host).await?;
    stream.set_nodelay(true)?;
    let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await?;
    tokio::spawn(connection);
    for _ in 0..calls {
        let request = Request::post(PATH)
            .header(HOST, host)
            .header(ACCEPT, "*/*")
            .header(CONTENT_TYPE, "application/json")
            .header(USER_AGENT, "pay-hyper")
            .body(Full::new(Bytes::from(serde_json::to_vec(&ORDER)?)))?;
        sender.ready().await?;
        let response = sender.send_request(request).await?;
        assert!(response.status().is_success());
        let body = response.into_body().collect().await?.to_bytes();
        let reply: Reply = serde_json::from_slice(&body)?;
        assert_eq!(reply.payment.total_payment, 100_003);
    }
    Ok(())
}
