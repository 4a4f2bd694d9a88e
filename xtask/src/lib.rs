//! The project's own tasks, as a library so that tests can call them. What they know of specs is [`gerbang_spec`]'s.

pub mod bench;
pub mod ci;
pub mod docs;
pub mod generate;
pub mod new;
pub mod packages;
pub mod public_api;
pub mod release;
