//! K-Link's wallets. Ours alone: a member must be registered; registering a member again gives the same accounts; any
//! voucher code works, once; the texts of refusals, but for that of a second refund. The document says of a reconciliation
//! that it is for a payment "yang error sebelumnya": a payment that a fault has refused is carried out by it, if the wallet
//! has the money then. One that K-Link itself has refused is unknown to it.

use axum::extract::State;
use axum::response::Response;
use serde_json::{Value, json};

use super::{PROVIDER, Sent, fail, money, with_session};
use crate::app::App;
use crate::call::Call;
use crate::clock::{jakarta, later, plain, spaced};
use crate::reply;
use crate::state::{Account, Magic, Refusal, WalletOrder, WalletRefusal};

/// The banks at which a member gets a virtual account: the code, the beginning of the number, the fee.
const BANKS: [(&str, &str, u64); 8] = [
    ("011", "96289", 0),
    ("451", "99121", 0),
    ("002", "12483", 0),
    ("013", "86209", 0),
    ("014", "44905", 0),
    ("016", "78131", 0),
    ("022", "80799", 3_000),
    ("008", "89208", 0),
];

/// How long the virtual account of a member can be used.
const VA_LIFETIME: std::time::Duration = std::time::Duration::from_secs(3 * 24 * 3_600);

fn refused(refusal: &WalletRefusal) -> Response {
    match refusal {
        WalletRefusal::Full => super::not_recorded(Refusal::Full),
        _ => fail(&refusal.message()),
    }
}

/// A refusal of a transfer, which spells its flag as the document does.
fn transfer_refused(refusal: &WalletRefusal) -> Response {
    let status = if *refusal == WalletRefusal::Full { 503 } else { 200 };
    reply::json(status, &json!({"stutas": "fail", "message": refusal.message()}))
}

pub(super) async fn register_va(State(app): State<App>, call: Call) -> Response {
    let sent = Sent::of(&call);
    with_session(&app, &call, |account, tx| {
        let id_member = sent.text("id_member")?;
        sent.text("name")?;
        sent.text("hp")?;
        sent.text("email")?;
        let request = tx.number();
        let number = account.ledger.register(id_member, request).map_err(|refusal| refused(&refusal))?;
        let expiry = plain(later(tx.now, VA_LIFETIME));
        let bank = |(code, prefix, fee): &(&str, &str, u64)| {
            let account = json!({
                "fee": money(*fee),
                "total_amount": money(*fee),
                "bank_code": code,
                "expiry_date_time": expiry,
                "error_message": "Success",
                "error_code": "00",
                "amount": 0,
                "va_number": format!("{prefix}{number:011}"),
                "description": "",
            });
            ((*code).to_owned(), account)
        };
        let data: serde_json::Map<String, Value> = BANKS.iter().map(bank).collect();
        Ok(reply::json(
            200,
            &json!({
                "status": "success",
                "message": "VA will be success Created!",
                "data": data,
                "date": plain(tx.now),
                "rq_uuid": format!("{id_member}-{}-{request}", jakarta(tx.now, "%Y%m%d%H%M%S")),
            }),
        ))
    })
}

pub(super) async fn check_saldo(State(app): State<App>, call: Call) -> Response {
    let sent = Sent::of(&call);
    with_session(&app, &call, |account, _| {
        let balance = account.ledger.balance(sent.text("id_member")?).map_err(|refusal| refused(&refusal))?;
        let reply =
            json!({"status": "success", "message": "Saldo berhasil ditampilkan!", "last_saldo": money(balance)});
        Ok(reply::json(200, &reply))
    })
}

/// The newest entry comes first.
pub(super) async fn history(State(app): State<App>, call: Call) -> Response {
    let sent = Sent::of(&call);
    with_session(&app, &call, |account, _| {
        let entries = account.ledger.entries(sent.text("id_member")?).map_err(|refusal| refused(&refusal))?;
        let (start, end) = (sent.beginning("startdate")?, sent.end("enddate")?);
        let rows: Vec<Value> = entries
            .iter()
            .rev()
            .filter(|entry| start.is_none_or(|start| start <= entry.when) && end.is_none_or(|end| entry.when <= end))
            .map(|entry| {
                json!({
                    "credit": money(entry.credit),
                    "debit": money(entry.debit),
                    "description": entry.description,
                    "balance": money(entry.balance),
                    "datetime": spaced(entry.when),
                })
            })
            .collect();
        let reply = json!({
            "status": "success",
            "message": "Saldo berhasil ditampilkan!",
            "transaction": Value::Array(rows).to_string(),
        });
        Ok(reply::json(200, &reply))
    })
}

pub(super) async fn transfer(State(app): State<App>, call: Call) -> Response {
    let sent = Sent::of(&call);
    with_session(&app, &call, |account, tx| {
        let (from, to) = (sent.text("id_member_send")?, sent.text("id_member_receipt")?);
        let (amount, description) = (sent.amount("amount")?, sent.text_or_empty("description")?);
        account.ledger.transfer(from, to, amount, description, tx.now).map_err(|refusal| transfer_refused(&refusal))?;
        let message = format!("Payment transfer {from} to account {to}!");
        Ok(reply::json(200, &json!({"stutas": "success", "message": message})))
    })
}

