//! The state file: what the sandbox remembers, in a database that has each change before a reply reports it.

mod database;
mod file;

use std::fmt;
use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::watch;

use crate::clock::{Clock, Setting};
use crate::lock::lock;
use crate::state::{Limits, World};

use database::{Database, Fault};
use file::store_error;

/// How long after a failure the writer tries again by itself.
const AGAIN: Duration = Duration::from_secs(1);

/// A state file that was read and is not written yet.
pub(crate) struct Opened {
    path: PathBuf,
    database: Database,
    /// No other sandbox, of this process or another, uses the file while this is open.
    lock: File,
}

/// The state file of a running sandbox. One thread writes it: all changes that wait are written at once.
pub(crate) struct Store {
    shared: Arc<Shared>,
}

struct Shared {
    wanted: Mutex<Wanted>,
    /// Says that `wanted` has changed.
    work: Condvar,
    progress: watch::Sender<Progress>,
    /// Says to those who cannot wait otherwise that `progress` has changed.
    news: (Mutex<()>, Condvar),
}

#[derive(Default)]
struct Wanted {
    is_changed: bool,
    ends: bool,
}

/// How far the file is.
#[derive(Clone, Debug, Default)]
struct Progress {
    /// The newest state that is in the file.
    saved: u64,
    /// The newest state that was to be written.
    tried: u64,
    /// Why that failed, if it did.
    error: Option<(io::ErrorKind, Arc<str>)>,
    has_ended: bool,
}

impl Progress {
    /// Whether a state is in the file; none if that is still to be seen.
    fn has(&self, revision: u64) -> Option<io::Result<()>> {
        if self.saved >= revision {
            return Some(Ok(()));
        }
        if self.has_ended {
            return Some(Err(io::Error::other("the sandbox has ended")));
        }
        let (kind, error) = self.error.as_ref().filter(|_| self.tried >= revision)?;
        Some(Err(io::Error::new(*kind, error.as_ref())))
    }
}

/// Credentials are in the file's content.
impl fmt::Debug for Store {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Store")
    }
}

impl Opened {
    /// Reads a state file, and makes it if there is none.
    pub(crate) fn read(path: &Path, limits: Limits) -> io::Result<(Self, World, Setting)> {
        let path = file::resolved(path)?;
        file::check_kind(&path)?;
        let lock = file::locked(&path)?;
        file::check(&path)?;
        let refused = |fault: Fault| refusal(&path, fault);
        let database = Database::open(&path).map_err(refused)?;
        let (world, clock) = database.load(limits).map_err(refused)?;
        // Not before it is known to be a sandbox's.
        file::make_private(&path)?;
        Ok((Self { path, database, lock }, world, clock))
    }

    /// Writes from now on what changes.
    pub(crate) fn start(self, world: Arc<Mutex<World>>, clock: Arc<Clock>) -> io::Result<Store> {
        lock(&world).note_changes();
        let shared = Arc::new(Shared {
            wanted: Mutex::default(),
            work: Condvar::new(),
            progress: watch::Sender::default(),
            news: (Mutex::default(), Condvar::new()),
        });
        let writer = Writer { opened: self, world, clock, shared: shared.clone() };
        std::thread::Builder::new().name("gerbang-sandbox-state".into()).spawn(move || writer.run())?;
        Ok(Store { shared })
    }
}

impl Store {
    /// Has the writer look for changes.
    pub(crate) fn wake(&self) {
        lock(&self.shared.wanted).is_changed = true;
        self.shared.work.notify_one();
    }

    /// Ends when a state is in the file, or cannot be written.
    pub(crate) async fn saved(&self, revision: u64) -> io::Result<()> {
        let mut progress = self.shared.progress.subscribe();
        let found = progress.wait_for(|progress| progress.has(revision).is_some()).await;
        let found = found.map(|progress| progress.has(revision));
        found.ok().flatten().unwrap_or_else(|| Err(io::Error::other("the sandbox has ended")))
    }

    /// As [`Store::saved`], for those who cannot wait otherwise.
    pub(crate) fn saved_now(&self, revision: u64) -> io::Result<()> {
        let (mutex, changed) = &self.shared.news;
        let mut guard = lock(mutex);
        loop {
            if let Some(found) = self.shared.progress.borrow().has(revision) {
                return found;
            }
            guard = changed.wait(guard).unwrap_or_else(PoisonError::into_inner);
        }
    }

