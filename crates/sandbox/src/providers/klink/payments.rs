//! K-Link's payments by virtual account, by hand and by card; and the notification of any payment.

use axum::extract::{Path, State};
use axum::response::Response;
use serde_json::{Value, json};

use super::gopay::is_gopay;
use super::order::{BANKS, Bank, Order, failed, va_number};
use super::{PROVIDER, Sent, not_recorded, with_reference, with_session};
use crate::app::App;
use crate::call::Call;
use crate::clock::plain;
use crate::providers::in_words;
use crate::reply;
use crate::seed::Seed;
use crate::spelling::Fractions;
use crate::state::{Account, Magic, PaymentStatus, Record, Tx};

/// The account for transfers by hand, as in the document.
const ACCOUNT: u64 = 1_190_000_879_898;

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

pub(super) async fn pay_service(State(app): State<App>, call: Call) -> Response {
    let sent = Sent::of(&call);
    // What the price means counts once the payment is recorded.
    let mut magic = Magic::None;
    let response = with_session(&app, &call, |account, tx| {
        let order = Order::new(&sent)?;
        let (bank_code, product_code) = (order.text("bank_code"), order.text("product_code"));
        let bank = BANKS.iter().find(|bank| bank.code == bank_code && bank.product == product_code);
        let Some(bank) = bank else { return Err(failed("Bank code or product code not found!")) };
        let meant = Magic::of(order.nominal);
        if let Some(response) = meant.instead(&app, PROVIDER, tx.account, order.order_id) {
            return Err(response);
        }
        if order.is_repeated(account) {
            return Err(failed("rq_uuid existing, please use another rq_uuid!"));
        }
        if order.has_payment(account) {
            return Err(failed("order_id existing, please use another order ID!"));
        }
        let record = order.by_bank(account, tx, bank, meant).map_err(|refusal| failed(refusal.message()))?;
        let data = instruction(&app, &order, &record, meant);
        account.record(record, tx).map_err(not_recorded)?;
        magic = meant;
        let reply = json!({"status": "success", "message": "Payment Request has been success!", "data": data});
        Ok(reply::json(200, &reply))
    });
    magic.send(&app, response)
}

/// The payment of a seed. What the seed leaves open is made up.
pub(super) fn seeded(account: &Account, tx: &mut Tx<'_>, seed: &Seed) -> Result<Record, String> {
    let email = seed.credential.expose();
    let product = seed.method_or("BCAATM");
    let bank = BANKS.iter().find(|bank| bank.product == product);
    let bank_code = match bank {
        Some(bank) => bank.code,
        None if product == "gopay" => "gopay",
        None => return Err("method must be a product code, or gopay".into()),
    };
    let sent = Sent(json!({
        "rq_uuid": format!("seed-{}", tx.number()),
        "rq_datetime": plain(tx.now),
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
        Some(bank) => order.by_bank(account, tx, bank, Magic::None).map_err(in_words),
        None => Ok(order.by_gopay(tx, Magic::None)),
    }
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

pub(super) async fn card_page(State(app): State<App>, Path(kd_pay): Path<String>) -> Response {
    with_reference(&app, &kd_pay, |account, at, _| card(&account.payments[at]))
}

pub(super) async fn pay_by_card(State(app): State<App>, Path(kd_pay): Path<String>) -> Response {
    with_reference(&app, &kd_pay, |account, at, tx| {
        let record = &account.payments[at];
        if record.status == PaymentStatus::Pending && record.method == "multipayment" {
            account.pay(at, tx.now, tx);
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

/// The code of the bank of a payment.
pub(super) fn bank_code(record: &Record) -> &str {
    record.other("bank_code")
}

/// What is sent when a payment was paid, or by GoPay also when it will not be. The members of the two kinds of settlement
/// are those of the samples, distinguished by `transaction`; the message of a failure is ours.
pub(super) fn notification(record: &Record, _: &Fractions) -> Value {
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
