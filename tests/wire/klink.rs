//! K-Link: JSON by POST, numbers as strings, a session token in the header `Authorization`.

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

use crate::support::{
    Expected, Reply, Sent, Server, assert_complete, assert_error, assert_errors, assert_inconclusive, failure, rupiah,
    some_utc, utc,
};

const EMAIL: &str = "merchant@example.com";
const PASSWORD: &str = "not-a-real-password";
const REPORT: &str = "api/report/gopay";

const REGISTERED: &str = include_str!("fixtures/klink/register_va.json");
const HISTORY: &str = include_str!("fixtures/klink/transaction_history_as_printed.txt");
const RECONCILED: &str = include_str!("fixtures/klink/reconcile_as_printed.txt");
const REFUNDABLE: &str = include_str!("fixtures/klink/request_refund.json");
const BANKS: &str = include_str!("fixtures/klink/list_banks.json");
const GOPAY_BANKS: &str = include_str!("fixtures/klink/list_gopay_banks.json");
const CREATED: &str = include_str!("fixtures/klink/create_payment.json");
const GOPAY_CREATED: &str = include_str!("fixtures/klink/create_gopay_payment.json");
const REPORTED: &str = include_str!("fixtures/klink/finance_report.json");
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

// What is sent, and what the documented replies say.

#[tokio::test]
async fn login_sends_the_account_as_json_and_reads_the_token() {
    let server = replying("{}").await;
    let session = client(&server).login().await.unwrap();
    assert_eq!(session.authorization.expose(), "token-1");
    Expected::post("/auth/login").json(json!({"email": EMAIL, "password": PASSWORD})).assert("klink", &server.only());
}

#[tokio::test]
async fn register_va_sends_the_documented_json() {
    let server = replying(REGISTERED).await;
    client(&server).register_va(&new_wallet()).await.unwrap();
    assert_posted(
        &server,
        "/api/kwallet/register_va",
        json!({
            "id_member": "idspaaa025",
            "name": "Muammar Qathafi",
            "hp": "085736064900",
            "email": "muammarqathafi@gmail.com",
        }),
    );
}

#[tokio::test]
async fn register_va_reads_date_and_request_id_at_either_level() {
    let beside: Value = serde_json::from_str(REGISTERED).unwrap();
    let mut inside = beside.clone();
    for name in ["date", "rq_uuid"] {
        inside["data"][name] = inside.as_object_mut().unwrap().remove(name).unwrap();
    }
    for reply in [beside, inside] {
        let server = replying(reply.to_string()).await;
        let wallet = client(&server).register_va(&new_wallet()).await.unwrap();
        assert_eq!(wallet.message.as_deref(), Some("VA will be success Created!"));
        assert_eq!(some_utc(&wallet.date), "2021-07-29T04:03:33Z");
        assert_eq!(wallet.rq_uuid.unwrap(), "idspaaa025-20210729110329-30");
        let numbers: Vec<_> = wallet
            .data
            .iter()
            .map(|(bank, account)| (bank.as_str(), account.va_number.as_ref().unwrap().as_str()))
            .collect();
        assert_eq!(
            numbers,
            [
                ("002", "1248391000000058"),
                ("008", "8920891000000058"),
                ("011", "9628910000000058"),
                ("013", "8620910000000058"),
                ("014", "4490591000000058"),
                ("016", "7813191000000058"),
                ("022", "8079910000000058"),
                ("451", "9912142900000058"),
            ]
        );
        assert!(wallet.data.iter().all(|(bank, account)| account.bank_code == **bank));
        assert!(wallet.data.values().all(|account| account.error_code.as_ref().is_some_and(|code| *code == "00")));
        let account = &wallet.data["022"];
        assert_eq!((account.fee, account.total_amount), (Some(rupiah(3000)), Some(rupiah(3000))));
        assert_eq!(account.amount, Some(rupiah(0)));
        assert_eq!(some_utc(&account.expiry_date_time), "2021-07-31T22:43:32Z");
        assert_eq!(some_utc(&wallet.data["014"].expiry_date_time), "2021-07-31T22:43:31Z");
    }
}

#[tokio::test]
async fn check_balance_sends_the_documented_json_and_reads_the_balance() {
    let server = replying(BALANCE).await;
    let balance = client(&server).check_balance(&balance_query()).await.unwrap();
    assert_eq!(balance.last_saldo, rupiah(2000));
    assert_eq!(balance.message.as_deref(), Some("Saldo berhasil ditampilkan!"));
    assert_posted(&server, "/api/kwallet/check_saldo", json!({"id_member": "idspaa0012"}));
}

#[tokio::test]
async fn transaction_history_sends_the_documented_json() {
    let server = replying(HISTORY).await;
    client(&server).transaction_history(&history_query()).await.unwrap();
    let body = json!({"id_member": "idspaa0012", "startdate": "", "enddate": ""});
    assert_posted(&server, "/api/kwallet/history_transaction", body);
}

#[tokio::test]
async fn transaction_history_reads_the_list_in_a_string_escaped_or_not_and_as_itself() {
    let list = json!([
        {"credit": "0.00", "debit": "1000000.00", "description": "test", "balance": "1000000.00",
            "datetime": "2021-06-17 22: 02: 04"},
        {"credit": "0.00", "debit": "2000000.00", "description": "XXXXX success Jubaidah Transfer Debit",
            "balance": "3000000.00", "datetime": "2021-06-17 15: 47: 00"},
        {"credit": "500000.00", "debit": "0.00", "description": "XXXXX success Jubaidah Transfer Debit",
            "balance": "2500000.00", "datetime": "2021-06-17 15: 47: 00"},
    ]);
    let escaped = json!({"status": "success", "transaction": list.to_string()}).to_string();
    let real = json!({"status": "success", "transaction": list}).to_string();
    for body in [HISTORY.to_owned(), escaped, real] {
        let server = replying(body.as_str()).await;
        let history = client(&server).transaction_history(&history_query()).await.unwrap();
        let entries: Vec<_> = history
            .transaction
            .iter()
            .map(|entry| (entry.debit.get(), entry.credit.get(), entry.balance.get(), utc(&entry.datetime)))
            .collect();
        assert_eq!(
            entries,
            [
                (1_000_000, 0, 1_000_000, "2021-06-17T15:02:04Z".to_owned()),
                (2_000_000, 0, 3_000_000, "2021-06-17T08:47:00Z".to_owned()),
                (0, 500_000, 2_500_000, "2021-06-17T08:47:00Z".to_owned()),
            ],
            "{body}"
        );
        assert_eq!(history.transaction[0].description.as_deref(), Some("test"));
    }
}

