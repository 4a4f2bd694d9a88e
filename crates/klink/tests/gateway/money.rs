//! Movements of money in wallets: refusals, refunds, reconciliation.

use crate::*;

fn a_refund(id_trans: &str) -> RefundAcceptance {
    RefundAcceptance::new(RefundAcceptanceRequired {
        id_order: "123456789".into(),
        id_member: "idspaa001".into(),
        id_trans: id_trans.into(),
        note: "Refund".into(),
    })
}

#[tokio::test]
async fn refused_movement_of_money_proves_nothing_and_says_what_to_do() {
    let reply = json!({"status": "fail", "message": "Payment failed"});
    let server = Server::start("/api/kwallet/pay", reply.clone()).await;
    let payment = NewWalletPayment::new(NewWalletPaymentRequired {
        amount: Rupiah::new(90_000),
        description: "d".into(),
        id_member: "m".into(),
        id_order: "O".into(),
    });
    let error = fails(server.client().pay_from_wallet(&payment).await, Kind::Rejected, Delivery::MaybeSent);
    assert!(error.contains("call `reconcile` with the same `id_order`"), "{error}");

    let server = Server::start("/api/kwallet/transfer_to_account", reply.clone()).await;
    let error = fails(server.client().transfer(&a_transfer()).await, Kind::Rejected, Delivery::MaybeSent);
    assert!(error.contains("transaction_history"), "{error}");

    let server = Server::start("/api/kwallet/voucher_saldo", reply.clone()).await;
    let voucher = VoucherRedemption::new(VoucherRedemptionRequired {
        amount: Rupiah::new(1_000),
        description: "d".into(),
        id_member_receipt: "b".into(),
        voucher_code: "v".into(),
    });
    let error = fails(server.client().redeem_voucher(&voucher).await, Kind::Rejected, Delivery::MaybeSent);
    assert!(error.contains("transaction_history"), "{error}");

    let server = Server::start("/api/escrow/refund-accept", reply.clone()).await;
    let error = fails(server.client().accept_refund(&a_refund("1")).await, Kind::Rejected, Delivery::MaybeSent);
    assert!(error.contains("transaction_history"), "{error}");

    let server = Server::start(VA, reply.clone()).await;
    fails(server.va().create_payment(&new("KLNU00252", 1_000)).await, Kind::Rejected, Delivery::MaybeSent);
    let server = Server::start(GOPAY, reply).await;
    fails(server.gopay().create_payment(&new("KLNU00252", 1_000)).await, Kind::Rejected, Delivery::MaybeSent);
}

#[tokio::test]
async fn question_of_the_first_step_is_no_receipt_of_a_refund() {
    let row = json!({"id_trans": 137, "id_member": "idspaa001", "credit": 90000, "id_order": "123456789"});
    let question = "Apakah benar data yang akan direfund?";
    for reply in [
        json!({"data": [row], "status": "success", "message": question}),
        json!({"data": [row], "status": "success", "message": "OK"}),
        json!({"data": row, "status": "success"}),
        json!({"status": "success", "message": question}),
        json!({"data": [], "status": "success", "message": format!("{} ", question.to_uppercase())}),
        json!({"status": "success", "message": "Is this the data to be refunded?"}),
        json!({"status": "success", "message": "Apakah benar data yang akan direfund"}),
    ] {
        let server = Server::start("/api/escrow/refund-accept", reply).await;
        let failed = server.client().accept_refund(&a_refund("137")).await;
        assert_eq!(failed.as_ref().unwrap_err().operation().unwrap().id, "accept_refund");
        fails(failed, Kind::UnexpectedReply, Delivery::MaybeSent);
    }
    for reply in [
        json!({"status": "success", "message": "success refund saldo for member idspaa001!"}),
        json!({"status": "success", "message": "done", "data": []}),
        json!({"status": "success"}),
    ] {
        let server = Server::start("/api/escrow/refund-accept", reply).await;
        server.client().accept_refund(&a_refund("137")).await.unwrap();
    }
    assert!(gerbang_klink::operations::ACCEPT_REFUND.alternative_paths.is_empty());
}

#[tokio::test]
async fn reconciliation_of_another_order_is_a_mismatch() {
    let ask = async |data: Value, order: &str| {
        let reply = json!({"status": "success", "data": data});
        let server = Server::start("/api/kwallet/reconcile/reconcile", reply).await;
        server.client().reconcile(&ReconcileRequest::new(order)).await
    };
    let object = json!({"id_member": "m", "order_id": "O", "credit": "90000.00"});
    for data in [object.clone(), json!(object.to_string())] {
        assert_eq!(ask(data.clone(), "O").await.unwrap().data.credit, Rupiah::new(90_000));
        let failed = ask(data, "X").await;
        assert_eq!(failed.as_ref().unwrap_err().operation().unwrap().id, "reconcile");
        fails(failed, Kind::EchoMismatch, Delivery::MaybeSent);
    }
    let number = json!({"id_member": "m", "order_id": 123456789, "credit": "90000.00"});
    assert!(ask(number, "123456789").await.is_ok());
}

