//! Midtrans for programs that choose a gateway by name.

use std::sync::Arc;

use gerbang_core::{Secret, credentials};
use gerbang_transport::registry::{Descriptor, Notifications, Proven, Settings};

use crate::gateway::{Gateway, capabilities};
use crate::notifications::{TRANSACTION_NOTIFICATION_PROOF, transaction_notification_unverified};
use crate::{ACCEPTANCE, Client, Credentials, PROVIDER, operations, read_notification};

/// The gateways of this crate.
pub const GATEWAYS: &[Descriptor] = &[Descriptor {
    name: PROVIDER,
    section: "midtrans",
    title: "Midtrans",
    takes: "QRIS, GoPay and virtual accounts",
    discontinued: None,
    variables: &[Credentials::VARIABLES],
    operations: operations::ALL,
    capabilities,
    make: |settings| {
        let credentials = Credentials::from_variables(|variable| settings.read(variable))?;
        let key = credentials.server_key().clone();
        Ok(Box::new(Gateway::new(settings.client(Client::builder(credentials))?, key)))
    },
    notifications: Some(Notifications {
        acceptance: ACCEPTANCE,
        is_strict: false,
        proof: Some(Proven {
            proof: TRANSACTION_NOTIFICATION_PROOF,
            variable: KEY_VARIABLE,
            value: |key, body| TRANSACTION_NOTIFICATION_PROOF.value(key, body),
        }),
        sample: include_str!("notification.json"),
        reference: "order_id",
        status: "transaction_status",
        amounts: &["gross_amount"],
        is_own: |body| transaction_notification_unverified(body).is_ok(),
        reader: |settings: &Settings<'_>| {
            let key: Secret = credentials::required(|variable| settings.read(variable), KEY_VARIABLE)?;
            Ok(Arc::new(move |headers, body| read_notification(&key, headers, body)))
        },
    }),
}];

/// The variable with the key that signs notifications, which is the credential of each call too.
const KEY_VARIABLE: &str = "GERBANG_MIDTRANS_SERVER_KEY";
