//! The gateways that play.

use std::sync::Arc;

use gerbang_tests::gateways::{self, Made};

use crate::fakes::{Gopay, Kazukipay, Kropay, PakasirV1, PakasirV2, Paydigital, Provider, VirtualAccounts};

/// A gateway and its provider.
#[derive(Clone, Copy)]
pub struct Subject {
    /// The gateway's name.
    pub name: &'static str,
    /// The provider's stand-in.
    pub provider: fn() -> Arc<dyn Provider>,
    /// The gateway that asks the server at this address with this key.
    pub gateway: fn(&str, &str) -> Made,
}

/// All gateways.
pub fn all() -> Vec<Subject> {
    gateways::ALL.map(|(name, gateway)| Subject { name, provider: provider(name), gateway }).into()
}

/// The stand-in of a gateway's provider.
fn provider(name: &str) -> fn() -> Arc<dyn Provider> {
    match name {
        "kazukipay" => || Arc::new(Kazukipay),
        "klink" => || Arc::new(VirtualAccounts),
        "klink-gopay" => || Arc::new(Gopay),
        "kropay" => || Arc::new(Kropay),
        "pakasir-v1" => || Arc::new(PakasirV1),
        "pakasir-v2" => || Arc::new(PakasirV2),
        "paydigital" => || Arc::new(Paydigital),
        other => panic!("{other} has no stand-in"),
    }
}
