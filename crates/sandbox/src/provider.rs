//! The gateways that the sandbox imitates, and what is known of each before any call: its name and its operations.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// The key that every gateway shares with its merchants, where none is set. It is no secret.
pub const DEFAULT_KEY: &str = "sandbox-webhook-key";

/// A payment gateway.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum Provider {
    /// Kazukipay, under `/kazukipay`. It makes up a reference where the merchant gives none, and notifies of payments that
    /// are paid, without proof.
    Kazukipay,
    /// Kropay, under `/kropay`. It notifies of payments that are paid, without proof, up to 50 times until the answer is 200
    /// with `{"success": true}`.
    Kropay,
    /// PayDigital, under `/paydigital`. It takes no reference of the merchant and sends no notifications.
    Paydigital,
    /// Pakasir with both of its APIs, under `/pakasir`. A credential is the project and the key, as `PROJECT:KEY`. It
    /// notifies of payments that are paid: API v1 without proof, API v2 with its secret in `X-Secret`.
    Pakasir,
    /// K-Link, under `/klink`. A credential is the e-mail address. It notifies of payments that are paid, and by GoPay also
    /// of those that expire or are cancelled, with a signature of the body in `x-servicepayment`.
    Klink,
    /// Tripay, under `/tripay`. It notifies of every payment that has come to its end, with a signature of the body in
    /// `X-Callback-Signature`, and refuses payments that its private key has not signed.
    Tripay,
    /// Midtrans, under `/midtrans`. A credential is the server key. It notifies of every payment that has come to its end, with a
    /// signature in the member `signature_key`, which is made with that key and does not cover the state.
    Midtrans,
}

/// What is known of a provider without its API.
pub(crate) struct Facts {
    /// The name in paths and in the sandbox's own API.
    name: &'static str,
    /// The name as the provider writes it.
    pub(crate) title: &'static str,
    /// Its operations, as its OpenAPI spec names them.
    pub(crate) operations: &'static [Operation],
    /// The paths of its pictures of QR codes.
    pub(crate) pictures: &'static [&'static str],
    /// Whether it sends notifications.
    pub(crate) notifies: bool,
    /// Whether it has an account statement, in which money is seen before any payment is confirmed.
    pub(crate) has_statement: bool,
    /// The settings of a client that cannot have any value, and one that they can have.
    settings: &'static [(&'static str, &'static str)],
}

/// The `operationId`, the method and the path. `{…}` matches any text without a slash; a query in the path is one
/// parameter that the call must have.
pub(crate) type Operation = (&'static str, &'static str, &'static str);

impl Provider {
    /// All of them.
    pub const ALL: [Self; 7] =
        [Self::Kazukipay, Self::Kropay, Self::Paydigital, Self::Pakasir, Self::Klink, Self::Tripay, Self::Midtrans];

    /// The name in paths and in the sandbox's own API.
    pub const fn name(self) -> &'static str {
        self.facts().name
    }

    /// A value that the sandbox takes for a variable of a gateway's client; none where it takes any text, as for an API key. A
    /// key is [`DEFAULT_KEY`].
    ///
    /// ```
    /// use gerbang_sandbox::Provider;
    ///
    /// assert_eq!(Provider::setting("GERBANG_KLINK_BANK_CODE"), Some("014"));
    /// assert_eq!(Provider::setting("GERBANG_KROPAY_API_KEY"), None);
    /// ```
    pub fn setting(variable: &str) -> Option<&'static str> {
        let (name, setting) = variable.strip_prefix("GERBANG_")?.split_once('_')?;
        let provider: Self = name.to_ascii_lowercase().parse().ok()?;
        let mut settings = provider.facts().settings.iter();
        settings.find(|(known, _)| known.eq_ignore_ascii_case(setting)).map(|(_, value)| *value)
    }

    pub(crate) const fn facts(self) -> &'static Facts {
        match self {
            Self::Kazukipay => &KAZUKIPAY,
            Self::Kropay => &KROPAY,
            Self::Paydigital => &PAYDIGITAL,
            Self::Pakasir => &PAKASIR,
            Self::Klink => &KLINK,
            Self::Tripay => &TRIPAY,
            Self::Midtrans => &MIDTRANS,
        }
    }
}

