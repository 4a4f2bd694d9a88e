//! Types shared by the Gerbang payment clients.

mod error;
mod flag;
mod identifier;
mod json_string;
mod maybe;
mod open;
mod operation;
mod rupiah;
mod secret;
mod time;
pub mod wire;

pub use error::{Delivery, Error, Kind};
pub use flag::Flag;
pub use identifier::Identifier;
pub use json_string::JsonString;
pub use maybe::Maybe;
pub use open::{Open, Word};
pub use rupiah::{DottedRupiah, Rupiah, RupiahError};
pub use secret::Secret;
pub use time::{JakartaTime, TimeError};
