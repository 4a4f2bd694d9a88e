//! Tripay for programs that choose a gateway by name.

use std::sync::Arc;

use gerbang_core::{Secret, Variable, credentials};
use gerbang_transport::registry::{Descriptor, Notifications, Proven, Settings};

use crate::gateway::{Gateway, QRIS_CHANNEL, capabilities, qris_channel};
use crate::notifications::{TRANSACTION_CALLBACK_PROOF, transaction_callback_unverified};
use crate::{ACCEPTANCE, Client, Credentials, PROVIDER, operations, read_notification};

/// The gateways of this crate.
pub const GATEWAYS: &[Descriptor] = &[Descriptor {
    name: PROVIDER,
    section: "tripay",
    title: "Tripay",
    takes: "QRIS and virtual accounts",
    discontinued: None,
    variables: &[Credentials::VARIABLES, CHANNEL],
    operations: operations::ALL,
    capabilities,
    make: |settings| {
        let credentials = Credentials::from_variables(|variable| settings.read(variable))?;
        let key = credentials.private_key().clone();
        let channel = qris_channel(|variable| settings.read(variable))?;
        Ok(Box::new(Gateway::new(settings.client(Client::builder(credentials))?, key).qris_channel(channel)))
    },
    notifications: Some(Notifications {
        acceptance: ACCEPTANCE,
        is_strict: true,
        proof: Some(Proven {
            proof: TRANSACTION_CALLBACK_PROOF,
            variable: KEY_VARIABLE,
            value: |key, body| TRANSACTION_CALLBACK_PROOF.value(key, body),
        }),
        sample: include_str!("notification.json"),
        reference: "merchant_ref",
        status: "status",
        amounts: &["total_amount"],
        is_own: |body| transaction_callback_unverified(body).is_ok(),
        reader: |settings: &Settings<'_>| {
            let key: Secret = credentials::required(|variable| settings.read(variable), KEY_VARIABLE)?;
            Ok(Arc::new(move |headers, body| read_notification(&key, headers, body)))
        },
    }),
}];

/// The variable with the key that signs payments and callbacks.
const KEY_VARIABLE: &str = "GERBANG_TRIPAY_PRIVATE_KEY";

/// The channel of QRIS payments.
const CHANNEL: &[Variable] = &[Variable { name: QRIS_CHANNEL, required: false, secret: false }];
