//! The state file before it is a database: which it is, whether it may be used, and whether another sandbox does.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};

use fs4::{FileExt, TryLockError};

/// The largest state file that is read, in bytes.
const LARGEST: u64 = 4 * 1024 * 1024 * 1024;

/// The beginning of every SQLite database.
const SQLITE: &[u8] = b"SQLite format 3\0";

/// The beginning of the state files of former sandboxes.
const JSON: &[u8] = b"{\"format\":\"gerbang-sandbox state\"";

pub(super) fn store_error(path: &Path, kind: io::ErrorKind, what: &str) -> io::Error {
    io::Error::new(kind, format!("the state file {} {what}", path.display()))
}

/// The file itself where the path is a link, and one path for each file.
pub(super) fn resolved(path: &Path) -> io::Result<PathBuf> {
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

/// Locks a state file until what this returns is closed, by the system if the process is killed. A file beside it is locked,
/// which stays: whoever removed it might remove another's.
pub(super) fn locked(path: &Path) -> io::Result<File> {
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

/// Ends a lock, also for a process that is being started in this moment and still has the file open.
pub(super) fn unlock(held: &File) {
    // If this fails, the lock ends when the file is closed.
    let _ = FileExt::unlock(held);
}

/// Refuses what is there and is no file, before anything is made beside it.
pub(super) fn check_kind(path: &Path) -> io::Result<()> {
    match fs::metadata(path) {
        Ok(found) if !found.is_file() => {
            Err(store_error(path, io::ErrorKind::InvalidData, "cannot be read: it is not a regular file"))
        }
        _ => Ok(()),
    }
}

/// Makes the file if it is not there, so that only its owner may read it, and refuses what is no state file.
pub(super) fn check(path: &Path) -> io::Result<()> {
    let invalid = |what: &str| store_error(path, io::ErrorKind::InvalidData, what);
    let unreadable = |error: io::Error| store_error(path, error.kind(), &format!("cannot be read: {error}"));
    let found = match fs::metadata(path) {
        Ok(found) => found,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return create(path),
        Err(error) => return Err(unreadable(error)),
    };
    if found.permissions().readonly() {
        let what = "may not be written, and is left as it is: make it writable, or copy it and name the copy";
        return Err(store_error(path, io::ErrorKind::PermissionDenied, what));
    }
    if found.len() > LARGEST {
        return Err(invalid(&format!("is larger than {LARGEST} bytes, and is left as it is: name another file")));
    }
    let mut beginning = Vec::new();
    let file = File::open(path).map_err(unreadable)?;
    file.take(JSON.len() as u64).read_to_end(&mut beginning).map_err(unreadable)?;
    if beginning.starts_with(JSON) {
        return Err(invalid(
            "was written by an older sandbox, which kept JSON in it, and is left as it is: delete it, or name another file",
        ));
    }
    // An empty file is a database without anything.
    if beginning.is_empty() {
        return make_private(path);
    }
    if beginning.starts_with(SQLITE) {
        return Ok(());
    }
    Err(invalid("is broken or none of the sandbox, and is left as it is: delete it, or name another file"))
}

/// Has only the owner read the state file and what SQLite keeps beside it: credentials are in them.
#[cfg(unix)]
pub(super) fn make_private(path: &Path) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt as _;
    for suffix in ["", "-wal", "-shm"] {
        let mut name = path.as_os_str().to_owned();
        name.push(suffix);
        let Ok(found) = fs::metadata(&name) else { continue };
        let mode = found.permissions().mode();
        if mode & 0o077 == 0 {
            continue;
        }
        fs::set_permissions(&name, fs::Permissions::from_mode(mode & 0o700)).map_err(|error| {
            let what =
                format!("may be read by others, and that cannot be changed: {error}; its owner can, by chmod 600");
            store_error(path, error.kind(), &what)
        })?;
    }
    Ok(())
}

/// Where the system knows no owners, there is nothing to do.
#[cfg(not(unix))]
pub(super) fn make_private(_: &Path) -> io::Result<()> {
    Ok(())
}

fn create(path: &Path) -> io::Result<()> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    // Credentials are in it.
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let made = options.open(path).map(drop);
    made.map_err(|error| store_error(path, error.kind(), &format!("cannot be made: {error}")))
}
