//! What is known of each gateway before any call: its name, its operations, the members of its replies.

pub(crate) mod kazukipay;
pub(crate) mod klink;
pub(crate) mod kropay;
pub(crate) mod midtrans;
pub(crate) mod pakasir;
pub(crate) mod paydigital;
pub(crate) mod tripay;

/// The key that every gateway shares with its merchants, where none is set. It is no secret.
pub const DEFAULT_KEY: &str = "sandbox-webhook-key";

/// What is known of a provider without its API.
pub(crate) struct Facts {
    /// The name in paths and in the sandbox's own API.
    pub(crate) name: &'static str,
    /// The name as the provider writes it.
    pub(crate) title: &'static str,
    /// Its operations, as its OpenAPI spec names them.
    pub(crate) operations: &'static [Operation],
    /// The paths of its pictures of QR codes.
    pub(crate) pictures: &'static [&'static str],
    /// Whether it sends notifications.
    pub(crate) notifies: bool,
    /// Whether it has an account statement, in which money is seen before any payment is confirmed.
    pub(crate) has_statement: bool,
    /// The settings of a client that cannot have any value, and one that they can have.
    pub(crate) settings: &'static [(&'static str, &'static str)],
    /// What its notifications sign.
    pub(crate) signed: Signed,
    /// The members of replies and notifications that only inform: nothing is decided by them, and no client should need them.
    pub(crate) informational: &'static [(&'static str, Kind)],
    /// Members that a client may need: what is due or was paid, and what a failure says.
    pub(crate) needed: &'static [(&'static str, Kind)],
}

/// The `operationId`, the method and the path. `{…}` matches any text without a slash; a query in the path is one
/// parameter that the call must have.
pub(crate) type Operation = (&'static str, &'static str, &'static str);

/// What the signature of a notification is over.
#[derive(Clone, Copy)]
pub(crate) enum Signed {
    Nothing,
    /// The body as it is sent.
    Body,
    /// The texts of these members of the body, in this order, and the key after them.
    Members(&'static [&'static str]),
}

/// What a member holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Amount,
    Time,
    Flag,
    Text,
    /// Something else, which only `missing` and `value` rewrite.
    Other,
}
