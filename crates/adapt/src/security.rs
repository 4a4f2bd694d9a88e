//! Credentials: which of them an operation sends, and how.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value, json};

use super::operations::Adapted;
use super::texts::plain;
use super::{Adapter, Reason, Refusal, Result, below};

impl Adapter<'_> {
    /// The first entry of an operation's `security` that can be sent, without scopes.
    pub(super) fn security(&mut self, pointer: &str) -> Result<Option<Value>> {
        let own = below(pointer, "security");
        let all = if self.get(&own).is_some() { own } else { "/security".to_owned() };
        let mut refused = None;
        let mut is_optional = self.count(&all) == 0;
        for index in 0..self.count(&all) {
            let entry = format!("{all}/{index}");
            let names = self.keys(&entry);
            is_optional |= names.is_empty();
            match names.iter().try_for_each(|name| self.scheme(name, &entry).map(drop)) {
                Ok(()) if !names.is_empty() => {
                    let entry: Map<_, _> =
                        self.of_different_places(names).into_iter().map(|name| (name.to_owned(), json!([]))).collect();
                    return Ok(Some(json!([entry])));
                }
                Ok(()) => {}
                Err(refusal) => refused = refused.or(Some(refusal)),
            }
        }
        match refused {
            Some(refusal) if !is_optional => Err(refusal),
            _ => {
                self.report.note("an operation for which the document wants no credential");
                Ok(Some(json!([])))
            }
        }
    }

    /// Those of some schemes that are sent: where two would write the same header, the document means either.
    fn of_different_places<'n>(&mut self, names: Vec<&'n str>) -> Vec<&'n str> {
        let mut places = BTreeSet::new();
        let count = names.len();
        let differing: Vec<_> =
            names.into_iter().filter(|name| places.insert(place_of(&self.schemes[*name]))).collect();
        if differing.len() < count {
            self.report.note("of two credentials for one header the first is sent");
        }
        differing
    }

    /// A security scheme of the document.
    fn scheme(&mut self, name: &str, user: &str) -> Result<Value> {
        if let Some(known) = self.schemes.get(name) {
            return Ok(known.clone());
        }
        let at = below("/components/securitySchemes", name);
        if self.get(&at).is_none() {
            return Refusal::err(user, Reason::Security, format!("there is no security scheme `{name}`"));
        }
        let at = self.resolve(&at)?;
        let text = |key: &str| self.text(&below(&at, key)).unwrap_or_default().to_owned();
        let description = self.text(&below(&at, "description")).and_then(plain);
        let description = description.unwrap_or_else(|| "The credential that the provider hands out.".to_owned());
        let (kind, place, key, scheme) = (text("type"), text("in"), text("name"), text("scheme").to_ascii_lowercase());
        let mut adapted = match (kind.as_str(), place.as_str(), scheme.as_str()) {
            ("apiKey", "header" | "query", _) if !key.is_empty() => {
                let name = key.trim_start_matches("X-").trim_start_matches("x-");
                json!({"type": "apiKey", "in": place, "name": key, "x-credential": self.names.credential(name)})
            }
            ("http", _, "bearer") => {
                json!({"type": "http", "scheme": "bearer", "x-credential": self.names.credential("access_token")})
            }
            ("http", _, "basic") => json!({
                "type": "http",
                "scheme": "basic",
                "x-credential": self.names.credential("username"),
                "x-password": self.names.credential("password"),
            }),
            ("oauth2" | "openIdConnect", ..) => {
                self.report.note("an OAuth access token is sent as a bearer token; nothing fetches one");
                json!({"type": "http", "scheme": "bearer", "x-credential": self.names.credential("access_token")})
            }
            _ => {
                let what = [kind, scheme, place].join(" ").split_whitespace().collect::<Vec<_>>().join(" ");
                return Refusal::err(&at, Reason::Security, format!("`{what}` cannot be sent"));
            }
        };
        adapted["description"] = json!(description);
        self.schemes.insert(name.to_owned(), adapted.clone());
        Ok(adapted)
    }

    /// The schemes that the operations name.
    pub(super) fn security_schemes(&self, operations: &[Adapted]) -> BTreeMap<String, Value> {
        let named = operations.iter().filter_map(|operation| operation.value.pointer("/security/0")?.as_object());
        let named = named.flat_map(Map::keys);
        named.filter_map(|name| Some((name.clone(), self.schemes.get(name)?.clone()))).collect()
    }
}

/// Where a credential is written: a header or a part of the query, by name.
fn place_of(scheme: &Value) -> String {
    match (scheme["in"].as_str(), scheme["name"].as_str()) {
        (Some("query"), Some(name)) => format!("query {name}"),
        (_, Some(name)) => format!("header {}", name.to_ascii_lowercase()),
        (_, None) => "header authorization".to_owned(),
    }
}
