//! The gateways that play.

use std::sync::Arc;

use gerbang::{Error, PaymentGateway, kazukipay, klink, kropay, pakasir, paydigital};

use crate::fakes::{
    Gopay, Kazukipay, Kropay, PakasirV1, PakasirV2, Paydigital, Provider, VirtualAccounts, WEBHOOK_SECRET,
};

/// A gateway that was made.
type Made = Result<Box<dyn PaymentGateway>, Error>;

/// A gateway and its provider.
#[derive(Clone, Copy)]
pub struct Subject {
    /// The gateway's name.
    pub name: &'static str,
    /// The provider's stand-in.
    pub provider: fn() -> Arc<dyn Provider>,
    /// The gateway that asks the server at this address with this key.
    pub gateway: fn(&str, &str) -> Made,
}

/// All gateways.
pub fn all() -> Vec<Subject> {
    vec![
        Subject { name: "kazukipay", provider: || Arc::new(Kazukipay), gateway: kazukipay },
        Subject { name: "klink", provider: || Arc::new(VirtualAccounts), gateway: klink },
        Subject { name: "klink-gopay", provider: || Arc::new(Gopay), gateway: klink_gopay },
        Subject { name: "kropay", provider: || Arc::new(Kropay), gateway: kropay },
        Subject { name: "pakasir-v1", provider: || Arc::new(PakasirV1), gateway: pakasir_v1 },
        Subject { name: "pakasir-v2", provider: || Arc::new(PakasirV2), gateway: pakasir_v2 },
        Subject { name: "paydigital", provider: || Arc::new(Paydigital), gateway: paydigital },
    ]
}

fn kazukipay(url: &str, key: &str) -> Made {
    let client = kazukipay::Client::builder(kazukipay::Credentials::new(key, 1)).base_url(url).build()?;
    Ok(Box::new(kazukipay::Gateway::new(client)))
}

fn klink_client(url: &str, key: &str) -> Result<klink::Client, Error> {
    klink::Client::builder(klink::Credentials::new("shop@example.com", key)).base_url(url).build()
}

fn klink(url: &str, key: &str) -> Made {
    let keys = klink::WebhookKeys::new(WEBHOOK_SECRET)?;
    Ok(Box::new(klink::VaGateway::new(klink_client(url, key)?, "014", "BCAATM", keys)))
}

fn klink_gopay(url: &str, key: &str) -> Made {
    let keys = klink::WebhookKeys::new(WEBHOOK_SECRET)?;
    Ok(Box::new(klink::GopayGateway::new(klink_client(url, key)?, keys)))
}

fn kropay(url: &str, key: &str) -> Made {
    let client = kropay::Client::builder(kropay::Credentials::new(key)).base_url(url).build()?;
    Ok(Box::new(kropay::Gateway::new(client)))
}

fn pakasir_v1(url: &str, key: &str) -> Made {
    let client = pakasir::v1::Client::builder(pakasir::v1::Credentials::new(key, "warung")).base_url(url).build()?;
    Ok(Box::new(pakasir::v1::Gateway::new(client)))
}

fn pakasir_v2(url: &str, key: &str) -> Made {
    let client = pakasir::v2::Client::builder(pakasir::v2::Credentials::new(key, "warung")).base_url(url).build()?;
    Ok(Box::new(pakasir::v2::Gateway::new(client, Some(WEBHOOK_SECRET.into()))))
}

fn paydigital(url: &str, key: &str) -> Made {
    let client = paydigital::Client::builder(paydigital::Credentials::new(key, 1)).base_url(url).build()?;
    Ok(Box::new(paydigital::Gateway::new(client)))
}
