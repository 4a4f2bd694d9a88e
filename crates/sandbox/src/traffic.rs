//! What a sandbox is asked and what it sends, for whoever wants to watch it.

use std::fmt;
use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::extract::Request;
use axum::http::{Method, Uri};
use axum::response::Response;

use crate::webhooks::WebhookAttempt;
use crate::{Provider, masking, operations, reply};

/// How many characters of a method and of a path are shown.
const MAX_SHOWN: usize = 200;

/// Something that a sandbox was asked or has sent: see [`SandboxBuilder::on_traffic`](crate::SandboxBuilder::on_traffic).
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Traffic {
    /// A request to a provider, one that changes something, or one that was refused.
    Request(Exchange),
    /// An attempt to send a notification.
    Notification(WebhookAttempt),
}

/// A request, and what became of it. Neither its query nor its headers and body are here.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Exchange {
    /// The provider that it was sent to; none for the sandbox's page and its own API.
    pub provider: Option<Provider>,
    /// The method.
    pub method: String,
    /// For an operation the path of the provider's document, such as `/api/v1/payment/status/{reference}`; otherwise the
    /// first 200 characters of its own path, whoever wrote them, with `***` for a part that is a key of the request, or is
    /// named as one.
    pub path: String,
    /// The status code of the reply; none if the connection was closed instead.
    pub status: Option<u16>,
    /// How long the reply took, a wanted delay included.
    pub took: Duration,
}

/// What is called for each part of the traffic.
type Observe = dyn Fn(&Traffic) + Send + Sync;

/// Who watches the traffic.
#[derive(Clone, Default)]
pub(crate) struct Observer(Option<Arc<Observe>>);

impl fmt::Debug for Observer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Observer").field(&self.0.is_some()).finish()
    }
}

impl Observer {
    pub(crate) fn new(observe: impl Fn(&Traffic) + Send + Sync + 'static) -> Self {
        Self(Some(Arc::new(observe)))
    }

    /// Passes something on, which is made only where somebody watches.
    pub(crate) fn see(&self, traffic: impl FnOnce() -> Option<Traffic>) {
        if let Some(observe) = &self.0
            && let Some(traffic) = traffic()
        {
            observe(&traffic);
        }
    }

    /// Takes down a request that is to be answered, on a provider's own port or on that of all; nothing where nobody watches.
    pub(crate) fn begin(&self, port_of: Option<Provider>, request: &Request) -> Option<Watched> {
        self.0.as_ref()?;
        let (method, uri) = (request.method().clone(), request.uri().clone());
        let secrets = masking::secrets_of(request.headers(), uri.query());
        Some(Watched { begun: Instant::now(), method, uri, secrets, port_of })
    }

    /// Reports a request that was answered: on a provider's own port as its, otherwise as that of whichever provider its path
    /// begins with.
    pub(crate) fn end(&self, watched: Watched, response: &Response) {
        let Watched { begun, method, uri, secrets, port_of } = watched;
        let took = begun.elapsed() + reply::delay_of(response);
        let status = (!reply::is_lost(response)).then(|| response.status().as_u16());
        let (provider, path) = match port_of {
            Some(provider) => (Some(provider), uri.path()),
            None => Provider::within(uri.path()),
        };
        let of_document =
            provider.and_then(|provider| operations::path_of(provider, method.as_str(), path, uri.query()));
        // One that is in no document may have a key.
        let path = of_document.map_or_else(|| shown(&masking::path(path, &secrets)), shown);
        let exchange = Exchange { provider, method: shown(method.as_str()), path, status, took };
        self.see(|| is_of_interest(&exchange).then_some(Traffic::Request(exchange)));
    }
}

/// A request that somebody watches, until it is answered.
pub(crate) struct Watched {
    begun: Instant,
    method: Method,
    uri: Uri,
    /// What of it is secret.
    secrets: Vec<String>,
    /// The provider on whose own port it came.
    port_of: Option<Provider>,
}

fn shown(text: &str) -> String {
    text.chars().take(MAX_SHOWN).collect()
}

/// Whether a request is worth a line: what the page asks for by itself is not.
fn is_of_interest(exchange: &Exchange) -> bool {
    let is_read = ["GET", "HEAD"].contains(&exchange.method.as_str());
    exchange.provider.is_some() || !is_read || exchange.status.is_none_or(|status| status >= 400)
}
