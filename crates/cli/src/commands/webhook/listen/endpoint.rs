//! Where notifications are received: one path for each gateway.

use std::collections::{BTreeMap, BTreeSet};

use gerbang::{PaymentGateway, Trust};

use super::super::reader::Reader;
use crate::args::Global;
use crate::failure::Failure;
use crate::handle::Handle;
use crate::provider::Provider;
use crate::settings::Settings;

/// What is received at one path.
pub struct Endpoint {
    pub provider: Provider,
    pub reader: Reader,
    /// To be asked, where something is to be confirmed and the gateway can be asked.
    pub gateway: Option<Box<dyn PaymentGateway>>,
}

/// The endpoints by name, and why other gateways are left out.
pub type Endpoints = (BTreeMap<&'static str, Endpoint>, BTreeMap<&'static str, String>);

/// Which endpoints are wanted.
pub struct Wanted<'a> {
    /// The gateways that are named by themselves.
    pub providers: &'a [Provider],
    /// The payments that are expected, each at its gateway.
    pub expected: &'a [Handle],
    /// Whether gateways are asked about payments that nobody expects.
    pub ask: bool,
}

impl Wanted<'_> {
    /// Whether the gateways are named, by themselves or by the payments that are expected.
    pub fn is_named(&self) -> bool {
        !self.providers.is_empty() || !self.expected.is_empty()
    }
}

/// The endpoints that are wanted; those of all gateways whose settings are there, unless any are named.
///
/// # Errors
///
/// [`Failure`] of the settings of a gateway that is named.
pub fn endpoints(wanted: &Wanted<'_>, settings: &Settings) -> Result<Endpoints, Failure> {
    let mut named = wanted.providers.to_vec();
    if named.is_empty() {
        for handle in wanted.expected {
            named.push(Provider::named(&handle.payment().provider)?);
        }
    }
    let (mut endpoints, mut left_out) = (BTreeMap::new(), BTreeMap::new());
    let is_named = wanted.is_named();
    for provider in if is_named { named } else { Provider::all().collect() } {
        match endpoint(provider, wanted, settings) {
            Ok(endpoint) => _ = endpoints.insert(provider.name(), endpoint),
            Err(failure) if is_named => return Err(failure),
            Err(failure) => _ = left_out.insert(provider.name(), failure.to_string()),
        }
    }
    if endpoints.is_empty() {
        let why: Vec<_> = left_out.iter().map(|(name, why)| format!("{name}: {why}")).collect();
        return Err(Failure::usage(format!("nothing can be received: {}", why.join("; "))));
    }
    Ok((endpoints, left_out))
}

fn endpoint(provider: Provider, wanted: &Wanted<'_>, settings: &Settings) -> Result<Endpoint, Failure> {
    let reader = Reader::new(provider, settings)?;
    let is_asked = wanted.ask || !wanted.expected.is_empty();
    // A signed notification needs no question.
    let is_signed = provider.capabilities().notifications == Trust::Signed;
    let gateway = (is_asked && !is_signed).then(|| provider.gateway(settings)).transpose()?;
    Ok(Endpoint { provider, reader, gateway })
}

/// Makes sure that the keys of several accounts do not go to the one server that a flag names.
///
/// # Errors
///
/// [`Failure`] that names them.
pub fn check_one_account(endpoints: &BTreeMap<&'static str, Endpoint>, global: &Global) -> Result<(), Failure> {
    let asked = endpoints.values().filter(|endpoint| endpoint.gateway.is_some());
    let sections: BTreeSet<_> = asked.map(|endpoint| endpoint.provider.section()).collect();
    if global.base_url.is_none() || sections.len() < 2 {
        return Ok(());
    }
    let names = sections.into_iter().collect::<Vec<_>>().join(", ");
    Err(Failure::usage(format!(
        "the keys of {names} would all go to the server of --base-url; choose one by --provider"
    )))
}
