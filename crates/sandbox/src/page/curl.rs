//! The call that asks for a payment's status, as curl. Credentials are the caller's environment variables.

use url::form_urlencoded::byte_serialize;

use crate::Provider;
use crate::providers;
use crate::state::Record;

/// The command for a provider's API at an address.
pub(super) fn status_call(url: &str, record: &Record) -> String {
    let escaped = |text: &str| byte_serialize(text.as_bytes()).collect::<String>();
    let (order, reference) = (escaped(&record.order), escaped(&record.reference));
    match record.provider {
        Provider::Kazukipay => format!(
            "curl -H \"Authorization: Bearer $GERBANG_KAZUKIPAY_API_KEY\" '{url}/api/cekstatus.php?custom_id={order}'"
        ),
        Provider::Paydigital => format!(
            "curl -H \"Authorization: Bearer $GERBANG_PAYDIGITAL_API_KEY\" '{url}/api/payment.php?invoice={reference}'"
        ),
        Provider::Kropay => {
            format!("curl -H \"X-API-KEY: $GERBANG_KROPAY_API_KEY\" '{url}/api/v1/payment/status/{reference}'")
        }
        Provider::Pakasir if providers::is_of_pakasir_v2(record) => format!(
            "curl -H \"X-Api-Key: $GERBANG_PAKASIR_API_KEY\" \
             \"{url}/api/v2/transaction-status/$GERBANG_PAKASIR_PROJECT/{reference}\""
        ),
        Provider::Pakasir => format!(
            "curl -G --data-urlencode \"project=$GERBANG_PAKASIR_PROJECT\" \
             --data-urlencode \"api_key=$GERBANG_PAKASIR_API_KEY\" \
             '{url}/api/transactiondetail?order_id={order}&amount={}'",
            record.amount
        ),
        // A payment is known by the report alone, and the report by a session.
        Provider::Klink => format!(
            "token=$(curl -s -d \"{{\\\"email\\\": \\\"$GERBANG_KLINK_EMAIL\\\", \
             \\\"password\\\": \\\"$GERBANG_KLINK_PASSWORD\\\"}}\" '{url}/auth/login' \
             | sed 's/.*\"Authorization\":\"\\([^\"]*\\)\".*/\\1/')\n\
             curl -H \"Authorization: $token\" -d '{{\"datetime_start\": \"\", \"datetime_end\": \"\", \
             \"bank_code\": \"{}\", \"transaction_status\": \"all\"}}' '{url}/api/report'",
            providers::klink_bank(record)
        ),
    }
}
