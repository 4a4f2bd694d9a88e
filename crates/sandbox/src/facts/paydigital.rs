//! PayDigital.

use super::{Facts, Kind, Signed};

pub(crate) const FACTS: Facts = Facts {
    name: "paydigital",
    title: "PayDigital",
    operations: &[
        ("create_payment", "POST", "/api/create_payment.php"),
        ("payment_status", "GET", "/api/payment.php"),
        ("payment_status_by_form", "POST", "/api/payment.php"),
    ],
    pictures: &["/v1/create-qr-code/"],
    notifies: false,
    has_statement: false,
    settings: &[("store_id", "1")],
    signed: Signed::Nothing,
    informational: &[
        ("customer_name", Kind::Text),
        ("expired_at", Kind::Time),
        ("paid_at", Kind::Time),
        ("payment_url", Kind::Other),
        ("qr_url", Kind::Other),
        ("store_name", Kind::Text),
        ("unique_code", Kind::Amount),
    ],
    needed: &[("amount", Kind::Amount), ("message", Kind::Text), ("total_amount", Kind::Amount)],
};