    /// Writes what is left, and then nothing any more, so that another sandbox may use the file.
    pub(crate) fn close(&self) {
        lock(&self.shared.wanted).ends = true;
        self.shared.work.notify_one();
        let (mutex, changed) = &self.shared.news;
        let mut guard = lock(mutex);
        while !self.shared.progress.borrow().has_ended {
            guard = changed.wait(guard).unwrap_or_else(PoisonError::into_inner);
        }
    }
}

/// What writes the file, on a thread of its own.
struct Writer {
    opened: Opened,
    world: Arc<Mutex<World>>,
    clock: Arc<Clock>,
    shared: Arc<Shared>,
}

/// Says in the end, also after a panic, that nothing is written any more.
struct End(Arc<Shared>);

impl Drop for End {
    fn drop(&mut self) {
        publish(&self.0, |progress| progress.has_ended = true);
    }
}

impl Writer {
    fn run(mut self) {
        let _end = End(self.shared.clone());
        let mut has_failed = false;
        loop {
            let ends = self.wait(has_failed);
            has_failed = !self.write();
            if ends {
                break;
            }
        }
        let Opened { database, lock: held, .. } = self.opened;
        database.close();
        file::unlock(&held);
    }

    /// Waits for something to do. Returns whether it is the last.
    fn wait(&self, has_failed: bool) -> bool {
        let mut wanted = lock(&self.shared.wanted);
        while !wanted.is_changed && !wanted.ends {
            let waited = self.shared.work.wait_timeout(wanted, if has_failed { AGAIN } else { Duration::MAX });
            let (changed, time) = waited.unwrap_or_else(PoisonError::into_inner);
            wanted = changed;
            if time.timed_out() {
                break;
            }
        }
        wanted.is_changed = false;
        wanted.ends
    }

    /// Writes all changes that wait. Returns whether it could.
    fn write(&mut self) -> bool {
        let mut world = lock(&self.world);
        let batch = world.batch(self.clock.setting());
        let revision = world.revision();
        drop(world);
        let error = match batch {
            Ok(batch) => match self.opened.database.write(&batch) {
                Ok(()) => None,
                Err(error) => {
                    lock(&self.world).not_saved(batch);
                    Some(error.to_string())
                }
            },
            Err(error) => Some(error.to_string()),
        };
        let path = &self.opened.path;
        let error = error.map(|error| {
            let what = format!("cannot be written: {error}; what was asked for is done in memory only until it can be");
            let error = store_error(path, io::ErrorKind::Other, &what);
            (error.kind(), Arc::from(error.to_string()))
        });
        let is_saved = error.is_none();
        publish(&self.shared, |progress| {
            progress.tried = revision;
            if is_saved {
                progress.saved = revision;
            }
            progress.error = error;
        });
        is_saved
    }
}

/// Has everybody who waits look at the progress.
fn publish(shared: &Shared, change: impl FnOnce(&mut Progress)) {
    shared.progress.send_modify(change);
    let (mutex, changed) = &shared.news;
    drop(lock(mutex));
    changed.notify_all();
}

/// Why a file is not used, in words.
fn refusal(path: &Path, fault: Fault) -> io::Error {
    let invalid = |what: &str| store_error(path, io::ErrorKind::InvalidData, what);
    match fault {
        Fault::Foreign => invalid("is a database of another program, and is left as it is: name another file"),
        Fault::Version(version) => invalid(&format!(
            "has the form {version}, which this sandbox does not know, and is left as it is: use the sandbox that wrote \
             it, or name another file"
        )),
        Fault::Broken(why) => {
            invalid(&format!("is broken, and is left as it is: {why}; delete it, or name another file"))
        }
        Fault::Failed(error) => match error.sqlite_error_code() {
            Some(rusqlite::ErrorCode::DatabaseBusy) => {
                store_error(path, io::ErrorKind::ResourceBusy, "is used by another program")
            }
            _ => store_error(path, io::ErrorKind::Other, &format!("cannot be read: {error}")),
        },
    }
}
