//! Pakasir API v1: JSON with the key in the body, or in the query where there is no body; no flag is documented.

use gerbang::pakasir::v1::types::{NewTransaction, PaymentMethod, TransactionRef};
use gerbang::pakasir::v1::{Client, Credentials, notifications, operations};
use gerbang::{Error, Rupiah};

use super::document::{CancelCall, Facts, Gateway, USUAL, Wire, number, text};
use super::{Answer, Api, Calls, FromEnv, boxed, print};
use crate::calls::Shown;

/// What the tests know of it.
pub(super) const API: Api = Api {
    spec: "pakasir-v1",
    operations: operations::ALL,
    documented: &[
        "POST /api/transactioncreate/{method}",
        "GET /api/transactiondetail",
        "POST /api/transactioncancel",
        "POST /api/paymentsimulation",
    ],
    documented_notifications: &["transaction_notification"],
    connect: |url, key, effort| boxed(effort.of(Client::builder(Credentials::new(key, "warung")), url)),
    read: |notification, body| {
        Some(match notification {
            "transaction_notification" => print(notifications::transaction_notification(body)),
            _ => return None,
        })
    },
    schemas: || {
        schemas_of!(gerbang::pakasir::v1::types: CreatedTransaction NewTransaction PaymentMethod TransactionDetail
            TransactionNotification TransactionRef TransactionStatus)
    },
    credentials: |key| format!("{:#?}", Credentials::new(key, "warung")),
    from_env: || FromEnv::of(Credentials::from_env(), Client::from_env()),
    variables: &[
        ("GERBANG_PAKASIR_API_KEY", "CANARY"),
        ("GERBANG_PAKASIR_PROJECT", "warung"),
        ("GERBANG_PAKASIR_BASE_URL", "https://sandbox.example"),
    ],
    printed: &[
        "pakasir-v1 client: Client { transport: Transport { base_url: \"https://sandbox.example\", .. } }",
        "project: \"warung\"",
    ],
    refusal: r#"{"error":"{text}"}"#,
    gateways: &[Gateway { name: "pakasir-v1", facts: FACTS, wire: WIRE }],
};

/// What both of its APIs promise.
pub(super) const FACTS: Facts = Facts { names_expiry: false, notifies_sandbox: true, ..USUAL };

