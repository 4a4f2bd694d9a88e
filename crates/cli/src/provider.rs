//! The gateways by name, and how each is made from the settings.

use std::sync::LazyLock;

use clap::ValueEnum;
use clap::builder::PossibleValue;
use gerbang::PaymentGateway;
use gerbang::registry::{Descriptor, Notifications};
use jiff::civil::Date;

use crate::failure::Failure;
use crate::lang::tr;
use crate::output::Output;
use crate::settings::Settings;

/// A gateway that takes payments.
#[derive(Clone, Copy, Debug)]
pub struct Provider(&'static Descriptor);

/// All of them.
static ALL: LazyLock<Vec<Provider>> = LazyLock::new(|| gerbang::gateways().map(Provider).collect());

impl PartialEq for Provider {
    fn eq(&self, other: &Self) -> bool {
        self.name() == other.name()
    }
}

impl ValueEnum for Provider {
    fn value_variants<'a>() -> &'a [Self] {
        &ALL
    }

    fn to_possible_value(&self) -> Option<PossibleValue> {
        Some(PossibleValue::new(self.name()).help(tr(self.0.takes)))
    }
}

impl Provider {
    /// All of them.
    pub fn all() -> impl Iterator<Item = Self> {
        ALL.iter().copied()
    }

    /// The name, as payments have it.
    pub fn name(self) -> &'static str {
        self.0.name
    }

    /// The provider's name for people.
    pub fn title(self) -> &'static str {
        self.0.title
    }

    /// The gateway of this name.
    ///
    /// # Errors
    ///
    /// [`Failure`] that names all.
    pub fn named(name: &str) -> Result<Self, Failure> {
        Self::all().find(|provider| provider.name() == name).ok_or_else(|| {
            let names = Self::all().map(Self::name).collect::<Vec<_>>().join(", ");
            Failure::usage(format!("there is no gateway {name:?}; there are {names}"))
        })
    }

    /// The day that the provider announced for the end of the API; none where it announced none.
    pub fn discontinued(self) -> Option<&'static str> {
        self.0.discontinued.map(|discontinued| discontinued.on)
    }

    /// The warning about an API that its provider has discontinued.
    pub fn warning(self) -> Option<String> {
        let discontinued = self.0.discontinued?;
        let on = discontinued
            .on
            .parse::<Date>()
            .map_or(discontinued.on.to_owned(), |on| on.strftime("%-d %B %Y").to_string());
        let (name, instead) = (self.name(), discontinued.instead);
        Some(format!("{name} is discontinued: its end was announced for {on}; use {instead}"))
    }

    /// Warns on the standard error where the API is discontinued.
    pub fn warn(self, output: Output) {
        if let Some(warning) = self.warning() {
            output.warn(&warning);
        }
    }

    /// The section of the settings: `klink`, `pakasir`.
    pub fn section(self) -> &'static str {
        self.0.section
    }

    /// How it notifies.
    ///
    /// # Errors
    ///
    /// [`Failure`] when it sends no notifications.
    pub fn notifications(self) -> Result<Notifications, Failure> {
        self.0.notifications.ok_or_else(|| {
            let name = self.name();
            Failure::usage(format!("{name} sends no notifications; ask for the status of a payment instead"))
        })
    }

    /// What the gateway can do.
    pub fn capabilities(self) -> gerbang::Capabilities {
        (self.0.capabilities)()
    }

    /// The gateway, as the settings say.
    ///
    /// # Errors
    ///
    /// [`Failure`] when a setting is missing or unusable.
    pub fn gateway(self, settings: &Settings) -> Result<Box<dyn PaymentGateway>, Failure> {
        settings.check_origins(self.section())?;
        Ok((self.0.make)(&settings.of_clients())?)
    }
}
