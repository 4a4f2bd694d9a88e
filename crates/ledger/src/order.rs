//! What a customer is to pay for.

use gerbang_core::{NewPayment, Rupiah, check};

use crate::Error;

/// How long an order's id may be: a reference, without the room for the number of an attempt.
const LONGEST_ID: usize = 44;

/// What a customer is to pay for, and what the gateway gets to know of it.
///
/// ```
/// use std::time::Duration;
/// use gerbang_core::{NewPayment, Rupiah};
/// use gerbang_ledger::Order;
///
/// let order = Order::new("ORDER-12345", Rupiah::new(10_000));
/// // With all that a payment can have.
/// let order = Order::from(NewPayment::new("ORDER-12345", Rupiah::new(10_000)).expires_in(Duration::from_secs(900)))
///     .metadata(r#"{"cart": 7}"#);
/// assert_eq!(order.id(), "ORDER-12345");
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Order {
    /// Its reference is the order's id.
    new: NewPayment,
    metadata: Option<String>,
    content: Option<String>,
}

impl Order {
    /// An order of this id, which is unique without regard to case, at this price in rupiah.
    ///
    /// The id is the reference of its first payment; a further one gets `-2`, `-3` and so on. It has 1 to 44 characters, see
    /// [`check::reference`](gerbang_core::check::reference).
    pub fn new(id: impl Into<String>, amount: Rupiah) -> Self {
        NewPayment::new(id, amount).into()
    }

    /// Adds a text of the merchant's own, such as JSON, that is kept with the order.
    #[must_use]
    pub fn metadata(self, metadata: impl Into<String>) -> Self {
        Self { metadata: Some(metadata.into()), ..self }
    }

    /// Adds what the order is recognised by when it is [placed](crate::Ledger::place) again, such as a hash of all that the
    /// customer ordered. It is kept for ever.
    #[must_use]
    pub fn content(self, content: impl Into<String>) -> Self {
        Self { content: Some(content.into()), ..self }
    }

    /// The merchant's id.
    pub fn id(&self) -> &str {
        &self.new.reference
    }

    /// The price in rupiah.
    pub fn amount(&self) -> Rupiah {
        self.new.amount
    }

    pub(crate) fn kept_metadata(&self) -> Option<&str> {
        self.metadata.as_deref()
    }

    pub(crate) fn kept_content(&self) -> Option<&str> {
        self.content.as_deref()
    }

    /// What is sent for an attempt of this reference.
    pub(crate) fn request(&self, reference: String) -> NewPayment {
        // The id of a request is made of reference and price, so that each attempt has its own.
        let mut request = self.new.clone();
        (request.reference, request.request_id) = (reference, None);
        request
    }

    /// Checks that every gateway can take the id and every database the price.
    pub(crate) fn check(&self) -> Result<(), Error> {
        if self.id().len() > LONGEST_ID {
            return Err(Error::Invalid(format!("the order's id has more than {LONGEST_ID} characters")));
        }
        if i64::try_from(self.amount().get()).is_err() {
            return Err(Error::Invalid("the order's price is too large".to_owned()));
        }
        check::reference("the ledger", self.id()).map_err(Error::Gateway)
    }
}

/// The order has the payment's reference as its id. An id of the request is left out: each attempt has one of its own.
impl From<NewPayment> for Order {
    fn from(new: NewPayment) -> Self {
        Self { new, metadata: None, content: None }
    }
}

/// The reference of an order's attempt of this number.
pub(crate) fn reference(order: &str, number: i64) -> String {
    if number <= 1 { order.to_owned() } else { format!("{order}-{number}") }
}
