//! The document as a whole: version, title, server, tags, envelope.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::texts::plain;
use super::{Adapter, Reason, Refusal, Result, below};

impl Adapter<'_> {
    pub(super) fn check_version(&mut self) -> Result<()> {
        match self.text("/openapi") {
            Some(version) if version.starts_with("3.0") => Ok(()),
            Some(version) => {
                Refusal::err("/openapi", Reason::Version, format!("OpenAPI {version}; only 3.0 and 3.1 can be adapted"))
            }
            None => {
                let message = "there is no `openapi: 3.0.…`; swagger2openapi converts Swagger 2";
                Refusal::err("", Reason::Version, message)
            }
        }
    }

    /// Everything before the paths.
    pub(super) fn head(&mut self) -> Result<Value> {
        for key in ["/webhooks", "/x-webhooks"] {
            for name in self.keys(key) {
                let at = below(key, name);
                let refusal = Refusal::new(&at, Reason::Notification, "describe it in `x-webhooks` by hand");
                self.report.lose(self.source, "", super::Loss::Member, &refusal);
            }
        }
        let title = self.text("/info/title").and_then(|title| Some(plain(title)?.trim_end_matches('.').to_owned()));
        let title = title.unwrap_or_else(|| "Provider".to_owned());
        let version: String = self.text("/info/version").unwrap_or("1").chars().filter(char::is_ascii).collect();
        let description = self.text("/info/description").and_then(plain);
        let description = description.unwrap_or_else(|| format!("What the OpenAPI document of {title} describes."));
        Ok(json!({
            "openapi": "3.0.3",
            "info": {"title": title, "version": version, "description": description},
            "servers": [self.document_server()?],
            "x-envelope": {},
        }))
    }

    /// What `x-source` calls the document.
    pub(super) fn document_name(&self) -> String {
        let text = |key| self.text(key).and_then(plain).unwrap_or_default().trim_end_matches('.').to_owned();
        format!("{} {} (OpenAPI)", text("/info/title"), text("/info/version")).trim().to_owned()
    }

    /// The document's tags and what it says about them.
    pub(super) fn declared_tags(&self) -> BTreeMap<String, String> {
        let tags = (0..self.count("/tags")).filter_map(|index| {
            let name = self.text(&format!("/tags/{index}/name"))?;
            Some((name.to_owned(), self.text(&format!("/tags/{index}/description")).and_then(plain)?))
        });
        tags.collect()
    }

    /// The tag of an operation: its own first one, or the first word of its path that is no version.
    pub(super) fn tag(&mut self, pointer: &str, path: &str) -> String {
        if let Some(tag) = self.text(&format!("{pointer}/tags/0")).filter(|tag| !tag.trim().is_empty()) {
            return tag.to_owned();
        }
        self.report.note("a tag was made of a path");
        let is_version = |part: &str| part.starts_with('v') && part[1..].bytes().all(|byte| byte.is_ascii_digit());
        let word = path.split('/').find(|part| !part.is_empty() && !part.starts_with('{') && !is_version(part));
        word.unwrap_or("api").to_owned()
    }

    pub(super) fn tag_text(&self, declared: &BTreeMap<String, String>, tag: &str) -> String {
        declared.get(tag).cloned().unwrap_or_else(|| format!("What the document has under `{tag}`."))
    }

    /// Where failures stand in replies: the members that the text and the code of a failure are usually called.
    pub(super) fn envelope(
        &self,
        operations: &[super::operations::Adapted],
        schemas: &BTreeMap<String, Value>,
    ) -> Value {
        let mut envelope = Map::new();
        let failures: Vec<_> = operations
            .iter()
            .flat_map(|operation| operation.value["responses"].as_object().into_iter().flatten())
            .filter(|(status, _)| !status.starts_with('2'))
            .filter_map(|(_, response)| super::target(response.pointer("/content/application~1json/schema")?))
            .filter_map(|name| schemas.get(name))
            .collect();
        for (key, names) in
            [("message", ["message", "detail", "error_description"]), ("code", ["code", "errorCode", "error_code"])]
        {
            let is_used = |name: &&&str| {
                let members = failures.iter().filter_map(|schema| schema["properties"].get(**name));
                members.into_iter().any(|member| matches!(member["type"].as_str(), Some("string" | "integer")))
            };
            let used: Vec<_> = names.iter().filter(is_used).collect();
            if !used.is_empty() {
                envelope.insert(key.to_owned(), json!(used));
            }
        }
        Value::Object(envelope)
    }
}
