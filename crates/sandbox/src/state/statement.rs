//! Kazukipay's account statement: money that came in.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// Money that came in, by the account statement.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Mutation {
    pub(crate) id: u64,
    pub(crate) amount: u64,
    pub(crate) when: Timestamp,
    /// Whether it has already confirmed a payment.
    pub(crate) used: bool,
}

/// The account statement of one account.
#[derive(Default)]
pub(crate) struct Statement {
    entries: BTreeMap<u64, Mutation>,
    /// By amount and number.
    amounts: BTreeSet<(u64, u64)>,
    /// The numbers of those that have changed since this was last asked for.
    changed: Vec<u64>,
}

impl Statement {
    pub(crate) fn iter(&self) -> impl Iterator<Item = &Mutation> {
        self.entries.values()
    }

    /// Those of an amount, oldest first.
    pub(crate) fn of_amount(&self, amount: u64) -> impl Iterator<Item = &Mutation> {
        let numbers = self.amounts.range((amount, 0)..=(amount, u64::MAX));
        numbers.filter_map(|(_, id)| self.entries.get(id))
    }

    pub(super) fn get(&self, id: u64) -> Option<&Mutation> {
        self.entries.get(&id)
    }

    pub(super) fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// Adds an entry. Where there are so many already, the oldest goes.
    pub(super) fn push(&mut self, mutation: Mutation, most: usize) {
        if self.entries.len() >= most
            && let Some((id, oldest)) = self.entries.pop_first()
        {
            self.amounts.remove(&(oldest.amount, id));
            self.changed.push(id);
        }
        self.amounts.insert((mutation.amount, mutation.id));
        self.changed.push(mutation.id);
        self.entries.insert(mutation.id, mutation);
    }

    /// An entry confirms a payment. Gives when its money came.
    pub(crate) fn using(&mut self, id: u64) -> Option<Timestamp> {
        let mutation = self.entries.get_mut(&id)?;
        mutation.used = true;
        self.changed.push(id);
        Some(mutation.when)
    }

    /// The numbers of those that have changed, which is then forgotten.
    pub(super) fn take_changed(&mut self) -> Vec<u64> {
        std::mem::take(&mut self.changed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_oldest_entry_gives_way_and_is_not_found() {
        let mut statement = Statement::default();
        for id in 1..=4 {
            statement.push(Mutation { id, amount: 100, when: Timestamp::UNIX_EPOCH, used: false }, 3);
        }
        assert_eq!(statement.of_amount(100).map(|mutation| mutation.id).collect::<Vec<_>>(), [2, 3, 4]);
        assert_eq!(statement.of_amount(99).count(), 0);
        assert!(statement.using(3).is_some() && statement.using(1).is_none());
        assert!(statement.get(3).unwrap().used);
        assert_eq!(statement.take_changed(), [1, 2, 3, 1, 4, 3]);
    }
}
