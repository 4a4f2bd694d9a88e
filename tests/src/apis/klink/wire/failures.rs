//! Failures of any operation.

use super::*;

#[tokio::test]
async fn both_failure_words_are_a_refusal_even_with_http_200() {
    for word in ["fail", "failed", "Failed"] {
        let server = replying(format!(r#"{{"status":"{word}","message":"Bank code tidak sesuai"}}"#)).await;
        let errors = call_errors(&client(&server)).await;
        assert_inconclusive(&errors, Kind::Rejected);
        assert!(errors.iter().all(|error| error.provider_message() == Some("Bank code tidak sesuai")));
    }
}

#[tokio::test]
async fn a_failure_code_says_what_happened() {
    for (code, kind) in [
        (r#""406""#, Kind::AlreadyDone),
        ("406", Kind::AlreadyDone),
        // The connection to the bank broke: nobody knows on which side of it the money is.
        (r#""503""#, Kind::Unavailable),
        (r#""900""#, Kind::Unavailable),
        (r#""05""#, Kind::Rejected),
        (r#""401""#, Kind::Authentication),
    ] {
        let body = format!(r#"{{"status":"failed","message":"no","status_code":{code}}}"#);
        let server = replying(body).await;
        let errors = call_errors(&client(&server)).await;
        // The document says only of the GoPay payment that these codes come before the work.
        let is_gopay = |error: &&Error| error.operation().unwrap().id == "create_gopay_payment";
        let is_conclusive = matches!(kind, Kind::AlreadyDone | Kind::Authentication);
        let gopay = errors.iter().find(is_gopay).expect("it is called");
        assert_error(gopay, kind, if is_conclusive { Delivery::Answered } else { Delivery::MaybeSent });
        for error in errors.iter().filter(|error| !is_gopay(error)) {
            let is_question = error.operation().unwrap().idempotency == Idempotency::Safe;
            let is_answered = is_question && kind != Kind::Unavailable;
            assert_error(error, kind, if is_answered { Delivery::Answered } else { Delivery::MaybeSent });
        }
        assert!(errors.iter().all(|error| error.code() == Some(code.trim_matches('"'))));
    }
}

#[tokio::test]
async fn http_401_means_that_the_token_is_not_accepted() {
    let server = server(|_| Reply::json(401, r#"{"status":"fail","message":"Access denied"}"#)).await;
    let errors = call_errors(&client(&server)).await;
    for error in &errors {
        // K-Link's document does not say that it comes before the work.
        let is_question = error.operation().unwrap().idempotency == Idempotency::Safe;
        assert_error(error, Kind::Authentication, if is_question { Delivery::Answered } else { Delivery::MaybeSent });
    }
    assert!(errors.iter().all(|error| error.provider_message() == Some("Access denied")));
}

#[tokio::test]
async fn every_operation_fails_with_an_http_failure() {
    let server = Server::replying(Reply::json(500, "{}")).await;
    let client = client(&server);
    let mut errors = call_errors(&client).await;
    // The calls never got past their login.
    assert_errors(&errors, Kind::Unavailable, Delivery::NotSent);
    let login = failure(client.login().await);
    assert_error(&login, Kind::Unavailable, Delivery::MaybeSent);
    errors.push(login);
    assert_complete(&errors, operations::ALL);
}

#[tokio::test]
async fn a_reply_without_flag_or_payload_is_no_success() {
    for body in ["", "{}", "null", r#"{"status":null}"#, r#"{"status":"pending"}"#, r#"{"status":true}"#, "OK"] {
        let server = replying(body).await;
        assert_errors(&call_errors(&client(&server)).await, Kind::UnexpectedReply, Delivery::MaybeSent);
    }
}

#[tokio::test]
async fn a_null_or_missing_payload_is_no_success() {
    for body in [
        r#"{"status":"success"}"#,
        r#"{"status":"success","data":"null","transaction":1,"last_saldo":""}"#,
        r#"{"status":"success","data":7,"transaction":"","last_saldo":null}"#,
    ] {
        let server = replying(body).await;
        let client = client(&server);
        for error in [
            failure(client.register_va(&new_wallet()).await),
            failure(client.check_balance(&balance_query()).await),
            failure(client.transaction_history(&history_query()).await),
            failure(client.reconcile(&reconcile_request()).await),
            failure(client.request_refund(&refund_request()).await),
            failure(client.list_banks().await),
            failure(client.create_payment(&new_payment()).await),
            failure(
                client
                    .list_gopay_banks(&GopayBankQuery::new(GopayBankQueryRequired {
                        nominal: rupiah(1),
                        pay_ship: rupiah(0),
                    }))
                    .await,
            ),
            failure(client.create_gopay_payment(&new_payment()).await),
            failure(client.finance_report(REPORT, &report_query()).await),
        ] {
            assert_error(&error, Kind::UnexpectedReply, Delivery::MaybeSent);
        }
    }
}

#[tokio::test]
async fn a_web_page_is_distinguished() {
    let server = server(|_| Reply::html(200)).await;
    assert_errors(&call_errors(&client(&server)).await, Kind::Html, Delivery::MaybeSent);
}
