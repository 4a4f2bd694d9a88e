//! The project's own tasks, as a library so that tests can call them.

pub mod generate;
pub mod problem;
pub mod specs;
pub mod validate;
pub mod yaml;
