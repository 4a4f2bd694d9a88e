//! The login, wallets and refunds: what is sent, and what the documented replies say.

use super::*;

#[tokio::test]
async fn login_sends_the_account_as_json_and_reads_the_token() {
    let server = replying("{}").await;
    let session = client(&server).login().await.unwrap();
    assert_eq!(session.authorization.expose(), "token-1");
    Expected::post("/auth/login").json(json!({"email": EMAIL, "password": PASSWORD})).assert("klink", &server.only());
}

#[tokio::test]
async fn register_va_sends_the_documented_json() {
    let server = replying(REGISTERED).await;
    client(&server).register_va(&new_wallet()).await.unwrap();
    assert_posted(
        &server,
        "/api/kwallet/register_va",
        json!({
            "id_member": "idspaaa025",
            "name": "Muammar Qathafi",
            "hp": "085736064900",
            "email": "muammarqathafi@gmail.com",
        }),
    );
}

#[tokio::test]
async fn register_va_reads_date_and_request_id_at_either_level() {
    let beside: Value = serde_json::from_str(REGISTERED).unwrap();
    let mut inside = beside.clone();
    for name in ["date", "rq_uuid"] {
        inside["data"][name] = inside.as_object_mut().unwrap().remove(name).unwrap();
    }
    for reply in [beside, inside] {
        let server = replying(reply.to_string()).await;
        let wallet = client(&server).register_va(&new_wallet()).await.unwrap();
        assert_eq!(wallet.message.as_deref(), Some("VA will be success Created!"));
        assert_eq!(some_utc(&wallet.date), "2021-07-29T04:03:33Z");
        assert_eq!(wallet.rq_uuid.unwrap(), "idspaaa025-20210729110329-30");
        let numbers: Vec<_> = wallet
            .data
            .iter()
            .map(|(bank, account)| (bank.as_str(), account.va_number.as_ref().unwrap().as_str()))
            .collect();
        assert_eq!(
            numbers,
            [
                ("002", "1248391000000058"),
                ("008", "8920891000000058"),
                ("011", "9628910000000058"),
                ("013", "8620910000000058"),
                ("014", "4490591000000058"),
                ("016", "7813191000000058"),
                ("022", "8079910000000058"),
                ("451", "9912142900000058"),
            ]
        );
        assert!(wallet.data.iter().all(|(bank, account)| account.bank_code == **bank));
        assert!(wallet.data.values().all(|account| account.error_code.as_ref().is_some_and(|code| *code == "00")));
        let account = &wallet.data["022"];
        assert_eq!((account.fee, account.total_amount), (Some(rupiah(3000)), Some(rupiah(3000))));
        assert_eq!(account.amount, Some(rupiah(0)));
        assert_eq!(some_utc(&account.expiry_date_time), "2021-07-31T22:43:32Z");
        assert_eq!(some_utc(&wallet.data["014"].expiry_date_time), "2021-07-31T22:43:31Z");
    }
}

#[tokio::test]
async fn check_balance_sends_documented_json_and_reads_balance() {
    let server = replying(BALANCE).await;
    let balance = client(&server).check_balance(&balance_query()).await.unwrap();
    assert_eq!(balance.last_saldo, rupiah(2000));
    assert_eq!(balance.message.as_deref(), Some("Saldo berhasil ditampilkan!"));
    assert_posted(&server, "/api/kwallet/check_saldo", json!({"id_member": "idspaa0012"}));
}

#[tokio::test]
async fn transaction_history_sends_the_documented_json() {
    let server = replying(HISTORY).await;
    client(&server).transaction_history(&history_query()).await.unwrap();
    let body = json!({"id_member": "idspaa0012", "startdate": "", "enddate": ""});
    assert_posted(&server, "/api/kwallet/history_transaction", body);
}

