//! Kazukipay: forms, the key as bearer, the flag `status`, the payload in `data`.

use gerbang::kazukipay::types::{Cancellation, CreatePayment, PaymentQuery};
use gerbang::kazukipay::{Client, Credentials, notifications, operations};
use gerbang::{Error, Rupiah};

use super::document::{CancelCall, Gateway, USUAL, Wire, number, text};
use super::{Answer, Api, Calls, FromEnv, boxed, print};
use crate::calls::Shown;

/// What the tests know of it.
pub(super) const API: Api = Api {
    spec: "kazukipay",
    operations: operations::ALL,
    documented: &[
        "POST /api/create.php",
        "POST /api/cekstatus.php",
        "POST /api/cancel.php",
        "GET /api/mutasi_status.php?action=check",
        "GET /api/mutasi_status.php?action=run",
        "GET /api/public_check.php",
    ],
    documented_notifications: &["payment_notification"],
    connect: |url, key, effort| boxed(effort.of(Client::builder(Credentials::new(key, 1)), url)),
    read: |notification, body| {
        Some(match notification {
            "payment_notification" => print(notifications::payment_notification(body)),
            _ => return None,
        })
    },
    schemas: || {
        schemas_of!(gerbang::kazukipay::types: Cancellation CancelledPayment CreatedPayment IncomingMutation MutationCheck
            MutationResult MutationRun CreatePayment NotificationEvent PaymentDetail
            PaymentNotification PaymentQuery PaymentState PendingTransaction
            ProcessedTransaction PublicCheck)
    },
    credentials: |key| format!("{:#?}", Credentials::new(key, 1)),
    from_env: || FromEnv::of(Credentials::from_env(), Client::from_env()),
    variables: &[("GERBANG_KAZUKIPAY_API_KEY", "CANARY"), ("GERBANG_KAZUKIPAY_PROJECT_ID", " 17 ")],
    printed: &[
        "kazukipay: Credentials { api_key: Secret([redacted]), project_id: 17 }",
        "kazukipay client: Client { transport: Transport { base_url: \"https://www.oberonix.org\", .. } }",
    ],
    refusal: r#"{"status":false,"message":"{text}","data":null}"#,
    gateways: &[Gateway { name: "kazukipay", facts: USUAL, wire: WIRE }],
};

const WIRE: Wire = Wire {
    create: "create_payment",
    status: Some("payment_status"),
    cancel: Some(CancelCall {
        operation: "cancel_payment",
        idle: r#"{"status":true,"message":"Transaction successfully cancelled.",
            "data":{"transaction_id":{id},"custom_id":"{reference}","status":"PENDING"}}"#,
    }),
    refund: None,
    reference: &[text("custom_id")],
    id: &[number("transaction_id")],
    amount: &[number("amount")],
    payable: &[number("unique_amount")],
    qris: &[],
    state: "status",
    words: &["PENDING", "PAID", "CANCELLED", "EXPIRED"],
    failed: "FAILED",
    unpaid: &["PENDING", "CANCELLED", "EXPIRED", "FAILED"],
};

impl Calls for Client {
    fn show<'a>(&'a self, operation: &'a str) -> Answer<'a> {
        Box::pin(call(self, operation))
    }
}

/// One plausible call of an operation.
async fn call(client: &Client, operation: &str) -> Option<Result<Shown, Error>> {
    let custom_id = || "ORD-001".to_owned();
    Some(match operation {
        "create_payment" => {
            let new = CreatePayment::new(Rupiah::new(10_000), custom_id());
            print(client.create_payment(&new).await)
        }
        "payment_status" => print(client.payment_status(&PaymentQuery::new(custom_id())).await),
        "cancel_payment" => print(client.cancel_payment(&Cancellation::new(custom_id())).await),
        "check_mutations" => print(client.check_mutations().await),
        "run_mutations" => print(client.run_mutations().await),
        "public_check" => print(client.public_check("ORD-001").await),
        _ => return None,
    })
}

#[cfg(test)]
mod wire {