pub(super) async fn voucher(State(app): State<App>, call: Call) -> Response {
    let sent = Sent::of(&call);
    with_session(&app, &call, |account, tx| {
        let (code, member) = (sent.text("voucher_code")?, sent.text("id_member_receipt")?);
        let (amount, description) = (sent.amount("amount")?, sent.text_or_empty("description")?);
        account.ledger.voucher(code, member, amount, description, tx.now).map_err(|refusal| refused(&refusal))?;
        let message = format!("Insert Voucher Saldo {amount} for ID Member {member} Success!");
        Ok(reply::json(200, &json!({"status": "success", "message": message})))
    })
}

pub(super) async fn pay(State(app): State<App>, call: Call) -> Response {
    let sent = Sent::of(&call);
    // What the price means counts once the order is paid.
    let mut magic = Magic::None;
    let response = with_session(&app, &call, |account, tx| {
        let (member, order) = (sent.text("id_member")?, sent.text("id_order")?);
        let (amount, description) = (sent.amount("amount")?, sent.text_or_empty("description")?);
        if call.is_kept_as_failed {
            account.ledger.keep_failed(order, member, amount, description).map_err(|refusal| refused(&refusal))?;
            return Err(fail("Payment failed!"));
        }
        let meant = Magic::of(amount);
        if let Some(response) = meant.instead(&app, PROVIDER, tx.account, order) {
            return Err(response);
        }
        let number = tx.number();
        account.ledger.pay(number, order, member, amount, description, tx.now).map_err(|refusal| refused(&refusal))?;
        magic = meant;
        let message = format!("Payment ID Order {order} Success!");
        Ok(reply::json(200, &json!({"status": "success", "message": message})))
    });
    magic.send(&app, response)
}

pub(super) async fn reconcile(State(app): State<App>, call: Call) -> Response {
    let sent = Sent::of(&call);
    with_session(&app, &call, |account, tx| {
        let id_order = sent.text("id_order")?;
        let number = tx.number();
        let order = account.ledger.reconcile(number, id_order, tx.now).map_err(|refusal| refused(&refusal))?;
        let data = json!({
            "id_member": order.id_member,
            "order_id": order.id_order,
            "comm_code": "SYSTEM",
            "datetime": spaced(order.when),
            "valuedate": jakarta(order.when, "%Y-%m-%d"),
            "description": order.description,
            "debit": money(0),
            "credit": money(order.amount),
            "balance": money(order.balance),
        });
        let reply = json!({
            "status": "success",
            "message": format!("Reconcile ID Order {id_order} Success!"),
            "data": data.to_string(),
        });
        Ok(reply::json(200, &reply))
    })
}

/// The order that is to be refunded, if it was not refunded before.
fn refundable<'a>(account: &'a Account, sent: &Sent) -> Result<&'a WalletOrder, Response> {
    let (id_order, id_member) = (sent.text("id_order")?, sent.text("id_member")?);
    let order = account.ledger.order(id_order).map_err(|refusal| refused(&refusal))?;
    if order.id_member != id_member {
        return Err(refused(&WalletRefusal::UnknownOrder));
    }
    match order.refund {
        None => Ok(order),
        Some((number, when)) => Err(fail(&format!(
            "refund existing, id_trans:{number}, order_id:{id_order}, member_id:{id_member}, datetime:{}!",
            plain(when)
        ))),
    }
}

/// The first step of a refund, whatever the body holds besides: nothing is refunded. The document also links the second
/// step to this path; its heading and the reply that it prints are those of the first.
pub(super) async fn refund(State(app): State<App>, call: Call) -> Response {
    let sent = Sent::of(&call);
    with_session(&app, &call, |account, _| {
        let order = refundable(account, &sent)?;
        let reply = json!({
            "data": [{
                "id_trans": order.id_trans,
                "description": order.description,
                "id_member": order.id_member,
                "datetime": plain(order.when),
                "credit": order.amount,
                "id_order": order.id_order,
            }],
            "status": "success",
            "message": "Apakah benar data yang akan direfund?",
        });
        Ok(reply::json(200, &reply))
    })
}

/// The second step of a refund, which pays back.
pub(super) async fn refund_accept(State(app): State<App>, call: Call) -> Response {
    let sent = Sent::of(&call);
    with_session(&app, &call, |account, tx| {
        let (id_trans, note) = (sent.text("id_trans")?, sent.text("note")?);
        let order = refundable(account, &sent)?;
        if order.id_trans.to_string() != id_trans {
            return Err(fail("id_trans not found!"));
        }
        let (id_order, id_member) = (order.id_order.clone(), order.id_member.clone());
        let number = tx.number();
        account.ledger.refund(&id_order, number, note, tx.now).map_err(|refusal| refused(&refusal))?;
        let message = format!("success refund saldo for member {id_member}!");
        Ok(reply::json(200, &json!({"status": "success", "message": message})))
    })
}
