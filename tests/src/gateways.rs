//! All payment gateways, as a program would set them up.

use gerbang::{Error, PaymentGateway, kazukipay, klink, kropay, pakasir, paydigital};

/// The key with which K-Link signs, and Pakasir's secret.
pub const WEBHOOK_KEY: &str = "good-webhook-secret";

/// A gateway that was made.
pub type Made = Result<Box<dyn PaymentGateway>, Error>;

/// How a gateway is made, with a base URL and a key.
pub type Make = fn(&str, &str) -> Made;

/// Every gateway and its name.
pub const ALL: [(&str, Make); 7] = [
    ("kazukipay", kazukipay),
    ("klink", klink),
    ("klink-gopay", klink_gopay),
    ("kropay", kropay),
    ("pakasir-v1", pakasir_v1),
    ("pakasir-v2", pakasir_v2),
    ("paydigital", paydigital),
];

fn kazukipay(url: &str, key: &str) -> Made {
    let client = kazukipay::Client::builder(kazukipay::Credentials::new(key, 1)).base_url(url).build()?;
    Ok(Box::new(kazukipay::Gateway::new(client)))
}

fn klink_client(url: &str, key: &str) -> Result<klink::Client, Error> {
    klink::Client::builder(klink::Credentials::new("shop@example.com", key)).base_url(url).build()
}

fn klink(url: &str, key: &str) -> Made {
    let keys = klink::WebhookKeys::new(WEBHOOK_KEY)?;
    Ok(Box::new(klink::VaGateway::new(klink_client(url, key)?, "014", "BCAATM", keys)))
}

fn klink_gopay(url: &str, key: &str) -> Made {
    let keys = klink::WebhookKeys::new(WEBHOOK_KEY)?;
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
    Ok(Box::new(pakasir::v2::Gateway::new(client, Some(WEBHOOK_KEY.into()))))
}

fn paydigital(url: &str, key: &str) -> Made {
    let client = paydigital::Client::builder(paydigital::Credentials::new(key, 1)).base_url(url).build()?;
    Ok(Box::new(paydigital::Gateway::new(client)))
}
