//! What proves who sent a notification.

#[cfg(feature = "signature")]
mod check;

use crate::operation::Place;
use crate::signature::Signature;

/// What proves a notification.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NotificationProof {
    /// Where it stands: a header, or a member of the body.
    pub place: Place,
    /// How it is made of the key; none where the key itself stands there, a secret that both sides know.
    pub signature: Option<Signature>,
}

impl NotificationProof {
    /// The name of the header in which it stands, in lower case; none where it is a member of the body.
    pub const fn header(&self) -> Option<&'static str> {
        match self.place {
            Place::Header(name) => Some(name),
            _ => None,
        }
    }
}
