//! What is served at an address: the gateways' APIs, the page and the sandbox's own API.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::Router;
use axum::extract::Request;
use axum::http::Uri;
use axum::http::uri::PathAndQuery;
use axum::response::Response;
use axum::routing::get;
use serde_json::json;
use tower_service::Service as _;

use crate::app::App;
use crate::hosts::{self, Hosts};
use crate::{Provider, admin, page, providers, reply, requests, unknown};

/// What is served at an address.
#[derive(Clone)]
pub(crate) struct Site {
    app: App,
    hosts: Arc<Hosts>,
    gateways: Arc<BTreeMap<Provider, Router>>,
    /// What is no gateway's.
    others: Router,
    /// The gateway whose API alone is served.
    only: Option<Provider>,
}

impl Site {
    /// Everything: each gateway under its name.
    pub(crate) fn new(app: App, hosts: Hosts) -> Self {
        let api = |provider| (provider, providers::routes(provider).with_state(app.clone()));
        let gateways = Arc::new(Provider::ALL.map(api).into());
        let admin = admin::routes().with_state(app.clone());
        let others = page::routes().route(hosts::HEALTH, get(health)).nest_service("/_sandbox", admin);
        let others = others.fallback(unknown::of_sandbox).with_state(app.clone());
        Self { app, hosts: Arc::new(hosts), gateways, others, only: None }
    }

    /// Nothing but a gateway's API, as at a port of its own.
    pub(crate) fn of(&self, provider: Provider) -> Self {
        Self { only: Some(provider), ..self.clone() }
    }

    /// Whether a path is that of a gateway's API.
    pub(crate) fn is_of_gateway(&self, path: &str) -> bool {
        self.only.is_some() || Provider::within(path).0.is_some()
    }

    /// Answers a request, and reports it to whoever watches, also one that is refused.
    pub(crate) async fn answer(self, request: Request) -> Response {
        let watched = self.app.observer().begin(self.only, &request);
        let response = match self.hosts.check(request) {
            Ok(request) => self.answer_checked(request).await,
            Err(refusal) => refusal,
        };
        if let Some(watched) = watched {
            self.app.observer().end(watched, &response);
        }
        response
    }

    async fn answer_checked(&self, mut request: Request) -> Response {
        let provider = self.only.or_else(|| enter(request.uri_mut()));
        let api = provider.and_then(|provider| Some((provider, self.gateways.get(&provider)?.clone())));
        if let Some((provider, api)) = api {
            return match self.hosts.check_read(provider, &request) {
                Ok(()) => requests::answer(&self.app, provider, request, api).await,
                Err(refusal) => refusal,
            };
        }
        let Ok(response) = self.others.clone().call(request).await;
        response
    }
}

/// The gateway that an address leads to, which becomes that at the gateway.
fn enter(uri: &mut Uri) -> Option<Provider> {
    let (provider, rest) = Provider::within(uri.path());
    let (provider, name) = (provider?, uri.path().len() - rest.len());
    let mut parts = uri.clone().into_parts();
    let rest = parts.path_and_query.as_ref()?.as_str().get(name..)?;
    let rooted = if rest.starts_with('/') { rest.parse() } else { PathAndQuery::try_from(format!("/{rest}")) };
    parts.path_and_query = Some(rooted.ok()?);
    *uri = Uri::from_parts(parts).ok()?;
    Some(provider)
}

/// `GET /healthz`
async fn health() -> Response {
    reply::json(200, &json!({"status": "ok"}))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gateways_are_under_their_names() {
        for (whole, provider, rest) in [
            ("/kropay/api/v1/a%2Fb?x=/kropay", Some(Provider::Kropay), "/api/v1/a%2Fb?x=/kropay"),
            ("http://localhost/pakasir/pay", Some(Provider::Pakasir), "http://localhost/pay"),
            ("/kropay", Some(Provider::Kropay), "/"),
            ("/kropay?a=b", Some(Provider::Kropay), "/?a=b"),
            ("/kropay/", Some(Provider::Kropay), "/"),
            ("/kropay//a", Some(Provider::Kropay), "//a"),
            ("/Kropay/a", None, "/Kropay/a"),
            ("/kropays/a", None, "/kropays/a"),
            ("//kropay/a", None, "//kropay/a"),
            ("/", None, "/"),
            ("*", None, "*"),
        ] {
            let mut uri: Uri = whole.parse().unwrap();
            assert_eq!((enter(&mut uri), uri.to_string().as_str()), (provider, rest), "{whole}");
        }
    }
}
