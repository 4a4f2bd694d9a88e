//! Takes one payment through each of the five gateways: create it, show it, ask for its status.
//!
//! A stand-in on this machine gives the replies that the providers' documents print. With real credentials the program
//! differs in one line for each gateway: `Client::from_env()` instead of `Client::builder(…).base_url(…).build()`.

mod stand_in;

use gerbang::{Error, Rupiah, kazukipay, klink, kropay, pakasir, paydigital};

#[tokio::main]
async fn main() -> Result<(), Error> {
    let stand_in = stand_in::start().await;
    kazukipay_payment(stand_in.url("/kazukipay")).await?;
    kropay_payment(stand_in.url("/kropay")).await?;
    paydigital_payment(stand_in.url("/paydigital")).await?;
    pakasir_payment(stand_in.url("/pakasir")).await?;
    klink_payment(stand_in.url("/klink")).await?;
    Ok(())
}

async fn kazukipay_payment(base_url: String) -> Result<(), Error> {
    use kazukipay::types::{NewPayment, PaymentQuery};

    let credentials = kazukipay::Credentials::new("SK-1234567890abcdef", 1);
    let client = kazukipay::Client::builder(credentials).base_url(base_url).build()?;

    let new = NewPayment { amount: Rupiah::new(10_000), custom_id: "ORD-001".into() };
    let payment = client.create_payment(&new).await?;
    show("Kazukipay", "ORD-001", payment.unique_amount, "QR image", &payment.qris_url);

    let now = client.payment_status(&PaymentQuery { custom_id: "ORD-001".into() }).await?;
    println!("    status: {}\n", now.status);
    Ok(())
}

async fn kropay_payment(base_url: String) -> Result<(), Error> {
    use kropay::types::NewPayment;

    let client = kropay::Client::builder(kropay::Credentials::new("not-a-real-key")).base_url(base_url).build()?;

    let new = NewPayment {
        merchant_ref: "ORDER-12345".into(),
        amount: Rupiah::new(10_000),
        customer_name: Some("Krisdi".into()),
        customer_email: None,
        expired_in: None,
    };
    let payment = client.create_payment(&new).await?;
    show("Kropay", payment.reference.as_str(), payment.total_amount, "QRIS", &payment.qris_string);

    let now = client.payment_status(payment.reference.as_str()).await?;
    println!("    status: {}\n", now.status);
    Ok(())
}

async fn paydigital_payment(base_url: String) -> Result<(), Error> {
    use paydigital::types::NewPayment;

    let credentials = paydigital::Credentials::new("PYG1234567890abcdef", 1);
    let client = paydigital::Client::builder(credentials).base_url(base_url).build()?;

    let new = NewPayment {
        amount: Rupiah::new(10_000),
        description: Some("Pembelian Produk A".into()),
        customer_name: Some("John Doe".into()),
    };
    let payment = client.create_payment(&new).await?;
    show("PayDigital", payment.invoice.as_str(), payment.total_amount, "QRIS", &payment.qr_content);

    let now = client.payment_status(payment.invoice.as_str()).await?;
    println!("    status: {}\n", now.status);
    Ok(())
}

async fn pakasir_payment(base_url: String) -> Result<(), Error> {
    use pakasir::v1::types::{NewTransaction, PaymentMethod};

    let credentials = pakasir::v1::Credentials::new("xxx123", "depodomain");
    let client = pakasir::v1::Client::builder(credentials).base_url(base_url).build()?;

    let new = NewTransaction { order_id: "INV123123".into(), amount: Rupiah::new(99_000) };
    let payment = client.create_transaction(PaymentMethod::Qris, &new).await?;
    show("Pakasir", "INV123123", payment.total_payment, "QRIS", payment.payment_number.as_str());

    let now = client.transaction_detail(new.amount, &new.order_id).await?;
    println!("    status: {}\n", now.status);
    Ok(())
}

async fn klink_payment(base_url: String) -> Result<(), Error> {
    use klink::types::{NewWalletPayment, ReconcileRequest};

    let credentials = klink::Credentials::new("shop@example.com", "not-a-real-password");
    let client = klink::Client::builder(credentials).base_url(base_url).build()?;

    let new = NewWalletPayment {
        id_member: "idspaa001".into(),
        amount: Rupiah::new(90_000),
        id_order: "123456789".into(),
        description: "Pembelian Paket Klorofil".into(),
    };
    let payment = client.pay_from_wallet(&new).await?;
    show("K-Link", "123456789", new.amount, "wallet", payment.message.as_deref().unwrap_or_default());

    let now = client.reconcile(&ReconcileRequest { id_order: "123456789".into() }).await?;
    println!("    status: {} taken from the wallet", now.data.credit);
    Ok(())
}

fn show(gateway: &str, reference: &str, payable: Rupiah, by: &str, what: &str) {
    println!("{gateway}: created {reference}\n    pay Rp{} by {by}: {what}", payable.to_dotted());
}
