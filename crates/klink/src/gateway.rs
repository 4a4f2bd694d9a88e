//! K-Link's two ways to take a payment, as payment gateways.

mod gopay;
mod va;

use gerbang_core::check::{self, invalid};
use gerbang_core::{Capabilities, Delivery, Error, Kind, NewPayment, Rupiah, Surcharge, Trust};

pub use gopay::GopayGateway;
pub use va::VaGateway;
pub(crate) use va::va_capabilities;

use crate::types;

/// The request that both services take.
fn request(
    provider: &str,
    new: &NewPayment,
    bank_code: &str,
    product_code: &str,
) -> Result<types::CreatePayment, Error> {
    check::request(provider, &capabilities(), new)?;
    for (code, name) in [(bank_code, "bank"), (product_code, "product")] {
        if code.trim().is_empty() {
            let what = format!("{provider}: the {name} code is empty");
            return Err(Error::new(Kind::Configuration, Delivery::NotSent, what));
        }
    }
    if let Some(id) = &new.request_id {
        // It comes back in the settlement, and names the payment there.
        check::reference(provider, id).map_err(|_| {
            invalid(provider, "the request id is one that may be changed on the way; see `check::reference`")
        })?;
    }
    Ok(types::CreatePayment::new(types::CreatePaymentRequired {
        bank_code: bank_code.to_owned(),
        email: required(provider, new.customer_email.as_deref(), "e-mail address (customer_email)")?,
        fullname: required(provider, new.customer_name.as_deref(), "name (customer_name)")?,
        no_hp: required(provider, new.customer_phone.as_deref(), "telephone number (customer_phone)")?,
        nominal: new.amount,
        order_id: new.reference.clone(),
        pay_ship: Rupiah::ZERO,
        product_code: product_code.to_owned(),
        rq_datetime: new.sent_time().into(),
        rq_uuid: new.sent_request_id(),
    }))
}

/// What is added to the price: a code of 1 to 2 000 rupiah, and the bank's charges, which the document does not limit.
const SURCHARGE: Surcharge = Surcharge { per_mille: 30, fixed: Rupiah::new(12_000) };

/// The least price. K-Link states none.
const LEAST: Rupiah = Rupiah::new(1);

fn required(provider: &str, value: Option<&str>, name: &str) -> Result<String, Error> {
    match value {
        Some(value) if !value.trim().is_empty() => Ok(value.to_owned()),
        _ => Err(invalid(provider, format_args!("the customer's {name} is missing, which K-Link requires"))),
    }
}

/// What both gateways can do, which needs no account to be known.
pub(crate) fn capabilities() -> Capabilities {
    let mut capabilities = Capabilities::new(LEAST);
    capabilities.notifications = Trust::Signed;
    capabilities.surcharge = Some(SURCHARGE);
    capabilities
}
