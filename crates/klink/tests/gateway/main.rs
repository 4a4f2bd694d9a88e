//! Both gateways against a stand-in server, and what becomes of their notifications.
#![cfg(feature = "client")]

mod gopay;
mod money;
mod notified;
mod refused;
mod transfer;

use std::sync::{Arc, Mutex};
use std::time::Duration;

use gerbang_core::{
    Delivery, Doubt, Error, Expected, JakartaTime, Kind, Lookup, Method, Mismatch, NewPayment, NotificationFailure,
    Payable, Payment, PaymentGateway, PaymentStatus, Proof, Rupiah, Trust, answer, confirm,
};
use gerbang_klink::types::{
    HistoryQuery, HistoryQueryRequired, NewTransfer, NewTransferRequired, NewWallet, NewWalletPayment,
    NewWalletPaymentRequired, NewWalletRequired, ReconcileRequest, RefundAcceptance, RefundAcceptanceRequired,
    VoucherRedemption, VoucherRedemptionRequired,
};
use gerbang_klink::{
    AlreadyRefunded, Client, Credentials, GOPAY_PROVIDER, GopayGateway, PROVIDER, SIGNATURE_HEADER, VaGateway,
    WebhookKeys,
};
use hmac::{Hmac, KeyInit, Mac};
use http::HeaderMap;
use httpmock::{Mock, MockServer};
use serde_json::{Value, json};
use sha2::Sha256;

const KEY: &str = "CANARY-webhook-key";
const PASSWORD: &str = "CANARY-password";
const TOKEN: &str = "CANARY-token";
const VA: &str = "/api/pay_service";
const GOPAY: &str = "/api/pay_service_midtrans";

/// A stand-in for K-Link that gives one reply to one call, and keeps what it was sent.
struct Server {
    server: MockServer,
    login: usize,
    call: usize,
    sent: Arc<Mutex<Vec<Value>>>,
}

impl Server {
    async fn start(path: &str, reply: Value) -> Self {
        let server = MockServer::start_async().await;
        let login = server
            .mock_async(|when, then| {
                when.method("POST").path("/auth/login");
                then.status(200).json_body(json!({"status": "success", "message": "OK", "Authorization": TOKEN}));
            })
            .await
            .id();
        let sent = Arc::new(Mutex::new(Vec::new()));
        let keep = Arc::clone(&sent);
        let call = server
            .mock_async(|when, then| {
                when.method("POST").path(path).header("authorization", TOKEN).is_true(move |request| {
                    keep.lock().unwrap().push(serde_json::from_slice(request.body().as_ref()).unwrap());
                    true
                });
                then.status(200).json_body(reply);
            })
            .await
            .id();
        Self { server, login, call, sent }
    }

    fn client(&self) -> Client {
        client(&self.server.base_url())
    }

    fn va(&self) -> VaGateway {
        VaGateway::new(self.client(), "014", "BCAATM", keys())
    }

    fn gopay(&self) -> GopayGateway {
        GopayGateway::new(self.client(), keys())
    }

    fn calls(&self) -> usize {
        Mock::new(self.call, &self.server).calls()
    }

    fn logins(&self) -> usize {
        Mock::new(self.login, &self.server).calls()
    }

    /// The one request that was sent.
    fn only_request(&self) -> Value {
        assert_eq!((self.logins(), self.calls()), (1, 1));
        self.sent.lock().unwrap().last().unwrap().clone()
    }
}

fn client(base_url: &str) -> Client {
    Client::builder(Credentials::new("shop@example.com", PASSWORD)).base_url(base_url).build().unwrap()
}

fn keys() -> WebhookKeys {
    WebhookKeys::new(KEY).unwrap()
}

fn new(reference: &str, amount: u64) -> NewPayment {
    NewPayment::new(reference, Rupiah::new(amount))
        .customer_name("Almeera Salsabila")
        .customer_email("Almeera@gmail.com")
        .customer_phone("085736064900")
}

#[track_caller]
fn fails<T: std::fmt::Debug>(result: Result<T, Error>, kind: Kind, delivery: Delivery) -> String {
    let error = result.expect_err("it must fail");
    assert_eq!((error.kind(), error.delivery()), (kind, delivery), "{error}");
    let shown = format!("{error} {error:?}");
    assert!(!shown.contains("CANARY"), "{shown}");
    error.to_string()
}

/// The shape of the transfer that the document's tables describe.
fn transfer() -> Value {
    json!({
        "is_va": "0", "kd_pay": "174", "kd_ref": "REF-9", "kode_unik": 765, "koneksi": "1", "pay_ship": "0",
        "total_bayar": "469765", "total_belanja": "469000",
    })
}

