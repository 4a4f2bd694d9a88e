mod documents;

use std::time::Duration;

use gerbang_core::Rupiah;
use gerbang_sandbox::{Provider, Sandbox};
use jiff::ToSpan;
use jiff::tz::{Offset, TimeZone};
use serde_json::{Value, json};

use crate::http::{Merchant, Reply, get, members, post_json, send};
use crate::merchant::{Creation, Gateway, JSON, Wanted};

const PROVIDER: Provider = Provider::Klink;

/// K-Link, by the token of a session.
pub const GATEWAY: Gateway = Gateway {
    name: "klink",
    provider: PROVIDER,
    creation: "create_payment",
    question: None,
    takes_reference: true,
    has_unique_amounts: false,
    credential: |merchant| format!("{merchant}@example.com"),
    login: Some(|email| ("/auth/login", json!({"email": email, "password": "x"}))),
    authorization: |token| ("Authorization", token.to_owned()),
    create: |wanted| Creation {
        path: "/api/pay_service".into(),
        content_type: JSON,
        body: order(wanted, "014", "BCAATM"),
    },
    ask: |_, reference| format!("/midtrans/v2/{reference}/status"),
    reference: Some("/data/kd_pay"),
    echo: "/data/total_belanja",
    status: "/transaction_status",
    words: ["pending", "settlement", "expire", "cancel"],
    notified: Some("success"),
    notifies_of_expiry: false,
    method: None,
    refusal: |text| (200, json!({"status": "failed", "message": text})),
    needed: ("is_va kd_pay kd_ref koneksi pay_ship total_bayar total_belanja va_number", ""),
    documents: Some(|tools| Box::pin(documents::run(tools))),
};

/// K-Link by GoPay.
pub const GOPAY: Gateway = Gateway {
    name: "klink-gopay",
    creation: "create_gopay_payment",
    create: |wanted| Creation {
        path: "/api/pay_service_midtrans".into(),
        content_type: JSON,
        body: order(wanted, "gopay", "e_wallets"),
    },
    reference: Some("/data/transaction_id"),
    echo: "/data/gross_amount",
    method: Some("gopay"),
    notifies_of_expiry: true,
    needed: (
        "actions bank_code email fraud_status gross_amount no_hp nominal order_id pay_ship payment_type product_code \
          rq_uuid status_code transaction_id transaction_status",
        "",
    ),
    documents: None,
    ..GATEWAY
};

/// The body of a call that creates a payment.
fn order(wanted: &Wanted<'_>, bank: &str, product: &str) -> String {
    let body = json!({
        "rq_uuid": format!("uuid-{}", wanted.order),
        "rq_datetime": "2022-07-21 15:28:11",
        "order_id": wanted.order,
        "no_hp": "085736064900",
        "fullname": "Almeera Salsabila",
        "email": "Almeera@gmail.com",
        "bank_code": bank,
        "product_code": product,
        "nominal": wanted.price.to_string(),
        "pay_ship": "0",
    });
    body.to_string()
}

struct Client<'a> {
    sandbox: &'a Sandbox,
    token: String,
}

impl<'a> Client<'a> {
    async fn login(sandbox: &'a Sandbox, email: &str) -> Self {
        let url = format!("{}/auth/login", sandbox.url(PROVIDER));
        let reply = post_json(&url, &json!({"email": email, "password": "secret"})).await.json();
        assert_eq!(reply["status"], "success");
        assert!(reply["message"].is_string());
        Self { sandbox, token: reply["Authorization"].as_str().unwrap().to_owned() }
    }

    async fn reply(&self, path: &str, body: &Value) -> Reply {
        let url = format!("{}{path}", self.sandbox.url(PROVIDER));
        send("POST", &url, &[("Authorization", &self.token)], &body.to_string()).await
    }

    async fn call(&self, path: &str, body: Value) -> Value {
        let reply = self.reply(path, &body).await;
        assert_eq!(reply.status, 200, "{}", reply.body);
        reply.json()
    }

    async fn register(&self, id_member: &str) -> Value {
        let body = json!({
            "id_member": id_member,
            "name": "Muammar Qathafi",
            "hp": "085736064900",
            "email": "muammarqathafi@gmail.com",
        });
        self.call("/api/kwallet/register_va", body).await
    }

    async fn top_up(&self, id_member: &str, code: &str, amount: &str) -> Value {
        let body = json!({
            "voucher_code": code,
            "amount": amount,
            "description": "Transfer untuk uang makan",
            "id_member_receipt": id_member,
        });
        self.call("/api/kwallet/voucher_saldo", body).await
    }

