//! The compiler of the specs in `specs/`: from an OpenAPI document in the project's form to a client crate.
//!
//! [`yaml`] reads a document with its line numbers, [`validate`] checks it against the rules of `specs/README.md`, [`model`]
//! keeps what the clients are made of, and [`generate`] writes them. It is part of the project's own tools and is not published.

pub mod format;
pub mod generate;
pub mod media;
pub mod model;
mod named;
pub mod naming;
pub mod problem;
mod schema;
pub mod specs;
pub mod validate;
pub mod yaml;
