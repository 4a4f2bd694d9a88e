//! What is saved of the state: its parts, each by itself, and only those that have changed.

use std::collections::BTreeSet;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use super::outbox::Outbox;
use super::wallet::Part;
use super::{Account, Limits, World};
use crate::Provider;
use crate::clock::Setting;

/// A part of the state that is saved by itself.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Key {
    /// What concerns everything.
    Head,
    /// An account, by its number.
    Account(u64),
    /// A payment, by its number.
    Payment(u64),
    /// An entry of the account statement of an account, by both numbers.
    Mutation(u64, u64),
    /// A session, by its number.
    Session(u64),
    /// A notification that is still to be sent, by its number.
    Notification(u64),
    /// A part of the wallets of an account, by its name.
    Wallet(u64, Part, String),
}

/// What has changed since it was last saved.
#[derive(Debug, Default)]
pub(super) struct Changes {
    /// Whether they are noted at all: nobody asks where nothing is saved.
    are_saved: bool,
    /// Whether nothing that was saved before is there any more.
    cleared: bool,
    keys: BTreeSet<Key>,
}

impl Changes {
    pub(super) fn insert(&mut self, key: Key) {
        self.extend([key]);
    }

    pub(super) fn extend(&mut self, keys: impl IntoIterator<Item = Key>) {
        if self.are_saved {
            self.keys.extend(keys);
        }
    }

    /// Nothing that was saved before is there any more.
    pub(super) fn all_gone(&self) -> Self {
        let are_saved = self.are_saved;
        Self { are_saved, cleared: true, keys: if are_saved { BTreeSet::from([Key::Head]) } else { BTreeSet::new() } }
    }
}

/// A part, and what is to be saved of it: the account that it is of, and its JSON; none if it is gone.
#[derive(Debug)]
pub(crate) struct Row {
    pub(crate) key: Key,
    pub(crate) account: u64,
    pub(crate) value: Option<String>,
}

/// What is to be saved at once.
#[derive(Debug)]
pub(crate) struct Batch {
    /// Whether everything that was saved before is to go.
    pub(crate) cleared: bool,
    pub(crate) rows: Vec<Row>,
}

/// What concerns everything.
#[derive(Debug, Default, Serialize, Deserialize)]
struct Head {
    /// The last number that was given out to a payment or anything else.
    next: u64,
    /// The last number of an account.
    last_account: u64,
    /// The last number of a notification.
    last_notification: u64,
    holds_notifications: bool,
    clock: Setting,
}

/// What is saved of an account besides its parts.
#[derive(Serialize, Deserialize)]
struct SavedAccount {
    provider: Provider,
    key: String,
    /// What vouchers have brought in, and what is in escrow.
    wallets: (u64, u64),
    clock: Setting,
}

impl World {
    /// Nothing is to be saved.
    pub(crate) fn forget_changes(&mut self) {
        self.sessions.take_changed();
        self.outbox.take_changed();
    }

    /// Notes from now on what changes.
    pub(crate) fn note_changes(&mut self) {
        self.changes.are_saved = true;
    }

    /// What has changed since this was last asked for, as it is now.
    pub(crate) fn batch(&mut self, clock: Setting) -> serde_json::Result<Batch> {
        self.changes.extend(self.sessions.take_changed().into_iter().map(Key::Session));
        self.changes.extend(self.outbox.take_changed().into_iter().map(Key::Notification));
        let rows = self.changes.keys.iter().map(|key| self.row(key, clock)).collect::<serde_json::Result<_>>()?;
        let none = Changes { are_saved: self.changes.are_saved, ..Changes::default() };
        let Changes { cleared, .. } = std::mem::replace(&mut self.changes, none);
        Ok(Batch { cleared, rows })
    }

    /// Takes back what could not be saved, so that it is saved another time.
    pub(crate) fn not_saved(&mut self, batch: Batch) {
        // What a reset has removed since is not to come back.
        if self.changes.cleared {
            return;
        }
        self.changes.cleared = batch.cleared;
        self.changes.extend(batch.rows.into_iter().map(|row| row.key));
    }

