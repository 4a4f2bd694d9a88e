//! A token that is not accepted any more: what is sent again, and what never is.

use crate::*;

const AN_HOUR: Duration = Duration::from_secs(3_600);

#[tokio::test]
async fn question_is_asked_again_after_any_likely_expiry() {
    for text in [
        "Sesi telah berakhir, silakan login kembali",
        "Silahkan login terlebih dahulu",
        "jwt expired",
        "Token has been expired",
        "Token is expired",
        "The token is not valid",
        "session expired",
        "Token tidak sah",
        "Sesi habis, silakan login lagi",
        "no",
    ] {
        let server = Server::start(fail(text)).await;
        let client = server.client_with_token(AN_HOUR);
        client.check_balance(&query()).await.unwrap();
        assert_eq!((server.logins(), server.tokens()), (1, vec!["stale".into(), "token-1".into()]), "{text}");
    }
}

#[tokio::test]
async fn question_with_a_young_token_is_repeated_for_known_reasons() {
    for (refusal, logins) in [
        (fail("jwt expired"), 1),
        (fail("Sesi telah berakhir, silakan login kembali"), 1),
        (fail("Silahkan login terlebih dahulu"), 1),
        (fail("Token has been expired"), 1),
        ((401, json!({})), 1),
        ((403, json!({})), 1),
        ((400, json!({"status": "fail", "message": "Token expired"})), 1),
        (fail("Member tidak ditemukan"), 0),
        ((500, json!({"status": "fail", "message": "jwt expired"})), 0),
        ((429, json!({"status": "fail", "message": "jwt expired"})), 0),
        ((200, json!({"status": "fail", "message": "jwt expired", "status_code": "401"})), 0),
    ] {
        let server = Server::start(refusal.clone()).await;
        let asked = server.client_with_token(Duration::from_secs(1)).check_balance(&query()).await;
        assert_eq!((server.logins(), asked.is_ok()), (logins, logins == 1), "{refusal:?}");
    }
}

#[tokio::test]
async fn unknown_refusal_is_doubted_from_five_minutes_on() {
    for (age, logins) in [(4 * 60, 0), (5 * 60 + 1, 1)] {
        let server = Server::start(fail("Member tidak ditemukan")).await;
        let asked = server.client_with_token(Duration::from_secs(age)).check_balance(&query()).await;
        assert_eq!((server.logins(), asked.is_ok()), (logins, logins == 1), "{age}");
    }
}

#[tokio::test]
async fn refusal_with_a_code_is_about_the_payment() {
    let server = Server::start((200, json!({"status": "fail", "message": "no", "status_code": "503"}))).await;
    server.client_with_token(AN_HOUR).check_balance(&query()).await.unwrap_err();
    assert_eq!(server.logins(), 0);
}

#[tokio::test]
async fn refusal_that_stays_costs_one_login_for_each_call() {
    for refusal in [fail("jwt expired"), (401, json!({}))] {
        let server = Server::answering(Duration::ZERO, move |_, _| refusal.clone()).await;
        let client = server.client();
        let error = client.check_balance(&query()).await.unwrap_err();
        assert_eq!((error.kind(), error.attempts()), (Kind::Authentication, 2));
        assert_eq!((server.logins(), server.tokens().len()), (2, 2));
    }
    // A right that no token has: one login is enough to know.
    let server = Server::answering(Duration::ZERO, |_, _| (403, json!({}))).await;
    let client = server.client();
    for _ in 0..5 {
        client.check_balance(&query()).await.unwrap_err();
    }
    assert_eq!((server.logins(), server.tokens().len()), (2, 6));
}

#[tokio::test]
async fn movement_of_money_is_never_sent_again_because_of_a_text() {
    for text in ["Transfer saved, notification unauthorized", "Token expired", "Unauthorized", "jwt expired", "no"] {
        for which in MOVEMENTS {
            let server = Server::start(fail(text)).await;
            let client = server.client_with_token(AN_HOUR);
            let error = move_money(&client, which).await.unwrap_err();
            assert_eq!(error.delivery(), Delivery::MaybeSent, "{error}");
            assert_eq!((server.logins(), server.tokens().len()), (0, 1), "{which} {text}");
            // The next call logs in: K-Link does not stand still.
            move_money(&client, which).await.unwrap();
            assert_eq!((server.logins(), server.tokens().len()), (1, 2), "{which} {text}");
        }
    }
}

