//! K-Link's payments: by virtual account, by hand, by card and by GoPay, and the report of the latter.

use std::time::Duration;

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use gerbang_core::JakartaTime;
use jiff::Timestamp;
use serde_json::{Value, json};
use sha2::{Digest, Sha512};

use super::{PROVIDER, Sent, fail, money, trouble, with_session};
use crate::call::Call;
use crate::clock::{later, plain};
use crate::magic::Magic;
use crate::providers::in_words;
use crate::reply;
use crate::seed::Seed;
use crate::server::App;
use crate::state::{Account, Desk, PaymentStatus, Record, Trouble, World, scattered};

/// How long GoPay waits.
const GOPAY_LIFETIME: Duration = Duration::from_secs(900);

/// How long everything else waits.
const LIFETIME: Duration = Duration::from_secs(24 * 3_600);

/// The account for transfers by hand, as in the document.
const ACCOUNT: u64 = 1_190_000_879_898;

/// A way to pay: the bank, the product, its category and its method in the sandbox.
struct Bank {
    id: u64,
    code: &'static str,
    name: &'static str,
    product: &'static str,
    product_name: &'static str,
    category: &'static str,
    method: &'static str,
}

/// The ways to pay. The document prints the first; the names of the others are ours.
const BANKS: [Bank; 4] = [
    Bank {
        id: 42,
        code: "014",
        name: "BANK BCA",
        product: "BCAATM",
        product_name: "BCA VA Online",
        category: "Transfer Bank (VA)",
        method: "va",
    },
    Bank {
        id: 43,
        code: "008",
        name: "BANK MANDIRI",
        product: "MANDIRIATM",
        product_name: "Mandiri ATM",
        category: "Transfer Bank (VA)",
        method: "va",
    },
    Bank {
        id: 44,
        code: "008",
        name: "BANK MANDIRI",
        product: "MANDIRIMANUAL",
        product_name: "Mandiri Manual",
        category: "Transfer Bank (Manual)",
        method: "mandiri_manual",
    },
    Bank {
        id: 45,
        code: "008",
        name: "BANK MANDIRI",
        product: "MANDIRICC",
        product_name: "Mandiri Credit Card",
        category: "Credit Card",
        method: "multipayment",
    },
];

/// The members of a payment, in the order of the document.
const MEMBERS: [&str; 10] = [
    "rq_uuid",
    "rq_datetime",
    "order_id",
    "no_hp",
    "fullname",
    "email",
    "bank_code",
    "product_code",
    "nominal",
    "pay_ship",
];

fn failed(message: &str) -> Response {
    reply::json(200, &json!({"status": "failed", "message": message}))
}

fn failed_code(code: &str, message: &str) -> Response {
    reply::json(200, &json!({"status": "failed", "message": message, "status_code": code}))
}

pub(super) async fn list_bank(State(app): State<App>, call: Call) -> Response {
    with_session(&app, &call, |_, _| {
        let bank = |bank: &Bank| {
            let is_manual = bank.method == "mandiri_manual";
            json!({
                "bankCode": bank.code,
                "bankDesc": bank.name,
                "bankDisplayNm": bank.name,
                "bank_pemilik": if is_manual { "SANDBOX" } else { "" },
                "bankacc": if is_manual { ACCOUNT } else { 0 },
                "cabang": "",
                "charge_admin": "0",
                "charge_connectivity": "0",
                "id": bank.id,
                "img_url": format!("https://www.k-net.co.id/asset/images/payment_img/ic_payment_{}.png", bank.code),
                "install_12": "0",
                "install_6": "0",
                "is_installment": "0",
                "kategori": bank.category,
                "productCode": bank.product,
                "productName": bank.product_name,
                "status": "1",
            })
        };
        Ok(reply::json(200, &json!({"data": BANKS.iter().map(bank).collect::<Vec<_>>()})))
    })
}

