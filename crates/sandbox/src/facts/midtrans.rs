//! Midtrans.

use super::{Facts, Kind, Signed};

/// What the signature of a notification is over, with the server key after it.
pub(crate) const SIGNED: &[&str] = &["order_id", "status_code", "gross_amount"];

pub(crate) const FACTS: Facts = Facts {
    name: "midtrans",
    title: "Midtrans",
    operations: &[
        ("charge", "POST", "/v2/charge"),
        ("transaction_status", "GET", "/v2/{id}/status"),
        ("cancel_transaction", "POST", "/v2/{id}/cancel"),
        ("expire_transaction", "POST", "/v2/{id}/expire"),
        ("refund_transaction", "POST", "/v2/{id}/refund"),
    ],
    pictures: &["/v2/qris/{id}/qr-code", "/v2/gopay/{id}/qr-code"],
    notifies: true,
    has_statement: false,
    settings: &[],
    signed: Signed::Members(SIGNED),
    informational: &[
        ("bank", Kind::Text),
        ("acquirer", Kind::Text),
        ("currency", Kind::Text),
        ("expiry_time", Kind::Time),
        ("merchant_id", Kind::Text),
        ("refund_amount", Kind::Amount),
        ("settlement_time", Kind::Time),
        ("status_message", Kind::Text),
        ("transaction_time", Kind::Time),
    ],
    needed: &[("amount", Kind::Amount), ("gross_amount", Kind::Amount)],
};
