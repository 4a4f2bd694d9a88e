//! The one refusal that K-Link's document prints: a second refund.

use gerbang_core::{Error, Identifier, JakartaTime, Kind};

use crate::operations::ACCEPT_REFUND;
use crate::types::RefundAcceptance;

/// What K-Link says of a refund that was made before. Of which refund, [`AlreadyRefunded::is_of`] compares: a second payment of
/// the order is not refunded because the first one was.
///
/// ```no_run
/// # #[cfg(feature = "client")] mod example {
/// use gerbang_klink::{AlreadyRefunded, Client, types::RefundAcceptance};
///
/// # async fn refund(client: &Client, refund: &RefundAcceptance) -> Result<(), gerbang_core::Error> {
/// match client.accept_refund(refund).await {
///     Ok(_) => println!("refunded"),
///     Err(error) => match AlreadyRefunded::from_error(&error) {
///         Some(before) if before.is_of(refund) == Some(true) => println!("refunded before: {}", before.text),
///         Some(before) => println!("another transaction may be meant, look at the history: {}", before.text),
///         None => return Err(error),
///     },
/// }
/// # Ok(())
/// # }
/// # }
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct AlreadyRefunded {
    /// K-Link's own text, as it came.
    pub text: String,
    /// The id of a transaction, see [`Self::is_of`]; none, as with all others, where the text does not say it.
    pub id_trans: Option<Identifier>,
    /// The merchant's id of the order.
    pub order_id: Option<Identifier>,
    /// The id of the member who got the money back.
    pub member_id: Option<String>,
    /// When it was refunded, Jakarta time.
    pub datetime: Option<JakartaTime>,
}

impl AlreadyRefunded {
    /// Reads the error of [`accept_refund`](crate::operations::ACCEPT_REFUND); none when it failed for another reason or is
    /// the error of another call.
    pub fn from_error(error: &Error) -> Option<Self> {
        let of_refund = error
            .operation()
            .is_some_and(|operation| (operation.provider, operation.id) == (ACCEPT_REFUND.provider, ACCEPT_REFUND.id));
        (of_refund && error.kind() == Kind::AlreadyDone)
            .then(|| Self::read(error.provider_message().unwrap_or_default()))
    }

    /// Whether the refund that was made before is the one that was asked for now: `true` when the text names the same
    /// transaction and nothing else, `false` when it names another order or member.
    ///
    /// None when it names no transaction or another one. In the document's own sample transaction 137 is to be refunded and
    /// the refusal names 323, which may be another transaction of the order or the booking of its refund: look at the member's
    /// `transaction_history`, and take it for refunded only after that.
    pub fn is_of(&self, refund: &RefundAcceptance) -> Option<bool> {
        let is_other = |said: Option<&str>, asked: &str| said.is_some_and(|said| said != asked.trim());
        if is_other(self.order_id.as_ref().map(Identifier::as_str), &refund.id_order)
            || is_other(self.member_id.as_deref(), &refund.id_member)
        {
            return Some(false);
        }
        (self.id_trans.as_ref()?.as_str() == refund.id_trans.trim()).then_some(true)
    }

    fn read(text: &str) -> Self {
        let mut values: [Option<String>; NAMES.len()] = Default::default();
        let mut current = None;
        for part in text.trim().trim_end_matches('!').split(',') {
            let named = part.split_once(':').and_then(|(name, value)| {
                let name = NAMES.iter().position(|known| name.trim().eq_ignore_ascii_case(known))?;
                values[name].is_none().then_some((name, value))
            });
            match (named, current) {
                (Some((name, value)), _) => {
                    values[name] = Some(value.to_owned());
                    current = Some(name);
                }
                // A comma that belongs to the value.
                (None, Some(name)) => values[name].get_or_insert_default().extend([",", part]),
                (None, None) => {}
            }
        }
        let [id_trans, order_id, member_id, datetime] =
            values.map(|value| value.map(|value| value.trim().to_owned()).filter(|value| !value.is_empty()));
        Self {
            text: text.to_owned(),
            id_trans: id_trans.map(Identifier::from),
            order_id: order_id.map(Identifier::from),
            member_id,
            datetime: datetime.map(JakartaTime::new),
        }
    }
}

