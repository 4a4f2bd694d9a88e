//! A shop's process that takes one step at a time: for tests of what processes with different clocks make of one book.
//!
//! `stepwise DATABASE SANDBOX` answers each line of its standard input with one line, and ends with it:
//!
//! - `time`: this process's clock, in milliseconds since 1970.
//! - `pay ACCOUNT ORDER`: the status of the order's payment.
//! - `intend ACCOUNT ORDER`: the reference of an attempt that is written down and not sent.
//! - `lose ACCOUNT ORDER`: `sent`, once the gateway has carried out the creation. Its reply is never handed on, so that the lease
//!   stays this process's.
//! - `notify ACCOUNT BODY`: the status code that the sender of a notification gets.
//! - `work`: how many steps and events there were to do.

use std::error::Error;
use std::io::{self, BufRead, Write};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use gerbang::ledger::{Account, Ledger, Order};
use gerbang::{Answer, Capabilities, Lookup, NewPayment, Notification, Payment, PaymentGateway, Rupiah};
use gerbang_tests::shops::gateway;
use http::HeaderMap;
use tokio::sync::Notify;

type Failure = Box<dyn Error + Send + Sync>;

/// The shortest time between two questions: so long that none is asked again because a machine is slow.
const PACE: Duration = Duration::from_secs(60);

/// How long customers have, where the gateway takes it.
const TIME_TO_PAY: Duration = Duration::from_secs(15 * 60);

#[tokio::main(flavor = "multi_thread", worker_threads = 2)]
async fn main() -> Result<(), Failure> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [database, sandbox] = &arguments[..] else { return Err("usage: stepwise DATABASE SANDBOX".into()) };
    let replies = Arc::new(Replies::default());
    let mut ledger = Ledger::open(database).await?.on_event(|_, _| async { Ok(()) });
    for account in ["kropay", "kazukipay"] {
        let gateway = Losing { gateway: gateway(account, sandbox), replies: replies.clone() };
        ledger = ledger.account(Account::live(account, gateway).pace(PACE));
    }
    for line in io::stdin().lock().lines() {
        let answer = step(&ledger, &replies, &line?).await.unwrap_or_else(|error| format!("failed: {error}"));
        println!("{answer}");
        io::stdout().flush()?;
    }
    Ok(())
}

async fn step(ledger: &Ledger, replies: &Replies, line: &str) -> Result<String, Failure> {
    Ok(match line.split(' ').collect::<Vec<_>>()[..] {
        ["time"] => SystemTime::now().duration_since(UNIX_EPOCH)?.as_millis().to_string(),
        ["pay", account, name] => ledger.pay(&order(account, name), account).await?.status.to_string(),
        ["intend", account, name] => {
            let mut tx = ledger.begin().await?;
            let reference = ledger.intend(&mut tx, &order(account, name), account).await?;
            tx.commit().await?;
            reference
        }
        ["lose", account, name] => {
            replies.are_lost.store(true, Ordering::SeqCst);
            let (ledger, order, account) = (ledger.clone(), order(account, name), account.to_owned());
            tokio::spawn(async move { ledger.pay(&order, &account).await });
            replies.lost.notified().await;
            "sent".to_owned()
        }
        ["notify", account, body] => {
            ledger.notified(account, &HeaderMap::new(), body.as_bytes()).await.status().as_u16().to_string()
        }
        ["work"] => {
            let work = ledger.work_once().await?;
            format!("{} {}", work.steps, work.events + work.failed_events)
        }
        _ => return Err(format!("unknown step {line}").into()),
    })
}

fn order(account: &str, name: &str) -> Order {
    let new = NewPayment::new(name, Rupiah::new(20_000));
    if account == "kropay" { new.expires_in(TIME_TO_PAY).into() } else { new.into() }
}

/// Whether the replies to creations get lost.
#[derive(Default)]
struct Replies {
    are_lost: AtomicBool,
    /// One was.
    lost: Notify,
}

/// A gateway whose replies to creations may get lost, for ever.
struct Losing {
    gateway: Box<dyn PaymentGateway>,
    replies: Arc<Replies>,
}

impl PaymentGateway for Losing {
    fn provider(&self) -> &'static str {
        self.gateway.provider()
    }

    fn capabilities(&self) -> Capabilities {
        self.gateway.capabilities()
    }

    fn create_payment<'a>(&'a self, new: &'a NewPayment) -> Answer<'a, Payment> {
        Box::pin(async move {
            let reply = self.gateway.create_payment(new).await;
            if self.replies.are_lost.load(Ordering::SeqCst) {
                self.replies.lost.notify_one();
                std::future::pending::<()>().await;
            }
            reply
        })
    }

    fn payment<'a>(&'a self, lookup: Lookup<'a>) -> Answer<'a, Payment> {
        self.gateway.payment(lookup)
    }

    fn cancel_payment<'a>(&'a self, payment: &'a Payment) -> Answer<'a, Payment> {
        self.gateway.cancel_payment(payment)
    }

    fn parse_notification(&self, headers: &HeaderMap, body: &[u8]) -> Result<Notification, gerbang::Error> {
        self.gateway.parse_notification(headers, body)
    }

    fn acceptance(&self) -> &'static str {
        self.gateway.acceptance()
    }
}
