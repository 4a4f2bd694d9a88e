//! The limits that a provider states, checked before anything is sent. Called by generated code.

use std::fmt::Display;

use crate::{Delivery, Error, Kind, Rupiah};

/// Checks that a number is at least `least`.
///
/// # Errors
///
/// [`Kind::InvalidRequest`] when it is less.
pub fn at_least<T: Number>(name: &str, value: T, least: i64) -> Result<(), Error> {
    if value.number() < least.into() { Err(broken(name, value, "at least", least)) } else { Ok(()) }
}

/// Checks that a number is at most `most`.
///
/// # Errors
///
/// [`Kind::InvalidRequest`] when it is more.
pub fn at_most<T: Number>(name: &str, value: T, most: i64) -> Result<(), Error> {
    if value.number() > most.into() { Err(broken(name, value, "at most", most)) } else { Ok(()) }
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
    fn number(self) -> i128;
}

impl<T: Number> Number for &T {
    fn number(self) -> i128 {
        (*self).number()
    }
}

impl Number for Rupiah {
    fn number(self) -> i128 {
        self.get().into()
    }
}

impl Number for u64 {
    fn number(self) -> i128 {
        self.into()
    }
}

impl Number for u32 {
    fn number(self) -> i128 {
        self.into()
    }
}

impl Number for i64 {
    fn number(self) -> i128 {
        self.into()
    }
}

impl Number for i32 {
    fn number(self) -> i128 {
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
    fn numbers_of_every_width_are_compared_as_they_are() {
        assert!(at_least("n", -5_i64, -5).is_ok() && at_least("n", -6_i32, -5).is_err());
        assert!(at_most("n", i64::MIN, 0).is_ok() && at_most("n", u64::MAX, i64::MAX).is_err());
        assert!(at_least("n", u64::MAX, 0).is_ok() && at_least("n", i32::MIN, i64::MIN).is_ok());
    }

    #[test]
    fn length_counts_characters() {
        assert!(length("merchant_ref", "ääääa", 1, 5).is_ok());
        assert!(length("merchant_ref", "", 1, 5).is_err());
        assert!(length("merchant_ref", "äääääa", 1, 5).is_err());
    }
}
