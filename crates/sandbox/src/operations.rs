//! Which operation a call is: the `operationId` of the providers' OpenAPI specs, by method and path.

use url::form_urlencoded;

use crate::Provider;

/// The `operationId`, the method and the path. `{…}` stands for any text without a slash; a query in the path is one
/// parameter that the call must have.
type Row = (&'static str, &'static str, &'static str);

const KAZUKIPAY: &[Row] = &[
    ("create_payment", "POST", "/api/create.php"),
    ("payment_status", "POST", "/api/cekstatus.php"),
    ("payment_status_by_query", "GET", "/api/cekstatus.php"),
    ("cancel_payment", "POST", "/api/cancel.php"),
    ("check_mutations", "GET", "/api/mutasi_status.php?action=check"),
    ("run_mutations", "GET", "/api/mutasi_status.php?action=run"),
    ("public_check", "GET", "/api/public_check.php"),
];

const KROPAY: &[Row] = &[
    ("create_payment", "POST", "/api/v1/payment/create"),
    ("payment_status", "GET", "/api/v1/payment/status/{reference}"),
    ("qris_image", "GET", "/api/v1/qris/{reference}.svg"),
];

const PAYDIGITAL: &[Row] = &[
    ("create_payment", "POST", "/api/create_payment.php"),
    ("payment_status", "GET", "/api/payment.php"),
    ("payment_status_by_form", "POST", "/api/payment.php"),
];

/// Both APIs have operations of one name, so each name begins with the API's.
const PAKASIR: &[Row] = &[
    ("v1/create_transaction", "POST", "/api/transactioncreate/{method}"),
    ("v1/transaction_detail", "GET", "/api/transactiondetail"),
    ("v1/cancel_transaction", "POST", "/api/transactioncancel"),
    ("v1/simulate_payment", "POST", "/api/paymentsimulation"),
    ("v2/create_transaction", "POST", "/api/v2/create-transaction/{slug}/{order_id}"),
    ("v2/transaction_status", "GET", "/api/v2/transaction-status/{slug}/{txn_id}"),
    ("v2/cancel_transaction", "POST", "/api/v2/cancel-transaction/{slug}/{txn_id}"),
    ("v2/payment_fee", "GET", "/api/v2/payment-fee/{amount}"),
];

/// The document spells some paths in two ways; the path of the report is ours.
const KLINK: &[Row] = &[
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
];

fn table(provider: Provider) -> &'static [Row] {
    match provider {
        Provider::Kazukipay => KAZUKIPAY,
        Provider::Kropay => KROPAY,
        Provider::Paydigital => PAYDIGITAL,
        Provider::Pakasir => PAKASIR,
        Provider::Klink => KLINK,
    }
}

/// All operations of a provider, each once.
pub(crate) fn all(provider: Provider) -> Vec<&'static str> {
    let mut all: Vec<_> = table(provider).iter().map(|(id, ..)| *id).collect();
    all.dedup();
    all
}

/// Whether the provider keeps a call that it refuses, so that another call may carry it out.
pub(crate) fn keeps_failed(provider: Provider, operation: &str) -> bool {
    provider == Provider::Klink && operation == "pay_from_wallet"
}

/// The operation that a call is, if it is one.
pub(crate) fn of(provider: Provider, method: &str, path: &str, query: Option<&str>) -> Option<&'static str> {
    let is_it = |(_, of_method, template): &&Row| {
        let (of_path, of_query) = template.split_once('?').unwrap_or((template, ""));
        *of_method == method && is_of(path, of_path) && has(query.unwrap_or_default(), of_query)
    };
    table(provider).iter().find(is_it).map(|(id, ..)| *id)
}

fn is_of(path: &str, template: &str) -> bool {
    let (mut segments, mut wanted) = (path.split('/'), template.split('/'));
    loop {
        match (segments.next(), wanted.next()) {
            (None, None) => return true,
            (Some(segment), Some(wanted)) if is_segment_of(segment, wanted) => {}
            _ => return false,
        }
    }
}

fn is_segment_of(segment: &str, wanted: &str) -> bool {
    match wanted.strip_prefix('{').and_then(|wanted| wanted.split_once('}')) {
        Some((_, end)) => segment.len() > end.len() && segment.ends_with(end),
        None => segment == wanted,
    }
}

fn has(query: &str, wanted: &str) -> bool {
    let Some((name, value)) = wanted.split_once('=') else { return true };
    // Of several with one name the last counts, as when the providers' code reads them.
    let last = form_urlencoded::parse(query.as_bytes()).filter(|(found, _)| found == name).last();
    last.is_some_and(|(_, found)| found == value)
}
