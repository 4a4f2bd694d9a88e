//! Takes one payment through every gateway: create it, show it, let the customer pay, ask for its status.
//!
//! ```sh
//! cargo run -p gerbang --example every_gateway --no-default-features --features full
//! ```
//!
//! The sandbox on this machine takes the place of the gateways. With real credentials the program differs in one line:
//! `Settings::from_env()`.

use std::error::Error;

use gerbang::registry::{Descriptor, Settings};
use gerbang::{NewPayment, Payable, Payment, Rupiah, gateways};
use gerbang_sandbox::{Provider, Sandbox};

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let sandbox = Sandbox::start().await;
    for descriptor in gateways().filter(|descriptor| descriptor.discontinued.is_none()) {
        take_payment(descriptor, &sandbox).await?;
    }
    Ok(())
}

async fn take_payment(descriptor: &Descriptor, sandbox: &Sandbox) -> Result<(), Box<dyn Error>> {
    let provider: Provider = descriptor.section.parse()?;
    let gateway = (descriptor.make)(&settings(&sandbox.url(provider)))?;

    let order = NewPayment::new(format!("ORDER-{}", descriptor.name), Rupiah::new(10_000))
        .customer_name("Almeera Salsabila")
        .customer_email("almeera@example.com")
        .customer_phone("085736064900");
    let payment = gateway.create_payment(&order).await?;
    show(descriptor, &payment);

    // A gateway that takes no merchant reference knows the payment by its own id alone.
    let names = [&order.reference].into_iter().chain(&payment.id);
    let name =
        names.into_iter().find(|name| sandbox.payment(provider, name).is_ok()).ok_or("the payment is not there")?;
    sandbox.pay(provider, name)?;
    if (descriptor.capabilities)().status {
        println!("    status: {}\n", gateway.payment((&payment).into()).await?.status);
    } else {
        println!("    status: comes with a notification\n");
    }
    Ok(())
}

/// What a gateway is made from: here an address in the sandbox, and settings that it takes.
fn settings(url: &str) -> Settings<'_> {
    Settings::new(move |variable| {
        let value = match Provider::setting(variable) {
            None if variable.ends_with("_BASE_URL") => url,
            value => value.unwrap_or("not-a-real-key"),
        };
        Ok(Some(value.to_owned()))
    })
}

fn show(descriptor: &Descriptor, payment: &Payment) {
    let reference = payment.reference.as_deref().or(payment.id.as_deref()).unwrap_or_default();
    println!("{} ({}): created {reference}", descriptor.title, descriptor.takes);
    match payment.payable {
        Some(payable) => println!("    pay Rp{}", payable.to_dotted()),
        None => println!("    pay what the gateway's page says"),
    }
    for way in &payment.pay_with {
        match way {
            Payable::Qris(payload) => println!("    with QRIS {payload}"),
            Payable::VirtualAccount { bank, number } => {
                println!("    with the virtual account {number} at bank {bank}")
            }
            other => println!("    with {other:?}"),
        }
    }
}
