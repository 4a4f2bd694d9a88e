//! The session: when it logs in anew, what is sent again and what never is, and several processes with one token.
#![cfg(feature = "client")]

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use gerbang_core::{Answer, Delivery, Error, Kind, Retry, Rupiah};
use gerbang_klink::types::{
    BalanceQuery, CreatePayment, NewTransfer, NewTransferRequired, NewWalletPayment, NewWalletPaymentRequired,
    ReconcileRequest, RefundAcceptance, RefundAcceptanceRequired, RefundRequest, RefundRequestRequired,
    VoucherRedemption, VoucherRedemptionRequired,
};
use gerbang_klink::{Client, Credentials, MemorySessionStore, SessionStore, StoredSession};
use httpmock::{HttpMockRequest, HttpMockResponse, MockServer};
use jiff::Timestamp;
use serde_json::{Value, json};

type Reply = (u16, Value);

/// A stand-in for K-Link: each login gives another token and ends the session before it.
struct Server {
    server: MockServer,
    seen: Arc<Mutex<Seen>>,
}

#[derive(Default)]
struct Seen {
    logins: usize,
    /// Path and token of each call.
    calls: Vec<(String, String)>,
}

impl Server {
    /// Answers calls with a token that is not the last login's by `refusal`, and others by success.
    async fn start(refusal: Reply) -> Self {
        Self::answering(Duration::ZERO, move |is_live, path| if is_live { success(path) } else { refusal.clone() })
            .await
    }

    async fn answering(delay: Duration, answer: impl Fn(bool, &str) -> Reply + Send + Sync + 'static) -> Self {
        let server = MockServer::start_async().await;
        let seen = Arc::<Mutex<Seen>>::default();
        let state = Arc::clone(&seen);
        let respond = move |request: &HttpMockRequest| {
            let mut seen = state.lock().unwrap();
            let path = request.uri().path().to_owned();
            let (status, body) = if path == "/auth/login" {
                seen.logins += 1;
                (200, json!({"status": "success", "Authorization": format!("token-{}", seen.logins)}))
            } else {
                let token = request.headers().get("authorization").unwrap().to_str().unwrap().to_owned();
                let is_live = token == format!("token-{}", seen.logins);
                seen.calls.push((path.clone(), token));
                answer(is_live, &path)
            };
            HttpMockResponse::builder()
                .status(status)
                .header("content-type", "application/json")
                .body(body.to_string())
                .build()
        };
        server
            .mock_async(|when, then| {
                when.method("POST");
                then.delay(delay).respond_with(respond);
            })
            .await;
        Self { server, seen }
    }

    fn client(&self) -> Client {
        let credentials = Credentials::new("shop@example.com", "not-a-real-password");
        Client::builder(credentials).base_url(self.server.base_url()).retry(Retry::none()).build().unwrap()
    }

    /// A client whose token is this old and is not accepted any more.
    fn client_with_token(&self, age: Duration) -> Client {
        let since = Timestamp::now() - age;
        let store = MemorySessionStore::default();
        let value = json!({"token": "stale", "since": since.to_string()}).to_string();
        replace_now(&store, None, &StoredSession::new(7, value));
        self.client().with_session_store(Arc::new(store))
    }

    fn logins(&self) -> usize {
        self.seen.lock().unwrap().logins
    }

    fn tokens(&self) -> Vec<String> {
        self.seen.lock().unwrap().calls.iter().map(|(_, token)| token.clone()).collect()
    }

    /// Ends the session, as a login elsewhere does.
    fn end_session(&self) {
        self.seen.lock().unwrap().logins += 1;
    }
}

fn replace_now(store: &MemorySessionStore, seen: Option<u64>, new: &StoredSession) {
    let mut replaced = store.replace(seen, new);
    let mut context = std::task::Context::from_waker(std::task::Waker::noop());
    assert!(matches!(replaced.as_mut().poll(&mut context), std::task::Poll::Ready(Ok(true))));
}

fn success(path: &str) -> Reply {
    let body = match path {
        "/api/kwallet/check_saldo" => json!({"status": "success", "last_saldo": "2000.00"}),
        "/api/kwallet/reconcile/reconcile" => {
            json!({"status": "success", "data": {"id_member": "m", "order_id": "O", "credit": "1"}})
        }
        "/api/pay_service" => json!({"status": "success", "data": {"is_va": "0", "kd_pay": "174"}}),
        "/api/escrow/refund" => json!({"status": "success", "data": []}),
        _ => json!({"status": "success", "message": "done"}),
    };
    (200, body)
}

