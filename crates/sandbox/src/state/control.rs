use std::fmt;

use jiff::Timestamp;

use super::{Account, Desk, Payment, PaymentStatus, Record, World};
use crate::Provider;

/// Why the sandbox's user cannot have what they asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ControlError {
    /// No payment of the provider has this name.
    NotFound,
    /// Several payments have this name, in several accounts perhaps. [`Payment::id`] names each alone.
    Ambiguous,
    /// The payment is no longer pending, but this.
    NotPending(PaymentStatus),
    /// Only a payment that has expired or was cancelled can be paid late; this one is in this state.
    NotEnded(PaymentStatus),
    /// An underpayment must be above zero and below the payable amount.
    Amount,
    /// Only Kazukipay has an account statement.
    NoStatement,
    /// It was done, but the state file could not be written.
    NotSaved,
}

impl fmt::Display for ControlError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotFound => f.write_str("no payment has this name"),
            Self::Ambiguous => f.write_str("several payments have this name: use the sandbox's own, such as sb-12"),
            Self::NotPending(status) => write!(f, "the payment is not pending but {status}"),
            Self::NotEnded(status) => write!(f, "the payment has not expired and was not cancelled, but is {status}"),
            Self::Amount => f.write_str("an underpayment must be above zero and below the payable amount"),
            Self::NoStatement => f.write_str("only Kazukipay has an account statement"),
            Self::NotSaved => f.write_str("the state file could not be written"),
        }
    }
}

impl std::error::Error for ControlError {}

/// What the sandbox's user does with a payment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Deed {
    Pay,
    PayLate,
    Deposit,
    Underpay(u64),
    Expire,
    Cancel,
}

impl Deed {
    /// Whether it can be done with a payment in a state.
    fn is_allowed(self, status: PaymentStatus) -> bool {
        match self {
            Self::PayLate => [PaymentStatus::Expired, PaymentStatus::Cancelled].contains(&status),
            Self::Deposit => status != PaymentStatus::Paid,
            Self::Pay | Self::Underpay(_) | Self::Expire | Self::Cancel => status == PaymentStatus::Pending,
        }
    }
}

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
        deed: Deed,
        now: Timestamp,
    ) -> Result<Payment, ControlError> {
        self.settle(now);
        let (key, at) = self.named(provider, name, |status| deed.is_allowed(status))?;
        let known = (provider, key);
        let account = self.accounts.get_mut(&known).ok_or(ControlError::NotFound)?;
        let mut desk = Desk {
            now,
            account: &known.1,
            next: &mut self.next,
            recorded: &mut self.recorded,
            outbox: &mut self.outbox,
        };
        self.revision += 1;
        account.control(at, deed, &mut desk)?;
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

impl Account {
    fn control(&mut self, at: usize, deed: Deed, desk: &mut Desk<'_>) -> Result<(), ControlError> {
        let record = &self.payments[at];
        match deed {
            Deed::PayLate if !deed.is_allowed(record.status) => return Err(ControlError::NotEnded(record.status)),
            _ if !deed.is_allowed(record.status) => return Err(ControlError::NotPending(record.status)),
            Deed::Deposit if record.provider != Provider::Kazukipay => return Err(ControlError::NoStatement),
            Deed::Underpay(amount) if amount == 0 || amount >= record.payable => return Err(ControlError::Amount),
            _ => {}
        }
        self.carry_out(at, deed, desk.now, desk);
        Ok(())
    }

    /// Does something with a payment that is in a state in which it can be done.
    pub(crate) fn carry_out(&mut self, at: usize, deed: Deed, when: Timestamp, desk: &mut Desk<'_>) {
        match deed {
            Deed::Pay | Deed::PayLate => self.pay(at, when, desk),
            Deed::Deposit => {
                self.deposit(self.payments[at].payable, when, desk);
            }
            Deed::Underpay(amount) => {
                if self.payments[at].provider == Provider::Kazukipay {
                    self.deposit(amount, when, desk);
                }
                self.payments[at].received = Some(amount);
            }
            Deed::Expire => {
                self.payments[at].expires = when;
                self.close(at, PaymentStatus::Expired, desk);
            }
            Deed::Cancel => self.close(at, PaymentStatus::Cancelled, desk),
        }
    }
}
