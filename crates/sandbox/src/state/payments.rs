//! The payments of one account, found by their names, by what the customer must pay, and by what happens next.

use std::collections::{BTreeSet, HashMap};
use std::ops::Index;

use jiff::Timestamp;

use super::names::{Name, Names};
use super::{PaymentStatus, Record};

/// The payments of one account, in order of creation. They are changed only by [`Payments::change`], so that what finds
/// them is always right.
#[derive(Default)]
pub(crate) struct Payments {
    records: Vec<Record>,
    names: Names,
    /// Those that are pending, by when something happens to them by itself.
    pending: BTreeSet<(Timestamp, usize)>,
    /// How many pending payments wait for an amount.
    payables: HashMap<u64, u32>,
    /// The numbers of those that have changed since this was last asked for.
    changed: Vec<u64>,
    /// How many there were when this was last asked for.
    seen: usize,
}

impl Index<usize> for Payments {
    type Output = Record;

    fn index(&self, at: usize) -> &Record {
        &self.records[at]
    }
}

impl Payments {
    pub(crate) fn len(&self) -> usize {
        self.records.len()
    }

    pub(crate) fn iter(&self) -> impl DoubleEndedIterator<Item = &Record> {
        self.records.iter()
    }

    /// Those that are pending, in order of creation.
    pub(crate) fn pending(&self) -> Vec<usize> {
        let mut pending: Vec<_> = self.pending.iter().map(|(_, at)| *at).collect();
        pending.sort_unstable();
        pending
    }

    /// Whether a pending payment waits for an amount.
    pub(super) fn is_awaited(&self, payable: u64) -> bool {
        self.payables.contains_key(&payable)
    }

    /// When something happens by itself the next time, and to which payment.
    pub(super) fn next(&self) -> Option<(Timestamp, usize)> {
        self.pending.first().copied()
    }

    /// The newest payment of a name for which a condition holds.
    pub(super) fn find(&self, name: Name<'_>, condition: impl Fn(&Record) -> bool) -> Option<usize> {
        let mut places = self.names.of(name).rev().filter_map(|at| usize::try_from(at).ok());
        places.find(|at| {
            let record = &self.records[*at];
            record.names().any(|found| found == name) && condition(record)
        })
    }

    /// Adds a payment, and gives its place.
    pub(super) fn push(&mut self, record: Record) -> usize {
        let at = self.records.len();
        for name in record.names() {
            self.names.insert(name, at as u64);
        }
        self.changed.push(record.number);
        self.records.push(record);
        self.enter(at);
        at
    }

    /// Takes the newest payment away.
    pub(super) fn pop(&mut self) -> Option<Record> {
        let at = self.records.len().checked_sub(1)?;
        self.leave(at);
        let record = self.records.pop()?;
        for name in record.names() {
            self.names.remove(name, at as u64);
        }
        self.seen = self.seen.min(at);
        self.changed.push(record.number);
        Some(record)
    }

    /// Changes a payment. Its names stay.
    pub(crate) fn change<T>(&mut self, at: usize, work: impl FnOnce(&mut Record) -> T) -> T {
        self.leave(at);
        let result = work(&mut self.records[at]);
        self.enter(at);
        self.changed.push(self.records[at].number);
        result
    }

    /// Takes note of a question for a payment, which is not saved.
    pub(crate) fn asked(&mut self, at: usize, now: Timestamp) {
        self.records[at].asked = Some(now);
    }

    /// The numbers of those that have changed, which is then forgotten.
    pub(super) fn take_changed(&mut self) -> Vec<u64> {
        std::mem::take(&mut self.changed)
    }

    /// The places of those that were added since this was last asked for.
    pub(super) fn take_new(&mut self) -> std::ops::Range<usize> {
        let seen = std::mem::replace(&mut self.seen, self.records.len());
        seen..self.records.len()
    }

    fn enter(&mut self, at: usize) {
        let record = &self.records[at];
        if record.status == PaymentStatus::Pending {
            self.pending.insert((record.next(), at));
            *self.payables.entry(record.payable).or_default() += 1;
        }
    }

    fn leave(&mut self, at: usize) {
        let record = &self.records[at];
        if record.status != PaymentStatus::Pending {
            return;
        }
        self.pending.remove(&(record.next(), at));
        if let Some(count) = self.payables.get_mut(&record.payable) {
            *count -= 1;
            if *count == 0 {
                self.payables.remove(&record.payable);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Provider;

    fn record(number: u64, order: &str, payable: u64) -> Record {
        let mut record = Record::new(number, Provider::Kropay, "qris", payable, Timestamp::UNIX_EPOCH);
        record.order = order.to_owned();
        record.reference = format!("R{number}");
        record
    }

    #[test]
    fn payments_are_found_as_they_are_now() {
        let mut payments = Payments::default();
        for (number, order) in [(7, "a"), (8, "b"), (9, "a")] {
            payments.push(record(number, order, 1_000));
        }
        let any = |_: &Record| true;
        assert_eq!(payments.find(Name::Order("a"), any), Some(2));
        assert_eq!(payments.find(Name::Order("a"), |record| record.number == 7), Some(0));
        assert_eq!((payments.find(Name::Reference("R8"), any), payments.find(Name::Order("R8"), any)), (Some(1), None));
        assert_eq!((payments.pending(), payments.is_awaited(1_000)), (vec![0, 1, 2], true));

        let later = "2030-01-01T00:00:00Z".parse().unwrap();
        payments.change(0, |record| record.expires = later);
        assert_eq!(payments.next(), Some((Timestamp::UNIX_EPOCH, 1)));
        payments.change(1, |record| record.status = PaymentStatus::Paid);
        assert_eq!((payments.pending(), payments.next()), (vec![0, 2], Some((Timestamp::UNIX_EPOCH, 2))));
        assert_eq!(payments.pop().unwrap().number, 9);
        assert_eq!((payments.find(Name::Order("a"), any), payments.next()), (Some(0), Some((later, 0))));
        payments.change(0, |record| record.status = PaymentStatus::Expired);
        assert!(!payments.is_awaited(1_000) && payments.next().is_none());
        assert_eq!(payments.take_changed(), [7, 8, 9, 7, 8, 9, 7]);
        assert!(payments.take_changed().is_empty());
    }
}
