//! The project's own tasks, as a library so that tests can call them. What they know of specs is [`gerbang_spec`]'s, and what
//! libraries offer is [`gerbang_diff`]'s.

pub mod bench;
pub mod ci;
pub mod docs;
pub mod generate;
pub mod locks;
pub mod new;
pub mod packages;
pub mod release;
pub mod version;

pub use gerbang_diff::public_api;
