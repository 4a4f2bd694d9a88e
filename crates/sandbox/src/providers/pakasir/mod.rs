//! Pakasir, and what both of its APIs share: methods, fees, words, and the page of a transaction.

mod v1;
mod v2;

use axum::response::Response;
use serde::Serialize;
use serde_json::{Value, json};

use super::{ANY_SUCCESS, Api, HOUR, Notifications, TRIES, escaped, is_success};
use crate::Provider;
use crate::clock::later;
use crate::reply::{self, escape};
use crate::seed::Seed;
use crate::spelling::Fractions;
use crate::state::{Account, Magic, PaymentStatus, Record, Refusal, Tx};
use crate::webhooks::Proof;

const PROVIDER: Provider = Provider::Pakasir;

/// The prefix of the methods of API v2 in seeds.
pub(crate) const V2: &str = "v2/";

/// What the sandbox asks of Pakasir.
pub(super) const API: Api = Api {
    routes: || v1::routes().merge(v2::routes()),
    account: |_, call, path| v2::account(call, path).or_else(|| v1::account(call)),
    seeded,
    refusal: |_, message| failure(400, message),
    kept: &[],
    status_call,
    notifications: Some(Notifications {
        proof,
        body: |record, _| if is_of_v2(record) { v2::detail(record) } else { v1::notification(record) },
        tries: TRIES,
        is_acknowledged: is_success,
        acknowledgement: ANY_SUCCESS,
    }),
};

/// The ways to pay, of which the document does not print the last.
const METHODS: [&str; 11] = [
    "qris",
    "cimb_niaga_va",
    "bni_va",
    "sampoerna_va",
    "bnc_va",
    "maybank_va",
    "permata_va",
    "atm_bersama_va",
    "artha_graha_va",
    "bri_va",
    "paypal",
];

fn failure(status: u16, message: impl Serialize) -> Response {
    reply::json(status, &json!({"message": message}))
}

fn not_recorded(refusal: Refusal) -> Response {
    failure(refusal.status(400), refusal.message())
}

/// What Pakasir takes for a payment, rounded.
fn fee(method: &str, price: u64) -> u64 {
    (fee_in_thousandths(method, price) + 500) / 1_000
}

/// What Pakasir takes for a payment, in thousandths of a rupiah.
fn fee_in_thousandths(method: &str, price: u64) -> u64 {
    match method {
        "sampoerna_va" | "artha_graha_va" => 2_000_000,
        method if method.ends_with("_va") => 3_500_000,
        _ if price > 105_000 => price * 10,
        // 0.7 % and 310.
        _ => price * 7 + 310_000,
    }
}

/// The fee of a payment, as a reply has it.
fn fee_value(record: &Record, fractions: &Fractions) -> Value {
    fractions.money("fee", record.fee, fee_in_thousandths(&record.method, record.amount))
}

/// Whether a project is in sandbox mode.
fn is_sandbox(project: &str) -> bool {
    project.ends_with("-sandbox")
}

fn word(status: PaymentStatus) -> &'static str {
    match status {
        PaymentStatus::Pending => "pending",
        PaymentStatus::Paid => "completed",
        PaymentStatus::Cancelled | PaymentStatus::Expired => "canceled",
    }
}

/// A virtual account number.
fn va_number(number: u64) -> String {
    format!("88810{number:011}")
}

/// A transaction that is to be recorded.
fn transaction(tx: &mut Tx<'_>, project: &str, order: &str, method: &str, price: u64) -> Record {
    let mut record = Record::new(tx.number(), PROVIDER, method, price, tx.now);
    record.order = order.to_owned();
    record.reference = order.to_owned();
    record.fee = fee(method, price);
    record.payable = price + record.fee;
    record.expires = later(tx.now, HOUR);
    record.due = Magic::of(price).due(tx.now);
    record.set("project", project);
    if method.ends_with("_va") {
        record.set_va_number(va_number(record.number));
    }
    match method {
        "qris" | "payment_link" => record.with_qris(),
        _ => record,
    }
}

fn seeded(_: &Account, tx: &mut Tx<'_>, seed: &Seed) -> Result<Record, String> {
    let (project, _) = seed.credential.expose().split_once(':').unwrap_or_default();
    match seed.method_or("").strip_prefix(V2) {
        Some(method) => v2::seeded(project, tx, seed, method),
        None => v1::seeded(project, tx, seed),
    }
}

fn proof(record: &Record) -> Option<Proof> {
    let proof = if is_of_v2(record) { Proof::Secret } else { Proof::None };
    (record.status == PaymentStatus::Paid).then_some(proof)
}

fn status_call(url: &str, record: &Record) -> String {
    if is_of_v2(record) {
        let id = escaped(&record.reference);
        return format!(
            "printf 'X-Api-Key: %s' \"$GERBANG_PAKASIR_API_KEY\" | \
             curl -sS -H @- \"{url}/api/v2/transaction-status/$GERBANG_PAKASIR_PROJECT/{id}\""
        );
    }
    format!(
        "printf %s \"$GERBANG_PAKASIR_API_KEY\" | \
         curl -sS -G --data-urlencode \"project=$GERBANG_PAKASIR_PROJECT\" --data-urlencode api_key@- \
         '{url}/api/transactiondetail?order_id={}&amount={}'",
        escaped(&record.order),
        record.amount
    )
}

/// Whether a payment was made by API v2 and not by v1.
fn is_of_v2(record: &Record) -> bool {
    !record.other("txn_id").is_empty()
}

/// The page of a transaction: the QR code and a button that pays, or what has become of it.
fn page(record: &Record, redirect: Option<&str>) -> Response {
    let total = gerbang_core::Rupiah::new(record.payable).to_dotted();
    let mut body = format!("<p>{} Rp {total}: {}</p>\n", escape(&record.method), word(record.status));
    if record.status == PaymentStatus::Pending {
        let code = record.qris.as_deref().and_then(|payload| gerbang_qris::Qris::parse(payload).ok()?.to_svg().ok());
        if let Some(code) = code {
            body.push_str(&format!("<div>{code}</div>\n"));
        }
        body.push_str("<form method=\"post\"><button>Bayar</button></form>\n");
    }
    let web = |url: &&str| url.starts_with("https://") || url.starts_with("http://");
    if let (PaymentStatus::Paid, Some(url)) = (record.status, redirect.filter(web)) {
        body.push_str(&format!("<p><a href=\"{}\">Kembali ke halaman merchant</a></p>\n", escape(url)));
    }
    reply::page(200, &record.order, &body)
}

#[cfg(test)]
mod tests {
    use super::fee;

    #[test]
    fn fees_are_those_that_were_seen() {
        for (method, price, expected) in [
            ("qris", 99_000, 1_003),
            ("qris", 12_000, 394),
            ("qris", 105_000, 1_045),
            ("qris", 105_001, 1_050),
            ("qris", 22_000, 464),
            ("bri_va", 99_000, 3_500),
            ("sampoerna_va", 99_000, 2_000),
            ("artha_graha_va", 99_000, 2_000),
        ] {
            assert_eq!(fee(method, price), expected, "{method} {price}");
        }
    }
}
