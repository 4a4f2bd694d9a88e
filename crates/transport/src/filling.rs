//! Credentials and signatures, in the places where an operation has them.

use std::borrow::Cow;

use gerbang_core::operation::{Operation, Place};
use gerbang_core::{Credential, Credentials, Delivery, Error, Kind, Secret};
use http::{HeaderMap, HeaderName, HeaderValue, header};

use crate::request::Request;
use crate::{basic, signed};

/// What the client adds to a call.
pub(crate) struct Filling<'a> {
    pub(crate) headers: HeaderMap,
    pub(crate) path: Vec<(&'static str, String)>,
    pub(crate) query: Vec<(&'static str, Cow<'a, str>)>,
    pub(crate) members: Vec<(&'static str, Filled<'a>)>,
}

impl<'a> Filling<'a> {
    /// What it adds to this one.
    pub(crate) fn of(request: &'a Request, credentials: &'a dyn Credentials) -> Result<Self, Error> {
        let operation = request.operation;
        let mut filling = Self { headers: HeaderMap::new(), path: Vec::new(), query: Vec::new(), members: Vec::new() };
        let (mut user, mut password) = (None, Cow::Borrowed(""));
        for placed in operation.credentials {
            let credential = credential(credentials, placed.credential, request.session.as_ref())?;
            match placed.place {
                Place::Bearer => {
                    let value = secret_header(&format!("Bearer {}", credential.text()))?;
                    filling.headers.insert(header::AUTHORIZATION, value);
                }
                Place::BasicUser => user = Some(credential.text()),
                Place::BasicPassword => password = credential.text(),
                place => filling.put(operation, place, credential)?,
            }
        }
        if let Some(user) = user {
            filling.headers.insert(header::AUTHORIZATION, basic_header(&user, &password)?);
        }
        if let Ok(parts) = &request.parts {
            for (place, value) in signed::values(operation, credentials, &parts.body).map_err(misconfigured)? {
                filling.put(operation, place, Filled::Text(value.into()))?;
            }
        }
        Ok(filling)
    }

    fn put(&mut self, operation: &'static Operation, place: Place, value: Filled<'a>) -> Result<(), Error> {
        match place {
            Place::Header(name) => drop(self.headers.insert(header_name(name)?, secret_header(&value.text())?)),
            Place::Query(name) => self.query.push((name, value.text())),
            Place::Path(name) => {
                let filled = Request::new(operation).path(name, value.text());
                self.path.extend(filled.parts.map_err(|(_, what)| misconfigured(what))?.path);
            }
            Place::Body(name) => self.members.push((name, value)),
            Place::Bearer | Place::BasicUser | Place::BasicPassword => {
                return Err(misconfigured("a signature goes into a header of its own or into the body"));
            }
        }
        Ok(())
    }
}

/// A credential ready to be written.
#[derive(serde::Serialize)]
#[serde(untagged)]
pub(crate) enum Filled<'a> {
    Text(Cow<'a, str>),
    Number(u64),
}

impl<'a> Filled<'a> {
    pub(crate) fn text(&self) -> Cow<'a, str> {
        match self {
            Self::Text(text) => text.clone(),
            Self::Number(number) => Cow::Owned(number.to_string()),
        }
    }
}

fn credential<'a>(
    credentials: &'a dyn Credentials,
    name: &str,
    session: Option<&'a Secret>,
) -> Result<Filled<'a>, Error> {
    let filled = match credentials.get(name) {
        Some(Credential::Secret(secret)) => Filled::Text(secret.expose().into()),
        Some(Credential::Text(text)) => Filled::Text(text.into()),
        Some(Credential::Number(number)) => Filled::Number(number),
        None => match session {
            Some(token) => Filled::Text(token.expose().into()),
            None => return Err(misconfigured(format!("the credential `{name}` was not given"))),
        },
    };
    match filled {
        Filled::Text(text) if text.is_empty() => Err(misconfigured(format!("the credential `{name}` is empty"))),
        filled => Ok(filled),
    }
}

fn basic_header(user: &str, password: &str) -> Result<HeaderValue, Error> {
    match basic::header_value(user, password) {
        Some(value) => secret_header(&value),
        None => Err(misconfigured("the user of HTTP Basic has a colon, which no user may have")),
    }
}

fn header_name(name: &str) -> Result<HeaderName, Error> {
    HeaderName::from_bytes(name.as_bytes())
        .map_err(|_| misconfigured(format!("`{name}` cannot be the name of a header")))
}

fn secret_header(value: &str) -> Result<HeaderValue, Error> {
    let mut value = HeaderValue::from_str(value)
        .map_err(|_| misconfigured("a credential has characters that a header cannot hold, such as a line break"))?;
    value.set_sensitive(true);
    Ok(value)
}

pub(crate) fn misconfigured(what: impl Into<String>) -> Error {
    Error::new(Kind::Configuration, Delivery::NotSent, what)
}
