//! What is done with one credential alone: its clock, and forgetting it.

use std::collections::BTreeSet;

use jiff::Timestamp;

use super::saved::Key;
use super::{Account, World};
use crate::Provider;
use crate::clock::{Move, Setting, TooFar};

impl World {
    /// Moves the clock of an account, which differs so much from the sandbox's from then on. Gives its time.
    pub(crate) fn move_clock(
        &mut self,
        provider: Provider,
        key: &str,
        moved: Move,
        now: Timestamp,
    ) -> Result<Setting, TooFar> {
        self.account(provider, key, now, |account, _| {
            let clock = account.clock.moved(moved, now)?;
            account.set_clock(clock);
            Ok(clock)
        })?;
        // What is due by then happens at once.
        Ok(self.account(provider, key, now, |account, _| account.clock))
    }

    /// Forgets an account with everything that is in it, its sessions, and the notifications of its payments. Gives the
    /// sandbox's names of the payments.
    pub(crate) fn forget(&mut self, provider: Provider, key: &str) -> BTreeSet<String> {
        self.touch();
        if provider == Provider::Klink {
            self.sessions.end(Some(key));
        }
        let Some(id) = self.ids.remove(&(provider, key.to_owned())) else { return BTreeSet::new() };
        let Some(mut account) = self.accounts.remove(&id) else { return BTreeSet::new() };
        if let Some(when) = self.waking.remove(&id) {
            self.wakes.remove(&(when, id));
        }
        let mut names = BTreeSet::new();
        while let Some(record) = account.payments.pop() {
            self.numbers.remove(&record.number);
            for name in record.names() {
                self.names.remove((provider, name), record.number);
            }
            self.recorded -= 1;
            names.insert(record.id());
        }
        self.outbox.forget(&names);
        self.changes.extend(all_keys(&mut account));
        names
    }
}

/// Everything of an account that is saved.
fn all_keys(account: &mut Account) -> BTreeSet<Key> {
    let mut keys = BTreeSet::from([Key::Account(account.id)]);
    account.take_changed(&mut keys);
    keys.extend(account.statement.iter().map(|mutation| Key::Mutation(account.id, mutation.id)));
    keys.extend(account.ledger.parts().into_iter().map(|(part, name)| Key::Wallet(account.id, part, name)));
    keys
}