#[tokio::test]
async fn transaction_history_reads_a_list_as_string_or_as_list() {
    let list = json!([
        {"credit": "0.00", "debit": "1000000.00", "description": "test", "balance": "1000000.00",
            "datetime": "2021-06-17 22: 02: 04"},
        {"credit": "0.00", "debit": "2000000.00", "description": "XXXXX success Jubaidah Transfer Debit",
            "balance": "3000000.00", "datetime": "2021-06-17 15: 47: 00"},
        {"credit": "500000.00", "debit": "0.00", "description": "XXXXX success Jubaidah Transfer Debit",
            "balance": "2500000.00", "datetime": "2021-06-17 15: 47: 00"},
    ]);
    let escaped = json!({"status": "success", "transaction": list.to_string()}).to_string();
    let real = json!({"status": "success", "transaction": list}).to_string();
    for body in [HISTORY.to_owned(), escaped, real] {
        let server = replying(body.as_str()).await;
        let history = client(&server).transaction_history(&history_query()).await.unwrap();
        let entries: Vec<_> = history
            .transaction
            .iter()
            .map(|entry| (entry.debit.get(), entry.credit.get(), entry.balance.get(), utc(&entry.datetime)))
            .collect();
        assert_eq!(
            entries,
            [
                (1_000_000, 0, 1_000_000, "2021-06-17T15:02:04Z".to_owned()),
                (2_000_000, 0, 3_000_000, "2021-06-17T08:47:00Z".to_owned()),
                (0, 500_000, 2_500_000, "2021-06-17T08:47:00Z".to_owned()),
            ],
            "{body}"
        );
        assert_eq!(history.transaction[0].description.as_deref(), Some("test"));
    }
}

