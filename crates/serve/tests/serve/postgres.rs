//! On PostgreSQL, by two daemons.

use gerbang::ledger::sqlx::{AssertSqlSafe, Connection, Executor, PgConnection};
use gerbang_sandbox::Provider;
use tokio::task::{LocalSet, spawn_local};

use crate::shop::{Shop, unique, until};
use crate::webhooks::{Receiver, outcomes};

/// A schema of its own at `GERBANG_TEST_POSTGRES`, or else on this machine. None, with a note, where there is no server; on CI
/// that is a failure.
async fn schema() -> Option<(String, String)> {
    let server = std::env::var("GERBANG_TEST_POSTGRES");
    let server = server.unwrap_or_else(|_| "postgres://postgres@127.0.0.1:5432/test".to_owned());
    let mut conn = match PgConnection::connect(&server).await {
        Ok(conn) => conn,
        Err(error) if std::env::var("CI").is_ok_and(|ci| ci == "true") => panic!("PostgreSQL is away on CI: {error}"),
        Err(error) => {
            eprintln!("SKIPPED: PostgreSQL is away: {error}");
            return None;
        }
    };
    let schema = unique();
    conn.execute(AssertSqlSafe(format!("CREATE SCHEMA {schema}"))).await.unwrap();
    Some((server, schema))
}

/// Runs a test on a schema of its own, which is removed also when the test fails.
async fn run<F: Future<Output = ()> + 'static>(test: impl FnOnce(String) -> F) {
    let Some((server, schema)) = schema().await else { return };
    let test = test(format!("{server}?options=-csearch_path%3D{schema}"));
    let ran = LocalSet::new().run_until(async { spawn_local(test).await }).await;
    let mut conn = PgConnection::connect(&server).await.unwrap();
    conn.execute(AssertSqlSafe(format!("DROP SCHEMA {schema} CASCADE"))).await.unwrap();
    ran.unwrap();
}

#[tokio::test]
async fn payments_are_taken_on_postgres() {
    run(|database| async move { take_payments(&database).await }).await;
}

#[tokio::test]
async fn two_daemons_deliver_an_event_once() {
    run(|database| async move { deliver(&database).await }).await;
}

async fn deliver(database: &str) {
    let (receiver, settings) = Receiver::listen().await;
    let first = Shop::open_with(database, &settings).await;
    let second = first.beside().await;
    for order in ["A", "B", "C", "D"] {
        assert_eq!(first.create(order, "kropay").await.status, 201);
        first.sandbox.pay(Provider::Kropay, order).unwrap();
    }
    until(async || outcomes(&first).await == ["delivered"; 8]).await;
    for order in ["A", "B", "C", "D"] {
        assert_eq!(receiver.types(order), ["payment.created", "payment.paid"], "{order}");
    }
    let again = second.post("/v1/events/evt_1/redeliver", &serde_json::json!({})).await;
    assert_eq!(again.status, 202, "{}", again.text);
    until(async || outcomes(&first).await == ["delivered"; 8] && receiver.types("A").len() == 3).await;
    first.stop().await;
    second.stop().await;
}

async fn take_payments(database: &str) {
    let (first, second) = tokio::join!(Shop::open_on(database), Shop::open_on(database));
    assert_eq!(first.create("A", "kropay").await.status, 201);
    let again = second.create("A", "kropay").await;
    assert_eq!((again.status, again.json()["status"].as_str()), (200, Some("pending")));
    assert_eq!(first.sandbox.payments().len() + second.sandbox.payments().len(), 1);
    second.stop().await;
    first.sandbox.pay(Provider::Kropay, "A").unwrap();
    assert_eq!(first.settled("A").await["status"], "paid");
    for order in ["B", "C"] {
        assert_eq!(first.create(order, "kazukipay").await.status, 201);
    }
    let page = first.get("/v1/payments?limit=1&status=pending").await.json();
    let next = page["next"].as_str().unwrap();
    let more = first.get(&format!("/v1/payments?limit=1&status=pending&after={next}")).await.json();
    assert_eq!((page["payments"][0]["order"].as_str(), more["payments"][0]["order"].as_str()), (Some("C"), Some("B")));
    assert!(more["next"].is_null());
    let first = first.restart().await;
    assert_eq!(first.events("payment.created").await, 3);
    first.stop().await;
}
