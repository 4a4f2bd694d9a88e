//! The customer's page in a real browser, where there is one.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use axum::Router;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::response::{IntoResponse, Response};
use futures_util::stream::unfold;
use gerbang_sandbox::Provider;
use tokio::net::TcpListener;

use crate::chromium;
use crate::pages::created;
use crate::shop::{LIMIT, Shop};

/// Stands between the browser and the daemon. The customer pays once the page is there; asked again for the page, it waits until
/// the book has that.
struct Between {
    shop: Shop,
    /// How often a whole page was loaded, and how often the script asked for it.
    loads: AtomicU32,
    asks: AtomicU32,
}

async fn pass_on(State(between): State<Arc<Between>>, request: Request) -> Response {
    let path = request.uri().path_and_query().map_or("/", |path| path.as_str()).to_owned();
    let mode = request.headers().get("sec-fetch-mode").and_then(|mode| mode.to_str().ok()).unwrap_or_default();
    match (path.ends_with("/events"), mode) {
        (true, _) if between.loads.load(Ordering::SeqCst) == 1 => {
            let _ = between.shop.sandbox.pay(Provider::Kropay, "A");
        }
        (false, "navigate") => drop(between.loads.fetch_add(1, Ordering::SeqCst)),
        (false, "cors") if path.starts_with("/pay/") => {
            between.shop.settled("A").await;
            between.asks.fetch_add(1, Ordering::SeqCst);
        }
        _ => {}
    }
    let reply = between.shop.stream(&path, None, None).await.response;
    let (status, headers) = (reply.status(), reply.headers().clone());
    let body = unfold(reply, async |mut reply| Some((reply.chunk().await.transpose()?, reply)));
    let mut response = (status, Body::from_stream(body)).into_response();
    for name in ["content-type", "content-security-policy", "cache-control", "x-content-type-options"] {
        if let Some(value) = headers.get(name) {
            response.headers_mut().insert(name, value.clone());
        }
    }
    response
}

#[tokio::test]
async fn page_turns_to_paid_without_being_loaded_again() {
    let Some(program) = chromium::path() else {
        return eprintln!("SKIPPED: there is no Chromium, which shows whether the page changes by itself");
    };
    let shop = Shop::open().await;
    let page = created(&shop, "A", "kropay").await;
    let between = Arc::new(Between { shop, loads: AtomicU32::new(0), asks: AtomicU32::new(0) });
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}{page}?lang=en", listener.local_addr().unwrap());
    let routes = Router::new().fallback(pass_on).with_state(between.clone());
    tokio::spawn(axum::serve(listener, routes).into_future());
    let profile = chromium::profile();
    let mut command = chromium::command(&program, &profile);
    // Time stands while something is loaded.
    command.args(["--virtual-time-budget=60000", "--dump-dom"]).arg(url);
    let output = tokio::time::timeout(LIMIT, command.output()).await.expect("Chromium ends").unwrap();
    let _ = std::fs::remove_dir_all(profile);
    let dom = String::from_utf8(output.stdout).unwrap();
    assert!(dom.contains("<html lang=\"en\" class=\"scripts\">"), "{dom}");
    assert!(dom.contains(">Paid</h1>") && dom.contains("data-status=\"paid\"") && !dom.contains("<svg"), "{dom}");
    assert_eq!((between.loads.load(Ordering::SeqCst), between.asks.load(Ordering::SeqCst)), (1, 1));
}
