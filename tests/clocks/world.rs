//! What is around the processes: a sandbox, whose clock is right, and a book.

use std::panic::{AssertUnwindSafe, resume_unwind};

use futures_util::FutureExt;
use gerbang_sandbox::{Payment, Provider, Sandbox};

use crate::book::Book;
use crate::process::Process;

pub const HOUR: i64 = 3600;

pub struct World {
    pub book: Book,
    pub sandbox: Sandbox,
}

impl World {
    /// A process whose clock is so many seconds ahead.
    pub fn process(&self, ahead: i64) -> Process {
        Process::start(&self.book.url, self.sandbox.base_url(), ahead)
    }

    /// What the sandbox has of an order.
    pub fn payment(&self, provider: Provider, order: &str) -> Payment {
        self.sandbox.payment(provider, order).unwrap()
    }

    /// How many creations were sent to a provider.
    pub fn creations(&self, provider: Provider) -> usize {
        let is_creation =
            |operation: Option<&str>| operation.is_some_and(|operation| operation.starts_with("create_payment"));
        let requests = self.sandbox.requests();
        requests.iter().filter(|request| request.provider == provider && is_creation(request.operation)).count()
    }
}

/// Runs a test on a book and a sandbox of its own. The book is removed also when the test fails.
async fn run(book: Book, test: impl AsyncFnOnce(&World)) {
    let world = World { book, sandbox: Sandbox::start().await };
    let result = AssertUnwindSafe(test(&world)).catch_unwind().await;
    world.book.remove().await;
    if let Err(panic) = result {
        resume_unwind(panic);
    }
}

/// Runs a test on PostgreSQL, where there is a server.
pub async fn on_postgres(test: impl AsyncFnOnce(&World)) {
    if let Some(book) = Book::on_postgres().await {
        run(book, test).await;
    }
}

/// Runs a test on SQLite.
pub async fn on_sqlite(test: impl AsyncFnOnce(&World)) {
    run(Book::on_sqlite().await, test).await;
}
