//! Pakasir API v2: the slug in the path, the key in the header `X-Api-Key`, flat replies without a flag.

use gerbang::pakasir::v2::types::{NewTransaction, PaymentMethod};
use gerbang::pakasir::v2::{Client, Credentials, notifications, operations};
use gerbang::{Error, Rupiah};

use super::document::{CancelCall, Facts, Gateway, ProofPlace, SameReference, Wire, text};
use super::{Answer, Api, Calls, FromEnv, boxed, pakasir_v1, print};
use crate::calls::Shown;

/// What the tests know of it.
pub(super) const API: Api = Api {
    spec: "pakasir-v2",
    operations: operations::ALL,
    documented: &[
        "POST /api/v2/create-transaction/{slug}/{order_id}",
        "GET /api/v2/transaction-status/{slug}/{txn_id}",
        "POST /api/v2/cancel-transaction/{slug}/{txn_id}",
        "GET /api/v2/payment-fee/{amount}",
    ],
    documented_notifications: &["transaction_notification_unverified"],
    connect: |url, key, effort| boxed(effort.of(Client::builder(Credentials::new(key, "warung")), url)),
    read: |notification, body| {
        Some(match notification {
            "transaction_notification" => print(notifications::transaction_notification_unverified(body)),
            _ => return None,
        })
    },
    schemas: || {
        schemas_of!(gerbang::pakasir::v2::types: CancelledTransaction CreatedTransaction NewTransaction PaymentMethod
            TransactionDetail TransactionNotification TransactionStatus)
    },
    credentials: |key| format!("{:#?}", Credentials::new(key, "warung").with_webhook_secret(key)),
    from_env: || FromEnv::of(Credentials::from_env(), Client::from_env()),
    variables: &[
        ("GERBANG_PAKASIR_API_KEY", "CANARY"),
        ("GERBANG_PAKASIR_PROJECT", "warung"),
        ("GERBANG_PAKASIR_WEBHOOK_SECRET", "CANARY-webhook"),
        ("GERBANG_PAKASIR_BASE_URL", "https://sandbox.example"),
    ],
    printed: &[
        "pakasir-v2 client: Client { transport: Transport { base_url: \"https://sandbox.example\", .. } }",
        "project: \"warung\"",
    ],
    refusal: r#"{"error":"{text}"}"#,
    gateways: &[Gateway {
        name: "pakasir-v2",
        facts: Facts {
            same_reference: SameReference::Found,
            proof: Some(ProofPlace::Header("x-secret")),
            ..pakasir_v1::FACTS
        },
        wire: WIRE,
    }],
};