#[tokio::test]
async fn movement_of_money_is_resent_after_a_documented_http_401_only() {
    let documented = (401, json!({"status": "fail", "message": "Unauthorized"}));
    for which in MOVEMENTS {
        let server = Server::start(documented.clone()).await;
        move_money(&server.client_with_token(AN_HOUR), which).await.unwrap();
        assert_eq!((server.logins(), server.tokens().len()), (1, 2), "{which}");
        for other in [
            (401, json!({})),
            (401, json!("no")),
            (403, json!({"status": "fail", "message": "Unauthorized"})),
            (401, json!({"status": "fail", "message": "Transfer saved, connection to the log unauthorized"})),
        ] {
            let server = Server::start(other.clone()).await;
            move_money(&server.client_with_token(AN_HOUR), which).await.unwrap_err();
            assert_eq!((server.logins(), server.tokens().len()), (0, 1), "{which} {other:?}");
        }
    }
}

#[tokio::test]
async fn creation_is_resent_only_when_the_whole_text_is_known() {
    for (text, is_sent_again) in [
        ("Token expired", true),
        (" jwt expired! ", true),
        ("UNAUTHORIZED.", true),
        ("Sesi telah berakhir", true),
        ("Payment saved, notification unauthorized", false),
        ("Token expired for the bank", false),
        ("Bank code not found!", false),
    ] {
        let server = Server::start(fail(text)).await;
        let client = server.client_with_token(AN_HOUR);
        let created = client.create_payment(&new_payment()).await;
        let calls = if is_sent_again { 2 } else { 1 };
        assert_eq!((created.is_ok(), server.tokens().len()), (is_sent_again, calls), "{text}");
        client.create_payment(&new_payment()).await.unwrap();
        assert_eq!((server.logins(), server.tokens().len()), (1, calls + 1), "{text}");
    }
    let server = Server::start(fail("Token expired")).await;
    let refund = RefundRequest::new(RefundRequestRequired { id_member: "m".into(), id_order: "O".into() });
    server.client_with_token(AN_HOUR).request_refund(&refund).await.unwrap();
    assert_eq!(server.tokens().len(), 2);
}

#[tokio::test]
async fn creation_whose_first_attempt_may_have_arrived_is_maybe_sent() {
    // The second attempt is refused in a conclusive form, the first one was not.
    let refusing = Server::answering(Duration::ZERO, {
        let count = AtomicUsize::new(0);
        move |_, _| match count.fetch_add(1, Ordering::SeqCst) {
            0 => fail("Token expired"),
            _ => (422, json!({"status": "fail", "message": "Jumlah minimal 1000"})),
        }
    })
    .await;
    let error = refusing.client().create_payment(&new_payment()).await.unwrap_err();
    assert_eq!((error.delivery(), error.attempts()), (Delivery::MaybeSent, 2));
}

#[tokio::test]
async fn old_token_is_renewed_before_it_is_refused() {
    let server = Server::start((401, json!({}))).await;
    server.client_with_token(Duration::from_secs(6 * 3_600 + 1)).check_balance(&query()).await.unwrap();
    assert_eq!((server.logins(), server.tokens()), (1, vec!["token-1".to_owned()]));
    // A younger one is sent first.
    server.client_with_token(Duration::from_secs(6 * 3_600 - 60)).check_balance(&query()).await.unwrap();
    assert_eq!((server.logins(), &server.tokens()[1..]), (2, &["stale".to_owned(), "token-2".to_owned()][..]));

    let client = server.client().with_session_age(Duration::ZERO);
    client.check_balance(&query()).await.unwrap();
    client.check_balance(&query()).await.unwrap();
    assert_eq!(server.logins(), 4);
    // Another store changes nothing about that.
    let client = client.with_session_store(Arc::new(MemorySessionStore::default()));
    client.check_balance(&query()).await.unwrap();
    client.check_balance(&query()).await.unwrap();
    assert_eq!(server.logins(), 6);

    let patient = server.client_with_token(Duration::from_secs(7 * 3_600)).with_session_age(8 * AN_HOUR);
    patient.check_balance(&query()).await.unwrap();
    assert_eq!(server.tokens().iter().filter(|token| *token == "stale").count(), 2);
}

#[tokio::test]
async fn dropped_call_does_not_block_the_next_login() {
    let server = Server::answering(Duration::from_millis(300), |_, path| success(path)).await;
    let client = server.client();
    tokio::time::timeout(Duration::from_millis(100), client.check_balance(&query())).await.unwrap_err();
    tokio::time::timeout(Duration::from_secs(3), client.check_balance(&query())).await.unwrap().unwrap();
}
