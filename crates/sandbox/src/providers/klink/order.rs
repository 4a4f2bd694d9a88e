//! A payment that a merchant asks K-Link for: its members, its bank, and the record that it becomes.

use std::time::Duration;

use axum::response::Response;
use gerbang_core::JakartaTime;
use jiff::Timestamp;
use serde_json::json;
use sha2::{Digest, Sha512};

use super::{PROVIDER, Sent, fail};
use crate::clock::later;
use crate::reply;
use crate::state::{Account, Magic, Name, Record, Refusal, Tx, scattered};

/// How long GoPay waits.
const GOPAY_LIFETIME: Duration = Duration::from_secs(900);

/// How long everything else waits.
const LIFETIME: Duration = Duration::from_secs(24 * 3_600);

/// A way to pay: the bank, the product, its category and its method in the sandbox.
pub(super) struct Bank {
    pub(super) id: u64,
    pub(super) code: &'static str,
    pub(super) name: &'static str,
    pub(super) product: &'static str,
    pub(super) product_name: &'static str,
    pub(super) category: &'static str,
    pub(super) method: &'static str,
}

/// The ways to pay. The document prints the first; the names of the others are ours.
pub(super) const BANKS: [Bank; 4] = [
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
pub(super) const MEMBERS: [&str; 10] = [
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

pub(super) fn failed(message: &str) -> Response {
    reply::json(200, &json!({"status": "failed", "message": message}))
}

/// A payment that is to be made, with all members checked.
pub(super) struct Order<'a> {
    sent: &'a Sent,
    pub(super) order_id: &'a str,
    pub(super) nominal: u64,
    pub(super) pay_ship: u64,
}

impl<'a> Order<'a> {
    pub(super) fn new(sent: &'a Sent) -> Result<Self, Response> {
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

    pub(super) fn text(&self, name: &str) -> String {
        self.sent.text(name).unwrap_or_default().to_owned()
    }

    /// The payment, without what depends on the way to pay.
    fn record(&self, tx: &mut Tx<'_>, method: &str, magic: Magic) -> Record {
        let mut record = Record::new(tx.number(), PROVIDER, method, self.nominal, tx.now);
        record.payable = self.nominal + self.pay_ship;
        record.order = self.order_id.to_owned();
        record.due = magic.due(tx.now);
        record.set("rq_uuid", self.text("rq_uuid"));
        record.set("rq_datetime", self.text("rq_datetime"));
        record.set("bank_code", self.text("bank_code"));
        record
    }

    /// The payment by a bank.
    pub(super) fn by_bank(
        &self,
        account: &Account,
        tx: &mut Tx<'_>,
        bank: &Bank,
        magic: Magic,
    ) -> Result<Record, Refusal> {
        let mut record = self.record(tx, bank.method, magic);
        record.reference = format!("{}", record.number);
        record.expires = later(tx.now, LIFETIME);
        if bank.method == "va" {
            record.set_va_number(va_number(&record));
        }
        if bank.method == "mandiri_manual" {
            let total = record.payable;
            record.payable = account.free_amount(scattered(record.number, 2_000).map(|code| total + code))?;
        }
        Ok(record)
    }

    /// The payment by GoPay.
    pub(super) fn by_gopay(&self, tx: &mut Tx<'_>, magic: Magic) -> Record {
        let mut record = self.record(tx, "gopay", magic).with_qris();
        record.reference = uuid(record.number, tx.now);
        record.expires = later(tx.now, GOPAY_LIFETIME);
        record
    }

    /// Whether the id of the request was used before.
    pub(super) fn is_repeated(&self, account: &Account) -> bool {
        let rq_uuid = self.text("rq_uuid");
        account.find(Name::Request(&rq_uuid), |_| true).is_some()
    }

    pub(super) fn has_payment(&self, account: &Account) -> bool {
        account.of_order(self.order_id).is_some()
    }
}

/// The number of the virtual account of a payment.
pub(super) fn va_number(record: &Record) -> String {
    format!("70012{:011}", record.number)
}

/// A name in the form of a UUID.
fn uuid(number: u64, now: Timestamp) -> String {
    let digest = Sha512::digest(format!("{number} {now}"));
    let hex = base16ct::lower::encode_string(&digest);
    format!("{}-{}-4{}-a{}-{}", &hex[..8], &hex[8..12], &hex[12..15], &hex[15..18], &hex[18..30])
}
