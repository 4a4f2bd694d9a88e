//! Outgoing events, as Standard Webhooks has them: signed, in order for each order, again for three days, then a case.

mod deliver;
mod outbox;
mod sign;
mod target;

pub use deliver::Deliverer;
pub use outbox::{Became, again, became};
pub use sign::Keys;
pub use target::{Reach, Target};
