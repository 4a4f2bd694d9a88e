//! A server on this machine that gives the replies of the providers' documents.

use httpmock::{Method, MockServer};
use serde_json::{Value, json};

/// Starts the stand-in; it stops when it is dropped.
pub async fn start() -> MockServer {
    let server = MockServer::start_async().await;
    for (method, path, status, reply) in replies() {
        server
            .mock_async(|when, then| {
                when.method(method).path(path);
                then.status(status).json_body(reply);
            })
            .await;
    }
    server
}

fn replies() -> Vec<(Method, &'static str, u16, Value)> {
    use Method::{GET, POST};

    vec![
        (
            POST,
            "/kazukipay/api/create.php",
            200,
            json!({
                "status": true,
                "message": "Payment created successfully.",
                "data": {
                    "transaction_id": 12, "custom_id": "ORD-001", "project_id": 1, "amount": 10000,
                    "unique_amount": 10243, "qris_url": "https://img2...", "expired_at": "2026-03-10 20:00:00",
                },
            }),
        ),
        (
            POST,
            "/kazukipay/api/cekstatus.php",
            200,
            json!({
                "status": true,
                "message": "Transaction status retrieved.",
                "data": {
                    "transaction_id": 12, "custom_id": "ORD-001", "status": "PAID", "amount": 10000,
                    "unique_amount": 10243, "net_amount": 10140, "qris_url": "https://img2...",
                    "expired_at": "2026-03-10 20:00:00",
                },
            }),
        ),
        (
            POST,
            "/kropay/api/v1/payment/create",
            201,
            json!({
                "success": true, "reference": "PG-20260529A1B2", "merchant_ref": "ORDER-12345", "amount": 10000,
                "fee": 20, "unique_code": 20, "total_amount": 10020, "status": "pending",
                "expired_at": "2026-05-30 15:30:00",
                "qris_string": "00020101021226580011ID.CO.QREN.WWW0118...",
                "qris_image": "https://kropay.krispediadigital.my.id/api/v1/qris/PG-20260529A1B2.svg",
            }),
        ),
        (
            GET,
            "/kropay/api/v1/payment/status/PG-20260529A1B2",
            200,
            json!({
                "success": true, "reference": "PG-20260529A1B2", "merchant_ref": "ORDER-12345", "amount": 10000,
                "fee": 20, "total_amount": 10020, "net_amount": 10000, "status": "success",
                "created_at": "2026-05-29 15:00:00", "paid_at": "2026-05-29 15:30:00",
            }),
        ),
        (
            POST,
            "/paydigital/api/create_payment.php",
            200,
            json!({
                "status": "success",
                "data": {
                    "invoice": "PYG20231201123456", "amount": 10000, "unique_code": 387, "total_amount": 10387,
                    "qr_content": "000201010212266....DBD7",
                    "qr_url": "https://api.qrserver.com/v1/create-qr-code/?size=300x300&data=...",
                    "payment_url": "http://paydigital.biz.id/pay.php?invoice=PYG20231201123456",
                    "expired_at": "2023-12-01 15:00:00",
                },
            }),
        ),
        (
            GET,
            "/paydigital/api/payment.php",
            200,
            json!({
                "status": "success",
                "data": {
                    "invoice": "PYG20231201123456", "amount": 10000, "unique_code": 387, "total_amount": 10387,
                    "status": "paid", "paid_at": "2023-12-01 14:30:00", "customer_name": "John Doe",
                    "store_name": "Toko Example",
                },
            }),
        ),
        (
            POST,
            "/pakasir/api/transactioncreate/qris",
            200,
            json!({"payment": {
                "project": "depodomain", "order_id": "INV123123", "amount": 99000, "fee": 1003,
                "total_payment": 100003, "payment_method": "qris",
                "payment_number": concat!(
                    "00020101021226610016ID.CO.SHOPEE.WWW01189360091800216005230208216005230303UME51440014ID.CO.QRIS.WWW",
                    "0215ID10243228429300303UME5204792953033605409100003.005802ID5907Pakasir6012KAB. KEBUMEN610554392",
                    "62230519SP25RZRATEQI2HQ65Q46304A079"
                ),
                "expired_at": "2025-09-19T01:18:49.678622564Z",
            }}),
        ),
        (
            GET,
            "/pakasir/api/transactiondetail",
            200,
            json!({"transaction": {
                "amount": 99000, "order_id": "INV123123", "project": "depodomain", "status": "completed",
                "payment_method": "qris", "completed_at": "2024-09-10T08:07:02.819+07:00",
            }}),
        ),
        (POST, "/klink/auth/login", 200, json!({"status": "success", "message": "", "Authorization": "a-token"})),
        (
            POST,
            "/klink/api/kwallet/pay",
            200,
            json!({"status": "success", "message": "Payment ID Order 123456789 Success!"}),
        ),
        (
            POST,
            "/klink/api/kwallet/reconcile/reconcile",
            200,
            json!({
                "status": "success",
                "message": "Reconcile ID Order 123456789 Success!",
                // JSON inside a string, as the document has it.
                "data": json!({
                    "id_member": "idspaa001", "order_id": "123456789", "comm_code": "SYSTEM",
                    "datetime": "2021-07-28 18: 32: 11", "valuedate": "2021-07-28",
                    "description": "Pembelian Paket Klorofil", "debit": "0.00", "credit": "90000.00",
                    "balance": "270000.00",
                }).to_string(),
            }),
        ),
    ]
}
