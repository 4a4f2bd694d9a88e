//! A server that answers as it is set to and remembers what it was sent.

use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::{Body, Bytes};
use axum::http::request::Parts;
use axum::http::{Request, Response};
use axum::routing::any;

/// A request as it came.
pub type Seen = (Parts, Bytes);

/// A server that runs as long as the test's runtime.
pub struct Server {
    pub url: String,
    seen: Arc<Mutex<Vec<Seen>>>,
}

impl Server {
    /// Answers everything in the same way.
    pub async fn start(status: u16, headers: &'static [(&'static str, &'static str)], body: &'static str) -> Self {
        let seen: Arc<Mutex<Vec<Seen>>> = Arc::default();
        let remembering = seen.clone();
        let answer = async move |request: Request<Body>| {
            let (head, sent) = request.into_parts();
            let sent = axum::body::to_bytes(sent, usize::MAX).await.unwrap();
            let secret = head.headers.get("x-secret").map(|secret| secret.to_str().unwrap().to_owned());
            remembering.lock().unwrap().push((head, sent));
            let mut response = Response::builder().status(status);
            for (name, value) in headers {
                response = response.header(*name, *value);
            }
            // Some receivers show what they were sent.
            response.body(Body::from(body.replace("{secret}", &secret.unwrap_or_default()))).unwrap()
        };
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        tokio::spawn(async move { axum::serve(listener, Router::new().fallback(any(answer))).await });
        Self { url, seen }
    }

    /// What was sent, in order.
    pub fn seen(&self) -> Vec<Seen> {
        self.seen.lock().unwrap().clone()
    }
}

/// An address where nobody listens.
pub fn nobody() -> String {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    format!("http://{}", listener.local_addr().unwrap())
}
