//! The settings of each gateway and their variables. Gateways of one provider share a section of them.

use gerbang::{Variable, gateways};

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
pub fn sections() -> Vec<&'static str> {
    let mut sections: Vec<_> = gateways().map(|gateway| gateway.section).collect();
    sections.dedup();
    sections
}

/// The names of the gateways that share a section: `pakasir-v1` and `pakasir-v2`.
pub fn gateways_of(section: &str) -> Vec<&'static str> {
    gateways().filter(|gateway| gateway.section == section).map(|gateway| gateway.name).collect()
}

/// The settings of a section; none where there is no such section.
pub fn of(section: &str) -> Vec<Setting> {
    let mut settings: Vec<Setting> = Vec::new();
    for variable in gateways().filter(|gateway| gateway.section == section).flat_map(|gateway| gateway.variables) {
        for variable in *variable {
            if settings.iter().all(|known| known.name != variable.name) {
                settings.push(variable.into());
            }
        }
    }
    if !settings.is_empty() {
        let name = format!("GERBANG_{}_BASE_URL", section.to_uppercase());
        settings.push(Setting { name, required: false, secret: false });
    }
    settings
}