    use gerbang::kazukipay::types::{Cancellation, CreatePayment, MutationResult, PaymentQuery, PaymentState};
    use gerbang::kazukipay::{Client, Credentials, operations};
    use gerbang::{Delivery, Error, Kind, Retry};

    use crate::apis::support::{
        Expected, Reply, Server, assert_complete, assert_error, assert_errors, assert_inconclusive, failure, rupiah,
        some_utc,
    };

    const KEY: &str = "SK-1234567890abcdef";
    const BEARER: &str = "Bearer SK-1234567890abcdef";
    const CREATED: &str = include_str!("fixtures/kazukipay/create_payment.json");
    const STATUS: &str = include_str!("fixtures/kazukipay/payment_status.json");
    const CANCELLED: &str = include_str!("fixtures/kazukipay/cancel_payment.json");
    const CANCEL_REFUSED: &str = include_str!("fixtures/kazukipay/cancel_payment_refused.json");
    const CHECK: &str = include_str!("fixtures/kazukipay/check_mutations.json");
    const RUN: &str = include_str!("fixtures/kazukipay/run_mutations.json");

    /// A client that sends each call once: what is judged here is one reply.
    fn client(server: &Server) -> Client {
        Client::builder(Credentials::new(KEY, 1)).base_url(server.url()).retry(Retry::none()).build().unwrap()
    }

    fn new_payment() -> CreatePayment {
        CreatePayment::new(rupiah(10_000), "ORD-001")
    }

    fn query() -> PaymentQuery {
        PaymentQuery::new("ORD-001")
    }

    fn cancellation() -> Cancellation {
        Cancellation::new("ORD-001")
    }

    async fn errors(client: &Client) -> Vec<Error> {
        vec![
            failure(client.create_payment(&new_payment()).await),
            failure(client.payment_status(&query()).await),
            failure(client.cancel_payment(&cancellation()).await),
            failure(client.check_mutations().await),
            failure(client.run_mutations().await),
            failure(client.public_check("ORD-001").await),
        ]
    }

    #[tokio::test]
    async fn create_payment_sends_the_documented_form() {
        let server = Server::replying(Reply::json(200, CREATED)).await;
        client(&server).create_payment(&new_payment()).await.unwrap();
        Expected::post("/api/create.php")
            .header("authorization", BEARER)
            .form(&[("project_id", "1"), ("amount", "10000"), ("custom_id", "ORD-001")])
            .assert("kazukipay", &server.only());
    }

    #[tokio::test]
    async fn create_payment_reads_the_documented_reply() {
        let server = Server::replying(Reply::json(200, CREATED)).await;
        let payment = client(&server).create_payment(&new_payment()).await.unwrap();
        assert_eq!(payment.transaction_id, "12");
        assert_eq!(payment.custom_id, "ORD-001");
        assert_eq!(payment.project_id.unwrap(), "1");
        assert_eq!(payment.amount, rupiah(10_000));
        assert_eq!(payment.unique_amount, rupiah(10_243));
        assert_eq!(payment.qris_url, "https://img2...");
        assert_eq!(some_utc(&payment.expired_at), "2026-03-10T13:00:00Z");
    }

    #[tokio::test]
    async fn payment_status_posts_the_documented_form() {
        let server = Server::replying(Reply::json(200, STATUS)).await;
        client(&server).payment_status(&query()).await.unwrap();
        Expected::post("/api/cekstatus.php")
            .header("authorization", BEARER)
            .form(&[("custom_id", "ORD-001")])
            .assert("kazukipay", &server.only());
    }

    #[tokio::test]
    async fn payment_status_reads_the_documented_reply() {
        let server = Server::replying(Reply::json(200, STATUS)).await;
        let payment = client(&server).payment_status(&query()).await.unwrap();
        assert_eq!(payment.transaction_id, "12");
        assert_eq!(payment.custom_id, "ORD-001");
        assert_eq!(payment.status, PaymentState::Paid);
        assert_eq!(payment.amount, rupiah(10_000));
        assert_eq!(payment.unique_amount, rupiah(10_243));
        assert_eq!(payment.net_amount, Some(rupiah(10_140)));
        assert_eq!(payment.qris_url.as_deref(), Some("https://img2..."));
        assert_eq!(some_utc(&payment.expired_at), "2026-03-10T13:00:00Z");
    }

