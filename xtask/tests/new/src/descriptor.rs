//! Lumbung for programs that choose a gateway by name.

use std::sync::Arc;

use gerbang_core::{Secret, credentials};
use gerbang_transport::registry::{Descriptor, Notifications, Proven, Settings};

use crate::gateway::{Gateway, capabilities};
use crate::notifications::{PAYMENT_NOTIFICATION_PROOF, payment_notification_unverified};
use crate::{ACCEPTANCE, Client, Credentials, PROVIDER, operations, read_notification};

/// The variable with the webhook secret.
const SECRET_VARIABLE: &str = "GERBANG_LUMBUNG_WEBHOOK_SECRET";

/// The gateways of this crate.
pub const GATEWAYS: &[Descriptor] = &[Descriptor {
    name: PROVIDER,
    section: "lumbung",
    title: "Lumbung",
    takes: "QRIS",
    discontinued: None,
    variables: &[Credentials::VARIABLES],
    operations: operations::ALL,
    capabilities,
    make: |settings| {
        let credentials = Credentials::from_variables(|variable| settings.read(variable))?;
        let secret = credentials.webhook_secret().cloned();
        Ok(Box::new(Gateway::new(settings.client(Client::builder(credentials))?, secret)))
    },
    notifications: Some(Notifications {
        acceptance: ACCEPTANCE,
        is_strict: false,
        proof: Some(Proven {
            proof: PAYMENT_NOTIFICATION_PROOF,
            variable: SECRET_VARIABLE,
            value: |secret, body| PAYMENT_NOTIFICATION_PROOF.value(secret, body),
        }),
        sample: include_str!("notification.json"),
        reference: "reference",
        status: "status",
        amounts: &["amount", "total"],
        is_own: |body| payment_notification_unverified(body).is_ok(),
        reader: |settings: &Settings<'_>| {
            let secret: Secret = credentials::required(|variable| settings.read(variable), SECRET_VARIABLE)?;
            Ok(Arc::new(move |headers, body| read_notification(&secret, headers, body)))
        },
    }),
}];
