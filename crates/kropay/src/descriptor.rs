//! Kropay for programs that choose a gateway by name.

use std::sync::Arc;

use gerbang_transport::registry::{Descriptor, Notifications};

use crate::gateway::{Gateway, capabilities};
use crate::{ACCEPTANCE, Client, Credentials, PROVIDER, operations, read_notification};

/// The gateways of this crate.
pub const GATEWAYS: &[Descriptor] = &[Descriptor {
    name: PROVIDER,
    section: "kropay",
    title: "Kropay",
    takes: "QRIS",
    discontinued: None,
    variables: &[Credentials::VARIABLES],
    operations: operations::ALL,
    capabilities,
    make: |settings| {
        let credentials = Credentials::from_variables(|variable| settings.read(variable))?;
        Ok(Box::new(Gateway::new(settings.client(Client::builder(credentials))?)))
    },
    notifications: Some(Notifications {
        acceptance: ACCEPTANCE,
        is_strict: true,
        proof: None,
        sample: include_str!("notification.json"),
        reference: "merchant_ref",
        status: "status",
        amounts: &["amount", "total_amount"],
        is_own: |body| read_notification(body).is_ok(),
        reader: |_| Ok(Arc::new(|_, body| read_notification(body))),
    }),
}];
