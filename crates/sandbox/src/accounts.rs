//! The accounts that a credential leads to, by the keys under which the sandbox keeps them.

use crate::Provider;
use crate::call::{accepted, name};

/// The accounts of a credential, if it can be one: the API key, Pakasir's project and key, K-Link's e-mail address. Those of
/// Pakasir are that of API v1 and that of v2.
pub(crate) fn of(provider: Provider, credential: &str) -> Option<Vec<String>> {
    match provider {
        Provider::Pakasir => {
            let (project, key) = credential.split_once(':')?;
            let (project, key) = (name(Some(project))?, accepted(Some(key))?);
            Some(vec![pakasir_v1(project, key), pakasir_v2(project, key)])
        }
        _ => accepted(Some(credential)).map(|credential| vec![credential.to_owned()]),
    }
}

/// The account of an API key in a project, for Pakasir's API v1.
pub(crate) fn pakasir_v1(project: &str, api_key: &str) -> String {
    format!("v1 {} {project} {api_key}", project.len())
}

/// The account of an API key in a project, for Pakasir's API v2.
pub(crate) fn pakasir_v2(project: &str, api_key: &str) -> String {
    format!("v2 {} {project} {api_key}", project.len())
}
