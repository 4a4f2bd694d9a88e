//! Midtrans: JSON, the key as the user of Basic authentication, the flag `status_code`, and a signature in each notification.

use gerbang::midtrans::types::{ByQris, Charge, PaymentType, RefundRequest, TransactionDetails};
use gerbang::midtrans::{Client, Credentials, notifications, operations};
use gerbang::{Error, Rupiah};

use super::document::{CancelCall, Facts, Gateway, ProofPlace, USUAL, Wire, money, text};
use super::{Answer, Api, Calls, FromEnv, boxed, print};
use crate::calls::Shown;

/// What the tests know of it.
pub(super) const API: Api = Api {
    spec: "midtrans",
    operations: operations::ALL,
    documented: &[
        "POST /v2/charge",
        "GET /v2/{id}/status",
        "POST /v2/{id}/cancel",
        "POST /v2/{id}/expire",
        "POST /v2/{id}/refund",
    ],
    documented_notifications: &["transaction_notification_unverified"],
    connect: |url, key, effort| boxed(effort.of(Client::builder(Credentials::new(key)), url)),
    read: |notification, body| {
        Some(match notification {
            "transaction_notification" => print(notifications::transaction_notification_unverified(body)),
            _ => return None,
        })
    },
    schemas: || {
        schemas_of!(gerbang::midtrans::types: Action ActionName Bank ByBankTransfer ByGopay ByMandiriBill ByQris Charge
            CustomExpiry CustomerDetails ExpiryUnit PaymentType RefundRequest Refunded
            Transaction TransactionDetails TransactionNotification TransactionState VirtualAccount)
    },
    credentials: |key| format!("{:#?}", Credentials::new(key)),
    from_env: || FromEnv::of(Credentials::from_env(), Client::from_env()),
    variables: &[("GERBANG_MIDTRANS_SERVER_KEY", "CANARY")],
    printed: &["midtrans client: Client { transport: Transport { base_url: \"https://api.midtrans.com\", .. } }"],
    refusal: r#"{"status_code":"400","status_message":"{text}","id":"7f2d"}"#,
    gateways: &[Gateway {
        name: "midtrans",
        facts: Facts { takes_slash: false, proof: Some(ProofPlace::Member("signature_key")), ..USUAL },
        wire: WIRE,
    }],
};

/// The customer pays the price.
const WIRE: Wire = Wire {
    create: "charge",
    status: Some("transaction_status"),
    cancel: Some(CancelCall {
        operation: "cancel_transaction",
        idle: r#"{"status_code":"200","status_message":"Success, transaction is canceled","transaction_id":"{id}",
            "order_id":"{reference}","gross_amount":"{amount}.00","payment_type":"qris","transaction_status":"cancel"}"#,
    }),
    refund: Some("refund_transaction"),
    reference: &[text("order_id")],
    id: &[text("transaction_id")],
    amount: &[money("gross_amount")],
    payable: &[],
    qris: &[text("qr_string")],
    state: "transaction_status",
    words: &["pending", "settlement", "cancel", "expire"],
    failed: "deny",
    unpaid: &["pending", "deny", "cancel", "expire", "failure", "refund"],
};

impl Calls for Client {
    fn show<'a>(&'a self, operation: &'a str) -> Answer<'a> {
        Box::pin(call(self, operation))
    }
}

fn order() -> Charge {
    let details = TransactionDetails::new("order03", Rupiah::new(275_000));
    Charge::new(PaymentType::Qris, details).qris(ByQris::new().acquirer("gopay"))
}

/// One plausible call of an operation.
async fn call(client: &Client, operation: &str) -> Option<Result<Shown, Error>> {
    Some(match operation {
        "charge" => print(client.charge(&order()).await),
        "transaction_status" => print(client.transaction_status("order03").await),
        "cancel_transaction" => print(client.cancel_transaction("order03").await),
        "expire_transaction" => print(client.expire_transaction("order03").await),
        "refund_transaction" => print(client.refund_transaction("order03", &RefundRequest::new("reference1")).await),
        _ => return None,
    })
}

#[cfg(test)]
mod wire {
    use gerbang::midtrans::types::{ActionName, RefundRequest, TransactionState};
    use gerbang::midtrans::{Client, Credentials, operations};
    use gerbang::{Delivery, Error, Kind, Retry};
    use serde_json::json;

    use super::order;
    use crate::apis::support::{
        Expected, Reply, Server, assert_complete, assert_error, assert_errors, failure, rupiah, some_utc,
    };

    const KEY: &str = "SB-Mid-server-1234567890abcdef";
    /// `KEY:` in Base64, as another program writes it.
    const BASIC: &str = "Basic U0ItTWlkLXNlcnZlci0xMjM0NTY3ODkwYWJjZGVmOg==";
    const CHARGED: &str = include_str!("fixtures/midtrans/charge.json");
    const STATUS: &str = include_str!("fixtures/midtrans/transaction_status.json");
    const CANCELLED: &str = include_str!("fixtures/midtrans/cancel_transaction.json");
    const EXPIRED: &str = include_str!("fixtures/midtrans/expire_transaction.json");
    const REFUNDED: &str = include_str!("fixtures/midtrans/refund_transaction.json");

    /// A client that sends each call once: what is judged here is one reply.
    fn client(server: &Server) -> Client {
        Client::builder(Credentials::new(KEY)).base_url(server.url()).retry(Retry::none()).build().unwrap()
    }

    fn refund() -> RefundRequest {
        RefundRequest::new("reference1").amount(rupiah(5_000)).reason("for some reason")
    }

