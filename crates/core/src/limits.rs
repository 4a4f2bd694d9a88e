//! The limits that a provider states, checked before anything is sent. Called by generated code.

use std::fmt::Display;

use crate::{Delivery, Error, Kind, Rupiah};

/// Checks that a number is at least `least`.
///
/// # Errors
///
/// [`Kind::InvalidRequest`] when it is less.
pub fn at_least<T: Number>(name: &str, value: T, least: u64) -> Result<(), Error> {
    if value.number() < least { Err(broken(name, value, "at least", least)) } else { Ok(()) }
}

/// Checks that a number is at most `most`.
///
/// # Errors
///
/// [`Kind::InvalidRequest`] when it is more.
pub fn at_most<T: Number>(name: &str, value: T, most: u64) -> Result<(), Error> {
    if value.number() > most { Err(broken(name, value, "at most", most)) } else { Ok(()) }
}

/// Checks how many characters a text has.
///
/// # Errors
///
/// [`Kind::InvalidRequest`] when it has fewer than `least` or more than `most`.
pub fn length(name: &str, value: impl AsRef<str>, least: usize, most: usize) -> Result<(), Error> {
    let count = value.as_ref().chars().count();
    if count < least {
        return Err(broken(name, format_args!("{count} characters"), "at least", least));
    }
    if count > most {
        return Err(broken(name, format_args!("{count} characters"), "at most", most));
    }
    Ok(())
}

/// A number that has limits.
pub trait Number: Copy + Display {
    /// Its value.
    fn number(self) -> u64;
}

impl<T: Number> Number for &T {
    fn number(self) -> u64 {
        (*self).number()
    }
}

impl Number for Rupiah {
    fn number(self) -> u64 {
        self.get()
    }
}

impl Number for u64 {
    fn number(self) -> u64 {
        self
    }
}

impl Number for u32 {
    fn number(self) -> u64 {
        self.into()
    }
}

fn broken(name: &str, value: impl Display, bound: &str, limit: impl Display) -> Error {
    let what = format!("`{name}` is {value}, but the provider takes {bound} {limit}");
    Error::new(Kind::InvalidRequest, Delivery::NotSent, what)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn limits_are_inclusive() {
        assert!(at_least("amount", Rupiah::new(1000), 1000).is_ok());
        let error = at_least("amount", Rupiah::new(999), 1000).unwrap_err();
        assert_eq!((error.kind(), error.delivery()), (Kind::InvalidRequest, Delivery::NotSent));
        assert!(error.to_string().starts_with("`amount` is 999, but the provider takes at least 1000;"), "{error}");
        assert!(at_most("n", 5_u32, 5).is_ok() && at_most("n", 6_u32, 5).is_err());
    }

    #[test]
    fn length_counts_characters() {
        assert!(length("merchant_ref", "ääääa", 1, 5).is_ok());
        assert!(length("merchant_ref", "", 1, 5).is_err());
        assert!(length("merchant_ref", "äääääa", 1, 5).is_err());
    }
}
