//! PayDigital: forms and queries, the key as bearer, the flag `status: "success"`, the payload in `data`.

use gerbang::paydigital::types::CreatePayment;
use gerbang::paydigital::{Client, Credentials, operations};
use gerbang::{Error, Rupiah};

use super::document::{Facts, Gateway, SameReference, USUAL, Wire, number, text};
use super::{Answer, Api, Calls, FromEnv, boxed, print};
use crate::calls::Shown;

/// What the tests know of it.
pub(super) const API: Api = Api {
    spec: "paydigital",
    operations: operations::ALL,
    documented: &["POST /api/create_payment.php", "GET /api/payment.php"],
    documented_notifications: &[],
    connect: |url, key, effort| boxed(effort.of(Client::builder(Credentials::new(key, 1)), url)),
    read: |_, _| None,
    schemas: || schemas_of!(gerbang::paydigital::types: CreatedPayment CreatePayment PaymentDetail PaymentState),
    credentials: |key| format!("{:#?}", Credentials::new(key, 1)),
    from_env: || FromEnv::of(Credentials::from_env(), Client::from_env()),
    variables: &[("GERBANG_PAYDIGITAL_API_KEY", "CANARY"), ("GERBANG_PAYDIGITAL_STORE_ID", "18446744073709551615")],
    printed: &["paydigital client: Client {", "store_id: 18446744073709551615"],
    refusal: r#"{"status":"error","message":"{text}"}"#,
    gateways: &[Gateway {
        name: "paydigital",
        facts: Facts {
            echoes_reference: false,
            same_reference: SameReference::NotTaken,
            notifies_amount: false,
            ..USUAL
        },
        wire: WIRE,
    }],
};

/// Only `paid` is documented; the other words are plausible. The merchant's reference is not taken.
const WIRE: Wire = Wire {
    create: "create_payment",
    status: Some("payment_status"),
    cancel: None,
    refund: None,
    reference: &[],
    id: &[text("invoice")],
    amount: &[number("amount")],
    payable: &[number("total_amount")],
    qris: &[text("qr_content")],
    state: "status",
    words: &["pending", "paid", "cancelled", "expired"],
    failed: "failed",
    unpaid: &[],
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
            let new = CreatePayment::new(Rupiah::new(10_000)).description("Produk A");
            print(client.create_payment(&new).await)
        }
        "payment_status" => print(client.payment_status("PYG20231201123456").await),
        _ => return None,
    })
}

#[cfg(test)]
mod wire {

    use gerbang::paydigital::types::{CreatePayment, PaymentState};
    use gerbang::paydigital::{Client, Credentials, operations};
    use gerbang::{Delivery, Error, Kind, Retry};

    use crate::apis::support::{
        Expected, Reply, Server, assert_complete, assert_error, assert_errors, assert_inconclusive, failure, rupiah,
        some_utc,
    };

    const KEY: &str = "PYG1234567890abcdef";
    const BEARER: &str = "Bearer PYG1234567890abcdef";
    const INVOICE: &str = "PYG20231201123456";
    const CREATED: &str = include_str!("fixtures/paydigital/create_payment.json");
    const STATUS: &str = include_str!("fixtures/paydigital/payment_status.json");

    /// A client that sends each call once: what is judged here is one reply.
    fn client(server: &Server) -> Client {
        Client::builder(Credentials::new(KEY, 1)).base_url(server.url()).retry(Retry::none()).build().unwrap()
    }

    fn new_payment() -> CreatePayment {
        CreatePayment::new(rupiah(10_000))
    }

    async fn errors(client: &Client) -> Vec<Error> {
        vec![failure(client.create_payment(&new_payment()).await), failure(client.payment_status(INVOICE).await)]
    }

    #[tokio::test]
    async fn create_payment_sends_the_documented_form() {
        let server = Server::replying(Reply::json(200, CREATED)).await;
        let new = new_payment().description("Pembelian Produk A").customer_name("John Doe");
        client(&server).create_payment(&new).await.unwrap();
        Expected::post("/api/create_payment.php")
            .header("authorization", BEARER)
            .form(&[
                ("store_id", "1"),
                ("amount", "10000"),
                ("description", "Pembelian Produk A"),
                ("customer_name", "John Doe"),
            ])
            .assert("paydigital", &server.only());
    }

