//! Why no payload is read from a picture.

use std::error::Error;
use std::fmt;

use crate::{MAX_PICTURE, QrisError};

/// Why no payload is read from a picture.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ScanError {
    /// The file is longer than [`MAX_PICTURE`].
    TooLong,
    /// The picture has too many pixels.
    TooLarge {
        /// Pixels from left to right.
        width: u32,
        /// Pixels from top to bottom.
        height: u32,
    },
    /// The file is no PNG, JPEG or WebP.
    Format,
    /// The picture is damaged or incomplete, or of a kind that is not read.
    Broken,
    /// No QR code was found, or none that can be read.
    NoCode,
    /// There are QR codes, but none is a QRIS payload.
    NotQris(QrisError),
    /// There are several QRIS payloads that are not the same. These are the merchants' names in two of them.
    Several([String; 2]),
}

impl fmt::Display for ScanError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TooLong => write!(f, "the picture has more than {} MiB", MAX_PICTURE >> 20),
            Self::TooLarge { width, height } => {
                write!(
                    f,
                    "the picture is too large, with {width} × {height} pixels; make it smaller, or cut the code out"
                )
            }
            Self::Format => f.write_str("the file is no picture in PNG, JPEG or WebP"),
            Self::Broken => f.write_str("the picture is damaged or incomplete"),
            Self::NoCode => f.write_str(
                "no QR code can be read in the picture; take it from nearer, straight from the front and in even light",
            ),
            Self::NotQris(error) => write!(f, "the QR code in the picture is no QRIS code: {error}"),
            Self::Several([first, second]) => write!(
                f,
                "the picture has several QRIS codes, of {first:?} and {second:?}; cut out the one that is meant"
            ),
        }
    }
}

impl Error for ScanError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            Self::NotQris(error) => Some(error),
            _ => None,
        }
    }
}