#[tokio::test]
async fn transaction_history_reads_an_empty_list_in_every_form() {
    for list in [r#""[]""#, "[]", r#""[ ]""#] {
        let server = replying(format!(r#"{{"status":"success","transaction":{list}}}"#)).await;
        let history = client(&server).transaction_history(&history_query()).await.unwrap();
        assert_eq!(history.transaction.len(), 0, "{list}");
    }
}

#[tokio::test]
async fn a_list_or_map_that_is_null_is_empty_but_a_payload_is_not() {
    let server = replying(r#"{"status":"success","data":null,"transaction":null}"#).await;
    let client = client(&server);
    assert_eq!(client.register_va(&new_wallet()).await.unwrap().data.len(), 0);
    assert_eq!(client.transaction_history(&history_query()).await.unwrap().transaction.len(), 0);
    for error in [
        failure(client.request_refund(&refund_request()).await),
        failure(client.list_banks().await),
        failure(client.finance_report(REPORT, &report_query()).await),
    ] {
        assert_error(&error, Kind::UnexpectedReply, Delivery::MaybeSent);
    }
}

#[tokio::test]
async fn one_bank_that_is_down_does_not_hide_the_others() {
    let body = r#"{"status":"success","data":{
        "011":{"va_number":"1","bank_code":"011","error_code":"00","fee":"","total_amount":"-"},
        "002":{"bank_code":"","error_code":"99"}}}"#;
    let server = replying(body).await;
    let wallet = client(&server).register_va(&new_wallet()).await.unwrap();
    assert_eq!((wallet.data.len(), wallet.data.unreadable()), (1, 1));
    assert_eq!((wallet.data["011"].va_number.as_ref().unwrap().as_str(), wallet.data["011"].fee), ("1", None));
    let server = replying(r#"{"status":"success","data":[]}"#).await;
    assert!(client(&server).register_va(&new_wallet()).await.unwrap().data.is_empty());
}

#[tokio::test]
async fn rows_of_a_report_are_read_with_holes_and_with_lists_in_them() {
    let row = r#"{"order_id":"A","status_code":"200","gross_amount":1000,"id":"x","va_numbers":[{"bank":"bca"}]}"#;
    let bad = row.replace("1000", "\"\"");
    for body in [format!("[{row},{bad},{row}]"), format!(r#"{{"10":{row},"2":{bad},"7":{row}}}"#)] {
        let server = replying(body).await;
        let rows = client(&server).finance_report(REPORT, &report_query()).await.unwrap();
        assert_eq!((rows.len(), rows.unreadable()), (2, 1));
        assert!(rows[0].va_numbers.is_none());
    }
}

#[tokio::test]
async fn transaction_history_does_not_salvage_a_list_that_is_cut_short() {
    for body in [
        r#"{"status":"success","transaction":"[{"credit":"0.00""#,
        r#"{"status":"success","transaction":"[{\"credit\":\"0.00\""}"#,
        r#"{"status":"success","transaction":"[] x"}"#,
        r#"{"status":"success","transaction":""}"#,
    ] {
        let server = replying(body).await;
        let error = failure(client(&server).transaction_history(&history_query()).await);
        assert_error(&error, Kind::UnexpectedReply, Delivery::MaybeSent);
    }
}

#[tokio::test]
async fn transfer_sends_the_documented_json() {
    let server = replying(r#"{"stutas":"success","message":"OK"}"#).await;
    client(&server).transfer(&new_transfer()).await.unwrap();
    assert_posted(
        &server,
        "/api/kwallet/transfer_to_account",
        json!({
            "id_member_send": "idspaa0012",
            "amount": "100000",
            "description": "Transfer untuk uang makan",
            "id_member_receipt": "idspaaa090",
        }),
    );
}

#[tokio::test]
async fn transfer_reads_the_flag_in_both_spellings() {
    for flag in ["stutas", "status"] {
        let body = format!(r#"{{"{flag}":"success","message":"Payment transfer idspaa0012 to account idspaaa090!"}}"#);
        let server = replying(body).await;
        let receipt = client(&server).transfer(&new_transfer()).await.unwrap();
        assert_eq!(receipt.message.as_deref(), Some("Payment transfer idspaa0012 to account idspaaa090!"));

        let server = replying(format!(r#"{{"{flag}":"fail","message":"Saldo tidak cukup"}}"#)).await;
        let error = failure(client(&server).transfer(&new_transfer()).await);
        assert_error(&error, Kind::Rejected, Delivery::MaybeSent);
        assert_eq!(error.provider_message(), Some("Saldo tidak cukup"));
    }
}

#[tokio::test]
async fn redeem_voucher_sends_the_documented_json_and_reads_the_receipt() {
    let text = "Insert Voucher Saldo 10000 for ID Member idspaaa95913 Success!";
    let server = replying(format!(r#"{{"status":"success","message":"{text}"}}"#)).await;
    let receipt = client(&server).redeem_voucher(&voucher()).await.unwrap();
    assert_eq!(receipt.message.as_deref(), Some(text));
    assert_posted(
        &server,
        "/api/kwallet/voucher_saldo",
        json!({
            "voucher_code": "asdfkeijk",
            "amount": "10000",
            "description": "Transfer untuk uang makan",
            "id_member_receipt": "idspaaa95913",
        }),
    );
}

#[tokio::test]
async fn pay_from_wallet_sends_the_documented_json_and_reads_the_receipt() {
    let server = replying(r#"{"status":"success","message":"Payment ID Order 123456789 Success!"}"#).await;
    let receipt = client(&server).pay_from_wallet(&wallet_payment()).await.unwrap();
    assert_eq!(receipt.message.as_deref(), Some("Payment ID Order 123456789 Success!"));
    assert_posted(
        &server,
        "/api/kwallet/pay",
        json!({
            "id_member": "idspaa001",
            "amount": "90000",
            "id_order": "123456789",
            "description": "Pembelian Paket Klorofil",
        }),
    );
}

#[tokio::test]
async fn an_order_id_with_slashes_and_a_text_of_the_people_are_sent_as_they_are() {
    let server = replying(r#"{"status":"success"}"#).await;
    let new = NewWalletPayment::new(NewWalletPaymentRequired {
        id_member: "idspaa001".into(),
        id_order: "1234/917/ATG".into(),
        amount: rupiah(90_000),
        description: "Kopi & teh \"enak\" é\n".into(),
    });
    client(&server).pay_from_wallet(&new).await.unwrap();
    assert_posted(
        &server,
        "/api/kwallet/pay",
        json!({
            "id_member": "idspaa001",
            "amount": "90000",
            "id_order": "1234/917/ATG",
            "description": "Kopi & teh \"enak\" é\n",
        }),
    );
}

#[tokio::test]
async fn reconcile_sends_the_documented_json_to_the_printed_path() {
    let server = replying(RECONCILED).await;
    client(&server).reconcile(&reconcile_request()).await.unwrap();
    assert_posted(&server, "/api/kwallet/reconcile/reconcile", json!({"id_order": "123456789"}));
}

#[tokio::test]
async fn reconcile_reads_the_payment_in_a_string_escaped_or_not_and_as_itself() {
    let payment = json!({
        "id_member": "idspaa001", "order_id": "123456789", "comm_code": "SYSTEM", "datetime": "2021-07-28 18: 32: 11",
        "valuedate": "2021-07-28", "description": "Pembelian Paket Klorofil", "debit": "0.00", "credit": "90000.00",
        "balance": "270000.00",
    });
    let message = "Reconcile ID Order 123456789 Success!";
    let escaped = json!({"status": "success", "message": message, "data": payment.to_string()}).to_string();
    let real = json!({"status": "success", "message": message, "data": payment}).to_string();
    for body in [RECONCILED.to_owned(), escaped, real] {
        let server = replying(body).await;
        let reconciled = client(&server).reconcile(&reconcile_request()).await.unwrap();
        assert_eq!(reconciled.message.as_deref(), Some(message));
        let payment = reconciled.data;
        assert_eq!(payment.id_member, "idspaa001");
        assert_eq!(payment.order_id, "123456789");
        assert_eq!(payment.credit, rupiah(90_000));
        assert_eq!((payment.debit, payment.balance), (Some(rupiah(0)), Some(rupiah(270_000))));
        assert_eq!(some_utc(&payment.datetime), "2021-07-28T11:32:11Z");
        assert_eq!(payment.valuedate.as_deref(), Some("2021-07-28"));
        assert_eq!(payment.comm_code.as_deref(), Some("SYSTEM"));
    }
}

#[tokio::test]
async fn request_refund_sends_the_documented_json_and_reads_the_candidates() {
    let server = replying(REFUNDABLE).await;
    let candidates = client(&server).request_refund(&refund_request()).await.unwrap();
    let [candidate] = &candidates[..] else { panic!("one candidate") };
    assert_eq!(candidate.id_trans, "137");
    assert_eq!(candidate.id_member, "idspaa001");
    assert_eq!(candidate.id_order, "123456789");
    assert_eq!(candidate.credit, rupiah(90_000));
    assert_eq!(some_utc(&candidate.datetime), "2021-07-28T11:32:11Z");
    assert_posted(&server, "/api/escrow/refund", json!({"id_order": "123456789", "id_member": "idspaa001"}));
}

#[tokio::test]
async fn accept_refund_sends_the_documented_json_and_reads_the_receipt() {
    let server = replying(r#"{"status":"success","message":"success refund saldo for member idspaa001!"}"#).await;
    let receipt = client(&server).accept_refund(&refund_acceptance()).await.unwrap();
    assert_eq!(receipt.message.as_deref(), Some("success refund saldo for member idspaa001!"));
    assert_posted(
        &server,
        "/api/escrow/refund-accept",
        json!({
            "id_order": "123456789",
            "id_member": "idspaa001",
            "id_trans": "137",
            "note": "refund dana karena dokter tidak sedang standby",
        }),
    );
}

#[tokio::test]
async fn a_second_refund_is_told_as_done_with_the_documented_text() {
    let text = "refund existing, id_trans:323, order_id:123456789, member_id:idspaa001, datetime:2021-10-27 12:01:25!";
    let server = replying(format!(r#"{{"status":"fail","message":"{text}"}}"#)).await;
    let error = failure(client(&server).accept_refund(&refund_acceptance()).await);
    assert_error(&error, Kind::AlreadyDone, Delivery::Answered);
    assert_eq!(error.provider_message(), Some(text));
    assert_eq!(tokens(&server), ["login", "token-1"]);
}

#[tokio::test]
async fn list_banks_posts_an_empty_body_that_says_so() {
    let server = replying(BANKS).await;
    client(&server).list_banks().await.unwrap();
    let sent = only_call(&server);
    assert!(sent.headers.contains(&("content-length".into(), "0".into())), "{sent:?}");
    Expected::post("/api/list_bank").header("authorization", "token-1").assert("klink", &sent);
}

#[tokio::test]
async fn list_banks_reads_the_documented_reply() {
    let server = replying(BANKS).await;
    let banks = client(&server).list_banks().await.unwrap();
    let [bank] = &banks[..] else { panic!("one bank") };
    assert_eq!((bank.bank_code.as_str(), bank.product_code.as_str()), ("014", "BCAATM"));
    assert_eq!(bank.bank_display_nm.as_deref(), Some("BANK BCA"));
    assert_eq!(bank.product_name.as_deref(), Some("BCA VA Online"));
    assert_eq!(bank.kategori.as_deref(), Some("Transfer Bank (VA)"));
    assert_eq!(bank.bankacc, None);
    assert_eq!((bank.charge_admin, bank.charge_connectivity), (Some(rupiah(0)), Some(rupiah(0))));
    assert_eq!(bank.id.as_ref().unwrap(), &"42");
    assert!(bank.status.unwrap().is_set());
    for flag in [bank.install_6, bank.install_12, bank.is_installment] {
        assert!(!flag.unwrap().is_set());
    }
}

#[tokio::test]
async fn list_banks_reads_every_form_of_a_missing_bank_account() {
    for (written, read) in
        [("0", None), (r#""""#, None), ("null", None), (r#""-""#, None), ("1190000879898", Some("1190000879898"))]
    {
        let server = replying(BANKS.replace(r#""bankacc": 0"#, &format!(r#""bankacc": {written}"#))).await;
        let banks = client(&server).list_banks().await.unwrap();
        assert_eq!(banks[0].bankacc.as_ref().map(|account| account.as_str()), read, "{written}");
    }
}

#[tokio::test]
async fn list_gopay_banks_sends_the_documented_json_and_reads_the_nulls() {
    let server = replying(GOPAY_BANKS).await;
    let query = GopayBankQuery::new(GopayBankQueryRequired { nominal: rupiah(1_000_000), pay_ship: rupiah(5000) });
    let banks = client(&server).list_gopay_banks(&query).await.unwrap();
    let [bank] = &banks[..] else { panic!("one bank") };
    assert_eq!((bank.bank_code.as_str(), bank.product_code.as_str()), ("gopay", "e_money"));
    assert_eq!(bank.charge_admin, Some(rupiah(2500)));
    assert_eq!((&bank.bankacc, bank.install_12, &bank.img_url), (&None, None, &None));
    assert!(bank.status.unwrap().is_set());
    assert_posted(&server, "/api/list_bank_midtrans", json!({"nominal": "1000000", "pay_ship": "5000"}));
}

#[tokio::test]
async fn create_payment_sends_every_number_as_a_string_and_no_absent_option() {
    let server = replying(CREATED).await;
    client(&server).create_payment(&new_payment()).await.unwrap();
    assert_posted(&server, "/api/pay_service", new_payment_json());

    let server = replying(CREATED).await;
    let mut new = new_payment().comm_code("DEV");
    new.order_id = "1234/917/ATG".into();
    client(&server).create_payment(&new).await.unwrap();
    let mut body = new_payment_json();
    body["comm_code"] = "DEV".into();
    body["order_id"] = "1234/917/ATG".into();
    assert_posted(&server, "/api/pay_service", body);
}

#[tokio::test]
async fn create_payment_reads_a_transfer_and_a_card() {
    let server = replying(CREATED).await;
    let payment = client(&server).create_payment(&new_payment()).await.unwrap();
    assert_eq!(payment.total_bayar, Some(rupiah(474_765)));
    assert_eq!(payment.total_belanja, Some(rupiah(469_000)));
    assert_eq!((payment.pay_ship, payment.kode_unik), (Some(rupiah(5000)), Some(rupiah(765))));
    assert_eq!(payment.kd_pay.unwrap(), "174");
    assert_eq!(payment.kd_ref.unwrap(), "KLNU00252");
    assert_eq!((payment.is_va.unwrap().is_set(), payment.koneksi.unwrap().is_set()), (false, true));

    let body = r#"{"status":"success","data":{"url_pay":"https://payment.example.com/card/1","is_va":0}}"#;
    let server = replying(body).await;
    let payment = client(&server).create_payment(&new_payment()).await.unwrap();
    assert_eq!(payment.url_pay.as_deref(), Some("https://payment.example.com/card/1"));
    assert_eq!((payment.total_bayar, payment.kd_pay), (None, None));
}

#[tokio::test]
async fn create_gopay_payment_sends_the_documented_json() {
    let server = replying(GOPAY_CREATED).await;
    client(&server).create_gopay_payment(&new_payment()).await.unwrap();
    assert_posted(&server, "/api/pay_service_midtrans", new_payment_json());
}

#[tokio::test]
async fn create_gopay_payment_reads_the_documented_reply() {
    let server = replying(GOPAY_CREATED).await;
    let created = client(&server).create_gopay_payment(&new_payment()).await.unwrap();
    assert_eq!(created.message.as_deref(), Some("Payment Request has been success!"));
    let payment = created.data;
    assert_eq!(payment.order_id.unwrap(), "klnu01978");
    assert_eq!(payment.transaction_id.unwrap(), "c91bcecf-7528-4b29-aef1-8cdf8fffc187");
    assert_eq!(payment.status_code, "201");
    assert_eq!(payment.transaction_status.unwrap(), GopayTransactionStatus::Pending);
    assert_eq!(payment.fraud_status.unwrap(), FraudStatus::Accept);
    assert_eq!(payment.gross_amount, Some(rupiah(2000)));
    assert_eq!((payment.nominal, payment.pay_ship), (Some(rupiah(1500)), Some(rupiah(500))));
    assert_eq!(some_utc(&payment.transaction_time), "2022-07-27T10:18:51Z");
    assert_eq!(some_utc(&payment.rq_datetime), "2022-07-27T08:48:11Z");
    assert_eq!(payment.currency.as_deref(), Some("IDR"));
    assert_eq!(payment.merchant_id.unwrap(), "G798896536");
    assert_eq!(payment.permata_va_number, None);
    let actions: Vec<_> = payment.actions.iter().map(|action| action.name.known().unwrap()).collect();
    assert_eq!(
        actions,
        [
            GopayActionName::GenerateQrCode,
            GopayActionName::DeeplinkRedirect,
            GopayActionName::GetStatus,
            GopayActionName::Cancel,
        ]
    );
    assert_eq!(
        payment.actions[0].url,
        "https://api.veritrans.co.id/v2/gopay/c91bcecf-7528-4b29-aef1-8cdf8fffc187/qr-code"
    );
    assert_eq!(payment.actions[3].method.as_deref(), Some("POST"));
    let input = created.data_input.unwrap();
    assert_eq!(input.rq_uuid.unwrap(), "klnu01978");
    assert_eq!((input.nominal, input.pay_ship), (Some(rupiah(1500)), Some(rupiah(500))));
}

#[tokio::test]
async fn create_gopay_payment_reads_missing_and_null_options() {
    let mut reply: Value = serde_json::from_str(GOPAY_CREATED).unwrap();
    for name in ["actions", "fraud_status", "transaction_time", "nominal", "merchant_id", "permata_va_number"] {
        reply["data"][name] = Value::Null;
    }
    reply["data_input"] = Value::Null;
    let null = reply.to_string();
    reply["data"].as_object_mut().unwrap().retain(|_, value| !value.is_null());
    reply.as_object_mut().unwrap().remove("data_input");
    for body in [null, reply.to_string()] {
        let server = replying(body).await;
        let created = client(&server).create_gopay_payment(&new_payment()).await.unwrap();
        assert!(created.data_input.is_none());
        assert_eq!((created.data.actions.len(), created.data.nominal), (0, None));
        assert_eq!(created.data.gross_amount, Some(rupiah(2000)));
    }
}

#[tokio::test]
async fn finance_report_sends_the_documented_json_to_the_callers_path() {
    let server = replying(REPORTED).await;
    client(&server).finance_report(REPORT, &report_query()).await.unwrap();
    assert_posted(
        &server,
        "/api/report/gopay",
        json!({
            "datetime_start": "",
            "datetime_end": "2022-09-28 11:27:31",
            "bank_code": "gopay",
            "transaction_status": "all",
        }),
    );
}

#[tokio::test]
async fn finance_report_reads_the_documented_list() {
    let server = replying(REPORTED).await;
    let rows = client(&server).finance_report(REPORT, &report_query()).await.unwrap();
    let amounts: Vec<_> = rows.iter().map(|row| (row.order_id.as_str(), row.gross_amount.get())).collect();
    assert_eq!(
        amounts,
        [
            ("klnu01983", 1000),
            ("klnu01989", 1000),
            ("DEV-220908-MHZTHJW", 48_000),
            ("DEV-220908-EGTQ1WF", 48_000),
            ("DEV-220908-5DDHSN4", 48_000),
        ]
    );
    assert!(rows.iter().all(|row| row.status_code == "201" && row.va_numbers.is_none()));
    assert!(rows.iter().all(|row| row.signature_key.as_ref().unwrap().len() == 128));
    assert_eq!(rows[0].id, "ecddb899-2357-46e2-97d5-93d84673035e");
    assert_eq!(rows[0].bank_code.as_deref(), Some("gopay"));
    assert_eq!(rows[0].fraud_status.as_ref().unwrap(), &FraudStatus::Accept);
    assert_eq!(some_utc(&rows[0].notification_time), "2022-08-08T07:01:09Z");
    assert_eq!(some_utc(&rows[0].inquiry_time), "2022-08-08T07:01:09Z");
}

#[tokio::test]
async fn the_path_of_a_report_has_encoded_segments() {
    for (path, target) in [
        ("report", "/report"),
        ("/api/report", "/api/report"),
        ("api/ü/a b", "/api/%C3%BC/a%20b"),
        ("api/%2e%2e/x", "/api/%252e%252e/x"),
        ("report?x=1#y", "/report%3Fx%3D1%23y"),
    ] {
        let server = replying("[]").await;
        let rows = client(&server).finance_report(path, &report_query()).await.unwrap();
        assert_eq!((rows.len(), only_call(&server).target.as_str()), (0, target));
    }
}

#[tokio::test]
async fn a_path_of_a_report_that_would_ask_another_address_is_not_sent() {
    let server = replying("[]").await;
    let client = client(&server);
    for path in ["", "/", ".", "..", "api/../auth/login", "api/./x", "api//x", "api/"] {
        let error = failure(client.finance_report(path, &report_query()).await);
        assert_error(&error, Kind::InvalidRequest, Delivery::NotSent);
    }
    let sent = server.sent();
    assert!(sent.iter().all(is_login), "{sent:#?}");
}

// Failures.

#[tokio::test]
async fn both_failure_words_are_a_refusal_even_with_http_200() {
    for word in ["fail", "failed", "Failed"] {
        let server = replying(format!(r#"{{"status":"{word}","message":"Bank code tidak sesuai"}}"#)).await;
        let errors = call_errors(&client(&server)).await;
        assert_inconclusive(&errors, Kind::Rejected);
        assert!(errors.iter().all(|error| error.provider_message() == Some("Bank code tidak sesuai")));
    }
}

#[tokio::test]
async fn a_failure_code_tells_what_happened() {
    for (code, kind) in [
        (r#""406""#, Kind::AlreadyDone),
        ("406", Kind::AlreadyDone),
        // The connection to the bank broke: nobody knows on which side of it the money is.
        (r#""503""#, Kind::Unavailable),
        (r#""900""#, Kind::Unavailable),
        (r#""05""#, Kind::Rejected),
        (r#""401""#, Kind::Authentication),
    ] {
        let body = format!(r#"{{"status":"failed","message":"no","status_code":{code}}}"#);
        let server = replying(body).await;
        let errors = call_errors(&client(&server)).await;
        // The document says only of the GoPay payment that these codes come before the work.
        let is_gopay = |error: &&Error| error.operation().unwrap().id == "create_gopay_payment";
        let is_conclusive = matches!(kind, Kind::AlreadyDone | Kind::Authentication);
        let gopay = errors.iter().find(is_gopay).expect("it is called");
        assert_error(gopay, kind, if is_conclusive { Delivery::Answered } else { Delivery::MaybeSent });
        for error in errors.iter().filter(|error| !is_gopay(error)) {
            let is_question = error.operation().unwrap().idempotency == Idempotency::Safe;
            let is_answered = is_question && kind != Kind::Unavailable;
            assert_error(error, kind, if is_answered { Delivery::Answered } else { Delivery::MaybeSent });
        }
        assert!(errors.iter().all(|error| error.code() == Some(code.trim_matches('"'))));
    }
}

#[tokio::test]
async fn http_401_means_that_the_token_is_not_accepted() {
    let server = server(|_| Reply::json(401, r#"{"status":"fail","message":"Access denied"}"#)).await;
    let errors = call_errors(&client(&server)).await;
    for error in &errors {
        // K-Link's document does not say that it comes before the work.
        let is_question = error.operation().unwrap().idempotency == Idempotency::Safe;
        assert_error(error, Kind::Authentication, if is_question { Delivery::Answered } else { Delivery::MaybeSent });
    }
    assert!(errors.iter().all(|error| error.provider_message() == Some("Access denied")));
}

#[tokio::test]
async fn every_operation_fails_with_an_http_failure() {
    let server = Server::replying(Reply::json(500, "{}")).await;
    let client = client(&server);
    let mut errors = call_errors(&client).await;
    // The calls never got past their login.
    assert_errors(&errors, Kind::Unavailable, Delivery::NotSent);
    let login = failure(client.login().await);
    assert_error(&login, Kind::Unavailable, Delivery::MaybeSent);
    errors.push(login);
    assert_complete(&errors, operations::ALL);
}

#[tokio::test]
async fn a_reply_without_flag_or_payload_is_no_success() {
    for body in ["", "{}", "null", r#"{"status":null}"#, r#"{"status":"pending"}"#, r#"{"status":true}"#, "OK"] {
        let server = replying(body).await;
        assert_errors(&call_errors(&client(&server)).await, Kind::UnexpectedReply, Delivery::MaybeSent);
    }
}

#[tokio::test]
async fn a_null_or_missing_payload_is_no_success() {
    for body in [
        r#"{"status":"success"}"#,
        r#"{"status":"success","data":"null","transaction":1,"last_saldo":""}"#,
        r#"{"status":"success","data":7,"transaction":"","last_saldo":null}"#,
    ] {
        let server = replying(body).await;
        let client = client(&server);
        for error in [
            failure(client.register_va(&new_wallet()).await),
            failure(client.check_balance(&balance_query()).await),
            failure(client.transaction_history(&history_query()).await),
            failure(client.reconcile(&reconcile_request()).await),
            failure(client.request_refund(&refund_request()).await),
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
        ] {
            assert_error(&error, Kind::UnexpectedReply, Delivery::MaybeSent);
        }
    }
}

#[tokio::test]
async fn a_web_page_is_told_apart() {
    let server = server(|_| Reply::html(200)).await;
    assert_errors(&call_errors(&client(&server)).await, Kind::Html, Delivery::MaybeSent);
}

// The session.

#[tokio::test]
async fn nothing_is_sent_before_the_first_call() {
    let server = replying(BALANCE).await;
    let client = client(&server);
    tokio::time::sleep(Duration::from_millis(50)).await;
    server.assert_untouched();
    client.check_balance(&balance_query()).await.unwrap();
    assert_eq!(tokens(&server), ["login", "token-1"]);
}

#[tokio::test]
async fn one_login_serves_all_later_calls_and_all_clones() {
    let server = replying(BALANCE).await;
    let client = client(&server);
    client.check_balance(&balance_query()).await.unwrap();
    client.clone().check_balance(&balance_query()).await.unwrap();
    client.check_balance(&balance_query()).await.unwrap();
    assert_eq!(tokens(&server), ["login", "token-1", "token-1", "token-1"]);
}

/// Asks for the balance twenty times at once.
async fn twenty_at_once(client: &Client) {
    let calls: Vec<_> = (0..20)
        .map(|_| {
            let client = client.clone();
            tokio::spawn(async move { client.check_balance(&balance_query()).await })
        })
        .collect();
    for call in calls {
        assert_eq!(call.await.unwrap().unwrap().last_saldo, rupiah(2000));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn twenty_callers_share_one_login() {
    let server = slow_server(Duration::from_millis(100), |_| Reply::json(200, BALANCE)).await;
    twenty_at_once(&client(&server)).await;
    let tokens = tokens(&server);
    assert_eq!(tokens.iter().filter(|token| *token == "login").count(), 1);
    assert_eq!(tokens.iter().filter(|token| *token == "token-1").count(), 20);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn twenty_callers_share_one_new_login_when_their_token_is_refused() {
    let server = slow_server(Duration::from_millis(50), |request| match token(request) {
        "token-1" => Reply::json(401, UNAUTHORIZED),
        _ => Reply::json(200, BALANCE),
    })
    .await;
    twenty_at_once(&client(&server)).await;
    let tokens = tokens(&server);
    assert_eq!(tokens.iter().filter(|token| *token == "login").count(), 2);
    assert_eq!(tokens.iter().filter(|token| *token == "token-2").count(), 20);
}

#[tokio::test]
async fn the_token_is_sent_verbatim_from_either_level_of_the_login_reply() {
    for login in [
        r#"{"status":"success","message":"OK","Authorization":"eyJ0 ab+/=.x_y-z"}"#,
        r#"{"status":"success","data":{"Authorization":"eyJ0 ab+/=.x_y-z"}}"#,
        r#"{"status":"Success","Authorization":null,"data":{"Authorization":"eyJ0 ab+/=.x_y-z","id":1}}"#,
    ] {
        let server = Server::start(move |request| match is_login(request) {
            true => Reply::json(200, login),
            false => Reply::json(200, BALANCE),
        })
        .await;
        client(&server).check_balance(&balance_query()).await.unwrap();
        assert_eq!(tokens(&server), ["login", "eyJ0 ab+/=.x_y-z"]);
    }
}

#[tokio::test]
async fn question_with_a_refused_token_is_asked_again_with_a_new_one() {
    for refusal in [
        Reply::json(401, "{}"),
        Reply::html(401),
        Reply::json(403, r#"{"status":"fail","message":"Forbidden"}"#),
        Reply::json(200, r#"{"status":"failed","message":"Unauthorized"}"#),
        Reply::json(200, r#"{"status":"failed","message":"Token expired"}"#),
    ] {
        let server = server(move |request| match token(request) {
            "token-1" => refusal.clone(),
            _ => Reply::json(200, BALANCE),
        })
        .await;
        let client = client(&server);
        client.check_balance(&balance_query()).await.unwrap();
        assert_eq!(tokens(&server), ["login", "token-1", "login", "token-2"]);
        let sent = server.sent();
        assert_eq!((&sent[1].target, &sent[1].body), (&sent[3].target, &sent[3].body));

        client.check_balance(&balance_query()).await.unwrap();
        assert_eq!(tokens(&server)[4..], ["token-2"]);
    }
}

#[tokio::test]
async fn movement_of_money_is_sent_again_only_after_http_401_in_the_documented_form() {
    for (refusal, is_sent_again) in [
        (Reply::json(401, UNAUTHORIZED), true),
        (Reply::json(401, "{}"), false),
        (Reply::html(401), false),
        (Reply::json(200, r#"{"status":"failed","message":"Unauthorized"}"#), false),
        (Reply::json(200, r#"{"status":"failed","message":"Token expired"}"#), false),
    ] {
        let server = server(move |request| match token(request) {
            "token-1" => refusal.clone(),
            _ => Reply::json(200, r#"{"status":"success","message":"Payment ID Order 123456789 Success!"}"#),
        })
        .await;
        let client = client(&server);
        assert_eq!(client.pay_from_wallet(&wallet_payment()).await.is_ok(), is_sent_again);
        // What was refused for its token makes the next call log in.
        client.pay_from_wallet(&wallet_payment()).await.unwrap();
        let last = if is_sent_again { &["login", "token-2", "token-2"][..] } else { &["login", "token-2"] };
        assert_eq!(tokens(&server)[2..], *last);
    }
}

#[tokio::test]
async fn a_second_refusal_of_the_token_is_returned() {
    let server = server(|_| Reply::json(401, UNAUTHORIZED)).await;
    let error = failure(client(&server).pay_from_wallet(&wallet_payment()).await);
    assert_error(&error, Kind::Authentication, Delivery::MaybeSent);
    assert_eq!(error.operation().unwrap().id, "pay_from_wallet");
    assert_eq!(tokens(&server), ["login", "token-1", "login", "token-2"]);
}

#[tokio::test]
async fn no_other_failure_sends_the_call_again() {
    for (status, body) in [
        (200, r#"{"status":"fail","message":"Saldo tidak cukup"}"#),
        (500, r#"{"status":"fail","message":"Unauthorized"}"#),
        (503, "{}"),
        (429, "{}"),
        (200, "{}"),
        (403, "<html>"),
        (403, r#"{"status":"fail","message":"Forbidden"}"#),
        // Midtrans refusing K-Link, a token of another kind, and a code that is about Midtrans' keys.
        (200, r#"{"status":"fail","message":"Pembelian token listrik gagal"}"#),
        (
            200,
            r#"{"status":"fail","message":"Access denied due to unauthorized transaction, please check client or server key"}"#,
        ),
        (200, r#"{"status":"failed","message":"no","status_code":"401"}"#),
        (200, r#"{"status":"failed","message":"invalid token","status_code":"503"}"#),
    ] {
        let server = server(move |_| Reply::json(status, body)).await;
        failure(client(&server).pay_from_wallet(&wallet_payment()).await);
        assert_eq!(tokens(&server), ["login", "token-1"], "{status} {body}");
    }
}

#[tokio::test]
async fn a_failed_login_means_that_the_call_was_not_sent() {
    for (reply, kind) in [
        (Reply::json(200, r#"{"status":"fail","message":"Email atau password salah"}"#), Kind::Rejected),
        (Reply::json(401, r#"{"status":"failed","message":"Wrong password"}"#), Kind::Authentication),
        (Reply::json(500, "{}"), Kind::Unavailable),
        (Reply::json(200, "{}"), Kind::UnexpectedReply),
        (Reply::json(200, r#"{"status":"success","message":"OK"}"#), Kind::UnexpectedReply),
        (Reply::json(200, r#"{"status":"success","Authorization":null}"#), Kind::UnexpectedReply),
        (Reply::json(200, r#"{"status":"success","data":{"Authorization":7}}"#), Kind::UnexpectedReply),
        (Reply::html(200), Kind::Html),
    ] {
        let server = Server::replying(reply).await;
        let error = failure(client(&server).pay_from_wallet(&wallet_payment()).await);
        assert_error(&error, kind, Delivery::NotSent);
        // Whatever the reply to a login holds may be a token.
        assert_eq!((error.provider_message(), error.body()), (None, None));
        assert_eq!(error.operation().unwrap().id, "pay_from_wallet");
        assert_eq!(tokens(&server), ["login"]);
    }
}

#[tokio::test]
async fn callers_who_wait_for_a_login_share_its_failure() {
    let refused = r#"{"status":"fail","message":"Email atau password salah"}"#;
    let server = Server::slow(Duration::from_millis(500), move |_| Reply::json(200, refused)).await;
    let client = client(&server);
    let calls = (0..20).map(|_| {
        let client = client.clone();
        tokio::spawn(async move { client.check_balance(&balance_query()).await })
    });
    for call in calls.collect::<Vec<_>>() {
        let error = failure(call.await.unwrap());
        assert_error(&error, Kind::Rejected, Delivery::NotSent);
        assert_eq!(error.provider_message(), None);
    }
    assert!(tokens(&server).len() <= 5, "{:?}", tokens(&server));
}

#[tokio::test]
async fn one_deadline_covers_the_login_and_the_call() {
    let server = Server::slow(Duration::from_secs(1), |request| match is_login(request) {
        true => Reply::json(200, r#"{"status":"success","Authorization":"token-1"}"#),
        false => Reply::json(200, BALANCE),
    })
    .await;
    for (deadline, kind, delivery) in
        [(300, Kind::Timeout, Delivery::NotSent), (1_600, Kind::Timeout, Delivery::MaybeSent)]
    {
        let settings = Client::builder(credentials()).base_url(server.url());
        let client = settings.timeout(Duration::from_millis(deadline)).build().unwrap();
        let error = failure(client.pay_from_wallet(&wallet_payment()).await);
        assert_error(&error, kind, delivery);
    }
}

#[tokio::test]
async fn a_login_reply_that_is_not_understood_is_not_shown() {
    for login in [r#"{"status":"ok","Authorization":"CANARY"}"#, r#"{"status":"success","token":"CANARY"}"#] {
        let server = Server::replying(Reply::json(200, login)).await;
        let client = client(&server);
        for error in [failure(client.login().await), failure(client.check_balance(&balance_query()).await)] {
            let source = std::error::Error::source(&error).map(|source| format!("{source} {source:?}"));
            let said = format!("{error} {error:?} {:?} {source:?}", error.body());
            assert!(!said.contains("CANARY"), "{said}");
        }
    }
}

#[tokio::test]
async fn a_token_that_no_header_can_hold_is_neither_sent_nor_kept() {
    for unusable in ["", r"a\nb"] {
        let logins = AtomicUsize::new(0);
        let server = Server::start(move |request| match (is_login(request), logins.load(Ordering::SeqCst)) {
            (true, 0) => {
                logins.store(1, Ordering::SeqCst);
                Reply::json(200, format!(r#"{{"status":"success","Authorization":"{unusable}"}}"#))
            }
            (true, _) => Reply::json(200, r#"{"status":"success","Authorization":"token-2"}"#),
            (false, _) => Reply::json(200, BALANCE),
        })
        .await;
        let client = client(&server);
        let error = failure(client.check_balance(&balance_query()).await);
        assert_eq!(error.delivery(), Delivery::NotSent, "{error:?}");
        assert_eq!(tokens(&server), ["login"]);
        client.check_balance(&balance_query()).await.unwrap();
        assert_eq!(tokens(&server), ["login", "login", "token-2"]);
    }
}

#[tokio::test]
async fn a_login_after_a_failed_one_may_succeed() {
    let requests = AtomicUsize::new(0);
    let server = Server::start(move |request| match (is_login(request), requests.fetch_add(1, Ordering::SeqCst)) {
        (true, 0) => Reply::json(503, "{}"),
        (true, _) => Reply::json(200, r#"{"status":"success","Authorization":"token-2"}"#),
        (false, _) => Reply::json(200, BALANCE),
    })
    .await;
    let client = client(&server);
    assert_error(&failure(client.check_balance(&balance_query()).await), Kind::Unavailable, Delivery::NotSent);
    client.check_balance(&balance_query()).await.unwrap();
    assert_eq!(tokens(&server), ["login", "login", "token-2"]);
}

#[tokio::test]
async fn a_login_is_attempted_again_within_the_call_that_waits_for_it() {
    let requests = AtomicUsize::new(0);
    let server = Server::start(move |request| match (is_login(request), requests.fetch_add(1, Ordering::SeqCst)) {
        (true, 0) => Reply::json(503, "{}"),
        (true, _) => Reply::json(200, r#"{"status":"success","Authorization":"token-2"}"#),
        (false, _) => Reply::json(200, r#"{"status":"success","message":"Payment Success!"}"#),
    })
    .await;
    let client = client(&server).with_retry(Retry::default());
    client.pay_from_wallet(&wallet_payment()).await.unwrap();
    assert_eq!(tokens(&server), ["login", "login", "token-2"]);
}

#[tokio::test]
async fn an_error_counts_the_attempts_with_the_refused_token_too() {
    let server = server(|_| Reply::json(401, "{}")).await;
    assert_eq!(failure(client(&server).check_balance(&balance_query()).await).attempts(), 2);
}

#[tokio::test]
async fn the_printed_alternative_paths_can_be_chosen() {
    let server = server(|request| match request.path() {
        "/api/listbank" => Reply::json(200, BANKS),
        "/api/pay_service_new" => Reply::json(200, CREATED),
        "/api/kwallet/reconcile" => Reply::json(200, RECONCILED),
        "/api/kwallet/voucher_saldo_kwallet" => Reply::json(200, r#"{"status":"success"}"#),
        _ => Reply::json(404, "{}"),
    })
    .await;
    let client = Client::builder(credentials())
        .base_url(server.url())
        .path(&operations::REDEEM_VOUCHER, "/api/kwallet/voucher_saldo_kwallet")
        .path(&operations::RECONCILE, "/api/kwallet/reconcile")
        .path(&operations::LIST_BANKS, "/api/listbank")
        .path(&operations::CREATE_PAYMENT, "/api/pay_service_new")
        .build()
        .unwrap();
    client.redeem_voucher(&voucher()).await.unwrap();
    client.reconcile(&reconcile_request()).await.unwrap();
    client.list_banks().await.unwrap();
    client.create_payment(&new_payment()).await.unwrap();
    let targets: Vec<_> = server.sent().into_iter().skip(1).map(|sent| sent.target).collect();
    assert_eq!(
        targets,
        ["/api/kwallet/voucher_saldo_kwallet", "/api/kwallet/reconcile", "/api/listbank", "/api/pay_service_new",]
    );
}
