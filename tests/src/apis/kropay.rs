//! Kropay: JSON, the key in the header `X-API-KEY`, the flag `success`.

use super::document::{Facts, Gateway, USUAL, Wire, number, text};
use super::{Answer, Api, Calls, FromEnv, boxed, print};
use crate::calls::Shown;
use gerbang::kropay::types::CreatePayment;
use gerbang::kropay::{Client, Credentials, notifications, operations};
use gerbang::{Error, Rupiah};
use serde_json::Value;

/// What the tests know of it.
pub(super) const API: Api = Api {
    spec: "kropay",
    operations: operations::ALL,
    documented: &[
        "POST /api/v1/payment/create",
        "GET /api/v1/payment/status/{reference}",
        "GET /api/v1/qris/{reference}.svg",
    ],
    documented_notifications: &["payment_notification"],
    connect: |url, key, effort| boxed(effort.of(Client::builder(Credentials::new(key)), url)),
    read: |notification, body| {
        Some(match notification {
            "payment_notification" => print(notifications::payment_notification(body)),
            _ => return None,
        })
    },
    schemas: || schemas_of!(gerbang::kropay::types: CreatedPayment CreatePayment PaymentDetail PaymentNotification PaymentState),
    credentials: |key| format!("{:#?}", Credentials::new(key)),
    from_env: || FromEnv::of(Credentials::from_env(), Client::from_env()),
    variables: &[("GERBANG_KROPAY_API_KEY", "CANARY")],
    printed: &[
        "kropay client: Client { transport: Transport { base_url: \"https://kropay.krispediadigital.my.id\", .. } }",
    ],
    refusal: r#"{"success":false,"message":"{text}"}"#,
    gateways: &[Gateway {
        name: "kropay",
        facts: Facts { acceptance: Some(r#"{"success": true}"#), ..USUAL },
        wire: WIRE,
    }],
};

/// A notification says `paid` where a reply says `success`, and there is no word for a cancelled payment.
const WIRE: Wire = Wire {
    create: "create_payment",
    status: Some("payment_status"),
    cancel: None,
    refund: None,
    reference: &[text("merchant_ref")],
    id: &[text("reference")],
    amount: &[number("amount")],
    payable: &[number("total_amount")],
    qris: &[text("qris_string")],
    state: "status",
    words: &["pending", "success", "failed", "expired"],
    failed: "failed",
    unpaid: &["pending", "failed", "expired"],
};

impl Calls for Client {
    fn show<'a>(&'a self, operation: &'a str) -> Answer<'a> {
        Box::pin(call(self, operation))
    }
}

/// One plausible call of an operation.
async fn call(client: &Client, operation: &str) -> Option<Result<Shown, Error>> {
    Some(match operation {
        "create_payment" => {
            let new = CreatePayment::new("ORDER-12345", Rupiah::new(10_000)).customer_name("Krisdi").expired_in(900);
            print(client.create_payment(&new).await)
        }
        "payment_status" => print(client.payment_status("PG-20260529A1B2").await),
        "qris_image" => {
            let picture = client.qris_image("PG-20260529A1B2").await;
            picture.map(|bytes| Shown { printed: format!("{bytes:?}"), json: Value::Null })
        }
        _ => return None,
    })
}

#[cfg(test)]
mod wire {
    use std::time::Duration;

    use gerbang::kropay::types::{CreatePayment, PaymentState};
    use gerbang::kropay::{Client, Credentials, operations};
    use gerbang::{Delivery, Error, Kind, Retry};
    use serde_json::{Value, json};

    use crate::apis::support::{
        Expected, Reply, Server, assert_complete, assert_error, assert_errors, assert_inconclusive, failure, rupiah,
        some_utc,
    };

    const KEY: &str = "KP-1234567890abcdef";
    const CREATED: &str = include_str!("fixtures/kropay/create_payment.json");
    const STATUS: &str = include_str!("fixtures/kropay/payment_status.json");
    const SVG: &str = r#"<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"><path d="M0 0h1v1z"/></svg>"#;

    /// A client that sends each call once: what is judged here is one reply.
    fn client(server: &Server) -> Client {
        Client::builder(Credentials::new(KEY)).base_url(server.url()).retry(Retry::none()).build().unwrap()
    }

    fn new_payment() -> CreatePayment {
        CreatePayment::new("ORDER-12345", rupiah(10_000))
    }

    /// The errors of the operations that answer in JSON.
    async fn json_errors(client: &Client) -> Vec<Error> {
        vec![
            failure(client.create_payment(&new_payment()).await),
            failure(client.payment_status("PG-20260529A1B2").await),
        ]
    }

    async fn errors(client: &Client) -> Vec<Error> {
        let mut errors = json_errors(client).await;
        errors.push(failure(client.qris_image("PG-20260529A1B2").await));
        errors
    }

    #[tokio::test]
    async fn create_payment_sends_the_documented_json() {
        let server = Server::replying(Reply::json(201, CREATED)).await;
        let new = new_payment().customer_name("Krisdi");
        client(&server).create_payment(&new).await.unwrap();
        Expected::post("/api/v1/payment/create")
            .header("x-api-key", KEY)
            .json(json!({"merchant_ref": "ORDER-12345", "amount": 10000, "customer_name": "Krisdi"}))
            .assert("kropay", &server.only());
    }

    #[tokio::test]
    async fn create_payment_sends_every_option_that_is_given_and_no_other() {
        let server = Server::replying(Reply::json(201, CREATED)).await;
        let client = client(&server);
        let all = new_payment()
            .customer_name(r#"Kopi & teh "enak" é"#)
            .customer_email("krisdi+toko@example.com")
            .expired_in(300);
        client.create_payment(&all).await.unwrap();
        client.create_payment(&new_payment()).await.unwrap();
        let [all, none] = &server.sent()[..] else { panic!("two requests") };
        let expected = Expected::post("/api/v1/payment/create").header("x-api-key", KEY);
        expected
            .json(json!({
                "merchant_ref": "ORDER-12345",
                "amount": 10000,
                "customer_name": "Kopi & teh \"enak\" é",
                "customer_email": "krisdi+toko@example.com",
                "expired_in": 300,
            }))
            .assert("kropay", all);
        let expected = Expected::post("/api/v1/payment/create").header("x-api-key", KEY);
        expected.json(json!({"merchant_ref": "ORDER-12345", "amount": 10000})).assert("kropay", none);
    }

    #[tokio::test]
    async fn create_payment_reads_the_documented_reply() {
        let server = Server::replying(Reply::json(201, CREATED)).await;
        let payment = client(&server).create_payment(&new_payment()).await.unwrap();
        assert_eq!(payment.reference, "PG-20260529A1B2");
        assert_eq!(payment.merchant_ref, "ORDER-12345");
        assert_eq!(payment.amount, rupiah(10_000));
        assert_eq!(payment.fee, Some(rupiah(20)));
        assert_eq!(payment.unique_code, Some(rupiah(20)));
        assert_eq!(payment.total_amount, rupiah(10_020));
        assert_eq!(payment.status, PaymentState::Pending);
        assert_eq!(some_utc(&payment.expired_at), "2026-05-30T08:30:00Z");
        assert_eq!(payment.expired_at.unwrap().text(), "2026-05-30 15:30:00");
        assert_eq!(payment.qris_string, "00020101021226580011ID.CO.QREN.WWW0118...");
        assert_eq!(
            payment.qris_image.as_deref(),
            Some("https://kropay.krispediadigital.my.id/api/v1/qris/PG-20260529A1B2.svg")
        );
    }

    #[tokio::test]
    async fn payment_status_sends_a_get_with_the_key_in_its_header() {
        let server = Server::replying(Reply::json(200, STATUS)).await;
        client(&server).payment_status("PG-20260529A1B2").await.unwrap();
        Expected::get("/api/v1/payment/status/PG-20260529A1B2")
            .header("x-api-key", KEY)
            .assert("kropay", &server.only());
    }

    #[tokio::test]
    async fn payment_status_reads_the_documented_reply() {
        let server = Server::replying(Reply::json(200, STATUS)).await;
        let payment = client(&server).payment_status("PG-20260529A1B2").await.unwrap();
        assert_eq!(payment.reference, "PG-20260529A1B2");
        assert_eq!(payment.merchant_ref, "ORDER-12345");
        assert_eq!(payment.amount, rupiah(10_000));
        assert_eq!(payment.fee, Some(rupiah(20)));
        assert_eq!(payment.total_amount, rupiah(10_020));
        assert_eq!(payment.net_amount, Some(rupiah(10_000)));
        assert_eq!(payment.status, PaymentState::Success);
        assert_eq!(some_utc(&payment.created_at), "2026-05-29T08:00:00Z");
        assert_eq!(some_utc(&payment.paid_at), "2026-05-29T08:30:00Z");
    }

    #[tokio::test]
    async fn payment_status_reads_an_unpaid_payment_and_an_unknown_word() {
        let mut reply: Value = serde_json::from_str(STATUS).unwrap();
        reply["status"] = "On_Hold".into();
        reply["paid_at"] = Value::Null;
        reply["new_member"] = json!({"a": 1});
        reply.as_object_mut().unwrap().remove("net_amount");
        let server = Server::replying(Reply::json(200, reply.to_string())).await;
        let payment = client(&server).payment_status("PG-20260529A1B2").await.unwrap();
        assert_eq!((payment.status.known(), payment.status.as_str()), (None, "On_Hold"));
        assert_eq!((payment.paid_at, payment.net_amount), (None, None));
    }

    #[tokio::test]
    async fn qris_image_asks_without_the_key_and_returns_the_bytes() {
        let server = Server::replying(Reply::new(200, "image/svg+xml", SVG)).await;
        let image = client(&server).qris_image("PG-20260529A1B2").await.unwrap();
        assert_eq!(image, SVG.as_bytes());
        Expected::get("/api/v1/qris/PG-20260529A1B2.svg")
            .header("accept", "image/svg+xml")
            .assert("kropay", &server.only());
    }

    #[tokio::test]
    async fn qris_image_takes_a_media_type_with_parameters() {
        let server = Server::replying(Reply::new(200, "image/svg+xml; charset=utf-8", SVG)).await;
        assert_eq!(client(&server).qris_image("PG-20260529A1B2").await.unwrap(), SVG.as_bytes());
    }

    #[tokio::test]
    async fn qris_image_refuses_a_web_page_and_another_image() {
        let server = Server::replying(Reply::html(200)).await;
        let error = failure(client(&server).qris_image("PG-20260529A1B2").await);
        assert_error(&error, Kind::Html, Delivery::MaybeSent);

        let server = Server::replying(Reply::new(200, "image/png", b"\x89PNG".as_slice())).await;
        let error = failure(client(&server).qris_image("PG-20260529A1B2").await);
        assert_error(&error, Kind::UnexpectedReply, Delivery::MaybeSent);
        assert!(error.to_string().contains("image/png"), "{error}");
    }

    #[tokio::test]
    async fn qris_image_keeps_the_message_of_a_json_failure() {
        let server = Server::replying(Reply::json(404, r#"{"success":false,"message":"Payment not found"}"#)).await;
        let error = failure(client(&server).qris_image("PG-X").await);
        assert_error(&error, Kind::NotFound, Delivery::Answered);
        assert_eq!(error.provider_message(), Some("Payment not found"));
    }

    #[tokio::test]
    async fn qris_image_is_no_success_when_json_comes_with_http_200() {
        let server = Server::replying(Reply::json(200, r#"{"success":false,"message":"Payment not found"}"#)).await;
        let error = failure(client(&server).qris_image("PG-X").await);
        assert_error(&error, Kind::NotFound, Delivery::Answered);
    }

    #[tokio::test]
    async fn a_reply_above_the_cap_is_not_read() {
        let server = Server::start(|request| match request.path().ends_with(".svg") {
            true => Reply::new(200, "image/svg+xml", "<svg/>".repeat(17)),
            false => Reply::json(201, CREATED),
        })
        .await;
        let client = Client::builder(Credentials::new(KEY)).base_url(server.url()).max_reply(100).build().unwrap();
        let errors = errors(&client).await;
        assert_errors(&errors, Kind::ReplyTooLarge, Delivery::MaybeSent);

        let client = Client::builder(Credentials::new(KEY)).base_url(server.url()).max_reply(102).build().unwrap();
        assert_eq!(client.qris_image("PG-1").await.unwrap().len(), 102);
    }

    #[tokio::test]
    async fn a_false_flag_is_a_refusal_even_with_http_200() {
        let server = Server::replying(Reply::json(200, r#"{"success":false,"message":"Invalid API key"}"#)).await;
        for error in json_errors(&client(&server)).await {
            assert_error(&error, Kind::Authentication, Delivery::Answered);
            assert_eq!((error.provider_message(), error.status()), (Some("Invalid API key"), Some(200)));
        }
        let server = Server::replying(Reply::json(200, r#"{"success":false,"message":"No"}"#)).await;
        assert_inconclusive(&json_errors(&client(&server)).await, Kind::Rejected);
    }

    #[tokio::test]
    async fn a_true_flag_does_not_make_a_failed_http_status_a_success() {
        let server = Server::replying(Reply::json(422, CREATED)).await;
        assert_inconclusive(&json_errors(&client(&server)).await, Kind::Rejected);
    }

    #[tokio::test]
    async fn http_401_means_that_the_key_is_not_accepted() {
        let server = Server::replying(Reply::json(401, r#"{"success":false,"message":"Invalid API key"}"#)).await;
        let errors = errors(&client(&server)).await;
        assert_complete(&errors, operations::ALL);
        assert_errors(&errors, Kind::Authentication, Delivery::Answered);
        assert_eq!(errors[0].provider_message(), Some("Invalid API key"));
    }

    #[tokio::test]
    async fn http_500_leaves_open_whether_the_request_took_effect() {
        let server = Server::replying(Reply::json(500, r#"{"success":false,"message":"Server Error"}"#)).await;
        assert_errors(&errors(&client(&server)).await, Kind::Unavailable, Delivery::MaybeSent);
    }

    #[tokio::test]
    async fn http_429_says_how_long_to_wait() {
        let reply = Reply::json(429, r#"{"success":false,"message":"Too Many Attempts."}"#).header("retry-after", "30");
        let server = Server::replying(reply).await;
        for error in errors(&client(&server)).await {
            assert_error(&error, Kind::RateLimited, Delivery::Answered);
            assert_eq!(error.retry_after(), Some(Duration::from_secs(30)));
        }
    }

    #[tokio::test]
    async fn a_reply_that_cannot_be_understood_is_no_success() {
        let without_flag = CREATED.replace(r#""success": true,"#, "");
        let without_total = CREATED.replace(r#""total_amount": 10020,"#, "");
        let null_total = CREATED.replace("10020", "null");
        let fraction = CREATED.replace("10020", "10020.5");
        let text_flag = CREATED.replace("true", r#""true""#);
        let cut = &CREATED[..CREATED.len() / 2];
        for body in
            ["", "{}", "[]", "null", r#"{"success":true}"#, r#"{"success":null}"#, cut, "Notice: Undefined index {}"]
                .into_iter()
                .chain([&*without_flag, &without_total, &null_total, &fraction, &text_flag])
        {
            let server = Server::replying(Reply::json(201, body)).await;
            let error = failure(client(&server).create_payment(&new_payment()).await);
            assert_error(&error, Kind::UnexpectedReply, Delivery::MaybeSent);
            let error = failure(client(&server).payment_status("PG-20260529A1B2").await);
            assert_error(&error, Kind::UnexpectedReply, Delivery::MaybeSent);
        }
    }

    #[tokio::test]
    async fn json_is_read_whatever_its_content_type_and_with_a_bom() {
        let server = Server::replying(Reply::new(201, "text/html", format!("\u{feff}{CREATED}"))).await;
        let payment = client(&server).create_payment(&new_payment()).await.unwrap();
        assert_eq!(payment.reference, "PG-20260529A1B2");
    }

    #[tokio::test]
    async fn values_beyond_a_limit_are_not_sent() {
        let server = Server::replying(Reply::json(201, CREATED)).await;
        let client = client(&server);
        for (new, name) in [
            (CreatePayment::new("ORDER-12345", rupiah(999)), "amount"),
            (CreatePayment::new("ORDER-12345", rupiah(0)), "amount"),
            (CreatePayment::new("x".repeat(101), rupiah(10_000)), "merchant_ref"),
            (CreatePayment::new("", rupiah(10_000)), "merchant_ref"),
            (new_payment().expired_in(299), "expired_in"),
        ] {
            let error = failure(client.create_payment(&new).await);
            assert_error(&error, Kind::InvalidRequest, Delivery::NotSent);
            assert_eq!(error.operation().unwrap().id, "create_payment");
            assert!(error.to_string().contains(name), "{error}");
        }
        server.assert_untouched();
    }

    #[tokio::test]
    async fn values_at_a_limit_are_sent() {
        let server = Server::replying(Reply::json(201, CREATED)).await;
        let new = CreatePayment::new("é".repeat(100), rupiah(1000)).expired_in(300);
        client(&server).create_payment(&new).await.unwrap();
        let sent: Value = serde_json::from_str(&server.only().body).unwrap();
        assert_eq!(sent, json!({"amount": 1000, "merchant_ref": "é".repeat(100), "expired_in": 300}));
    }

    #[tokio::test]
    async fn a_reference_is_one_encoded_segment_of_the_path() {
        for (reference, segment) in [
            ("a/b", "a%2Fb"),
            ("ü", "%C3%BC"),
            ("%2e", "%252e"),
            ("%2e%2e", "%252e%252e"),
            ("a b", "a%20b"),
            ("a?b=c#d", "a%3Fb%3Dc%23d"),
            (r"a\b", "a%5Cb"),
            ("...", "..."),
        ] {
            let server = Server::start(|request| match request.path().ends_with(".svg") {
                true => Reply::new(200, "image/svg+xml", SVG),
                false => Reply::json(200, STATUS),
            })
            .await;
            let client = client(&server);
            client.payment_status(reference).await.unwrap();
            client.qris_image(reference).await.unwrap();
            let targets: Vec<_> = server.sent().into_iter().map(|sent| sent.target).collect();
            assert_eq!(
                targets,
                [format!("/api/v1/payment/status/{segment}"), format!("/api/v1/qris/{segment}.svg")],
                "{reference}"
            );
        }
    }

    #[tokio::test]
    async fn a_reference_that_would_ask_another_address_is_not_sent() {
        let server = Server::replying(Reply::json(200, STATUS)).await;
        let client = client(&server);
        for reference in ["..", ".", ""] {
            let error = failure(client.payment_status(reference).await);
            assert_error(&error, Kind::InvalidRequest, Delivery::NotSent);
            let error = failure(client.qris_image(reference).await);
            assert_error(&error, Kind::InvalidRequest, Delivery::NotSent);
        }
        server.assert_untouched();
    }

    #[tokio::test]
    async fn the_base_url_may_have_a_path() {
        let server = Server::replying(Reply::json(200, STATUS)).await;
        let url = format!("{}/sandbox/kropay/", server.url());
        let client = Client::builder(Credentials::new(KEY)).base_url(url).build().unwrap();
        client.payment_status("PG-1").await.unwrap();
        assert_eq!(server.only().target, "/sandbox/kropay/api/v1/payment/status/PG-1");
    }

    #[tokio::test]
    async fn timeout_leaves_open_whether_the_request_took_effect() {
        let server = Server::slow(Duration::from_secs(2), |_| Reply::json(201, CREATED)).await;
        let builder = Client::builder(Credentials::new(KEY)).base_url(server.url());
        let client = builder.timeout(Duration::from_millis(100)).build().unwrap();
        assert_error(&failure(client.create_payment(&new_payment()).await), Kind::Timeout, Delivery::MaybeSent);
    }

    #[tokio::test]
    async fn a_server_that_is_not_there_was_sent_nothing() {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        drop(listener);
        let client = Client::builder(Credentials::new(KEY)).base_url(url).build().unwrap();
        assert_errors(&errors(&client).await, Kind::Connect, Delivery::NotSent);
    }
}
