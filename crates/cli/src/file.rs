//! Files of settings, read with a bound.

use std::fs::{self, File};
use std::io::{self, ErrorKind, Read};
use std::path::Path;

/// The largest file of settings that is read, in bytes.
const MOST: u64 = 16 << 20;

/// The text of a regular file. A pipe may never end, and a device may be without an end.
///
/// # Errors
///
/// Why it cannot be read.
pub fn read(path: &Path) -> io::Result<String> {
    if !fs::metadata(path)?.is_file() {
        return Err(io::Error::new(ErrorKind::InvalidInput, "it is no regular file"));
    }
    let mut text = String::new();
    File::open(path)?.take(MOST + 1).read_to_string(&mut text)?;
    match text.len() as u64 > MOST {
        true => Err(io::Error::new(ErrorKind::InvalidInput, format!("it has more than {} MiB", MOST >> 20))),
        false => Ok(text),
    }
}
