//! Payments of a ledger on a gateway without a network: `ledger <throughput|latency|restart> <database> [payments]`.
//!
//! The database is a directory for SQLite files, or a PostgreSQL server, on which schemas are made and removed. Each line that is
//! printed is a name and a number.

mod book;
mod gateway;
mod latency;
mod restart;
mod throughput;

use std::env;
use std::error::Error;

use book::Books;

type Failure = Box<dyn Error + Send + Sync>;

#[tokio::main(flavor = "multi_thread", worker_threads = 2)]
async fn main() -> Result<(), Failure> {
    let mut arguments = env::args().skip(1);
    let what = arguments.next().ok_or("what to measure")?;
    let books = Books::at(arguments.next().ok_or("a database")?);
    let payments = arguments.next().map(|number| number.parse()).transpose()?;
    match what.as_str() {
        "throughput" => throughput::measure(&books, payments.unwrap_or(1_000)).await?,
        "latency" => latency::measure(&books, payments.unwrap_or(1_000_000)).await?,
        "restart" => restart::measure(&books, payments.unwrap_or(10_000)).await?,
        other => return Err(format!("`{other}` is not measured").into()),
    }
    books.remove().await
}
