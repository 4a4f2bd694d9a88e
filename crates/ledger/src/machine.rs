//! The states of an attempt and what each fact makes of them. Pure: nothing in here asks, waits or stores.

use std::fmt;

use gerbang_core::PaymentStatus;

/// The state of an attempt. Facts only ever raise it, see [`next`]; the numbers are the ranks that the database holds updates to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum State {
    /// It is written down and nothing was sent.
    Intended,
    /// Its creation may be on the way.
    Sending,
    /// Nobody knows whether the gateway has made it.
    Uncertain,
    /// The gateway has made it and the customer can pay.
    Open,
    /// It is over without money, as far as is known. Money can still come.
    Closed,
    /// It is paid, which nothing changes.
    Paid,
}

impl State {
    /// All states, in the order of their ranks.
    pub(crate) const ALL: [Self; 6] =
        [Self::Intended, Self::Sending, Self::Uncertain, Self::Open, Self::Closed, Self::Paid];

    /// The name that the database and the logs have.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Intended => "intended",
            Self::Sending => "sending",
            Self::Uncertain => "uncertain",
            Self::Open => "open",
            Self::Closed => "closed",
            Self::Paid => "paid",
        }
    }

    /// Whether an order can have no other attempt beside one in this state.
    pub const fn blocks_others(self) -> bool {
        matches!(self, Self::Intended | Self::Sending | Self::Uncertain | Self::Open)
    }

    pub(crate) fn rank(self) -> i64 {
        self as i64
    }

    pub(crate) fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.as_str() == name)
    }
}

/// Why an attempt is closed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Ending {
    /// The gateway refused to create it, in a way that is conclusive, or nothing could be sent for what it holds.
    Refused,
    /// The gateway could not be reached for too long; nothing was sent.
    NotSent,
    /// It was withdrawn before anything was sent.
    Withdrawn,
    /// Its creation was lost and nothing was found of it until no request could be under way any more.
    Absent,
    /// The reply to its creation was lost, and with it the only thing that a customer could pay with.
    Unseen,
    /// Its time was up.
    Expired,
    /// It was cancelled.
    Cancelled,
    /// It failed at the gateway.
    Failed,
}

impl Ending {
    pub(crate) const ALL: [Self; 8] = [
        Self::Refused,
        Self::NotSent,
        Self::Withdrawn,
        Self::Absent,
        Self::Unseen,
        Self::Expired,
        Self::Cancelled,
        Self::Failed,
    ];

    /// The name that the database and the logs have.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Refused => "refused",
            Self::NotSent => "not_sent",
            Self::Withdrawn => "withdrawn",
            Self::Absent => "absent",
            Self::Unseen => "unseen",
            Self::Expired => "expired",
            Self::Cancelled => "cancelled",
            Self::Failed => "failed",
        }
    }

    pub(crate) fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|ending| ending.as_str() == name)
    }

    /// The ending that a gateway's word means; none where the payment is not over.
    pub(crate) fn of_status(status: &PaymentStatus) -> Option<Self> {
        match status {
            PaymentStatus::Expired => Some(Self::Expired),
            PaymentStatus::Cancelled => Some(Self::Cancelled),
            PaymentStatus::Failed => Some(Self::Failed),
            _ => None,
        }
    }

    /// The status that a payment shows which has ended so.
    pub(crate) fn status(self) -> PaymentStatus {
        match self {
            Self::Expired => PaymentStatus::Expired,
            Self::Cancelled | Self::Withdrawn => PaymentStatus::Cancelled,
            Self::Refused | Self::NotSent | Self::Absent | Self::Unseen | Self::Failed => PaymentStatus::Failed,
        }
    }
}

