//! The gateways by name.

use gerbang_core::{Delivery, Error, Kind, PaymentGateway};
use gerbang_transport::registry::{Descriptor, Settings};

/// The gateways of each provider whose feature is on.
const ALL: &[&[Descriptor]] = &[
    #[cfg(feature = "kazukipay")]
    gerbang_kazukipay::GATEWAYS,
    #[cfg(feature = "klink")]
    gerbang_klink::GATEWAYS,
    #[cfg(feature = "kropay")]
    gerbang_kropay::GATEWAYS,
    #[cfg(feature = "midtrans")]
    gerbang_midtrans::GATEWAYS,
    #[cfg(feature = "pakasir")]
    gerbang_pakasir::GATEWAYS,
    #[cfg(feature = "paydigital")]
    gerbang_paydigital::GATEWAYS,
    #[cfg(feature = "tripay")]
    gerbang_tripay::GATEWAYS,
];

/// The gateways whose features are on, for a program that chooses one by name.
///
/// ```
/// for gateway in gerbang::gateways() {
///     println!("{} takes {}", gateway.title, gateway.takes);
/// }
/// ```
pub fn gateways() -> impl Iterator<Item = &'static Descriptor> {
    ALL.iter().copied().flatten()
}

/// The gateway of this name, see [`PaymentGateway::provider`].
///
/// # Errors
///
/// [`Kind::Configuration`] when there is none, or its feature is off; the error names those that there are.
pub fn gateway_named(name: &str) -> Result<&'static Descriptor, Error> {
    gateways().find(|gateway| gateway.name == name).ok_or_else(|| {
        let names: Vec<_> = gateways().map(|gateway| gateway.name).collect();
        let what = format!("there is no gateway {name:?}; there are {}", names.join(", "));
        Error::new(Kind::Configuration, Delivery::NotSent, what)
    })
}

/// Makes the gateway of this name from environment variables; [`Descriptor::variables`] names them. Nothing is sent.
///
/// ```no_run
/// # fn main() -> Result<(), gerbang::Error> {
/// let name = std::env::var("GATEWAY").unwrap_or("kropay".to_owned());
/// let gateway = gerbang::gateway_from_env(&name)?;
/// # Ok(())
/// # }
/// ```
///
/// # Errors
///
/// [`Kind::Configuration`] when there is no such gateway, or a variable is missing or unusable.
pub fn gateway_from_env(name: &str) -> Result<Box<dyn PaymentGateway>, Error> {
    (gateway_named(name)?.make)(&Settings::from_env())
}
