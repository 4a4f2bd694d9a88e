//! Takes one payment through each of the five gateways: create it, show it, let the customer pay, ask for its status.
//!
//! ```sh
//! cargo run -p gerbang --example five_gateways --no-default-features --features full
//! ```
//!
//! The sandbox on this machine takes the place of the gateways. With real credentials the program differs in one line for
//! each gateway: `Client::from_env()` instead of `Client::builder(…).base_url(…).build()`.

use std::error::Error;

use gerbang::{Rupiah, kazukipay, klink, kropay, pakasir, paydigital};
use gerbang_sandbox::{Provider, Sandbox};

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let sandbox = Sandbox::start().await;
    kazukipay_payment(&sandbox).await?;
    kropay_payment(&sandbox).await?;
    paydigital_payment(&sandbox).await?;
    pakasir_payment(&sandbox).await?;
    klink_payment(&sandbox).await?;
    Ok(())
}

async fn kazukipay_payment(sandbox: &Sandbox) -> Result<(), Box<dyn Error>> {
    use kazukipay::types::{CreatePayment, PaymentQuery};

    let credentials = kazukipay::Credentials::new("SK-1234567890abcdef", 1);
    let client = kazukipay::Client::builder(credentials).base_url(sandbox.url(Provider::Kazukipay)).build()?;

    let new = CreatePayment::new(Rupiah::new(10_000), "ORD-001");
    let payment = client.create_payment(&new).await?;
    show("Kazukipay", "ORD-001", payment.unique_amount, "QR image", &payment.qris_url);

    sandbox.pay(Provider::Kazukipay, "ORD-001")?;
    let now = client.payment_status(&PaymentQuery::new("ORD-001")).await?;
    println!("    status: {}\n", now.status);
    Ok(())
}

async fn kropay_payment(sandbox: &Sandbox) -> Result<(), Box<dyn Error>> {
    use kropay::types::CreatePayment;

    let credentials = kropay::Credentials::new("not-a-real-key");
    let client = kropay::Client::builder(credentials).base_url(sandbox.url(Provider::Kropay)).build()?;

    let new = CreatePayment::new("ORDER-12345", Rupiah::new(10_000)).customer_name("Krisdi");
    let payment = client.create_payment(&new).await?;
    show("Kropay", payment.reference.as_str(), payment.total_amount, "QRIS", &payment.qris_string);

    sandbox.pay(Provider::Kropay, payment.reference.as_str())?;
    let now = client.payment_status(payment.reference.as_str()).await?;
    println!("    status: {}\n", now.status);
    Ok(())
}

async fn paydigital_payment(sandbox: &Sandbox) -> Result<(), Box<dyn Error>> {
    use paydigital::types::CreatePayment;

    let credentials = paydigital::Credentials::new("PYG1234567890abcdef", 1);
    let client = paydigital::Client::builder(credentials).base_url(sandbox.url(Provider::Paydigital)).build()?;

    let new = CreatePayment::new(Rupiah::new(10_000)).description("Pembelian Produk A").customer_name("John Doe");
    let payment = client.create_payment(&new).await?;
    show("PayDigital", payment.invoice.as_str(), payment.total_amount, "QRIS", &payment.qr_content);

    sandbox.pay(Provider::Paydigital, payment.invoice.as_str())?;
    let now = client.payment_status(payment.invoice.as_str()).await?;
    println!("    status: {}\n", now.status);
    Ok(())
}

async fn pakasir_payment(sandbox: &Sandbox) -> Result<(), Box<dyn Error>> {
    use pakasir::v2::types::{NewTransaction, PaymentMethod};

    let credentials = pakasir::v2::Credentials::new("xxx123", "depodomain");
    let client = pakasir::v2::Client::builder(credentials).base_url(sandbox.url(Provider::Pakasir)).build()?;

    let new = NewTransaction::new(PaymentMethod::Qris, Rupiah::new(99_000));
    let payment = client.create_transaction("INV123123", &new).await?;
    let payable = payment.total_payment.ok_or("Pakasir has not said how much is to be paid")?;
    show("Pakasir", payment.txn_id.as_str(), payable, "QRIS", payment.qr_string.as_deref().unwrap_or_default());

    sandbox.pay(Provider::Pakasir, "INV123123")?;
    let now = client.transaction_status(payment.txn_id.as_str()).await?;
    println!("    status: {}\n", now.status);
    Ok(())
}

/// K-Link reports the status of a payment only where it is made from a member's wallet, which is paid at once.
async fn klink_payment(sandbox: &Sandbox) -> Result<(), Box<dyn Error>> {
    use klink::types::{
        NewWallet, NewWalletPayment, NewWalletPaymentRequired, NewWalletRequired, ReconcileRequest, VoucherRedemption,
        VoucherRedemptionRequired,
    };

    let credentials = klink::Credentials::new("shop@example.com", "not-a-real-password");
    let client = klink::Client::builder(credentials).base_url(sandbox.url(Provider::Klink)).build()?;

    let member = NewWallet::new(NewWalletRequired {
        id_member: "idspaa001".into(),
        name: "Almeera Salsabila".into(),
        email: "almeera@example.com".into(),
        hp: "085736064900".into(),
    });
    client.register_va(&member).await?;
    let voucher = VoucherRedemption::new(VoucherRedemptionRequired {
        id_member_receipt: "idspaa001".into(),
        voucher_code: "asdfkeijk".into(),
        amount: Rupiah::new(360_000),
        description: "Bonus".into(),
    });
    client.redeem_voucher(&voucher).await?;

    let new = NewWalletPayment::new(NewWalletPaymentRequired {
        id_member: "idspaa001".into(),
        amount: Rupiah::new(90_000),
        id_order: "123456789".into(),
        description: "Pembelian Paket Klorofil".into(),
    });
    let payment = client.pay_from_wallet(&new).await?;
    show("K-Link", "123456789", new.amount, "wallet", payment.message.as_deref().unwrap_or_default());

    let now = client.reconcile(&ReconcileRequest::new("123456789")).await?;
    println!("    status: {} rupiah taken from the wallet", now.data.credit);
    Ok(())
}

fn show(gateway: &str, reference: &str, payable: Rupiah, by: &str, what: &str) {
    println!("{gateway}: created {reference}\n    pay Rp{} by {by}: {what}", payable.to_dotted());
}
