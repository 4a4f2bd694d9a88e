//! `gerbang demo`: one payment through each gateway, paid in the embedded sandbox and confirmed as a shop must.

use std::future::pending;
use std::io;
use std::pin::pin;
use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::{Path, State};
use axum::http::{HeaderMap, Response, StatusCode};
use axum::routing::post;
use clap::Args;
use comfy_table::{Attribute, Cell, CellAlignment, Color, Table, presets};
use gerbang::registry::{Descriptor, Settings};
use gerbang::{
    Expected, NewPayment, NotificationFailure, Payable, Payment, PaymentGateway, PaymentStatus, Poll, Proof, Rupiah,
    Seen, Trust,
};
use gerbang_sandbox::{ControlError, Provider as Party, Sandbox};
use serde_json::json;
use tokio::net::TcpListener;
use tokio::sync::{mpsc, oneshot};
use tokio::time::{Instant as Deadline, timeout_at};

use crate::failure::{Exit, Failure};
use crate::interrupt::Interrupt;
use crate::lang::tr;
use crate::output::{LARGE, Output};
use crate::qr;
use crate::view::{self, rupiah};

/// `gerbang demo`.
#[derive(Args, Debug)]
#[command(
    after_help = "No account and no network are needed, and no money moves.\n\nExample: gerbang demo --interactive"
)]
pub struct Demo {
    /// Pay by yourself, on the sandbox's page
    #[arg(short, long)]
    interactive: bool,
    /// Keep the sandbox running until Ctrl-C, to look at its page
    #[arg(short, long)]
    keep: bool,
}

/// What each payment costs, in rupiah.
const PRICE: Rupiah = Rupiah::new(25_000);

/// How long it may take until all payments are confirmed that the demo pays itself.
const PATIENCE: Duration = Duration::from_secs(15);

/// How long a person may take.
const PATIENCE_WITH_PEOPLE: Duration = Duration::from_secs(600);

/// Takes the payments.
///
/// # Errors
///
/// [`Failure`] that names the payments that are not paid and confirmed.
pub async fn run(demo: &Demo, output: Output) -> Result<Exit, Failure> {
    let mut interrupt = Interrupt::listen();
    let listener = TcpListener::bind("127.0.0.1:0").await.map_err(cannot_listen)?;
    let sandbox = start(&listener).await.map_err(cannot_listen)?;
    let patience = if demo.interactive { PATIENCE_WITH_PEOPLE } else { PATIENCE };
    let exit = tokio::select! {
        exit = play(demo, &sandbox, listener, patience, output) => exit,
        () = interrupt.pressed() => {
            return Err(Failure::new(Exit::Interrupted, "stopped; the demo's payments are gone"));
        }
    };
    if demo.keep {
        let page = format!("{}/", sandbox.base_url());
        output.note(&json!({"keeping": page}), || tr(&format!("The sandbox is at {page} until Ctrl-C.")));
        interrupt.pressed().await;
    }
    exit
}

fn cannot_listen(error: io::Error) -> Failure {
    Failure::failed(format!("no port of this machine's own address can be listened at: {error}"))
}

/// A sandbox that sends its notifications to a listener.
async fn start(listener: &TcpListener) -> io::Result<Sandbox> {
    let receiver = listener.local_addr()?;
    let mut builder = Sandbox::builder();
    for gateway in one_of_each_provider().iter().filter(|gateway| gateway.notifications.is_some()) {
        let party = gateway.section.parse::<Party>().map_err(io::Error::other)?;
        builder = builder.webhook(party, format!("http://{receiver}/notifications/{}", gateway.name));
    }
    builder.start().await
}

async fn play(
    demo: &Demo,
    sandbox: &Sandbox,
    listener: TcpListener,
    patience: Duration,
    output: Output,
) -> Result<Exit, Failure> {
    let (shop, receipts) = open(sandbox, listener, patience).await?;
    introduce(&shop.orders, sandbox, demo, output)?;
    let mut receipts = pin!(collect(shop.orders.len(), receipts, Deadline::now() + patience));
    if demo.interactive {
        tokio::select! {
            receipts = &mut receipts => return report(&shop.orders, receipts, output),
            () = enter() => {}
        }
    }
    pay_all(&shop.orders, sandbox)?;
    let receipts = receipts.await;
    let exit = report(&shop.orders, receipts, output)?;
    if !output.json {
        output.text(&format!("\n{}", tr("To go on:")))?;
        for (command, what) in NEXT {
            output.text(&format!("  {command:<26}  {}", tr(what)))?;
        }
    }
    Ok(exit)
}

