//! Payments and reports: what is sent, and what the documented replies say.

use super::*;

#[tokio::test]
async fn list_banks_posts_an_empty_body_that_says_so() {
    let server = replying(BANKS).await;
    client(&server).list_banks().await.unwrap();
    let sent = only_call(&server);
    assert!(sent.headers.contains(&("content-length".into(), "0".into())), "{sent:?}");
    Expected::post("/api/list_bank").header("authorization", "token-1").assert("klink", &sent);
}

#[tokio::test]
async fn list_banks_reads_the_documented_reply() {
    let server = replying(BANKS).await;
    let banks = client(&server).list_banks().await.unwrap();
    let [bank] = &banks[..] else { panic!("one bank") };
    assert_eq!((bank.bank_code.as_str(), bank.product_code.as_str()), ("014", "BCAATM"));
    assert_eq!(bank.bank_display_nm.as_deref(), Some("BANK BCA"));
    assert_eq!(bank.product_name.as_deref(), Some("BCA VA Online"));
    assert_eq!(bank.kategori.as_deref(), Some("Transfer Bank (VA)"));
    assert_eq!(bank.bankacc, None);
    assert_eq!((bank.charge_admin, bank.charge_connectivity), (Some(rupiah(0)), Some(rupiah(0))));
    assert_eq!(bank.id.as_ref().unwrap(), &"42");
    assert!(bank.status.unwrap().is_set());
    for flag in [bank.install_6, bank.install_12, bank.is_installment] {
        assert!(!flag.unwrap().is_set());
    }
}

