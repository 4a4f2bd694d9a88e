//! The parts of the wallets that are saved, each by itself.

use super::Ledger;

/// A part of the wallets that is saved by itself, under its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Part {
    /// A member, without entries.
    Member,
    /// An entry of a member, named by its place and the member.
    Entry,
    /// An order that was paid.
    Order,
    /// A payment of an order that failed.
    Failed,
    /// A voucher that was used.
    Voucher,
}

impl Part {
    /// All parts, each after what it needs.
    pub(crate) const ALL: [Self; 5] = [Self::Member, Self::Entry, Self::Order, Self::Failed, Self::Voucher];

    /// The part's name in the state file.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Member => "member",
            Self::Entry => "entry",
            Self::Order => "order",
            Self::Failed => "failed",
            Self::Voucher => "voucher",
        }
    }
}

impl Ledger {
    /// All parts.
    pub(in crate::state) fn parts(&self) -> Vec<(Part, String)> {
        let members = self.members.keys().map(|name| (Part::Member, name.clone()));
        let entries = self
            .members
            .iter()
            .flat_map(|(name, member)| (0..member.entries.len()).map(move |at| (Part::Entry, entry_name(at, name))));
        let orders = self.orders.keys().map(|name| (Part::Order, name.clone()));
        let failed = self.failed.keys().map(|name| (Part::Failed, name.clone()));
        let vouchers = self.vouchers.iter().map(|name| (Part::Voucher, name.clone()));
        members.chain(entries).chain(orders).chain(failed).chain(vouchers).collect()
    }

    /// What vouchers have brought in, and what is in escrow.
    pub(in crate::state) fn sums(&self) -> (u64, u64) {
        (self.issued, self.escrow)
    }

    /// Takes over what was saved by [`Ledger::sums`].
    pub(in crate::state) fn restore_sums(&mut self, (issued, escrow): (u64, u64)) {
        (self.issued, self.escrow) = (issued, escrow);
    }

    /// A part as it is saved; none if it is not there.
    pub(in crate::state) fn saved(&self, part: Part, name: &str) -> Option<serde_json::Result<String>> {
        Some(match part {
            Part::Member => serde_json::to_string(self.members.get(name)?),
            Part::Entry => {
                let (at, member) = entry_of(name)?;
                serde_json::to_string(self.members.get(member)?.entries.get(at)?)
            }
            Part::Order => serde_json::to_string(self.orders.get(name)?),
            Part::Failed => serde_json::to_string(self.failed.get(name)?),
            Part::Voucher => serde_json::to_string(self.vouchers.get(name)?),
        })
    }

    /// Takes over a part that was saved. Entries come in the order of their places.
    pub(in crate::state) fn restore(&mut self, part: Part, name: &str, value: &str) -> Result<(), String> {
        let wrong = |error: serde_json::Error| error.to_string();
        match part {
            Part::Member => {
                self.members.insert(name.to_owned(), serde_json::from_str(value).map_err(wrong)?);
            }
            Part::Entry => {
                let (at, member) = entry_of(name).ok_or("an entry has no place")?;
                let member = self.members.get_mut(member).ok_or("an entry has no member")?;
                if member.entries.len() != at {
                    return Err("an entry is missing".into());
                }
                member.entries.push(serde_json::from_str(value).map_err(wrong)?);
            }
            Part::Order => {
                self.orders.insert(name.to_owned(), serde_json::from_str(value).map_err(wrong)?);
            }
            Part::Failed => {
                self.failed.insert(name.to_owned(), serde_json::from_str(value).map_err(wrong)?);
            }
            Part::Voucher => {
                self.vouchers.insert(name.to_owned());
            }
        }
        Ok(())
    }
}

/// The name of a member's entry. In alphabetical order entries are in that of their places.
pub(super) fn entry_name(at: usize, id_member: &str) -> String {
    format!("{at:09} {id_member}")
}

fn entry_of(name: &str) -> Option<(usize, &str)> {
    let (at, member) = name.split_once(' ')?;
    Some((at.parse().ok()?, member))
}
