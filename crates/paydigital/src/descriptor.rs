//! PayDigital for programs that choose a gateway by name.

use gerbang_transport::registry::Descriptor;

use crate::gateway::{Gateway, capabilities};
use crate::{Client, Credentials, PROVIDER, operations};

/// The gateways of this crate.
pub const GATEWAYS: &[Descriptor] = &[Descriptor {
    name: PROVIDER,
    section: "paydigital",
    title: "PayDigital",
    takes: "QRIS",
    discontinued: None,
    variables: &[Credentials::VARIABLES],
    operations: operations::ALL,
    capabilities,
    make: |settings| {
        let credentials = Credentials::from_variables(|variable| settings.read(variable))?;
        Ok(Box::new(Gateway::new(settings.client(Client::builder(credentials))?)))
    },
    notifications: None,
}];
