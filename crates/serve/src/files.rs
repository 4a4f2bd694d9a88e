//! Files of settings and secrets, read with a bound.

use std::fs::{self, File};
use std::io::{self, ErrorKind, Read};
use std::path::Path;

/// The largest file of settings, in bytes.
const MOST: u64 = 16 << 20;

/// The largest file of a secret.
const MOST_OF_SECRET: u64 = 64 << 10;

/// The text of a file of settings, which is a regular one: a pipe or a device may never end.
pub fn settings(path: &Path) -> io::Result<String> {
    if !fs::metadata(path)?.is_file() {
        return Err(io::Error::new(ErrorKind::InvalidInput, "it is no regular file"));
    }
    read(path, MOST)
}

/// The text of a file with a secret; whoever hands it over may do so by a pipe.
pub fn secret(path: &str) -> io::Result<String> {
    read(Path::new(path), MOST_OF_SECRET)
}

fn read(path: &Path, most: u64) -> io::Result<String> {
    let mut text = String::new();
    File::open(path)?.take(most + 1).read_to_string(&mut text)?;
    match text.len() as u64 > most {
        true => Err(io::Error::new(ErrorKind::FileTooLarge, format!("it has more than {most} bytes"))),
        false => Ok(text),
    }
}
