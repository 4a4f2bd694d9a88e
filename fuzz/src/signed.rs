//! Inputs of a header and a body.

use http::HeaderValue;

/// The header in the first line of an input, and the body below it. None when a header cannot hold the line.
pub fn split(data: &[u8]) -> Option<(HeaderValue, &[u8])> {
    let end = data.iter().position(|byte| *byte == b'\n')?;
    Some((HeaderValue::from_bytes(&data[..end]).ok()?, &data[end + 1..]))
}
