//! The project's own tasks, as a library so that tests can call them.

pub mod bench;
pub mod ci;
pub mod diff;
pub mod docs;
pub mod generate;
pub mod new;
pub mod packages;
pub mod problem;
pub mod public_api;
pub mod release;
pub mod specs;
pub mod validate;
pub mod yaml;
