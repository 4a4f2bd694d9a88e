//! Payments that survive crashes: every fact in one database, every effect once.
#![cfg_attr(docsrs, feature(doc_cfg))]
#![allow(dead_code)]

mod machine;
mod money;

pub use machine::{Ending, State};
