//! Reading a reply's body under a cap.

use bytes::{Bytes, BytesMut};
use reqwest::Response;

/// What came of reading a body.
pub(crate) enum Body {
    /// All of it.
    Whole(Bytes),
    /// It is larger than the cap; this is its beginning.
    TooLarge(Bytes),
    /// The connection broke or the time was up; this is what came before.
    Broken(Bytes, reqwest::Error),
}

/// What is reserved at once, whatever length the server announces.
const RESERVED: u64 = 64 * 1024;

/// Reads at most `cap` bytes.
pub(crate) async fn read(mut response: Response, cap: usize) -> Body {
    let expected = response.content_length().unwrap_or(0);
    if expected > cap as u64 {
        return Body::TooLarge(Bytes::new());
    }
    let mut body = BytesMut::with_capacity(expected.min(RESERVED) as usize);
    loop {
        match response.chunk().await {
            Ok(Some(chunk)) if chunk.len() > cap - body.len() => {
                body.extend_from_slice(&chunk[..cap - body.len()]);
                return Body::TooLarge(body.freeze());
            }
            Ok(Some(chunk)) => body.extend_from_slice(&chunk),
            Ok(None) => return Body::Whole(body.freeze()),
            Err(error) => return Body::Broken(body.freeze(), error.without_url()),
        }
    }
}
