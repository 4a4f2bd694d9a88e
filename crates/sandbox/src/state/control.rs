//! The payment of a name: looked at, or changed by the sandbox's user.

use jiff::Timestamp;

use super::{Action, ControlError, Name, Payment, PaymentStatus, Record, World};
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
        let number = name.strip_prefix("sb-").and_then(|number| number.parse::<u64>().ok());
        let own = number.and_then(|number| self.numbered(number));
        if let Some((account, at)) =
            own.filter(|(account, at)| account.provider == provider && account.payments[*at].id() == name)
        {
            return Ok((account.id, at));
        }
        let named = self.named(provider, Name::Order(name)).chain(self.named(provider, Name::Reference(name)));
        let mut found: Vec<_> = named.map(|(account, at)| (account.id, at, account.payments[at].status)).collect();
        found.sort_unstable_by_key(|(id, at, _)| (*id, *at));
        found.dedup();
        if found.len() > 1 {
            found.retain(|(.., status)| is_wanted(*status));
            if found.len() != 1 {
                return Err(ControlError::Ambiguous);
            }
        }
        found.pop().map(|(id, at, _)| (id, at)).ok_or(ControlError::NotFound)
    }
}
