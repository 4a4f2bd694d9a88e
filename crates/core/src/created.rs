//! What a gateway says of a payment that it has just created.

use crate::gateway::{Lookup, PaymentGateway};
use crate::payment::{Payment, PaymentStatus};

/// A created payment whose state is believed. For those who implement [`PaymentGateway`].
///
/// A new payment waits for the customer. A reply to a creation that says anything final, such as `success`, may mean the call
/// and not the payment: the gateway is asked once, and without its answer the payment is pending. Where the gateway cannot be
/// asked, only "paid" is doubted: a payment that was refused at once must not be shown to the customer.
pub async fn believed_state(gateway: &dyn PaymentGateway, mut created: Payment) -> Payment {
    let is_final = created.status == PaymentStatus::Paid || created.status.is_closed();
    if !is_final || (created.status.is_closed() && !gateway.capabilities().status) {
        return created;
    }
    created.status = PaymentStatus::Pending;
    if gateway.capabilities().status
        && let Ok(asked) = gateway.payment(Lookup::Payment(&created)).await
    {
        return asked;
    }
    created
}
