//! K-Link's wallets. Money comes in by vouchers, moves between members, goes into escrow by payments and comes back by
//! refunds; it is never made or lost otherwise.

mod saved;

use std::collections::{BTreeMap, BTreeSet, HashSet};

use gerbang_core::Rupiah;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

pub(crate) use saved::Part;

use super::Refusal;
use saved::entry_name;

/// Where the money of K-Link's wallets is. `issued` is always `wallets` and `escrow` together.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct LedgerTotals {
    /// What vouchers have brought in, in rupiah.
    pub issued: Rupiah,
    /// What the members have, in rupiah.
    pub wallets: Rupiah,
    /// What was paid for orders and not refunded, in rupiah.
    pub escrow: Rupiah,
}

/// The wallets of one account.
pub(crate) struct Ledger {
    /// How many there may be of each part.
    most: usize,
    members: BTreeMap<String, Member>,
    /// By the merchant's name.
    orders: BTreeMap<String, WalletOrder>,
    /// Payments of orders that failed on the way and can be reconciled, by order.
    failed: BTreeMap<String, FailedPayment>,
    vouchers: HashSet<String>,
    issued: u64,
    escrow: u64,
    /// What has changed since this was last asked for.
    changed: BTreeSet<(Part, String)>,
}

#[derive(Serialize, Deserialize)]
struct Member {
    number: u64,
    balance: u64,
    #[serde(skip)]
    entries: Vec<Entry>,
}

/// What went into a wallet or out of it.
#[derive(Serialize, Deserialize)]
pub(crate) struct Entry {
    /// What raised the balance.
    pub(crate) debit: u64,
    /// What lowered the balance.
    pub(crate) credit: u64,
    pub(crate) balance: u64,
    pub(crate) description: String,
    pub(crate) when: Timestamp,
}

/// A payment of an order that was not carried out.
#[derive(Serialize, Deserialize)]
struct FailedPayment {
    id_member: String,
    amount: u64,
    description: String,
}

/// An order that was paid from a wallet.
#[derive(Serialize, Deserialize)]
pub(crate) struct WalletOrder {
    pub(crate) id_trans: u64,
    pub(crate) id_order: String,
    pub(crate) id_member: String,
    pub(crate) amount: u64,
    pub(crate) balance: u64,
    pub(crate) description: String,
    pub(crate) when: Timestamp,
    /// The number and the time of the refund.
    pub(crate) refund: Option<(u64, Timestamp)>,
}

/// Why the wallets refuse.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum WalletRefusal {
    UnknownMember(String),
    TooLittle,
    VoucherUsed,
    SameMember,
    OrderExists,
    UnknownOrder,
    Full,
}

impl WalletRefusal {
    /// In words. The document prints none of them.
    pub(crate) fn message(&self) -> String {
        match self {
            Self::UnknownMember(member) => format!("ID Member {member} not found!"),
            Self::TooLittle => "Saldo tidak cukup!".into(),
            Self::VoucherUsed => "Voucher has been used!".into(),
            Self::SameMember => "id_member_receipt must not be id_member_send!".into(),
            Self::OrderExists => "ID Order existing, please use another ID Order!".into(),
            Self::UnknownOrder => "ID Order not found!".into(),
            Self::Full => Refusal::Full.message().into(),
        }
    }
}

impl Ledger {
    /// Wallets without anything, which hold so much of each part at most.
    pub(super) fn of_up_to(most: usize) -> Self {
        Self {
            most,
            members: BTreeMap::new(),
            orders: BTreeMap::new(),
            failed: BTreeMap::new(),
            vouchers: HashSet::new(),
            issued: 0,
            escrow: 0,
            changed: BTreeSet::new(),
        }
    }

    /// Whether there is nothing in it.
    pub(super) fn is_empty(&self) -> bool {
        self.members.is_empty() && self.failed.is_empty()
    }

    /// Registers a member and gives its number. A member who is registered already keeps it.
    pub(crate) fn register(&mut self, id_member: &str, number: u64) -> Result<u64, WalletRefusal> {
        if self.members.len() >= self.most && !self.members.contains_key(id_member) {
            return Err(WalletRefusal::Full);
        }
        self.note(Part::Member, id_member);
        let new = || Member { number, balance: 0, entries: Vec::new() };
        Ok(self.members.entry(id_member.to_owned()).or_insert_with(new).number)
    }

    pub(crate) fn balance(&self, id_member: &str) -> Result<u64, WalletRefusal> {
        self.member(id_member).map(|member| member.balance)
    }

    pub(crate) fn entries(&self, id_member: &str) -> Result<&[Entry], WalletRefusal> {
        self.member(id_member).map(|member| member.entries.as_slice())
    }

