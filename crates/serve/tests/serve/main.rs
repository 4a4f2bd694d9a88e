//! The daemon as a shop, a gateway and an operator meet it: over HTTP, with the sandbox's gateways. Each reply is held against
//! `openapi.json`.

mod access;
mod browser;
mod chromium;
mod contract;
mod creating;
mod ending;
mod hooks;
mod languages;
mod libraries;
mod looking;
mod lost;
mod metrics;
mod notifications;
mod operating;
mod operator;
mod pages;
mod postgres;
mod restart;
mod reversed;
mod settings;
mod shop;
mod streams;
mod strict;
mod surplus;
mod webhooks;
