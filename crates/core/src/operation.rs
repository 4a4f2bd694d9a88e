//! What a spec says about each operation, for the code that sends requests and reads replies.

use crate::Kind;
use crate::signature::Signature;

/// One operation of a provider's API.
///
/// Each client crate has a table of them in its `operations` module, generated from the provider's spec.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Operation {
    /// The provider, as in `kropay`.
    pub provider: &'static str,
    /// The operation's name, which is also the client's method: `create_payment`.
    pub id: &'static str,
    /// The HTTP method in capitals.
    pub method: &'static str,
    /// The path below the base URL, with parameters in braces.
    pub path: &'static str,
    /// Other spellings of the path in the provider's document.
    pub alternative_paths: &'static [&'static str],
    /// Query parameters that make the operation what it is.
    pub query: &'static [(&'static str, &'static str)],
    /// Media type of a successful reply.
    pub accept: &'static str,
    /// Media type of a JSON body: `application/json`, or one of those built on it, such as `application/merge-patch+json`. A
    /// form has its own.
    pub content_type: &'static str,
    /// Whether the operation may be sent again.
    pub idempotency: Idempotency,
    /// The header with a key of the caller's by which the provider recognises a call that is sent again: a call with it is
    /// [`Idempotency::Idempotent`], whatever is said above.
    pub idempotency_key: Option<&'static str>,
    /// How to find out what became of a call whose reply was lost, where it must not be sent again: what the caller must do,
    /// as a sentence without capital and full stop.
    pub lost_reply: Option<&'static str>,
    /// Where credentials go.
    pub credentials: &'static [CredentialUse],
    /// Where signatures go.
    pub signatures: &'static [SignatureUse],
    /// How a reply says whether the call succeeded.
    pub envelope: Envelope,
    /// Whether the payload is a list rather than an object.
    pub list: bool,
    /// Whether the reply hands out a credential, so that no error may show any of it.
    pub secret_reply: bool,
    /// Members of the reply that hold JSON inside a string.
    pub json_strings: &'static [&'static str],
    /// Where the provider documents it.
    pub source: Source,
}

impl Operation {
    /// The values that an operation has unless its spec says otherwise.
    pub const BASE: Self = Self {
        provider: "",
        id: "",
        method: "GET",
        path: "/",
        alternative_paths: &[],
        query: &[],
        accept: "application/json",
        content_type: "application/json",
        idempotency: Idempotency::None,
        idempotency_key: None,
        lost_reply: None,
        credentials: &[],
        signatures: &[],
        envelope: Envelope::BASE,
        list: false,
        secret_reply: false,
        json_strings: &[],
        source: Source { document: "", section: "", read: "" },
    };
}

/// Whether an operation may be sent again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Idempotency {
    /// Changes nothing.
    Safe,
    /// Sending it again has the effect of sending it once, and the same answer.
    Idempotent,
    /// Never to be sent again once it may have arrived.
    None,
}

/// A credential and where it goes in a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CredentialUse {
    /// The credential's name: `api_key`.
    pub credential: &'static str,
    /// Its place.
    pub place: Place,
}

/// A place in a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// The header `Authorization`, after the word `Bearer`.
    Bearer,
    /// The user of HTTP Basic, in the header `Authorization`.
    BasicUser,
    /// The password of HTTP Basic; empty where no credential goes here.
    BasicPassword,
    /// A header of this name, with the value as it is.
    Header(&'static str),
    /// A query parameter.
    Query(&'static str),
    /// A parameter of the path.
    Path(&'static str),
    /// A member of the JSON or form body.
    Body(&'static str),
}

/// A signature and where it goes in a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SignatureUse {
    /// The credential that is the key: `private_key`.
    pub key: &'static str,
    /// Its place.
    pub place: Place,
    /// How it is made.
    pub signature: Signature,
}

/// How a reply says whether the call succeeded, and where its parts stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Envelope {
    /// Members that may hold the flag; all that are there must say success. Empty: there is no flag.
    pub flag: &'static [&'static str],
    /// Values of the flag that mean success.
    pub success: &'static [FlagValue],
    /// Values of the flag that mean failure. A value of neither list means that the reply cannot be understood.
    pub failure: &'static [FlagValue],
    /// Whether a reply without the flag is a success.
    pub flag_optional: bool,
    /// Whether the flag is a member of the payload too, where that is the whole reply.
    pub flag_stays: bool,
    /// Members whose presence is a failure, with anything but null, false or an empty text.
    pub error: &'static [&'static str],
    /// Whether a status from 400 to 499 in the documented form proves that nothing was done.
    pub status_is_conclusive: bool,
    /// Whether an empty body is a success.
    pub empty: bool,
    /// Members that may hold the provider's text for people.
    pub message: &'static [&'static str],
    /// Members that may hold a failure code.
    pub code: &'static [&'static str],
    /// The member that is the payload; the whole reply when absent, without the flag unless that stays.
    pub data: Option<&'static str>,
    /// Members that may stand inside `lift_from` as well as beside it.
    pub lift: &'static [&'static str],
    /// The member that `lift` looks into.
    pub lift_from: Option<&'static str>,
    /// What a failure means, by its text or code; the first that fits counts.
    pub failures: &'static [Failure],
}

impl Envelope {
    /// No flag: the payload is the whole reply.
    pub const BASE: Self = Self {
        flag: &[],
        success: &[],
        failure: &[],
        flag_optional: false,
        flag_stays: false,
        error: &[],
        status_is_conclusive: true,
        empty: false,
        message: &[],
        code: &[],
        data: None,
        lift: &[],
        lift_from: None,
        failures: &[],
    };
}

/// A value of an envelope's flag.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FlagValue {
    /// A JSON boolean.
    Bool(bool),
    /// A word, compared without regard to ASCII case.
    Word(&'static str),
}

/// What a failure means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Failure {
    /// How to recognise it.
    pub sign: Sign,
    /// What it means.
    pub kind: Kind,
    /// Whether it is reported before anything is done, so that nothing was done.
    pub conclusive: bool,
}

/// How to recognise a failure.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sign {
    /// The provider's text contains this, compared without regard to ASCII case.
    MessageContains(&'static str),
    /// The failure code is this.
    Code(&'static str),
}

/// Where a provider documents an operation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Source {
    /// The document.
    pub document: &'static str,
    /// Its heading.
    pub section: &'static str,
    /// The day on which it was read, `yyyy-mm-dd`.
    pub read: &'static str,
}
