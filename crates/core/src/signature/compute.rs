//! The algorithms.

use std::borrow::Cow;

use base16ct::{lower, upper};
use hmac::{Hmac, KeyInit, Mac};
use serde_json::Value;
use sha2::{Digest, Sha256, Sha512};
use subtle::ConstantTimeEq;

use super::{Algorithm, Digits, Signature};
use crate::Secret;

impl Signature {
    /// The signature by a key of parts that were looked up already, as it is written.
    pub fn of<'a>(&self, key: &Secret, parts: impl IntoIterator<Item = &'a [u8]>) -> String {
        self.digits.write(&self.algorithm.bytes(key, parts))
    }

    /// The bytes of a signature as it came, or what is wrong with it.
    pub(crate) fn read<'a>(&self, given: &[u8], bytes: &'a mut [u8; LARGEST]) -> Result<&'a [u8], String> {
        let digits = 2 * self.algorithm.size();
        if given.len() != digits {
            return Err(format!("has {} characters, not {digits}", given.len()));
        }
        let read = match self.digits {
            Digits::Lower => lower::decode(given, bytes),
            Digits::Upper => upper::decode(given, bytes),
        };
        read.map_err(|_| {
            let why = match self.digits {
                _ if !given.iter().all(u8::is_ascii_hexdigit) => "is not hexadecimal",
                Digits::Lower => "is written in upper case; the provider writes it in lower case",
                Digits::Upper => "is written in lower case; the provider writes it in upper case",
            };
            why.to_owned()
        })
    }
}

/// The length of the longest signature in bytes.
pub(crate) const LARGEST: usize = Algorithm::Sha512.size();

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
            Self::HmacSha256 => hmac(key, parts).finalize().into_bytes().to_vec(),
            Self::Sha512 => sha512(parts).finalize().to_vec(),
        }
    }

    /// Whether these bytes are the signature by a key of what is joined; compared in constant time.
    pub(crate) fn is_right<'a>(self, bytes: &[u8], key: &Secret, parts: impl IntoIterator<Item = &'a [u8]>) -> bool {
        match self {
            Self::HmacSha256 => hmac(key, parts).verify_slice(bytes).is_ok(),
            Self::Sha512 => sha512(parts).finalize().ct_eq(bytes).into(),
        }
    }
}

fn hmac<'a>(key: &Secret, parts: impl IntoIterator<Item = &'a [u8]>) -> Hmac<Sha256> {
    let mac = Hmac::new_from_slice(key.expose().as_bytes()).expect("HMAC takes a key of any length");
    parts.into_iter().fold(mac, Mac::chain_update)
}

fn sha512<'a>(parts: impl IntoIterator<Item = &'a [u8]>) -> Sha512 {
    parts.into_iter().fold(Sha512::new(), Digest::chain_update)
}

impl Digits {
    /// Bytes in these digits.
    pub fn write(self, bytes: &[u8]) -> String {
        match self {
            Self::Lower => lower::encode_string(bytes),
            Self::Upper => upper::encode_string(bytes),
        }
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
