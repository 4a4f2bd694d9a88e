//! What a reply must prove before it is believed, beyond its form: that it is the receipt of this call and about this order.

use gerbang_core::operation::Operation;
use gerbang_core::wire::read_json;
use gerbang_core::{Delivery, Error, Identifier, Kind, check};
use serde::de::{self, DeserializeOwned};
use serde::{Deserialize, Deserializer};
use serde_json::value::RawValue;

use crate::PROVIDER;
use crate::operations::{ACCEPT_REFUND, RECONCILE};

/// The operations whose replies are looked at twice: by their own type, and by [`check_reply`].
static LOOKED_AT: [&Operation; 2] = [&ACCEPT_REFUND, &RECONCILE];

/// Whether a reply of this operation has to be read as [`Checked`].
pub(crate) fn is_looked_at(operation: &Operation) -> bool {
    LOOKED_AT.iter().any(|looked_at| looked_at.id == operation.id)
}

/// A payload beside its own text.
pub(crate) struct Checked<T> {
    pub(crate) payload: T,
    pub(crate) text: Box<RawValue>,
}

impl<'de, T: DeserializeOwned> Deserialize<'de> for Checked<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = Box::<RawValue>::deserialize(deserializer)?;
        let payload = read_json(text.get()).map_err(de::Error::custom)?;
        Ok(Self { payload, text })
    }
}

/// Checks that a reply with a success flag is the receipt of the call that was sent.
///
/// # Errors
///
/// [`Kind::UnexpectedReply`] when it is the question of a refund's first step; [`Kind::EchoMismatch`] when it is about
/// another order. Either way the call may have been carried out.
pub(crate) fn check_reply(operation: &'static Operation, sent: Option<&[u8]>, reply: &RawValue) -> Result<(), Error> {
    let checked = match operation.id {
        id if id == ACCEPT_REFUND.id => check_receipt(reply),
        id if id == RECONCILE.id => check_order(sent, reply),
        _ => Ok(()),
    };
    checked.map_err(|error| error.with_operation(operation).with_attempts(1))
}

/// What the first step of a refund asks, in lower case: "is this the data that is to be refunded?".
const QUESTION: &str = "apakah benar";

fn check_receipt(reply: &RawValue) -> Result<(), Error> {
    #[derive(Deserialize)]
    struct Receipt {
        data: Option<Box<RawValue>>,
        message: Option<serde_json::Value>,
    }
    let receipt: Receipt = read(reply)?;
    let has_rows = receipt.data.as_ref().is_some_and(|data| !matches!(data.get(), "[]" | "{}" | "\"\"" | "false"));
    let text = receipt.message.as_ref().and_then(serde_json::Value::as_str).unwrap_or_default().trim().to_lowercase();
    if has_rows || text.contains(QUESTION) || text.ends_with('?') {
        let what =
            "the reply is the question of the refund's first step, not a receipt: nothing may have been refunded";
        return Err(Error::new(Kind::UnexpectedReply, Delivery::MaybeSent, what));
    }
    Ok(())
}

fn check_order(sent: Option<&[u8]>, reply: &RawValue) -> Result<(), Error> {
    #[derive(Deserialize)]
    struct Sent {
        id_order: String,
    }
    #[derive(Deserialize)]
    struct Reply {
        data: gerbang_core::JsonString<Payment>,
    }
    #[derive(Deserialize)]
    struct Payment {
        order_id: Identifier,
    }
    let Some(Ok(sent)) = sent.map(serde_json::from_slice::<Sent>) else { return Ok(()) };
    let reply: Reply = read(reply)?;
    check::echo(PROVIDER, "order", &sent.id_order, reply.data.order_id.as_str())
}

fn read<T: DeserializeOwned>(reply: &RawValue) -> Result<T, Error> {
    read_json(reply.get())
        .map_err(|_| Error::new(Kind::UnexpectedReply, Delivery::MaybeSent, "the reply does not say what it is about"))
}
