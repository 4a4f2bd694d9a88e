//! A payload out of a picture.

mod binary;
mod codes;
mod error;
mod finder;
mod grey;
mod grid;
mod layout;
mod picture;
mod point;

use crate::{Qris, QrisError, QrisErrorKind};

pub use error::ScanError;
pub use picture::MAX_PICTURE;

impl Qris<'_> {
    /// Reads the payload of the QRIS code in a picture, such as a screenshot or a photograph of a sticker, and verifies
    /// its checksum. The picture is a PNG, JPEG or WebP, which is recognised by its content; of a moving one the first
    /// picture counts.
    ///
    /// QR codes of other things may be in the picture too. Whatever the picture is, this takes no more than about a
    /// second on a current processor, and 64 MiB of memory.
    ///
    /// # Errors
    ///
    /// See [`ScanError`]. Two QRIS codes of which one is meant are an error.
    pub fn scan(picture: &[u8]) -> Result<String, ScanError> {
        let texts = codes::texts(picture::read(picture)?);
        let mut payloads: Vec<String> = Vec::new();
        let mut why = None;
        for text in texts {
            // EMVCo's payloads are UTF-8.
            let text = String::from_utf8(text).unwrap_or_default();
            match Qris::parse(&text) {
                Ok(_) => payloads.push(text),
                Err(error) => why = why.filter(is_of_payload).or(Some(error)),
            }
        }
        match (payloads.as_slice(), why) {
            ([first, second, ..], _) => Err(ScanError::Several([name(first), name(second)])),
            ([_], _) => Ok(payloads.remove(0)),
            ([], Some(why)) => Err(ScanError::NotQris(why)),
            ([], None) => Err(ScanError::NoCode),
        }
    }
}

/// Whether an error is of a text that begins as a payload does.
fn is_of_payload(error: &QrisError) -> bool {
    error.offset() != Some(0) && !matches!(error.kind(), QrisErrorKind::Format | QrisErrorKind::TooLong)
}

fn name(payload: &str) -> String {
    Qris::parse(payload).ok().and_then(Qris::merchant_name).unwrap_or_default().to_owned()
}
