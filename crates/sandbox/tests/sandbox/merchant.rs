//! A merchant of each gateway, who creates a payment and asks for it.

use std::io;

use gerbang_sandbox::{Provider, Sandbox};
use serde_json::{Value, json};

use crate::http::{Reply, post_json, try_send};

/// A way to create a payment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Gateway {
    Kazukipay,
    Kropay,
    Paydigital,
    PakasirV1,
    PakasirV2,
    Klink,
    Gopay,
}

impl Gateway {
    pub const ALL: [Self; 7] =
        [Self::Kazukipay, Self::Kropay, Self::Paydigital, Self::PakasirV1, Self::PakasirV2, Self::Klink, Self::Gopay];

    pub fn provider(self) -> Provider {
        match self {
            Self::Kazukipay => Provider::Kazukipay,
            Self::Kropay => Provider::Kropay,
            Self::Paydigital => Provider::Paydigital,
            Self::PakasirV1 | Self::PakasirV2 => Provider::Pakasir,
            Self::Klink | Self::Gopay => Provider::Klink,
        }
    }

    /// The operation that creates a payment.
    pub fn creation(self) -> &'static str {
        match self {
            Self::PakasirV1 => "v1/create_transaction",
            Self::PakasirV2 => "v2/create_transaction",
            Self::Gopay => "create_gopay_payment",
            _ => "create_payment",
        }
    }

    /// The operation that asks for a payment, if there is one.
    pub fn question(self) -> Option<&'static str> {
        match self {
            Self::Kazukipay => Some("payment_status_by_query"),
            Self::Kropay | Self::Paydigital => Some("payment_status"),
            Self::PakasirV1 => Some("v1/transaction_detail"),
            Self::PakasirV2 => Some("v2/transaction_status"),
            Self::Klink | Self::Gopay => None,
        }
    }

    /// The credential of a merchant, as the sandbox names accounts.
    pub fn credential(self, merchant: &str) -> String {
        match self.provider() {
            Provider::Pakasir => format!("shop:{merchant}"),
            Provider::Klink => format!("{merchant}@example.com"),
            _ => merchant.to_owned(),
        }
    }
}

/// A merchant who has a key.
pub struct Shop<'a> {
    sandbox: &'a Sandbox,
    gateway: Gateway,
    /// The API key, or K-Link's token.
    key: String,
}

impl<'a> Shop<'a> {
    pub async fn new(sandbox: &'a Sandbox, gateway: Gateway, merchant: &str) -> Self {
        let mut key = merchant.to_owned();
        if gateway.provider() == Provider::Klink {
            let login = format!("{}/auth/login", sandbox.url(Provider::Klink));
            let body = json!({"email": gateway.credential(merchant), "password": "x"});
            key = post_json(&login, &body).await.json()["Authorization"].as_str().unwrap().to_owned();
        }
        Self { sandbox, gateway, key }
    }

    /// Calls with the key in every place where one can be.
    pub async fn call(&self, method: &str, path: &str, content_type: &str, body: &str) -> io::Result<Reply> {
        let url = format!("{}{path}", self.sandbox.url(self.gateway.provider()));
        let authorization =
            if self.gateway.provider() == Provider::Klink { self.key.clone() } else { format!("Bearer {}", self.key) };
        let headers = [
            ("Authorization", authorization.as_str()),
            ("X-Api-Key", self.key.as_str()),
            ("Content-Type", content_type),
        ];
        try_send(method, &url, &headers, body).await
    }

    pub async fn try_create(&self, order: &str, price: u64) -> io::Result<Reply> {
        let form = "application/x-www-form-urlencoded";
        let json_type = "application/json";
        let (path, content_type, body) = match self.gateway {
            Gateway::Kazukipay => {
                ("/api/create.php".into(), form, format!("project_id=1&amount={price}&custom_id={order}"))
            }
            Gateway::Kropay => (
                "/api/v1/payment/create".to_owned(),
                json_type,
                json!({"merchant_ref": order, "amount": price}).to_string(),
            ),
            Gateway::Paydigital => (
                "/api/create_payment.php".into(),
                form,
                format!("store_id=1&amount={price}&description=d&customer_name={order}"),
            ),
            Gateway::PakasirV1 => (
                "/api/transactioncreate/qris".into(),
                json_type,
                json!({"project": "shop", "order_id": order, "amount": price, "api_key": self.key}).to_string(),
            ),
            Gateway::PakasirV2 => (
                format!("/api/v2/create-transaction/shop/{order}"),
                json_type,
                json!({"method": "qris", "amount": price}).to_string(),
            ),
            Gateway::Klink => ("/api/pay_service".into(), json_type, klink(order, price, "014", "BCAATM").to_string()),
            Gateway::Gopay => {
                let body = klink(order, price, "gopay", "e_wallets");
                ("/api/pay_service_midtrans".into(), json_type, body.to_string())
            }
        };
        self.call("POST", &path, content_type, &body).await
    }

    pub async fn create(&self, order: &str, price: u64) -> Reply {
        self.try_create(order, price).await.expect("a whole reply")
    }

    /// Asks for the payment that a reply has made; K-Link cannot be asked.
    pub async fn ask(&self, order: &str, price: u64, created: &Value) -> Reply {
        let text = |value: &Value| value.as_str().expect("a text").to_owned();
        let path = match self.gateway {
            Gateway::Kazukipay => format!("/api/cekstatus.php?custom_id={order}"),
            Gateway::Kropay => format!("/api/v1/payment/status/{}", text(&created["reference"])),
            Gateway::Paydigital => format!("/api/payment.php?invoice={}", text(&created["data"]["invoice"])),
            Gateway::PakasirV1 => {
                let key = &self.key;
                format!("/api/transactiondetail?project=shop&amount={price}&order_id={order}&api_key={key}")
            }
            Gateway::PakasirV2 => format!("/api/v2/transaction-status/shop/{}", text(&created["txn_id"])),
            Gateway::Klink | Gateway::Gopay => panic!("K-Link cannot be asked"),
        };
        self.call("GET", &path, "application/json", "").await.expect("a whole reply")
    }
}

fn klink(order: &str, price: u64, bank: &str, product: &str) -> Value {
    json!({
        "rq_uuid": format!("uuid-{order}"),
        "rq_datetime": "2022-07-21 15:28:11",
        "order_id": order,
        "no_hp": "085736064900",
        "fullname": "Almeera Salsabila",
        "email": "Almeera@gmail.com",
        "bank_code": bank,
        "product_code": product,
        "nominal": price.to_string(),
        "pay_ship": "0",
    })
}
