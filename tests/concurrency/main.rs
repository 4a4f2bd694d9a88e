//! One client for many tasks at once, and calls that are dropped before they end.

mod keep_alive;

use std::future::{self, Future};
use std::pin::pin;
use std::task::Poll;
use std::time::Duration;

use gerbang::{Error, Retry, klink, kropay};
use gerbang_tests::calls::{Clients, operations};
use gerbang_tests::gateways::Effort;
use keep_alive::{Answers, KeepAlive};
use tokio::task::JoinSet;
use tokio::time::timeout;

const TASKS: usize = 50;
const CALLS: usize = 200;
/// Longer than anything in here takes; whoever is not done by then hangs.
const HANGS: Duration = Duration::from_secs(300);
/// More polls than any call takes.
const MOST_POLLS: usize = 1_000;

fn klink_client(server: &KeepAlive) -> klink::Client {
    let credentials = klink::Credentials::new("shop@example.com", "not-a-real-password");
    klink::Client::builder(credentials).base_url(server.url()).build().unwrap()
}

async fn balance(client: &klink::Client) -> Result<(), Error> {
    client.check_balance(&klink::types::BalanceQuery::new("idspaa0012")).await.map(drop)
}

/// How many connections 50 tasks need that call 200 times each, all with one client that logs in once.
async fn connections_of_many_tasks() -> usize {
    let server = KeepAlive::start(Answers::Good).await;
    let client = klink_client(&server);
    let mut tasks = JoinSet::new();
    for _ in 0..TASKS {
        let client = client.clone();
        tasks.spawn(async move {
            for _ in 0..CALLS {
                balance(&client).await.unwrap();
            }
        });
    }
    timeout(HANGS, tasks.join_all()).await.expect("the tasks do not end");
    let (connections, logins, calls) = (server.connections(), server.logins(), server.calls());
    println!("{calls} calls by {TASKS} tasks: {logins} login, {connections} connections");
    assert_eq!((logins, calls), (1, TASKS * CALLS));
    connections
}

#[tokio::test]
async fn many_tasks_share_one_clients_connections_and_its_login() {
    let connections = connections_of_many_tasks().await;
    assert!(connections <= TASKS, "{connections} connections");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn tasks_on_several_threads_do_so_too() {
    let connections = connections_of_many_tasks().await;
    // A task that calls again before its connection is back in the pool opens another, so there may be more than tasks.
    assert!(connections <= TASKS * CALLS / 10, "{connections} connections");
}

#[tokio::test]
async fn a_call_that_is_dropped_anywhere_leaves_the_client_usable() {
    let server = KeepAlive::start(Answers::InParts).await;
    let clients = Clients::new(&server.url(), "not-a-real-key", Effort::within(Duration::from_secs(60))).unwrap();
    let (mut called, mut dropped) = (0, 0);
    for (spec, operation) in operations() {
        let name = format!("{spec} {}", operation.id);
        let call = || async { clients.call(spec, operation.id).await.expect("it is in the list") };
        // The server knows no operation but one: most end as an error about the reply.
        let outcome = |result: Result<String, Error>| result.map_err(|error| (error.kind(), error.status()));
        let wanted = outcome(call().await);
        called += 1;
        for polls in 0.. {
            assert!(polls < MOST_POLLS, "{name} does not end");
            let ended = timeout(HANGS, drop_after(polls, call())).await.expect("the call hangs");
            let next = timeout(HANGS, call()).await.unwrap_or_else(|_| panic!("{name} hangs after {polls} polls"));
            assert_eq!(outcome(next), wanted, "{name} after a call that was dropped after {polls} polls");
            if ended.is_some() {
                break;
            }
            dropped += 1;
        }
    }
    println!("{dropped} dropped calls of {called} operations");
    // Before it began, and while it waited; most waited for the body too.
    assert!(dropped >= 2 * called, "the calls were not dropped while they waited");
}

#[tokio::test]
async fn login_dropped_at_any_point_does_not_harm_those_waiting() {
    let server = KeepAlive::start(Answers::InParts).await;
    for polls in 0.. {
        assert!(polls < MOST_POLLS, "the call does not end");
        let client = klink_client(&server);
        // The second waits for the login of the first, and then makes its own.
        let both = async { tokio::join!(drop_after(polls, balance(&client)), balance(&client)) };
        let (ended, other) = timeout(HANGS, both).await.unwrap_or_else(|_| panic!("hangs after {polls} polls"));
        other.unwrap_or_else(|error| panic!("after {polls} polls: {error}"));
        timeout(HANGS, balance(&client)).await.expect("the next call hangs").unwrap();
        if ended.is_some() {
            assert!(polls >= 3, "{polls}: the login was not dropped while it waited");
            break;
        }
    }
}

#[tokio::test]
async fn call_dropped_between_attempts_leaves_the_client_usable() {
    let server = KeepAlive::start(Answers::Unavailable).await;
    for polls in 0.. {
        assert!(polls < MOST_POLLS, "the call does not end");
        let client = kropay::Client::builder(kropay::Credentials::new("not-a-real-key"))
            .base_url(server.url())
            .retry(Retry::default().backoff(Duration::from_millis(2), Duration::from_millis(2)))
            .build()
            .unwrap();
        let ended = timeout(HANGS, drop_after(polls, client.payment_status("PG-1"))).await.expect("the call hangs");
        let before = server.calls();
        let next = timeout(HANGS, client.payment_status("PG-1")).await.expect("the next call hangs");
        assert_eq!(next.unwrap_err().attempts(), 3, "after {polls} polls");
        // What was dropped is not sent on behind the caller's back.
        assert!(
            (3..=4).contains(&(server.calls() - before)),
            "{} requests after {polls} polls",
            server.calls() - before
        );
        if ended.is_some() {
            break;
        }
    }
}

/// Polls a future so many times and drops it; what it gave, when it was ready by then.
async fn drop_after<F: Future>(polls: usize, future: F) -> Option<F::Output> {
    let mut future = pin!(future);
    let mut left = polls;
    future::poll_fn(|context| {
        if left == 0 {
            return Poll::Ready(None);
        }
        left -= 1;
        match future.as_mut().poll(context) {
            Poll::Ready(output) => Poll::Ready(Some(output)),
            Poll::Pending if left == 0 => Poll::Ready(None),
            Poll::Pending => Poll::Pending,
        }
    })
    .await
}