    async fn pay(&self, id_member: &str, amount: &str, id_order: &str) -> Value {
        let body = json!({
            "id_member": id_member,
            "amount": amount,
            "id_order": id_order,
            "description": "Pembelian Paket Klorofil",
        });
        self.call("/api/kwallet/pay", body).await
    }

    async fn balance(&self, id_member: &str) -> Value {
        self.call("/api/kwallet/check_saldo", json!({"id_member": id_member})).await["last_saldo"].clone()
    }
}

/// Asserts that no money was made or lost.
fn assert_balanced(sandbox: &Sandbox, issued: u64, wallets: u64) {
    let totals = sandbox.klink_ledger("a@example.com");
    assert_eq!((totals.issued, totals.wallets), (Rupiah::new(issued), Rupiah::new(wallets)));
    assert_eq!(totals.wallets.checked_add(totals.escrow), Some(totals.issued));
}

fn payment(rq_uuid: &str, bank: &str, product: &str) -> Value {
    json!({
        "rq_uuid": rq_uuid,
        "rq_datetime": "2022-07-21 15:28:11",
        "order_id": format!("order/{rq_uuid}"),
        "no_hp": "085736064900",
        "fullname": "Almeera Salsabila",
        "email": "Almeera@gmail.com",
        "bank_code": bank,
        "product_code": product,
        "nominal": "1500",
        "pay_ship": "500",
    })
}

#[tokio::test]
async fn only_a_session_token_is_let_in_and_only_as_it_is() {
    let sandbox = Sandbox::start().await;
    let mut client = Client::login(&sandbox, "a@example.com").await;
    client.register("m1").await;
    let token = client.token.clone();
    for wrong in ["", "unknown", &format!("Bearer {token}")] {
        client.token = wrong.to_owned();
        let reply = client.reply("/api/kwallet/check_saldo", &json!({"id_member": "m1"})).await;
        assert_eq!((reply.status, &reply.json()["status"]), (401, &json!("fail")), "{wrong}");
        assert_eq!(reply.json()["status_code"], "401");
    }
    client.token = token;
    let again = Client::login(&sandbox, "a@example.com").await;
    assert_ne!(again.token, client.token);
    for client in [&client, &again] {
        assert_eq!(client.balance("m1").await, "0.00");
    }
    let other = Client::login(&sandbox, "b@example.com").await;
    let foreign = other.call("/api/kwallet/check_saldo", json!({"id_member": "m1"})).await;
    assert_eq!(foreign["status"], "fail");

    sandbox.end_sessions();
    assert_eq!(client.reply("/api/list_bank", &Value::Null).await.status, 401);
    let late = Client::login(&sandbox, "a@example.com").await;
    sandbox.advance(Duration::from_secs(24 * 3_600 + 1));
    assert_eq!(late.reply("/api/list_bank", &Value::Null).await.status, 401);

    let login = format!("{}/auth/login", sandbox.url(PROVIDER));
    for body in [
        json!({"email": "refuse", "password": "x"}),
        json!({"email": "a@example.com", "password": "refuse"}),
        json!({"email": "a@example.com"}),
        json!({"email": "a@example.com", "password": ""}),
    ] {
        let reply = post_json(&login, &body).await;
        assert_eq!((reply.status, &reply.json()["status"]), (401, &json!("fail")), "{body}");
    }
}

/// Reconciles the order that was paid, by both spellings of the path.
async fn assert_reconciled(client: &Client<'_>) {
    for path in ["/api/kwallet/reconcile/reconcile", "/api/kwallet/reconcile"] {
        let reconciled = client.call(path, json!({"id_order": "1234/917/ATG"})).await;
        assert_eq!(reconciled["message"], "Reconcile ID Order 1234/917/ATG Success!");
        let data: Value = serde_json::from_str(reconciled["data"].as_str().unwrap()).unwrap();
        assert_eq!((&data["id_member"], &data["order_id"]), (&json!("idspaa0012"), &json!("1234/917/ATG")));
        assert_eq!((&data["credit"], &data["debit"]), (&json!("90000.00"), &json!("0.00")));
        assert_eq!((&data["balance"], &data["comm_code"]), (&json!("110000.00"), &json!("SYSTEM")));
    }
    assert_eq!(client.call("/api/kwallet/reconcile", json!({"id_order": "none"})).await["status"], "fail");
}