impl fmt::Display for Ending {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// What becomes known of an attempt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fact {
    /// Somebody has a lease on it and is about to send it.
    Taken,
    /// The holder of the lease proves that nothing was sent.
    NotSent,
    /// No conclusive reply came, or the lease ended without one.
    Unanswered,
    /// The reply to the creation was a conclusive no.
    Refused,
    /// Nobody will send it.
    Dropped(Ending),
    /// The gateway has made it; it is not over.
    Pending,
    /// The gateway says that it is over without money.
    Over(Ending),
    /// Its time and the grace are over, and the gateway still calls it pending or cannot be asked.
    Overdue,
    /// It was not found, and no request can be under way any more.
    Absent,
    /// The customer never saw what to pay with and never will.
    Unseen,
    /// It is proven to be paid.
    Paid,
}

/// The state that a fact leads to, and why, where that is closed. None where the fact changes nothing.
///
/// The rank of a state never falls, but for one fact: [`Fact::NotSent`] of an attempt that is being sent, by the holder of
/// its lease.
pub(crate) fn next(state: State, fact: Fact) -> Option<(State, Option<Ending>)> {
    use State::{Closed, Intended, Open, Paid, Sending, Uncertain};
    let to = |state| Some((state, None));
    let closed = |ending| Some((Closed, Some(ending)));
    match (state, fact) {
        (Intended | Sending | Uncertain | Open | Closed, Fact::Paid) => to(Paid),
        (Intended | Sending | Uncertain | Open, Fact::Over(ending)) => closed(ending),
        (Intended | Sending | Uncertain, Fact::Pending) => to(Open),
        (Intended, Fact::Taken) => to(Sending),
        (Intended, Fact::Dropped(ending)) => closed(ending),
        (Sending, Fact::NotSent) => to(Intended),
        (Sending, Fact::Unanswered) => to(Uncertain),
        // The reply may come after the lease has ended; it is about the one request that was sent all the same.
        (Sending | Uncertain, Fact::Refused) => closed(Ending::Refused),
        (Uncertain, Fact::Absent) => closed(Ending::Absent),
        (Uncertain, Fact::Unseen) => closed(Ending::Unseen),
        (Open, Fact::Overdue) => closed(Ending::Expired),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use State::*;

    /// Every fact, with each ending where it has one.
    fn facts() -> Vec<Fact> {
        let mut facts = vec![
            Fact::Taken,
            Fact::NotSent,
            Fact::Unanswered,
            Fact::Refused,
            Fact::Pending,
            Fact::Overdue,
            Fact::Absent,
            Fact::Unseen,
            Fact::Paid,
        ];
        facts.extend(Ending::ALL.map(Fact::Dropped));
        facts.extend(Ending::ALL.map(Fact::Over));
        facts
    }

    /// Where each fact leads from intended, sending, uncertain, open, closed and paid; `-` where it changes nothing.
    const TABLE: [(&str, [&str; 6]); 11] = [
        ("taken", ["sending", "-", "-", "-", "-", "-"]),
        ("not_sent", ["-", "intended", "-", "-", "-", "-"]),
        ("unanswered", ["-", "uncertain", "-", "-", "-", "-"]),
        ("refused", ["-", "closed", "closed", "-", "-", "-"]),
        ("dropped", ["closed", "-", "-", "-", "-", "-"]),
        ("pending", ["open", "open", "open", "-", "-", "-"]),
        ("over", ["closed", "closed", "closed", "closed", "-", "-"]),
        ("overdue", ["-", "-", "-", "closed", "-", "-"]),
        ("absent", ["-", "-", "closed", "-", "-", "-"]),
        ("unseen", ["-", "-", "closed", "-", "-", "-"]),
        ("paid", ["paid", "paid", "paid", "paid", "paid", "-"]),
    ];

    fn row(fact: Fact) -> [&'static str; 6] {
        let name = match fact {
            Fact::Taken => "taken",
            Fact::NotSent => "not_sent",
            Fact::Unanswered => "unanswered",
            Fact::Refused => "refused",
            Fact::Dropped(_) => "dropped",
            Fact::Pending => "pending",
            Fact::Over(_) => "over",
            Fact::Overdue => "overdue",
            Fact::Absent => "absent",
            Fact::Unseen => "unseen",
            Fact::Paid => "paid",
        };
        TABLE.iter().find(|(row, _)| *row == name).unwrap().1
    }

    #[test]
    fn every_fact_leads_from_every_state_as_the_table_says() {
        for fact in facts() {
            for (state, expected) in State::ALL.into_iter().zip(row(fact)) {
                let got = next(state, fact).map_or("-", |(state, _)| state.as_str());
                assert_eq!(got, expected, "{state:?} {fact:?}");
            }
        }
    }

    #[test]
    fn only_a_proof_that_nothing_was_sent_lowers_a_rank() {
        for fact in facts() {
            for state in State::ALL {
                let Some((to, _)) = next(state, fact) else { continue };
                let lowers = (state, fact) == (Sending, Fact::NotSent);
                assert_eq!(to.rank() < state.rank(), lowers, "{state:?} {fact:?}");
                assert_ne!(to, state, "{fact:?}");
            }
        }
    }

    #[test]
    fn paid_is_absorbing_and_reached_from_everywhere() {
        for fact in facts() {
            assert_eq!(next(Paid, fact), None, "{fact:?}");
        }
        for state in [Intended, Sending, Uncertain, Open, Closed] {
            assert_eq!(next(state, Fact::Paid), Some((Paid, None)));
        }
    }

    #[test]
    fn closed_has_a_reason_and_nothing_else_has() {
        for fact in facts() {
            for state in State::ALL {
                let Some((to, ending)) = next(state, fact) else { continue };
                assert_eq!(to == Closed, ending.is_some(), "{state:?} {fact:?}");
                let expected = match fact {
                    Fact::Refused => Some(Ending::Refused),
                    Fact::Absent => Some(Ending::Absent),
                    Fact::Unseen => Some(Ending::Unseen),
                    Fact::Overdue => Some(Ending::Expired),
                    Fact::Over(ending) | Fact::Dropped(ending) => Some(ending),
                    _ => None,
                };
                assert_eq!(ending, expected, "{state:?} {fact:?}");
            }
        }
    }

    #[test]
    fn nothing_makes_an_attempt_ready_once_it_may_have_been_sent() {
        for fact in facts() {
            for state in [Uncertain, Open, Closed, Paid] {
                let to = next(state, fact).map(|(to, _)| to);
                assert!(!matches!(to, Some(Intended | Sending)), "{state:?} {fact:?}");
            }
        }
    }

    #[test]
    fn order_of_arrival_does_not_matter_once_the_payment_is_paid() {
        for first in facts() {
            for second in facts() {
                let mut states =
                    [[first, second, Fact::Paid], [first, Fact::Paid, second], [Fact::Paid, first, second]].map(
                        |facts| {
                            facts.iter().fold(Sending, |state, fact| next(state, *fact).map_or(state, |(to, _)| to))
                        },
                    );
                states.sort();
                assert_eq!(states, [Paid; 3]);
            }
        }
    }

    #[test]
    fn four_states_block_another_attempt() {
        assert_eq!(State::ALL.map(State::blocks_others), [true, true, true, true, false, false]);
    }

    #[test]
    fn names_are_read_as_they_are_written() {
        for (rank, state) in State::ALL.into_iter().enumerate() {
            assert_eq!((State::parse(state.as_str()), state.rank()), (Some(state), rank as i64));
        }
        for ending in Ending::ALL {
            assert_eq!(Ending::parse(ending.as_str()), Some(ending));
            assert_eq!(format!("{ending:>9}|"), format!("{:>9}|", ending.as_str()));
        }
        assert_eq!((State::parse("settled"), Ending::parse("")), (None, None));
    }

    #[test]
    fn endings_and_statuses_belong_together() {
        for ending in Ending::ALL {
            assert!(ending.status().is_closed(), "{ending}");
        }
        for ending in [Ending::Expired, Ending::Cancelled, Ending::Failed] {
            assert_eq!(Ending::of_status(&ending.status()), Some(ending));
        }
        assert_eq!(Ending::Withdrawn.status(), PaymentStatus::Cancelled);
        for status in [PaymentStatus::Pending, PaymentStatus::Paid, PaymentStatus::Unknown("EXPIRED".into())] {
            assert_eq!(Ending::of_status(&status), None);
        }
    }
}
