//! Reading a reply's body under a cap.

use bytes::Bytes;
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
pub(crate) async fn read(response: &mut Response, cap: usize) -> Body {
    let expected = response.content_length().unwrap_or(0);
    if expected > cap as u64 {
        return Body::TooLarge(Bytes::new());
    }
    let mut body = Vec::with_capacity(expected.min(RESERVED) as usize);
    loop {
        match response.chunk().await {
            Ok(Some(chunk)) if chunk.len() > cap - body.len() => {
                let room = cap - body.len();
                append(&mut body, &chunk[..room], cap);
                return Body::TooLarge(body.into());
            }
            Ok(Some(chunk)) => append(&mut body, &chunk, cap),
            Ok(None) => return Body::Whole(body.into()),
            Err(error) => return Body::Broken(body.into(), error.without_url()),
        }
    }
}

/// Appends to a body that will not be larger than the cap, so that its room need not be larger either.
fn append(body: &mut Vec<u8>, chunk: &[u8], cap: usize) {
    let needed = body.len() + chunk.len();
    if needed > body.capacity() {
        let wanted = body.capacity().saturating_mul(2).min(cap).max(needed);
        body.reserve_exact(wanted - body.len());
    }
    body.extend_from_slice(chunk);
}
