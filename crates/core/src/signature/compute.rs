//! The algorithms.

use std::borrow::Cow;
use std::fmt::Write as _;

use hmac::{Hmac, KeyInit, Mac};
use serde_json::Value;
use sha2::{Digest, Sha256, Sha512};

use super::{Algorithm, Digits, Signature};
use crate::Secret;

impl Signature {
    /// The signature by a key of parts that were looked up already, as it is written.
    pub fn of<'a>(&self, key: &Secret, parts: impl IntoIterator<Item = &'a [u8]>) -> String {
        self.digits.write(&self.algorithm.bytes(key, parts))
    }

    /// The bytes of a signature as it came, or what is wrong with it.
    pub(crate) fn read(&self, given: &[u8]) -> Result<Vec<u8>, String> {
        let digits = 2 * self.algorithm.size();
        if given.len() != digits {
            return Err(format!("has {} characters, not {digits}", given.len()));
        }
        if !given.iter().all(u8::is_ascii_hexdigit) {
            return Err("is not hexadecimal".to_owned());
        }
        match self.digits {
            Digits::Upper if given.iter().any(u8::is_ascii_lowercase) => {
                return Err("is written in lower case; the provider writes it in upper case".to_owned());
            }
            Digits::Lower if given.iter().any(u8::is_ascii_uppercase) => {
                return Err("is written in upper case; the provider writes it in lower case".to_owned());
            }
            _ => {}
        }
        let value = |digit: u8| char::from(digit).to_digit(16).and_then(|value| u8::try_from(value).ok()).unwrap_or(0);
        Ok(given.chunks_exact(2).map(|pair| value(pair[0]) * 16 + value(pair[1])).collect())
    }
}

/// A value as it is signed: a text as it is, a whole number in digits; none for anything else.
pub(crate) fn written(value: &Value) -> Option<Cow<'_, [u8]>> {
    match value {
        Value::String(text) => Some(text.as_bytes().into()),
        Value::Number(number) => Some(number.as_u64()?.to_string().into_bytes().into()),
        _ => None,
    }
}

impl Algorithm {
    /// The signature by a key of what is joined.
    pub fn bytes<'a>(self, key: &Secret, parts: impl IntoIterator<Item = &'a [u8]>) -> Vec<u8> {
        match self {
            Self::HmacSha256 => {
                let key = key.expose().as_bytes();
                let mac = Hmac::<Sha256>::new_from_slice(key).expect("HMAC takes a key of any length");
                let mac = parts.into_iter().fold(mac, |mac, part| mac.chain_update(part));
                mac.finalize().into_bytes().to_vec()
            }
            Self::Sha512 => {
                let hash = parts.into_iter().fold(Sha512::new(), |hash, part| hash.chain_update(part));
                hash.finalize().to_vec()
            }
        }
    }
}

impl Digits {
    /// Bytes in these digits.
    pub fn write(self, bytes: &[u8]) -> String {
        bytes.iter().fold(String::with_capacity(2 * bytes.len()), |mut text, byte| {
            let written = match self {
                Self::Lower => write!(text, "{byte:02x}"),
                Self::Upper => write!(text, "{byte:02X}"),
            };
            written.expect("a text takes any text");
            text
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn signed(algorithm: Algorithm, digits: Digits, key: &str, parts: &[&str]) -> String {
        let signature = Signature { algorithm, digits, joined: &[] };
        signature.of(&Secret::from(key), parts.iter().map(|part| part.as_bytes()))
    }

    #[test]
    fn algorithms_are_those_of_their_standards() {
        // RFC 4231, test case 2.
        let hmac = signed(Algorithm::HmacSha256, Digits::Lower, "Jefe", &["what do ya want ", "for nothing?"]);
        assert_eq!(hmac, "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
        // FIPS 180-4, the example of one block.
        let hash = signed(Algorithm::Sha512, Digits::Upper, "not a part", &["a", "b", "c"]);
        assert_eq!(
            hash,
            "DDAF35A193617ABACC417349AE20413112E6FA4E89A97EA20A9EEEE64B55D39A\
             2192992A274FC1A836BA3C23A3FEEBBD454D4423643CE80E2A9AC94FA54CA49F"
        );
        for (algorithm, text) in [(Algorithm::HmacSha256, hmac), (Algorithm::Sha512, hash)] {
            assert_eq!(text.len(), 2 * algorithm.size(), "{}", algorithm.name());
        }
    }
}
