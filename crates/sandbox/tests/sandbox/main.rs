//! The sandbox, asked as the providers' documents say and over real connections.

mod accounts;
mod control;
mod description;
mod faults;
mod http;
mod kazukipay;
mod klink;
mod kropay;
mod late;
mod later;
mod magic;
mod merchant;
mod operations;
mod pakasir;
mod paydigital;
mod ports;
mod refusals;
mod restart;
mod seed;
mod spelling;
mod webhooks;