/// What to try after the demo.
const NEXT: &[(&str, &str)] = &[
    ("gerbang demo --interactive", "pay by yourself, on the sandbox's page"),
    ("gerbang sandbox", "keep such a sandbox, for the commands below"),
    ("gerbang pay --help", "take one payment, and watch it"),
    #[cfg(feature = "serve")]
    ("gerbang serve --sandbox", "payments over HTTP, for a shop in any language"),
];

/// A shop that has taken its orders and waits for their payments.
async fn open(
    sandbox: &Sandbox,
    listener: TcpListener,
    patience: Duration,
) -> Result<(Arc<Shop>, mpsc::UnboundedReceiver<Receipt>), Failure> {
    let mut orders = Vec::new();
    for (party, gateway) in gateways(sandbox)? {
        orders.push(Order { party, expected: checkout(&*gateway).await?.into(), gateway, created: Instant::now() });
    }
    let (sender, receipts) = mpsc::unbounded_channel();
    let shop = Arc::new(Shop { orders, seen: Seen::default(), receipts: sender });
    let routes = Router::new().route("/notifications/{gateway}", post(notified)).with_state(shop.clone());
    tokio::spawn(axum::serve(listener, routes).into_future());
    for at in (0..shop.orders.len()).filter(|at| !notifies(&*shop.orders[*at].gateway)) {
        tokio::spawn(ask(shop.clone(), at, patience));
    }
    Ok((shop, receipts))
}

/// The first gateway of each provider.
fn one_of_each_provider() -> Vec<&'static Descriptor> {
    let mut descriptors: Vec<_> = gerbang::gateways().collect();
    descriptors.dedup_by_key(|gateway| gateway.section);
    descriptors
}

/// A gateway and who plays it.
type Played = (Party, Box<dyn PaymentGateway>);

/// One gateway of each provider.
fn gateways(sandbox: &Sandbox) -> Result<Vec<Played>, Failure> {
    let make = |gateway: &Descriptor| {
        let party = gateway.section.parse::<Party>().map_err(|error| Failure::failed(error.to_string()))?;
        let url = sandbox.url(party);
        let settings = Settings::new(|variable| {
            let value =
                if variable.ends_with("_BASE_URL") { &url } else { Party::setting(variable).unwrap_or("sandbox") };
            Ok(Some(value.to_owned()))
        });
        Ok((party, (gateway.make)(&settings)?))
    };
    one_of_each_provider().into_iter().map(make).collect()
}

/// Creates the payment of an order.
async fn checkout(gateway: &dyn PaymentGateway) -> Result<Payment, Failure> {
    let order = NewPayment::new("ORDER-1", PRICE)
        .customer_name("Krisdi")
        .customer_email("krisdi@example.com")
        .customer_phone("085736064900"); // K-Link wants all three
    Ok(gateway.create_payment(&order).await?)
}

/// An order of the demo's shop.
struct Order {
    party: Party,
    gateway: Box<dyn PaymentGateway>,
    expected: Expected,
    created: Instant,
}

/// The shop, which believes nothing that is not proven.
struct Shop {
    orders: Vec<Order>,
    seen: Seen,
    receipts: mpsc::UnboundedSender<Receipt>,
}

/// That an order is paid for certain.
struct Receipt {
    /// The number of the order.
    order: usize,
    payment: Payment,
    evidence: Evidence,
    after: Duration,
}

/// What the proof is made of.
#[derive(Clone, Copy)]
enum Evidence {
    Signature,
    NotificationAndStatus,
    Status,
}

impl Evidence {
    fn word(self) -> &'static str {
        match self {
            Self::Signature => "signature",
            Self::NotificationAndStatus => "notification_and_status",
            Self::Status => "status",
        }
    }

    fn words(self) -> &'static str {
        match self {
            Self::Signature => "signed webhook",
            Self::NotificationAndStatus => "webhook + status",
            Self::Status => "status",
        }
    }
}

impl Shop {
    /// Confirms what a notification says about an order.
    async fn confirm(
        &self,
        order: &Order,
        headers: &HeaderMap,
        body: &[u8],
    ) -> Result<(Proof, Evidence), NotificationFailure> {
        let notification = order.gateway.parse_notification(headers, body)?;
        let proof = gerbang::confirm(&*order.gateway, &notification, &order.expected).await?;
        let is_signed = notification.trust == Trust::Signed;
        Ok((proof, if is_signed { Evidence::Signature } else { Evidence::NotificationAndStatus }))
    }

