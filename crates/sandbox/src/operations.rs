//! Which operation a call is: the `operationId` of the providers' OpenAPI specs, by method and path.

use url::form_urlencoded;

use crate::Provider;
use crate::facts::Operation;

/// All operations of a provider, each once.
pub(crate) fn all(provider: Provider) -> Vec<&'static str> {
    let mut all: Vec<_> = provider.facts().operations.iter().map(|(id, ..)| *id).collect();
    all.dedup();
    all
}

/// The operation that a call is, if it is one.
pub(crate) fn of(provider: Provider, method: &str, path: &str, query: Option<&str>) -> Option<&'static str> {
    find(provider, method, path, query).map(|(id, ..)| *id)
}

/// The path of the operation that a call is, as the provider's document has it, if it is one.
pub(crate) fn path_of(provider: Provider, method: &str, path: &str, query: Option<&str>) -> Option<&'static str> {
    find(provider, method, path, query).map(|(.., path)| *path)
}

/// Whether a path is that of a picture, which web pages show.
pub(crate) fn is_picture(provider: Provider, path: &str) -> bool {
    provider.facts().pictures.iter().any(|template| is_of(path, template))
}

fn find(provider: Provider, method: &str, path: &str, query: Option<&str>) -> Option<&'static Operation> {
    let is_it = |(_, of_method, template): &&Operation| {
        let (of_path, of_query) = template.split_once('?').unwrap_or((template, ""));
        *of_method == method && is_of(path, of_path) && has(query.unwrap_or_default(), of_query)
    };
    provider.facts().operations.iter().find(is_it)
}

fn is_of(path: &str, template: &str) -> bool {
    let (mut segments, mut wanted) = (path.split('/'), template.split('/'));
    loop {
        match (segments.next(), wanted.next()) {
            (None, None) => return true,
            (Some(segment), Some(wanted)) if is_segment_of(segment, wanted) => {}
            _ => return false,
        }
    }
}

fn is_segment_of(segment: &str, wanted: &str) -> bool {
    match wanted.strip_prefix('{').and_then(|wanted| wanted.split_once('}')) {
        Some((_, end)) => segment.len() > end.len() && segment.ends_with(end),
        None => segment == wanted,
    }
}

fn has(query: &str, wanted: &str) -> bool {
    let Some((name, value)) = wanted.split_once('=') else { return true };
    // Of several with one name the last counts, as when the providers' code reads them.
    let last = form_urlencoded::parse(query.as_bytes()).filter(|(found, _)| found == name).last();
    last.is_some_and(|(_, found)| found == value)
}
