//! K-Link's two ways to take a payment, as payment gateways.

mod gopay;
mod va;

use gerbang_core::gateway::{invalid, unsupported};
use gerbang_core::{Capabilities, Delivery, Error, Kind, NewPayment, Rupiah, Trust};
use jiff::Timestamp;

pub use gopay::GopayGateway;
pub use va::VaGateway;

use crate::types;

/// The request that both services take.
fn request(provider: &str, new: &NewPayment, bank_code: &str, product_code: &str) -> Result<types::NewPayment, Error> {
    if new.expires_in.is_some() {
        return Err(unsupported(provider, "take a time after which a payment expires"));
    }
    if new.return_url.is_some() {
        return Err(unsupported(provider, "take an address to which the customer returns"));
    }
    for (code, name) in [(bank_code, "bank"), (product_code, "product")] {
        if code.trim().is_empty() {
            let what = format!("{provider}: the {name} code is empty");
            return Err(Error::new(Kind::Configuration, Delivery::NotSent, what));
        }
    }
    if new.reference.trim().is_empty() {
        return Err(invalid(provider, "the reference is empty"));
    }
    if new.amount < LEAST {
        return Err(invalid(provider, "the amount is 0"));
    }
    let now = Timestamp::now();
    Ok(types::NewPayment {
        bank_code: bank_code.to_owned(),
        comm_code: None,
        email: required(provider, new.customer_email.as_deref(), "e-mail address (customer_email)")?,
        fullname: required(provider, new.customer_name.as_deref(), "name (customer_name)")?,
        no_hp: required(provider, new.customer_phone.as_deref(), "telephone number (customer_phone)")?,
        nominal: new.amount,
        order_id: new.reference.clone(),
        pay_ship: Rupiah::ZERO,
        product_code: product_code.to_owned(),
        rq_datetime: now.into(),
        // References are unique, and a reference that is sent again is sent at another time.
        rq_uuid: format!("{}-{}", new.reference, now.as_nanosecond()),
    })
}

/// The least price. K-Link states none.
const LEAST: Rupiah = Rupiah::new(1);

fn required(provider: &str, value: Option<&str>, name: &str) -> Result<String, Error> {
    match value {
        Some(value) if !value.trim().is_empty() => Ok(value.to_owned()),
        _ => Err(invalid(provider, format_args!("the customer's {name} is missing, which K-Link requires"))),
    }
}

fn capabilities(notifications: Trust) -> Capabilities {
    let mut capabilities = Capabilities::new(LEAST);
    capabilities.notifications = notifications;
    capabilities
}