#[tokio::test]
async fn member_twice_in_json_inside_a_string_is_refused() {
    let twice = r#"{"id_member":"m","order_id":"O","credit":"90000","credit":"1"}"#;
    for data in [twice.to_owned(), json!(twice).to_string()] {
        let server = MockServer::start_async().await;
        let body = format!(r#"{{"status":"success","Authorization":"t","data":{data}}}"#);
        server
            .mock_async(|when, then| {
                when.method("POST");
                then.status(200).body(body);
            })
            .await;
        let failed = client(&server.base_url()).reconcile(&ReconcileRequest::new("O")).await;
        fails(failed, Kind::UnexpectedReply, Delivery::MaybeSent);
    }
    let row = r#"{"credit":"1","debit":"0","balance":"1","balance":"2","datetime":"2021-06-17 22:02:04"}"#;
    let server = MockServer::start_async().await;
    let body = format!(r#"{{"status":"success","Authorization":"t","transaction":[{row}]}}"#);
    server
        .mock_async(|when, then| {
            when.method("POST");
            then.status(200).body(body);
        })
        .await;
    let query = HistoryQuery::new(HistoryQueryRequired {
        id_member: "m".into(),
        startdate: String::new(),
        enddate: String::new(),
    });
    let history = client(&server.base_url()).transaction_history(&query).await.unwrap();
    assert_eq!((history.transaction.len(), history.transaction.unreadable()), (0, 1));
}

#[tokio::test]
async fn empty_map_that_php_wrote_as_a_list_is_read() {
    let new = NewWallet::new(NewWalletRequired {
        id_member: "m".into(),
        name: "n".into(),
        hp: "08".into(),
        email: "a@b.id".into(),
    });
    for (data, is_read) in [(json!([]), true), (json!({}), true), (json!(null), true), (json!([1]), false)] {
        let reply = json!({"status": "success", "data": data, "date": "2021-07-29 11:03:33"});
        let server = Server::start("/api/kwallet/register_va", reply).await;
        match server.client().register_va(&new).await {
            Ok(wallet) => assert!(is_read && wallet.data.is_empty() && wallet.date.is_some(), "{data}"),
            Err(error) => assert!(!is_read && error.kind() == Kind::UnexpectedReply, "{data}: {error}"),
        }
    }
}

#[tokio::test]
async fn second_refund_is_recognised_whatever_the_password_is() {
    let server =
        Server::start("/api/escrow/refund-accept", json!({"status": "fail", "message": "refund existing"})).await;
    let credentials = Credentials::new("shop@example.com", "refund");
    let client = Client::builder(credentials).base_url(server.server.base_url()).build().unwrap();
    let error = client.accept_refund(&a_refund("1")).await.unwrap_err();
    assert_eq!((error.kind(), error.delivery()), (Kind::AlreadyDone, Delivery::Answered));
    assert_eq!(error.provider_message(), Some("[redacted] existing"));
}

#[tokio::test]
async fn a_second_refund_is_read_in_parts() {
    let text = "refund existing, id_trans:323, order_id:123456789,\nmember_id:idspaa001, datetime:2021-10-27 12:01:25!";
    let refund = a_refund("323");
    let server = Server::start("/api/escrow/refund-accept", json!({"status": "fail", "message": text})).await;
    let error = server.client().accept_refund(&refund).await.unwrap_err();
    let before = AlreadyRefunded::from_error(&error).expect("a second refund");
    assert_eq!(before.text, text);
    assert_eq!((before.is_of(&refund), before.is_of(&a_refund("138"))), (Some(true), None));
    assert_eq!(before.id_trans.unwrap(), "323");
    assert_eq!(before.order_id.unwrap(), "123456789");
    assert_eq!(before.member_id.as_deref(), Some("idspaa001"));
    assert_eq!(before.datetime.unwrap().text(), "2021-10-27 12:01:25");

    let server =
        Server::start("/api/escrow/refund-accept", json!({"status": "fail", "message": "no such order"})).await;
    let error = server.client().accept_refund(&refund).await.unwrap_err();
    assert_eq!(AlreadyRefunded::from_error(&error), None);
}