/// The voucher, the transfer and the payment, the newest first.
async fn assert_history(client: &Client<'_>) {
    let query = json!({"id_member": "idspaa0012", "startdate": "", "enddate": ""});
    let history = client.call("/api/kwallet/history_transaction", query).await;
    let rows: Vec<Value> = serde_json::from_str(history["transaction"].as_str().unwrap()).unwrap();
    let moves: Vec<_> = rows.iter().map(|row| (&row["debit"], &row["credit"], &row["balance"])).collect();
    let (zero, text) = (json!("0.00"), |text: &str| json!(text));
    assert_eq!(
        moves,
        [
            (&zero, &text("90000.00"), &text("110000.00")),
            (&zero, &text("100000.00"), &text("200000.00")),
            (&text("300000.00"), &zero, &text("300000.00")),
        ]
    );
}

#[tokio::test]
async fn wallets_as_documented() {
    let sandbox = Sandbox::start().await;
    let client = Client::login(&sandbox, "a@example.com").await;
    let registered = client.register("idspaa0012").await;
    assert_eq!(registered["message"], "VA will be success Created!");
    assert_eq!(members(&registered), ["data", "date", "message", "rq_uuid", "status"]);
    assert_eq!(members(&registered["data"]), ["002", "008", "011", "013", "014", "016", "022", "451"]);
    let account = &registered["data"]["022"];
    assert_eq!(
        (&account["fee"], &account["error_code"], &account["amount"]),
        (&json!("3000.00"), &json!("00"), &json!(0))
    );
    assert_eq!(account["va_number"].as_str().unwrap().len(), "8079910000000058".len());
    assert_eq!(client.register("idspaa0012").await["data"]["022"]["va_number"], account["va_number"]);
    client.register("idspaaa090").await;

    let topped_up = client.top_up("idspaa0012", "asdfkeijk", "300000").await;
    assert_eq!(
        topped_up,
        json!({"status": "success", "message": "Insert Voucher Saldo 300000 for ID Member idspaa0012 Success!"})
    );
    assert_eq!(client.top_up("idspaa0012", "asdfkeijk", "300000").await["status"], "fail");
    assert_balanced(&sandbox, 300_000, 300_000);

    let transfer = json!({
        "id_member_send": "idspaa0012",
        "amount": "100000",
        "description": "Transfer untuk uang makan",
        "id_member_receipt": "idspaaa090",
    });
    assert_eq!(
        client.call("/api/kwallet/transfer_to_account", transfer.clone()).await,
        json!({"stutas": "success", "message": "Payment transfer idspaa0012 to account idspaaa090!"})
    );
    assert_eq!(client.balance("idspaa0012").await, "200000.00");
    assert_eq!(client.balance("idspaaa090").await, "100000.00");
    for (member, value) in [("amount", "200001"), ("id_member_receipt", "nobody"), ("id_member_receipt", "idspaa0012")]
    {
        let mut wrong = transfer.clone();
        wrong[member] = value.into();
        assert_eq!(client.call("/api/kwallet/transfer_to_account", wrong).await["stutas"], "fail", "{member} {value}");
    }
    assert_balanced(&sandbox, 300_000, 300_000);

    assert_eq!(
        client.pay("idspaa0012", "90000", "1234/917/ATG").await,
        json!({"status": "success", "message": "Payment ID Order 1234/917/ATG Success!"})
    );
    assert_balanced(&sandbox, 300_000, 210_000);
    assert_eq!(client.pay("idspaa0012", "1", "1234/917/ATG").await["status"], "fail");
    assert_eq!(client.pay("idspaa0012", "110001", "other").await["status"], "fail");
    assert_balanced(&sandbox, 300_000, 210_000);

    assert_reconciled(&client).await;
    assert_history(&client).await;
}

