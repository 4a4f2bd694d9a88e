//! Payments by the trait of all gateways, which also compares what comes back with the order and verifies the QRIS payload:
//! `pay-gerbang-gateway <base URL> <calls>`.

use std::env;
use std::error::Error;

use gerbang::pakasir::v1::{Client, Credentials, Gateway};
use gerbang::{NewPayment, PaymentGateway, Rupiah};

fn main() -> Result<(), Box<dyn Error>> {
    tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(pay())
}

async fn pay() -> Result<(), Box<dyn Error>> {
    let mut arguments = env::args().skip(1);
    let url = arguments.next().ok_or("a base URL")?;
    let calls: u32 = arguments.next().ok_or("a number of calls")?.parse()?;
    let client = Client::builder(Credentials::new("xxx123", "depodomain")).base_url(url).build()?;
    let gateway = Gateway::new(client);
    for _ in 0..calls {
        let created = gateway.create_payment(&NewPayment::new("INV123123", Rupiah::new(99_000))).await?;
        assert_eq!(created.payable, Some(Rupiah::new(100_003)));
    }
    Ok(())
}
