//! Tripay: JSON, the key as bearer, the flag `success`, and a signature in the body of each creation.

use gerbang::tripay::types::{ChannelCode, CreateTransaction, CreateTransactionRequired, OrderItem};
use gerbang::tripay::{Client, Credentials, notifications, operations};
use gerbang::{Error, Rupiah};

use super::document::{Facts, Gateway, ProofPlace, USUAL, Wire, number, text};
use super::{Answer, Api, Calls, FromEnv, boxed, print};
use crate::calls::Shown;

/// What the tests know of it.
pub(super) const API: Api = Api {
    spec: "tripay",
    operations: operations::ALL,
    documented: &[
        "GET /payment/instruction",
        "GET /merchant/payment-channel",
        "GET /merchant/fee-calculator",
        "GET /merchant/transactions",
        "POST /transaction/create",
        "GET /transaction/detail",
        "GET /transaction/check-status",
    ],
    documented_notifications: &["transaction_callback_unverified"],
    connect: |url, key, effort| boxed(effort.of(Client::builder(Credentials::new(key, key, "T0001")), url)),
    read: |notification, body| {
        Some(match notification {
            "transaction_callback" => print(notifications::transaction_callback_unverified(body)),
            _ => return None,
        })
    },
    schemas: || {
        schemas_of!(gerbang::tripay::types: ChannelCode ChannelFee CreateTransaction CreatedTransaction FeeParts FeeRule
            FeeShare FeeTotal Instruction ListedTransaction OrderItem PaymentChannel SoldItem StateSentence
            TransactionCallback TransactionDetail TransactionState)
    },
    credentials: |key| format!("{:#?}", Credentials::new(key, key, "T0001")),
    from_env: || FromEnv::of(Credentials::from_env(), Client::from_env()),
    variables: &[
        ("GERBANG_TRIPAY_API_KEY", "CANARY"),
        ("GERBANG_TRIPAY_PRIVATE_KEY", "CANARY-private"),
        ("GERBANG_TRIPAY_MERCHANT_CODE", "T0001"),
    ],
    printed: &[
        "tripay client: Client { transport: Transport { base_url: \"https://tripay.co.id/api\", .. } }",
        "merchant_code: \"T0001\"",
    ],
    refusal: r#"{"success":false,"message":"{text}"}"#,
    gateways: &[Gateway {
        name: "tripay",
        facts: Facts {
            proof: Some(ProofPlace::Header("x-callback-signature")),
            acceptance: Some(r#"{"success": true}"#),
            ..USUAL
        },
        wire: WIRE,
    }],
};

/// What the customer pays is the only amount of a reply, and the price is that without the customer's part of the fee.
const WIRE: Wire = Wire {
    create: "create_transaction",
    status: Some("transaction_detail"),
    cancel: None,
    refund: None,
    reference: &[text("merchant_ref")],
    id: &[text("reference")],
    amount: &[number("amount"), number("total_amount")],
    payable: &[number("amount")],
    qris: &[text("qr_string")],
    state: "status",
    words: &["UNPAID", "PAID", "FAILED", "EXPIRED"],
    failed: "FAILED",
    unpaid: &["UNPAID", "FAILED", "EXPIRED", "REFUND"],
};

impl Calls for Client {
    fn show<'a>(&'a self, operation: &'a str) -> Answer<'a> {
        Box::pin(call(self, operation))
    }
}

fn order() -> CreateTransaction {
    CreateTransaction::new(CreateTransactionRequired {
        method: ChannelCode::Briva.into(),
        merchant_ref: "INV345675".to_owned(),
        amount: Rupiah::new(1_000_000),
        customer_name: "Nama Pelanggan".to_owned(),
        customer_email: "emailpelanggan@domain.com".to_owned(),
        order_items: vec![OrderItem::new("Nama Produk 1", Rupiah::new(500_000), 2).sku("PRODUK1")],
    })
}

/// One plausible call of an operation.
async fn call(client: &Client, operation: &str) -> Option<Result<Shown, Error>> {
    Some(match operation {
        "payment_instruction" => print(client.payment_instruction(ChannelCode::Briva).await),
        "payment_channels" => print(client.payment_channels().await),
        "fee_calculator" => print(client.fee_calculator(Rupiah::new(100_000)).await),
        "list_transactions" => print(client.list_transactions().await),
        "create_transaction" => print(client.create_transaction(&order()).await),
        "transaction_detail" => print(client.transaction_detail("T0001000000000000006").await),
        "check_status" => print(client.check_status("T0001000000000000006").await),
        _ => return None,
    })
}

#[cfg(test)]
mod wire {
    use gerbang::tripay::types::{ChannelCode, ListTransactionsOptions, TransactionState};
    use gerbang::tripay::{Client, Credentials, operations};
    use gerbang::{Delivery, Error, Kind, Retry};
    use serde_json::json;

    use super::order;
    use crate::apis::support::{
        Expected, Reply, Server, assert_complete, assert_error, assert_errors, assert_inconclusive, failure, rupiah,
        some_utc,
    };

    const KEY: &str = "DEV-1234567890abcdef";
    /// The key of the document's sample of a signature.
    const PRIVATE_KEY: &str = "ytf6ooi2gmlNPfpchd94jDOk8hRWOu";
    const REFERENCE: &str = "T0001000000000000006";
    const CREATED: &str = include_str!("fixtures/tripay/create_transaction.json");
    const DETAIL: &str = include_str!("fixtures/tripay/transaction_detail.json");
    const LIST: &str = include_str!("fixtures/tripay/list_transactions.json");
    const CHANNELS: &str = include_str!("fixtures/tripay/payment_channels.json");
    const FEES: &str = include_str!("fixtures/tripay/fee_calculator.json");
    const STEPS: &str = include_str!("fixtures/tripay/payment_instruction.json");

    /// A client that sends each call once: what is judged here is one reply.
    fn client(server: &Server) -> Client {
        let credentials = Credentials::new(KEY, PRIVATE_KEY, "T0001");
        Client::builder(credentials).base_url(server.url()).retry(Retry::none()).build().unwrap()
    }

    fn bearer() -> String {
        format!("Bearer {KEY}")
    }

    async fn errors(client: &Client) -> Vec<Error> {
        vec![
            failure(client.payment_instruction(ChannelCode::Briva).await),
            failure(client.payment_channels().await),
            failure(client.fee_calculator(rupiah(100_000)).await),
            failure(client.list_transactions().await),
            failure(client.create_transaction(&order()).await),
            failure(client.transaction_detail(REFERENCE).await),
            failure(client.check_status(REFERENCE).await),
        ]
    }

    #[tokio::test]
    async fn create_transaction_sends_the_documents_signature() {
        let server = Server::replying(Reply::json(200, CREATED)).await;
        let mut new = order().expired_time(1_582_855_837).return_url("https://domainanda.com/redirect");
        new.merchant_ref = "INV55567".to_owned();
        new.amount = rupiah(1_500_000);
        client(&server).create_transaction(&new).await.unwrap();
        Expected::post("/transaction/create")
            .header("authorization", &bearer())
            .json(json!({
                "method": "BRIVA",
                "merchant_ref": "INV55567",
                "amount": 1_500_000,
                "customer_name": "Nama Pelanggan",
                "customer_email": "emailpelanggan@domain.com",
                "order_items": [{"sku": "PRODUK1", "name": "Nama Produk 1", "price": 500_000, "quantity": 2}],
                "return_url": "https://domainanda.com/redirect",
                "expired_time": 1_582_855_837,
                "signature": "9f167eba844d1fcb369404e2bda53702e2f78f7aa12e91da6715414e65b8c86a",
            }))
            .assert("tripay", &server.only());
    }

    #[tokio::test]
    async fn create_transaction_reads_the_documented_reply() {
        let server = Server::replying(Reply::json(200, CREATED)).await;
        let created = client(&server).create_transaction(&order()).await.unwrap();
        assert_eq!((created.reference.as_str(), created.merchant_ref.as_str()), (REFERENCE, "INV345675"));
        assert_eq!((created.amount, created.fee_customer), (rupiah(1_000_000), rupiah(0)));
        assert_eq!((created.total_fee, created.amount_received), (Some(rupiah(1_500)), Some(rupiah(998_500))));
        assert_eq!(created.pay_code.as_ref().map(|code| code.as_str()), Some("57585748548596587"));
        assert_eq!(created.status, TransactionState::Unpaid);
        assert_eq!(some_utc(&created.expired_time), "2020-02-28T02:10:37Z");
        assert_eq!(created.order_items[0].subtotal, Some(rupiah(1_000_000)));
        assert_eq!((created.qr_string, created.pay_url), (None, None));
    }

    #[tokio::test]
    async fn what_cannot_be_signed_is_not_sent() {
        let server = Server::replying(Reply::json(200, CREATED)).await;
        for (key, code) in [("", "T0001"), (" ", "T0001"), (PRIVATE_KEY, "")] {
            let client = Client::builder(Credentials::new(KEY, key, code)).base_url(server.url()).build().unwrap();
            let error = failure(client.create_transaction(&order()).await);
            assert_error(&error, Kind::Configuration, Delivery::NotSent);
        }
        server.assert_untouched();
    }

    #[tokio::test]
    async fn questions_are_in_the_query() {
        let server = Server::start(|request| {
            Reply::json(
                200,
                match request.path() {
                    "/transaction/detail" => DETAIL,
                    "/merchant/transactions" => LIST,
                    "/merchant/payment-channel" => CHANNELS,
                    "/merchant/fee-calculator" => FEES,
                    "/payment/instruction" => STEPS,
                    _ => r#"{"success":true,"message":"Status transaksi saat ini PAID"}"#,
                },
            )
        })
        .await;
        let client = client(&server);
        let detail = client.transaction_detail(REFERENCE).await.unwrap();
        assert_eq!(
            (detail.status, some_utc(&detail.paid_at).as_str()),
            (TransactionState::Paid.into(), "2020-02-28T02:13:20Z")
        );
        let options = ListTransactionsOptions::new().merchant_ref("INV123");
        let listed = client.list_transactions_with(&options).await.unwrap();
        assert_eq!(listed[0].reference, "T015100000358440000");
        assert_eq!(client.payment_channels().await.unwrap()[0].minimum_amount, Some(rupiah(1_000)));
        assert_eq!(client.fee_calculator(rupiah(100_000)).await.unwrap()[0].total_fee.merchant, rupiah(1_450));
        assert_eq!(client.payment_instruction(ChannelCode::Briva).await.unwrap()[0].title, "Internet Banking");
        assert!(client.check_status(REFERENCE).await.unwrap().message.ends_with("PAID"));
        let targets: Vec<_> = server.sent().into_iter().map(|sent| sent.target).collect();
        assert_eq!(
            targets,
            [
                "/transaction/detail?reference=T0001000000000000006",
                "/merchant/transactions?merchant_ref=INV123",
                "/merchant/payment-channel",
                "/merchant/fee-calculator?amount=100000",
                "/payment/instruction?code=BRIVA",
                "/transaction/check-status?reference=T0001000000000000006",
            ]
        );
    }

    #[tokio::test]
    async fn a_false_flag_is_a_refusal_even_with_http_200() {
        for status in [200, 401] {
            let reply = Reply::json(status, r#"{"success":false,"message":"Invalid API Key"}"#);
            let server = Server::replying(reply).await;
            let errors = errors(&client(&server)).await;
            assert_complete(&errors, operations::ALL);
            assert_errors(&errors, Kind::Authentication, Delivery::Answered);
            assert_eq!(errors[0].provider_message(), Some("Invalid API Key"));
        }
        let server = Server::replying(Reply::json(200, r#"{"success":false,"message":"No"}"#)).await;
        assert_inconclusive(&errors(&client(&server)).await, Kind::Rejected);
    }

    #[tokio::test]
    async fn a_reply_that_cannot_be_understood_is_no_success() {
        let cut = &CREATED[..CREATED.len() / 2];
        let without_flag = CREATED.replacen("\"success\": true,", "", 1);
        let without_amount = CREATED.replace("\"amount\": 1000000,", "");
        let fraction = CREATED.replace("\"amount\": 1000000,", "\"amount\": 1000000.5,");
        for body in ["", "{}", "[]", "null", r#"{"success":true}"#, cut, &without_flag, &without_amount, &fraction] {
            let server = Server::replying(Reply::json(200, body)).await;
            let error = failure(client(&server).create_transaction(&order()).await);
            assert_error(&error, Kind::UnexpectedReply, Delivery::MaybeSent);
        }
    }
}
