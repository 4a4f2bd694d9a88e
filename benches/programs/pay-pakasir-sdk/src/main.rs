//! Payments by the published crate: `pay-pakasir-sdk <base URL> <calls>`.

use std::env;
use std::error::Error;

use pakasir_sdk::{Client, PaymentMethod, transaction};

fn main() -> Result<(), Box<dyn Error>> {
    tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(pay())
}

async fn pay() -> Result<(), Box<dyn Error>> {
    let mut arguments = env::args().skip(1);
    let url = arguments.next().ok_or("a base URL")?;
    let calls: u32 = arguments.next().ok_or("a number of calls")?.parse()?;
    let transactions =
        transaction::TransactionService::new(Client::builder("depodomain", "xxx123").base_url(url).build());
    for _ in 0..calls {
        let new = transaction::CreateRequest { order_id: "INV123123".to_owned(), amount: 99_000 };
        let created = transactions.create(PaymentMethod::Qris, &new).await?;
        assert_eq!(created.payment.total_payment, 100_003);
    }
    Ok(())
}
