//! Which connections there are, and which of them has been idle for longest.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::net::IpAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use tokio::sync::Notify;

#[derive(Debug, Default)]
pub(crate) struct List {
    /// How many places and changes there were.
    count: u64,
    places: HashMap<u64, Listed>,
    /// The usual places without a request, by when that began.
    idle: BTreeMap<u64, u64>,
    /// The reserved places, by age.
    reserved: BTreeSet<u64>,
    of_address: HashMap<IpAddr, usize>,
}

#[derive(Debug)]
struct Listed {
    address: Option<IpAddr>,
    idle_since: Option<u64>,
    turn: Arc<Turn>,
}

impl List {
    pub fn len(&self) -> usize {
        self.places.len()
    }

    /// How many places there are that are not reserved.
    pub fn usual(&self) -> usize {
        self.places.len() - self.reserved.len()
    }

    pub fn reserved(&self) -> usize {
        self.reserved.len()
    }

    /// How many places are of an address.
    pub fn of(&self, address: IpAddr) -> usize {
        self.of_address.get(&address).copied().unwrap_or(0)
    }

    pub fn add(&mut self, address: Option<IpAddr>, is_reserved: bool) -> (u64, Arc<Turn>) {
        let id = self.next();
        let turn = Arc::<Turn>::default();
        if let Some(address) = address {
            *self.of_address.entry(address).or_default() += 1;
        }
        match is_reserved {
            true => _ = self.reserved.insert(id),
            false => _ = self.idle.insert(id, id),
        }
        self.places.insert(id, Listed { address, idle_since: (!is_reserved).then_some(id), turn: turn.clone() });
        (id, turn)
    }

    pub fn remove(&mut self, id: u64) -> Option<Arc<Turn>> {
        let place = self.places.remove(&id)?;
        self.reserved.remove(&id);
        if let Some(since) = place.idle_since {
            self.idle.remove(&since);
        }
        if let Some(address) = place.address
            && let Some(count) = self.of_address.get_mut(&address)
        {
            *count -= 1;
            if *count == 0 {
                self.of_address.remove(&address);
            }
        }
        Some(place.turn)
    }

    /// Frees the usual place that has been idle for longest, of an address or of all; false where there is none.
    pub fn free(&mut self, of: Option<IpAddr>) -> bool {
        let is_meant = |id: &u64| of.is_none() || self.places.get(id).is_some_and(|place| place.address == of);
        let found = self.idle.values().copied().find(is_meant);
        let Some(turn) = found.and_then(|id| self.remove(id)) else { return false };
        turn.leave(false);
        true
    }

    /// Frees the oldest of the reserved places, whatever it does; false where there is none.
    pub fn free_reserved(&mut self) -> bool {
        let Some(turn) = self.reserved.first().copied().and_then(|id| self.remove(id)) else { return false };
        turn.leave(true);
        true
    }

    pub fn set_idle(&mut self, id: u64, is_idle: bool) {
        let now = self.next();
        if self.reserved.contains(&id) {
            return;
        }
        // Gone where it gave way in this moment.
        let Some(place) = self.places.get_mut(&id) else { return };
        if let Some(since) = place.idle_since.take() {
            self.idle.remove(&since);
        }
        if is_idle {
            place.idle_since = Some(now);
            self.idle.insert(now, id);
        }
    }

    fn next(&mut self) -> u64 {
        self.count += 1;
        self.count
    }

    #[cfg(test)]
    pub fn is_empty(&self) -> bool {
        self.places.is_empty() && self.idle.is_empty() && self.reserved.is_empty() && self.of_address.is_empty()
    }
}

/// What a connection's task and its requests have in common.
#[derive(Debug, Default)]
pub(crate) struct Turn {
    requests: AtomicUsize,
    must_leave: AtomicBool,
    /// Whether no request is waited for.
    at_once: AtomicBool,
    changed: Notify,
}

impl Turn {
    /// Counts a request; whether it is the only one.
    pub fn begin(&self) -> bool {
        self.requests.fetch_add(1, Ordering::SeqCst) == 0
    }

    /// Counts the end of a request; whether it was the last one.
    pub fn end(&self) -> bool {
        self.requests.fetch_sub(1, Ordering::SeqCst) == 1
    }

    pub fn is_idle(&self) -> bool {
        self.requests.load(Ordering::SeqCst) == 0
    }

    /// Has the connection's task look again.
    pub fn changed(&self) {
        self.changed.notify_one();
    }

    /// Ends when the connection must give way.
    pub async fn left(&self) {
        while !self.has_left() {
            self.changed.notified().await;
        }
    }

    fn leave(&self, at_once: bool) {
        self.at_once.store(at_once, Ordering::SeqCst);
        self.must_leave.store(true, Ordering::SeqCst);
        self.changed();
    }

    fn has_left(&self) -> bool {
        let is_free = || self.at_once.load(Ordering::SeqCst) || self.is_idle();
        self.must_leave.load(Ordering::SeqCst) && is_free()
    }
}
