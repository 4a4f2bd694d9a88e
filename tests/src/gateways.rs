//! All payment gateways, as a program would set them up.

use std::time::Duration;

use gerbang::{Builder, Error, PaymentGateway, Retry, kazukipay, klink, kropay, pakasir, paydigital, reqwest};

/// The key with which K-Link signs, and Pakasir's secret.
pub const WEBHOOK_KEY: &str = "good-webhook-secret";

/// A gateway that was made.
pub type Made = Result<Box<dyn PaymentGateway>, Error>;

/// How a gateway is made, with a base URL and a key.
pub type Make = fn(&str, &str, Effort) -> Made;

/// How long a call may take, whether it is sent again where that is safe, and whom it trusts.
#[derive(Debug, Clone, Copy)]
pub struct Effort {
    /// The time for all attempts.
    pub timeout: Duration,
    /// Whether there may be more than one.
    pub retry: bool,
    /// The only certificate that TLS is built on, as DER; those of the system where there is none.
    pub authority: Option<&'static [u8]>,
}

impl Effort {
    /// One attempt, with all the time of a client that was not told otherwise.
    pub const ONCE: Self = Self { timeout: Duration::from_secs(30), retry: false, authority: None };

    /// All attempts that a client makes unless it is told otherwise, within this time.
    pub const fn within(timeout: Duration) -> Self {
        Self { timeout, retry: true, authority: None }
    }

    /// Builds a client.
    pub(crate) fn of<C>(self, mut builder: Builder<C>, url: &str) -> Result<C, Error> {
        let retry = if self.retry { Retry::default() } else { Retry::none() };
        if let Some(authority) = self.authority {
            let authority = reqwest::Certificate::from_der(authority).expect("a certificate");
            builder = builder.http_client(reqwest::Client::builder().tls_certs_only([authority]));
        }
        builder.base_url(url).timeout(self.timeout).retry(retry).build()
    }
}

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

fn kazukipay(url: &str, key: &str, effort: Effort) -> Made {
    let client = effort.of(kazukipay::Client::builder(kazukipay::Credentials::new(key, 1)), url)?;
    Ok(Box::new(kazukipay::Gateway::new(client)))
}

fn klink_client(url: &str, key: &str, effort: Effort) -> Result<klink::Client, Error> {
    effort.of(klink::Client::builder(klink::Credentials::new("shop@example.com", key)), url)
}

fn klink(url: &str, key: &str, effort: Effort) -> Made {
    let keys = klink::WebhookKeys::new(WEBHOOK_KEY)?;
    Ok(Box::new(klink::VaGateway::new(klink_client(url, key, effort)?, "014", "BCAATM", keys)))
}

fn klink_gopay(url: &str, key: &str, effort: Effort) -> Made {
    let keys = klink::WebhookKeys::new(WEBHOOK_KEY)?;
    Ok(Box::new(klink::GopayGateway::new(klink_client(url, key, effort)?, keys)))
}

fn kropay(url: &str, key: &str, effort: Effort) -> Made {
    let client = effort.of(kropay::Client::builder(kropay::Credentials::new(key)), url)?;
    Ok(Box::new(kropay::Gateway::new(client)))
}

fn pakasir_v1(url: &str, key: &str, effort: Effort) -> Made {
    let client = effort.of(pakasir::v1::Client::builder(pakasir::v1::Credentials::new(key, "warung")), url)?;
    Ok(Box::new(pakasir::v1::Gateway::new(client)))
}

fn pakasir_v2(url: &str, key: &str, effort: Effort) -> Made {
    let client = effort.of(pakasir::v2::Client::builder(pakasir::v2::Credentials::new(key, "warung")), url)?;
    Ok(Box::new(pakasir::v2::Gateway::new(client, Some(WEBHOOK_KEY.into()))))
}

fn paydigital(url: &str, key: &str, effort: Effort) -> Made {
    let client = effort.of(paydigital::Client::builder(paydigital::Credentials::new(key, 1)), url)?;
    Ok(Box::new(paydigital::Gateway::new(client)))
}
