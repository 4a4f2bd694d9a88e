//! What the client of K-Link puts on the wire and what it makes of the replies.

mod failures;
mod payments;
mod session;
mod wallets;

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use gerbang::klink::types::{
    BalanceQuery, CreatePayment, CreatePaymentRequired, FinanceReportQuery, FinanceReportQueryRequired, FraudStatus,
    GopayActionName, GopayBankQuery, GopayBankQueryRequired, GopayTransactionStatus, HistoryQuery,
    HistoryQueryRequired, NewTransfer, NewTransferRequired, NewWallet, NewWalletPayment, NewWalletPaymentRequired,
    NewWalletRequired, ReconcileRequest, RefundAcceptance, RefundAcceptanceRequired, RefundRequest,
    RefundRequestRequired, VoucherRedemption, VoucherRedemptionRequired,
};
use gerbang::klink::{Client, Credentials, operations};
use gerbang::operation::Idempotency;
use gerbang::{Delivery, Error, JakartaTime, Kind, Retry};
use serde_json::{Value, json};

use crate::apis::support::{
    Expected, Reply, Sent, Server, assert_complete, assert_error, assert_errors, assert_inconclusive, failure, rupiah,
    some_utc, utc,
};

const EMAIL: &str = "merchant@example.com";
const PASSWORD: &str = "not-a-real-password";
const REPORT: &str = "api/report/gopay";

const REGISTERED: &str = include_str!("../../fixtures/klink/register_va.json");
const HISTORY: &str = include_str!("../../fixtures/klink/transaction_history_as_printed.txt");
const RECONCILED: &str = include_str!("../../fixtures/klink/reconcile_as_printed.txt");
const REFUNDABLE: &str = include_str!("../../fixtures/klink/request_refund.json");
const BANKS: &str = include_str!("../../fixtures/klink/list_banks.json");
const GOPAY_BANKS: &str = include_str!("../../fixtures/klink/list_gopay_banks.json");
const CREATED: &str = include_str!("../../fixtures/klink/create_payment.json");
const GOPAY_CREATED: &str = include_str!("../../fixtures/klink/create_gopay_payment.json");
const REPORTED: &str = include_str!("../../fixtures/klink/finance_report.json");
const BALANCE: &str = r#"{"status":"success","message":"Saldo berhasil ditampilkan!","last_saldo":"2000.00"}"#;
const UNAUTHORIZED: &str = r#"{"status":"fail","message":"Unauthorized"}"#;

/// A client that sends each call once: what is judged here is one reply.
fn client(server: &Server) -> Client {
    Client::builder(credentials()).base_url(server.url()).retry(Retry::none()).build().unwrap()
}

fn credentials() -> Credentials {
    Credentials::new(EMAIL, PASSWORD).with_webhook_key("033389b9-cc42-4005-ae9e-8e8ff23738d7")
}

/// A server that gives the tokens `token-1`, `token-2`, … and answers every other call by a function.
async fn server(answer: impl Fn(&Sent) -> Reply + Send + Sync + 'static) -> Server {
    slow_server(Duration::ZERO, answer).await
}