    fn paid(&self, order: usize, proof: &Proof, evidence: Evidence) {
        let after = self.orders[order].created.elapsed();
        if self.seen.remember(&proof.key()) {
            // Nobody collects receipts any more once all orders are paid.
            _ = self.receipts.send(Receipt { order, payment: proof.payment().clone(), evidence, after });
        }
    }
}

/// Receives a notification.
async fn notified(
    State(shop): State<Arc<Shop>>,
    Path(name): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Response<Body> {
    let Some(at) = shop.orders.iter().position(|order| order.gateway.provider() == name) else {
        let mut response = Response::default();
        *response.status_mut() = StatusCode::NOT_FOUND;
        return response;
    };
    let order = &shop.orders[at];
    let outcome = shop.confirm(order, &headers, &body).await;
    if let Ok((proof, evidence)) = &outcome {
        shop.paid(at, proof, *evidence);
    }
    let outcome = outcome.as_ref().map(|(proof, _)| proof);
    gerbang::answer(order.gateway.acceptance(), outcome).map(Body::from)
}

/// Asks a gateway that sends no notifications.
async fn ask(shop: Arc<Shop>, at: usize, patience: Duration) {
    let Order { gateway, expected, .. } = &shop.orders[at];
    let poll = Poll::every(gateway.capabilities().poll_interval).for_at_most(patience);
    if let Ok(proof) = gerbang::wait(&**gateway, expected, poll).await {
        shop.paid(at, &proof, Evidence::Status);
    }
}

fn notifies(gateway: &dyn PaymentGateway) -> bool {
    gateway.capabilities().notifications != Trust::None
}

/// The receipts of this many orders, as far as they come in time.
async fn collect(orders: usize, mut receipts: mpsc::UnboundedReceiver<Receipt>, until: Deadline) -> Vec<Receipt> {
    let mut collected = Vec::new();
    while collected.len() < orders {
        match timeout_at(until, receipts.recv()).await {
            Ok(Some(receipt)) => collected.push(receipt),
            Ok(None) | Err(_) => break,
        }
    }
    collected
}

/// The customer pays what is still to be paid.
fn pay_all(orders: &[Order], sandbox: &Sandbox) -> Result<(), Failure> {
    let failed = |error| Failure::failed(format!("the sandbox does not take the payment: {error}"));
    for Order { party, expected, .. } in orders {
        let payment = expected.payment();
        // Where a provider takes no merchant reference, its own name is the one that is known.
        let names = [&payment.reference, &payment.id].into_iter().flatten();
        let known = names.map(|name| sandbox.payment(*party, name)).reduce(Result::or);
        let known = known.unwrap_or(Err(ControlError::NotFound)).map_err(failed)?;
        if known.status == gerbang_sandbox::PaymentStatus::Pending {
            sandbox.pay(*party, &known.id).map_err(failed)?;
        }
    }
    Ok(())
}

/// Ends when Enter is pressed. Where there is no input, it does not end.
async fn enter() {
    let (pressed, was_pressed) = oneshot::channel();
    // No task of the runtime: nobody waits for a thread that waits for a key.
    std::thread::spawn(move || {
        if matches!(io::stdin().read_line(&mut String::new()), Ok(1..)) {
            _ = pressed.send(());
        }
    });
    if was_pressed.await.is_err() {
        pending().await
    }
}

/// Says what goes on, and shows one QR code.
fn introduce(orders: &[Order], sandbox: &Sandbox, demo: &Demo, output: Output) -> Result<(), Failure> {
    if output.json {
        return Ok(());
    }
    // Otherwise it is gone before anybody has looked at it.
    let place = match demo.interactive || demo.keep {
        true => format!("at {}/", sandbox.base_url()),
        false => "in this program".to_owned(),
    };
    let runs = tr(&format!("A sandbox of all gateways runs {place}. No money moves."));
    output.text(&format!("{runs}\n"))?;
    let with_code = orders.iter().find_map(|order| Some((order.expected.payment(), order.expected.payment().qris()?)));
    if let Some((payment, payload)) = with_code {
        let over = payment.payable.map(|payable| format!(", {} {LARGE}{}{LARGE:#}", tr("over"), rupiah(payable)));
        let what = tr(&format!("The QRIS code of {}", payment.provider));
        let caption = format!("{what}{}.\n", over.unwrap_or_default());
        match qr::draw_always(payload) {
            Ok(code) => output.text(&format!("{code}{caption}"))?,
            Err(reason) => output.text(&format!("{caption}{payload}\n{}\n", tr(&reason)))?,
        }
    }
    if demo.interactive {
        let how = tr("Press Pay on that page for each payment, or Enter here for all.");
        output.text(&format!("{how}\n"))?;
    }
    Ok(())
}

/// Prints what became of each order.
fn report(orders: &[Order], receipts: Vec<Receipt>, output: Output) -> Result<Exit, Failure> {
    let mut table = Table::new();
    let heads = ["GATEWAY", "REFERENCE", "TO PAY", "BY", "STATUS", "CONFIRMED BY", "AFTER"];
    table.load_preset(presets::NOTHING).set_header(heads.map(tr));
    let mut missing = Vec::new();
    for (at, Order { gateway, expected, .. }) in orders.iter().enumerate() {
        let payment = expected.payment();
        let receipt = receipts.iter().find(|receipt| receipt.order == at);
        let now = receipt.map_or(payment, |receipt| &receipt.payment);
        if receipt.is_none() {
            missing.push(gateway.provider());
        }
        if output.json {
            let mut json = view::json(now);
            json["confirmed_by"] = receipt.map(|receipt| receipt.evidence.word()).into();
            json["after_seconds"] = receipt.map(|receipt| receipt.after.as_secs_f64()).into();
            output.result(&json, String::new)?;
            continue;
        }
        table.add_row([
            Cell::new(gateway.provider()),
            Cell::new(now.reference.as_deref().unwrap_or("–")),
            Cell::new(now.payable.map_or("–".to_owned(), rupiah)).set_alignment(CellAlignment::Right),
            Cell::new(tr(how(payment))),
            status(receipt.is_some(), &now.status),
            Cell::new(receipt.map_or("–".to_owned(), |receipt| tr(receipt.evidence.words()))),
            Cell::new(receipt.map_or("–".to_owned(), |receipt| format!("{:.2} s", receipt.after.as_secs_f64())))
                .set_alignment(CellAlignment::Right),
        ]);
    }
    if !output.json {
        output.text(&table.trim_fmt())?;
    }
    match missing.as_slice() {
        [] => Ok(Exit::Done),
        names => Err(Failure::failed(format!("not paid and confirmed in time: {}", names.join(", ")))),
    }
}

/// Paid is only what is confirmed.
fn status(is_confirmed: bool, status: &PaymentStatus) -> Cell {
    let cell = Cell::new(tr(&status.to_string()).to_uppercase()).add_attribute(Attribute::Bold);
    cell.fg(if is_confirmed { Color::Green } else { Color::Red })
}

/// How a payment is paid, in a word.
fn how(payment: &Payment) -> &'static str {
    match payment.pay_with.first() {
        Some(Payable::Qris(_) | Payable::QrImage(_)) => "QRIS",
        Some(Payable::VirtualAccount { .. }) => "virtual account",
        Some(Payable::Page(_)) => "page",
        Some(Payable::DeepLink(_)) => "app",
        Some(Payable::Code(_)) => "payment code",
        _ => "–",
    }
}

