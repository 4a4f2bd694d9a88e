//! The payment of a name: looked at, or changed by the sandbox's user.

use jiff::Timestamp;

use super::{Action, ControlError, Payment, PaymentStatus, Record, Tx, World};
use crate::Provider;

impl World {
    /// All payments, in order of creation.
    pub(crate) fn payments(&mut self, now: Timestamp) -> Vec<Payment> {
        self.records(now).into_iter().map(Record::payment).collect()
    }

    /// As [`World::payments`], as the providers' code sees them.
    pub(crate) fn records(&mut self, now: Timestamp) -> Vec<&Record> {
        self.settle(now);
        let mut records: Vec<_> = self.accounts.values().flat_map(|account| &account.payments).collect();
        records.sort_by_key(|record| record.number);
        records
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
        let (key, at) = self.named(provider, name, |status| action.is_allowed(status))?;
        let known = (provider, key);
        let account = self.accounts.get_mut(&known).ok_or(ControlError::NotFound)?;
        let mut tx =
            Tx { now, account: &known.1, next: &mut self.next, recorded: &mut self.recorded, ended: &mut self.ended };
        self.revision += 1;
        account.control(at, action, &mut tx)?;
        Ok(account.payments[at].payment())
    }

    /// Looks at the payment of a name.
    pub(crate) fn payment(&mut self, provider: Provider, name: &str, now: Timestamp) -> Result<Payment, ControlError> {
        self.settle(now);
        let (key, at) = self.named(provider, name, |status| status == PaymentStatus::Pending)?;
        let account = self.accounts.get(&(provider, key)).ok_or(ControlError::NotFound)?;
        Ok(account.payments[at].payment())
    }

    /// The account and the place of the payment of a name. Of several, it is the only one that is in a wanted state.
    fn named(
        &self,
        provider: Provider,
        name: &str,
        is_wanted: impl Fn(PaymentStatus) -> bool,
    ) -> Result<(String, usize), ControlError> {
        let mut found: Vec<(String, usize, PaymentStatus)> = Vec::new();
        for ((of, key), account) in &self.accounts {
            if *of != provider {
                continue;
            }
            for (at, record) in account.payments.iter().enumerate() {
                if record.id() == name {
                    return Ok((key.clone(), at));
                }
                if record.reference == name || record.order == name {
                    found.push((key.clone(), at, record.status));
                }
            }
        }
        if found.len() > 1 {
            found.retain(|(.., status)| is_wanted(*status));
            if found.len() != 1 {
                return Err(ControlError::Ambiguous);
            }
        }
        found.pop().map(|(key, at, _)| (key, at)).ok_or(ControlError::NotFound)
    }
}
