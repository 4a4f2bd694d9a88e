//! The samples of the providers' documents, read by the generated clients, and the types beside the specs.

mod notifications;
mod replies;
mod schemas;
mod spec;
mod variants;
