//! Payments by hand-written requests: `pay-reqwest <base URL> <calls> [at-once]`. Its time limits are those of Gerbang.

use std::env;
use std::error::Error;
use std::time::Duration;

use reqwest::{Client, redirect};
use tokio::task::JoinSet;
use wire::{ORDER, PATH, Reply};

#[path = "../../wire.rs"]
mod wire;

fn main() -> Result<(), Box<dyn Error>> {
    tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(pay())
}

async fn pay() -> Result<(), Box<dyn Error>> {
    let mut arguments = env::args().skip(1);
    let url = arguments.next().ok_or("a base URL")? + PATH;
    let calls: u32 = arguments.next().ok_or("a number of calls")?.parse()?;
    let at_once = arguments.next().is_some();
    let client = Client::builder()
        .no_proxy()
        .redirect(redirect::Policy::none())
        .user_agent("pay-reqwest")
        .connect_timeout(Duration::from_secs(10))
        .timeout(Duration::from_secs(30))
        .build()?;
    if at_once {
        let mut running = JoinSet::new();
        for _ in 0..calls {
            let (client, url) = (client.clone(), url.clone());
            running.spawn(async move { create(&client, &url).await });
        }
        while let Some(created) = running.join_next().await {
            created??;
        }
    } else {
        for _ in 0..calls {
            create(&client, &url).await?;
        }
    }
    Ok(())
}

async fn create(client: &Client, url: &str) -> Result<(), reqwest::Error> {
    let reply: Reply = client.post(url).json(&ORDER).send().await?.error_for_status()?.json().await?;
    assert_eq!(reply.payment.total_payment, 100_003);
    Ok(())
}
