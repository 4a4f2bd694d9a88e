//! HTTP Basic authentication, RFC 7617: a user and a password in one header.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use gerbang_core::Secret;
use gerbang_core::operation::{Operation, Place};
use http::{HeaderMap, header};

const SCHEME: &str = "Basic ";

/// What the header says; none when the user has a colon, behind which a provider would look for the password.
pub(crate) fn header_value(user: &str, password: &str) -> Option<String> {
    (!user.contains(':')).then(|| format!("{SCHEME}{}", STANDARD.encode(format!("{user}:{password}"))))
}

/// User and password as the header of an operation has them, to be removed from what a provider echoes.
pub(crate) fn sent(operation: &Operation, headers: &HeaderMap) -> Option<Secret> {
    if !operation.credentials.iter().any(|it| it.place == Place::BasicUser) {
        return None;
    }
    let value = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    value.strip_prefix(SCHEME).map(Secret::from)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn user_and_password_are_joined_and_encoded() {
        // The example of RFC 7617.
        assert_eq!(header_value("Aladdin", "open sesame").as_deref(), Some("Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ=="));
        assert_eq!(header_value("key", "").as_deref(), Some("Basic a2V5Og=="));
        assert_eq!(header_value("a:b", "c"), None);
    }
}
