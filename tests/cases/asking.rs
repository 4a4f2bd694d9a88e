//! Replies to the question for a payment's status.

use std::time::{Duration, Instant};

use anyhow::{Result, bail, ensure};
use gerbang::{Kind, Lookup, Payment, PaymentStatus};
use gerbang_tests::gateways::Effort;

use crate::case::{Case, Input, case, gateway, known};
use crate::provider::{Provider, Reply};

pub const CASES: &[Case] = &[
    case!("B01-net-amount-empty", "a net amount that cannot be read does not hide that it is paid", empty_net_amount),
    case!("B01-unique-code-dash", "a code that cannot be read does not hide that it is paid", unique_code_dash),
    case!("B02-php-date-object", "a time in another form does not hide that it is paid", php_date),
    case!("B05-half-an-emoji", "a name that is cut in an emoji does not hide that it is paid", half_an_emoji),
    case!("B10-cancelled-two-l", "both spellings of cancelled end a payment", cancelled),
    case!("B16-html-429", "a rate limit is one, also as a web page, and the question is asked again", html_429),
    case!("B17-retry-after-rfc850", "every form of an HTTP date is read; a past one means at once", rfc850_date),
];

/// Kropay's answer that the payment is paid.
const PAID: &[u8] =
    br#"{"success": true, "reference": "PG-UJI-1", "merchant_ref": "ORDER-1", "amount": 10000, "fee": 20,
    "net_amount": 10000, "total_amount": 10020, "status": "success", "created_at": "2026-05-30 08:50:00",
    "paid_at": "2026-05-30 08:55:00"}"#;

/// The payment after a question that is answered by this.
async fn ask(asked: &Payment, reply: Reply) -> Result<Payment, gerbang::Error> {
    let provider = Provider::start(vec![reply]).await;
    gateway(&asked.provider, &provider, Effort::ONCE).payment(Lookup::Payment(asked)).await
}

fn ensure_paid(payment: &Payment) -> Result<()> {
    ensure!(payment.status == PaymentStatus::Paid, "{payment:?}");
    Ok(())
}

async fn empty_net_amount(input: Input) -> Result<()> {
    let payment = ask(&known(input.gateway(), 10_243, "12"), input.json(200)).await?;
    ensure!(payment.net.is_none(), "{payment:?}");
    ensure_paid(&payment)
}

async fn unique_code_dash(input: Input) -> Result<()> {
    ensure_paid(&ask(&known(input.gateway(), 10_121, "INV-1"), input.json(200)).await?)
}

async fn php_date(input: Input) -> Result<()> {
    let payment = ask(&known(input.gateway(), 10_020, "PG-UJI-1"), input.json(200)).await?;
    let paid_at = payment.paid_at.map(|time| time.to_string());
    ensure!(matches!(paid_at.as_deref(), None | Some("2026-05-30T01:55:00Z")), "paid at {paid_at:?}");
    ensure_paid(&payment)
}

async fn half_an_emoji(input: Input) -> Result<()> {
    ensure_paid(&ask(&known(input.gateway(), 10_121, "INV-1"), input.json(200)).await?)
}

async fn cancelled(input: Input) -> Result<()> {
    let payment = ask(&known(input.gateway(), 10_380, "txn-1"), input.json(200)).await?;
    ensure!(payment.status == PaymentStatus::Cancelled && payment.status.is_closed(), "{payment:?}");
    Ok(())
}

async fn html_429(input: Input) -> Result<()> {
    let asked = known(input.gateway(), 10_020, "PG-UJI-1");
    match ask(&asked, input.http()).await {
        Ok(payment) => bail!("it is read: {payment:?}"),
        Err(error) => ensure!(error.kind() == Kind::RateLimited, "{error:?}"),
    }
    let time = ask_again(&asked, input.http()).await?;
    ensure!(time >= Duration::from_secs(1), "asked again after {time:?}");
    Ok(())
}

async fn rfc850_date(input: Input) -> Result<()> {
    let time = ask_again(&known(input.gateway(), 10_020, "PG-UJI-1"), input.http()).await?;
    ensure!(time < Duration::from_secs(5), "asked again after {time:?}");
    Ok(())
}

/// How long a question takes that is answered by this first, and then that the payment is paid.
async fn ask_again(asked: &Payment, first: Reply) -> Result<Duration> {
    let provider = Provider::start(vec![first, Reply::json(200, PAID)]).await;
    let start = Instant::now();
    let gateway = gateway(&asked.provider, &provider, Effort::within(Duration::from_secs(30)));
    let payment = gateway.payment(Lookup::Payment(asked)).await?;
    ensure!(provider.asked() == 2, "it was asked {} times", provider.asked());
    ensure_paid(&payment)?;
    Ok(start.elapsed())
}
