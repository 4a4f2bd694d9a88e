//! The sandbox, asked as the providers' documents say and over real connections.

mod control;
mod http;
mod kazukipay;
mod klink;
mod kropay;
mod magic;
mod pakasir;
mod paydigital;
mod restart;
mod webhooks;
