//! Answers while a program waits for a payment.

use std::time::Duration;

use anyhow::{Result, ensure};
use gerbang::jiff::{Timestamp, ToSpan, tz::TimeZone};
use gerbang::{
    Answer, Capabilities, Error, Lookup, NewPayment, Notification, Payment, PaymentGateway, PaymentStatus, Poll, wait,
};
use gerbang_tests::gateways::Effort;
use tokio::time::Instant;

use crate::case::{Case, Input, case, create, gateway, known, order};
use crate::provider::{Provider, Reply};

pub const CASES: &[Case] = &[
    case!(
        "B08-not-found-then-paid",
        "a payment that is not known yet may be known soon, so waiting goes on",
        not_found_then_paid
    ),
    case!(
        "B09-database-full-then-paid",
        "a database that is full now is not for long, so waiting goes on",
        full_then_paid
    ),
    case!(
        "B11-expiry-in-utc",
        "an expiry before the creation is not believed, so waiting goes on as long as the caller allows",
        expiry_in_utc
    ),
];

async fn not_found_then_paid(input: Input) -> Result<()> {
    let provider = Provider::start(input.lines()).await;
    wait_until_paid(input.gateway(), &provider, &known(input.gateway(), 10_380, "")).await?;
    ensure!(provider.asked() == 3, "it was asked {} times", provider.asked());
    Ok(())
}

async fn full_then_paid(input: Input) -> Result<()> {
    let provider = Provider::start(input.lines()).await;
    wait_until_paid(input.gateway(), &provider, &known(input.gateway(), 10_243, "12")).await?;
    ensure!(provider.asked() == 2, "it was asked {} times", provider.asked());
    Ok(())
}

async fn wait_until_paid(name: &str, provider: &Provider, payment: &Payment) -> Result<()> {
    let gateway = Changed { like: gateway(name, provider, Effort::ONCE), paid_after: None };
    let poll = Poll::every(Duration::from_millis(100)).for_at_most(Duration::from_secs(15));
    wait(&gateway, &payment.clone().into(), poll).await?;
    Ok(())
}

async fn expiry_in_utc(input: Input) -> Result<()> {
    let creation = input.text().lines().find(|line| line.starts_with('{')).expect("the reply to the creation");
    let in_an_hour = Timestamp::now().saturating_add(1.hour())?.to_zoned(TimeZone::UTC);
    let in_an_hour = in_an_hour.strftime("%Y-%m-%d %H:%M:%S").to_string();
    for expiry in [in_an_hour.as_str(), "1970-01-01 07:00:00"] {
        let reply = Reply::json(201, creation.replace("<now UTC + 1h>", expiry).as_bytes());
        let payment = create(input.gateway(), order(), reply).await?;
        let nobody = Provider::start(vec![Reply::json(500, b"{}")]).await;
        let like = gateway(input.gateway(), &nobody, Effort::ONCE);
        // The gateway is asked no more from here on: nothing but the clock goes on.
        tokio::time::pause();
        let gateway = Changed { like, paid_after: Some((Instant::now(), Duration::from_secs(75))) };
        let poll = Poll::every(Duration::from_secs(5)).for_at_most(Duration::from_secs(180));
        let end = wait(&gateway, &payment.into(), poll).await;
        tokio::time::resume();
        end.map_err(|error| anyhow::Error::new(error).context(format!("with the expiry {expiry}")))?;
    }
    Ok(())
}

/// A gateway that may be asked at any time, or whose payments are paid after some time without anybody being asked.
struct Changed {
    like: Box<dyn PaymentGateway>,
    paid_after: Option<(Instant, Duration)>,
}

impl PaymentGateway for Changed {
    fn provider(&self) -> &'static str {
        self.like.provider()
    }

    fn capabilities(&self) -> Capabilities {
        let mut capabilities = self.like.capabilities();
        capabilities.poll_interval = Duration::ZERO;
        capabilities
    }

    fn create_payment<'a>(&'a self, new: &'a NewPayment) -> Answer<'a, Payment> {
        self.like.create_payment(new)
    }

    fn payment<'a>(&'a self, lookup: Lookup<'a>) -> Answer<'a, Payment> {
        let Some((start, time)) = self.paid_after else { return self.like.payment(lookup) };
        let Lookup::Payment(known) = lookup else { unreachable!() };
        let mut payment = known.clone();
        payment.status = if start.elapsed() < time { PaymentStatus::Pending } else { PaymentStatus::Paid };
        Box::pin(async { Ok(payment) })
    }

    fn cancel_payment<'a>(&'a self, payment: &'a Payment) -> Answer<'a, Payment> {
        self.like.cancel_payment(payment)
    }

    fn parse_notification(&self, headers: &http::HeaderMap, body: &[u8]) -> Result<Notification, Error> {
        self.like.parse_notification(headers, body)
    }

    fn acceptance(&self) -> &'static str {
        self.like.acceptance()
    }
}
