//! What the tests know of each API, one file each: its calls, its types, what its document says, and how it writes. The
//! literals there are witnesses: nothing in them is computed by the code under test.

use std::collections::BTreeMap;
use std::fmt::Debug;
use std::pin::Pin;

use gerbang::Error;
use gerbang::operation::Operation;
use serde::Serialize;
use serde_json::Value;

use crate::calls::Shown;
use crate::gateways::Effort;

pub use document::{CancelCall, Facts, Gateway, Member, ProofPlace, SameReference, Wire};

macro_rules! schemas_of {
    ($($module:ident)::+: $($name:ident)*) => {{
        use $($module)::+::*;
        crate::apis::Schemas::from([$((stringify!($name).to_owned(), schemars::schema_for!($name).to_value())),*])
    }};
}

mod document;
mod kazukipay;
mod klink;
mod kropay;
mod midtrans;
mod pakasir_v1;
mod pakasir_v2;
mod paydigital;
#[cfg(test)]
mod support;
mod tripay;

/// Every API, by the name of its spec.
pub const ALL: [&Api; 8] = [
    &kazukipay::API,
    &klink::API,
    &kropay::API,
    &midtrans::API,
    &pakasir_v1::API,
    &pakasir_v2::API,
    &paydigital::API,
    &tripay::API,
];

/// What the tests know of an API.
#[derive(Debug)]
pub struct Api {
    /// The name of its spec.
    pub spec: &'static str,
    /// The generated table of its operations.
    pub operations: &'static [&'static Operation],
    /// The operations of its document, written down by hand: method and path.
    pub documented: &'static [&'static str],
    /// The readers of the notifications of its document.
    pub documented_notifications: &'static [&'static str],
    /// A client that asks the server at an address with a key.
    pub connect: Connect,
    /// Reads the body of a notification of this name; none when there is no such notification.
    pub read: Read,
    /// The schemas of its types.
    pub schemas: fn() -> Schemas,
    /// Credentials with a key in every secret place, as `Debug` prints them.
    pub credentials: fn(&str) -> String,
    /// What the environment variables make.
    pub from_env: fn() -> FromEnv,
    /// All its environment variables, the first one needed. Secrets have `CANARY` in them.
    pub variables: &'static [(&'static str, &'static str)],
    /// Texts that are printed of what these variables make.
    pub printed: &'static [&'static str],
    /// The JSON of a refusal, where `{text}` is its reason.
    pub refusal: &'static str,
    /// Its gateways.
    pub gateways: &'static [Gateway],
}

/// Makes a client that asks the server at an address with a key.
pub type Connect = fn(&str, &str, Effort) -> Result<Box<dyn Calls>, Error>;

/// Reads the body of a notification of a name.
pub type Read = fn(&str, &[u8]) -> Option<Result<Shown, Error>>;

/// The schemas of types, by name.
pub type Schemas = BTreeMap<String, Value>;

/// The result of a call; none when there is no such operation.
pub type Answer<'a> = Pin<Box<dyn Future<Output = Option<Result<Shown, Error>>> + Send + 'a>>;

/// A client that can call each operation once, with plausible arguments.
pub trait Calls: Debug + Send + Sync {
    /// Calls the operation of this name.
    fn show<'a>(&'a self, operation: &'a str) -> Answer<'a>;
}

/// What environment variables make, as `Debug` prints it.
#[derive(Debug)]
pub struct FromEnv {
    /// The credentials.
    pub credentials: Result<String, Error>,
    /// The client.
    pub client: Result<String, Error>,
}

impl FromEnv {
    fn of(credentials: Result<impl Debug, Error>, client: Result<impl Debug, Error>) -> Self {
        let client = client.map(|client| format!("{client:?}"));
        Self { credentials: credentials.map(|credentials| format!("{credentials:?}")), client }
    }
}

/// The gateway of this name, if it is known.
pub fn gateway(name: &str) -> Option<&'static Gateway> {
    ALL.iter().flat_map(|api| api.gateways).find(|gateway| gateway.name == name)
}

fn boxed(client: Result<impl Calls + 'static, Error>) -> Result<Box<dyn Calls>, Error> {
    Ok(Box::new(client?))
}

/// What a call returned.
fn print<T: Debug + Serialize>(result: Result<T, Error>) -> Result<Shown, Error> {
    let json = |value: &T| serde_json::to_value(value).expect("what is read can be serialized");
    result.map(|value| Shown { printed: format!("{value:?}"), json: json(&value) })
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::ffi::OsStr;

    use gerbang_sandbox::Provider;

    use super::*;

    /// The names in a list, each of which may be there once.
    fn once<'a>(names: impl IntoIterator<Item = &'a str>) -> BTreeSet<&'a str> {
        let mut all = BTreeSet::new();
        for name in names {
            assert!(all.insert(name), "{name} is there twice");
        }
        all
    }

    #[test]
    fn every_gateway_of_the_registry_has_its_facts() {
        let known = once(ALL.iter().flat_map(|api| api.gateways).map(|gateway| gateway.name));
        assert_eq!(known, once(gerbang::gateways().map(|gateway| gateway.name)));
    }

    #[test]
    fn every_provider_of_a_spec_has_a_gateway() {
        let specs = gerbang_spec::specs::find(&gerbang_spec::specs::workspace().join("specs"), &[]).unwrap();
        let sections: BTreeSet<_> = gerbang::gateways().map(|gateway| gateway.section).collect();
        for spec in specs {
            assert!(sections.contains(spec.provider()), "{} has no gateway in its GATEWAYS", spec.provider());
        }
    }

    #[test]
    fn every_spec_has_its_api() {
        let specs = gerbang_spec::specs::find(&gerbang_spec::specs::workspace().join("specs"), &[]).unwrap();
        let names = specs.iter().map(|spec| spec.path.file_stem().and_then(OsStr::to_str).unwrap());
        assert_eq!(once(ALL.iter().map(|api| api.spec)), once(names));
    }

    #[test]
    fn the_sandbox_has_every_provider_of_the_registry() {
        let sections: BTreeSet<_> = gerbang::gateways().map(|gateway| gateway.section).collect();
        assert_eq!(once(Provider::ALL.map(Provider::name)), sections);
    }

    #[test]
    fn every_setting_that_is_needed_or_secret_has_its_value() {
        for gateway in gerbang::gateways() {
            let knows = |api: &&&Api| api.gateways.iter().any(|known| known.name == gateway.name);
            let variables = ALL.iter().find(knows).expect("an API").variables;
            for setting in gateway.variables.concat().iter().filter(|setting| setting.required || setting.secret) {
                let found = variables.iter().find(|(name, _)| *name == setting.name);
                let (name, value) = found.unwrap_or_else(|| panic!("{} is missing", setting.name));
                assert!(!setting.secret || value.contains("CANARY"), "{name}");
            }
        }
    }
}