#[tokio::test]
async fn transaction_history_reads_an_empty_list_in_every_form() {
    for list in [r#""[]""#, "[]", r#""[ ]""#] {
        let server = replying(format!(r#"{{"status":"success","transaction":{list}}}"#)).await;
        let history = client(&server).transaction_history(&history_query()).await.unwrap();
        assert_eq!(history.transaction.len(), 0, "{list}");
    }
}

#[tokio::test]
async fn a_list_or_map_that_is_null_is_empty_but_a_payload_is_not() {
    let server = replying(r#"{"status":"success","data":null,"transaction":null}"#).await;
    let client = client(&server);
    assert_eq!(client.register_va(&new_wallet()).await.unwrap().data.len(), 0);
    assert_eq!(client.transaction_history(&history_query()).await.unwrap().transaction.len(), 0);
    for error in [
        failure(client.request_refund(&refund_request()).await),
        failure(client.list_banks().await),
        failure(client.finance_report(REPORT, &report_query()).await),
    ] {
        assert_error(&error, Kind::UnexpectedReply, Delivery::MaybeSent);
    }
}

#[tokio::test]
async fn one_bank_that_is_down_does_not_hide_the_others() {
    let body = r#"{"status":"success","data":{
        "011":{"va_number":"1","bank_code":"011","error_code":"00","fee":"","total_amount":"-"},
        "002":{"bank_code":"","error_code":"99"}}}"#;
    let server = replying(body).await;
    let wallet = client(&server).register_va(&new_wallet()).await.unwrap();
    assert_eq!((wallet.data.len(), wallet.data.unreadable()), (1, 1));
    assert_eq!((wallet.data["011"].va_number.as_ref().unwrap().as_str(), wallet.data["011"].fee), ("1", None));
    let server = replying(r#"{"status":"success","data":[]}"#).await;
    assert!(client(&server).register_va(&new_wallet()).await.unwrap().data.is_empty());
}

#[tokio::test]
async fn rows_of_a_report_are_read_with_holes_and_with_lists_in_them() {
    let row = r#"{"order_id":"A","status_code":"200","gross_amount":1000,"id":"x","va_numbers":[{"bank":"bca"}]}"#;
    let bad = row.replace("1000", "\"\"");
    for body in [format!("[{row},{bad},{row}]"), format!(r#"{{"10":{row},"2":{bad},"7":{row}}}"#)] {
        let server = replying(body).await;
        let rows = client(&server).finance_report(REPORT, &report_query()).await.unwrap();
        assert_eq!((rows.len(), rows.unreadable()), (2, 1));
        assert!(rows[0].va_numbers.is_none());
    }
}

#[tokio::test]
async fn transaction_history_refuses_a_truncated_list() {
    for body in [
        r#"{"status":"success","transaction":"[{"credit":"0.00""#,
        r#"{"status":"success","transaction":"[{\"credit\":\"0.00\""}"#,
        r#"{"status":"success","transaction":"[] x"}"#,
        r#"{"status":"success","transaction":""}"#,
    ] {
        let server = replying(body).await;
        let error = failure(client(&server).transaction_history(&history_query()).await);
        assert_error(&error, Kind::UnexpectedReply, Delivery::MaybeSent);
    }
}

#[tokio::test]
async fn transfer_sends_the_documented_json() {
    let server = replying(r#"{"stutas":"success","message":"OK"}"#).await;
    client(&server).transfer(&new_transfer()).await.unwrap();
    assert_posted(
        &server,
        "/api/kwallet/transfer_to_account",
        json!({
            "id_member_send": "idspaa0012",
            "amount": "100000",
            "description": "Transfer untuk uang makan",
            "id_member_receipt": "idspaaa090",
        }),
    );
}

#[tokio::test]
async fn transfer_reads_the_flag_in_both_spellings() {
    for flag in ["stutas", "status"] {
        let body = format!(r#"{{"{flag}":"success","message":"Payment transfer idspaa0012 to account idspaaa090!"}}"#);
        let server = replying(body).await;
        let receipt = client(&server).transfer(&new_transfer()).await.unwrap();
        assert_eq!(receipt.message.as_deref(), Some("Payment transfer idspaa0012 to account idspaaa090!"));

        let server = replying(format!(r#"{{"{flag}":"fail","message":"Saldo tidak cukup"}}"#)).await;
        let error = failure(client(&server).transfer(&new_transfer()).await);
        assert_error(&error, Kind::Rejected, Delivery::MaybeSent);
        assert_eq!(error.provider_message(), Some("Saldo tidak cukup"));
    }
}

#[tokio::test]
async fn redeem_voucher_sends_documented_json_and_reads_receipt() {
    let text = "Insert Voucher Saldo 10000 for ID Member idspaaa95913 Success!";
    let server = replying(format!(r#"{{"status":"success","message":"{text}"}}"#)).await;
    let receipt = client(&server).redeem_voucher(&voucher()).await.unwrap();
    assert_eq!(receipt.message.as_deref(), Some(text));
    assert_posted(
        &server,
        "/api/kwallet/voucher_saldo",
        json!({
            "voucher_code": "asdfkeijk",
            "amount": "10000",
            "description": "Transfer untuk uang makan",
            "id_member_receipt": "idspaaa95913",
        }),
    );
}

#[tokio::test]
async fn pay_from_wallet_sends_documented_json_and_reads_receipt() {
    let server = replying(r#"{"status":"success","message":"Payment ID Order 123456789 Success!"}"#).await;
    let receipt = client(&server).pay_from_wallet(&wallet_payment()).await.unwrap();
    assert_eq!(receipt.message.as_deref(), Some("Payment ID Order 123456789 Success!"));
    assert_posted(
        &server,
        "/api/kwallet/pay",
        json!({
            "id_member": "idspaa001",
            "amount": "90000",
            "id_order": "123456789",
            "description": "Pembelian Paket Klorofil",
        }),
    );
}

#[tokio::test]
async fn order_id_with_slashes_and_free_text_are_sent_verbatim() {
    let server = replying(r#"{"status":"success"}"#).await;
    let new = NewWalletPayment::new(NewWalletPaymentRequired {
        id_member: "idspaa001".into(),
        id_order: "1234/917/ATG".into(),
        amount: rupiah(90_000),
        description: "Kopi & teh \"enak\" é\n".into(),
    });
    client(&server).pay_from_wallet(&new).await.unwrap();
    assert_posted(
        &server,
        "/api/kwallet/pay",
        json!({
            "id_member": "idspaa001",
            "amount": "90000",
            "id_order": "1234/917/ATG",
            "description": "Kopi & teh \"enak\" é\n",
        }),
    );
}

#[tokio::test]
async fn reconcile_sends_the_documented_json_to_the_printed_path() {
    let server = replying(RECONCILED).await;
    client(&server).reconcile(&reconcile_request()).await.unwrap();
    assert_posted(&server, "/api/kwallet/reconcile/reconcile", json!({"id_order": "123456789"}));
}

#[tokio::test]
async fn reconcile_reads_a_payment_as_string_or_as_object() {
    let payment = json!({
        "id_member": "idspaa001", "order_id": "123456789", "comm_code": "SYSTEM", "datetime": "2021-07-28 18: 32: 11",
        "valuedate": "2021-07-28", "description": "Pembelian Paket Klorofil", "debit": "0.00", "credit": "90000.00",
        "balance": "270000.00",
    });
    let message = "Reconcile ID Order 123456789 Success!";
    let escaped = json!({"status": "success", "message": message, "data": payment.to_string()}).to_string();
    let real = json!({"status": "success", "message": message, "data": payment}).to_string();
    for body in [RECONCILED.to_owned(), escaped, real] {
        let server = replying(body).await;
        let reconciled = client(&server).reconcile(&reconcile_request()).await.unwrap();
        assert_eq!(reconciled.message.as_deref(), Some(message));
        let payment = reconciled.data;
        assert_eq!(payment.id_member, "idspaa001");
        assert_eq!(payment.order_id, "123456789");
        assert_eq!(payment.credit, rupiah(90_000));
        assert_eq!((payment.debit, payment.balance), (Some(rupiah(0)), Some(rupiah(270_000))));
        assert_eq!(some_utc(&payment.datetime), "2021-07-28T11:32:11Z");
        assert_eq!(payment.valuedate.as_deref(), Some("2021-07-28"));
        assert_eq!(payment.comm_code.as_deref(), Some("SYSTEM"));
    }
}

#[tokio::test]
async fn request_refund_sends_documented_json_and_reads_candidates() {
    let server = replying(REFUNDABLE).await;
    let candidates = client(&server).request_refund(&refund_request()).await.unwrap();
    let [candidate] = &candidates[..] else { panic!("one candidate") };
    assert_eq!(candidate.id_trans, "137");
    assert_eq!(candidate.id_member, "idspaa001");
    assert_eq!(candidate.id_order, "123456789");
    assert_eq!(candidate.credit, rupiah(90_000));
    assert_eq!(some_utc(&candidate.datetime), "2021-07-28T11:32:11Z");
    assert_posted(&server, "/api/escrow/refund", json!({"id_order": "123456789", "id_member": "idspaa001"}));
}

#[tokio::test]
async fn accept_refund_sends_documented_json_and_reads_receipt() {
    let server = replying(r#"{"status":"success","message":"success refund saldo for member idspaa001!"}"#).await;
    let receipt = client(&server).accept_refund(&refund_acceptance()).await.unwrap();
    assert_eq!(receipt.message.as_deref(), Some("success refund saldo for member idspaa001!"));
    assert_posted(
        &server,
        "/api/escrow/refund-accept",
        json!({
            "id_order": "123456789",
            "id_member": "idspaa001",
            "id_trans": "137",
            "note": "refund dana karena dokter tidak sedang standby",
        }),
    );
}

#[tokio::test]
async fn a_second_refund_is_reported_as_done_with_the_documented_text() {
    let text = "refund existing, id_trans:323, order_id:123456789, member_id:idspaa001, datetime:2021-10-27 12:01:25!";
    let server = replying(format!(r#"{{"status":"fail","message":"{text}"}}"#)).await;
    let error = failure(client(&server).accept_refund(&refund_acceptance()).await);
    assert_error(&error, Kind::AlreadyDone, Delivery::Answered);
    assert_eq!(error.provider_message(), Some(text));
    assert_eq!(tokens(&server), ["login", "token-1"]);
}
