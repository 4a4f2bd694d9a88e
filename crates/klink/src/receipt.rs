//! What a reply must prove before it is believed, beyond its form: that it is the receipt of this call and about this order.

use gerbang_core::operation::Operation;
use gerbang_core::wire::read_json;
use gerbang_core::{Delivery, Error, Identifier, Kind, check};
use serde::de::{self, DeserializeOwned};
use serde::{Deserialize, Deserializer};
use serde_json::value::RawValue;

use crate::PROVIDER;
use crate::operations::{ACCEPT_REFUND, RECONCILE};

/// Looks at the text of a reply with a success flag: the JSON that was sent, if any, and the reply.
pub(crate) type Check = fn(Option<&[u8]>, &RawValue) -> Result<(), Error>;

/// How it is checked that a reply of an operation is the receipt of the call that was sent; none where its type says all. A reply
/// that is checked is read as [`Checked`].
///
/// The check fails with [`Kind::UnexpectedReply`] when the reply is the question of a refund's first step, and with
/// [`Kind::EchoMismatch`] when it is about another order. Either way the call may have been carried out.
pub(crate) fn check_of(operation: &Operation) -> Option<Check> {
    match operation.id {
        id if id == ACCEPT_REFUND.id => Some(|_, reply| check_receipt(reply)),
        id if id == RECONCILE.id => Some(check_order),
        _ => None,
    }
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
