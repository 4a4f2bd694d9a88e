//! Replies to the creation of a payment.

use anyhow::{Context, Result, bail, ensure};
use gerbang::{Delivery, Error, Kind, Method, NewPayment, Payable, Payment};

use crate::case::{Case, Input, PRICE, case, create, order};
use crate::provider::Reply;

pub const CASES: &[Case] = &[
    case!("B01-fee-empty-at-creation", "a fee that cannot be read does not hide the QR code", empty_fee),
    case!("B03-expiry-as-unix-seconds", "an expiry in another form does not hide the QR code", expiry_in_seconds),
    case!(
        "B09-creation-lost-connection",
        "a database that failed halfway may have stored the payment, so it is MaybeSent",
        lost_connection
    ),
    case!(
        "B14-payload-with-fixed-fee",
        "a payload that adds a fee makes the customer pay another amount: EchoMismatch",
        fee_in_payload
    ),
    case!("B18-message-object", "a refusal shows its reason, also where it is an object of lists", message_object),
    case!("B21-picture-by-http", "the address of a picture without TLS is not handed on", picture_by_http),
    case!("B23-account-number-zero", "a virtual account without a number is a failure", account_number_zero),
    case!(
        "B24-order-id-in-another-case",
        "a reference that comes back in another letter case is the one that was sent",
        reference_in_other_case
    ),
];

async fn empty_fee(input: Input) -> Result<()> {
    let payment = create(input.gateway(), order(), input.json(201)).await?;
    ensure!(payment.qris().is_some() && payment.fee.is_none(), "{payment:?}");
    Ok(())
}

async fn expiry_in_seconds(input: Input) -> Result<()> {
    let payment = create(input.gateway(), order(), input.json(200)).await?;
    ensure!(payment.qris().is_some(), "{payment:?}");
    let expiry = payment.expires_at.map(|time| time.to_string());
    ensure!(matches!(expiry.as_deref(), None | Some("2027-05-30T02:50:00Z")), "expires at {expiry:?}");
    Ok(())
}

async fn lost_connection(input: Input) -> Result<()> {
    let error = refusal(create(input.gateway(), order(), input.json(200)).await)?;
    ensure!(error.delivery() == Delivery::MaybeSent, "{error:?}");
    Ok(())
}

async fn fee_in_payload(input: Input) -> Result<()> {
    let error = refusal(create(input.gateway(), order(), input.json(201)).await)?;
    ensure!(error.kind() == Kind::EchoMismatch, "{error:?}");
    Ok(())
}

async fn message_object(input: Input) -> Result<()> {
    let error = refusal(create(input.gateway(), order(), input.json(200)).await)?;
    ensure!(error.kind() == Kind::Rejected, "{error:?}");
    let message = error.provider_message().context("there is no message")?;
    ensure!(message.contains("Jumlah minimal 1000"), "the message is {message:?}");
    Ok(())
}

async fn picture_by_http(input: Input) -> Result<()> {
    if let Ok(payment) = create(input.gateway(), order(), input.json(200)).await {
        let is_picture = |payable: &Payable| matches!(payable, Payable::QrImage(_));
        ensure!(!payment.pay_with.iter().any(is_picture), "{:?}", payment.pay_with);
    }
    Ok(())
}

async fn account_number_zero(input: Input) -> Result<()> {
    for number in ["\"0\"", "0", "\"-\""] {
        let body = input.text().replace("\"payment_number\": \"0\"", &format!("\"payment_number\": {number}"));
        ensure!(body.contains(number), "the input has no such member");
        let new = order().method(Method::VirtualAccount("bri".to_owned()));
        let created = create(input.gateway(), new, Reply::json(200, body.as_bytes())).await;
        refusal(created).with_context(|| format!("with the number {number}"))?;
    }
    Ok(())
}

async fn reference_in_other_case(input: Input) -> Result<()> {
    let new = NewPayment::new("ORD-abc-1", PRICE);
    let payment = create(input.gateway(), new, input.json(200)).await?;
    ensure!(payment.qris().is_some() && payment.reference.as_deref() == Some("ORD-abc-1"), "{payment:?}");
    Ok(())
}

/// The error of a creation that must fail.
fn refusal(created: Result<Payment, Error>) -> Result<Error> {
    match created {
        Ok(payment) => bail!("it is created: {payment:?}"),
        Err(error) => Ok(error),
    }
}