fn fail(text: &str) -> Reply {
    (200, json!({"status": "fail", "message": text}))
}

fn query() -> BalanceQuery {
    BalanceQuery::new("m")
}

fn new_payment() -> CreatePayment {
    serde_json::from_value(json!({
        "rq_uuid": "u", "rq_datetime": "2026-01-01 00:00:00", "order_id": "O", "no_hp": "08", "fullname": "n",
        "email": "a@b.id", "bank_code": "014", "product_code": "BCAATM", "nominal": "1000", "pay_ship": "0",
    }))
    .unwrap()
}

/// The calls that move money, by number.
async fn move_money(client: &Client, which: usize) -> Result<(), Error> {
    let amount = Rupiah::new(1_000);
    match which {
        0 => {
            let transfer = NewTransfer::new(NewTransferRequired {
                amount,
                description: "d".into(),
                id_member_receipt: "b".into(),
                id_member_send: "a".into(),
            });
            client.transfer(&transfer).await.map(drop)
        }
        1 => {
            let voucher = VoucherRedemption::new(VoucherRedemptionRequired {
                amount,
                description: "d".into(),
                id_member_receipt: "b".into(),
                voucher_code: "v".into(),
            });
            client.redeem_voucher(&voucher).await.map(drop)
        }
        2 => {
            let payment = NewWalletPayment::new(NewWalletPaymentRequired {
                amount,
                description: "d".into(),
                id_member: "a".into(),
                id_order: "O".into(),
            });
            client.pay_from_wallet(&payment).await.map(drop)
        }
        3 => {
            let refund = RefundAcceptance::new(RefundAcceptanceRequired {
                id_order: "O".into(),
                id_member: "m".into(),
                id_trans: "1".into(),
                note: "n".into(),
            });
            client.accept_refund(&refund).await.map(drop)
        }
        _ => client.reconcile(&ReconcileRequest::new("O")).await.map(drop),
    }
}

