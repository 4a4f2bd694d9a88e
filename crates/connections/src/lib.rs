//! The connections that a server serves at a time. Where all places are taken, the one that has been idle for longest gives way: it is
//! kept for another request, or sends the head of one slowly.
//!
//! ```
//! use std::sync::Arc;
//!
//! use gerbang_connections::Connections;
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() {
//! let connections = Connections::new(1);
//! let idle = connections.enter(None).expect("there is a place");
//! // Another one comes: the first, which has no request under way, gives way.
//! let busy = Arc::new(connections.enter(None).expect("the place of the first"));
//! idle.left().await;
//! let request = busy.request();
//! assert!(connections.enter(None).is_none());
//! drop(request);
//! assert!(connections.enter(None).is_some());
//! # }
//! ```

mod list;
mod reply;
mod writing;

use std::net::IpAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::watch;

use list::{List, Turn};
pub use reply::Reply;
pub use writing::Writing;

/// The connections that are served. Cheap to clone; all clones are the same.
#[derive(Clone, Debug)]
pub struct Connections {
    list: Arc<Mutex<List>>,
    most: usize,
    most_of_address: usize,
    reserved: usize,
    count: Arc<watch::Sender<usize>>,
}

impl Connections {
    /// So many places; one at least.
    pub fn new(most: usize) -> Self {
        Self {
            list: Arc::default(),
            most: most.max(1),
            most_of_address: usize::MAX,
            reserved: 0,
            count: Arc::new(watch::Sender::new(0)),
        }
    }

    /// At most so many of the places for the connections of each address.
    #[must_use]
    pub fn of_each_address(mut self, most: usize) -> Self {
        self.most_of_address = most;
        self
    }

    /// So many places besides, which are given where all others have requests under way; see [`Place::is_reserved`]. The oldest of
    /// them gives way at once where all of these are taken too.
    #[must_use]
    pub fn reserve(mut self, places: usize) -> Self {
        self.reserved = places;
        self
    }

    /// How many places there are, without those that are reserved.
    pub fn most(&self) -> usize {
        self.most
    }

    /// A place for a connection, which counts among those of its address where one is given. None where all places are taken by
    /// requests: the connection is best closed at once.
    pub fn enter(&self, address: Option<IpAddr>) -> Option<Place> {
        let mut list = self.list();
        if let Some(address) = address
            && list.of(address) >= self.most_of_address
            && !list.free(Some(address))
        {
            return None;
        }
        let is_reserved = list.usual() >= self.most && !list.free(None);
        if is_reserved && list.reserved() >= self.reserved && !list.free_reserved() {
            return None;
        }
        let (id, turn) = list.add(address, is_reserved);
        self.count.send_replace(list.len());
        drop(list);
        Some(Place { id, is_reserved, turn, connections: self.clone() })
    }

    /// Has the connection that has been idle for longest give way; false where none is idle.
    pub fn free_one(&self) -> bool {
        self.list().free(None)
    }

    /// Ends when there are no connections.
    pub async fn none(&self) {
        // The sender is not dropped before.
        let _ = self.count.subscribe().wait_for(|count| *count == 0).await;
    }

    fn list(&self) -> MutexGuard<'_, List> {
        self.list.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The place of a connection, until it is dropped.
#[derive(Debug)]
pub struct Place {
    id: u64,
    is_reserved: bool,
    turn: Arc<Turn>,
    connections: Connections,
}

impl Place {
    /// Whether it is one of those that are [reserved](Connections::reserve).
    pub fn is_reserved(&self) -> bool {
        self.is_reserved
    }

    /// A request has come; the connection is idle again when this and its kind are dropped.
    pub fn request(self: &Arc<Self>) -> Request {
        if self.turn.begin() {
            self.connections.list().set_idle(self.id, false);
        }
        Request(self.clone())
    }

    /// Whether no request is under way. The last reply may still have to be written.
    pub fn is_idle(&self) -> bool {
        self.turn.is_idle()
    }

    /// Ends when the connection must give way. The last reply may still have to be written.
    pub async fn left(&self) {
        self.turn.left().await;
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut list = self.connections.list();
        list.remove(self.id);
        self.connections.count.send_replace(list.len());
    }
}

/// A request that is under way, until it is dropped.
#[derive(Debug)]
pub struct Request(Arc<Place>);

impl Request {
    /// A reply's body, with which the request ends.
    pub fn until_the_end_of<B>(self, body: B) -> Reply<B> {
        Reply::new(body, self)
    }
}

impl Drop for Request {
    fn drop(&mut self) {
        let Self(place) = self;
        if place.turn.end() {
            place.connections.list().set_idle(place.id, true);
            place.turn.changed();
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use tokio::time::timeout;

    use super::*;

    fn ip(text: &str) -> Option<IpAddr> {
        text.parse().ok()
    }

    async fn has_left(place: &Place) -> bool {
        timeout(Duration::from_millis(1), place.left()).await.is_ok()
    }

    #[tokio::test]
    async fn one_that_is_idle_for_longest_gives_way() {
        let connections = Connections::new(3);
        let places = [(); 3].map(|()| Arc::new(connections.enter(None).unwrap()));
        drop(places[0].request());
        let busy = places[1].request();
        let fourth = connections.enter(None).unwrap();
        assert!(has_left(&places[2]).await && !has_left(&places[0]).await && !has_left(&places[1]).await);
        assert!(connections.enter(None).is_some() && has_left(&places[0]).await);
        let _busy = (busy, Arc::new(fourth).request());
        let _third = Arc::new(connections.enter(None).unwrap()).request();
        assert!(connections.enter(None).is_none());
    }

    #[tokio::test]
    async fn addresses_have_bounds_of_their_own() {
        let connections = Connections::new(100).of_each_address(2);
        let own = [(); 3].map(|()| connections.enter(ip("1.1.1.1")).unwrap());
        assert!(has_left(&own[0]).await && !has_left(&own[1]).await);
        let other = connections.enter(ip("2.2.2.2")).unwrap();
        let unbounded: Vec<_> = (0..50).map(|_| connections.enter(None).unwrap()).collect();
        assert!(!has_left(&other).await && !has_left(&unbounded[0]).await);
    }

    #[tokio::test]
    async fn one_that_must_leave_ends_its_request_first() {
        let connections = Connections::new(1).of_each_address(1);
        let first = Arc::new(connections.enter(ip("1.1.1.1")).unwrap());
        let second = connections.enter(ip("1.1.1.1")).unwrap();
        // It came before the connection's task heard of that.
        let request = first.request();
        assert!(!has_left(&first).await);
        drop(request);
        assert!(has_left(&first).await);
        drop((first, second));
        timeout(Duration::from_secs(1), connections.none()).await.unwrap();
        assert!(connections.list().is_empty());
    }

    #[tokio::test]
    async fn some_places_are_left_where_all_are_busy() {
        let connections = Connections::new(2).reserve(3);
        let busy = [(); 2].map(|()| Arc::new(connections.enter(None).unwrap()).request());
        let left = [(); 3].map(|()| Arc::new(connections.enter(None).unwrap()));
        assert!(left.iter().all(|place| place.is_reserved()));
        let request = left[0].request();
        assert!(!has_left(&left[0]).await);
        let more = connections.enter(None).unwrap();
        assert!(more.is_reserved() && has_left(&left[0]).await && !has_left(&left[1]).await);
        drop(busy);
        assert!(!connections.enter(None).unwrap().is_reserved());
        drop((left, more, request));
        timeout(Duration::from_secs(1), connections.none()).await.unwrap();
        assert!(connections.list().is_empty());
    }
}
