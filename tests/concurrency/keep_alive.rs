//! A raw server that keeps its connections open and counts them.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::time::sleep;

/// What the server answers to everything but a login.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Answers {
    /// 200 and K-Link's balance.
    Good,
    /// The same, the body some time after the head, so that a client waits for each.
    InParts,
    /// 503.
    Unavailable,
}

#[derive(Default)]
struct Counts {
    connections: AtomicUsize,
    logins: AtomicUsize,
    calls: AtomicUsize,
}

/// The server. It stops with the runtime.
pub struct KeepAlive {
    address: SocketAddr,
    counts: Arc<Counts>,
}

impl KeepAlive {
    /// Starts a server on a free port of this machine.
    pub async fn start(answers: Answers) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let counts = Arc::<Counts>::default();
        let counted = Arc::clone(&counts);
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                counted.connections.fetch_add(1, Ordering::SeqCst);
                let counts = Arc::clone(&counted);
                // It ends when the client closes the connection.
                tokio::spawn(async move { drop(serve(stream, answers, &counts).await) });
            }
        });
        Self { address, counts }
    }

    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// How many connections were opened.
    pub fn connections(&self) -> usize {
        self.counts.connections.load(Ordering::SeqCst)
    }

    /// How many logins there were.
    pub fn logins(&self) -> usize {
        self.counts.logins.load(Ordering::SeqCst)
    }

    /// How many other requests there were.
    pub fn calls(&self) -> usize {
        self.counts.calls.load(Ordering::SeqCst)
    }
}

async fn serve(stream: TcpStream, answers: Answers, counts: &Counts) -> std::io::Result<()> {
    let mut stream = BufReader::new(stream);
    loop {
        let (mut is_login, mut length) = (false, 0);
        loop {
            let mut line = String::new();
            if stream.read_line(&mut line).await? == 0 {
                return Ok(());
            }
            let line = line.trim_end().to_ascii_lowercase();
            is_login |= line.starts_with("post /auth/login ");
            if let Some(value) = line.strip_prefix("content-length: ") {
                length = value.parse().expect("a length");
            }
            if line.is_empty() {
                break;
            }
        }
        stream.read_exact(&mut vec![0; length]).await?;
        let (count, status, body) = match answers {
            _ if is_login => {
                (&counts.logins, "200 OK", r#"{"status":"success","message":"OK","Authorization":"token"}"#)
            }
            Answers::Good | Answers::InParts => {
                (&counts.calls, "200 OK", r#"{"status":"success","message":"OK","last_saldo":"2000.00"}"#)
            }
            Answers::Unavailable => (&counts.calls, "503 Service Unavailable", "{}"),
        };
        count.fetch_add(1, Ordering::SeqCst);
        let head =
            format!("HTTP/1.1 {status}\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n", body.len());
        if answers != Answers::InParts {
            stream.write_all((head + body).as_bytes()).await?;
            continue;
        }
        stream.write_all(head.as_bytes()).await?;
        sleep(Duration::from_millis(2)).await;
        stream.write_all(body.as_bytes()).await?;
    }
}
