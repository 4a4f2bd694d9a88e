//! The generated code: what it offers, that it is fresh, and that nothing of the documents is missing.

mod code;
mod compiled;
mod completeness;
mod freshness;
mod readme;
mod surface;
