//! The headers that guard a web page: what the browser may do on it, and that no other page may frame it.

use axum::http::{HeaderValue, header};
use axum::response::Response;
use sha2::{Digest, Sha256};

/// What the browser may do on a page with these styles and scripts, which are in the page itself: apply and run them, talk to
/// this server, and nothing else. No other page may show it in a frame.
pub(crate) fn of(style: &str, script: Option<&str>) -> Option<HeaderValue> {
    let script = script.map(|script| format!(" script-src '{}'; connect-src 'self';", digest(script)));
    let policy = format!(
        "default-src 'none'; style-src '{}';{} img-src data:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
        digest(style),
        script.unwrap_or_default()
    );
    HeaderValue::try_from(policy).ok()
}

/// A page with the headers that guard it.
pub(crate) fn guarded(mut page: Response, policy: Option<&HeaderValue>) -> Response {
    let headers = page.headers_mut();
    if let Some(policy) = policy {
        headers.insert(header::CONTENT_SECURITY_POLICY, policy.clone());
    }
    headers.insert(header::X_FRAME_OPTIONS, HeaderValue::from_static("DENY"));
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    // Without a referrer the browser would hide the origin of forms, too.
    headers.insert(header::REFERRER_POLICY, HeaderValue::from_static("same-origin"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    page
}

/// A digest as a policy names what is inline.
fn digest(text: &str) -> String {
    format!("sha256-{}", base64(&Sha256::digest(text.as_bytes())))
}

fn base64(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut out = String::new();
    for group in bytes.chunks(3) {
        let mut three = [0; 3];
        three[..group.len()].copy_from_slice(group);
        let [a, b, c] = three;
        let sextets = [a >> 2, (a & 3) << 4 | b >> 4, (b & 15) << 2 | c >> 6, c & 63];
        for (at, sextet) in sextets.into_iter().enumerate() {
            out.push(if at > group.len() { '=' } else { char::from(DIGITS[usize::from(sextet)]) });
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base64_is_as_in_rfc_4648() {
        for (text, encoded) in [("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foobar", "Zm9vYmFy")] {
            assert_eq!(base64(text.as_bytes()), encoded);
        }
    }
}
