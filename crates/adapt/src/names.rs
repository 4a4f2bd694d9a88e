//! Names: of components, operations, words. Two things never get the same one.

use std::collections::BTreeSet;

use gerbang_spec::naming::{CORE_NAMES, GETTERS, METHODS, REQUIRED, TYPES, is_ident};
use heck::{ToPascalCase, ToSnakeCase};

use super::Side;

/// Names that mean something in a spec or in a client.
const TAKEN: &[&str] = &["Client", "Credentials", "Failure"];

/// Ends of the names that the generator makes of others.
const MADE: [&str; 2] = [REQUIRED, "Options"];

/// The names that are in use.
#[derive(Debug, Default)]
pub(super) struct Names {
    components: BTreeSet<String>,
    operations: BTreeSet<String>,
    credentials: BTreeSet<String>,
}

impl Names {
    /// A name for a component.
    pub(super) fn component(&mut self, hint: &str, side: Side) -> String {
        let name = pascal(hint);
        let is_taken = TAKEN.iter().chain(TYPES).any(|taken| *taken == name)
            || CORE_NAMES.contains(&name)
            || MADE.iter().any(|end| name.ends_with(end));
        let name = if is_taken { format!("{name}Object") } else { name };
        if side == Side::Sent && self.components.contains(&name) {
            return unique(&mut self.components, &format!("{name}Input"), "");
        }
        unique(&mut self.components, &name, "")
    }

    /// A name for an operation.
    pub(super) fn operation(&mut self, hint: &str) -> String {
        let name = snake(hint);
        let usable = is_ident(&name) && !METHODS.contains(&name.as_str());
        unique(&mut self.operations, &if usable { name } else { format!("call_{name}") }, "_")
    }

    /// A name for a credential.
    pub(super) fn credential(&mut self, hint: &str) -> String {
        let name = snake(hint);
        let usable = is_ident(&name) && !GETTERS.contains(&name.as_str());
        unique(&mut self.credentials, if usable { &name } else { "api_key" }, "_")
    }
}

fn unique(taken: &mut BTreeSet<String>, name: &str, before_number: &str) -> String {
    let mut found = name.to_owned();
    let mut number = 1;
    while !taken.insert(found.clone()) {
        number += 1;
        found = format!("{name}{before_number}{number}");
    }
    found
}

/// A type's name that stays as it is when it is made a type's name once more.
pub(super) fn pascal(hint: &str) -> String {
    let ascii = hint.replace(|letter: char| !letter.is_ascii_alphanumeric(), "-");
    let name = ascii.to_pascal_case().to_pascal_case();
    if name.starts_with(|first: char| first.is_ascii_uppercase()) { name } else { format!("X{name}").to_pascal_case() }
}

/// A name in snake_case.
pub(super) fn snake(hint: &str) -> String {
    let ascii = hint.replace(|letter: char| !letter.is_ascii_alphanumeric(), "-");
    let name = ascii.to_snake_case();
    if name.starts_with(|first: char| first.is_ascii_lowercase()) { name } else { format!("x{name}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_valid_stable_and_differ() {
        for (hint, name) in [
            ("payment_intent", "PaymentIntent"),
            ("APIKey", "ApiKey"),
            ("billing_portal.session", "BillingPortalSession"),
            ("3ds", "X3ds"),
            ("Größe", "GrE"),
        ] {
            assert_eq!((pascal(hint), pascal(name)), (name.to_owned(), name.to_owned()));
        }
        let mut names = Names::default();
        assert_eq!(names.component("order", Side::Received), "Order");
        assert_eq!(names.component("order", Side::Sent), "OrderInput");
        assert_eq!(names.component("Order", Side::Received), "Order2");
        assert_eq!(names.component("result", Side::Received), "ResultObject");
        assert_eq!(names.component("payment", Side::Received), "PaymentObject", "the core has a `Payment`");
        assert_eq!(names.component("orderOptions", Side::Sent), "OrderOptionsObject");
        assert_eq!(names.operation("GetPayments"), "get_payments");
        assert_eq!(names.operation("get payments"), "get_payments_2");
        assert_eq!(names.operation("move"), "call_move");
        assert_eq!(names.operation("new"), "call_new");
    }
}
