//! The signatures of a request.

use gerbang_core::Credentials;
use gerbang_core::operation::{Operation, Place};

use crate::request::Body;

/// What an operation signs of a body, and where each signature goes; the error says why it cannot be signed.
#[cfg(feature = "signature")]
pub(crate) fn values(
    operation: &Operation,
    credentials: &dyn Credentials,
    body: &Body,
) -> Result<Vec<(Place, String)>, &'static str> {
    use std::borrow::Cow;

    use gerbang_core::operation::SignatureUse;
    use serde_json::Map;

    if operation.signatures.is_empty() {
        return Ok(Vec::new());
    }
    let members = match body {
        Body::None => Cow::Owned(Map::new()),
        Body::Json(text) => Cow::Owned(serde_json::from_slice(text).unwrap_or_default()),
        Body::Form(members) => Cow::Borrowed(members),
    };
    let value = |signature: &SignatureUse| Some((signature.place, signature.value(credentials, &members)?));
    let values: Option<_> = operation.signatures.iter().map(value).collect();
    values.ok_or("the request cannot be signed: a credential or a member that is signed was not given or is empty")
}

/// Nothing is signed by a client that was built without the algorithms: what must be signed is not sent.
#[cfg(not(feature = "signature"))]
pub(crate) fn values(
    operation: &Operation,
    _: &dyn Credentials,
    _: &Body,
) -> Result<Vec<(Place, String)>, &'static str> {
    match operation.signatures {
        [] => Ok(Vec::new()),
        _ => Err("the request cannot be signed: the feature `signature` of gerbang-transport is off"),
    }
}
