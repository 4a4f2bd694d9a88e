//! On SQLite: a clock that was an hour ahead and is right leaves no payment stuck and none sent twice.

use gerbang_sandbox::Provider;

use crate::world::{HOUR, World, on_sqlite};

/// How long a lease lasts, in milliseconds.
const LEASE: i64 = 120_000;

async fn undone_events(world: &World) -> i64 {
    world.book.number("(SELECT count(*) FROM gerbang_event WHERE done_at IS NULL)").await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_a_process_of_the_future_left_is_worked_on() {
    on_sqlite(async |world| {
        let mut ahead = world.process(HOUR);
        assert_eq!(ahead.step("pay kropay OPEN"), "pending");
        assert_eq!(ahead.step("lose kazukipay LOST"), "sent");
        assert_eq!(ahead.step("intend kropay INTENDED"), "INTENDED");
        drop(ahead);
        world.sandbox.pay(Provider::Kropay, "OPEN").unwrap();

        let mut right = world.process(0);
        for _ in 0..2 {
            right.step("work");
        }
        assert_eq!(
            (world.book.state("OPEN").await, world.book.state("INTENDED").await),
            ("paid".into(), "open".into())
        );
        // Whether its sender lives is not known: it has the lease for as long as a new one.
        assert_eq!(world.book.state("LOST").await, "sending");
        let left =
            world.book.number("(SELECT lease_until FROM gerbang_attempt WHERE reference = 'LOST') - {now}").await;
        assert!((1..=LEASE).contains(&left), "{left} ms");

        world.book.end_lease("LOST").await;
        for _ in 0..3 {
            right.step("work");
            world.book.let_all_be_due().await;
        }
        assert_eq!((world.book.state("LOST").await.as_str(), undone_events(world).await), ("open", 0));
        assert_eq!((world.creations(Provider::Kropay), world.creations(Provider::Kazukipay)), (2, 1));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn process_whose_clock_is_set_right_goes_on() {
    on_sqlite(async |world| {
        let mut process = world.process(HOUR);
        assert_eq!(process.step("pay kropay A"), "pending");
        assert_eq!(process.step("work"), "0 1");
        process.set_clock(0);
        assert_eq!(process.step("pay kropay B"), "pending");
        for order in ["A", "B"] {
            world.sandbox.pay(Provider::Kropay, order).unwrap();
        }
        // The first look finds that the clock was set back.
        process.step("work");
        process.step("work");
        assert_eq!(world.book.state("A").await, "paid");
        world.book.let_all_be_due().await;
        process.step("work");
        assert_eq!((world.book.state("B").await.as_str(), undone_events(world).await), ("paid", 0));
        assert_eq!(world.creations(Provider::Kropay), 2);
    })
    .await;
}
