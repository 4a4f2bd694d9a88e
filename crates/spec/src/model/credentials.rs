//! What the merchant must know, and where each operation sends it.

use serde_json::Value;

use super::source::{Result, Source};
use super::{Credential, CredentialKind, Place, SignatureUse};
use crate::schema::object;
use crate::yaml::escape;

/// The credentials of a spec.
pub struct Credentials<'a> {
    source: Source<'a>,
    /// Those found so far.
    pub credentials: Vec<Credential>,
    /// Whether a session must be opened first.
    pub session: bool,
}

/// The credentials and the signatures of an operation, and where each goes.
#[derive(Debug, Default)]
pub struct Sent {
    pub credentials: Vec<(String, Place)>,
    pub signatures: Vec<SignatureUse>,
}

impl<'a> Credentials<'a> {
    /// None is found yet.
    pub fn new(source: Source<'a>) -> Self {
        Self { source, credentials: Vec::new(), session: false }
    }

    /// Reads what the security schemes name.
    pub fn read_schemes(&mut self) -> Result<()> {
        if self.source.document.get("/components/securitySchemes").is_none() {
            return Ok(());
        }
        for name in self.source.map("/components/securitySchemes")?.keys() {
            let pointer = format!("/components/securitySchemes/{}", escape(name));
            if self.source.document.get(&format!("{pointer}/x-session")).is_some() {
                self.session = true;
                continue;
            }
            let optional = !self.is_sent(name);
            let kind = CredentialKind::Secret;
            let description = self.source.text(&format!("{pointer}/description"))?;
            let credential = self.source.text(&format!("{pointer}/x-credential"))?;
            let password = self.source.optional_text(&format!("{pointer}/x-password"));
            for name in [Some(credential), password].into_iter().flatten() {
                self.add(&pointer, Credential { name, description: description.clone(), kind, optional })?;
            }
            self.add_signed(&pointer, optional)?;
        }
        Ok(())
    }

    /// Adds what is named only where it is signed, by the scheme or property at a pointer: it is described there.
    fn add_signed(&mut self, pointer: &str, optional: bool) -> Result<()> {
        for entry in self.source.document.entries(&format!("{pointer}/x-signature/joined")) {
            let text = |key: &str| self.source.optional_text(&format!("{entry}/{key}"));
            if let (Some(name), Some(description)) = (text("credential"), text("description")) {
                self.add(&entry, Credential { name, description, kind: CredentialKind::Text, optional })?;
            }
        }
        Ok(())
    }

    /// Adds the key of the signature in the body's property at a pointer, and what else is known only there.
    pub fn signs(&mut self, pointer: &str, key: &str, description: &str, optional: bool) -> Result<()> {
        let (name, description) = (key.to_owned(), description.to_owned());
        self.add(pointer, Credential { name, description, kind: CredentialKind::Secret, optional })?;
        self.add_signed(pointer, optional)
    }

    /// Whether the operation of this name hands out the token of a session.
    pub fn is_login(&self, operation: &str) -> bool {
        let schemes = self.source.document.get("/components/securitySchemes").map(object);
        schemes
            .into_iter()
            .flatten()
            .any(|(_, scheme)| scheme.get("x-session").and_then(Value::as_str) == Some(operation))
    }

    /// Whether any operation names this scheme, or the document does for all.
    fn is_sent(&self, scheme: &str) -> bool {
        let names = |security: Option<&Value>| {
            security.and_then(Value::as_array).is_some_and(|list| list.iter().any(|entry| entry.get(scheme).is_some()))
        };
        let operations = self.source.document.get("/paths").map(object).into_iter().flatten();
        names(self.source.document.get("/security"))
            || operations.flat_map(|(_, item)| object(item).values()).any(|operation| names(operation.get("security")))
    }

    /// Adds a credential that is named at a pointer. One that is named in several places is the same everywhere, and is
    /// optional only when each of them is.
    fn add(&mut self, pointer: &str, credential: Credential) -> Result<()> {
        match self.credentials.iter_mut().find(|known| known.name == credential.name) {
            None => self.credentials.push(credential),
            Some(known) if known.kind == credential.kind => known.optional &= credential.optional,
            Some(known) => {
                let (first, here) = (known.kind.name(), credential.kind.name());
                let message = format!("the credential `{}` is {here} here and {first} elsewhere", credential.name);
                return self.source.refuse(pointer, message);
            }
        }
        Ok(())
    }

    /// Adds the credential of the property or parameter at a pointer, which the client fills in.
    pub fn fill_in(&mut self, pointer: &str, name: &str, schema: &Value, description: &str) -> Result<()> {
        let (name, description) = (name.to_owned(), description.to_owned());
        let kind = CredentialKind::of(schema);
        self.add(pointer, Credential { name, description, kind, optional: false })
    }

    /// What the operation at a pointer sends by its security requirement.
    pub fn sent(&self, pointer: &str) -> Result<Sent> {
        let own = format!("{pointer}/security");
        let pointer = if self.source.document.get(&own).is_some() { own } else { "/security".to_owned() };
        let Some(first) = self.source.document.get(&format!("{pointer}/0")) else {
            return Ok(Sent::default());
        };
        let mut sent = Sent::default();
        for scheme in object(first).keys() {
            let at = format!("/components/securitySchemes/{}", escape(scheme));
            let credential = self.source.text(&format!("{at}/x-credential"))?;
            let name = self.source.optional_text(&format!("{at}/name")).unwrap_or_default();
            let kind = self.source.text(&format!("{at}/type"))?;
            let part = |key: &str| self.source.optional_text(&format!("{at}/{key}")).unwrap_or_default();
            let place = match (kind.as_str(), part("in").as_str(), part("scheme").as_str()) {
                ("http", "", "bearer") => Place::Bearer,
                ("http", "", "basic") => Place::BasicUser,
                ("apiKey", "header", _) => Place::Header(name.to_ascii_lowercase()),
                ("apiKey", "query", _) => Place::Query(name),
                _ => {
                    let message = "only bearer tokens, HTTP Basic and API keys in a header or query can be sent";
                    return self.source.refuse(&at, message);
                }
            };
            if let Some(signature) = self.source.signature(&at)? {
                sent.signatures.push(SignatureUse { key: credential, place, signature });
                continue;
            }
            sent.credentials.push((credential, place));
            let password = self.source.optional_text(&format!("{at}/x-password"));
            sent.credentials.extend(password.map(|password| (password, Place::BasicPassword)));
        }
        Ok(sent)
    }
}
