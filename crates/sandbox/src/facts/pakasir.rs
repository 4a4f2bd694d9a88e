//! Pakasir.

use super::{DEFAULT_KEY, Facts, Kind, Signed};

/// Both APIs have operations of one name, so each name begins with the API's.
pub(crate) const FACTS: Facts = Facts {
    name: "pakasir",
    title: "Pakasir",
    operations: &[
        ("v1/create_transaction", "POST", "/api/transactioncreate/{method}"),
        ("v1/transaction_detail", "GET", "/api/transactiondetail"),
        ("v1/cancel_transaction", "POST", "/api/transactioncancel"),
        ("v1/simulate_payment", "POST", "/api/paymentsimulation"),
        ("v2/create_transaction", "POST", "/api/v2/create-transaction/{slug}/{order_id}"),
        ("v2/transaction_status", "GET", "/api/v2/transaction-status/{slug}/{txn_id}"),
        ("v2/cancel_transaction", "POST", "/api/v2/cancel-transaction/{slug}/{txn_id}"),
        ("v2/payment_fee", "GET", "/api/v2/payment-fee/{amount}"),
    ],
    pictures: &[],
    notifies: true,
    has_statement: false,
    settings: &[("webhook_secret", DEFAULT_KEY)],
    signed: Signed::Nothing,
    informational: &[
        ("completed_at", Kind::Time),
        ("expired_at", Kind::Time),
        ("fee", Kind::Amount),
        ("is_sandbox", Kind::Flag),
        ("project", Kind::Text),
    ],
    needed: &[("amount", Kind::Amount), ("message", Kind::Text), ("total_payment", Kind::Amount)],
};