#[tokio::test]
async fn list_banks_reads_every_form_of_a_missing_bank_account() {
    for (written, read) in
        [("0", None), (r#""""#, None), ("null", None), (r#""-""#, None), ("1190000879898", Some("1190000879898"))]
    {
        let server = replying(BANKS.replace(r#""bankacc": 0"#, &format!(r#""bankacc": {written}"#))).await;
        let banks = client(&server).list_banks().await.unwrap();
        assert_eq!(banks[0].bankacc.as_ref().map(|account| account.as_str()), read, "{written}");
    }
}

#[tokio::test]
async fn list_gopay_banks_sends_documented_json_and_reads_nulls() {
    let server = replying(GOPAY_BANKS).await;
    let query = GopayBankQuery::new(GopayBankQueryRequired { nominal: rupiah(1_000_000), pay_ship: rupiah(5000) });
    let banks = client(&server).list_gopay_banks(&query).await.unwrap();
    let [bank] = &banks[..] else { panic!("one bank") };
    assert_eq!((bank.bank_code.as_str(), bank.product_code.as_str()), ("gopay", "e_money"));
    assert_eq!(bank.charge_admin, Some(rupiah(2500)));
    assert_eq!((&bank.bankacc, bank.install_12, &bank.img_url), (&None, None, &None));
    assert!(bank.status.unwrap().is_set());
    assert_posted(&server, "/api/list_bank_midtrans", json!({"nominal": "1000000", "pay_ship": "5000"}));
}

#[tokio::test]
async fn create_payment_sends_numbers_as_strings_and_no_absent_option() {
    let server = replying(CREATED).await;
    client(&server).create_payment(&new_payment()).await.unwrap();
    assert_posted(&server, "/api/pay_service", new_payment_json());

    let server = replying(CREATED).await;
    let mut new = new_payment().comm_code("DEV");
    new.order_id = "1234/917/ATG".into();
    client(&server).create_payment(&new).await.unwrap();
    let mut body = new_payment_json();
    body["comm_code"] = "DEV".into();
    body["order_id"] = "1234/917/ATG".into();
    assert_posted(&server, "/api/pay_service", body);
}

#[tokio::test]
async fn create_payment_reads_a_transfer_and_a_card() {
    let server = replying(CREATED).await;
    let payment = client(&server).create_payment(&new_payment()).await.unwrap();
    assert_eq!(payment.total_bayar, Some(rupiah(474_765)));
    assert_eq!(payment.total_belanja, Some(rupiah(469_000)));
    assert_eq!((payment.pay_ship, payment.kode_unik), (Some(rupiah(5000)), Some(rupiah(765))));
    assert_eq!(payment.kd_pay.unwrap(), "174");
    assert_eq!(payment.kd_ref.unwrap(), "KLNU00252");
    assert_eq!((payment.is_va.unwrap().is_set(), payment.koneksi.unwrap().is_set()), (false, true));

    let body = r#"{"status":"success","data":{"url_pay":"https://payment.example.com/card/1","is_va":0}}"#;
    let server = replying(body).await;
    let payment = client(&server).create_payment(&new_payment()).await.unwrap();
    assert_eq!(payment.url_pay.as_deref(), Some("https://payment.example.com/card/1"));
    assert_eq!((payment.total_bayar, payment.kd_pay), (None, None));
}

#[tokio::test]
async fn create_gopay_payment_sends_the_documented_json() {
    let server = replying(GOPAY_CREATED).await;
    client(&server).create_gopay_payment(&new_payment()).await.unwrap();
    assert_posted(&server, "/api/pay_service_midtrans", new_payment_json());
}

#[tokio::test]
async fn create_gopay_payment_reads_the_documented_reply() {
    let server = replying(GOPAY_CREATED).await;
    let created = client(&server).create_gopay_payment(&new_payment()).await.unwrap();
    assert_eq!(created.message.as_deref(), Some("Payment Request has been success!"));
    let payment = created.data;
    assert_eq!(payment.order_id.unwrap(), "klnu01978");
    assert_eq!(payment.transaction_id.unwrap(), "c91bcecf-7528-4b29-aef1-8cdf8fffc187");
    assert_eq!(payment.status_code, "201");
    assert_eq!(payment.transaction_status.unwrap(), GopayTransactionStatus::Pending);
    assert_eq!(payment.fraud_status.unwrap(), FraudStatus::Accept);
    assert_eq!(payment.gross_amount, Some(rupiah(2000)));
    assert_eq!((payment.nominal, payment.pay_ship), (Some(rupiah(1500)), Some(rupiah(500))));
    assert_eq!(some_utc(&payment.transaction_time), "2022-07-27T10:18:51Z");
    assert_eq!(some_utc(&payment.rq_datetime), "2022-07-27T08:48:11Z");
    assert_eq!(payment.currency.as_deref(), Some("IDR"));
    assert_eq!(payment.merchant_id.unwrap(), "G798896536");
    assert_eq!(payment.permata_va_number, None);
    let actions: Vec<_> = payment.actions.iter().map(|action| action.name.known().unwrap()).collect();
    assert_eq!(
        actions,
        [
            GopayActionName::GenerateQrCode,
            GopayActionName::DeeplinkRedirect,
            GopayActionName::GetStatus,
            GopayActionName::Cancel,
        ]
    );
    assert_eq!(
        payment.actions[0].url,
        "https://api.veritrans.co.id/v2/gopay/c91bcecf-7528-4b29-aef1-8cdf8fffc187/qr-code"
    );
    assert_eq!(payment.actions[3].method.as_deref(), Some("POST"));
    let input = created.data_input.unwrap();
    assert_eq!(input.rq_uuid.unwrap(), "klnu01978");
    assert_eq!((input.nominal, input.pay_ship), (Some(rupiah(1500)), Some(rupiah(500))));
}

#[tokio::test]
async fn create_gopay_payment_reads_missing_and_null_options() {
    let mut reply: Value = serde_json::from_str(GOPAY_CREATED).unwrap();
    for name in ["actions", "fraud_status", "transaction_time", "nominal", "merchant_id", "permata_va_number"] {
        reply["data"][name] = Value::Null;
    }
    reply["data_input"] = Value::Null;
    let null = reply.to_string();
    reply["data"].as_object_mut().unwrap().retain(|_, value| !value.is_null());
    reply.as_object_mut().unwrap().remove("data_input");
    for body in [null, reply.to_string()] {
        let server = replying(body).await;
        let created = client(&server).create_gopay_payment(&new_payment()).await.unwrap();
        assert!(created.data_input.is_none());
        assert_eq!((created.data.actions.len(), created.data.nominal), (0, None));
        assert_eq!(created.data.gross_amount, Some(rupiah(2000)));
    }
}

#[tokio::test]
async fn finance_report_sends_the_documented_json_to_the_callers_path() {
    let server = replying(REPORTED).await;
    client(&server).finance_report(REPORT, &report_query()).await.unwrap();
    assert_posted(
        &server,
        "/api/report/gopay",
        json!({
            "datetime_start": "",
            "datetime_end": "2022-09-28 11:27:31",
            "bank_code": "gopay",
            "transaction_status": "all",
        }),
    );
}

#[tokio::test]
async fn finance_report_reads_the_documented_list() {
    let server = replying(REPORTED).await;
    let rows = client(&server).finance_report(REPORT, &report_query()).await.unwrap();
    let amounts: Vec<_> = rows.iter().map(|row| (row.order_id.as_str(), row.gross_amount.get())).collect();
    assert_eq!(
        amounts,
        [
            ("klnu01983", 1000),
            ("klnu01989", 1000),
            ("DEV-220908-MHZTHJW", 48_000),
            ("DEV-220908-EGTQ1WF", 48_000),
            ("DEV-220908-5DDHSN4", 48_000),
        ]
    );
    assert!(rows.iter().all(|row| row.status_code == "201" && row.va_numbers.is_none()));
    assert!(rows.iter().all(|row| row.signature_key.as_ref().unwrap().len() == 128));
    assert_eq!(rows[0].id, "ecddb899-2357-46e2-97d5-93d84673035e");
    assert_eq!(rows[0].bank_code.as_deref(), Some("gopay"));
    assert_eq!(rows[0].fraud_status.as_ref().unwrap(), &FraudStatus::Accept);
    assert_eq!(some_utc(&rows[0].notification_time), "2022-08-08T07:01:09Z");
    assert_eq!(some_utc(&rows[0].inquiry_time), "2022-08-08T07:01:09Z");
}

#[tokio::test]
async fn the_path_of_a_report_has_encoded_segments() {
    for (path, target) in [
        ("report", "/report"),
        ("/api/report", "/api/report"),
        ("api/ü/a b", "/api/%C3%BC/a%20b"),
        ("api/%2e%2e/x", "/api/%252e%252e/x"),
        ("report?x=1#y", "/report%3Fx%3D1%23y"),
    ] {
        let server = replying("[]").await;
        let rows = client(&server).finance_report(path, &report_query()).await.unwrap();
        assert_eq!((rows.len(), only_call(&server).target.as_str()), (0, target));
    }
}

#[tokio::test]
async fn report_path_that_leads_to_another_address_is_not_sent() {
    let server = replying("[]").await;
    let client = client(&server);
    for path in ["", "/", ".", "..", "api/../auth/login", "api/./x", "api//x", "api/"] {
        let error = failure(client.finance_report(path, &report_query()).await);
        assert_error(&error, Kind::InvalidRequest, Delivery::NotSent);
    }
    let sent = server.sent();
    assert!(sent.iter().all(is_login), "{sent:#?}");
}
