//! What a program that is written by hand sends and reads.

use serde::{Deserialize, Serialize};

/// The request's path.
pub const PATH: &str = "/api/transactioncreate/qris";

/// A transaction to be created.
#[derive(Serialize)]
pub struct NewTransaction<'a> {
    pub project: &'a str,
    pub order_id: &'a str,
    pub amount: u64,
    pub api_key: &'a str,
}

/// The documented one.
pub const ORDER: NewTransaction<'static> =
    NewTransaction { project: "depodomain", order_id: "INV123123", amount: 99_000, api_key: "xxx123" };

/// The reply.
#[derive(Deserialize)]
pub struct Reply {
    pub payment: CreatedTransaction,
}

/// A created transaction, with every member that is documented.
#[derive(Deserialize)]
#[expect(dead_code, reason = "they are read, as Gerbang reads them")]
pub struct CreatedTransaction {
    pub project: Option<String>,
    pub order_id: String,
    pub amount: u64,
    pub fee: Option<u64>,
    pub received: Option<u64>,
    pub total_payment: u64,
    pub payment_method: String,
    pub payment_number: String,
    pub expired_at: Option<String>,
}
