//! Takes a payment through any gateway: create it, show it, wait until it is paid.
//!
//! ```sh
//! cargo run -p gerbang --example take_payment --features full -- kropay ORDER-1 10000
//! ```
//!
//! Credentials are environment variables, which `gerbang providers` lists. The gateway is chosen by its name in one line; nothing
//! else of the program knows which it is.

use std::error::Error;
use std::time::Duration;

use gerbang::{
    Delivery, Expected, NewPayment, Payable, Payment, PaymentGateway, Poll, Proof, Rupiah, gateway_from_env, recover,
    wait,
};

/// What became of an order.
#[derive(Debug)]
pub enum Taken {
    /// The payment is paid, and this proves it.
    Paid(Proof),
    /// The gateway has no status call: its notification will report the payment.
    Notified(Box<Payment>),
}

/// Takes a payment with this gateway.
///
/// Dropping this future while the payment is created may leave a payment that nobody knows of. A web server therefore runs it in
/// a task of its own: `tokio::spawn`.
///
/// # Errors
///
/// That of the creation, and [`gerbang::WaitError`] when the payment is not paid, or not yet: it holds the payment, to ask
/// again later. A closed payment can still turn out to be paid.
pub async fn take(
    gateway: &dyn PaymentGateway,
    order: &NewPayment,
    poll: Poll,
) -> Result<Taken, Box<dyn Error + Send + Sync>> {
    let payment = match gateway.create_payment(order).await {
        Ok(payment) => payment,
        Err(error) if error.delivery() == Delivery::MaybeSent => {
            let found = recover(gateway, order).await;
            found.map_err(|unsure| format!("keep {} and do not create it again yet: {unsure}", order.reference))?
        }
        Err(error) => return Err(error.into()),
    };
    // From here on the program can be stopped: the payment can be stored and waited for later.
    println!("store this: {}", serde_json::to_string(&payment)?);
    show(&payment);
    if !gateway.capabilities().status {
        return Ok(Taken::Notified(Box::new(payment)));
    }
    Ok(Taken::Paid(wait(gateway, &Expected::new(payment), poll).await?))
}

fn show(payment: &Payment) {
    match payment.payable {
        Some(payable) => println!("{} wants Rp{}:", payment.provider, payable.to_dotted()),
        // The price would be wrong wherever a code or a fee is added to it.
        None => println!("{} has not said how much is to be paid:", payment.provider),
    }
    for way in &payment.pay_with {
        match way {
            Payable::Qris(payload) => println!("  QRIS {payload}"),
            Payable::QrImage(url) => println!("  picture of a QR code {url}"),
            Payable::VirtualAccount { bank, number } => println!("  virtual account {number} at {bank}"),
            Payable::Page(url) | Payable::DeepLink(url) => println!("  {url}"),
            other => println!("  {other:?}"),
        }
    }
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error + Send + Sync>> {
    let arguments: Vec<_> = std::env::args().skip(1).collect();
    let [name, reference, amount] = arguments.as_slice() else {
        return Err("give a gateway, a reference and an amount: kropay ORDER-1 10000".into());
    };
    let order = NewPayment::new(reference, amount.parse::<Rupiah>()?)
        .customer_name("Almeera Salsabila")
        .customer_email("almeera@example.com")
        .customer_phone("085736064900");
    let poll = Poll::default().for_at_most(Duration::from_secs(600));
    match take(&*gateway_from_env(name)?, &order, poll).await? {
        Taken::Paid(proof) if proof.is_late() => println!("{} is paid, after its time", order.reference),
        Taken::Paid(_) => println!("{} is paid", order.reference),
        Taken::Notified(_) => println!("{} will be reported by a notification", order.reference),
    }
    Ok(())
}