const MOVEMENTS: std::ops::Range<usize> = 0..5;

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
async fn question_with_a_young_token_is_asked_again_only_for_a_known_reason() {
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
async fn movement_of_money_is_sent_again_after_http_401_in_the_documented_form_only() {
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
async fn creation_is_sent_again_only_when_the_whole_text_is_a_known_one() {
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
async fn creation_whose_first_attempt_may_have_arrived_stays_maybe_sent() {
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

    let client = server.client().with_session_age(Duration::ZERO);
    client.check_balance(&query()).await.unwrap();
    client.check_balance(&query()).await.unwrap();
    assert_eq!(server.logins(), 3);

    let patient = server.client_with_token(Duration::from_secs(7 * 3_600)).with_session_age(8 * AN_HOUR);
    patient.check_balance(&query()).await.unwrap();
    assert_eq!(server.tokens().iter().filter(|token| *token == "stale").count(), 1);
}

#[tokio::test]
async fn next_call_after_logout_logs_in_for_all_who_share_the_store() {
    let server = Server::start((401, json!({}))).await;
    let store = Arc::new(MemorySessionStore::default());
    let [one, other] = [server.client(), server.client()].map(|client| client.with_session_store(store.clone()));
    one.check_balance(&query()).await.unwrap();
    other.check_balance(&query()).await.unwrap();
    assert_eq!(server.logins(), 1);
    one.logout().await.unwrap();
    one.logout().await.unwrap();
    one.check_balance(&query()).await.unwrap();
    other.check_balance(&query()).await.unwrap();
    assert_eq!(server.logins(), 2);
    // A client that has never logged in has nothing to forget.
    server.client().logout().await.unwrap();
}

/// As several processes: each client has a session of its own, and one store.
async fn five_processes(server: &Server, stores: [Arc<dyn SessionStore>; 5]) -> usize {
    let mut tasks = Vec::new();
    for store in stores {
        let client = server.client().with_session_store(store);
        tasks.push(tokio::spawn(async move {
            let mut failures = 0;
            for _ in 0..40 {
                failures += usize::from(client.check_balance(&query()).await.is_err());
            }
            failures
        }));
    }
    let mut failures = 0;
    for task in tasks {
        failures += task.await.unwrap();
    }
    failures
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn processes_that_share_a_store_share_one_login() {
    let server = Server::start(fail("Unauthorized")).await;
    let store: Arc<dyn SessionStore> = Arc::new(MemorySessionStore::default());
    let failures = five_processes(&server, std::array::from_fn(|_| store.clone())).await;
    println!("one store: {} logins, {failures} of 200 calls failed", server.logins());
    assert_eq!((failures, server.logins()), (0, 1));

    // A login elsewhere ends the session for all of them at once.
    server.end_session();
    let failures = five_processes(&server, std::array::from_fn(|_| store.clone())).await;
    println!("one store, ended once: {} logins, {failures} of 200 calls failed", server.logins() - 1);
    assert_eq!(failures, 0);
    assert!(server.logins() - 1 <= 3, "{}", server.logins());

    let server = Server::start(fail("Unauthorized")).await;
    let own = || -> Arc<dyn SessionStore> { Arc::new(MemorySessionStore::default()) };
    let failures = five_processes(&server, std::array::from_fn(|_| own())).await;
    println!("a store each: {} logins, {failures} of 200 calls failed", server.logins());
    assert!(server.logins() > 5, "the stand-in must end sessions, or this test shows nothing");
}

#[tokio::test]
async fn token_of_another_process_is_used_and_renewed_when_it_has_ended_too() {
    let server = Server::start((401, json!({}))).await;
    let store = Arc::new(MemorySessionStore::default());
    let client = server.client().with_session_store(store.clone());
    client.check_balance(&query()).await.unwrap();
    // Another process has logged in: the store has its token, version 2 being this client's.
    server.end_session();
    let since = Timestamp::now().to_string();
    replace_now(&store, Some(2), &StoredSession::new(3, json!({"token": "token-2", "since": since}).to_string()));
    client.check_balance(&query()).await.unwrap();
    assert_eq!(server.tokens(), ["token-1", "token-1", "token-2"]);
    assert_eq!(server.logins(), 2, "no login of its own");
    // That one has ended too, and so has what the store has now.
    server.end_session();
    replace_now(&store, Some(3), &StoredSession::new(4, json!({"token": "ended", "since": since}).to_string()));
    client.check_balance(&query()).await.unwrap();
    assert_eq!(server.tokens()[3..], ["token-2", "ended", "token-4"]);
}

#[tokio::test]
async fn dropped_call_does_not_block_the_next_login() {
    let server = Server::answering(Duration::from_millis(300), |_, path| success(path)).await;
    let client = server.client();
    tokio::time::timeout(Duration::from_millis(100), client.check_balance(&query())).await.unwrap_err();
    tokio::time::timeout(Duration::from_secs(3), client.check_balance(&query())).await.unwrap().unwrap();
}

#[tokio::test]
async fn login_of_another_process_is_awaited_within_the_deadline() {
    let server = Server::start((401, json!({}))).await;
    let store = Arc::new(MemorySessionStore::default());
    replace_now(&store, None, &StoredSession::new(1, r#"{"owner": 12345}"#));
    let client = server.client().with_session_store(store.clone());
    let error = client.with_timeout(Duration::from_millis(250)).check_balance(&query()).await.unwrap_err();
    assert_eq!((error.kind(), error.delivery(), server.logins()), (Kind::Timeout, Delivery::NotSent, 0));

    let ends = tokio::spawn(async move {
        tokio::time::sleep(Duration::from_millis(200)).await;
        let since = Timestamp::now().to_string();
        store.replace(Some(1), &StoredSession::new(2, json!({"token": "token-0", "since": since}).to_string())).await
    });
    client.check_balance(&query()).await.unwrap();
    assert!(ends.await.unwrap().unwrap());
    assert_eq!((server.logins(), server.tokens()), (0, vec!["token-0".to_owned()]));
}

#[tokio::test]
async fn what_another_version_has_kept_is_replaced() {
    let server = Server::start((401, json!({}))).await;
    for value in
        ["", "not JSON", "{}", "[]", r#"{"token": "", "since": null}"#, r#"{"token": 7}"#, r#"{"token": "a\nb"}"#]
    {
        let store = MemorySessionStore::default();
        replace_now(&store, None, &StoredSession::new(5, value));
        server.client().with_session_store(Arc::new(store)).check_balance(&query()).await.unwrap();
    }
    assert_eq!(server.logins(), 7);
}

/// A store that cannot be asked.
struct Broken(AtomicBool);

impl SessionStore for Broken {
    fn load(&self) -> Answer<'_, Option<StoredSession>> {
        Box::pin(async {
            match self.0.load(Ordering::SeqCst) {
                true => Err(Error::new(Kind::Connect, Delivery::MaybeSent, "the database is away")),
                false => Ok(None),
            }
        })
    }

    fn replace<'a>(&'a self, _: Option<u64>, _: &'a StoredSession) -> Answer<'a, bool> {
        Box::pin(async { Err(Error::new(Kind::Disconnected, Delivery::MaybeSent, "the database has gone")) })
    }
}

#[tokio::test]
async fn failed_store_means_that_the_call_was_not_sent() {
    for (is_away, kind) in [(true, Kind::Connect), (false, Kind::Disconnected)] {
        let server = Server::start((401, json!({}))).await;
        let client = server.client().with_session_store(Arc::new(Broken(AtomicBool::new(is_away))));
        let error = move_money(&client, 0).await.unwrap_err();
        assert_eq!((error.kind(), error.delivery()), (kind, Delivery::NotSent));
        assert_eq!(error.operation().unwrap().id, "transfer");
        assert_eq!((server.logins(), server.tokens().len()), (0, 0));
    }
}

#[test]
fn nothing_shows_the_token() {
    let stored = StoredSession::new(1, r#"{"token":"CANARY"}"#);
    let store = MemorySessionStore::default();
    replace_now(&store, None, &stored);
    let credentials = Credentials::new("shop@example.com", "CANARY-password");
    let shown = format!("{stored:?} {store:?}");
    let client = Client::new(credentials).unwrap().with_session_store(Arc::new(store));
    let shown = format!("{shown} {client:?} {client:#?}");
    assert!(shown.contains("StoredSession") && !shown.contains("CANARY"), "{shown}");
}

#[tokio::test]
async fn tokens_of_a_store_that_are_all_refused_end_the_call() {
    /// A store with another token each time.
    struct Restless(AtomicUsize);
    impl SessionStore for Restless {
        fn load(&self) -> Answer<'_, Option<StoredSession>> {
            let version = self.0.fetch_add(1, Ordering::SeqCst) as u64;
            let value = json!({"token": "ended", "since": Timestamp::now().to_string()}).to_string();
            Box::pin(async move { Ok(Some(StoredSession::new(version, value))) })
        }

        fn replace<'a>(&'a self, _: Option<u64>, _: &'a StoredSession) -> Answer<'a, bool> {
            Box::pin(async { Ok(false) })
        }
    }
    let server = Server::start((401, json!({}))).await;
    let client = server.client().with_session_store(Arc::new(Restless(AtomicUsize::new(0))));
    assert_eq!(client.check_balance(&query()).await.unwrap_err().kind(), Kind::Authentication);
    assert_eq!((server.logins(), server.tokens().len()), (0, 3));
}

#[tokio::test]
async fn store_that_keeps_nothing_ends_the_call_in_time() {
    struct Stubborn;
    impl SessionStore for Stubborn {
        fn load(&self) -> Answer<'_, Option<StoredSession>> {
            Box::pin(async { Ok(Some(StoredSession::new(1, json!({"token": "t"}).to_string()))) })
        }

        fn replace<'a>(&'a self, _: Option<u64>, _: &'a StoredSession) -> Answer<'a, bool> {
            Box::pin(async { Ok(false) })
        }
    }
    let server = Server::start((401, json!({}))).await;
    let client = server.client().with_timeout(Duration::from_millis(250)).with_session_store(Arc::new(Stubborn));
    let error = client.check_balance(&query()).await.unwrap_err();
    assert_eq!((error.kind(), error.delivery(), server.logins()), (Kind::Timeout, Delivery::NotSent, 0));
    assert_eq!(client.logout().await.unwrap_err().kind(), Kind::Timeout);
}