#[cfg(test)]
mod tests {
    use gerbang_sandbox::{Effect, Fault, WebhookAttempt};

    use super::*;

    const QUIET: Output = Output { json: true, interactive: false };

    #[tokio::test(flavor = "multi_thread")]
    async fn what_is_not_confirmed_is_named() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let sandbox = start(&listener).await.unwrap();
        // Kropay's notification comes, but Kropay cannot be asked whether it is true. K-Link's does not come.
        let away = Effect::Reply {
            status: 503,
            content_type: "text/plain".into(),
            body: String::new(),
            headers: Default::default(),
            carried_out: false,
        };
        sandbox.add_fault(Fault::new(Party::Kropay, away).operation("payment_status")).unwrap();
        sandbox.set_webhook(Party::Klink, None);
        let limit = Duration::from_secs(60);
        let (shop, receipts) = open(&sandbox, listener, limit).await.unwrap();
        pay_all(&shop.orders, &sandbox).unwrap();
        let is_refused = |attempt: &WebhookAttempt| attempt.provider == Party::Kropay && attempt.status == Some(503);
        tokio::time::timeout(limit, async {
            while !sandbox.webhook_attempts().iter().any(is_refused) {
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        })
        .await
        .expect("Kropay's notification comes");
        // It ends with those that can be confirmed.
        let receipts = collect(shop.orders.len() - 2, receipts, Deadline::now() + limit).await;
        let failure = report(&shop.orders, receipts, QUIET).unwrap_err();
        assert_eq!(failure.exit(), Exit::Failed);
        assert_eq!(failure.to_string(), "not paid and confirmed in time: klink, kropay");
    }
}