/// The name, as [`Provider::name`].
impl fmt::Display for Provider {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

impl FromStr for Provider {
    type Err = UnknownProvider;

    fn from_str(name: &str) -> Result<Self, UnknownProvider> {
        Self::ALL.into_iter().find(|provider| provider.name() == name).ok_or(UnknownProvider)
    }
}

/// No provider has this name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UnknownProvider;

impl fmt::Display for UnknownProvider {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("no provider has this name")
    }
}

impl std::error::Error for UnknownProvider {}

const KAZUKIPAY: Facts = Facts {
    name: "kazukipay",
    title: "Kazukipay",
    operations: &[
        ("create_payment", "POST", "/api/create.php"),
        ("payment_status", "POST", "/api/cekstatus.php"),
        ("payment_status_by_query", "GET", "/api/cekstatus.php"),
        ("cancel_payment", "POST", "/api/cancel.php"),
        ("check_mutations", "GET", "/api/mutasi_status.php?action=check"),
        ("run_mutations", "GET", "/api/mutasi_status.php?action=run"),
        ("public_check", "GET", "/api/public_check.php"),
    ],
    pictures: &["/qris/{number}.svg"],
    notifies: true,
    has_statement: true,
    settings: &[("project_id", "1")],
};

const KROPAY: Facts = Facts {
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
};

const PAYDIGITAL: Facts = Facts {
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
};

/// Both APIs have operations of one name, so each name begins with the API's.
const PAKASIR: Facts = Facts {
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
};

/// The document spells some paths in two ways; the path of the report is ours.
const KLINK: Facts = Facts {
    name: "klink",
    title: "K-Link",
    operations: &[
        ("login", "POST", "/auth/login"),
        ("register_va", "POST", "/api/kwallet/register_va"),
        ("check_balance", "POST", "/api/kwallet/check_saldo"),
        ("transaction_history", "POST", "/api/kwallet/history_transaction"),
        ("transfer", "POST", "/api/kwallet/transfer_to_account"),
        ("redeem_voucher", "POST", "/api/kwallet/voucher_saldo"),
        ("redeem_voucher", "POST", "/api/kwallet/voucher_saldo_kwallet"),
        ("pay_from_wallet", "POST", "/api/kwallet/pay"),
        ("reconcile", "POST", "/api/kwallet/reconcile/reconcile"),
        ("reconcile", "POST", "/api/kwallet/reconcile"),
        ("request_refund", "POST", "/api/escrow/refund"),
        ("accept_refund", "POST", "/api/escrow/refund-accept"),
        ("list_banks", "POST", "/api/list_bank"),
        ("list_banks", "POST", "/api/listbank"),
        ("create_payment", "POST", "/api/pay_service"),
        ("create_payment", "POST", "/api/pay_service_new"),
        ("list_gopay_banks", "POST", "/api/list_bank_midtrans"),
        ("create_gopay_payment", "POST", "/api/pay_service_midtrans"),
        ("finance_report", "POST", "/api/report"),
        ("finance_report", "POST", "/api/finance_report"),
    ],
    pictures: &["/midtrans/v2/gopay/{id}/qr-code"],
    notifies: true,
    has_statement: false,
    settings: &[("webhook_key", DEFAULT_KEY), ("bank_code", "014"), ("product_code", "BCAATM")],
};

const TRIPAY: Facts = Facts {
    name: "tripay",
    title: "Tripay",
    operations: &[
        ("payment_instruction", "GET", "/payment/instruction"),
        ("payment_channels", "GET", "/merchant/payment-channel"),
        ("fee_calculator", "GET", "/merchant/fee-calculator"),
        ("list_transactions", "GET", "/merchant/transactions"),
        ("create_transaction", "POST", "/transaction/create"),
        ("transaction_detail", "GET", "/transaction/detail"),
        ("check_status", "GET", "/transaction/check-status"),
    ],
    pictures: &["/qr/{reference}.svg"],
    notifies: true,
    has_statement: false,
    settings: &[("private_key", DEFAULT_KEY), ("merchant_code", "T0001"), ("qris_channel", "QRIS2")],
};

const MIDTRANS: Facts = Facts {
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
};
