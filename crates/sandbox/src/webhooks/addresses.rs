//! Where notifications are sent.

use std::collections::BTreeMap;
use std::fmt;

use url::Url;

use super::WebhookError;
use crate::{Provider, accounts};

/// How many credentials have an address of their own at most.
const MAX_ADDRESSES: usize = 1_000;

/// Whether notifications can be sent to an address.
pub(crate) fn is_address(url: &str) -> bool {
    Url::parse(url).is_ok_and(|url| matches!(url.scheme(), "http" | "https") && url.has_host())
}

/// The addresses of notifications: one for each provider, and others for single credentials.
#[derive(Clone, Default)]
pub(crate) struct Addresses {
    providers: BTreeMap<Provider, String>,
    /// By provider and account.
    accounts: BTreeMap<(Provider, String), String>,
}

/// Neither addresses nor credentials are for everybody's eyes.
impl fmt::Debug for Addresses {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Addresses")
            .field("providers", &self.providers.keys())
            .field("credentials", &self.accounts.len())
            .finish()
    }
}

impl Addresses {
    /// The first provider one of whose addresses is none.
    pub(crate) fn wrong(&self) -> Option<Provider> {
        let providers = self.providers.iter();
        let accounts = self.accounts.iter().map(|((provider, _), url)| (provider, url));
        providers.chain(accounts).find(|(_, url)| !is_address(url)).map(|(provider, _)| *provider)
    }

    /// Where the notifications of an account are sent.
    pub(crate) fn find(&self, provider: Provider, account: &str) -> Option<&String> {
        self.accounts.get(&(provider, account.to_owned())).or_else(|| self.providers.get(&provider))
    }

    /// Sets or removes the address of a provider.
    pub(crate) fn set(&mut self, provider: Provider, url: Option<&str>) {
        match url {
            Some(url) => self.providers.insert(provider, url.to_owned()),
            None => self.providers.remove(&provider),
        };
    }

    /// Sets or removes the address of a credential.
    pub(crate) fn set_for(
        &mut self,
        provider: Provider,
        credential: &str,
        url: Option<&str>,
    ) -> Result<(), WebhookError> {
        for account in accounts::of(provider, credential).ok_or(WebhookError::Credential)? {
            let known = (provider, account);
            let Some(url) = url else {
                self.accounts.remove(&known);
                continue;
            };
            if self.accounts.len() >= MAX_ADDRESSES && !self.accounts.contains_key(&known) {
                return Err(WebhookError::TooMany);
            }
            self.accounts.insert(known, url.to_owned());
        }
        Ok(())
    }
}