const WIRE: Wire = Wire {
    create: "v2/create_transaction",
    status: Some("v2/transaction_status"),
    cancel: Some(CancelCall { operation: "v2/cancel_transaction", idle: r#"{"message":"Transaction canceled"}"# }),
    refund: None,
    id: &[text("txn_id")],
    qris: &[text("qr_string")],
    ..pakasir_v1::WIRE
};

impl Calls for Client {
    fn show<'a>(&'a self, operation: &'a str) -> Answer<'a> {
        Box::pin(call(self, operation))
    }
}

/// One plausible call of an operation.
async fn call(client: &Client, operation: &str) -> Option<Result<Shown, Error>> {
    let amount = Rupiah::new(99_000);
    Some(match operation {
        "create_transaction" => {
            let new = NewTransaction::new(PaymentMethod::PaymentLink, amount);
            print(client.create_transaction("INV123123", &new).await)
        }
        "transaction_status" => print(client.transaction_status("contohtxn").await),
        "cancel_transaction" => print(client.cancel_transaction("contohtxn").await),
        "payment_fee" => print(client.payment_fee(amount).await),
        _ => return None,
    })
}

#[cfg(test)]
mod wire {
    use std::time::Duration;

    use gerbang::pakasir::v2::types::{NewTransaction, PaymentMethod, TransactionStatus};
    use gerbang::pakasir::v2::{Client, Credentials, operations};
    use gerbang::{Delivery, Error, Kind, Open, Retry};
    use serde_json::json;

    use crate::apis::support::{
        Expected, Reply, Server, assert_complete, assert_error, assert_errors, assert_inconclusive, failure, rupiah,
        some_utc,
    };

    const KEY: &str = "JHGejwhe237dkhjeukyw8e33";
    const CREATED: &str = include_str!("fixtures/pakasir_v2/create_transaction.json");
    const STATUS: &str = include_str!("fixtures/pakasir_v2/transaction_status.json");
    const CANCELED: &str = r#"{"message":"Transaction canceled"}"#;
    const FEES: &str = r#"{"qris":394,"bri_va":3500}"#;
    const QRIS: &str = concat!(
        "00020101021226610016ID.CO.SHOPEE.WWW01189360091800216005230208216005230303UME51440014ID.CO.QRIS.WWW0215",
        "ID10243228429300303UME5204792953033605409100003.005802ID5907Pakasir6012KAB. KEBUMEN61055439262230519",
        "SP25RZRATEQI2HQ65Q46304A079",
    );

    /// A client that sends each call once: what is judged here is one reply.
    fn client(server: &Server) -> Client {
        client_of("depodomain", server)
    }

    fn client_of(slug: &str, server: &Server) -> Client {
        let credentials = Credentials::new(KEY, slug).with_webhook_secret("WH-1234567890abcdef");
        Client::builder(credentials).base_url(server.url()).retry(Retry::none()).build().unwrap()
    }

    fn by_qris() -> NewTransaction {
        NewTransaction::new(PaymentMethod::Qris, rupiah(99_000))
    }

    async fn errors(client: &Client) -> Vec<Error> {
        vec![
            failure(client.create_transaction("INV123123", &by_qris()).await),
            failure(client.transaction_status("contohtxn").await),
            failure(client.cancel_transaction("contohtxn").await),
            failure(client.payment_fee(rupiah(12_000)).await),
        ]
    }

    /// A server that answers each operation with its success.
    async fn server() -> Server {
        Server::start(|request| {
            let body = match request.path().split('/').nth(3) {
                Some("create-transaction") => CREATED,
                Some("transaction-status") => STATUS,
                Some("cancel-transaction") => CANCELED,
                Some("payment-fee") => FEES,
                _ => return Reply::json(404, "{}"),
            };
            Reply::json(200, body)
        })
        .await
    }

    #[tokio::test]
    async fn create_transaction_sends_json_without_credentials_in_it() {
        let server = server().await;
        client(&server).create_transaction("INV123123", &by_qris()).await.unwrap();
        Expected::post("/api/v2/create-transaction/depodomain/INV123123")
            .header("x-api-key", KEY)
            .json(json!({"method": "qris", "amount": 99000}))
            .assert("pakasir", &server.only());
    }

    #[tokio::test]
    async fn create_transaction_sends_a_method_of_the_callers_own() {
        let server = server().await;
        let new = NewTransaction::new(Open::from("new_va"), rupiah(99_000));
        client(&server).create_transaction("INV123123", &new).await.unwrap();
        Expected::post("/api/v2/create-transaction/depodomain/INV123123")
            .header("x-api-key", KEY)
            .json(json!({"method": "new_va", "amount": 99000}))
            .assert("pakasir", &server.only());
    }

    #[tokio::test]
    async fn create_transaction_reads_a_qris_payment() {
        let server = server().await;
        let payment = client(&server).create_transaction("INV123123", &by_qris()).await.unwrap();
        assert_eq!(payment.txn_id, "contohtxn");
        assert_eq!(payment.project.unwrap(), "depodomain");
        assert_eq!(payment.order_id.unwrap(), "INV123123");
        assert_eq!(payment.amount, Some(rupiah(99_000)));
        assert_eq!(payment.fee, Some(rupiah(1003)));
        assert_eq!(payment.total_payment, Some(rupiah(100_003)));
        assert_eq!(payment.payment_method.unwrap(), PaymentMethod::Qris);
        assert_eq!(payment.qr_string.as_deref(), Some(QRIS));
        assert_eq!((payment.va_number, payment.payment_link), (None, None));
        assert_eq!(some_utc(&payment.expired_at), "2025-09-19T01:18:49.678622564Z");
        assert_eq!(payment.is_sandbox, Some(false));
        assert_eq!(payment.status.unwrap(), TransactionStatus::Pending);
        assert_eq!(payment.completed_at, None);
    }

    #[tokio::test]
    async fn create_transaction_reads_virtual_account_and_payment_link() {
        let body = r#"{"txn_id":77,"order_id":"INV123123","amount":99000,"fee":3500,"total_payment":102500,
            "payment_method":"bri_va","va_number":"0088810020030045","expired_at":"2025-09-19T01:18:49Z",
            "is_sandbox":true,"completed_at":null}"#;
        let server = Server::replying(Reply::json(200, body)).await;
        let new = NewTransaction::new(PaymentMethod::BriVa, rupiah(99_000));
        let payment = client(&server).create_transaction("INV123123", &new).await.unwrap();
        assert_eq!(payment.txn_id, "77");
        assert_eq!(payment.va_number.unwrap(), "0088810020030045");
        assert_eq!(payment.total_payment, Some(rupiah(102_500)));
        assert_eq!((payment.is_sandbox, payment.qr_string), (Some(true), None));

        let body = r#"{"txn_id":"contohtxn","payment_link":"https://app.pakasir.com/l/contohtxn"}"#;
        let server = Server::replying(Reply::json(200, body)).await;
        let new = NewTransaction::new(PaymentMethod::PaymentLink, rupiah(99_000));
        let payment = client(&server).create_transaction("INV123123", &new).await.unwrap();
        assert_eq!(payment.txn_id, "contohtxn");
        assert_eq!(payment.payment_link.as_deref(), Some("https://app.pakasir.com/l/contohtxn"));
        assert_eq!((payment.amount, payment.is_sandbox, payment.status), (None, None, None));
    }

    #[tokio::test]
    async fn transaction_status_asks_by_slug_and_id() {
        let server = server().await;
        client(&server).transaction_status("contohtxn").await.unwrap();
        Expected::get("/api/v2/transaction-status/depodomain/contohtxn")
            .header("x-api-key", KEY)
            .assert("pakasir", &server.only());
    }

    #[tokio::test]
    async fn transaction_status_reads_a_completed_sandbox_transaction() {
        let server = server().await;
        let transaction = client(&server).transaction_status("contohtxn").await.unwrap();
        assert_eq!(transaction.txn_id, "contohtxn");
        assert_eq!(transaction.order_id, "INV123123");
        assert_eq!(transaction.amount, rupiah(99_000));
        assert_eq!(transaction.is_sandbox, Some(true));
        assert_eq!(transaction.status, TransactionStatus::Completed);
        assert_eq!(some_utc(&transaction.completed_at), "2024-09-10T01:07:02.819Z");
    }

    #[tokio::test]
    async fn transaction_status_reads_an_unpaid_transaction() {
        let body = r#"{"txn_id":"t","order_id":"o","amount":99000,"status":"PENDING","completed_at":null}"#;
        let server = Server::replying(Reply::json(200, body)).await;
        let transaction = client(&server).transaction_status("t").await.unwrap();
        assert_eq!(transaction.status, TransactionStatus::Pending);
        assert_eq!((transaction.is_sandbox, transaction.completed_at), (None, None));
    }

    #[tokio::test]
    async fn cancel_transaction_posts_an_empty_body_that_says_so() {
        let server = server().await;
        client(&server).cancel_transaction("contohtxn").await.unwrap();
        let sent = server.only();
        assert!(sent.headers.contains(&("content-length".into(), "0".into())), "{sent:?}");
        Expected::post("/api/v2/cancel-transaction/depodomain/contohtxn")
            .header("x-api-key", KEY)
            .assert("pakasir", &sent);
    }

    #[tokio::test]
    async fn cancel_transaction_reads_the_message() {
        let server = server().await;
        let canceled = client(&server).cancel_transaction("contohtxn").await.unwrap();
        assert_eq!(canceled.message, "Transaction canceled");
    }

    #[tokio::test]
    async fn payment_fee_asks_without_credentials() {
        let server = server().await;
        client(&server).payment_fee(rupiah(12_000)).await.unwrap();
        Expected::get("/api/v2/payment-fee/12000").assert("pakasir", &server.only());
    }

    #[tokio::test]
    async fn payment_fee_reads_the_fee_of_each_method() {
        let server = server().await;
        let fees = client(&server).payment_fee(rupiah(12_000)).await.unwrap();
        let fees: Vec<_> = fees.iter().map(|(method, fee)| (method.as_str(), fee.get())).collect();
        assert_eq!(fees, [("bri_va", 3500), ("qris", 394)]);
    }

    #[tokio::test]
    async fn a_flag_beside_the_fees_is_not_a_fee() {
        let server = Server::replying(Reply::json(200, r#"{"success":true,"qris":394}"#)).await;
        let fees = client(&server).payment_fee(rupiah(12_000)).await.unwrap();
        let fees: Vec<_> = fees.iter().map(|(method, fee)| (method.as_str(), fee.get())).collect();
        assert_eq!(fees, [("qris", 394)]);
    }

    #[tokio::test]
    async fn names_are_each_one_encoded_segment_of_the_path() {
        for (name, segment) in [
            ("1234/917/ATG", "1234%2F917%2FATG"),
            ("ü", "%C3%BC"),
            ("%2e", "%252e"),
            ("%2E%2E", "%252E%252E"),
            ("a b", "a%20b"),
            ("a?b#c", "a%3Fb%23c"),
        ] {
            let server = server().await;
            let client = client_of(name, &server);
            client.create_transaction(name, &by_qris()).await.unwrap();
            client.transaction_status(name).await.unwrap();
            client.cancel_transaction(name).await.unwrap();
            let targets: Vec<_> = server.sent().into_iter().map(|sent| sent.target).collect();
            assert_eq!(
                targets,
                [
                    format!("/api/v2/create-transaction/{segment}/{segment}"),
                    format!("/api/v2/transaction-status/{segment}/{segment}"),
                    format!("/api/v2/cancel-transaction/{segment}/{segment}"),
                ]
            );
        }
    }

    #[tokio::test]
    async fn a_name_that_would_ask_another_address_is_not_sent() {
        let server = server().await;
        let client = client(&server);
        for name in ["..", ".", ""] {
            for error in [
                failure(client.create_transaction(name, &by_qris()).await),
                failure(client.transaction_status(name).await),
                failure(client.cancel_transaction(name).await),
            ] {
                assert_error(&error, Kind::InvalidRequest, Delivery::NotSent);
            }
        }
        server.assert_untouched();
    }

    #[tokio::test]
    async fn what_no_method_takes_is_not_sent() {
        let server = server().await;
        let client = client(&server);
        let new = |method: &str, amount| NewTransaction::new(method, rupiah(amount));
        for new in [new("", 99_000), new("qris", 499), new("payment_link", 50_000_001)] {
            let error = failure(client.create_transaction("INV123123", &new).await);
            assert_error(&error, Kind::InvalidRequest, Delivery::NotSent);
        }
        assert_error(&failure(client.payment_fee(rupiah(0)).await), Kind::InvalidRequest, Delivery::NotSent);
        server.assert_untouched();
        client.create_transaction("INV123123", &new("a_new_one", 99_000)).await.unwrap();
    }

    #[tokio::test]
    async fn slug_that_leads_to_another_address_is_a_configuration_error() {
        let server = server().await;
        for slug in ["..", ".", ""] {
            let error = failure(client_of(slug, &server).create_transaction("INV123123", &by_qris()).await);
            assert_error(&error, Kind::Configuration, Delivery::NotSent);
        }
        server.assert_untouched();
    }

    #[tokio::test]
    async fn a_failure_has_its_text_in_message_or_error() {
        for member in ["message", "error"] {
            let body = format!(r#"{{"{member}":"Transaction not found"}}"#);
            let server = Server::replying(Reply::json(404, body)).await;
            let errors = errors(&client(&server)).await;
            assert_complete(&errors, operations::ALL);
            assert_errors(&errors, Kind::NotFound, Delivery::Answered);
            assert!(errors.iter().all(|error| error.provider_message() == Some("Transaction not found")));
        }
    }

    #[tokio::test]
    async fn a_false_flag_is_a_refusal_even_with_http_200() {
        let server = Server::replying(Reply::json(200, r#"{"success":false,"message":"Invalid amount"}"#)).await;
        let errors = errors(&client(&server)).await;
        assert_inconclusive(&errors, Kind::Rejected);
        assert!(errors.iter().all(|error| error.provider_message() == Some("Invalid amount")));
    }

    #[tokio::test]
    async fn http_401_means_that_the_key_is_not_accepted() {
        let server = Server::replying(Reply::json(401, r#"{"message":"Unauthorized"}"#)).await;
        assert_errors(&errors(&client(&server)).await, Kind::Authentication, Delivery::Answered);
    }

    #[tokio::test]
    async fn http_429_says_how_long_to_wait() {
        let reply = Reply::json(429, r#"{"message":"Too many requests"}"#).header("retry-after", "4");
        let server = Server::replying(reply).await;
        for error in errors(&client(&server)).await {
            assert_error(&error, Kind::RateLimited, Delivery::Answered);
            assert_eq!(error.retry_after(), Some(Duration::from_secs(4)));
            assert_eq!(error.provider_message(), Some("Too many requests"));
        }
    }

    #[tokio::test]
    async fn a_reply_without_what_it_promises_is_no_success() {
        for body in ["", "null", "[]", "true", r#"{"status":null}"#, r#"{"error":null}"#, "{", "OK"] {
            let server = Server::replying(Reply::json(200, body)).await;
            assert_errors(&errors(&client(&server)).await, Kind::UnexpectedReply, Delivery::MaybeSent);
        }
    }

    #[tokio::test]
    async fn a_transaction_without_its_id_is_no_success() {
        for body in [CREATED.replace(r#""contohtxn""#, "null"), CREATED.replace("txn_id", "id"), "{}".into()] {
            let server = Server::replying(Reply::json(200, body)).await;
            let error = failure(client(&server).create_transaction("INV123123", &by_qris()).await);
            assert_error(&error, Kind::UnexpectedReply, Delivery::MaybeSent);
        }
    }

    #[tokio::test]
    async fn a_web_page_is_distinguished() {
        let server = Server::replying(Reply::html(503)).await;
        assert_errors(&errors(&client(&server)).await, Kind::Html, Delivery::MaybeSent);
    }
}
