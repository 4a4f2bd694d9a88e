//! Servers: the document's own, or those of its operations where they are the same.

use serde_json::{Value, json};

use super::texts::plain;
use super::{Adapter, Reason, Refusal, Result, below};

/// Words of an address, or of what is said about it, that is not for real payments.
const NOT_PRODUCTION: &[&str] = &[
    "sandbox",
    "test",
    "testing",
    "staging",
    "stage",
    "stg",
    "dev",
    "development",
    "uat",
    "qa",
    "mock",
    "demo",
    "localhost",
];

impl Adapter<'_> {
    /// The server that the client asks: the document's, else the one that all operations have which name any.
    pub(super) fn document_server(&mut self) -> Result<Value> {
        let lists: Vec<_> = match self.count("/servers") {
            0 => self.lists_of_operations(),
            _ => vec!["/servers".to_owned()],
        };
        let mut found: Option<(String, String)> = None;
        for list in lists {
            let Some((url, at)) = self.production(&list) else { continue };
            match &found {
                Some((known, _)) if *known != url => {
                    return Refusal::err(
                        &at,
                        Reason::Server,
                        format!("the operations have several servers: {known} is one"),
                    );
                }
                Some(_) => {}
                None => found = Some((url, at)),
            }
        }
        let Some((url, at)) = found else { return self.unknown_server() };
        self.server.clone_from(&url);
        let text = self.text(&below(&at, "description")).and_then(plain);
        let text = text.unwrap_or_else(|| "The first server of the document that is not for tests.".to_owned());
        Ok(json!({"url": url, "description": text}))
    }

    /// The server of a document that leaves it to whoever runs the API. Its host is one that nobody can have (RFC 2606), so that
    /// a client asks nobody before it is given an address.
    fn unknown_server(&mut self) -> Result<Value> {
        let urls: Vec<_> =
            (0..self.count("/servers")).filter_map(|index| self.url(&format!("/servers/{index}"))).collect();
        if urls.iter().any(|url| url.starts_with("http://") && !url.contains(['{', '<'])) {
            return Refusal::err("/servers", Reason::Server, "no server has an https address");
        }
        let after_host = |url: &String| {
            url.split_once("://").map_or_else(
                || url.clone(),
                |(_, rest)| rest.find('/').map_or_else(String::new, |start| rest[start..].to_owned()),
            )
        };
        let path =
            urls.first().map(after_host).filter(|path| path.starts_with('/') && !path.contains(['{', '<', '?', '#']));
        self.report.note("the document names no host: a client has an address only when it is given one");
        self.server = format!("https://server.invalid{}", path.as_deref().unwrap_or_default().trim_end_matches('/'));
        Ok(json!({"url": self.server, "description": "The document names no host: give the client its base URL."}))
    }

    /// The address of a server, with the defaults of its variables.
    fn url(&self, at: &str) -> Option<String> {
        let mut url = self.text(&below(at, "url"))?.to_owned();
        for name in self.keys(&below(at, "variables")) {
            let value = self.get(&format!("{}/default", below(&below(at, "variables"), name)));
            if let Some(value) = value.map(|value| value.as_str().map_or_else(|| value.to_string(), str::to_owned)) {
                url = url.replace(&format!("{{{name}}}"), &value);
            }
        }
        Some(url)
    }

    /// Refuses an operation whose own servers, or those of its path, are not the document's.
    pub(super) fn check_server(&self, pointer: &str) -> Result<()> {
        let item = pointer.rsplit_once('/').map_or("", |(item, _)| item);
        let own = [pointer, item].into_iter().map(|at| below(at, "servers")).find(|list| self.count(list) > 0);
        match own {
            Some(list) if self.production(&list).is_none_or(|(url, _)| url != self.server) => {
                Refusal::err(&list, Reason::Server, format!("it has a server of its own, other than {}", self.server))
            }
            _ => Ok(()),
        }
    }

    /// The lists of servers that paths and operations have.
    fn lists_of_operations(&self) -> Vec<String> {
        let items = self.keys("/paths").into_iter().map(|path| below("/paths", path));
        let places = items.flat_map(|item| {
            let operations: Vec<_> = self.keys(&item).into_iter().map(|method| below(&item, method)).collect();
            [item].into_iter().chain(operations)
        });
        places.map(|at| below(&at, "servers")).filter(|list| self.count(list) > 0).collect()
    }

    /// Of a list of servers the first that has an https address and is not for tests, else the first with such an address:
    /// the address, with the defaults of its variables, and where it is.
    fn production(&self, list: &str) -> Option<(String, String)> {
        let usable = (0..self.count(list)).filter_map(|index| {
            let at = format!("{list}/{index}");
            let url = self.url(&at)?;
            let is_usable = url.starts_with("https://") && !url.contains(['{', '<', '?', '#', '@']);
            is_usable.then(|| (url.trim_end_matches('/').to_owned(), at))
        });
        let usable: Vec<_> = usable.collect();
        let is_for_tests = |(url, at): &(String, String)| {
            let said = self.text(&below(at, "description")).unwrap_or_default();
            let words = format!("{url} {said}").to_ascii_lowercase();
            words.split(|letter: char| !letter.is_ascii_alphanumeric()).any(|word| NOT_PRODUCTION.contains(&word))
        };
        usable.iter().find(|server| !is_for_tests(server)).or(usable.first()).cloned()
    }
}
