//! The connections that are served at a time. Where all places are taken, the connection that has been idle for longest gives
//! way: it is kept for another request, or sends the head of one slowly. Where none is idle, some places are left, in which
//! gateways are not called, so that the page and the sandbox's own API can always be used.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll};

use axum::body::{Body, Bytes};
use hyper::body::{Frame, SizeHint};
use tokio::sync::{Notify, watch};

use crate::lock::lock;

/// How many places there are besides, for the page and the sandbox's own API.
const RESERVED: usize = 64;

/// The connections that are served.
#[derive(Clone, Debug)]
pub(crate) struct Connections {
    list: Arc<Mutex<List>>,
    most: usize,
    /// How many there are.
    count: Arc<watch::Sender<usize>>,
}

#[derive(Debug, Default)]
struct List {
    /// How many places and changes there were.
    count: u64,
    places: HashMap<u64, Listed>,
    /// The usual places without a request, by when that began.
    idle: BTreeMap<u64, u64>,
    /// The places that are left where all others are taken, by age.
    reserved: BTreeSet<u64>,
}

#[derive(Debug)]
struct Listed {
    idle_since: Option<u64>,
    turn: Arc<Turn>,
}

/// What a connection's task and its requests have in common.
#[derive(Debug, Default)]
struct Turn {
    requests: AtomicUsize,
    must_leave: AtomicBool,
    /// Whether it is not waited for the request.
    at_once: AtomicBool,
    changed: Notify,
}

/// The place of a connection, until it is dropped.
pub(crate) struct Place {
    id: u64,
    /// Whether it is one of those in which gateways are not called.
    pub(crate) is_reserved: bool,
    turn: Arc<Turn>,
    connections: Connections,
}

impl Connections {
    /// So many usual places, one at least.
    pub(crate) fn new(most: usize) -> Self {
        Self { list: Arc::default(), most: most.max(1), count: Arc::new(watch::Sender::new(0)) }
    }

    /// How many usual places there are.
    pub(crate) fn most(&self) -> usize {
        self.most
    }

    /// A place for a connection.
    pub(crate) fn enter(&self) -> Place {
        let mut list = lock(&self.list);
        let usual = list.places.len() - list.reserved.len();
        let is_reserved = usual >= self.most && !list.free();
        if is_reserved && list.reserved.len() >= RESERVED {
            list.free_reserved();
        }
        let (id, turn) = list.add(is_reserved);
        self.count.send_replace(list.places.len());
        drop(list);
        Place { id, is_reserved, turn, connections: self.clone() }
    }

    /// Has the connection that has been idle for longest give way, where there is one.
    pub(crate) fn free_one(&self) {
        lock(&self.list).free();
    }

    /// Ends when there are no connections.
    pub(crate) async fn none(&self) {
        // The sender is not dropped before.
        let _ = self.count.subscribe().wait_for(|count| *count == 0).await;
    }
}

impl List {
    fn next(&mut self) -> u64 {
        self.count += 1;
        self.count
    }

    fn add(&mut self, is_reserved: bool) -> (u64, Arc<Turn>) {
        let id = self.next();
        let turn = Arc::<Turn>::default();
        if is_reserved {
            self.reserved.insert(id);
        } else {
            self.idle.insert(id, id);
        }
        self.places.insert(id, Listed { idle_since: (!is_reserved).then_some(id), turn: turn.clone() });
        (id, turn)
    }

    fn remove(&mut self, id: u64) -> Option<Listed> {
        let place = self.places.remove(&id)?;
        self.reserved.remove(&id);
        if let Some(since) = place.idle_since {
            self.idle.remove(&since);
        }
        Some(place)
    }

    /// Frees the usual place that has been idle for longest.
    fn free(&mut self) -> bool {
        let oldest = self.idle.values().next().copied();
        let Some(place) = oldest.and_then(|id| self.remove(id)) else { return false };
        place.turn.leave(false);
        true
    }

    /// Frees the oldest of the places that are left, whatever it does.
    fn free_reserved(&mut self) {
        let oldest = self.reserved.first().copied();
        if let Some(place) = oldest.and_then(|id| self.remove(id)) {
            place.turn.leave(true);
        }
    }

    fn set_idle(&mut self, id: u64, is_idle: bool) {
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
}

impl Turn {
    fn leave(&self, at_once: bool) {
        self.at_once.store(at_once, Ordering::SeqCst);
        self.must_leave.store(true, Ordering::SeqCst);
        self.changed.notify_one();
    }

    fn has_left(&self) -> bool {
        let is_free = || self.at_once.load(Ordering::SeqCst) || self.requests.load(Ordering::SeqCst) == 0;
        self.must_leave.load(Ordering::SeqCst) && is_free()
    }
}

impl Place {
    /// A request has come; the connection is idle again when this and its kind are dropped.
    pub(crate) fn request(self: &Arc<Self>) -> Request {
        if self.turn.requests.fetch_add(1, Ordering::SeqCst) == 0 {
            lock(&self.connections.list).set_idle(self.id, false);
        }
        Request(self.clone())
    }

    /// Ends when the connection must give way.
    pub(crate) async fn left(&self) {
        while !self.turn.has_left() {
            self.turn.changed.notified().await;
        }
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut list = lock(&self.connections.list);
        list.remove(self.id);
        self.connections.count.send_replace(list.places.len());
    }
}

/// A request that is under way.
pub(crate) struct Request(Arc<Place>);

impl Request {
    /// A reply's body, with which the request ends.
    pub(crate) fn until_the_end_of(self, body: Body) -> Body {
        Body::new(Reply { body, _request: self })
    }
}

impl Drop for Request {
    fn drop(&mut self) {
        let Self(place) = self;
        if place.turn.requests.fetch_sub(1, Ordering::SeqCst) == 1 {
            lock(&place.connections.list).set_idle(place.id, true);
            place.turn.changed.notify_one();
        }
    }
}

struct Reply {
    body: Body,
    _request: Request,
}

impl hyper::body::Body for Reply {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Self::Data>, Self::Error>>> {
        Pin::new(&mut self.body).poll_frame(cx)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;
    use tokio::time::timeout;

    async fn has_left(place: &Place) -> bool {
        timeout(Duration::from_millis(1), place.left()).await.is_ok()
    }

    #[tokio::test]
    async fn one_that_is_idle_for_longest_gives_way() {
        let connections = Connections::new(3);
        let places = [(); 3].map(|()| Arc::new(connections.enter()));
        drop(places[0].request());
        let busy = places[1].request();
        let fourth = connections.enter();
        assert!(has_left(&places[2]).await && !has_left(&places[0]).await && !has_left(&places[1]).await);
        assert!(!fourth.is_reserved);
        drop(busy);
    }

    #[tokio::test]
    async fn some_places_are_left_where_all_are_busy() {
        let connections = Connections::new(2);
        let busy = [(); 2].map(|()| Arc::new(connections.enter()).request());
        let left: Vec<_> = (0..RESERVED).map(|_| Arc::new(connections.enter())).collect();
        assert!(left.iter().all(|place| place.is_reserved));
        let _request = left[0].request();
        assert!(!has_left(&left[0]).await);
        let more = connections.enter();
        assert!(more.is_reserved && has_left(&left[0]).await && !has_left(&left[1]).await);
        drop(busy);
        assert!(!connections.enter().is_reserved);
        drop((left, more, _request));
        timeout(Duration::from_secs(1), connections.none()).await.unwrap();
        let list = lock(&connections.list);
        assert!(list.places.is_empty() && list.idle.is_empty() && list.reserved.is_empty());
    }
}
