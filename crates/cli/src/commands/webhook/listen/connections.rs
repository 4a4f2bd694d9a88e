//! The connections that are served at a time. Where there is no place, the one that has been idle for longest gives way: it is kept
//! for another request, or sends the head of one slowly.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::Notify;

/// The connections that are served.
#[derive(Clone)]
pub struct Connections {
    most: usize,
    list: Arc<Mutex<BTreeMap<u64, Arc<State>>>>,
    count: Arc<AtomicU64>,
}

#[derive(Default)]
struct State {
    requests: AtomicUsize,
    idle_since: AtomicU64,
    must_leave: AtomicBool,
    changed: Notify,
}

/// The place of a connection, until it is dropped.
pub struct Place {
    id: u64,
    state: Arc<State>,
    connections: Connections,
}

/// A request that is under way.
pub struct Request(Arc<Place>);

impl Connections {
    /// So many at a time.
    pub fn new(most: usize) -> Self {
        Self { most, list: Arc::default(), count: Arc::default() }
    }

    /// A place for a connection; none where requests are under way in all.
    pub fn enter(&self) -> Option<Place> {
        let mut list = self.list();
        if list.len() >= self.most && !free(&mut list) {
            return None;
        }
        let (id, state) = (self.next(), Arc::<State>::default());
        state.idle_since.store(id, Ordering::SeqCst);
        list.insert(id, state.clone());
        drop(list);
        Some(Place { id, state, connections: self.clone() })
    }

    /// Has the connection that has been idle for longest give way, where there is one.
    pub fn free_one(&self) -> bool {
        free(&mut self.list())
    }

    fn next(&self) -> u64 {
        self.count.fetch_add(1, Ordering::SeqCst)
    }

    fn list(&self) -> MutexGuard<'_, BTreeMap<u64, Arc<State>>> {
        self.list.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn free(list: &mut BTreeMap<u64, Arc<State>>) -> bool {
    let idle = list.iter().filter(|(_, state)| state.requests.load(Ordering::SeqCst) == 0);
    let longest = idle.min_by_key(|(_, state)| state.idle_since.load(Ordering::SeqCst)).map(|(id, _)| *id);
    let Some(state) = longest.and_then(|id| list.remove(&id)) else { return false };
    state.must_leave.store(true, Ordering::SeqCst);
    state.changed.notify_one();
    true
}

impl Place {
    /// A request has come; the connection is idle again when this is dropped.
    pub fn request(self: &Arc<Self>) -> Request {
        self.state.requests.fetch_add(1, Ordering::SeqCst);
        Request(self.clone())
    }

    /// Ends when the connection must give way and no request is under way.
    pub async fn left(&self) {
        let is_left =
            || self.state.must_leave.load(Ordering::SeqCst) && self.state.requests.load(Ordering::SeqCst) == 0;
        while !is_left() {
            self.state.changed.notified().await;
        }
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.connections.list().remove(&self.id);
    }
}

impl Drop for Request {
    fn drop(&mut self) {
        let Self(place) = self;
        place.state.idle_since.store(place.connections.next(), Ordering::SeqCst);
        place.state.requests.fetch_sub(1, Ordering::SeqCst);
        place.state.changed.notify_one();
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use tokio::time::timeout;

    use super::*;

    async fn has_left(place: &Place) -> bool {
        timeout(Duration::from_millis(5), place.left()).await.is_ok()
    }

    #[tokio::test]
    async fn one_that_is_idle_for_longest_gives_way() {
        let connections = Connections::new(3);
        let places = [0, 1, 2].map(|_| Arc::new(connections.enter().unwrap()));
        drop(places[0].request());
        let busy = places[1].request();
        let fourth = Arc::new(connections.enter().unwrap());
        assert!(has_left(&places[2]).await && !has_left(&places[0]).await && !has_left(&places[1]).await);
        let all = (busy, places[0].request(), fourth.request());
        assert!(connections.enter().is_none(), "requests are under way in all");
        drop(all);
        drop((places, fourth));
        assert!(connections.list().is_empty());
    }
}