#[tokio::test]
async fn a_period_begins_and_ends_with_a_day_or_a_time_or_anywhere() {
    let sandbox = Sandbox::start().await;
    let jakarta = TimeZone::fixed(Offset::constant(7));
    let today = sandbox.now().to_zoned(jakarta.clone()).date().tomorrow().unwrap();
    // Noon is far from the end of a day.
    let noon = jakarta.to_timestamp(today.at(12, 0, 0, 0)).unwrap();
    sandbox.advance(noon.duration_since(sandbox.now()).unsigned_abs());
    let client = Client::login(&sandbox, "a@example.com").await;
    client.register("m").await;
    client.top_up("m", "V", "90000").await;
    client.call("/api/pay_service_midtrans", payment("r", "gopay", "e_wallets")).await;
    let day = |days: i64| today.checked_add(days.days()).unwrap().to_string();
    let time = |days| format!("{} 12:00:00", day(days));
    for (start, end, is_inside) in [
        (String::new(), String::new(), true),
        (day(0), day(0), true),
        (time(-1), time(1), true),
        (day(1), String::new(), false),
        (time(2), String::new(), false),
        (String::new(), day(-1), false),
        (String::new(), time(-2), false),
        ("2000-01-01".to_owned(), "2000-12-31".to_owned(), false),
        ("yesterday".to_owned(), "-".to_owned(), true),
        ("yesterday".to_owned(), day(-1), false),
    ] {
        let query = json!({"id_member": "m", "startdate": start, "enddate": end});
        let history = client.call("/api/kwallet/history_transaction", query).await;
        let rows: Vec<Value> = serde_json::from_str(history["transaction"].as_str().unwrap()).unwrap();
        assert_eq!(rows.len() == 1, is_inside, "history from {start:?} to {end:?}");
        let query =
            json!({"datetime_start": start, "datetime_end": end, "bank_code": "gopay", "transaction_status": "all"});
        let report = client.call("/api/report", query).await;
        assert_eq!(report.as_array().unwrap().len() == 1, is_inside, "report from {start:?} to {end:?}");
    }
}

#[tokio::test]
async fn a_refund_takes_two_steps_and_happens_once() {
    let sandbox = Sandbox::start().await;
    let client = Client::login(&sandbox, "a@example.com").await;
    client.register("idspaa001").await;
    client.top_up("idspaa001", "V", "90000").await;
    client.pay("idspaa001", "90000", "123456789").await;
    let ask = json!({"id_order": "123456789", "id_member": "idspaa001"});
    let asked = client.call("/api/escrow/refund", ask.clone()).await;
    assert_eq!(
        (&asked["status"], &asked["message"]),
        (&json!("success"), &json!("Apakah benar data yang akan direfund?"))
    );
    let candidate = &asked["data"][0];
    assert_eq!(members(candidate), ["credit", "datetime", "description", "id_member", "id_order", "id_trans"]);
    assert_eq!((&candidate["credit"], &candidate["description"]), (&json!(90_000), &json!("Pembelian Paket Klorofil")));
    assert_balanced(&sandbox, 90_000, 0);

    let mut accept = ask.clone();
    accept["note"] = "refund dana karena dokter tidak sedang standby".into();
    accept["id_trans"] = "0".into();
    assert_eq!(client.call("/api/escrow/refund-accept", accept.clone()).await["status"], "fail");
    accept["id_trans"] = candidate["id_trans"].to_string().into();
    // The path distinguishes the steps, not the body.
    assert_eq!(client.call("/api/escrow/refund", accept.clone()).await, asked);
    assert_balanced(&sandbox, 90_000, 0);
    assert_eq!(
        client.call("/api/escrow/refund-accept", accept.clone()).await,
        json!({"status": "success", "message": "success refund saldo for member idspaa001!"})
    );
    assert_balanced(&sandbox, 90_000, 90_000);
    for (path, body) in
        [("/api/escrow/refund-accept", &accept), ("/api/escrow/refund", &accept), ("/api/escrow/refund", &ask)]
    {
        let again = client.call(path, body.clone()).await;
        let message = again["message"].as_str().unwrap();
        assert_eq!(again["status"], "fail");
        assert!(message.starts_with("refund existing, id_trans:"), "{message}");
        assert!(message.contains(", order_id:123456789, member_id:idspaa001, datetime:20") && message.ends_with('!'));
    }
    assert_balanced(&sandbox, 90_000, 90_000);
}

