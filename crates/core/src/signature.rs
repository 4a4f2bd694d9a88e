//! Signatures as specs describe them: what is joined, by which algorithm, and how the result is written.
//!
//! A client signs requests with them ([`crate::operation::SignatureUse`]), and whoever receives notifications checks those
//! ([`crate::NotificationProof`]). The feature `signature` brings the
//! algorithms; without it they can be described, not computed.

#[cfg(feature = "signature")]
mod compute;

#[cfg(feature = "signature")]
pub(crate) use compute::{LARGEST, written};

/// How a signature is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Signature {
    /// The algorithm.
    pub algorithm: Algorithm,
    /// How its result is written.
    pub digits: Digits,
    /// What is signed, one after the other, with nothing between.
    pub joined: &'static [Part],
}

/// What makes a signature of a text and a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Algorithm {
    /// HMAC with SHA-256, RFC 2104.
    HmacSha256,
    /// SHA-512 of what is joined, of which the key is a part.
    Sha512,
}

impl Algorithm {
    /// The name for people.
    pub const fn name(self) -> &'static str {
        match self {
            Self::HmacSha256 => "HMAC-SHA256",
            Self::Sha512 => "SHA-512",
        }
    }

    /// The length of a signature in bytes.
    pub const fn size(self) -> usize {
        match self {
            Self::HmacSha256 => 32,
            Self::Sha512 => 64,
        }
    }
}

/// The hexadecimal digits of a signature.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Digits {
    /// `0` to `9` and `a` to `f`.
    Lower,
    /// `0` to `9` and `A` to `F`.
    Upper,
}

/// A part of what is signed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Part {
    /// The body, byte for byte.
    Body,
    /// The value of a member of the body: a text as it is, a whole number in digits.
    Member(&'static str),
    /// A credential. In what a provider sends it is the key.
    Credential(&'static str),
}

/// A body's members, as they are signed.
#[cfg(feature = "signature")]
pub type Members = serde_json::Map<String, serde_json::Value>;
