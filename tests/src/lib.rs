//! What the tests of the workspace share: all APIs, calls of all operations, all payment gateways, a hostile server, and what
//! surrounds processes that are killed.

pub mod apis;
pub mod book;
pub mod calls;
pub mod chance;
#[cfg(unix)]
pub mod cluster;
pub mod customers;
pub mod gateways;
pub mod pages;
pub mod processes;
pub mod proof;
pub mod server;
pub mod shops;

/// The pages with examples in Rust, compiled as doctests.
#[cfg(doctest)]
mod compiled {
    macro_rules! pages {
        ($($name:ident $page:literal)*) => { $(#[doc = include_str!(concat!("../../", $page))] struct $name;)* };
    }

    pages! {
        Readme "README.md"
        ReadmeInIndonesian "README.id.md"
        Crate "crates/facade/README.md"
        FirstPayment "docs/guides/first-payment.md"
        FirstPaymentInIndonesian "docs/guides/first-payment.id.md"
        Testing "docs/guides/testing.md"
        TestingInIndonesian "docs/guides/testing.id.md"
    }
}

/// Whether a case of this name is to be played: all are, unless `GERBANG_ONLY` has a part of the name.
pub fn is_wanted(name: &str) -> bool {
    std::env::var("GERBANG_ONLY").ok().is_none_or(|part| name.contains(&part))
}

/// Whether all cases are played.
pub fn is_whole() -> bool {
    std::env::var_os("GERBANG_ONLY").is_none()
}