/// Payments are named by order and amount alone. No other words are known than these, so that any other end has
/// one of these here.
pub(super) const WIRE: Wire = Wire {
    create: "v1/create_transaction",
    status: Some("v1/transaction_detail"),
    cancel: Some(CancelCall { operation: "v1/cancel_transaction", idle: r#"{"success":true}"# }),
    refund: None,
    reference: &[text("order_id")],
    id: &[],
    amount: &[number("amount")],
    payable: &[number("total_payment")],
    qris: &[text("payment_number")],
    state: "status",
    words: &["pending", "completed", "canceled"],
    failed: "canceled",
    unpaid: &["pending", "canceled"],
};

impl Calls for Client {
    fn show<'a>(&'a self, operation: &'a str) -> Answer<'a> {
        Box::pin(call(self, operation))
    }
}

/// One plausible call of an operation.
async fn call(client: &Client, operation: &str) -> Option<Result<Shown, Error>> {
    let amount = Rupiah::new(99_000);
    let transaction = || TransactionRef::new("INV123123", amount);
    Some(match operation {
        "create_transaction" => {
            let new = NewTransaction::new("INV123123", amount);
            print(client.create_transaction(PaymentMethod::Qris, &new).await)
        }
        "transaction_detail" => print(client.transaction_detail(amount, "INV123123").await),
        "cancel_transaction" => print(client.cancel_transaction(&transaction()).await),
        "simulate_payment" => print(client.simulate_payment(&transaction()).await),
        _ => return None,
    })
}

#[cfg(test)]
mod wire {
    use gerbang::pakasir::v1::types::{NewTransaction, PaymentMethod, TransactionRef, TransactionStatus};
    use gerbang::pakasir::v1::{Client, Credentials, operations};
    use gerbang::{Delivery, Error, Kind, Retry};
    use serde_json::json;

    use crate::apis::support::{
        Expected, Reply, Server, assert_complete, assert_error, assert_errors, assert_inconclusive, failure, rupiah,
        some_utc,
    };

    const KEY: &str = "JHGejwhe237dkhjeukyw8e33";
    const CREATED: &str = include_str!("fixtures/pakasir_v1/create_transaction.json");
    const DETAIL: &str = include_str!("fixtures/pakasir_v1/transaction_detail.json");
    const QRIS: &str = concat!(
        "00020101021226610016ID.CO.SHOPEE.WWW01189360091800216005230208216005230303UME51440014ID.CO.QRIS.WWW0215",
        "ID10243228429300303UME5204792953033605409100003.005802ID5907Pakasir6012KAB. KEBUMEN61055439262230519",
        "SP25RZRATEQI2HQ65Q46304A079",
    );

    /// A client that sends each call once: what is judged here is one reply.
    fn client(server: &Server) -> Client {
        Client::builder(Credentials::new(KEY, "depodomain"))
            .base_url(server.url())
            .retry(Retry::none())
            .build()
            .unwrap()
    }

    fn new_transaction() -> NewTransaction {
        NewTransaction::new("INV123123", rupiah(99_000))
    }

    fn transaction() -> TransactionRef {
        TransactionRef::new("INV123123", rupiah(99_000))
    }

    /// The errors of the operations that answer with a payload.
    async fn payload_errors(client: &Client) -> Vec<Error> {
        vec![
            failure(client.create_transaction(PaymentMethod::Qris, &new_transaction()).await),
            failure(client.transaction_detail(rupiah(22_000), "240910HDE7C9").await),
        ]
    }

    /// The errors of the operations whose reply says nothing but success.
    async fn bare_errors(client: &Client) -> Vec<Error> {
        vec![
            failure(client.cancel_transaction(&transaction()).await),
            failure(client.simulate_payment(&transaction()).await),
        ]
    }

    async fn errors(client: &Client) -> Vec<Error> {
        let mut errors = payload_errors(client).await;
        errors.extend(bare_errors(client).await);
        errors
    }

    #[tokio::test]
    async fn create_transaction_sends_the_documented_json() {
        let server = Server::replying(Reply::json(200, CREATED)).await;
        client(&server).create_transaction(PaymentMethod::Qris, &new_transaction()).await.unwrap();
        Expected::post("/api/transactioncreate/qris")
            .json(json!({"project": "depodomain", "order_id": "INV123123", "amount": 99000, "api_key": KEY}))
            .assert("pakasir", &server.only());
    }

    #[tokio::test]
    async fn create_transaction_reads_the_documented_reply() {
        let server = Server::replying(Reply::json(200, CREATED)).await;
        let payment = client(&server).create_transaction(PaymentMethod::Qris, &new_transaction()).await.unwrap();
        assert_eq!(payment.project.unwrap(), "depodomain");
        assert_eq!(payment.order_id, "INV123123");
        assert_eq!(payment.amount, rupiah(99_000));
        assert_eq!(payment.fee, Some(rupiah(1003)));
        assert_eq!(payment.total_payment, rupiah(100_003));
        assert_eq!(payment.payment_method, PaymentMethod::Qris);
        assert_eq!(payment.payment_number.as_str(), QRIS);
        assert_eq!(some_utc(&payment.expired_at), "2025-09-19T01:18:49.678622564Z");
        assert_eq!(payment.received, None);
    }

    #[tokio::test]
    async fn create_transaction_reads_account_number_as_text_or_number() {
        for number in [r#""0088810020030045""#, "88810020030045"] {
            let body = format!(
                r#"{{"payment":{{"order_id":123,"amount":"99000","total_payment":102500,"payment_method":"BRI_VA",
                    "payment_number":{number},"fee":null,"project":null,"expired_at":null,"received":98000}}}}"#
            );
            let server = Server::replying(Reply::json(200, body)).await;
            let payment = client(&server).create_transaction(PaymentMethod::BriVa, &new_transaction()).await.unwrap();
            assert_eq!(payment.payment_number.as_str(), number.trim_matches('"'));
            assert_eq!((payment.order_id.as_str(), payment.amount), ("123", rupiah(99_000)));
            assert_eq!(payment.payment_method, PaymentMethod::BriVa);
            assert_eq!((payment.total_payment, payment.received), (rupiah(102_500), Some(rupiah(98_000))));
            assert_eq!((payment.fee, payment.expired_at), (None, None));
            assert_eq!(server.only().target, "/api/transactioncreate/bri_va");
        }
    }

    #[tokio::test]
    async fn every_documented_method_is_sent_as_the_document_spells_it() {
        let server = Server::replying(Reply::json(200, CREATED)).await;
        let client = client(&server);
        for (method, word) in [
            (PaymentMethod::CimbNiagaVa, "cimb_niaga_va"),
            (PaymentMethod::BniVa, "bni_va"),
            (PaymentMethod::Qris, "qris"),
            (PaymentMethod::SampoernaVa, "sampoerna_va"),
            (PaymentMethod::BncVa, "bnc_va"),
            (PaymentMethod::MaybankVa, "maybank_va"),
            (PaymentMethod::PermataVa, "permata_va"),
            (PaymentMethod::AtmBersamaVa, "atm_bersama_va"),
            (PaymentMethod::ArthaGrahaVa, "artha_graha_va"),
            (PaymentMethod::BriVa, "bri_va"),
        ] {
            client.create_transaction(method, &new_transaction()).await.unwrap();
            assert_eq!(server.sent().last().unwrap().target, format!("/api/transactioncreate/{word}"));
        }
    }

    #[tokio::test]
    async fn callers_own_method_is_one_encoded_path_segment() {
        let server = Server::replying(Reply::json(200, CREATED)).await;
        let client = client(&server);
        for (method, segment) in [("a/b", "a%2Fb"), ("ü", "%C3%BC"), ("%2e", "%252e"), ("new va", "new%20va")] {
            client.create_transaction(method, &new_transaction()).await.unwrap();
            assert_eq!(server.sent().last().unwrap().target, format!("/api/transactioncreate/{segment}"));
        }
    }

    #[tokio::test]
    async fn a_method_that_would_ask_another_address_is_not_sent() {
        let server = Server::replying(Reply::json(200, CREATED)).await;
        for method in ["..", ".", ""] {
            let error = failure(client(&server).create_transaction(method, &new_transaction()).await);
            assert_error(&error, Kind::InvalidRequest, Delivery::NotSent);
        }
        server.assert_untouched();
    }

    #[tokio::test]
    async fn transaction_detail_sends_the_documented_query() {
        let server = Server::replying(Reply::json(200, DETAIL)).await;
        client(&server).transaction_detail(rupiah(22_000), "240910HDE7C9").await.unwrap();
        Expected::get("/api/transactiondetail")
            .query(&[("project", "depodomain"), ("amount", "22000"), ("order_id", "240910HDE7C9"), ("api_key", KEY)])
            .assert("pakasir", &server.only());
    }

    #[tokio::test]
    async fn transaction_detail_encodes_the_order() {
        let server = Server::replying(Reply::json(200, DETAIL)).await;
        client(&server).transaction_detail(rupiah(22_000), "1234/917 & é#").await.unwrap();
        let sent = server.only();
        assert!(sent.target.contains("order_id=1234%2F917+%26+%C3%A9%23"), "{}", sent.target);
        Expected::get("/api/transactiondetail")
            .query(&[("project", "depodomain"), ("amount", "22000"), ("order_id", "1234/917 & é#"), ("api_key", KEY)])
            .assert("pakasir", &sent);
    }

    #[tokio::test]
    async fn transaction_detail_reads_the_documented_reply() {
        let server = Server::replying(Reply::json(200, DETAIL)).await;
        let transaction = client(&server).transaction_detail(rupiah(22_000), "240910HDE7C9").await.unwrap();
        assert_eq!(transaction.amount, rupiah(22_000));
        assert_eq!(transaction.order_id, "240910HDE7C9");
        assert_eq!(transaction.project.unwrap(), "depodomain");
        assert_eq!(transaction.status, TransactionStatus::Completed);
        assert_eq!(transaction.payment_method.unwrap(), PaymentMethod::Qris);
        assert_eq!(some_utc(&transaction.completed_at), "2024-09-10T01:07:02.819Z");
    }

    #[tokio::test]
    async fn transaction_detail_reads_pending_and_both_canceled_words() {
        for (word, status) in [
            ("pending", TransactionStatus::Pending),
            ("canceled", TransactionStatus::Canceled),
            ("cancelled", TransactionStatus::Cancelled),
        ] {
            let body =
                format!(r#"{{"transaction":{{"amount":1,"order_id":"A","status":"{word}","completed_at":null}}}}"#);
            let server = Server::replying(Reply::json(200, body)).await;
            let transaction = client(&server).transaction_detail(rupiah(1), "A").await.unwrap();
            assert_eq!(transaction.status, status);
            assert_eq!(transaction.completed_at, None);
        }
    }

    #[tokio::test]
    async fn cancel_transaction_sends_the_documented_json() {
        let server = Server::replying(Reply::json(200, r#"{"success":true}"#)).await;
        client(&server).cancel_transaction(&transaction()).await.unwrap();
        Expected::post("/api/transactioncancel")
            .json(json!({"project": "depodomain", "order_id": "INV123123", "amount": 99000, "api_key": KEY}))
            .assert("pakasir", &server.only());
    }

    #[tokio::test]
    async fn simulate_payment_sends_the_documented_json() {
        let server = Server::replying(Reply::json(200, r#"{"success":true}"#)).await;
        client(&server).simulate_payment(&transaction()).await.unwrap();
        Expected::post("/api/paymentsimulation")
            .json(json!({"project": "depodomain", "order_id": "INV123123", "amount": 99000, "api_key": KEY}))
            .assert("pakasir", &server.only());
    }

    #[tokio::test]
    async fn cancel_and_simulate_take_an_empty_reply_for_a_success() {
        for body in [r#"{"success":true}"#, "{}", "", "\n"] {
            let server = Server::replying(Reply::json(200, body)).await;
            client(&server).cancel_transaction(&transaction()).await.unwrap();
            client(&server).simulate_payment(&transaction()).await.unwrap();
        }
    }

    #[tokio::test]
    async fn cancel_and_simulate_do_not_take_any_json_for_success() {
        for body in ["false", r#""error""#, r#"{"success":"no"}"#, r#"{"success":0}"#, "OK", r#"{"success":true"#] {
            let server = Server::replying(Reply::json(200, body)).await;
            assert_errors(&bare_errors(&client(&server)).await, Kind::UnexpectedReply, Delivery::MaybeSent);
        }
    }

    #[tokio::test]
    async fn an_empty_reply_is_a_success_only_with_a_good_http_status() {
        let server = Server::replying(Reply::json(404, "")).await;
        assert_inconclusive(&bare_errors(&client(&server)).await, Kind::NotFound);
    }

    #[tokio::test]
    async fn a_false_flag_is_a_refusal_even_with_http_200() {
        let server = Server::replying(Reply::json(200, r#"{"success":false,"message":"Invalid API key"}"#)).await;
        let errors = errors(&client(&server)).await;
        assert_complete(&errors, operations::ALL);
        assert_errors(&errors, Kind::Authentication, Delivery::Answered);
        assert!(errors.iter().all(|error| error.provider_message() == Some("Invalid API key")));
    }

    #[tokio::test]
    async fn an_error_member_is_a_failure_even_with_http_200() {
        let server = Server::replying(Reply::json(200, r#"{"error":"Transaction is already paid"}"#)).await;
        let errors = errors(&client(&server)).await;
        assert_complete(&errors, operations::ALL);
        assert_inconclusive(&errors, Kind::Rejected);
        assert!(errors.iter().all(|error| error.provider_message() == Some("Transaction is already paid")));
    }

    #[tokio::test]
    async fn a_failure_has_its_text_in_message_or_error() {
        for member in ["message", "error"] {
            let body = format!(r#"{{"{member}":"Transaction not found"}}"#);
            let server = Server::replying(Reply::json(404, body)).await;
            let errors = errors(&client(&server)).await;
            assert_errors(&errors, Kind::NotFound, Delivery::Answered);
            assert!(errors.iter().all(|error| error.provider_message() == Some("Transaction not found")));
        }
    }

    #[tokio::test]
    async fn http_401_means_that_the_key_is_not_accepted() {
        let server = Server::replying(Reply::json(401, r#"{"message":"Unauthorized"}"#)).await;
        assert_errors(&errors(&client(&server)).await, Kind::Authentication, Delivery::Answered);
    }

    #[tokio::test]
    async fn http_500_leaves_open_whether_the_request_took_effect() {
        let server = Server::replying(Reply::json(500, r#"{"error":"internal"}"#)).await;
        assert_errors(&errors(&client(&server)).await, Kind::Unavailable, Delivery::MaybeSent);
    }

    #[tokio::test]
    async fn a_reply_without_its_payload_is_no_success() {
        for body in [
            "",
            "{}",
            "null",
            r#"{"success":true}"#,
            r#"{"payment":null,"transaction":null}"#,
            r#"{"payment":{},"transaction":{}}"#,
            r#"{"message":"ok"}"#,
            r#"{"amount":99000,"order_id":"INV123123"}"#,
        ] {
            let server = Server::replying(Reply::json(200, body)).await;
            assert_errors(&payload_errors(&client(&server)).await, Kind::UnexpectedReply, Delivery::MaybeSent);
        }
    }

    #[tokio::test]
    async fn a_web_page_is_distinguished() {
        let server = Server::replying(Reply::html(200)).await;
        assert_errors(&errors(&client(&server)).await, Kind::Html, Delivery::MaybeSent);
    }

    #[tokio::test]
    async fn an_empty_order_is_not_sent() {
        let server = Server::replying(Reply::json(200, CREATED)).await;
        let client = client(&server);
        let new = NewTransaction::new("", rupiah(99_000));
        let nameless = TransactionRef::new("", rupiah(99_000));
        for error in [
            failure(client.create_transaction(PaymentMethod::Qris, &new).await),
            failure(client.cancel_transaction(&nameless).await),
            failure(client.simulate_payment(&nameless).await),
        ] {
            assert_error(&error, Kind::InvalidRequest, Delivery::NotSent);
        }
        server.assert_untouched();
    }

    #[tokio::test]
    async fn an_empty_order_is_not_sent_in_a_query() {
        let server = Server::replying(Reply::json(200, DETAIL)).await;
        let error = failure(client(&server).transaction_detail(rupiah(22_000), "").await);
        assert_error(&error, Kind::InvalidRequest, Delivery::NotSent);
        server.assert_untouched();
    }
}
