//! How the providers write what the scenarios falsify: operations, members and words, by their documents and apart from the
//! clients.

use std::fmt::Display;

use serde_json::Value;

/// The names in a provider's calls, replies and notifications.
#[derive(Clone, Copy, Debug)]
pub struct Wire {
    /// The operation that creates a payment.
    pub create: &'static str,
    /// The operation that tells a payment's state.
    pub status: Option<&'static str>,
    /// The operation that cancels a payment.
    pub cancel: Option<Cancellation>,
    /// The merchant's reference.
    pub reference: &'static [Member],
    /// The provider's own reference.
    pub id: &'static [Member],
    /// The price.
    pub amount: &'static [Member],
    /// What the customer pays.
    pub payable: &'static [Member],
    /// The QRIS payload.
    pub qris: &'static [Member],
    /// The words for a payment's state in replies.
    pub words: &'static [&'static str],
    /// The word for a payment that failed, which only some documents have; the others' is a plausible one.
    pub failed: &'static str,
    /// The words for the states of a payment without money in notifications.
    pub unpaid: &'static [&'static str],
}

/// How a payment is cancelled.
#[derive(Clone, Copy, Debug)]
pub struct Cancellation {
    /// The operation.
    pub operation: &'static str,
    /// The reply that acknowledges a cancellation and leaves the payment pending. `{id}` and `{reference}` stand for the
    /// payment's.
    pub idle: &'static str,
}

/// A member of a reply or of a notification.
#[derive(Clone, Copy, Debug)]
pub struct Member {
    /// Its name.
    pub name: &'static str,
    form: Form,
}

/// How a value is written.
#[derive(Clone, Copy, Debug)]
enum Form {
    /// `25000`
    Number,
    /// `"25000"`
    Text,
    /// `"25000.00"`
    Money,
}

impl Member {
    /// This value as the member has it.
    pub fn value(self, value: impl Display) -> Value {
        match self.form {
            Form::Number => Value::Number(value.to_string().parse().expect("a number")),
            Form::Text => Value::String(value.to_string()),
            Form::Money => Value::String(format!("{value}.00")),
        }
    }
}

const fn number(name: &'static str) -> Member {
    Member { name, form: Form::Number }
}

const fn text(name: &'static str) -> Member {
    Member { name, form: Form::Text }
}

const fn money(name: &'static str) -> Member {
    Member { name, form: Form::Money }
}

pub const KAZUKIPAY: Wire = Wire {
    create: "create_payment",
    status: Some("payment_status"),
    cancel: Some(Cancellation {
        operation: "cancel_payment",
        idle: r#"{"status":true,"message":"Transaction successfully cancelled.",
            "data":{"transaction_id":{id},"custom_id":"{reference}","status":"PENDING"}}"#,
    }),
    reference: &[text("custom_id")],
    id: &[number("transaction_id")],
    amount: &[number("amount")],
    payable: &[number("unique_amount")],
    qris: &[],
    words: &["PENDING", "PAID", "CANCELLED", "EXPIRED"],
    failed: "FAILED",
    unpaid: &["PENDING", "CANCELLED", "EXPIRED", "FAILED"],
};

/// A settlement repeats the request's own id. It names the payable amount otherwise than the reply.
pub const KLINK: Wire = Wire {
    create: "create_payment",
    status: None,
    cancel: None,
    reference: &[text("order_id")],
    id: &[text("rq_uuid")],
    amount: &[text("total_belanja")],
    payable: &[text("total_bayar"), text("tot_bayar")],
    qris: &[],
    words: &[],
    failed: "fail",
    unpaid: &["fail", "failed"],
};

/// `id_trans` of a notification is K-Link's, not the `transaction_id` of the creation.
pub const KLINK_GOPAY: Wire = Wire {
    create: "create_gopay_payment",
    id: &[text("transaction_id")],
    amount: &[text("nominal"), money("gross_amount")],
    payable: &[money("gross_amount")],
    ..KLINK
};

/// A notification says `paid` where a reply says `success`, and there is no word for a cancelled payment.
pub const KROPAY: Wire = Wire {
    create: "create_payment",
    status: Some("payment_status"),
    cancel: None,
    reference: &[text("merchant_ref")],
    id: &[text("reference")],
    amount: &[number("amount")],
    payable: &[number("total_amount")],
    qris: &[text("qris_string")],
    words: &["pending", "success", "failed", "expired"],
    failed: "failed",
    unpaid: &["pending", "failed", "expired"],
};

/// Payments are named by order and amount alone. No other words are known than these, so that this is how any other end
/// is told here.
pub const PAKASIR_V1: Wire = Wire {
    create: "v1/create_transaction",
    status: Some("v1/transaction_detail"),
    cancel: Some(Cancellation { operation: "v1/cancel_transaction", idle: r#"{"success":true}"# }),
    reference: &[text("order_id")],
    id: &[],
    amount: &[number("amount")],
    payable: &[number("total_payment")],
    qris: &[text("payment_number")],
    words: &["pending", "completed", "canceled"],
    failed: "canceled",
    unpaid: &["pending", "canceled"],
};

pub const PAKASIR_V2: Wire = Wire {
    create: "v2/create_transaction",
    status: Some("v2/transaction_status"),
    cancel: Some(Cancellation { operation: "v2/cancel_transaction", idle: r#"{"message":"Transaction canceled"}"# }),
    id: &[text("txn_id")],
    qris: &[text("qr_string")],
    ..PAKASIR_V1
};

/// Only `paid` is documented; the other words are plausible. The merchant's reference is not taken.
pub const PAYDIGITAL: Wire = Wire {
    create: "create_payment",
    status: Some("payment_status"),
    cancel: None,
    reference: &[],
    id: &[text("invoice")],
    amount: &[number("amount")],
    payable: &[number("total_amount")],
    qris: &[text("qr_content")],
    words: &["pending", "paid", "cancelled", "expired"],
    failed: "failed",
    unpaid: &[],
};
