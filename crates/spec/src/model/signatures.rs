//! Signatures: what is joined, how it is signed, and where the result stands.

use serde_json::Value;

use super::Place;
use super::source::{Result, Source};
use crate::schema::component_at;
use crate::yaml::escape;

/// How a signature is made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signature {
    /// `hmac-sha256` or `sha512`.
    pub algorithm: String,
    /// `lower-hex` or `upper-hex`.
    pub digits: String,
    /// What is signed, one after the other.
    pub joined: Vec<Part>,
}

/// A part of what is signed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Part {
    /// The body as it is sent.
    Body,
    /// A member of the body.
    Member(String),
    /// A credential.
    Credential(String),
}

/// A signature of a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignatureUse {
    /// The credential that is the key.
    pub key: String,
    /// Where it goes.
    pub place: Place,
    /// How it is made.
    pub signature: Signature,
}

/// What proves a notification.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proof {
    /// Where it stands.
    pub place: Place,
    /// How it is made; none where it is the key itself.
    pub signature: Option<Signature>,
}

impl Source<'_> {
    /// The signature of the scheme or property at a pointer, if it has one.
    pub fn signature(&self, at: &str) -> Result<Option<Signature>> {
        let at = format!("{at}/x-signature");
        if self.document.get(&at).is_none() {
            return Ok(None);
        }
        let mut joined = Vec::new();
        for entry in self.document.entries(&format!("{at}/joined")) {
            let text = |key: &str| self.optional_text(&format!("{entry}/{key}"));
            joined.push(match (text("member"), text("credential")) {
                (Some(member), None) => Part::Member(member),
                (None, Some(credential)) => Part::Credential(credential),
                (None, None) if self.document.get(&format!("{entry}/body")) == Some(&Value::Bool(true)) => Part::Body,
                _ => return self.refuse(&entry, "a part of a signature is the body, a member or a credential"),
            });
        }
        let (algorithm, digits) = (self.text(&format!("{at}/algorithm"))?, self.text(&format!("{at}/digits"))?);
        Ok(Some(Signature { algorithm, digits, joined }))
    }

    /// What proves the notification at a pointer, whose body is this component: the first scheme that it names, else the member
    /// of the body that is a signature.
    pub fn proof(&self, webhook: &str, component: &str) -> Result<Option<Proof>> {
        if let Some(scheme) = self.document.entries(&format!("{webhook}/security/0")).first() {
            let name = scheme.rsplit('/').next().unwrap_or_default();
            let at = format!("/components/securitySchemes/{name}");
            let is = |key: &str, value: &str| self.optional_text(&format!("{at}/{key}")).as_deref() == Some(value);
            if !is("type", "apiKey") || !is("in", "header") {
                return Ok(None);
            }
            let place = Place::Header(self.text(&format!("{at}/name"))?.to_ascii_lowercase());
            return Ok(Some(Proof { place, signature: self.signature(&at)? }));
        }
        let at = format!("{}/properties", component_at(component));
        for name in self.map(&at)?.keys() {
            if let Some(signature) = self.signature(&format!("{at}/{}", escape(name)))? {
                return Ok(Some(Proof { place: Place::Body(name.clone()), signature: Some(signature) }));
            }
        }
        Ok(None)
    }
}
