//! One call of each operation and of each notification's reader, with plausible arguments.

use gerbang::Error;
use gerbang::operation::Operation;
use serde_json::Value;

use crate::apis::{self, Calls};
use crate::gateways::Effort;

/// Every operation, with the name of its spec.
pub fn operations() -> impl Iterator<Item = (&'static str, &'static Operation)> {
    apis::ALL.into_iter().flat_map(|api| api.operations.iter().map(|operation| (api.spec, *operation)))
}

/// A client of each API, all of them asking the same server.
#[derive(Debug)]
pub struct Clients(Vec<(&'static str, Box<dyn Calls>)>);

/// What a call returned, printed, so that results of all types can be compared.
pub type Printed = Result<String, Error>;

/// What a call returned, printed and as JSON.
#[derive(Debug)]
pub struct Shown {
    /// As `Debug` prints it.
    pub printed: String,
    /// As its type is serialized; null for a picture.
    pub json: Value,
}

impl Clients {
    /// Clients of the server at this address, with this key.
    pub fn new(url: &str, key: &str, effort: Effort) -> Result<Self, Error> {
        let client = |api: &&apis::Api| Ok((api.spec, (api.connect)(url, key, effort)?));
        apis::ALL.iter().map(client).collect::<Result<_, _>>().map(Self)
    }

    /// Calls an operation of a spec; none when there is no such operation.
    pub async fn call(&self, spec: &str, operation: &str) -> Option<Printed> {
        self.show(spec, operation).await.map(printed)
    }

    /// As [`Self::call`], with the JSON of what was returned.
    pub async fn show(&self, spec: &str, operation: &str) -> Option<Result<Shown, Error>> {
        let (_, client) = self.0.iter().find(|(of, _)| *of == spec)?;
        client.show(operation).await
    }
}

/// Reads a notification of a spec; none when there is no such notification.
pub fn read(spec: &str, notification: &str, body: &[u8]) -> Option<Printed> {
    show(spec, notification, body).map(printed)
}

/// As [`read`], with the JSON of what was read.
pub fn show(spec: &str, notification: &str, body: &[u8]) -> Option<Result<Shown, Error>> {
    let api = apis::ALL.into_iter().find(|api| api.spec == spec)?;
    (api.read)(notification, body)
}

fn printed(shown: Result<Shown, Error>) -> Printed {
    shown.map(|shown| shown.printed)
}
