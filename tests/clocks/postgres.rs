//! On PostgreSQL: no process's own clock decides anything.

use std::collections::BTreeMap;
use std::time::Duration;

use gerbang_sandbox::{Effect, Fault, Provider};

use crate::world::{HOUR, World, on_postgres};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn lease_lasts_as_long_as_the_database_says() {
    for (holder, other) in [(HOUR, 0), (-HOUR, 0), (0, HOUR), (0, -HOUR)] {
        on_postgres(async |world| {
            let (mut holder, mut other) = (world.process(holder), world.process(other));
            assert_eq!(holder.step("lose kazukipay A"), "sent");
            assert_eq!(other.step("work"), "0 0");
            assert_eq!(world.book.state("A").await, "sending");

            world.book.end_lease("A").await;
            world.book.use_up_budget().await;
            assert_eq!(other.step("work"), "1 0");
            assert_eq!(world.book.state("A").await, "uncertain");
            for _ in 0..3 {
                world.book.let_all_be_due().await;
                other.step("work");
            }
            // It was found, and not sent again.
            assert_eq!(world.book.state("A").await, "open");
            assert_eq!((world.creations(Provider::Kazukipay), world.sandbox.payments().len()), (1, 1));
        })
        .await;
    }
}

/// The times of the past that a book has.
const PAST: [(&str, &str); 11] = [
    ("gerbang_order", "created_at"),
    ("gerbang_attempt", "created_at"),
    ("gerbang_attempt", "sent_at"),
    ("gerbang_attempt", "NULLIF(asked_at, 0)"),
    ("gerbang_attempt", "NULLIF(lease_until, 0) - 120000"),
    ("gerbang_account", "NULLIF(budget_at, 0) - 60000"),
    ("gerbang_receipt", "at"),
    ("gerbang_event", "at"),
    ("gerbang_event", "due_at"),
    ("gerbang_event", "done_at"),
    ("gerbang_inbox", "at"),
];

/// Checks that a time of a table is there, and is between two times in all rows.
async fn check_time(world: &World, (table, time): (&str, &str), from: i64, to: &str) {
    let count = world.book.number(&format!("(SELECT count({time}) FROM {table})")).await;
    let wrong = format!("(SELECT count(*) FROM {table} WHERE {time} NOT BETWEEN {from} AND {to})");
    assert_eq!((count > 0, world.book.number(&wrong).await), (true, 0), "{time} of {table}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn all_times_in_the_book_are_the_databases() {
    for ahead in [HOUR, -HOUR] {
        on_postgres(async |world| {
            let (started, mut process) = (world.book.now().await, world.process(ahead));
            assert_eq!(process.step("pay kropay A"), "pending");
            assert_eq!(process.step("pay kropay B"), "pending");
            let known = world.payment(Provider::Kropay, "A");
            world.sandbox.pay(Provider::Kropay, "A").unwrap();
            let claim = format!(
                r#"{{"reference":"{}","merchant_ref":"A","amount":20000,"total_amount":{},"status":"paid"}}"#,
                known.reference, known.payable
            );
            assert_eq!(process.step(&format!("notify kropay {claim}")), "200");
            world.book.execute("UPDATE gerbang_attempt SET due_at = {now} - 1 WHERE reference = 'A'").await;
            process.step("work");
            assert_eq!(world.book.state("A").await, "paid");
            assert_eq!(process.step("lose kazukipay C"), "sent");

            for time in PAST {
                check_time(world, time, started, "{now}").await;
            }
            check_time(world, ("gerbang_attempt", "due_at"), started, "{now} + 900000").await;
        })
        .await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn budget_of_questions_is_by_the_databases_clock() {
    for (one, other) in [(HOUR, 0), (-HOUR, 0), (0, HOUR), (0, -HOUR)] {
        on_postgres(async |world| {
            let (mut one, mut other) = (world.process(one), world.process(other));
            for order in ["A", "B", "C"] {
                assert_eq!(one.step(&format!("pay kropay {order}")), "pending");
            }
            world.book.let_all_be_due().await;
            // Each asks one question of those that are due, once the minute of the last one is over.
            assert_eq!((one.step("work"), other.step("work")), ("1 3".to_owned(), "0 0".to_owned()));
            world.book.execute("UPDATE gerbang_account SET budget_at = {now} - 1").await;
            assert_eq!((other.step("work"), one.step("work")), ("1 0".to_owned(), "0 0".to_owned()));
        })
        .await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn money_is_late_by_the_gateways_word_alone() {
    for ahead in [HOUR, -HOUR] {
        on_postgres(async |world| {
            let (mut maker, mut asker) = (world.process(ahead), world.process(-ahead));
            for order in ["EARLY", "LATE"] {
                assert_eq!(maker.step(&format!("pay kropay {order}")), "pending");
                let stated = world.payment(Provider::Kropay, order).expires_at.as_second();
                let known = world.book.text("COALESCE(CAST(expires_at / 1000 AS TEXT), 'none')", order).await;
                assert_eq!(known, stated.to_string(), "{ahead}");
            }
            world.sandbox.pay(Provider::Kropay, "EARLY").unwrap();
            world.sandbox.advance(Duration::from_secs(20 * 60));
            world.sandbox.pay_late(Provider::Kropay, "LATE").unwrap();
            for _ in 0..2 {
                world.book.let_all_be_due().await;
                asker.step("work");
            }
            let [early, late] = [world.book.paid("EARLY").await, world.book.paid("LATE").await];
            assert_eq!((early.unwrap().late, late.unwrap().late), (false, true), "{ahead}");
        })
        .await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn payment_expires_by_the_databases_clock() {
    for ahead in [HOUR, -HOUR] {
        on_postgres(async |world| {
            let mut process = world.process(ahead);
            assert_eq!(process.step("pay kropay A"), "pending");
            // It can be paid for a quarter of an hour, and for a minute it may take to be known. The gateway goes on to say
            // that it is pending.
            for (minutes, state) in [(0, "open"), (14, "open"), (3, "closed")] {
                world.book.pass(minutes).await;
                world.book.let_all_be_due().await;
                process.step("work");
                assert_eq!(world.book.state("A").await, state, "{ahead} {minutes}");
            }
            assert_eq!(world.book.text("ending", "A").await, "expired");
        })
        .await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn pause_that_a_gateway_asks_for_is_by_its_clock() {
    for ahead in [HOUR, -HOUR] {
        on_postgres(async |world| {
            let mut process = world.process(ahead);
            assert_eq!(process.step("pay kropay A"), "pending");
            let until = world.sandbox.now() + Duration::from_secs(300);
            let headers =
                BTreeMap::from([("retry-after".to_owned(), until.strftime("%a, %d %b %Y %T GMT").to_string())]);
            let busy = Effect::Reply {
                status: 503,
                content_type: "application/json".into(),
                body: "{}".into(),
                headers,
                carried_out: false,
            };
            world.sandbox.add_fault(Fault::new(Provider::Kropay, busy)).unwrap();
            world.book.let_all_be_due().await;
            process.step("work");
            // Up to a quarter more, by chance.
            let pause = world.book.number("(SELECT due_at FROM gerbang_attempt) - {now}").await;
            assert!((200_000..=400_000).contains(&pause), "{ahead}: {pause} ms");
        })
        .await;
    }
}
