//! Whose turn it is: notifications to one address are sent in their order, and no address waits for another.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex};

use crate::lock::lock;

/// How many attempts are made at one address at a time, where many wait.
const MOST: usize = 16;

/// The notifications that wait for an attempt, by address.
#[derive(Clone, Default)]
pub(crate) struct Lanes(Arc<Mutex<All>>);

#[derive(Default)]
struct All {
    lanes: HashMap<String, Lane>,
    /// Counts how often everything was forgotten.
    generation: u64,
}

#[derive(Default)]
struct Lane {
    waiting: VecDeque<u64>,
    under_way: usize,
}

/// An attempt at an address, until it is dropped.
pub(crate) struct Turn {
    lanes: Lanes,
    url: String,
    generation: u64,
}

impl Lanes {
    /// A notification waits for its turn.
    pub(crate) fn add(&self, url: &str, number: u64) {
        let mut all = lock(&self.0);
        match all.lanes.get_mut(url) {
            Some(lane) => lane.waiting.push_back(number),
            None => {
                all.lanes.insert(url.to_owned(), Lane { waiting: VecDeque::from([number]), under_way: 0 });
            }
        }
    }

    /// The notification whose turn it is at an address, if it is any's: one after the other, unless so many wait that several
    /// are sent at a time.
    pub(crate) fn next(&self, url: &str) -> Option<(u64, Turn)> {
        let mut all = lock(&self.0);
        let generation = all.generation;
        let lane = all.lanes.get_mut(url)?;
        let at_once = (1 + lane.waiting.len() / MOST).min(MOST);
        if lane.under_way >= at_once {
            return None;
        }
        let number = lane.waiting.pop_front()?;
        lane.under_way += 1;
        Some((number, Turn { lanes: self.clone(), url: url.to_owned(), generation }))
    }

    /// Nothing waits any more.
    pub(crate) fn clear(&self) {
        let mut all = lock(&self.0);
        all.lanes.clear();
        all.generation += 1;
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        let mut all = lock(&self.lanes.0);
        if all.generation != self.generation {
            return;
        }
        let Some(lane) = all.lanes.get_mut(&self.url) else { return };
        lane.under_way -= 1;
        if lane.under_way == 0 && lane.waiting.is_empty() {
            all.lanes.remove(&self.url);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_take_turns_by_themselves() {
        let lanes = Lanes::default();
        for number in 1..=3 {
            lanes.add("a", number);
        }
        lanes.add("b", 4);
        let (first, turn) = lanes.next("a").unwrap();
        assert_eq!((first, lanes.next("a").is_none(), lanes.next("b").unwrap().0), (1, true, 4));
        drop(turn);
        let (second, turn) = lanes.next("a").unwrap();
        assert_eq!(second, 2);
        lanes.clear();
        lanes.add("a", 5);
        let (_, _fifth) = lanes.next("a").unwrap();
        // What was forgotten ends without freeing the place of another.
        drop(turn);
        lanes.add("a", 6);
        assert!(lanes.next("a").is_none());
    }

    #[test]
    fn where_many_wait_several_are_sent_at_a_time() {
        let lanes = Lanes::default();
        (0..1_000).for_each(|number| lanes.add("a", number));
        let turns: Vec<_> = std::iter::from_fn(|| lanes.next("a")).collect();
        assert_eq!(turns.iter().map(|(number, _)| *number).collect::<Vec<_>>(), (0..16).collect::<Vec<_>>());
        drop(turns);
        while let Some((_, turn)) = lanes.next("a") {
            drop(turn);
        }
        assert!(lock(&lanes.0).lanes.is_empty());
    }
}