pub(super) async fn list_bank_midtrans(State(app): State<App>, call: Call) -> Response {
    let sent = Sent::of(&call);
    with_session(&app, &call, |_, _| {
        sent.amount("nominal")?;
        sent.amount_or_zero("pay_ship")?;
        Ok(reply::json(
            200,
            &json!({
                "data": [{
                    "bankCode": "gopay",
                    "bankDesc": "GOPAY",
                    "bankDisplayNm": "GOPAY",
                    "bank_pemilik": null,
                    "bankacc": null,
                    "cabang": null,
                    "cara_bayar": null,
                    "charge_admin": "2500",
                    "charge_connectivity": "0",
                    "id": 1,
                    "img_url": null,
                    "install_12": null,
                    "install_6": null,
                    "is_installment": null,
                    "kategori": null,
                    "productCode": "e_money",
                    "productName": "E-Money",
                    "status": "1",
                }]
            }),
        ))
    })
}

/// A payment that is to be made, with all members checked.
struct Order<'a> {
    sent: &'a Sent,
    order_id: &'a str,
    nominal: u64,
    pay_ship: u64,
}

impl<'a> Order<'a> {
    fn new(sent: &'a Sent) -> Result<Self, Response> {
        for member in MEMBERS {
            sent.text(member)?;
        }
        if JakartaTime::new(sent.text("rq_datetime")?).timestamp().is_err() {
            return Err(fail("rq_datetime must be yyyy-mm-dd hh:mm:ss"));
        }
        Ok(Self {
            sent,
            order_id: sent.text("order_id")?,
            nominal: sent.amount("nominal")?,
            pay_ship: sent.amount_or_zero("pay_ship")?,
        })
    }

    fn text(&self, name: &str) -> String {
        self.sent.text(name).unwrap_or_default().to_owned()
    }

    /// The payment, without what depends on the way to pay.
    fn record(&self, desk: &mut Desk<'_>, method: &str, magic: Magic) -> Record {
        let mut record = Record::new(desk.number(), PROVIDER, method, self.nominal, desk.now);
        record.payable = self.nominal + self.pay_ship;
        record.order = self.order_id.to_owned();
        record.due = magic.due(desk.now);
        record.set("rq_uuid", self.text("rq_uuid"));
        record.set("rq_datetime", self.text("rq_datetime"));
        record.set("bank_code", self.text("bank_code"));
        record
    }

    /// The payment by a bank.
    fn by_bank(&self, account: &Account, desk: &mut Desk<'_>, bank: &Bank, magic: Magic) -> Result<Record, Trouble> {
        let mut record = self.record(desk, bank.method, magic);
        record.reference = format!("{}", record.number);
        record.expires = later(desk.now, LIFETIME);
        if bank.method == "mandiri_manual" {
            let total = record.payable;
            record.payable = account.free_amount(scattered(record.number, 2_000).map(|code| total + code))?;
        }
        Ok(record)
    }

    /// The payment by GoPay.
    fn by_gopay(&self, desk: &mut Desk<'_>, magic: Magic) -> Record {
        let mut record = self.record(desk, "gopay", magic).with_qris();
        record.reference = uuid(record.number, desk.now);
        record.expires = later(desk.now, GOPAY_LIFETIME);
        record
    }

    /// Whether the id of the request was used before.
    fn is_repeated(&self, account: &Account) -> bool {
        let rq_uuid = self.text("rq_uuid");
        account.find(|record| record.other("rq_uuid") == rq_uuid).is_some()
    }

    fn has_payment(&self, account: &Account) -> bool {
        account.find(|record| record.order == self.order_id).is_some()
    }
}

pub(super) async fn pay_service(State(app): State<App>, call: Call) -> Response {
    let sent = Sent::of(&call);
    // What the price means counts once the payment is recorded.
    let mut magic = Magic::None;
    let response = with_session(&app, &call, |account, desk| {
        let order = Order::new(&sent)?;
        let (bank_code, product_code) = (order.text("bank_code"), order.text("product_code"));
        let bank = BANKS.iter().find(|bank| bank.code == bank_code && bank.product == product_code);
        let Some(bank) = bank else { return Err(failed("Bank code or product code not found!")) };
        let meant = Magic::of(order.nominal);
        if let Some(response) = meant.instead(&app, PROVIDER, desk.account, order.order_id) {
            return Err(response);
        }
        if order.is_repeated(account) {
            return Err(failed("rq_uuid existing, please use another rq_uuid!"));
        }
        if order.has_payment(account) {
            return Err(failed("order_id existing, please use another order ID!"));
        }
        let record = order.by_bank(account, desk, bank, meant).map_err(|trouble| failed(trouble.message()))?;
        let data = instruction(&app, &order, &record, meant);
        account.record(record, desk).map_err(trouble)?;
        magic = meant;
        let reply = json!({"status": "success", "message": "Payment Request has been success!", "data": data});
        Ok(reply::json(200, &reply))
    });
    magic.send(&app, response)
}

