//! One token for several processes, and what a failing store means.

use crate::*;

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

/// A store that does not answer at once.
struct Remote(MemorySessionStore);

impl SessionStore for Remote {
    fn load(&self) -> Answer<'_, Option<StoredSession>> {
        Box::pin(async {
            tokio::task::yield_now().await;
            self.0.load().await
        })
    }

    fn replace<'a>(&'a self, seen: Option<u64>, new: &'a StoredSession) -> Answer<'a, bool> {
        Box::pin(async move {
            tokio::task::yield_now().await;
            self.0.replace(seen, new).await
        })
    }
}

#[tokio::test]
async fn logout_waits_for_the_store() {
    let server = Server::start((401, json!({}))).await;
    let client = server.client().with_session_store(Arc::new(Remote(MemorySessionStore::default())));
    client.check_balance(&query()).await.unwrap();
    client.logout().await.unwrap();
    client.check_balance(&query()).await.unwrap();
    assert_eq!(server.logins(), 2);
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

    // With a store each they end each other's sessions, as the stand-in must, or this test shows nothing.
    let server = Server::start(fail("Unauthorized")).await;
    let own = [server.client(), server.client()];
    for _ in 0..3 {
        for client in &own {
            client.check_balance(&query()).await.unwrap();
        }
    }
    assert_eq!(server.logins(), 6);
}

#[tokio::test]
async fn token_of_another_process_is_used_until_it_has_ended_too() {
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
    for name in ["StoredSession {", " MemorySessionStore ", "Session { transport: ", "Session {\n"] {
        assert!(shown.contains(name), "{name:?} in {shown}");
    }
    assert!(!shown.contains("CANARY"), "{shown}");
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