/// The documented reply, for an order of 2 000 rupiah.
fn gopay() -> Value {
    json!({
        "bank_code": "gopay", "product_code": "e_wallets", "rq_uuid": "klnu01978", "fraud_status": "accept",
        "order_id": "klnu01978", "status_code": "201", "gross_amount": "2000.00",
        "transaction_time": "2022-07-27 17:18:51",
        "actions": [
            {"url": "https://api.veritrans.co.id/v2/gopay/c91b/qr-code", "name": "generate-qr-code", "method": "GET"},
            {"url": "gojek://gopay/merchanttransfer?tref=0520&amount=2000", "name": "deeplink-redirect", "method": "GET"},
            {"url": "https://api.veritrans.co.id/v2/c91b/status", "name": "get-status", "method": "GET"},
            {"url": "https://api.veritrans.co.id/v2/c91b/cancel", "name": "cancel", "method": "POST"},
        ],
        "email": "Almeera@gmail.com", "pay_ship": "500", "currency": "IDR", "rq_datetime": "2022-07-27 15:48:11",
        "nominal": "1500", "payment_type": "gopay", "transaction_status": "pending", "fullname": "Almeera Salsabila",
        "merchant_id": "G798896536", "status_message": "GoPay transaction is created", "no_hp": "085736064900",
        "transaction_id": "c91bcecf-7528-4b29-aef1-8cdf8fffc187",
    })
}

/// A reply with some members set, or removed by null.
fn with(mut data: Value, changes: Value) -> Value {
    for (name, value) in changes.as_object().unwrap() {
        match value {
            Value::Null => drop(data.as_object_mut().unwrap().remove(name)),
            value => data[name] = value.clone(),
        }
    }
    data
}

fn success(data: Value) -> Value {
    json!({"status": "success", "message": "Payment Request has been success!", "data": data})
}

async fn create_va(data: Value) -> Result<Payment, Error> {
    let server = Server::start(VA, success(data)).await;
    let created = server.va().create_payment(&new("KLNU00252", 469_000)).await;
    assert_eq!(server.calls(), 1);
    created
}

async fn create_gopay(changes: Value) -> Result<Payment, Error> {
    let server = Server::start(GOPAY, success(with(gopay(), changes))).await;
    let created = server.gopay().create_payment(&new("klnu01978", 2_000)).await;
    assert_eq!(server.calls(), 1);
    created
}

/// Checks a request beside its changing members, which it returns.
#[track_caller]
fn check_request(request: &Value, wanted: Value) -> (String, JakartaTime) {
    let text = |name: &str| request[name].as_str().unwrap_or_else(|| panic!("{name} in {request}")).to_owned();
    let (uuid, time) = (text("rq_uuid"), text("rq_datetime"));
    assert_eq!(*request, with(wanted, json!({"rq_uuid": &uuid, "rq_datetime": &time})));
    (uuid, JakartaTime::new(time))
}

fn signed(body: &str) -> HeaderMap {
    let mac = Hmac::<Sha256>::new_from_slice(KEY.as_bytes()).unwrap().chain_update(body).finalize();
    let signature: String = mac.into_bytes().iter().map(|byte| format!("{byte:02X}")).collect();
    HeaderMap::from_iter([(SIGNATURE_HEADER.parse().unwrap(), signature.parse().unwrap())])
}

fn settlement(order: &str, uuid: &str, tot_bayar: &str, status: &str) -> String {
    json!({
        "status": status, "message": "transaction success!", "rq_uuid": uuid, "rq_datetime": "2020-11-12 09:13:19",
        "order_id": order, "kd_pay": "174", "tot_bayar": tot_bayar, "norek": "-", "transaction": "multipayment",
    })
    .to_string()
}

const PAID_BY_GOPAY: &str =
    r#"{"status":"success","message":"m","id_trans":"12345","order_id":"klnu01978","transaction":"gopay"}"#;

/// What a merchant's handler does.
async fn handle(
    gateway: &dyn PaymentGateway,
    headers: &HeaderMap,
    body: &str,
    expected: &Payment,
) -> Result<Proof, NotificationFailure> {
    let notification = gateway.parse_notification(headers, body.as_bytes())?;
    Ok(confirm(gateway, &notification, &Expected::new(expected.clone())).await?)
}

fn no_network() -> Client {
    client("http://127.0.0.1:9")
}

const UUID: &str = "KLNU00252-469000";

fn a_transfer() -> NewTransfer {
    NewTransfer::new(NewTransferRequired {
        amount: Rupiah::new(1_000),
        description: "d".into(),
        id_member_receipt: "b".into(),
        id_member_send: "a".into(),
    })
}
