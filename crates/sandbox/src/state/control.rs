//! The payment of a name: looked at, or changed by the sandbox's user.

use jiff::Timestamp;

use super::{Account, Action, ControlError, Name, Payment, PaymentStatus, Record, World};
use crate::Provider;

impl World {
    /// All payments, in order of creation.
    pub(crate) fn payments(&mut self, now: Timestamp) -> Vec<Payment> {
        self.records(now).into_iter().map(Record::payment).collect()
    }

    /// As [`World::payments`], as the providers' code sees them.
    pub(crate) fn records(&mut self, now: Timestamp) -> Vec<&Record> {
        self.settle(now);
        let places = self.numbers.values();
        places.filter_map(|(id, at)| self.accounts.get(id).map(|account| &account.payments[*at])).collect()
    }

    /// The payments of a name, of any provider, in order of creation: the one whose own name it is, or all others that have it.
    pub(crate) fn payments_named(&mut self, name: &str, now: Timestamp) -> Vec<Payment> {
        self.settle(now);
        let places = match self.own(name) {
            Some((account, at)) => vec![(account.id, at)],
            None => Provider::ALL.into_iter().flat_map(|provider| self.places(provider, name)).collect(),
        };
        let mut records: Vec<_> = places.iter().map(|(id, at)| &self.accounts[id].payments[*at]).collect();
        records.sort_unstable_by_key(|record| record.number);
        records.into_iter().map(Record::payment).collect()
    }

    /// Does something with the payment of a name.
    pub(crate) fn control(
        &mut self,
        provider: Provider,
        name: &str,
        action: Action,
        now: Timestamp,
    ) -> Result<Payment, ControlError> {
        self.settle(now);
        let (id, at) = self.place(provider, name, |status| action.is_allowed(status))?;
        self.on_account(id, now, |account, tx| {
            account.control(at, action, tx)?;
            Ok(account.payments[at].payment())
        })
    }

    /// Looks at the payment of a name.
    pub(crate) fn payment(&mut self, provider: Provider, name: &str, now: Timestamp) -> Result<Payment, ControlError> {
        self.settle(now);
        let (id, at) = self.place(provider, name, |status| status == PaymentStatus::Pending)?;
        Ok(self.accounts[&id].payments[at].payment())
    }

    /// The account and the place of the payment of a name. Of several, it is the only one that is in a wanted state.
    fn place(
        &self,
        provider: Provider,
        name: &str,
        is_wanted: impl Fn(PaymentStatus) -> bool,
    ) -> Result<(u64, usize), ControlError> {
        let mut found = self.places(provider, name);
        if found.len() > 1 {
            found.retain(|(id, at)| is_wanted(self.accounts[id].payments[*at].status));
            if found.len() != 1 {
                return Err(ControlError::Ambiguous);
            }
        }
        found.pop().ok_or(ControlError::NotFound)
    }

    /// The account and the place of the payment of the sandbox's own name.
    fn own(&self, name: &str) -> Option<(&Account, usize)> {
        let (account, at) = self.numbered(name.strip_prefix("sb-")?.parse().ok()?)?;
        (account.payments[at].id() == name).then_some((account, at))
    }

    /// The accounts and the places of the payments of a name: the one whose own name it is, or all others that have it.
    fn places(&self, provider: Provider, name: &str) -> Vec<(u64, usize)> {
        if let Some((account, at)) = self.own(name).filter(|(account, _)| account.provider == provider) {
            return vec![(account.id, at)];
        }
        let named = self.named(provider, Name::Order(name)).chain(self.named(provider, Name::Reference(name)));
        let mut found: Vec<_> = named.map(|(account, at)| (account.id, at)).collect();
        found.sort_unstable();
        found.dedup();
        found
    }
}
