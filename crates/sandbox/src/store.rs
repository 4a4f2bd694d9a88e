//! The state file: what the sandbox remembers, written whole before a reply reports a change.

use std::fmt;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};

use fs4::{FileExt, TryLockError};
use serde::{Deserialize, Serialize};

use crate::clock::Clock;
use crate::lock::lock;
use crate::state::World;

/// The name of the format, in every state file.
const FORMAT: &str = "gerbang-sandbox state";

/// The form of the file. It changes whenever an older sandbox could not read the file or would misread it.
const VERSION: u64 = 2;

/// The beginning of a state file.
#[derive(Deserialize)]
struct Head {
    format: String,
    version: u64,
}

#[derive(Serialize)]
struct Written<'a> {
    format: &'static str,
    version: u64,
    ahead_milliseconds: u64,
    world: &'a World,
}

#[derive(Deserialize)]
struct Read {
    ahead_milliseconds: u64,
    world: World,
}

struct Writer {
    path: PathBuf,
    /// The content of the file, as far as this is known.
    last: Vec<u8>,
    /// No other sandbox, of this process or another, writes the file while this is open.
    _lock: File,
}

/// Credentials are in the file's content.
impl fmt::Debug for Writer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Writer").field("path", &self.path).finish_non_exhaustive()
    }
}

/// The state file of a running sandbox.
#[derive(Debug)]
pub(crate) struct Store {
    /// Nothing after the end.
    writer: Mutex<Option<Writer>>,
    /// The newest revision that is in the file.
    saved: AtomicU64,
}

impl Store {
    /// Reads a state file, if there is one.
    pub(crate) fn open(path: &Path) -> io::Result<(Self, World, Clock)> {
        let path = resolved(path)?;
        let held = locked(&path)?;
        let (world, ahead) = match fs::read(&path) {
            Ok(bytes) => read(&path, &bytes)?,
            Err(error) if error.kind() == io::ErrorKind::NotFound => (World::default(), 0),
            Err(error) => return Err(store_error(&path, error.kind(), &format!("cannot be read: {error}"))),
        };
        let writer = Writer { path, last: Vec::new(), _lock: held };
        let store = Self { writer: Mutex::new(Some(writer)), saved: AtomicU64::new(0) };
        Ok((store, world, Clock::ahead_by(ahead)))
    }

    pub(crate) fn has_saved(&self, revision: u64) -> bool {
        self.saved.load(Ordering::SeqCst) >= revision
    }

    /// Writes the state, unless someone else has done so since. Those who wait here for their turn need not write: who
    /// is first writes for them all.
    pub(crate) fn save(&self, world: &Mutex<World>, clock: &Clock) -> io::Result<()> {
        let wanted = lock(world).revision();
        let mut writer = lock(&self.writer);
        if self.has_saved(wanted) {
            return Ok(());
        }
        let writer = writer.as_mut().ok_or_else(|| io::Error::other("the sandbox has ended"))?;
        let (bytes, revision) = {
            let world = lock(world);
            let ahead_milliseconds = clock.ahead();
            let written = Written { format: FORMAT, version: VERSION, ahead_milliseconds, world: &world };
            (serde_json::to_vec(&written)?, world.revision())
        };
        if bytes != writer.last {
            // What is in the file is not known if this fails half-way.
            writer.last.clear();
            let path = &writer.path;
            write(path, &bytes)
                .map_err(|error| store_error(path, error.kind(), &format!("cannot be written: {error}")))?;
            writer.last = bytes;
        }
        self.saved.store(revision, Ordering::SeqCst);
        Ok(())
    }

    /// Writes nothing any more, so that another sandbox may.
    pub(crate) fn close(&self) {
        *lock(&self.writer) = None;
    }
}

fn store_error(path: &Path, kind: io::ErrorKind, what: &str) -> io::Error {
    io::Error::new(kind, format!("the state file {} {what}", path.display()))
}

/// The file itself where the path is a link, and one path for each file.
fn resolved(path: &Path) -> io::Result<PathBuf> {
    if let Ok(found) = fs::canonicalize(path) {
        return Ok(found);
    }
    let name = path.file_name().ok_or_else(|| store_error(path, io::ErrorKind::InvalidInput, "has no name"))?;
    let directory = match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    };
    let directory = fs::canonicalize(directory)
        .map_err(|error| store_error(path, error.kind(), &format!("has no directory: {error}")))?;
    Ok(directory.join(name))
}

/// A file beside another, named after it.
fn beside(path: &Path, suffix: &str) -> PathBuf {
    let mut name = std::ffi::OsString::from(".");
    name.push(path.file_name().unwrap_or_default());
    name.push(suffix);
    path.with_file_name(name)
}

/// Locks a state file until what this returns is closed, by the system if the process is killed. The file itself is
/// replaced whenever it is written, so one beside it is locked, which stays: whoever removed it might remove another's.
fn locked(path: &Path) -> io::Result<File> {
    let name = beside(path, ".sandbox-lock");
    let file = OpenOptions::new().write(true).create(true).truncate(false).open(&name);
    let file = file.map_err(|error| {
        store_error(path, error.kind(), &format!("cannot be locked by {}: {error}", name.display()))
    })?;
    match FileExt::try_lock(&file) {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => {
            Err(store_error(path, io::ErrorKind::ResourceBusy, "is used by another sandbox"))
        }
        Err(TryLockError::Error(error)) => Err(store_error(path, error.kind(), &format!("cannot be locked: {error}"))),
    }
}

fn read(path: &Path, bytes: &[u8]) -> io::Result<(World, u64)> {
    let invalid = |what: &str| store_error(path, io::ErrorKind::InvalidData, what);
    let head: Head = serde_json::from_slice(bytes)
        .map_err(|error| invalid(&format!("is broken or none of the sandbox, and is left as it is: {error}")))?;
    if head.format != FORMAT {
        return Err(invalid("is none of the sandbox, and is left as it is"));
    }
    if head.version != VERSION {
        return Err(invalid(&format!(
            "has version {}, but this sandbox reads version {VERSION}; it is left as it is",
            head.version
        )));
    }
    let state: Read =
        serde_json::from_slice(bytes).map_err(|error| invalid(&format!("is broken, and is left as it is: {error}")))?;
    if !state.world.is_consistent() {
        return Err(invalid("contradicts itself, and is left as it is"));
    }
    Ok((state.world, state.ahead_milliseconds))
}

/// Puts new content in the place of a file's, so that at every moment the one or the other is there whole.
fn write(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let new = beside(path, ".sandbox-new");
    match fs::remove_file(&new) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    // Credentials are in it.
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(&new)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    drop(file);
    fs::rename(&new, path)?;
    // Elsewhere directories cannot be opened.
    if cfg!(unix) {
        File::open(path.parent().unwrap_or(Path::new(".")))?.sync_all()?;
    }
    Ok(())
}
