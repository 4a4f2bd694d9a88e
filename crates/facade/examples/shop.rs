//! A whole shop, which sells one thing.
//!
//! ```sh
//! cargo run -p gerbang --example shop --features kropay,ledger
//! ```
//!
//! `curl -X PUT http://127.0.0.1:3000/orders/ORDER-1` buys; the gateway notifies `/notifications`.
// The README has the rest of this file, and says it there.
#![allow(missing_docs)]

use axum::body::{Body, Bytes};
use axum::extract::{Path, State};
use axum::http::{HeaderMap, Response, StatusCode};
use axum::{Router, routing};
use gerbang::ledger::{Account, Event, EventKind, Handled, Ledger, Tx};
use gerbang::{NewPayment, PaymentStatus, Rupiah};

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let account = Account::live("main", gerbang::kropay::Gateway::from_env()?); // the one line that names the gateway
    let ledger = open("sqlite://shop.db", account).await?;
    let listener = tokio::net::TcpListener::bind("127.0.0.1:3000").await?;
    tokio::spawn(axum::serve(listener, routes(ledger.clone())).into_future());
    Ok(ledger.run(std::future::pending()).await?)
}

pub async fn open(database: &str, account: Account) -> Result<Ledger, gerbang::ledger::Error> {
    let ledger = Ledger::open(database).await?.account(account).on_event(handle);
    let mut tx = ledger.begin().await?;
    tx.execute("CREATE TABLE IF NOT EXISTS my_order (id TEXT PRIMARY KEY, shipped BIGINT NOT NULL)", []).await?;
    tx.commit().await?;
    Ok(ledger)
}

pub fn routes(ledger: Ledger) -> Router {
    let buy = Router::new().route("/orders/{id}", routing::put(buy));
    buy.route("/notifications", routing::post(notified)).with_state(ledger)
}

async fn buy(State(ledger): State<Ledger>, Path(id): Path<String>) -> Result<String, (StatusCode, String)> {
    let buying = async {
        let mut tx = ledger.begin().await?;
        tx.execute("INSERT INTO my_order VALUES ($1, 0) ON CONFLICT DO NOTHING", [id.as_str().into()]).await?;
        tx.commit().await?;
        let order = NewPayment::new(&id, Rupiah::new(25_000)).customer_name("Krisdi").customer_email("k@example.com");
        ledger.pay(&order.customer_phone("085736064900").into(), "main").await // called again, it is the same payment
    };
    let payment = buying.await.map_err(|error| (StatusCode::SERVICE_UNAVAILABLE, error.to_string()))?;
    Ok(match (payment.status, payment.payable) {
        (PaymentStatus::Paid, _) => "thank you".to_owned(),
        (_, Some(payable)) => format!("pay Rp{} with {:?}", payable.to_dotted(), payment.pay_with),
        (_, None) => format!("pay {:?}", payment.pay_with), // fees and codes are added there
    })
}

async fn notified(State(ledger): State<Ledger>, headers: HeaderMap, body: Bytes) -> Response<Body> {
    ledger.notified("main", &headers, &body).await.map(Body::from) // answered after the commit
}

async fn handle(mut tx: Tx, event: Event) -> Handled {
    if matches!(event.kind, EventKind::PaymentSurplus | EventKind::CaseOpened) {
        eprintln!("a person must look: {event:?}");
    }
    let ship = "UPDATE my_order SET shipped = shipped + 1 WHERE id = $1";
    if event.kind == EventKind::PaymentPaid && tx.execute(ship, [event.order.as_deref().into()]).await? != 1 {
        return Err(format!("paid, but the shop has no order {:?}", event.order).into()); // the event comes again
    }
    Ok(())
}
