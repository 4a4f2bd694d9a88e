//! Signatures of Standard Webhooks.

use data_encoding::BASE64;
use gerbang::Secret;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

/// How the text of a key begins.
const PREFIX: &str = "whsec_";

/// The keys that sign: one, or two while one takes the place of the other.
#[derive(Clone, Debug)]
pub struct Keys(Vec<Secret>);

impl Keys {
    /// Reads keys that are separated by white space.
    ///
    /// # Errors
    ///
    /// What a key must be. It shows no key.
    pub fn read(text: &Secret) -> Result<Self, &'static str> {
        let keys: Vec<_> = text.expose().split_whitespace().map(Secret::from).collect();
        match !keys.is_empty() && keys.iter().all(|key| bytes(key).is_some()) {
            true => Ok(Self(keys)),
            false => Err("must be whsec_ and 24 to 64 random bytes in Base64; several are separated by blanks"),
        }
    }

    /// The header `webhook-signature` of a message: a signature by each key.
    pub fn sign(&self, id: &str, timestamp: i64, body: &str) -> String {
        let signatures = self.0.iter().filter_map(|key| {
            let mut mac = Hmac::<Sha256>::new_from_slice(&bytes(key)?).ok()?;
            mac.update(format!("{id}.{timestamp}.{body}").as_bytes());
            Some(format!("v1,{}", BASE64.encode(&mac.finalize().into_bytes())))
        });
        signatures.collect::<Vec<_>>().join(" ")
    }
}

fn bytes(key: &Secret) -> Option<Vec<u8>> {
    let bytes = BASE64.decode(key.expose().strip_prefix(PREFIX)?.as_bytes()).ok()?;
    (24..=64).contains(&bytes.len()).then_some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn published_example_is_signed_as_published() {
        let keys = Keys::read(&"whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw".into()).unwrap();
        let body = r#"{"test": 2432232314}"#;
        let signature = keys.sign("msg_p5jXN8AQM9LWM0D4loKWxJek", 1_614_265_330, body);
        assert_eq!(signature, "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
    }

    #[test]
    fn keys_that_are_none_are_refused_and_not_shown() {
        let long = format!("whsec_{}", "QUJD".repeat(22));
        for text in
            ["", " ", "whsec_", "CANARY", "whsec_Q0FOQVJZ", "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw CANARY", &long]
        {
            let wrong = Keys::read(&text.into()).unwrap_err();
            assert!(!wrong.contains("CANARY"), "{text}");
        }
        let two =
            Keys::read(&" whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw  whsec_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA ".into());
        assert_eq!(two.unwrap().sign("a", 1, "b").split(' ').count(), 2);
    }
}
