//! The language of what people read: English, or Indonesian out of one catalogue.
//!
//! | File | Subject |
//! |---|---|
//! | `choice` | which language is wanted |
//! | `catalogue` | the Indonesian of each English sentence |
//! | `sentence` | a sentence with values in its places, found again in a text |
//! | `help` | the help, the man pages and what is said of a wrong command line |
//!
//! All parts of the program, and the crates below it, make their sentences in English. [`tr`] says them in the language of the user
//! where they are printed for people. JSON, the log and what scripts read are English always.

mod catalogue;
mod choice;
#[cfg(test)]
mod completeness;
mod help;
mod sentence;

use std::sync::OnceLock;

pub use choice::{Lang, option, wanted};
pub use help::{answer, localized, page};

/// The language of this process; English until it is chosen.
static CHOSEN: OnceLock<Lang> = OnceLock::new();

/// Chooses the language of this process, once.
pub fn choose(lang: Lang) {
    _ = CHOSEN.set(lang);
}

/// Whether people are spoken to in Indonesian.
pub fn is_indonesian() -> bool {
    CHOSEN.get() == Some(&Lang::Indonesian)
}

/// A sentence or a word in the language of the user. What the catalogue does not know stays English.
pub fn tr(text: &str) -> String {
    if is_indonesian() { catalogue::indonesian(text) } else { text.to_owned() }
}
