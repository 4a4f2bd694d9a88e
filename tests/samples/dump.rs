#[test]
fn dump() {
    for s in [
        schemars::schema_for!(gerbang::klink::types::SettlementNotification),
        schemars::schema_for!(gerbang::klink::types::TransactionHistory),
        schemars::schema_for!(gerbang::klink::types::CreatedGopayPayment),
        schemars::schema_for!(gerbang::klink::types::RegisteredWallet),
        schemars::schema_for!(gerbang::klink::types::Session),
        schemars::schema_for!(gerbang::kropay::types::NewPayment),
        schemars::schema_for!(gerbang::kropay::types::PaymentStatus),
        schemars::schema_for!(gerbang::kazukipay::types::NotificationEvent),
    ] {
        println!("{}", serde_json::to_string(&s).unwrap());
    }
}