    /// Money comes in by a voucher, which works once.
    pub(crate) fn voucher(
        &mut self,
        code: &str,
        id_member: &str,
        amount: u64,
        description: &str,
        now: Timestamp,
    ) -> Result<(), WalletRefusal> {
        self.member(id_member)?;
        if self.vouchers.contains(code) {
            return Err(WalletRefusal::VoucherUsed);
        }
        let issued = self.issued.checked_add(amount).ok_or(WalletRefusal::Full)?;
        if self.vouchers.len() >= self.most {
            return Err(WalletRefusal::Full);
        }
        self.raise(id_member, amount, description, now)?;
        self.vouchers.insert(code.to_owned());
        self.note(Part::Voucher, code);
        self.issued = issued;
        Ok(())
    }

    pub(crate) fn transfer(
        &mut self,
        from: &str,
        to: &str,
        amount: u64,
        description: &str,
        now: Timestamp,
    ) -> Result<(), WalletRefusal> {
        self.member(to)?;
        if from == to {
            return Err(WalletRefusal::SameMember);
        }
        if self.member(to)?.entries.len() >= self.most {
            return Err(WalletRefusal::Full);
        }
        self.lower(from, amount, description, now)?;
        self.raise(to, amount, description, now).map(|_| ())
    }

    /// Pays an order into escrow.
    pub(crate) fn pay(
        &mut self,
        id_trans: u64,
        id_order: &str,
        id_member: &str,
        amount: u64,
        description: &str,
        now: Timestamp,
    ) -> Result<(), WalletRefusal> {
        self.member(id_member)?;
        if self.order(id_order).is_ok() {
            return Err(WalletRefusal::OrderExists);
        }
        if self.orders.len() >= self.most {
            return Err(WalletRefusal::Full);
        }
        let balance = self.lower(id_member, amount, description, now)?;
        // What is in escrow was issued before, and that did not overflow.
        self.escrow += amount;
        let order = WalletOrder {
            id_trans,
            id_order: id_order.to_owned(),
            id_member: id_member.to_owned(),
            amount,
            balance,
            description: description.to_owned(),
            when: now,
            refund: None,
        };
        self.orders.insert(id_order.to_owned(), order);
        self.note(Part::Order, id_order);
        if self.failed.remove(id_order).is_some() {
            self.note(Part::Failed, id_order);
        }
        Ok(())
    }

    /// Keeps a payment that failed on the way, unless the order is paid.
    pub(crate) fn keep_failed(
        &mut self,
        id_order: &str,
        id_member: &str,
        amount: u64,
        description: &str,
    ) -> Result<(), WalletRefusal> {
        if self.order(id_order).is_ok() {
            return Ok(());
        }
        if self.failed.len() >= self.most && !self.failed.contains_key(id_order) {
            return Err(WalletRefusal::Full);
        }
        let payment = FailedPayment { id_member: id_member.to_owned(), amount, description: description.to_owned() };
        self.failed.insert(id_order.to_owned(), payment);
        self.note(Part::Failed, id_order);
        Ok(())
    }

    /// Pays an order whose payment failed on the way, if it is not paid yet. Gives the order.
    pub(crate) fn reconcile(
        &mut self,
        id_trans: u64,
        id_order: &str,
        now: Timestamp,
    ) -> Result<&WalletOrder, WalletRefusal> {
        if let Some((id_order, payment)) = self.failed.remove_entry(id_order) {
            let FailedPayment { id_member, amount, description } = &payment;
            let paid = self.pay(id_trans, &id_order, id_member, *amount, description, now);
            match paid {
                Ok(()) => self.note(Part::Failed, &id_order),
                Err(refusal) => {
                    self.failed.insert(id_order, payment);
                    return Err(refusal);
                }
            }
        }
        self.order(id_order)
    }

    pub(crate) fn order(&self, id_order: &str) -> Result<&WalletOrder, WalletRefusal> {
        self.orders.get(id_order).ok_or(WalletRefusal::UnknownOrder)
    }

    /// Pays an order back. The caller has made sure that it was not paid back before.
    pub(crate) fn refund(
        &mut self,
        id_order: &str,
        number: u64,
        description: &str,
        now: Timestamp,
    ) -> Result<(), WalletRefusal> {
        let order = self.orders.get(id_order).filter(|order| order.refund.is_none());
        let order = order.ok_or(WalletRefusal::UnknownOrder)?;
        let (id_member, amount) = (order.id_member.clone(), order.amount);
        self.raise(&id_member, amount, description, now)?;
        self.escrow -= amount;
        if let Some(order) = self.orders.get_mut(id_order) {
            order.refund = Some((number, now));
        }
        self.note(Part::Order, id_order);
        Ok(())
    }

