//! K-Link: JSON by POST, numbers as strings, a session token in the header `Authorization`.

#[cfg(test)]
mod wire;

mod calls;

use gerbang::klink::{Client, Credentials, notifications, operations};

use super::document::{Facts, Gateway, ProofPlace, USUAL, Wire, money, text};
use super::{Answer, Api, Calls, FromEnv, boxed, print};

/// What the tests know of it.
pub(super) const API: Api = Api {
    spec: "klink",
    operations: operations::ALL,
    documented: &[
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
    documented_notifications: &["gopay_notification_unverified", "settlement_notification_unverified"],
    connect: |url, key, effort| boxed(effort.of(Client::builder(Credentials::new(key, key)), url)),
    read: |notification, body| {
        Some(match notification {
            "settlement_notification" => print(notifications::settlement_notification_unverified(body)),
            "gopay_notification" => print(notifications::gopay_notification_unverified(body)),
            _ => return None,
        })
    },
    schemas: || {
        schemas_of!(gerbang::klink::types: Balance BalanceQuery Bank CreatedGopayPayment FinanceReportQuery FraudStatus
            GopayAction GopayActionName GopayBankQuery GopayNotification GopayPayment
            GopayRequestEcho GopayTransactionStatus HistoryQuery CreatePayment NewTransfer
            NewWallet NewWalletPayment NotificationStatus PaymentInstruction Receipt
            ReconcileRequest ReconciledPayment Reconciliation RefundAcceptance RefundCandidate
            RefundRequest RegisteredWallet ReportRow Session SettlementNotification
            TransactionHistory TransactionType TransferReceipt VirtualAccount VoucherRedemption
            WalletEntry)
    },
    credentials: |key| format!("{:#?}", Credentials::new(key, key).with_webhook_key(key)),
    from_env: || FromEnv::of(Credentials::from_env(), Client::from_env()),
    variables: &[
        ("GERBANG_KLINK_EMAIL", "CANARY"),
        ("GERBANG_KLINK_PASSWORD", "CANARY"),
        ("GERBANG_KLINK_WEBHOOK_KEY", "CANARY-webhook"),
        ("GERBANG_KLINK_BASE_URL", "http://127.0.0.1:1/klink/"),
    ],
    printed: &["klink client: Client {", "base_url: \"http://127.0.0.1:1/klink\""],
    refusal: r#"{"status":"fail","message":"{text}"}"#,
    gateways: &[
        Gateway { name: "klink", facts: FACTS, wire: WIRE },
        Gateway {
            name: "klink-gopay",
            facts: Facts { echoes_reference: true, notifies_amount: false, ..FACTS },
            wire: GOPAY,
        },
    ],
};

const FACTS: Facts = Facts {
    echoes_reference: false,
    names_expiry: false,
    proof: Some(ProofPlace::Header("x-servicepayment")),
    login: true,
    ..USUAL
};

/// A settlement repeats the request's own id. It names the payable amount otherwise than the reply.
const WIRE: Wire = Wire {
    create: "create_payment",
    status: None,
    cancel: None,
    refund: None,
    reference: &[text("order_id")],
    id: &[text("rq_uuid")],
    amount: &[text("total_belanja")],
    payable: &[text("total_bayar"), text("tot_bayar")],
    qris: &[],
    state: "status",
    words: &[],
    failed: "fail",
    unpaid: &["fail", "failed"],
};

/// `id_trans` of a notification is K-Link's, not the `transaction_id` of the creation.
const GOPAY: Wire = Wire {
    create: "create_gopay_payment",
    id: &[text("transaction_id")],
    amount: &[text("nominal"), money("gross_amount")],
    payable: &[money("gross_amount")],
    ..WIRE
};

impl Calls for Client {
    fn show<'a>(&'a self, operation: &'a str) -> Answer<'a> {
        Box::pin(calls::call(self, operation))
    }
}
