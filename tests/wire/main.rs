//! What the clients put on the wire and what they make of the replies, provider by provider.
//!
//! A mock server records each request. What is expected is typed by hand from the providers' documents: nothing here is
//! computed by the code under test. The files under `fixtures` are the documents' samples, cleaned of prose; where a document
//! prints none, they have the form that the spec describes.

mod kazukipay;
mod klink;
mod kropay;
mod pakasir_v1;
mod pakasir_v2;
mod paydigital;
mod support;
