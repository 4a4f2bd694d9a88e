//! The session: when the client logs in, and what becomes of a refused token.

use super::*;

#[tokio::test]
async fn nothing_is_sent_before_the_first_call() {
    let server = replying(BALANCE).await;
    let client = client(&server);
    tokio::time::sleep(Duration::from_millis(50)).await;
    server.assert_untouched();
    client.check_balance(&balance_query()).await.unwrap();
    assert_eq!(tokens(&server), ["login", "token-1"]);
}

#[tokio::test]
async fn one_login_serves_all_later_calls_and_all_clones() {
    let server = replying(BALANCE).await;
    let client = client(&server);
    client.check_balance(&balance_query()).await.unwrap();
    client.clone().check_balance(&balance_query()).await.unwrap();
    client.check_balance(&balance_query()).await.unwrap();
    assert_eq!(tokens(&server), ["login", "token-1", "token-1", "token-1"]);
}

/// Asks for the balance twenty times at once.
async fn twenty_at_once(client: &Client) {
    let calls: Vec<_> = (0..20)
        .map(|_| {
            let client = client.clone();
            tokio::spawn(async move { client.check_balance(&balance_query()).await })
        })
        .collect();
    for call in calls {
        assert_eq!(call.await.unwrap().unwrap().last_saldo, rupiah(2000));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn twenty_callers_share_one_login() {
    let server = slow_server(Duration::from_millis(100), |_| Reply::json(200, BALANCE)).await;
    twenty_at_once(&client(&server)).await;
    let tokens = tokens(&server);
    assert_eq!(tokens.iter().filter(|token| *token == "login").count(), 1);
    assert_eq!(tokens.iter().filter(|token| *token == "token-1").count(), 20);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn twenty_callers_share_one_login_after_a_refused_token() {
    let server = slow_server(Duration::from_millis(50), |request| match token(request) {
        "token-1" => Reply::json(401, UNAUTHORIZED),
        _ => Reply::json(200, BALANCE),
    })
    .await;
    twenty_at_once(&client(&server)).await;
    let tokens = tokens(&server);
    assert_eq!(tokens.iter().filter(|token| *token == "login").count(), 2);
    assert_eq!(tokens.iter().filter(|token| *token == "token-2").count(), 20);
}

#[tokio::test]
async fn token_is_sent_verbatim_from_either_level_of_the_login() {
    for login in [
        r#"{"status":"success","message":"OK","Authorization":"eyJ0 ab+/=.x_y-z"}"#,
        r#"{"status":"success","data":{"Authorization":"eyJ0 ab+/=.x_y-z"}}"#,
        r#"{"status":"Success","Authorization":null,"data":{"Authorization":"eyJ0 ab+/=.x_y-z","id":1}}"#,
    ] {
        let server = Server::start(move |request| match is_login(request) {
            true => Reply::json(200, login),
            false => Reply::json(200, BALANCE),
        })
        .await;
        client(&server).check_balance(&balance_query()).await.unwrap();
        assert_eq!(tokens(&server), ["login", "eyJ0 ab+/=.x_y-z"]);
    }
}

#[tokio::test]
async fn question_with_a_refused_token_is_asked_again_with_a_new_one() {
    for refusal in [
        Reply::json(401, "{}"),
        Reply::html(401),
        Reply::json(403, r#"{"status":"fail","message":"Forbidden"}"#),
        Reply::json(200, r#"{"status":"failed","message":"Unauthorized"}"#),
        Reply::json(200, r#"{"status":"failed","message":"Token expired"}"#),
    ] {
        let server = server(move |request| match token(request) {
            "token-1" => refusal.clone(),
            _ => Reply::json(200, BALANCE),
        })
        .await;
        let client = client(&server);
        client.check_balance(&balance_query()).await.unwrap();
        assert_eq!(tokens(&server), ["login", "token-1", "login", "token-2"]);
        let sent = server.sent();
        assert_eq!((&sent[1].target, &sent[1].body), (&sent[3].target, &sent[3].body));

        client.check_balance(&balance_query()).await.unwrap();
        assert_eq!(tokens(&server)[4..], ["token-2"]);
    }
}

#[tokio::test]
async fn movement_of_money_is_resent_only_after_a_documented_401() {
    for (refusal, is_sent_again) in [
        (Reply::json(401, UNAUTHORIZED), true),
        (Reply::json(401, "{}"), false),
        (Reply::html(401), false),
        (Reply::json(200, r#"{"status":"failed","message":"Unauthorized"}"#), false),
        (Reply::json(200, r#"{"status":"failed","message":"Token expired"}"#), false),
    ] {
        let server = server(move |request| match token(request) {
            "token-1" => refusal.clone(),
            _ => Reply::json(200, r#"{"status":"success","message":"Payment ID Order 123456789 Success!"}"#),
        })
        .await;
        let client = client(&server);
        assert_eq!(client.pay_from_wallet(&wallet_payment()).await.is_ok(), is_sent_again);
        // What was refused for its token makes the next call log in.
        client.pay_from_wallet(&wallet_payment()).await.unwrap();
        let last = if is_sent_again { &["login", "token-2", "token-2"][..] } else { &["login", "token-2"] };
        assert_eq!(tokens(&server)[2..], *last);
    }
}

#[tokio::test]
async fn a_second_refusal_of_the_token_is_returned() {
    let server = server(|_| Reply::json(401, UNAUTHORIZED)).await;
    let error = failure(client(&server).pay_from_wallet(&wallet_payment()).await);
    assert_error(&error, Kind::Authentication, Delivery::MaybeSent);
    assert_eq!(error.operation().unwrap().id, "pay_from_wallet");
    assert_eq!(tokens(&server), ["login", "token-1", "login", "token-2"]);
}

#[tokio::test]
async fn no_other_failure_sends_the_call_again() {
    for (status, body) in [
        (200, r#"{"status":"fail","message":"Saldo tidak cukup"}"#),
        (500, r#"{"status":"fail","message":"Unauthorized"}"#),
        (503, "{}"),
        (429, "{}"),
        (200, "{}"),
        (403, "<html>"),
        (403, r#"{"status":"fail","message":"Forbidden"}"#),
        // Midtrans refusing K-Link, a token of another kind, and a code that is about Midtrans' keys.
        (200, r#"{"status":"fail","message":"Pembelian token listrik gagal"}"#),
        (
            200,
            r#"{"status":"fail","message":"Access denied due to unauthorized transaction, please check client or server key"}"#,
        ),
        (200, r#"{"status":"failed","message":"no","status_code":"401"}"#),
        (200, r#"{"status":"failed","message":"invalid token","status_code":"503"}"#),
    ] {
        let server = server(move |_| Reply::json(status, body)).await;
        failure(client(&server).pay_from_wallet(&wallet_payment()).await);
        assert_eq!(tokens(&server), ["login", "token-1"], "{status} {body}");
    }
}

#[tokio::test]
async fn a_failed_login_means_that_the_call_was_not_sent() {
    for (reply, kind) in [
        (Reply::json(200, r#"{"status":"fail","message":"Email atau password salah"}"#), Kind::Rejected),
        (Reply::json(401, r#"{"status":"failed","message":"Wrong password"}"#), Kind::Authentication),
        (Reply::json(500, "{}"), Kind::Unavailable),
        (Reply::json(200, "{}"), Kind::UnexpectedReply),
        (Reply::json(200, r#"{"status":"success","message":"OK"}"#), Kind::UnexpectedReply),
        (Reply::json(200, r#"{"status":"success","Authorization":null}"#), Kind::UnexpectedReply),
        (Reply::json(200, r#"{"status":"success","data":{"Authorization":7}}"#), Kind::UnexpectedReply),
        (Reply::html(200), Kind::Html),
    ] {
        let server = Server::replying(reply).await;
        let error = failure(client(&server).pay_from_wallet(&wallet_payment()).await);
        assert_error(&error, kind, Delivery::NotSent);
        // Whatever the reply to a login holds may be a token.
        assert_eq!((error.provider_message(), error.body()), (None, None));
        assert_eq!(error.operation().unwrap().id, "pay_from_wallet");
        assert_eq!(tokens(&server), ["login"]);
    }
}

#[tokio::test]
async fn callers_who_wait_for_a_login_share_its_failure() {
    let refused = r#"{"status":"fail","message":"Email atau password salah"}"#;
    let server = Server::slow(Duration::from_millis(500), move |_| Reply::json(200, refused)).await;
    let client = client(&server);
    let calls = (0..20).map(|_| {
        let client = client.clone();
        tokio::spawn(async move { client.check_balance(&balance_query()).await })
    });
    for call in calls.collect::<Vec<_>>() {
        let error = failure(call.await.unwrap());
        assert_error(&error, Kind::Rejected, Delivery::NotSent);
        assert_eq!(error.provider_message(), None);
    }
    assert!(tokens(&server).len() <= 5, "{:?}", tokens(&server));
}

#[tokio::test]
async fn one_deadline_covers_the_login_and_the_call() {
    let server = Server::slow(Duration::from_secs(1), |request| match is_login(request) {
        true => Reply::json(200, r#"{"status":"success","Authorization":"token-1"}"#),
        false => Reply::json(200, BALANCE),
    })
    .await;
    for (deadline, kind, delivery) in
        [(300, Kind::Timeout, Delivery::NotSent), (1_600, Kind::Timeout, Delivery::MaybeSent)]
    {
        let settings = Client::builder(credentials()).base_url(server.url());
        let client = settings.timeout(Duration::from_millis(deadline)).build().unwrap();
        let error = failure(client.pay_from_wallet(&wallet_payment()).await);
        assert_error(&error, kind, delivery);
    }
}

#[tokio::test]
async fn a_login_reply_that_is_not_understood_is_not_shown() {
    for login in [r#"{"status":"ok","Authorization":"CANARY"}"#, r#"{"status":"success","token":"CANARY"}"#] {
        let server = Server::replying(Reply::json(200, login)).await;
        let client = client(&server);
        for error in [failure(client.login().await), failure(client.check_balance(&balance_query()).await)] {
            let source = std::error::Error::source(&error).map(|source| format!("{source} {source:?}"));
            let said = format!("{error} {error:?} {:?} {source:?}", error.body());
            assert!(!said.contains("CANARY"), "{said}");
        }
    }
}

#[tokio::test]
async fn a_token_that_no_header_can_hold_is_neither_sent_nor_kept() {
    for unusable in ["", r"a\nb"] {
        let logins = AtomicUsize::new(0);
        let server = Server::start(move |request| match (is_login(request), logins.load(Ordering::SeqCst)) {
            (true, 0) => {
                logins.store(1, Ordering::SeqCst);
                Reply::json(200, format!(r#"{{"status":"success","Authorization":"{unusable}"}}"#))
            }
            (true, _) => Reply::json(200, r#"{"status":"success","Authorization":"token-2"}"#),
            (false, _) => Reply::json(200, BALANCE),
        })
        .await;
        let client = client(&server);
        let error = failure(client.check_balance(&balance_query()).await);
        assert_eq!(error.delivery(), Delivery::NotSent, "{error:?}");
        assert_eq!(tokens(&server), ["login"]);
        client.check_balance(&balance_query()).await.unwrap();
        assert_eq!(tokens(&server), ["login", "login", "token-2"]);
    }
}

#[tokio::test]
async fn a_login_after_a_failed_one_may_succeed() {
    let requests = AtomicUsize::new(0);
    let server = Server::start(move |request| match (is_login(request), requests.fetch_add(1, Ordering::SeqCst)) {
        (true, 0) => Reply::json(503, "{}"),
        (true, _) => Reply::json(200, r#"{"status":"success","Authorization":"token-2"}"#),
        (false, _) => Reply::json(200, BALANCE),
    })
    .await;
    let client = client(&server);
    assert_error(&failure(client.check_balance(&balance_query()).await), Kind::Unavailable, Delivery::NotSent);
    client.check_balance(&balance_query()).await.unwrap();
    assert_eq!(tokens(&server), ["login", "login", "token-2"]);
}

#[tokio::test]
async fn a_login_is_attempted_again_within_the_call_that_waits_for_it() {
    let requests = AtomicUsize::new(0);
    let server = Server::start(move |request| match (is_login(request), requests.fetch_add(1, Ordering::SeqCst)) {
        (true, 0) => Reply::json(503, "{}"),
        (true, _) => Reply::json(200, r#"{"status":"success","Authorization":"token-2"}"#),
        (false, _) => Reply::json(200, r#"{"status":"success","message":"Payment Success!"}"#),
    })
    .await;
    let client = client(&server).with_retry(Retry::default());
    client.pay_from_wallet(&wallet_payment()).await.unwrap();
    assert_eq!(tokens(&server), ["login", "login", "token-2"]);
}

#[tokio::test]
async fn an_error_counts_the_attempts_with_the_refused_token_too() {
    let server = server(|_| Reply::json(401, "{}")).await;
    assert_eq!(failure(client(&server).check_balance(&balance_query()).await).attempts(), 2);
}

#[tokio::test]
async fn the_printed_alternative_paths_can_be_chosen() {
    let server = server(|request| match request.path() {
        "/api/listbank" => Reply::json(200, BANKS),
        "/api/pay_service_new" => Reply::json(200, CREATED),
        "/api/kwallet/reconcile" => Reply::json(200, RECONCILED),
        "/api/kwallet/voucher_saldo_kwallet" => Reply::json(200, r#"{"status":"success"}"#),
        _ => Reply::json(404, "{}"),
    })
    .await;
    let client = Client::builder(credentials())
        .base_url(server.url())
        .path(&operations::REDEEM_VOUCHER, "/api/kwallet/voucher_saldo_kwallet")
        .path(&operations::RECONCILE, "/api/kwallet/reconcile")
        .path(&operations::LIST_BANKS, "/api/listbank")
        .path(&operations::CREATE_PAYMENT, "/api/pay_service_new")
        .build()
        .unwrap();
    client.redeem_voucher(&voucher()).await.unwrap();
    client.reconcile(&reconcile_request()).await.unwrap();
    client.list_banks().await.unwrap();
    client.create_payment(&new_payment()).await.unwrap();
    let targets: Vec<_> = server.sent().into_iter().skip(1).map(|sent| sent.target).collect();
    assert_eq!(
        targets,
        ["/api/kwallet/voucher_saldo_kwallet", "/api/kwallet/reconcile", "/api/listbank", "/api/pay_service_new",]
    );
}
