//! Pakasir's APIs for programs that choose a gateway by name.

use std::sync::Arc;

use gerbang_core::{Secret, credentials};
use gerbang_transport::registry::{Descriptor, Discontinued, Notifications, Proven, Settings};

use crate::{v1, v2};

/// The gateways of this crate: API v2, and v1, which is discontinued. Where one is to be chosen of a provider, it is the first.
pub const GATEWAYS: &[Descriptor] = &[V2, V1];

/// The variable with the project's webhook secret.
const SECRET_VARIABLE: &str = "GERBANG_PAKASIR_WEBHOOK_SECRET";

const V2: Descriptor = Descriptor {
    name: v2::PROVIDER,
    section: "pakasir",
    title: "Pakasir",
    takes: "QRIS and virtual accounts; API v2",
    discontinued: None,
    variables: &[v2::Credentials::VARIABLES],
    operations: v2::operations::ALL,
    capabilities: v2::capabilities,
    make: |settings| {
        let credentials = v2::Credentials::from_variables(|variable| settings.read(variable))?;
        let secret = credentials.webhook_secret().cloned();
        Ok(Box::new(v2::Gateway::new(settings.client(v2::Client::builder(credentials))?, secret)))
    },
    notifications: Some(Notifications {
        acceptance: v2::ACCEPTANCE,
        is_strict: false,
        proof: Some(Proven {
            proof: v2::notifications::TRANSACTION_NOTIFICATION_PROOF,
            variable: SECRET_VARIABLE,
            value: |secret, body| v2::notifications::TRANSACTION_NOTIFICATION_PROOF.value(secret, body),
        }),
        sample: include_str!("v2/notification.json"),
        reference: "order_id",
        status: "status",
        amounts: &["amount"],
        is_own: |body| v2::notifications::transaction_notification_unverified(body).is_ok(),
        reader: |settings: &Settings<'_>| {
            let secret: Secret = credentials::required(|variable| settings.read(variable), SECRET_VARIABLE)?;
            Ok(Arc::new(move |headers, body| v2::read_notification(&secret, headers, body)))
        },
    }),
};

const V1: Descriptor = Descriptor {
    name: v1::PROVIDER,
    section: "pakasir",
    title: "Pakasir",
    takes: "QRIS and virtual accounts; API v1, which is discontinued",
    discontinued: Some(Discontinued { on: "2026-10-20", instead: v2::PROVIDER }),
    variables: &[v1::Credentials::VARIABLES],
    operations: v1::operations::ALL,
    capabilities: v1::capabilities,
    make: |settings| {
        let credentials = v1::Credentials::from_variables(|variable| settings.read(variable))?;
        Ok(Box::new(v1::Gateway::new(settings.client(v1::Client::builder(credentials))?)))
    },
    notifications: Some(Notifications {
        acceptance: v1::ACCEPTANCE,
        is_strict: false,
        proof: None,
        sample: include_str!("v1/notification.json"),
        reference: "order_id",
        status: "status",
        amounts: &["amount"],
        is_own: |body| v1::read_notification(body).is_ok(),
        reader: |_| Ok(Arc::new(|_, body| v1::read_notification(body))),
    }),
};
