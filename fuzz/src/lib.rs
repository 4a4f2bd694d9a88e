//! What the fuzz targets compare the clients with: the same things, read and judged a second time by other code.

pub mod body;
pub mod confirming;
pub mod decimal;
pub mod server;
pub mod signed;
