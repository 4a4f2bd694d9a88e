//! Kropay.

use super::{Facts, Kind, Signed};

pub(crate) const FACTS: Facts = Facts {
    name: "kropay",
    title: "Kropay",
    operations: &[
        ("create_payment", "POST", "/api/v1/payment/create"),
        ("payment_status", "GET", "/api/v1/payment/status/{reference}"),
        ("qris_image", "GET", "/api/v1/qris/{reference}.svg"),
    ],
    pictures: &["/api/v1/qris/{reference}.svg"],
    notifies: true,
    has_statement: false,
    settings: &[],
    signed: Signed::Nothing,
    informational: &[
        ("net_amount", Kind::Amount),
        ("created_at", Kind::Time),
        ("expired_at", Kind::Time),
        ("fee", Kind::Amount),
        ("paid_at", Kind::Time),
        ("qris_image", Kind::Other),
        ("unique_code", Kind::Amount),
    ],
    needed: &[("amount", Kind::Amount), ("message", Kind::Text), ("total_amount", Kind::Amount)],
};