    fn row(&self, key: &Key, clock: Setting) -> serde_json::Result<Row> {
        let mut owner = 0;
        let value = match key {
            Key::Head => Some(serde_json::to_string(&self.head(clock))),
            Key::Account(id) => self.accounts.get(id).map(|account| {
                serde_json::to_string(&SavedAccount {
                    provider: account.provider,
                    key: account.key.clone(),
                    wallets: account.ledger.sums(),
                    clock: account.clock,
                })
            }),
            Key::Payment(number) => self.numbers.get(number).map(|(id, at)| {
                owner = *id;
                serde_json::to_string(&self.accounts[id].payments[*at])
            }),
            Key::Mutation(id, number) => {
                owner = *id;
                let account = self.accounts.get(id);
                account.and_then(|account| account.statement.get(*number)).map(serde_json::to_string)
            }
            Key::Session(number) => self.sessions.get(*number).map(serde_json::to_string),
            Key::Notification(number) => self.outbox.get(*number).map(serde_json::to_string),
            Key::Wallet(id, part, name) => {
                owner = *id;
                self.accounts.get(id).and_then(|account| account.ledger.saved(*part, name))
            }
        };
        Ok(Row { key: key.clone(), account: owner, value: value.transpose()? })
    }

    fn head(&self, clock: Setting) -> Head {
        Head {
            next: self.next,
            last_account: self.last_account,
            last_notification: self.outbox.last(),
            holds_notifications: self.outbox.is_holding(),
            clock,
        }
    }

    /// A state that was saved, of which the parts are still to come, and the clock.
    pub(crate) fn restore(limits: Limits, head: &str) -> Result<(Self, Setting), String> {
        let head: Head = parsed(head)?;
        let world = Self {
            next: head.next,
            last_account: head.last_account,
            outbox: Outbox::restore(head.last_notification, head.holds_notifications),
            ..Self::of_up_to(limits)
        };
        Ok((world, head.clock))
    }

    /// Takes over a part that was saved. Accounts come before what they own, and payments before their notifications.
    pub(crate) fn restore_part(&mut self, key: Key, owner: u64, value: &str) -> Result<(), String> {
        match key {
            Key::Head => {}
            Key::Account(id) => {
                let SavedAccount { provider, key, wallets, clock } = parsed(value)?;
                let mut account = Account::new(id, provider, &key, &self.limits);
                account.ledger.restore_sums(wallets);
                account.clock = clock;
                if self.ids.insert((provider, key), id).is_some() || id > self.last_account {
                    return Err("an account is there twice".into());
                }
                self.accounts.insert(id, account);
            }
            Key::Payment(number) => {
                let record: super::Record = parsed(value)?;
                let account = self.accounts.get_mut(&owner).ok_or("a payment has no account")?;
                if record.provider != account.provider || record.number != number || number > self.next {
                    return Err("a payment is not what it is saved as".into());
                }
                account.payments.push(record);
                account.payments.take_changed();
                self.recorded += 1;
                self.index(owner);
            }
            Key::Mutation(id, _) => {
                let account = self.accounts.get_mut(&id).ok_or("an account statement has no account")?;
                account.statement.push(parsed(value)?, usize::MAX);
                account.statement.take_changed();
            }
            Key::Session(number) => self.sessions.restore(number, parsed(value)?),
            Key::Notification(number) => self.outbox.restore_one(number, parsed(value)?),
            Key::Wallet(id, part, name) => {
                let account = self.accounts.get_mut(&id).ok_or("a wallet has no account")?;
                account.ledger.restore(part, &name, value)?;
            }
        }
        Ok(())
    }

    /// Whether a state that was read can have been written by a sandbox.
    pub(crate) fn is_consistent(&self) -> bool {
        self.accounts.values().all(|account| account.ledger.is_consistent())
            && self.outbox.is_consistent(|payment| self.numbers.contains_key(&payment))
    }
}

fn parsed<T: DeserializeOwned>(value: &str) -> Result<T, String> {
    serde_json::from_str(value).map_err(|error| error.to_string())
}
