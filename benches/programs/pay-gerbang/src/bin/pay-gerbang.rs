//! Payments by the client of Pakasir's v1: `pay-gerbang <base URL> <calls> [at-once]`.

use std::env;
use std::error::Error;

use gerbang::Rupiah;
use gerbang::pakasir::v1::types::{NewTransaction, PaymentMethod};
use gerbang::pakasir::v1::{Client, Credentials};
use tokio::task::JoinSet;

fn main() -> Result<(), Box<dyn Error>> {
    tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(pay())
}

async fn pay() -> Result<(), Box<dyn Error>> {
    let mut arguments = env::args().skip(1);
    let url = arguments.next().ok_or("a base URL")?;
    let calls: u32 = arguments.next().ok_or("a number of calls")?.parse()?;
    let at_once = arguments.next().is_some();
    let client = Client::builder(Credentials::new("xxx123", "depodomain")).base_url(url).build()?;
    if at_once {
        let mut running = JoinSet::new();
        for _ in 0..calls {
            let client = client.clone();
            running.spawn(async move { create(&client).await });
        }
        while let Some(created) = running.join_next().await {
            created??;
        }
    } else {
        for _ in 0..calls {
            create(&client).await?;
        }
    }
    Ok(())
}

async fn create(client: &Client) -> Result<(), gerbang::Error> {
    let new = NewTransaction::new("INV123123", Rupiah::new(99_000));
    let created = client.create_transaction(PaymentMethod::Qris, &new).await?;
    assert_eq!(created.total_payment, Rupiah::new(100_003));
    Ok(())
}
