//! Without the feature `state-file` there is no state file, so that nothing here ever runs.

use std::io;
use std::sync::{Arc, Mutex};

use crate::clock::Clock;
use crate::state::World;

/// A state file that was read.
pub(crate) enum Opened {}

impl Opened {
    pub(crate) fn start(self, _: Arc<Mutex<World>>, _: Arc<Clock>) -> io::Result<Store> {
        match self {}
    }
}

/// The state file of a running sandbox.
#[derive(Debug)]
pub(crate) enum Store {}

impl Store {
    pub(crate) fn wake(&self) {
        match *self {}
    }

    pub(crate) async fn saved(&self, _: u64) -> io::Result<()> {
        match *self {}
    }

    pub(crate) fn saved_now(&self, _: u64) -> io::Result<()> {
        match *self {}
    }

    pub(crate) fn close(&self) {
        match *self {}
    }
}
