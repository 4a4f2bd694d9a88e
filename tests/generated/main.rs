//! The generated code: what it offers, that it is fresh, and that nothing of the documents is missing.

mod code;
mod completeness;
mod freshness;
mod readme;
mod surface;
