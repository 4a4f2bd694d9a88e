//! What a gateway takes for the acknowledgement of a notification.

use bytes::Bytes;
use gerbang::acknowledges;
use http::Response;

use crate::provider::Provider;

/// Whether a gateway takes an answer for an acknowledgement, and does not send the notification again.
///
/// # Errors
///
/// What the gateway wants instead.
pub fn verdict(provider: Provider, answer: &Response<Bytes>) -> Result<(), String> {
    let status = answer.status().as_u16();
    let notifications = provider.notifications().map_err(|failure| failure.to_string())?;
    let wanted = notifications.is_strict.then_some(notifications.acceptance);
    if acknowledges(wanted, status, answer.body()) {
        return Ok(());
    }
    let title = provider.title();
    Err(match wanted {
        Some(acceptance) if status == 200 => {
            format!("{title} wants {acceptance} as the body, and sends it again until then")
        }
        Some(_) => format!("{title} wants the status 200, and sends it again until then"),
        // What they want is not documented.
        None => "a status from 200 to 299 is customary".to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kropay_wants_exactly_its_answer_and_others_a_success() {
        let judge = |provider, status: u16, body: &'static str| {
            let answer = Response::builder().status(status).body(Bytes::from_static(body.as_bytes())).unwrap();
            verdict(provider, &answer).is_ok()
        };
        assert!(judge(Provider::named("kropay").unwrap(), 200, " {\"success\":true}\n"));
        for (status, body) in [
            (201, "{\"success\":true}"),
            (200, "{\"success\":\"true\"}"),
            (200, "{\"success\":true,\"x\":1}"),
            (200, "OK"),
            (200, ""),
        ] {
            assert!(!judge(Provider::named("kropay").unwrap(), status, body), "{status} {body}");
        }
        for provider in [
            Provider::named("kazukipay").unwrap(),
            Provider::named("klink").unwrap(),
            Provider::named("pakasir-v1").unwrap(),
            Provider::named("pakasir-v2").unwrap(),
        ] {
            assert!(judge(provider, 204, ""));
            for status in [302, 401, 503] {
                assert!(!judge(provider, status, "{\"success\":true}"), "{status}");
            }
        }
    }
}
