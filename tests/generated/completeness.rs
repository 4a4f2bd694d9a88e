//! Every documented operation and notification has its counterpart in the generated code.

use gerbang::operation::Operation;
use gerbang::{kazukipay, klink, kropay, pakasir, paydigital};

/// What the documents describe, written down by hand: a method and a path, or the name of a notification.
struct Documented {
    provider: &'static str,
    operations: &'static [&'static str],
    notifications: &'static [&'static str],
    generated: &'static [&'static Operation],
    notifications_file: &'static str,
}

const DOCUMENTED: [Documented; 6] = [
    Documented {
        provider: "kazukipay",
        operations: &[
            "POST /api/create.php",
            "POST /api/cekstatus.php",
            "POST /api/cancel.php",
            "GET /api/mutasi_status.php?action=check",
            "GET /api/mutasi_status.php?action=run",
            "GET /api/public_check.php",
        ],
        notifications: &["payment_notification"],
        generated: kazukipay::operations::ALL,
        notifications_file: "kazukipay/src/generated/notifications.rs",
    },
    Documented {
        provider: "klink",
        operations: &[
            "POST /auth/login",
            "POST /api/kwallet/register_va",
            "POST /api/kwallet/check_saldo",
            "POST /api/kwallet/history_transaction",
            "POST /api/kwallet/transfer_to_account",
            "POST /api/kwallet/voucher_saldo",
            "POST /api/kwallet/pay",
            "POST /api/kwallet/reconcile/reconcile",
            "POST /api/escrow/refund",
            "POST /api/escrow/refund-accept",
            "POST /api/list_bank",
            "POST /api/pay_service",
            "POST /api/list_bank_midtrans",
            "POST /api/pay_service_midtrans",
            "POST /{report_path}",
        ],
        notifications: &["gopay_notification_unverified", "settlement_notification_unverified"],
        generated: klink::operations::ALL,
        notifications_file: "klink/src/generated/notifications.rs",
    },
    Documented {
        provider: "kropay",
        operations: &[
            "POST /api/v1/payment/create",
            "GET /api/v1/payment/status/{reference}",
            "GET /api/v1/qris/{reference}.svg",
        ],
        notifications: &["payment_notification"],
        generated: kropay::operations::ALL,
        notifications_file: "kropay/src/generated/notifications.rs",
    },
    Documented {
        provider: "pakasir v1",
        operations: &[
            "POST /api/transactioncreate/{method}",
            "GET /api/transactiondetail",
            "POST /api/transactioncancel",
            "POST /api/paymentsimulation",
        ],
        notifications: &["transaction_notification"],
        generated: pakasir::v1::operations::ALL,
        notifications_file: "pakasir/src/generated/v1/notifications.rs",
    },
    Documented {
        provider: "pakasir v2",
        operations: &[
            "POST /api/v2/create-transaction/{slug}/{order_id}",
            "GET /api/v2/transaction-status/{slug}/{txn_id}",
            "POST /api/v2/cancel-transaction/{slug}/{txn_id}",
            "GET /api/v2/payment-fee/{amount}",
        ],
        notifications: &["transaction_notification_unverified"],
        generated: pakasir::v2::operations::ALL,
        notifications_file: "pakasir/src/generated/v2/notifications.rs",
    },
    Documented {
        provider: "paydigital",
        operations: &["POST /api/create_payment.php", "GET /api/payment.php"],
        notifications: &[],
        generated: paydigital::operations::ALL,
        notifications_file: "paydigital/src/generated/notifications.rs",
    },
];

#[test]
fn nothing_of_the_documents_is_missing() {
    println!("{:<12} {:>22} {:>24}", "provider", "operations", "notifications");
    for documented in DOCUMENTED {
        let mut generated: Vec<_> = documented.generated.iter().map(|operation| call(operation)).collect();
        let mut wanted = documented.operations.to_vec();
        generated.sort();
        wanted.sort_unstable();
        let notifications = public_functions(documented.notifications_file);
        println!(
            "{:<12} {:>22} {:>24}",
            documented.provider,
            format!("{} of {}", generated.len(), wanted.len()),
            format!("{} of {}", notifications.len(), documented.notifications.len()),
        );
        assert_eq!(generated, wanted, "{}", documented.provider);
        assert_eq!(notifications, documented.notifications, "{}", documented.provider);
    }
}

#[test]
fn every_operation_is_a_method_and_names_its_source() {
    for documented in DOCUMENTED {
        let client = documented.notifications_file.replace("notifications.rs", "client.rs");
        let methods = public_functions(&client);
        for operation in documented.generated {
            assert!(methods.iter().any(|method| method == operation.id), "{client} has no {}", operation.id);
            assert!(!operation.source.document.is_empty() && !operation.source.section.is_empty());
            assert_eq!(operation.source.read.len(), "2026-11-20".len());
        }
    }
}

fn call(operation: &Operation) -> String {
    let query: Vec<_> = operation.query.iter().map(|(name, value)| format!("{name}={value}")).collect();
    let mark = if query.is_empty() { "" } else { "?" };
    format!("{} {}{mark}{}", operation.method, operation.path, query.join("&"))
}

/// The public functions of a generated file; none when there is no such file.
fn public_functions(file: &str) -> Vec<String> {
    let path = gerbang_spec::specs::workspace().join("crates").join(file);
    let Ok(code) = std::fs::read_to_string(path) else { return Vec::new() };
    let file = syn::parse_file(&code).unwrap();
    let mut names = Vec::new();
    for item in file.items {
        match item {
            syn::Item::Fn(function) => names.push(function.sig.ident.to_string()),
            syn::Item::Impl(block) => names.extend(block.items.iter().filter_map(|item| match item {
                syn::ImplItem::Fn(function) => Some(function.sig.ident.to_string()),
                _ => None,
            })),
            _ => {}
        }
    }
    names.sort();
    names
}