#[tokio::test]
async fn a_transfer_by_hand_a_virtual_account_and_a_card() {
    let sandbox = Sandbox::start().await;
    let client = Client::login(&sandbox, "a@example.com").await;
    for path in ["/api/list_bank", "/api/listbank"] {
        let url = format!("{}{path}", sandbox.url(PROVIDER));
        let banks = send("POST", &url, &[("Authorization", &client.token)], "").await.json();
        let first = &banks["data"][0];
        assert_eq!(
            (&first["bankCode"], &first["productCode"], &first["bankacc"]),
            (&json!("014"), &json!("BCAATM"), &json!(0))
        );
    }
    let manual = client.call("/api/pay_service", payment("r1", "008", "MANDIRIMANUAL")).await;
    assert_eq!(manual["status"], "success");
    let data = &manual["data"];
    assert_eq!(
        members(data),
        ["is_va", "kd_pay", "kd_ref", "kode_unik", "koneksi", "pay_ship", "total_bayar", "total_belanja"]
    );
    let code = data["kode_unik"].as_u64().unwrap();
    assert!((1..=2_000).contains(&code));
    assert_eq!((&data["is_va"], &data["koneksi"]), (&json!("0"), &json!("1")));
    assert_eq!((&data["total_belanja"], &data["pay_ship"]), (&json!("1500"), &json!("500")));
    assert_eq!(data["total_bayar"], (2_000 + code).to_string());

    let va = client.call("/api/pay_service_new", payment("r2", "014", "BCAATM")).await;
    assert_eq!((&va["data"]["is_va"], &va["data"]["total_bayar"]), (&json!("1"), &json!("2000")));

    let merchant = Merchant::start(&["200 OK\r\n\r\n"]).await;
    sandbox.set_webhook(PROVIDER, Some(&merchant.url));
    let card = client.call("/api/pay_service", payment("r3", "008", "MANDIRICC")).await;
    assert_eq!(members(&card["data"]), ["is_va", "url_pay"]);
    let page = card["data"]["url_pay"].as_str().unwrap();
    assert!(get(page).await.body.contains("order/r3"));
    assert!(send("POST", page, &[], "").await.body.contains("paid"));
    assert_eq!(merchant.first().await.json()["order_id"], "order/r3");

    for wrong in [payment("r4", "999", "BCAATM"), payment("r4", "014", "GONE"), payment("r1", "014", "BCAATM")] {
        assert_eq!(client.call("/api/pay_service", wrong).await["status"], "failed");
    }
    let mut number = payment("r5", "014", "BCAATM");
    number["nominal"] = 1500.into();
    assert_eq!(client.call("/api/pay_service", number).await["status"], "fail");
}

/// The members of a row of the report.
const REPORTED: [&str; 10] = [
    "bank_code",
    "fraud_status",
    "gross_amount",
    "id",
    "inquiry_time",
    "notification_time",
    "order_id",
    "signature_key",
    "status_code",
    "va_numbers",
];

#[tokio::test]
async fn gopay_and_its_report() {
    let sandbox = Sandbox::start().await;
    let client = Client::login(&sandbox, "a@example.com").await;
    let banks = client.call("/api/list_bank_midtrans", json!({"nominal": "1000000", "pay_ship": "5000"})).await;
    assert_eq!((&banks["data"][0]["bankCode"], &banks["data"][0]["install_12"]), (&json!("gopay"), &Value::Null));

    let sent = payment("klnu01978", "gopay", "e_wallets");
    let created = client.call("/api/pay_service_midtrans", sent.clone()).await;
    assert_eq!(created["message"], "Payment Request has been success!");
    assert_eq!(created["data_input"], sent);
    let data = &created["data"];
    for (member, wanted) in [
        ("status_code", "201"),
        ("gross_amount", "2000.00"),
        ("transaction_status", "pending"),
        ("fraud_status", "accept"),
        ("currency", "IDR"),
        ("payment_type", "gopay"),
        ("status_message", "GoPay transaction is created"),
        ("order_id", "order/klnu01978"),
        ("nominal", "1500"),
    ] {
        assert_eq!(data[member], wanted, "{member}");
    }
    assert_eq!(data["transaction_id"].as_str().unwrap().len(), 36);
    let names: Vec<_> = data["actions"].as_array().unwrap().iter().map(|action| &action["name"]).collect();
    assert_eq!(names, ["generate-qr-code", "deeplink-redirect", "get-status", "cancel"]);
    assert!(get(data["actions"][0]["url"].as_str().unwrap()).await.body.starts_with("<svg"));
    let mut again = sent.clone();
    again["rq_uuid"] = "new".into();
    assert_eq!(client.call("/api/pay_service_midtrans", again).await["status_code"], "406");

    let query = |status: &str| json!({"datetime_start": "", "datetime_end": "2099-09-28 11:27:31", "bank_code": "gopay", "transaction_status": status});
    let report = client.call("/api/report", query("all")).await;
    let row = &report[0];
    assert_eq!(members(row), REPORTED);
    assert_eq!((&row["gross_amount"], &row["status_code"]), (&json!(2_000), &json!("201")));
    assert_eq!(row["signature_key"].as_str().unwrap().len(), 128);
    sandbox.pay(PROVIDER, "order/klnu01978").unwrap();
    assert_eq!(client.call("/api/report", query("pending")).await, json!([]));
    assert_eq!(client.call("/api/report", query("settlement")).await[0]["status_code"], "200");
    let status = get(data["actions"][2]["url"].as_str().unwrap()).await.json();
    assert_eq!(status["transaction_status"], "settlement");

    let other = Client::login(&sandbox, "b@example.com").await;
    assert_eq!(other.call("/api/report", query("all")).await, json!([]));
}