/// The payment of a seed. What it does not tell is made up.
pub(crate) fn seeded(account: &Account, desk: &mut Desk<'_>, email: &str, seed: &Seed) -> Result<Record, String> {
    let product = seed.method_or("BCAATM");
    let bank = BANKS.iter().find(|bank| bank.product == product);
    let bank_code = match bank {
        Some(bank) => bank.code,
        None if product == "gopay" => "gopay",
        None => return Err("method must be a product code, or gopay".into()),
    };
    let sent = Sent(json!({
        "rq_uuid": format!("seed-{}", desk.number()),
        "rq_datetime": plain(desk.now),
        "order_id": seed.named()?,
        "no_hp": "081200000000",
        "fullname": "Sandbox",
        "email": email,
        "bank_code": bank_code,
        "product_code": product,
        "nominal": seed.amount.to_string(),
        "pay_ship": "0",
    }));
    let order = Order::new(&sent).map_err(|_| "K-Link refuses this")?;
    match bank {
        Some(bank) => order.by_bank(account, desk, bank, Magic::None).map_err(in_words),
        None => Ok(order.by_gopay(desk, Magic::None)),
    }
}

fn va_number(record: &Record) -> String {
    format!("70012{:011}", record.number)
}

/// What the customer is to do.
fn instruction(app: &App, order: &Order<'_>, record: &Record, magic: Magic) -> Value {
    if record.method == "multipayment" {
        return json!({"url_pay": format!("{}/multipayment/{}", app.url(PROVIDER), record.reference), "is_va": "0"});
    }
    let is_va = record.method == "va";
    let mut data = json!({
        "is_va": if is_va { "1" } else { "0" },
        "kd_pay": record.reference,
        "kd_ref": record.order,
        "koneksi": "1",
        "pay_ship": order.pay_ship.to_string(),
        "total_bayar": record.payable.to_string(),
        "total_belanja": magic.echo(order.nominal).to_string(),
    });
    if is_va {
        data["va_number"] = va_number(record).into();
    } else {
        data["kode_unik"] = (record.payable - order.nominal - order.pay_ship).into();
    }
    data
}

pub(super) async fn pay_service_midtrans(State(app): State<App>, call: Call) -> Response {
    let sent = Sent::of(&call);
    let mut magic = Magic::None;
    let response = with_session(&app, &call, |account, desk| {
        let order = Order::new(&sent)?;
        if order.text("bank_code") != "gopay" {
            return Err(failed("Bank code not found!"));
        }
        let meant = Magic::of(order.nominal);
        if let Some(response) = meant.instead(&app, PROVIDER, desk.account, order.order_id) {
            return Err(response);
        }
        if order.has_payment(account) {
            return Err(failed_code("406", "order_id has been paid and utilized, please use another order ID"));
        }
        if order.is_repeated(account) {
            return Err(failed("rq_uuid existing, please use another rq_uuid!"));
        }
        let record = order.by_gopay(desk, meant);
        let reply = gopay(&app, &order, &record, meant);
        account.record(record, desk).map_err(trouble)?;
        magic = meant;
        Ok(reply::json(200, &reply))
    });
    magic.send(&app, response)
}

/// A name in the form of a UUID.
fn uuid(number: u64, now: Timestamp) -> String {
    let digest = Sha512::digest(format!("{number} {now}"));
    let hex: String = digest.iter().map(|byte| format!("{byte:02x}")).collect();
    format!("{}-{}-4{}-a{}-{}", &hex[..8], &hex[8..12], &hex[12..15], &hex[15..18], &hex[18..30])
}