    #[tokio::test]
    async fn payment_status_reads_every_form_of_an_amount_and_nulls() {
        let server = Server::replying(Reply::json(
            200,
            r#"{"status":true,"data":{"transaction_id":"12","custom_id":7,"status":"pending","amount":"10000",
                "unique_amount":"10243.00","net_amount":null,"qris_url":null,"expired_at":null,"extra":{}}}"#,
        ))
        .await;
        let payment = client(&server).payment_status(&query()).await.unwrap();
        assert_eq!((payment.amount, payment.unique_amount), (rupiah(10_000), rupiah(10_243)));
        assert_eq!((payment.net_amount, payment.expired_at), (None, None));
        assert_eq!((payment.transaction_id.as_str(), payment.custom_id.as_str()), ("12", "7"));
        assert_eq!(payment.status, PaymentState::Pending);
    }

    #[tokio::test]
    async fn cancel_payment_posts_the_documented_form() {
        let server = Server::replying(Reply::json(200, CANCELLED)).await;
        client(&server).cancel_payment(&cancellation()).await.unwrap();
        Expected::post("/api/cancel.php")
            .header("authorization", BEARER)
            .form(&[("custom_id", "ORD-001")])
            .assert("kazukipay", &server.only());
    }

    #[tokio::test]
    async fn cancel_payment_reads_the_documented_reply() {
        let server = Server::replying(Reply::json(200, CANCELLED)).await;
        let payment = client(&server).cancel_payment(&cancellation()).await.unwrap();
        assert_eq!(payment.transaction_id, "12");
        assert_eq!(payment.custom_id, "ORD-001");
        assert_eq!(payment.status, PaymentState::Cancelled);
    }

    #[tokio::test]
    async fn cancel_payment_reports_the_documented_refusal() {
        let server = Server::replying(Reply::json(200, CANCEL_REFUSED)).await;
        let error = failure(client(&server).cancel_payment(&cancellation()).await);
        assert_error(&error, Kind::Rejected, Delivery::Answered);
        let text = "Only PENDING transactions can be cancelled. Current status is PAID";
        assert_eq!(error.provider_message(), Some(text));
        assert_eq!((error.code(), error.status()), (None, Some(200)));
    }

    #[tokio::test]
    async fn check_mutations_asks_for_the_preview() {
        let server = Server::replying(Reply::json(200, CHECK)).await;
        client(&server).check_mutations().await.unwrap();
        Expected::get("/api/mutasi_status.php")
            .query(&[("action", "check")])
            .header("authorization", BEARER)
            .assert("kazukipay", &server.only());
    }

    #[tokio::test]
    async fn check_mutations_reads_the_documented_reply() {
        let server = Server::replying(Reply::json(200, CHECK)).await;
        let check = client(&server).check_mutations().await.unwrap();
        let [incoming] = &check.mutasi_incoming[..] else { panic!("one entry") };
        assert_eq!(incoming.mutasi_id, "208992696");
        assert_eq!(incoming.kredit_raw.unwrap().rupiah(), rupiah(1493));
        assert_eq!(incoming.amount, rupiah(1493));
        assert_eq!(incoming.keterangan.as_deref(), Some("NOBU / YOGA NUGROHO"));
        assert_eq!(some_utc(&incoming.tanggal), "2026-03-10T12:42:49Z");
        assert_eq!(incoming.bank.as_deref(), Some("Bank Jago"));
        let [pending] = &check.pending_transactions[..] else { panic!("one payment") };
        assert_eq!(pending.custom_id, "KZK-ABC123");
        assert_eq!(pending.unique_amount, rupiah(1493));
        assert_eq!(pending.status, PaymentState::Pending);
        assert_eq!(pending.mutasi_found, Some(true));
        assert_eq!(some_utc(&pending.expired_at), "2026-03-10T14:00:00Z");
    }

    #[tokio::test]
    async fn run_mutations_asks_for_the_run() {
        let server = Server::replying(Reply::json(200, RUN)).await;
        client(&server).run_mutations().await.unwrap();
        Expected::get("/api/mutasi_status.php")
            .query(&[("action", "run")])
            .header("authorization", BEARER)
            .assert("kazukipay", &server.only());
    }

    #[tokio::test]
    async fn run_mutations_reads_the_documented_reply() {
        let server = Server::replying(Reply::json(200, RUN)).await;
        let run = client(&server).run_mutations().await.unwrap();
        let [paid, not_matched] = &run.processed[..] else { panic!("two payments") };
        assert_eq!(paid.custom_id, "KZK-ABC123");
        assert_eq!(paid.result, MutationResult::Paid);
        assert_eq!(paid.net_amount, Some(rupiah(1478)));
        assert_eq!(paid.mutasi_id.as_ref().unwrap(), &"208992696");
        assert_eq!(not_matched.custom_id, "KZK-XYZ789");
        assert_eq!(not_matched.result, MutationResult::NotMatched);
        assert_eq!((not_matched.net_amount, &not_matched.mutasi_id), (None, &None));
    }

    #[tokio::test]
    async fn public_check_asks_without_the_key() {
        let server = Server::replying(Reply::json(200, r#"{"status":true,"data":{"status":"PAID"}}"#)).await;
        client(&server).public_check("ORD-001").await.unwrap();
        Expected::get("/api/public_check.php").query(&[("custom_id", "ORD-001")]).assert("kazukipay", &server.only());
    }

    #[tokio::test]
    async fn public_check_reads_the_four_documented_replies() {
        for (body, status, changed, net_amount, message) in [
            (
                r#"{ "status": true, "data": { "status": "PAID", "changed": true, "net_amount": 1478 } }"#,
                PaymentState::Paid,
                true,
                Some(rupiah(1478)),
                None,
            ),
            (
                r#"{ "status": true, "data": { "status": "PENDING", "changed": false,
                                    "message": "Pembayaran belum ditemukan di mutasi" } }"#,
                PaymentState::Pending,
                false,
                None,
                Some("Pembayaran belum ditemukan di mutasi"),
            ),
            (
                r#"{ "status": true, "data": { "status": "PAID", "changed": false } }"#,
                PaymentState::Paid,
                false,
                None,
                None,
            ),
            (
                r#"{ "status": true, "data": { "status": "EXPIRED", "changed": false } }"#,
                PaymentState::Expired,
                false,
                None,
                None,
            ),
        ] {
            let server = Server::replying(Reply::json(200, body)).await;
            let check = client(&server).public_check("ORD-001").await.unwrap();
            assert_eq!(check.status, status);
            assert_eq!((check.changed, check.net_amount), (Some(changed), net_amount));
            assert_eq!(check.message.as_deref(), message);
        }
    }

    #[tokio::test]
    async fn values_are_form_encoded_in_bodies_and_queries() {
        let id = r#"Kopi & teh "enak" é=+%"#;
        let server = Server::start(|request| match request.path() {
            "/api/create.php" => Reply::json(200, CREATED),
            _ => Reply::json(200, r#"{"status":true,"data":{"status":"PAID"}}"#),
        })
        .await;
        let client = client(&server);
        client.create_payment(&CreatePayment::new(rupiah(10_000), id)).await.unwrap();
        client.public_check(id).await.unwrap();
        let [create, check] = &server.sent()[..] else { panic!("two requests") };
        Expected::post("/api/create.php")
            .header("authorization", BEARER)
            .form(&[("project_id", "1"), ("amount", "10000"), ("custom_id", id)])
            .assert("kazukipay", create);
        let encoded = "custom_id=Kopi+%26+teh+%22enak%22+%C3%A9%3D%2B%25";
        assert!(create.body.split('&').any(|pair| pair == encoded), "{}", create.body);
        assert_eq!(check.target, format!("/api/public_check.php?{encoded}"));
    }

    #[tokio::test]
    async fn a_false_flag_is_a_refusal_even_with_http_200() {
        let server = Server::replying(Reply::json(200, r#"{"status":false,"message":"Invalid","data":null}"#)).await;
        let errors = errors(&client(&server)).await;
        assert_complete(&errors, operations::ALL);
        assert_inconclusive(&errors, Kind::Rejected);
        assert!(errors.iter().all(|error| error.provider_message() == Some("Invalid")));
    }

    #[tokio::test]
    async fn a_refusal_without_a_message_is_still_a_refusal() {
        let server = Server::replying(Reply::json(200, r#"{"status":false}"#)).await;
        let errors = errors(&client(&server)).await;
        assert_inconclusive(&errors, Kind::Rejected);
        assert!(errors.iter().all(|error| error.provider_message().is_none()));
    }

    #[tokio::test]
    async fn http_401_means_that_the_key_is_not_accepted() {
        let reply = Reply::json(401, r#"{"status":false,"message":"API Key tidak valid","data":null}"#);
        let server = Server::replying(reply).await;
        let errors = errors(&client(&server)).await;
        assert_errors(&errors, Kind::Authentication, Delivery::Answered);
        assert!(errors.iter().all(|error| error.provider_message() == Some("API Key tidak valid")));
    }

    #[tokio::test]
    async fn a_reply_without_flag_or_payload_is_no_success() {
        for body in [
            "{}",
            r#"{"data":{"status":"PAID"}}"#,
            r#"{"status":true}"#,
            r#"{"status":true,"message":"OK","data":null}"#,
            r#"{"status":true,"data":{}}"#,
            r#"{"status":true,"data":[]}"#,
            r#"{"status":"PAID","data":{"status":"PAID"}}"#,
        ] {
            let server = Server::replying(Reply::json(200, body)).await;
            assert_errors(&errors(&client(&server)).await, Kind::UnexpectedReply, Delivery::MaybeSent);
        }
    }

    #[tokio::test]
    async fn a_web_page_is_distinguished() {
        let server = Server::replying(Reply::html(200)).await;
        assert_errors(&errors(&client(&server)).await, Kind::Html, Delivery::MaybeSent);
        let server = Server::replying(Reply::html(403)).await;
        assert_inconclusive(&errors(&client(&server)).await, Kind::Html);
    }

    #[tokio::test]
    async fn a_redirect_is_not_followed() {
        for status in [301, 302, 307, 308] {
            let server = Server::replying(Reply::json(status, CREATED).header("location", "/elsewhere")).await;
            let error = failure(client(&server).create_payment(&new_payment()).await);
            assert_error(&error, Kind::UnexpectedReply, Delivery::MaybeSent);
            assert_eq!(server.only().path(), "/api/create.php");
        }
    }

    #[tokio::test]
    async fn values_beyond_a_limit_are_not_sent() {
        let server = Server::replying(Reply::json(200, CREATED)).await;
        let client = client(&server);
        for error in [
            failure(client.create_payment(&CreatePayment::new(rupiah(999), "ORD-001")).await),
            failure(client.create_payment(&CreatePayment::new(rupiah(10_000), "")).await),
            failure(client.payment_status(&PaymentQuery::new(String::new())).await),
            failure(client.cancel_payment(&Cancellation::new(String::new())).await),
        ] {
            assert_error(&error, Kind::InvalidRequest, Delivery::NotSent);
        }
        server.assert_untouched();
        client.create_payment(&CreatePayment::new(rupiah(1000), "ORD-001")).await.unwrap();
    }

    #[tokio::test]
    async fn an_empty_custom_id_is_not_sent_in_a_query() {
        let server = Server::replying(Reply::json(200, r#"{"status":true,"data":{"status":"PAID"}}"#)).await;
        let error = failure(client(&server).public_check("").await);
        assert_error(&error, Kind::InvalidRequest, Delivery::NotSent);
        server.assert_untouched();
    }
}
