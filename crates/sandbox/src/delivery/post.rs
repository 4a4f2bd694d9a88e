//! One HTTP request with a notification, and what its receiver answers.

use std::error::Error;

use reqwest::header::LOCATION;
use url::Url;

use crate::state::Webhook;
use crate::webhooks::address;

/// How many bytes of an answer are read.
const MAX_ANSWER: usize = 4 * 1024;

/// What the receiver answered.
pub(super) struct Answer {
    pub(super) status: u16,
    /// Its beginning.
    pub(super) body: String,
    /// Where it leads, if it is a redirect.
    pub(super) redirect: Option<String>,
}

/// Posts a notification, and reads the beginning of the answer.
pub(super) async fn post(client: &reqwest::Client, webhook: &Webhook) -> Result<Answer, reqwest::Error> {
    let mut request = client.post(&webhook.url).body(webhook.bytes());
    for (name, value) in &webhook.headers {
        request = request.header(name, value);
    }
    let mut response = request.send().await?;
    let redirect = response.status().is_redirection().then(|| {
        let to = response.headers().get(LOCATION).and_then(|to| to.to_str().ok());
        let to = to.and_then(|to| Url::parse(&webhook.url).ok()?.join(to).ok());
        to.map_or_else(|| "nowhere".to_owned(), |to| address(to.as_str()))
    });
    let mut body = Vec::new();
    while body.len() < MAX_ANSWER {
        let Some(piece) = response.chunk().await? else { break };
        body.extend_from_slice(&piece);
    }
    body.truncate(MAX_ANSWER);
    Ok(Answer { status: response.status().as_u16(), body: String::from_utf8_lossy(&body).into_owned(), redirect })
}

/// An error in words, with what caused it.
pub(super) fn with_causes(error: &(dyn Error + 'static)) -> String {
    let causes = std::iter::successors(Some(error), |error| (*error).source());
    causes.map(ToString::to_string).collect::<Vec<_>>().join(": ")
}
