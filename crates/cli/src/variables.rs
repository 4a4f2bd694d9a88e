//! The settings of each gateway and their variables. Gateways of one provider share a section of them.

use gerbang::{Variable, kazukipay, klink, kropay, pakasir, paydigital};

/// All sections, with the variables of their credentials.
const SECTIONS: [(&str, &[Variable]); 5] = [
    ("kazukipay", kazukipay::Credentials::VARIABLES),
    ("klink", klink::Credentials::VARIABLES),
    ("kropay", kropay::Credentials::VARIABLES),
    // Those of v1 are among them.
    ("pakasir", pakasir::v2::Credentials::VARIABLES),
    ("paydigital", paydigital::Credentials::VARIABLES),
];

/// A setting and its variable.
#[derive(Clone, Debug)]
pub struct Setting {
    /// The variable.
    pub name: String,
    /// Whether nothing works without it.
    pub required: bool,
    /// Whether its value must not be shown.
    pub secret: bool,
}

impl From<&Variable> for Setting {
    fn from(variable: &Variable) -> Self {
        Self { name: variable.name.to_owned(), required: variable.required, secret: variable.secret }
    }
}

/// The names of all sections.
pub fn sections() -> impl Iterator<Item = &'static str> {
    SECTIONS.into_iter().map(|(section, _)| section)
}

/// The settings of a section; none where there is no such section.
pub fn of(section: &str) -> Vec<Setting> {
    let Some((_, credentials)) = SECTIONS.into_iter().find(|(name, _)| *name == section) else { return Vec::new() };
    let mut settings: Vec<_> = credentials.iter().map(Setting::from).collect();
    let plain = |key: &str| Setting {
        name: format!("GERBANG_{}_{key}", section.to_uppercase()),
        required: false,
        secret: false,
    };
    if section == "klink" {
        settings.extend([plain("BANK_CODE"), plain("PRODUCT_CODE")]);
    }
    settings.push(plain("BASE_URL"));
    settings
}