    async fn errors(client: &Client) -> Vec<Error> {
        vec![
            failure(client.charge(&order()).await),
            failure(client.transaction_status("order03").await),
            failure(client.cancel_transaction("order03").await),
            failure(client.expire_transaction("order03").await),
            failure(client.refund_transaction("order03", &refund()).await),
        ]
    }

    #[tokio::test]
    async fn charge_sends_the_documented_body() {
        let server = Server::replying(Reply::json(200, CHARGED)).await;
        client(&server).charge(&order()).await.unwrap();
        Expected::post("/v2/charge")
            .header("authorization", BASIC)
            .json(json!({
                "payment_type": "qris",
                "transaction_details": {"order_id": "order03", "gross_amount": 275_000},
                "qris": {"acquirer": "gopay"},
            }))
            .assert("midtrans", &server.only());
    }

    #[tokio::test]
    async fn charge_reads_the_documented_reply() {
        let server = Server::replying(Reply::json(200, CHARGED)).await;
        let created = client(&server).charge(&order()).await.unwrap();
        assert_eq!((created.status_code.as_str(), created.order_id.as_str()), ("201", "order03"));
        assert_eq!(created.transaction_id, "0d8178e1-c6c7-4ab4-81a6-893be9d924ab");
        assert_eq!(
            (created.gross_amount, created.transaction_status),
            (rupiah(275_000), TransactionState::Pending.into())
        );
        assert_eq!(
            (created.fraud_status.as_deref(), created.actions[0].name.known()),
            (Some("accept"), Some(ActionName::GenerateQrCode))
        );
        assert_eq!(some_utc(&created.transaction_time), "2020-09-29T04:46:13Z");
        assert_eq!((created.qr_string, created.expiry_time), (None, None));
    }

    #[tokio::test]
    async fn other_operations_name_the_payment_in_the_path() {
        let server = Server::start(|request| {
            Reply::json(
                200,
                match request.path() {
                    "/v2/order03/status" => STATUS,
                    "/v2/order03/cancel" => CANCELLED,
                    "/v2/order03/expire" => EXPIRED,
                    _ => REFUNDED,
                },
            )
        })
        .await;
        let client = client(&server);
        let now = client.transaction_status("order03").await.unwrap();
        assert_eq!((now.status_code.as_str(), now.transaction_status), ("200", TransactionState::Settlement.into()));
        assert_eq!(some_utc(&now.settlement_time), "2020-09-29T04:49:24Z");
        let ended = client.cancel_transaction("order03").await.unwrap();
        assert_eq!(ended.transaction_status, TransactionState::Cancel);
        let ended = client.expire_transaction("order03").await.unwrap();
        assert_eq!((ended.status_code.as_str(), ended.transaction_status), ("407", TransactionState::Expire.into()));
        let refunded = client.refund_transaction("order03", &refund()).await.unwrap();
        assert_eq!((refunded.refund_amount, refunded.refund_key.as_str()), (rupiah(5_000), "reference1"));
        let sent = server.sent();
        let calls: Vec<_> = sent.iter().map(|sent| format!("{} {}", sent.method, sent.target)).collect();
        assert_eq!(
            calls,
            ["GET /v2/order03/status", "POST /v2/order03/cancel", "POST /v2/order03/expire", "POST /v2/order03/refund"]
        );
        let body: serde_json::Value = serde_json::from_str(&sent[3].body).unwrap();
        assert_eq!(body, json!({"refund_key": "reference1", "amount": 5_000, "reason": "for some reason"}));
        assert!(sent[1].body.is_empty() && sent[2].body.is_empty());
    }

    #[tokio::test]
    async fn the_code_decides_whatever_the_status_of_http() {
        for status in [200, 401] {
            let reply =
                Reply::json(status, r#"{"status_code":"401","status_message":"Unknown Merchant server_key/id"}"#);
            let server = Server::replying(reply).await;
            let errors = errors(&client(&server)).await;
            assert_complete(&errors, operations::ALL);
            assert_errors(&errors, Kind::Authentication, Delivery::Answered);
            assert_eq!(errors[0].provider_message(), Some("Unknown Merchant server_key/id"));
        }
    }

    #[tokio::test]
    async fn a_refund_that_the_bank_refused_is_none() {
        for code in ["202", "201", "407", "414"] {
            let refused = REFUNDED.replace("\"200\"", &format!("\"{code}\""));
            let server = Server::replying(Reply::json(200, refused)).await;
            let error = failure(client(&server).refund_transaction("order03", &refund()).await);
            assert_error(&error, Kind::Rejected, Delivery::MaybeSent);
            assert_eq!(error.code(), Some(code));
        }
    }

    #[tokio::test]
    async fn a_reply_that_cannot_be_understood_is_no_success() {
        let cut = &CHARGED[..CHARGED.len() / 2];
        let without_code = CHARGED.replacen("\"status_code\": \"201\",", "", 1);
        let other_code = CHARGED.replacen("\"201\"", "\"299\"", 1);
        let without_amount = CHARGED.replace("\"gross_amount\": \"275000.00\",", "");
        let fraction = CHARGED.replace("275000.00", "275000.50");
        let thousands = CHARGED.replace("275000.00", "275.000");
        for body in ["", "{}", "[]", "null", cut, &without_code, &other_code, &without_amount, &fraction, &thousands] {
            let server = Server::replying(Reply::json(200, body)).await;
            let error = failure(client(&server).charge(&order()).await);
            assert_error(&error, Kind::UnexpectedReply, Delivery::MaybeSent);
        }
    }
}
