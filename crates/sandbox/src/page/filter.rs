//! Which payments the list shows: by state, by gateway, by a part of a name, and which page of them.

use url::form_urlencoded::Serializer;

use super::words::Lang;
use crate::Provider;
use crate::call::Call;
use crate::state::{PaymentStatus, Record};

/// The states, in the order of the list.
pub(super) const STATES: [PaymentStatus; 4] =
    [PaymentStatus::Pending, PaymentStatus::Paid, PaymentStatus::Expired, PaymentStatus::Cancelled];

/// The longest text that is looked for, in characters.
const MAX_SEARCH: usize = 100;

/// Which payments are shown.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Filter {
    pub(super) lang: Lang,
    pub(super) state: Option<PaymentStatus>,
    pub(super) gateway: Option<Provider>,
    /// A part of one of the payment's names or numbers; empty for all.
    pub(super) search: String,
    /// From 1.
    pub(super) page: usize,
}

impl Filter {
    /// What a request asks for. What makes no sense counts as not asked for.
    pub(super) fn of(call: &Call) -> Self {
        let state = call.field("state").and_then(|word| STATES.into_iter().find(|state| state.to_string() == word));
        let search = call.field("q").unwrap_or_default().trim().chars().take(MAX_SEARCH).collect();
        Self {
            lang: Lang::of(call),
            state,
            gateway: call.field("gateway").and_then(|name| name.parse().ok()),
            search,
            page: call.field("page").and_then(|page| page.parse().ok()).unwrap_or(1).max(1),
        }
    }

    /// Everything, in a language.
    pub(super) fn all(lang: Lang) -> Self {
        Self { lang, state: None, gateway: None, search: String::new(), page: 1 }
    }

    /// The first page of the payments in a state, or of all.
    pub(super) fn in_state(&self, state: Option<PaymentStatus>) -> Self {
        Self { state, page: 1, ..self.clone() }
    }

    pub(super) fn at_page(&self, page: usize) -> Self {
        Self { page, ..self.clone() }
    }

    pub(super) fn in_lang(&self, lang: Lang) -> Self {
        Self { lang, ..self.clone() }
    }

    /// Whether a payment is shown, whatever its state.
    pub(super) fn matches(&self, record: &Record, search: &str) -> bool {
        let is_of_gateway = self.gateway.is_none_or(|gateway| gateway == record.provider);
        is_of_gateway
            && (search.is_empty()
                || [&record.order, &record.reference].iter().any(|name| name.to_lowercase().contains(search))
                || record.id() == search
                || record.va_number().is_some_and(|number| number.contains(search)))
    }

    /// The fields of a form or an address, without what is as usual.
    pub(super) fn fields(&self) -> Vec<(&'static str, String)> {
        let mut fields = vec![("lang", self.lang.code().to_owned())];
        fields.extend(self.state.map(|state| ("state", state.to_string())));
        fields.extend(self.gateway.map(|gateway| ("gateway", gateway.name().to_owned())));
        if !self.search.is_empty() {
            fields.push(("q", self.search.clone()));
        }
        if self.page > 1 {
            fields.push(("page", self.page.to_string()));
        }
        fields
    }

    /// The query of an address.
    pub(super) fn query(&self) -> String {
        Serializer::new(String::new()).extend_pairs(self.fields()).finish()
    }

    /// The address of the list.
    pub(super) fn path(&self) -> String {
        format!("/?{}", self.query())
    }
}
