//! What is to be done about an attempt that is due. Pure.

use crate::account::Facts;
use crate::attempt::Attempt;
use crate::machine::{Ending, Fact, State};
use crate::news::is_overdue;
use crate::schedule::{GIVE_UP, SEND_AGAIN, lookout, sends_again};

/// What is to be done about an attempt that is due.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Task {
    /// Send its creation.
    Send,
    /// Ask for it by the gateway's id.
    Ask,
    /// Ask for it by the merchant's reference.
    Find,
    /// Create it again, at a gateway whose creation finds what is there.
    CreateAgain,
    /// Ask for the payment of this id, which a notification names.
    AskAbout(String),
    /// Write that time has decided.
    Conclude(Fact),
    /// Write that no request can be under way any more and nothing was found.
    GiveUpLooking,
    /// Nothing can be done.
    Nothing,
}

impl Task {
    /// Whether it asks the gateway, at the account's pace.
    pub fn asks(&self) -> bool {
        matches!(self, Self::Ask | Self::Find | Self::CreateAgain | Self::AskAbout(_))
    }
}

/// What the notifications are about that wait for a question.
#[derive(Debug, Default)]
pub(crate) struct Notified {
    /// Whether one is about the attempt's own payment, which is paid, and says otherwise.
    pub doubts: bool,
    /// The id of another payment than the attempt's own that one names.
    pub other: Option<String>,
}