async fn slow_server(delay: Duration, answer: impl Fn(&Sent) -> Reply + Send + Sync + 'static) -> Server {
    let logins = AtomicUsize::new(0);
    Server::slow(delay, move |request| match request.path() {
        "/auth/login" => {
            let login = logins.fetch_add(1, Ordering::SeqCst) + 1;
            let token = format!("token-{login}");
            Reply::json(200, format!(r#"{{"status":"success","message":"OK","Authorization":"{token}"}}"#))
        }
        _ => answer(request),
    })
    .await
}

/// A server that logs in and then always gives the same answer.
async fn replying(body: impl Into<String>) -> Server {
    let body = body.into();
    server(move |_| Reply::json(200, body.as_str())).await
}

fn is_login(sent: &Sent) -> bool {
    sent.path() == "/auth/login"
}

/// The token that a request carries, or `login`.
fn token(sent: &Sent) -> &str {
    let mut tokens = sent.headers.iter().filter(|(name, _)| name == "authorization").map(|(_, value)| value.as_str());
    if is_login(sent) { "login" } else { tokens.next().expect("a token") }
}

fn tokens(server: &Server) -> Vec<String> {
    server.sent().iter().map(token).map(str::to_owned).collect()
}

/// The one request after the one login.
#[track_caller]
fn only_call(server: &Server) -> Sent {
    let sent = server.sent();
    assert_eq!(sent.iter().map(Sent::path).next(), Some("/auth/login"));
    assert_eq!(sent.len(), 2, "{sent:#?}");
    sent.into_iter().next_back().unwrap()
}

/// Checks that the one call after the login is a POST of this JSON with the token.
#[track_caller]
fn assert_posted(server: &Server, path: &'static str, body: Value) {
    Expected::post(path).header("authorization", "token-1").json(body).assert("klink", &only_call(server));
}

fn balance_query() -> BalanceQuery {
    BalanceQuery::new("idspaa0012")
}

fn new_wallet() -> NewWallet {
    NewWallet::new(NewWalletRequired {
        id_member: "idspaaa025".into(),
        name: "Muammar Qathafi".into(),
        hp: "085736064900".into(),
        email: "muammarqathafi@gmail.com".into(),
    })
}

fn history_query() -> HistoryQuery {
    HistoryQuery::new(HistoryQueryRequired {
        id_member: "idspaa0012".into(),
        startdate: String::new(),
        enddate: String::new(),
    })
}

fn new_transfer() -> NewTransfer {
    NewTransfer::new(NewTransferRequired {
        id_member_send: "idspaa0012".into(),
        amount: rupiah(100_000),
        description: "Transfer untuk uang makan".into(),
        id_member_receipt: "idspaaa090".into(),
    })
}

fn voucher() -> VoucherRedemption {
    VoucherRedemption::new(VoucherRedemptionRequired {
        voucher_code: "asdfkeijk".into(),
        amount: rupiah(10_000),
        description: "Transfer untuk uang makan".into(),
        id_member_receipt: "idspaaa95913".into(),
    })
}

fn wallet_payment() -> NewWalletPayment {
    NewWalletPayment::new(NewWalletPaymentRequired {
        id_member: "idspaa001".into(),
        amount: rupiah(90_000),
        id_order: "123456789".into(),
        description: "Pembelian Paket Klorofil".into(),
    })
}

fn reconcile_request() -> ReconcileRequest {
    ReconcileRequest::new("123456789")
}

fn refund_request() -> RefundRequest {
    RefundRequest::new(RefundRequestRequired { id_order: "123456789".into(), id_member: "idspaa001".into() })
}

fn refund_acceptance() -> RefundAcceptance {
    RefundAcceptance::new(RefundAcceptanceRequired {
        id_order: "123456789".into(),
        id_member: "idspaa001".into(),
        id_trans: "137".into(),
        note: "refund dana karena dokter tidak sedang standby".into(),
    })
}

fn new_payment() -> CreatePayment {
    CreatePayment::new(CreatePaymentRequired {
        rq_uuid: "klnu01968".into(),
        rq_datetime: JakartaTime::new("2022-07-21 15:28:11"),
        order_id: "klnu0197".into(),
        no_hp: "085736064900".into(),
        fullname: "Almeera Salsabila".into(),
        email: "Almeera@gmail.com".into(),
        bank_code: "gopay".into(),
        product_code: "e_wallets".into(),
        nominal: rupiah(1500),
        pay_ship: rupiah(500),
    })
}

fn new_payment_json() -> Value {
    json!({
        "rq_uuid": "klnu01968",
        "rq_datetime": "2022-07-21 15:28:11",
        "order_id": "klnu0197",
        "no_hp": "085736064900",
        "fullname": "Almeera Salsabila",
        "email": "Almeera@gmail.com",
        "bank_code": "gopay",
        "product_code": "e_wallets",
        "nominal": "1500",
        "pay_ship": "500",
    })
}

fn report_query() -> FinanceReportQuery {
    FinanceReportQuery::new(FinanceReportQueryRequired {
        datetime_start: String::new(),
        datetime_end: JakartaTime::new("2022-09-28 11:27:31"),
        bank_code: "gopay".into(),
        transaction_status: "all".into(),
    })
}

/// The errors of all operations but the login.
async fn call_errors(client: &Client) -> Vec<Error> {
    vec![
        failure(client.register_va(&new_wallet()).await),
        failure(client.check_balance(&balance_query()).await),
        failure(client.transaction_history(&history_query()).await),
        failure(client.transfer(&new_transfer()).await),
        failure(client.redeem_voucher(&voucher()).await),
        failure(client.pay_from_wallet(&wallet_payment()).await),
        failure(client.reconcile(&reconcile_request()).await),
        failure(client.request_refund(&refund_request()).await),
        failure(client.accept_refund(&refund_acceptance()).await),
        failure(client.list_banks().await),
        failure(client.create_payment(&new_payment()).await),
        failure(
            client
                .list_gopay_banks(&GopayBankQuery::new(GopayBankQueryRequired {
                    nominal: rupiah(1),
                    pay_ship: rupiah(0),
                }))
                .await,
        ),
        failure(client.create_gopay_payment(&new_payment()).await),
        failure(client.finance_report(REPORT, &report_query()).await),
    ]
}