fn gopay(app: &App, order: &Order<'_>, record: &Record, magic: Magic) -> Value {
    let echoed: serde_json::Map<String, Value> =
        MEMBERS.iter().map(|member| ((*member).to_owned(), order.text(member).into())).collect();
    let api = format!("{}/midtrans/v2", app.url(PROVIDER));
    let id = &record.reference;
    let deep_link = format!("gojek://gopay/merchanttransfer?tref={:020}&amount={}", record.number, record.payable);
    let mut data = echoed.clone();
    let told = json!({
        "fraud_status": "accept",
        "status_code": "201",
        "gross_amount": money(magic.echo(record.payable)),
        "transaction_time": plain(record.created),
        "actions": [
            {"url": format!("{api}/gopay/{id}/qr-code"), "name": "generate-qr-code", "method": "GET"},
            {"url": deep_link, "name": "deeplink-redirect", "method": "GET"},
            {"url": format!("{api}/{id}/status"), "name": "get-status", "method": "GET"},
            {"url": format!("{api}/{id}/cancel"), "name": "cancel", "method": "POST"},
        ],
        "currency": "IDR",
        "payment_type": "gopay",
        "transaction_status": "pending",
        "merchant_id": "G000000017",
        "status_message": "GoPay transaction is created",
        "transaction_id": id,
    });
    if let Value::Object(told) = told {
        data.extend(told);
    }
    json!({
        "status": "success",
        "message": "Payment Request has been success!",
        "data_input": echoed,
        "data": data,
    })
}

/// Midtrans' word for a status, and its code.
fn midtrans(status: PaymentStatus) -> (&'static str, &'static str) {
    match status {
        PaymentStatus::Pending => ("pending", "201"),
        PaymentStatus::Paid => ("settlement", "200"),
        PaymentStatus::Cancelled => ("cancel", "200"),
        PaymentStatus::Expired => ("expire", "407"),
    }
}

