//! Notifications.

use anyhow::{Result, bail, ensure};
use gerbang::{Doubt, Notification, Rupiah, Trust, confirm};
use gerbang_tests::gateways::Effort;
use http::HeaderMap;

use crate::case::{Case, Input, PRICE, case, gateway, known};
use crate::provider::{Provider, Reply};

pub const CASES: &[Case] = &[
    case!("B04-is-sandbox-one", "1 is a yes: money of the test mode is never confirmed as real", sandbox_one),
    case!("B04-is-sandbox-zero", "0 is a no: the notification is read, and not of the test mode", sandbox_zero),
    case!("B22-four-decimals", "four zeros after the point are no fraction and no thousands", four_decimals),
];

async fn read(input: &Input) -> Result<Notification> {
    let nobody = Provider::start(vec![Reply::json(500, b"{}")]).await;
    Ok(gateway(input.gateway(), &nobody, Effort::ONCE).parse_notification(&HeaderMap::new(), input.body())?)
}

async fn sandbox_one(input: Input) -> Result<()> {
    let notification = read(&input).await?;
    ensure!(notification.sandbox == Some(true), "{notification:?}");
    let paid =
        br#"{"transaction": {"amount": 10000, "order_id": "ORDER-1", "project": "toko-uji", "status": "completed"}}"#;
    let provider = Provider::start(vec![Reply::json(200, paid)]).await;
    let gateway = gateway(input.gateway(), &provider, Effort::ONCE);
    let expected = known(input.gateway(), 10_380, "");
    match confirm(&*gateway, &notification, &expected.into()).await {
        Err(Doubt::TestMode) => Ok(()),
        other => bail!("{other:?}"),
    }
}

async fn sandbox_zero(input: Input) -> Result<()> {
    let notification = read(&input).await?;
    ensure!((notification.sandbox, notification.trust) == (Some(false), Trust::Unsigned), "{notification:?}");
    Ok(())
}

async fn four_decimals(input: Input) -> Result<()> {
    let notification = read(&input).await?;
    let amounts = (notification.amount, notification.payable);
    ensure!(amounts == (Some(PRICE), Some(Rupiah::new(10_020))), "{amounts:?}");
    Ok(())
}
