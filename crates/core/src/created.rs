//! What a gateway says of a payment that it has just created.

use crate::gateway::{Lookup, PaymentGateway};
use crate::payment::{Payment, PaymentStatus};
use crate::{Error, Kind};

/// A created payment whose state is believed. For those who implement [`PaymentGateway`].
///
/// A new payment waits for the customer. A reply to a creation that says anything final, such as `success`, may mean the call
/// and not the payment: the gateway is asked once, and without its answer the payment is pending, or closed where the reply
/// calls it so and has nothing to pay with. Where the gateway cannot be asked, only "paid" is doubted: a payment that was refused
/// at once must not be shown to the customer.
///
/// # Errors
///
/// [`Kind::EchoMismatch`] when the gateway, asked, answers about another payment.
pub async fn believed_state(gateway: &dyn PaymentGateway, mut created: Payment) -> Result<Payment, Error> {
    let said = created.status.clone();
    let can_be_asked = gateway.capabilities().status;
    if said != PaymentStatus::Paid && (!said.is_closed() || !can_be_asked) {
        return Ok(created);
    }
    created.status = PaymentStatus::Pending;
    if can_be_asked {
        match gateway.payment(Lookup::Payment(&created)).await {
            Ok(asked) => return Ok(asked),
            Err(error) if error.kind() == Kind::EchoMismatch => return Err(error),
            Err(_) if said.is_closed() && created.pay_with.is_empty() => created.status = said,
            Err(_) => {}
        }
    }
    Ok(created)
}
