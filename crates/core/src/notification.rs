//! Reading the body of a notification. Reading is not believing: nothing here proves that a payment was made.

use serde::de::DeserializeOwned;

use crate::{Delivery, Error, Kind};

/// The largest notification body that is read, in bytes. The documented ones have a few hundred.
pub const MAX_NOTIFICATION: usize = 64 * 1024;

/// Reads the JSON body of a notification.
///
/// # Errors
///
/// [`Kind::InvalidNotification`] when the body is larger than [`MAX_NOTIFICATION`] or is not the JSON that the provider
/// documents.
pub fn read_notification<T: DeserializeOwned>(body: &[u8]) -> Result<T, Error> {
    let invalid = |what: String| Error::new(Kind::InvalidNotification, Delivery::NotSent, what);
    if body.len() > MAX_NOTIFICATION {
        return Err(invalid(format!("the notification has {} bytes, more than {MAX_NOTIFICATION}", body.len())));
    }
    serde_json::from_slice(body.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(body)).map_err(|error| {
        invalid(format!(
            "the notification is not the documented JSON: {} at line {}, column {}",
            category(&error),
            error.line(),
            error.column()
        ))
    })
}

/// What is wrong, without the text that a sender may have chosen.
fn category(error: &serde_json::Error) -> &'static str {
    match error.classify() {
        serde_json::error::Category::Data => "a member is missing or of another type",
        serde_json::error::Category::Eof => "it is cut short",
        serde_json::error::Category::Syntax | serde_json::error::Category::Io => "it is not JSON",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn refuses_what_it_cannot_read_without_showing_it() {
        let huge = vec![b' '; MAX_NOTIFICATION + 1];
        for body in [&b""[..], b"{", b"CANARY", b"\"CANARY\"", b"\xFF\xFE", &huge] {
            let error = read_notification::<u64>(body).unwrap_err();
            assert_eq!(error.kind(), Kind::InvalidNotification);
            assert!(!error.to_string().contains("CANARY"), "{error}");
        }
        assert_eq!(read_notification::<u64>(b"\xEF\xBB\xBF 7").unwrap(), 7);
    }
}