/// Works on the payment that a path names, whoever's it is.
fn with_reference(
    app: &App,
    reference: &str,
    work: impl FnOnce(&mut Account, usize, &mut Desk<'_>) -> Response,
) -> Response {
    let is_it = |record: &Record| record.reference == reference;
    app.with(|world: &mut World, now| {
        let key = world.account_with(PROVIDER, is_it)?;
        let shown =
            world.account(PROVIDER, &key, now, |account, desk| account.find(is_it).map(|at| work(account, at, desk)));
        shown.ok().flatten()
    })
    .unwrap_or_else(|| reply::json(404, &json!({"status_code": "404", "status_message": "Transaction doesn't exist."})))
}

pub(super) async fn gopay_image(State(app): State<App>, Path(id): Path<String>) -> Response {
    with_reference(&app, &id, |account, at, _| reply::svg(account.payments[at].qris.as_deref()))
}

fn midtrans_status(record: &Record) -> Response {
    let (word, code) = midtrans(record.status);
    let body = json!({
        "status_code": code,
        "transaction_id": record.reference,
        "order_id": record.order,
        "gross_amount": money(record.payable),
        "payment_type": "gopay",
        "transaction_status": word,
        "fraud_status": "accept",
    });
    reply::json(200, &body)
}

pub(super) async fn gopay_status(State(app): State<App>, Path(id): Path<String>) -> Response {
    with_reference(&app, &id, |account, at, _| midtrans_status(&account.payments[at]))
}

pub(super) async fn gopay_cancel(State(app): State<App>, Path(id): Path<String>) -> Response {
    with_reference(&app, &id, |account, at, desk| {
        if account.payments[at].status == PaymentStatus::Pending {
            account.close(at, PaymentStatus::Cancelled, desk);
        }
        midtrans_status(&account.payments[at])
    })
}

pub(super) async fn card_page(State(app): State<App>, Path(kd_pay): Path<String>) -> Response {
    with_reference(&app, &kd_pay, |account, at, _| card(&account.payments[at]))
}

pub(super) async fn pay_by_card(State(app): State<App>, Path(kd_pay): Path<String>) -> Response {
    with_reference(&app, &kd_pay, |account, at, desk| {
        let record = &account.payments[at];
        if record.status == PaymentStatus::Pending && record.method == "multipayment" {
            account.pay(at, desk.now, desk);
        }
        card(&account.payments[at])
    })
}

fn card(record: &Record) -> Response {
    let total = gerbang_core::Rupiah::new(record.payable).to_dotted();
    let button = match record.status {
        PaymentStatus::Pending => "<form method=\"post\"><button>Bayar</button></form>",
        _ => "",
    };
    reply::page(200, &record.order, &format!("<p>Rp {total}: {}</p>\n{button}", record.status))
}

pub(super) async fn report(State(app): State<App>, call: Call) -> Response {
    let sent = Sent::of(&call);
    with_session(&app, &call, |account, _| {
        // A reply with status 200 is a list, so a refusal has another status.
        report_rows(account, &sent).map(|rows| reply::json(200, &rows)).map_err(|mut refusal| {
            *refusal.status_mut() = StatusCode::BAD_REQUEST;
            refusal
        })
    })
}

fn report_rows(account: &Account, sent: &Sent) -> Result<Value, Response> {
    let (start, end) = (sent.beginning("datetime_start")?, sent.end("datetime_end")?);
    let (bank, wanted) = (sent.text("bank_code")?, sent.text("transaction_status")?);
    let rows = account.payments.iter().filter(|record| {
        let (word, _) = midtrans(record.status);
        record.other("bank_code") == bank
            && (wanted == "all" || wanted == word)
            && start.is_none_or(|start| start <= record.created)
            && end.is_none_or(|end| record.created <= end)
    });
    let rows = rows.map(|record| {
        let (_, code) = midtrans(record.status);
        let signed = format!("{}{code}{}", record.order, money(record.payable));
        let signature: String = Sha512::digest(signed).iter().map(|byte| format!("{byte:02x}")).collect();
        json!({
            "fraud_status": "accept",
            "notification_time": plain(record.paid.unwrap_or(record.created)),
            "va_numbers": if record.method == "va" { va_number(record) } else { String::new() },
            "bank_code": bank,
            "order_id": record.order,
            "status_code": code,
            "gross_amount": record.payable,
            "id": record.reference,
            "signature_key": signature,
            "inquiry_time": plain(record.created),
        })
    });
    Ok(Value::Array(rows.collect()))
}

/// The code of the bank of a payment.
pub(crate) fn bank_code(record: &Record) -> &str {
    record.other("bank_code")
}

/// Whether a payment is one by GoPay.
pub(crate) fn is_gopay(record: &Record) -> bool {
    record.method == "gopay"
}

/// What is sent when a payment was paid, or by GoPay also when it will not be. The members of the two kinds of settlement
/// are those of the samples, told apart by `transaction`; the message of a failure is ours.
pub(crate) fn notification(record: &Record) -> Value {
    if is_gopay(record) {
        let is_paid = record.status == PaymentStatus::Paid;
        return json!({
            "status": if is_paid { "success" } else { "fail" },
            "message": if is_paid { "transaction success!" } else { "transaction failed!" },
            "id_trans": record.number.to_string(),
            "rq_datetime": record.other("rq_datetime"),
            "order_id": record.order,
            "transaction": "gopay",
        });
    }
    let (total, account, transaction) = match record.method.as_str() {
        "mandiri_manual" => ("-".to_owned(), "-".to_owned(), "mandiri_manual"),
        "va" => (record.payable.to_string(), va_number(record), "multipayment"),
        _ => (record.payable.to_string(), ACCOUNT.to_string(), "multipayment"),
    };
    json!({
        "status": "success",
        "message": "transaction success!",
        "rq_uuid": record.other("rq_uuid"),
        "rq_datetime": record.other("rq_datetime"),
        "order_id": record.order,
        "kd_pay": record.reference,
        "tot_bayar": total,
        "norek": account,
        "transaction": transaction,
    })
}
