//! The gateways by name, and how each is made from the settings.

use clap::ValueEnum;
use gerbang::{Builder, Error, PaymentGateway, kazukipay, klink, kropay, pakasir, paydigital};
use serde_json::json;

use crate::failure::Failure;
use crate::output::{OPEN, Output};
use crate::settings::Settings;

/// A gateway that takes payments.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Provider {
    /// QRIS
    Kazukipay,
    /// Virtual accounts, cards and transfers
    Klink,
    /// GoPay by K-Link
    KlinkGopay,
    /// QRIS
    Kropay,
    /// QRIS and virtual accounts; API v2
    PakasirV2,
    /// QRIS and virtual accounts; API v1, which is discontinued
    PakasirV1,
    /// QRIS
    Paydigital,
}

impl Provider {
    /// All of them.
    pub const ALL: [Self; 7] = [
        Self::Kazukipay,
        Self::Klink,
        Self::KlinkGopay,
        Self::Kropay,
        Self::PakasirV2,
        Self::PakasirV1,
        Self::Paydigital,
    ];

    /// The name, as payments have it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Kazukipay => "kazukipay",
            Self::Klink => "klink",
            Self::KlinkGopay => "klink-gopay",
            Self::Kropay => "kropay",
            Self::PakasirV1 => "pakasir-v1",
            Self::PakasirV2 => "pakasir-v2",
            Self::Paydigital => "paydigital",
        }
    }

    /// The gateway of this name.
    ///
    /// # Errors
    ///
    /// [`Failure`] that names all.
    pub fn named(name: &str) -> Result<Self, Failure> {
        Self::ALL.into_iter().find(|provider| provider.name() == name).ok_or_else(|| {
            let names = Self::ALL.map(Self::name).join(", ");
            Failure::usage(format!("there is no gateway {name:?}; there are {names}"))
        })
    }

    /// The date for which the provider announced the end of the API; none where it announced none.
    pub fn discontinued(self) -> Option<&'static str> {
        (self == Self::PakasirV1).then_some("2026-10-20")
    }

    /// What whoever uses an API must know that its provider has discontinued.
    pub fn warning(self) -> Option<&'static str> {
        let warning = "pakasir-v1 is discontinued: its end was announced for 20 October 2026; use pakasir-v2";
        self.discontinued().map(|_| warning)
    }

    /// Warns on the standard error where the API is discontinued.
    pub fn warn(self, output: Output) {
        if let Some(warning) = self.warning() {
            output.note(&json!({"warning": warning}), || format!("{OPEN}warning:{OPEN:#} {warning}"));
        }
    }

    /// The section of the settings: `klink`, `pakasir`.
    pub fn section(self) -> &'static str {
        let name = self.name();
        name.split_once('-').map_or(name, |(section, _)| section)
    }

    /// The gateway without an account, to ask what it can do. It must send nothing.
    ///
    /// # Errors
    ///
    /// [`Failure`] when it cannot be made.
    pub fn offline(self) -> Result<Box<dyn PaymentGateway>, Failure> {
        self.gateway(&Settings::made_up())
    }

    /// The gateway, as the settings say.
    ///
    /// # Errors
    ///
    /// [`Failure`] when a setting is missing or unusable.
    pub fn gateway(self, settings: &Settings) -> Result<Box<dyn PaymentGateway>, Failure> {
        let read = |variable: &str| settings.read(variable);
        Ok(match self {
            Self::Kazukipay => Box::new(kazukipay::Gateway::new(Self::kazukipay(settings)?)),
            Self::Klink => {
                let keys = klink_keys(settings)?;
                let code = |what: &str| match read(&format!("GERBANG_KLINK_{what}"))? {
                    Some(code) => Ok(code),
                    None => Err(Failure::usage(format!(
                        "GERBANG_KLINK_{what} is not set; `gerbang klink list-banks` tells the codes"
                    ))),
                };
                Box::new(klink::VaGateway::new(Self::klink(settings)?, code("BANK_CODE")?, code("PRODUCT_CODE")?, keys))
            }
            Self::KlinkGopay => Box::new(klink::GopayGateway::new(Self::klink(settings)?, klink_keys(settings)?)),
            Self::Kropay => Box::new(kropay::Gateway::new(Self::kropay(settings)?)),
            Self::PakasirV1 => Box::new(pakasir::v1::Gateway::new(Self::pakasir_v1(settings)?)),
            Self::PakasirV2 => {
                let secret = pakasir::v2::Credentials::from_variables(read)?.webhook_secret().cloned();
                Box::new(pakasir::v2::Gateway::new(Self::pakasir_v2(settings)?, secret))
            }
            Self::Paydigital => Box::new(paydigital::Gateway::new(Self::paydigital(settings)?)),
        })
    }
}

/// The key with which K-Link signs.
fn klink_keys(settings: &Settings) -> Result<klink::WebhookKeys, Failure> {
    let credentials = klink::Credentials::from_variables(|variable: &str| settings.read(variable))?;
    match credentials.webhook_key() {
        Some(key) => Ok(klink::WebhookKeys::new(key.clone())?),
        None => Err(Failure::usage("GERBANG_KLINK_WEBHOOK_KEY is not set")),
    }
}

/// The client of each API.
macro_rules! clients {
    ($($name:ident, $section:literal, $($path:ident)::+;)+) => {
        impl Provider {
            $(
                /// The client, as the settings say.
                ///
                /// # Errors
                ///
                /// [`Failure`] when a setting is missing or unusable.
                pub fn $name(settings: &Settings) -> Result<$($path)::+::Client, Failure> {
                    settings.check_origins($section)?;
                    let credentials = $($path)::+::Credentials::from_variables(|variable: &str| settings.read(variable))?;
                    Ok(finish($($path)::+::Client::builder(credentials), $section, settings)?)
                }
            )+
        }
    };
}

clients! {
    kazukipay, "kazukipay", kazukipay;
    klink, "klink", klink;
    kropay, "kropay", kropay;
    pakasir_v1, "pakasir", pakasir::v1;
    pakasir_v2, "pakasir", pakasir::v2;
    paydigital, "paydigital", paydigital;
}

fn finish<C>(builder: Builder<C>, section: &str, settings: &Settings) -> Result<C, Error> {
    let mut builder = builder.user_agent(concat!("gerbang/", env!("CARGO_PKG_VERSION")));
    if let Some(url) = settings.read(&format!("GERBANG_{}_BASE_URL", section.to_uppercase()))? {
        builder = builder.base_url(url.trim());
    }
    if let Some(timeout) = settings.timeout {
        builder = builder.timeout(timeout);
    }
    builder.build()
}
