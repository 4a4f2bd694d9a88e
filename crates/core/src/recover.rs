//! Finding the payment of a creation that got no answer.

use crate::expected::updated;
use crate::gateway::{Lookup, PaymentGateway};
use crate::notification::Trust;
use crate::payment::{NewPayment, Payment};
use crate::{Delivery, Error, Kind};

/// Finds the payment that a creation may have made which ended as [`Delivery::MaybeSent`]. `new` must be what was sent then.
///
/// A gateway that finds payments by the merchant's reference is asked for it. One whose creation finds what is there is sent
/// the creation again: afterwards there is one payment, whether the first request arrived or not. The payment is of this
/// reference and price; [`Payment::pay_with`] may be empty, as not every gateway repeats what the customer pays with.
///
/// No answer of this function says that there is no payment: a request that was lost may still be under way.
///
/// # Errors
///
/// Every error is [`Delivery::MaybeSent`], which is about the creation, as before. [`Kind::Unsupported`] when the gateway can do
/// neither: nothing was asked, and the text says what the merchant must do instead. After any other, recover the payment again
/// later; [`Kind::NotFound`] means that the gateway does not know the payment now.
pub async fn recover(gateway: &dyn PaymentGateway, new: &NewPayment) -> Result<Payment, Error> {
    let can = gateway.capabilities();
    let found = if can.find_by_reference {
        let lookup = Lookup::Reference { reference: &new.reference, amount: new.amount };
        gateway.payment(lookup).await.map_err(|error| not_found(gateway.provider(), error))?
    } else if can.idempotent_create {
        let again = gateway.create_payment(new).await;
        again.map_err(|error| error.with_delivery(Delivery::MaybeSent))?
    } else {
        return Err(cannot_find(gateway.provider(), can.notifications));
    };
    let mut sought = new.unanswered(gateway.provider());
    // Only notifications repeat it.
    sought.request_id = None;
    updated(&sought, found)
}

fn cannot_find(provider: &str, notifications: Trust) -> Error {
    let instead = match notifications {
        Trust::None => "look at its dashboard",
        _ => "wait for its notification and compare it with `NewPayment::unanswered`",
    };
    let what = format!(
        "{provider} cannot find a payment whose reply was lost: {instead}, and do not create the payment again before"
    );
    Error::new(Kind::Unsupported, Delivery::MaybeSent, what)
}

/// The error of a payment that could not be asked for: whatever became of the question, the creation is as unsure as before.
fn not_found(provider: &str, error: Error) -> Error {
    let what = match error.kind() {
        Kind::NotFound => {
            format!("{provider} does not know the payment now, which does not prove that it will not be made")
        }
        Kind::EchoMismatch => format!("{provider} knows another payment of this reference"),
        _ => format!("whether {provider} has made the payment could not be found out"),
    };
    error.restated(what).with_delivery(Delivery::MaybeSent)
}