    pub(crate) fn totals(&self) -> LedgerTotals {
        LedgerTotals {
            issued: Rupiah::new(self.issued),
            wallets: Rupiah::new(self.members.values().map(|member| member.balance).sum()),
            escrow: Rupiah::new(self.escrow),
        }
    }

    /// Whether all money is somewhere, and what is in escrow was paid for orders.
    pub(super) fn is_consistent(&self) -> bool {
        let sum = |mut amounts: Box<dyn Iterator<Item = u64> + '_>| amounts.try_fold(0, u64::checked_add);
        let wallets = sum(Box::new(self.members.values().map(|member| member.balance)));
        let paid = self.orders.values().filter(|order| order.refund.is_none());
        let escrow = sum(Box::new(paid.map(|order| order.amount)));
        escrow == Some(self.escrow) && wallets.and_then(|sum| sum.checked_add(self.escrow)) == Some(self.issued)
    }

    fn member(&self, id_member: &str) -> Result<&Member, WalletRefusal> {
        self.members.get(id_member).ok_or_else(|| WalletRefusal::UnknownMember(id_member.to_owned()))
    }

    fn raise(&mut self, id_member: &str, amount: u64, why: &str, when: Timestamp) -> Result<u64, WalletRefusal> {
        self.enter(id_member, amount, 0, why, when)
    }

    fn lower(&mut self, id_member: &str, amount: u64, why: &str, when: Timestamp) -> Result<u64, WalletRefusal> {
        self.enter(id_member, 0, amount, why, when)
    }

    fn enter(
        &mut self,
        id_member: &str,
        debit: u64,
        credit: u64,
        why: &str,
        when: Timestamp,
    ) -> Result<u64, WalletRefusal> {
        let member =
            self.members.get_mut(id_member).ok_or_else(|| WalletRefusal::UnknownMember(id_member.to_owned()))?;
        if member.entries.len() >= self.most {
            return Err(WalletRefusal::Full);
        }
        let raised = member.balance.checked_add(debit).ok_or(WalletRefusal::Full)?;
        let balance = raised.checked_sub(credit).ok_or(WalletRefusal::TooLittle)?;
        member.balance = balance;
        let entry = entry_name(member.entries.len(), id_member);
        member.entries.push(Entry { debit, credit, balance, description: why.to_owned(), when });
        self.note(Part::Entry, &entry);
        self.note(Part::Member, id_member);
        Ok(balance)
    }

    fn note(&mut self, part: Part, name: &str) {
        self.changed.insert((part, name.to_owned()));
    }

    /// What has changed, which is then forgotten.
    pub(super) fn take_changed(&mut self) -> BTreeSet<(Part, String)> {
        std::mem::take(&mut self.changed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_money_is_made_or_lost_whatever_is_done() {
        let mut ledger = Ledger::of_up_to(10_000);
        let members = ["a", "b", "c", "nobody"];
        for member in &members[..3] {
            ledger.register(member, 1).unwrap();
        }
        let now = Timestamp::UNIX_EPOCH;
        let mut seed = 1_u64;
        let mut next = |below: u64| {
            seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (seed >> 33) % below
        };
        let (mut done, mut refused) = (0, 0);
        for number in 0..5_000 {
            let (from, to) = (members[next(4) as usize], members[next(4) as usize]);
            let (amount, name) = (next(1_000) + 1, next(500).to_string());
            let before = ledger.totals();
            let result = match next(4) {
                0 => ledger.voucher(&name, to, amount, "", now),
                1 => ledger.transfer(from, to, amount, "", now),
                2 => ledger.pay(number, &name, from, amount, "", now),
                _ => ledger.refund(&name, number, "", now),
            };
            let totals = ledger.totals();
            assert_eq!(totals.wallets.checked_add(totals.escrow), Some(totals.issued), "step {number}");
            match result {
                Ok(()) => done += 1,
                Err(_) => {
                    refused += 1;
                    assert_eq!(totals, before, "step {number}");
                }
            }
        }
        assert!(done > 500 && refused > 500, "{done} {refused}");
        for member in &members[..3] {
            let entries = ledger.entries(member).unwrap();
            let mut balance = 0;
            for entry in entries {
                balance = balance + entry.debit - entry.credit;
                assert_eq!(entry.balance, balance);
            }
            assert_eq!(ledger.balance(member), Ok(balance));
        }
    }

    #[test]
    fn a_balance_does_not_overflow() {
        let mut ledger = Ledger::of_up_to(10_000);
        let now = Timestamp::UNIX_EPOCH;
        for member in ["a", "b"] {
            ledger.register(member, 1).unwrap();
        }
        ledger.voucher("1", "a", u64::MAX, "", now).unwrap();
        assert_eq!(ledger.voucher("2", "b", 1, "", now), Err(WalletRefusal::Full));
        assert_eq!(ledger.balance("b"), Ok(0));
    }
}