/// What is to be done about an attempt that is due.
pub(crate) fn task(attempt: &Attempt, facts: &Facts, notified: Notified, chance: u32) -> Task {
    let can = &facts.can;
    let own = match (&attempt.gateway_id, can.status) {
        (Some(_), true) => Some(Task::Ask),
        (None, true) if can.find_by_reference => Some(Task::Find),
        _ => None,
    };
    if attempt.state != State::Intended
        && attempt.state != State::Sending
        && can.status
        && let Some(id) = notified.other
    {
        // Whoever sends notifications must not keep the attempt's own question from being asked.
        let is_own_turn = (attempt.state != State::Paid || notified.doubts) && chance.is_multiple_of(2);
        return own.filter(|own| is_own_turn || *own == Task::Find).unwrap_or(Task::AskAbout(id));
    }
    match attempt.state {
        State::Intended if attempt.failures > 0 && attempt.since_created() > GIVE_UP => {
            Task::Conclude(Fact::Dropped(Ending::NotSent))
        }
        State::Intended => Task::Send,
        State::Sending => Task::Conclude(Fact::Unanswered),
        State::Uncertain => match own {
            Some(own) => own,
            None if attempt.age() > lookout(can) => Task::GiveUpLooking,
            None if sends_again(can) && attempt.age() <= SEND_AGAIN => Task::CreateAgain,
            None => Task::Nothing,
        },
        State::Open => match own {
            Some(own) => own,
            None if is_overdue(attempt) => Task::Conclude(Fact::Overdue),
            None => Task::Nothing,
        },
        State::Closed => own.unwrap_or(Task::Nothing),
        State::Paid if notified.doubts => own.unwrap_or(Task::Nothing),
        State::Paid => Task::Nothing,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::account::Mode;
    use crate::attempt::sample as attempt;
    use gerbang_core::{Capabilities, Rupiah};

    const HOUR: i64 = 3_600_000;

    fn facts(status: bool, find: bool, again: bool) -> Facts {
        let mut can = Capabilities::new(Rupiah::new(1));
        (can.status, can.find_by_reference, can.idempotent_create) = (status, find, again);
        Facts { account: "a".into(), provider: "x", can, mode: Mode::Live }
    }

    fn of(state: State, id: Option<&str>, age: i64, facts: &Facts) -> Task {
        task(&attempt(state, id, age), facts, Notified::default(), 0)
    }

    #[test]
    fn what_was_never_sent_is_sent_for_an_hour() {
        let facts = facts(true, true, true);
        assert_eq!(of(State::Intended, None, HOUR, &facts), Task::Send);
        assert_eq!(of(State::Intended, None, HOUR + 1, &facts), Task::Conclude(Fact::Dropped(Ending::NotSent)));
        let mut fresh = attempt(State::Intended, None, HOUR * 9);
        fresh.failures = 0;
        assert_eq!(task(&fresh, &facts, Notified::default(), 0), Task::Send);
    }

    #[test]
    fn lease_that_is_over_is_never_sent_again() {
        for can in [facts(true, true, true), facts(false, false, false)] {
            assert_eq!(of(State::Sending, None, HOUR, &can), Task::Conclude(Fact::Unanswered));
        }
    }

    #[test]
    fn lost_creation_is_found_created_again_or_waited_for() {
        let minute = HOUR / 60;
        assert_eq!(of(State::Uncertain, None, minute, &facts(true, true, true)), Task::Find);
        assert_eq!(of(State::Uncertain, None, HOUR, &facts(true, true, true)), Task::Find);
        assert_eq!(of(State::Uncertain, None, minute, &facts(true, false, true)), Task::CreateAgain);
        assert_eq!(of(State::Uncertain, None, minute, &facts(true, false, false)), Task::Nothing);
        assert_eq!(of(State::Uncertain, None, minute * 15 + 1, &facts(true, false, false)), Task::GiveUpLooking);
    }

    #[test]
    fn horizon_begins_with_the_last_send() {
        let (again, minute) = (facts(true, false, true), HOUR / 60);
        for (age, task) in [
            (minute * 15, Task::CreateAgain),
            (minute * 15 + 1, Task::Nothing),
            (minute * 30, Task::Nothing),
            (minute * 30 + 1, Task::GiveUpLooking),
        ] {
            assert_eq!(of(State::Uncertain, None, age, &again), task, "{age}");
        }
    }

    #[test]
    fn open_payment_that_cannot_be_asked_about_ends_by_time_only() {
        let blind = facts(false, false, false);
        assert_eq!(of(State::Open, Some("PG"), HOUR * 24, &blind), Task::Nothing);
        assert_eq!(of(State::Open, Some("PG"), HOUR * 25, &blind), Task::Conclude(Fact::Overdue));
        assert_eq!(of(State::Open, Some("PG"), HOUR * 25, &facts(true, false, false)), Task::Ask);
        assert_eq!(of(State::Closed, Some("PG"), HOUR * 25, &facts(true, false, false)), Task::Ask);
        assert_eq!(of(State::Closed, None, HOUR, &blind), Task::Nothing);
    }

    #[test]
    fn notification_of_another_id_is_asked_about_in_turn() {
        let (asks, finds) = (facts(true, false, false), facts(true, true, false));
        let other = || Some("PG-2".to_owned());
        let of = |state, id, facts: &Facts, chance| {
            task(&attempt(state, id, 0), facts, Notified { doubts: false, other: other() }, chance)
        };
        let about = Task::AskAbout("PG-2".into());
        assert_eq!(of(State::Open, Some("PG-1"), &asks, 0), Task::Ask);
        assert_eq!(of(State::Open, Some("PG-1"), &asks, 1), about);
        assert_eq!(of(State::Paid, Some("PG-1"), &asks, 0), about);
        assert_eq!(of(State::Uncertain, None, &asks, 0), about);
        // What is found by reference has its id then.
        assert_eq!(of(State::Uncertain, None, &finds, 1), Task::Find);
        assert_eq!(of(State::Sending, None, &asks, 1), Task::Conclude(Fact::Unanswered));
        assert_eq!(of(State::Open, Some("PG-1"), &facts(false, false, false), 1), Task::Nothing);
    }

    #[test]
    fn paid_payment_is_asked_about_only_where_a_notification_doubts_it() {
        let of = |id, facts: &Facts, doubts, other: Option<&str>, chance| {
            let notified = Notified { doubts, other: other.map(str::to_owned) };
            task(&attempt(State::Paid, id, 0), facts, notified, chance)
        };
        let (asks, finds) = (facts(true, false, false), facts(true, true, false));
        for (doubts, ask, find) in [(false, Task::Nothing, Task::Nothing), (true, Task::Ask, Task::Find)] {
            assert_eq!(of(Some("PG-1"), &asks, doubts, None, 0), ask);
            assert_eq!(of(None, &finds, doubts, None, 0), find);
        }
        assert_eq!(of(Some("PG-1"), &facts(false, false, false), true, None, 0), Task::Nothing);
        // In turn with a second payment.
        assert_eq!(of(Some("PG-1"), &asks, true, Some("PG-2"), 0), Task::Ask);
        assert_eq!(of(Some("PG-1"), &asks, true, Some("PG-2"), 1), Task::AskAbout("PG-2".into()));
    }

    #[test]
    fn only_questions_are_counted() {
        assert!(Task::Ask.asks() && Task::Find.asks() && Task::CreateAgain.asks());
        assert!(Task::AskAbout(String::new()).asks());
        assert!(!Task::Send.asks() && !Task::Nothing.asks() && !Task::GiveUpLooking.asks());
        assert!(!Task::Conclude(Fact::Unanswered).asks());
    }
}
