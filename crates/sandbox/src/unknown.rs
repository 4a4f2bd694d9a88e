//! Paths at which there is nothing: what there is instead.

use axum::http::{HeaderValue, Method, Uri, header};
use axum::response::Response;

use crate::facts::Operation;
use crate::{Provider, reply};

/// How much of a path is repeated, in characters.
const MAX_SHOWN: usize = 200;

/// The reply at a path of a provider that is none of its operations, or is one with another method.
pub(crate) fn of_provider(provider: Provider, method: &Method, uri: &Uri, is_known: bool) -> Response {
    let path = uri.path();
    let mut operations: Vec<&Operation> = provider.facts().operations.iter().collect();
    operations.sort_by_key(|(.., template)| std::cmp::Reverse(alike(path, template)));
    let (title, at) = (provider.facts().title, shown(path));
    let mut text =
        format!("{title} has nothing at {method} {at}; nothing was done. Its operations, the most alike first:\n");
    for (id, method, template) in operations {
        text.push_str(&format!("{method} {template} ({id})\n"));
    }
    let mut response = reply::with(if is_known { 405_u16 } else { 404 }, "text/plain; charset=utf-8", text);
    if is_known {
        let with_path = provider.facts().operations.iter().filter(|(.., template)| alike(path, template) == usize::MAX);
        let mut methods: Vec<&str> = with_path.map(|(_, method, _)| *method).collect();
        methods.dedup();
        if let Ok(allowed) = HeaderValue::try_from(methods.join(",")) {
            response.headers_mut().insert(header::ALLOW, allowed);
        }
    }
    response
}

/// The reply at a path that is of no provider, nor the sandbox's own.
pub(crate) async fn of_sandbox(uri: Uri) -> Response {
    let gateways = Provider::ALL.map(|provider| format!("/{provider}")).join(", ");
    let text = format!(
        "There is nothing at {}; nothing was done. The gateways are at {gateways}, the page is at /, and the sandbox's own API \
         is at /_sandbox, as /_sandbox/openapi.yaml describes it.\n",
        shown(uri.path())
    );
    reply::with(404_u16, "text/plain; charset=utf-8", text)
}

/// How many characters at the beginning are the same; of an operation's own path all.
fn alike(path: &str, template: &str) -> usize {
    let template = template.split_once('?').map_or(template, |(path, _)| path);
    let is_own = path.split('/').count() == template.split('/').count()
        && path.split('/').zip(template.split('/')).all(|(found, wanted)| wanted.starts_with('{') || found == wanted);
    if is_own {
        return usize::MAX;
    }
    path.chars().zip(template.chars()).take_while(|(found, wanted)| found == wanted).count()
}

fn shown(path: &str) -> String {
    path.chars().take(MAX_SHOWN).collect()
}