/// The names in the text, in the order of its values.
const NAMES: [&str; 4] = ["id_trans", "order_id", "member_id", "datetime"];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::types::RefundAcceptanceRequired;
    use gerbang_core::Delivery;

    const DOCUMENTED: &str =
        "refund existing, id_trans:323, order_id:123456789,\nmember_id:idspaa001, datetime:2021-10-27 12:01:25!";

    #[test]
    fn reads_the_documented_text() {
        for text in [
            DOCUMENTED.to_owned(),
            DOCUMENTED.replace(",\n", ", "),
            DOCUMENTED.replace(':', " : ").replace("12 : 01 : 25", "12:01:25"),
            DOCUMENTED.replace(", ", ","),
            format!(" {}\r\n", DOCUMENTED.replace(", ", " ,\t").to_uppercase().replace("IDSPAA", "idspaa")),
        ] {
            let read = AlreadyRefunded::read(&text);
            assert_eq!(read.text, text);
            assert_eq!(read.id_trans.unwrap(), "323");
            assert_eq!(read.order_id.unwrap(), "123456789");
            assert_eq!(read.member_id.unwrap(), "idspaa001");
            assert_eq!(read.datetime.unwrap().timestamp().unwrap().to_string(), "2021-10-27T05:01:25Z");
        }
    }

    #[test]
    fn keeps_a_text_that_says_less() {
        for text in ["", "refund existing", "refund existing, id_trans:, order_id: , member_id: !", ":,:!"] {
            let read = AlreadyRefunded::read(text);
            assert_eq!(read.text, text);
            let AlreadyRefunded { id_trans, order_id, member_id, datetime, .. } = read;
            assert_eq!((id_trans, order_id, member_id, datetime), (None, None, None, None), "{text}");
        }
    }

    #[test]
    fn refund_that_was_made_before_is_compared() {
        let refund = |id_order: &str, id_member: &str, id_trans: &str| {
            RefundAcceptance::new(RefundAcceptanceRequired {
                id_order: id_order.into(),
                id_member: id_member.into(),
                id_trans: id_trans.into(),
                note: "n".into(),
            })
        };
        let documented = AlreadyRefunded::read(DOCUMENTED);
        assert_eq!(documented.is_of(&refund("123456789", "idspaa001", "323")), Some(true));
        assert_eq!(documented.is_of(&refund("123456789", "idspaa001", "138")), None);
        assert_eq!(documented.is_of(&refund("123456780", "idspaa001", "323")), Some(false));
        assert_eq!(documented.is_of(&refund("123456789", "idspaa002", "323")), Some(false));
        assert_eq!(AlreadyRefunded::read("refund existing").is_of(&refund("1", "m", "323")), None);
        let only_id = AlreadyRefunded::read("refund existing, id_trans:323!");
        assert_eq!(only_id.is_of(&refund("1", "m", "323")), Some(true));
    }

    #[test]
    fn a_value_may_hold_commas_and_colons() {
        let read = AlreadyRefunded::read("refund existing, id_trans:7, order_id:A,B: 1/2 ,x, member_id:m!");
        assert_eq!(read.order_id.unwrap(), "A,B: 1/2 ,x");
        assert_eq!(read.member_id.unwrap(), "m");
    }

    #[test]
    fn is_of_that_refusal_of_that_call_only() {
        let error = |kind| Error::new(kind, Delivery::Answered, "refused");
        let with_text = |error: Error| error.with_provider_message(Some(DOCUMENTED.to_owned()));
        let read = AlreadyRefunded::from_error(&with_text(error(Kind::AlreadyDone).with_operation(&ACCEPT_REFUND)));
        assert_eq!(read.unwrap().text, DOCUMENTED);
        for other in [
            with_text(error(Kind::AlreadyDone)),
            with_text(error(Kind::Rejected).with_operation(&ACCEPT_REFUND)),
            with_text(error(Kind::AlreadyDone).with_operation(&crate::operations::CREATE_GOPAY_PAYMENT)),
        ] {
            assert_eq!(AlreadyRefunded::from_error(&other), None);
        }
    }
}
