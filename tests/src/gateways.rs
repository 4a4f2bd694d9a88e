//! All payment gateways, as a program would set them up.

use std::time::Duration;

use gerbang::{Error, PaymentGateway, Secret};
use gerbang::{kazukipay, klink, kropay, pakasir, paydigital};

/// The key with which K-Link signs in tests.
pub const WEBHOOK_KEY: &str = "033389b9-cc42-4005-ae9e-8e8ff23738d7";

/// Every gateway, asking below this address (`/kazukipay`, `/kropay` …) with this key.
pub fn all(url: &str, key: &str) -> Result<Vec<Box<dyn PaymentGateway>>, Error> {
    macro_rules! client {
        ($($provider:ident)::+, $base:expr, $($argument:expr),+) => {
            $($provider)::+::Client::builder($($provider)::+::Credentials::new($($argument),+))
                .base_url(format!("{url}/{}", $base))
                .timeout(Duration::from_secs(10))
                .build()?
        };
    }
    let klink = client!(klink, "klink", "shop@example.com", key);
    let keys = klink::WebhookKeys::new(WEBHOOK_KEY)?;
    Ok(vec![
        Box::new(kazukipay::Gateway::new(client!(kazukipay, "kazukipay", key, 1))),
        Box::new(kropay::Gateway::new(client!(kropay, "kropay", key))),
        Box::new(paydigital::Gateway::new(client!(paydigital, "paydigital", key, 1))),
        Box::new(pakasir::v1::Gateway::new(client!(pakasir::v1, "pakasir", key, "warung"))),
        Box::new(pakasir::v2::Gateway::new(
            client!(pakasir::v2, "pakasir", key, "warung"),
            Some(Secret::from(WEBHOOK_KEY)),
        )),
        Box::new(klink::VaGateway::new(klink.clone(), "014", "BCAATM", keys.clone())),
        Box::new(klink::GopayGateway::new(klink, keys)),
    ])
}
