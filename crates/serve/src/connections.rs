//! The connections that are served at a time: so many of all, so many of each address. Where there is no place, the one that has been
//! idle for longest gives way: it is kept for another request, or sends the head of one slowly.

use std::collections::{BTreeMap, HashMap};
use std::net::IpAddr;
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll};

use axum::body::{Body, Bytes};
use hyper::body::{Frame, SizeHint};
use tokio::sync::Notify;

use crate::client::{Proxies, network};

/// The connections that are served.
#[derive(Clone)]
pub struct Connections {
    list: Arc<Mutex<List>>,
    most: usize,
    most_of_address: usize,
    /// They have the connections of many clients.
    proxies: Proxies,
}

#[derive(Default)]
struct List {
    /// How many places and changes there were.
    count: u64,
    places: HashMap<u64, Listed>,
    /// The places without a request, by when that began.
    idle: BTreeMap<u64, (u64, IpAddr)>,
    of_address: HashMap<IpAddr, usize>,
}

struct Listed {
    address: IpAddr,
    idle_since: Option<u64>,
    turn: Arc<Turn>,
}

/// What a connection's task and its requests have in common.
#[derive(Default)]
struct Turn {
    requests: AtomicUsize,
    must_leave: AtomicBool,
    changed: Notify,
}

/// The place of a connection, until it is dropped.
pub struct Place {
    id: u64,
    turn: Arc<Turn>,
    connections: Connections,
}

impl Connections {
    pub fn new(most: usize, most_of_address: usize, proxies: Proxies) -> Self {
        Self { list: Arc::default(), most, most_of_address, proxies }
    }

    /// A place for a connection from an address; none where all are taken by requests.
    pub fn enter(&self, ip: IpAddr) -> Option<Place> {
        let address = network(ip);
        let mut list = self.list();
        let is_limited = !self.proxies.trusts(ip.to_canonical());
        let own = list.of_address.get(&address).copied().unwrap_or(0);
        if is_limited && own >= self.most_of_address && !list.free(Some(address)) {
            return None;
        }
        if list.places.len() >= self.most && !list.free(None) {
            return None;
        }
        let (id, turn) = list.add(address);
        drop(list);
        Some(Place { id, turn, connections: self.clone() })
    }

    /// Has the connection that has been idle for longest give way, where there is one.
    pub fn free_one(&self) -> bool {
        self.list().free(None)
    }

    fn list(&self) -> MutexGuard<'_, List> {
        self.list.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl List {
    fn next(&mut self) -> u64 {
        self.count += 1;
        self.count
    }

    fn add(&mut self, address: IpAddr) -> (u64, Arc<Turn>) {
        let id = self.next();
        let turn = Arc::<Turn>::default();
        *self.of_address.entry(address).or_default() += 1;
        self.idle.insert(id, (id, address));
        self.places.insert(id, Listed { address, idle_since: Some(id), turn: turn.clone() });
        (id, turn)
    }

    fn remove(&mut self, id: u64) -> Option<Listed> {
        let place = self.places.remove(&id)?;
        if let Some(since) = place.idle_since {
            self.idle.remove(&since);
        }
        if let Some(count) = self.of_address.get_mut(&place.address) {
            *count -= 1;
            if *count == 0 {
                self.of_address.remove(&place.address);
            }
        }
        Some(place)
    }

    /// Frees the place that has been idle for longest, of an address or of all.
    fn free(&mut self, of: Option<IpAddr>) -> bool {
        let is_meant = |address: IpAddr| of.is_none_or(|of| of == address);
        let found = self.idle.values().find(|(_, address)| is_meant(*address)).map(|(id, _)| *id);
        let Some(place) = found.and_then(|id| self.remove(id)) else { return false };
        place.turn.must_leave.store(true, Ordering::SeqCst);
        place.turn.changed.notify_one();
        true
    }

    fn set_idle(&mut self, id: u64, is_idle: bool) {
        let now = self.next();
        // Gone where it gave way in this moment.
        let Some(place) = self.places.get_mut(&id) else { return };
        if let Some(since) = place.idle_since.take() {
            self.idle.remove(&since);
        }
        if is_idle {
            place.idle_since = Some(now);
            self.idle.insert(now, (id, place.address));
        }
    }
}

impl Place {
    /// A request has come; the connection is idle again when this and its kind are dropped.
    pub fn request(self: &Arc<Self>) -> Request {
        if self.turn.requests.fetch_add(1, Ordering::SeqCst) == 0 {
            self.connections.list().set_idle(self.id, false);
        }
        Request(self.clone())
    }

    /// Ends when the connection must give way and no request is under way.
    pub async fn left(&self) {
        while !(self.turn.must_leave.load(Ordering::SeqCst) && self.turn.requests.load(Ordering::SeqCst) == 0) {
            self.turn.changed.notified().await;
        }
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.connections.list().remove(self.id);
    }
}

/// A request that is under way.
pub struct Request(Arc<Place>);

impl Request {
    /// A reply's body, with which the request ends.
    pub fn until_the_end_of(self, body: Body) -> Body {
        Body::new(Reply { body, _request: self })
    }
}

impl Drop for Request {
    fn drop(&mut self) {
        let Self(place) = self;
        if place.turn.requests.fetch_sub(1, Ordering::SeqCst) == 1 {
            place.connections.list().set_idle(place.id, true);
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

    fn ip(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    async fn has_left(place: &Place) -> bool {
        timeout(Duration::from_millis(1), place.left()).await.is_ok()
    }

    fn connections(most: usize, most_of_address: usize) -> Connections {
        Connections::new(most, most_of_address, Proxies::read("10.0.0.1").unwrap())
    }

    #[tokio::test]
    async fn one_that_is_idle_for_longest_gives_way() {
        let connections = connections(3, 3);
        let places = [1, 2, 3].map(|_| Arc::new(connections.enter(ip("1.1.1.1")).unwrap()));
        drop(places[0].request());
        let busy = places[1].request();
        let fourth = connections.enter(ip("2.2.2.2")).unwrap();
        assert!(has_left(&places[2]).await && !has_left(&places[0]).await && !has_left(&places[1]).await);
        assert!(connections.enter(ip("2.2.2.2")).is_some() && has_left(&places[0]).await);
        let _busy = (busy, Arc::new(fourth).request());
        let _third = Arc::new(connections.enter(ip("3.3.3.3")).unwrap()).request();
        assert!(connections.enter(ip("4.4.4.4")).is_none());
    }

    #[tokio::test]
    async fn addresses_have_bounds_of_their_own() {
        let connections = connections(100, 2);
        let own = [1, 2, 3].map(|_| connections.enter(ip("1.1.1.1")).unwrap());
        assert!(has_left(&own[0]).await && !has_left(&own[1]).await);
        let other = connections.enter(ip("2.2.2.2")).unwrap();
        let proxied: Vec<_> = (0..50).map(|_| connections.enter(ip("10.0.0.1")).unwrap()).collect();
        assert!(!has_left(&other).await && !has_left(&proxied[0]).await);
    }

    #[tokio::test]
    async fn one_that_must_leave_ends_its_request_first() {
        let connections = connections(1, 1);
        let first = Arc::new(connections.enter(ip("1.1.1.1")).unwrap());
        let second = connections.enter(ip("1.1.1.1")).unwrap();
        // It came before the connection's task heard of that.
        let request = first.request();
        assert!(!has_left(&first).await);
        drop(request);
        assert!(has_left(&first).await);
        drop((first, second));
        let list = connections.list();
        assert!(list.places.is_empty() && list.idle.is_empty() && list.of_address.is_empty());
    }
}