    #[tokio::test]
    async fn create_payment_leaves_out_absent_options() {
        let server = Server::replying(Reply::json(200, CREATED)).await;
        client(&server).create_payment(&new_payment()).await.unwrap();
        Expected::post("/api/create_payment.php")
            .header("authorization", BEARER)
            .form(&[("store_id", "1"), ("amount", "10000")])
            .assert("paydigital", &server.only());
    }

    #[tokio::test]
    async fn create_payment_form_encodes_what_people_write() {
        let description = r#"Kopi & teh "enak" é"#;
        let server = Server::replying(Reply::json(200, CREATED)).await;
        let new = new_payment().description(description);
        client(&server).create_payment(&new).await.unwrap();
        let sent = server.only();
        let encoded = "description=Kopi+%26+teh+%22enak%22+%C3%A9";
        assert!(sent.body.split('&').any(|pair| pair == encoded), "{}", sent.body);
        Expected::post("/api/create_payment.php")
            .header("authorization", BEARER)
            .form(&[("store_id", "1"), ("amount", "10000"), ("description", description)])
            .assert("paydigital", &sent);
    }

    #[tokio::test]
    async fn create_payment_reads_the_documented_reply() {
        let server = Server::replying(Reply::json(200, CREATED)).await;
        let payment = client(&server).create_payment(&new_payment()).await.unwrap();
        assert_eq!(payment.invoice, INVOICE);
        assert_eq!(payment.amount, rupiah(10_000));
        assert_eq!(payment.unique_code, Some(rupiah(387)));
        assert_eq!(payment.total_amount, rupiah(10_387));
        assert_eq!(payment.qr_content, "000201010212266....DBD7");
        assert_eq!(
            payment.qr_url.as_deref(),
            Some("https://api.qrserver.com/v1/create-qr-code/?size=300x300&data=...")
        );
        assert_eq!(payment.payment_url.as_deref(), Some("http://paydigital.biz.id/pay.php?invoice=PYG20231201123456"));
        assert_eq!(some_utc(&payment.expired_at), "2023-12-01T08:00:00Z");
    }

    #[tokio::test]
    async fn payment_status_asks_by_invoice() {
        let server = Server::replying(Reply::json(200, STATUS)).await;
        client(&server).payment_status(INVOICE).await.unwrap();
        Expected::get("/api/payment.php")
            .query(&[("invoice", INVOICE)])
            .header("authorization", BEARER)
            .assert("paydigital", &server.only());
    }

    #[tokio::test]
    async fn payment_status_encodes_the_invoice() {
        let server = Server::replying(Reply::json(200, STATUS)).await;
        client(&server).payment_status("a b&api_key=é/..").await.unwrap();
        assert_eq!(server.only().target, "/api/payment.php?invoice=a+b%26api_key%3D%C3%A9%2F..");
    }

    #[tokio::test]
    async fn payment_status_reads_the_documented_reply() {
        let server = Server::replying(Reply::json(200, STATUS)).await;
        let payment = client(&server).payment_status(INVOICE).await.unwrap();
        assert_eq!(payment.invoice, INVOICE);
        assert_eq!(payment.amount, rupiah(10_000));
        assert_eq!(payment.unique_code, Some(rupiah(387)));
        assert_eq!(payment.total_amount, rupiah(10_387));
        assert_eq!(payment.status, PaymentState::Paid);
        assert_eq!(some_utc(&payment.paid_at), "2023-12-01T07:30:00Z");
        assert_eq!(payment.customer_name.as_deref(), Some("John Doe"));
        assert_eq!(payment.store_name.as_deref(), Some("Toko Example"));
    }

