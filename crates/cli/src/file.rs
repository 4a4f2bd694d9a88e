//! Files and other inputs, read with a bound.

use std::fs::{self, File};
use std::io::{self, ErrorKind, Read};
use std::path::Path;

/// The text of a regular file of up to so many bytes. A pipe may never end, and a device may be without an end.
///
/// # Errors
///
/// Why it cannot be read, or that it is larger.
pub fn text(path: &Path, most: u64) -> io::Result<String> {
    if !fs::metadata(path)?.is_file() {
        return Err(io::Error::new(ErrorKind::InvalidInput, "it is no regular file"));
    }
    let bytes = all(File::open(path)?, most)?;
    String::from_utf8(bytes).map_err(|_| io::Error::new(ErrorKind::InvalidData, "it is not UTF-8"))
}

/// All bytes of an input that has up to so many.
///
/// # Errors
///
/// Why it cannot be read, or that it has more.
pub fn all(input: impl Read, most: u64) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    input.take(most + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 <= most {
        return Ok(bytes);
    }
    let most = if most.is_multiple_of(1 << 20) { format!("{} MiB", most >> 20) } else { format!("{most} bytes") };
    Err(io::Error::new(ErrorKind::FileTooLarge, format!("it has more than {most}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_input_has_as_many_bytes_as_it_may() {
        assert_eq!(all(&b"abc"[..], 3).unwrap(), b"abc");
        let error = all(io::repeat(b'a'), 3).unwrap_err();
        assert_eq!(error.to_string(), "it has more than 3 bytes");
        assert_eq!(all(io::repeat(b'a'), 2 << 20).unwrap_err().to_string(), "it has more than 2 MiB");
    }

    #[test]
    fn a_text_is_of_a_regular_file() {
        let directory = env!("CARGO_MANIFEST_DIR");
        for path in [directory, "/dev/zero"] {
            assert!(text(Path::new(path), 10).unwrap_err().to_string().contains("regular file"), "{path}");
        }
        let manifest = Path::new(directory).join("Cargo.toml");
        assert!(text(&manifest, 1 << 20).unwrap().contains("gerbang-cli"));
        assert!(text(&manifest, 10).unwrap_err().to_string().contains("more than 10 bytes"));
    }
}
