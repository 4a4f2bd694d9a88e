//! K-Link's gateways for programs that choose one by name.

use std::sync::Arc;

use gerbang_core::{Delivery, Error, Kind, Secret, Variable, credentials};
use gerbang_transport::registry::{Descriptor, Notifications, Proven, Reader, Settings};

use crate::gateway::{GopayGateway, VaGateway, capabilities, va_capabilities};
use crate::notifications::{gopay_notification_unverified, settlement_notification_unverified};
use crate::webhook::{KEY_VARIABLE, PROOF};
use crate::{ACCEPTANCE, Client, Credentials, GOPAY_PROVIDER, PROVIDER, WebhookKeys, operations, read_notification};

/// The gateways of this crate: virtual accounts, cards and transfers, and GoPay.
pub const GATEWAYS: &[Descriptor] = &[
    Descriptor {
        name: PROVIDER,
        section: "klink",
        title: "K-Link",
        takes: "Virtual accounts, cards and transfers",
        discontinued: None,
        variables: &[Credentials::VARIABLES, CODES],
        operations: operations::ALL,
        capabilities: va_capabilities,
        make: |settings| {
            let client = client(settings)?;
            let (bank, product) = (code(settings, BANK_CODE)?, code(settings, PRODUCT_CODE)?);
            Ok(Box::new(VaGateway::new(client, bank, product, keys(settings)?)))
        },
        notifications: Some(Notifications {
            sample: include_str!("settlement.json"),
            amounts: &["tot_bayar"],
            is_own: |body| settlement_notification_unverified(body).is_ok_and(|read| read.rq_uuid.is_some()),
            ..NOTIFICATIONS
        }),
    },
    Descriptor {
        name: GOPAY_PROVIDER,
        section: "klink",
        title: "K-Link",
        takes: "GoPay by K-Link",
        discontinued: None,
        variables: &[Credentials::VARIABLES],
        operations: operations::ALL,
        capabilities,
        make: |settings| Ok(Box::new(GopayGateway::new(client(settings)?, keys(settings)?))),
        notifications: Some(NOTIFICATIONS),
    },
];

/// Those of both gateways come to one address. The sample is GoPay's.
const NOTIFICATIONS: Notifications = Notifications {
    acceptance: ACCEPTANCE,
    is_strict: false,
    proof: Some(Proven { proof: PROOF, variable: KEY_VARIABLE, value: |key, body| PROOF.value(key, body) }),
    sample: include_str!("gopay_notification.json"),
    reference: "order_id",
    status: "status",
    amounts: &[],
    is_own: |body| gopay_notification_unverified(body).is_ok_and(|read| read.id_trans.is_some()),
    reader,
};

const BANK_CODE: &str = "GERBANG_KLINK_BANK_CODE";
const PRODUCT_CODE: &str = "GERBANG_KLINK_PRODUCT_CODE";

/// The bank's product that the gateway for virtual accounts, cards and transfers is of, which requires both. Not so the client,
/// whose `list_banks` lists them.
const CODES: &[Variable] = &[
    Variable { name: BANK_CODE, required: false, secret: false },
    Variable { name: PRODUCT_CODE, required: false, secret: false },
];

fn client(settings: &Settings<'_>) -> Result<Client, Error> {
    settings.client(Client::builder(Credentials::from_variables(|variable| settings.read(variable))?))
}

fn code(settings: &Settings<'_>, variable: &str) -> Result<String, Error> {
    let code = credentials::optional(|variable| settings.read(variable), variable)?;
    code.ok_or_else(|| {
        let what = format!("{variable} is not set; the operation `list_banks` lists the codes");
        Error::new(Kind::Configuration, Delivery::NotSent, what)
    })
}

fn keys(settings: &Settings<'_>) -> Result<WebhookKeys, Error> {
    WebhookKeys::new(credentials::required::<Secret>(|variable| settings.read(variable), KEY_VARIABLE)?)
}

fn reader(settings: &Settings<'_>) -> Result<Reader, Error> {
    let keys = keys(settings)?;
    Ok(Arc::new(move |headers, body| read_notification(&keys, headers, body)))
}