    #[tokio::test]
    async fn payment_status_reads_an_unpaid_payment() {
        for paid_at in [r#""paid_at": null,"#, r#""paid_at": "","#, r#""paid_at": "-","#, ""] {
            let body = STATUS
                .replace(r#""status": "paid""#, r#""status": "PENDING""#)
                .replace(r#""paid_at": "2023-12-01 14:30:00","#, paid_at);
            let server = Server::replying(Reply::json(200, body)).await;
            let payment = client(&server).payment_status(INVOICE).await.unwrap();
            assert_eq!(payment.status, PaymentState::Pending);
            assert_eq!(payment.paid_at, None, "{paid_at}");
        }
    }

    #[tokio::test]
    async fn a_failure_word_is_a_refusal_even_with_http_200() {
        for word in ["error", "Error", "fail", "failed"] {
            let body = format!(r#"{{"status":"{word}","message":"Invalid API key"}}"#);
            let server = Server::replying(Reply::json(200, body)).await;
            let errors = errors(&client(&server)).await;
            assert_complete(&errors, operations::ALL);
            assert_errors(&errors, Kind::Authentication, Delivery::Answered);
            assert!(errors.iter().all(|error| error.provider_message() == Some("Invalid API key")));
        }
    }

    #[tokio::test]
    async fn status_of_the_payment_is_not_taken_for_that_of_the_call() {
        for word in ["paid", "pending"] {
            let body = STATUS.replacen("success", word, 1);
            let server = Server::replying(Reply::json(200, body)).await;
            assert_errors(&errors(&client(&server)).await, Kind::UnexpectedReply, Delivery::MaybeSent);
        }
    }

    #[tokio::test]
    async fn http_401_means_that_the_key_is_not_accepted() {
        let server = Server::replying(Reply::json(401, r#"{"status":"error","message":"Unauthorized"}"#)).await;
        let errors = errors(&client(&server)).await;
        assert_errors(&errors, Kind::Authentication, Delivery::Answered);
        assert!(errors.iter().all(|error| error.provider_message() == Some("Unauthorized")));
    }

    #[tokio::test]
    async fn http_404_means_that_the_invoice_is_not_known() {
        let server = Server::replying(Reply::json(404, r#"{"status":"error","message":"Invoice not found"}"#)).await;
        let error = failure(client(&server).payment_status("PYG0").await);
        assert_error(&error, Kind::NotFound, Delivery::Answered);
        assert_eq!(error.provider_message(), Some("Invoice not found"));
    }

    #[tokio::test]
    async fn a_reply_without_flag_or_payload_is_no_success() {
        for body in [
            "",
            "{}",
            r#"{"data":{"invoice":"PYG1"}}"#,
            r#"{"status":"success"}"#,
            r#"{"status":"success","data":null}"#,
            r#"{"status":"success","data":{}}"#,
            r#"{"status":true,"data":{"invoice":"PYG1"}}"#,
        ] {
            let server = Server::replying(Reply::json(200, body)).await;
            assert_errors(&errors(&client(&server)).await, Kind::UnexpectedReply, Delivery::MaybeSent);
        }
    }

    #[tokio::test]
    async fn a_challenge_page_is_distinguished_whatever_its_status() {
        for status in [200, 403, 503] {
            let server = Server::replying(Reply::html(status)).await;
            let errors = errors(&client(&server)).await;
            match status {
                403 => assert_inconclusive(&errors, Kind::Html),
                _ => assert_errors(&errors, Kind::Html, Delivery::MaybeSent),
            }
            assert!(errors.iter().all(|error| error.body().unwrap().contains("Just a moment")));
        }
    }

    #[tokio::test]
    async fn an_amount_below_the_limit_is_not_sent() {
        let server = Server::replying(Reply::json(200, CREATED)).await;
        let client = client(&server);
        let error = failure(client.create_payment(&CreatePayment::new(rupiah(999))).await);
        assert_error(&error, Kind::InvalidRequest, Delivery::NotSent);
        server.assert_untouched();
        client.create_payment(&CreatePayment::new(rupiah(1000))).await.unwrap();
    }

    #[tokio::test]
    async fn an_empty_invoice_is_not_sent() {
        let server = Server::replying(Reply::json(200, STATUS)).await;
        let error = failure(client(&server).payment_status("").await);
        assert_error(&error, Kind::InvalidRequest, Delivery::NotSent);
        server.assert_untouched();
    }
}
