//! Whether a form was sent from the daemon's own page.

use http::header::{HOST, ORIGIN};
use http::{HeaderMap, HeaderName};
use url::{Position, Url};

static SITE: HeaderName = HeaderName::from_static("sec-fetch-site");

/// Whether the browser says that the form is of the page's own origin. One that says nothing is refused: every browser says it of a
/// form that is posted.
pub fn is_own(headers: &HeaderMap, public_url: Option<&str>) -> bool {
    let text = |name| headers.get(name).map(|value| value.to_str().unwrap_or_default());
    match (text(&SITE), text(&ORIGIN)) {
        (Some(site), origin) => site == "same-origin" && origin.is_none_or(|origin| origin != "null"),
        (None, Some(origin)) => {
            let public = public_url.and_then(|url| Url::parse(url).ok());
            let is_public = public.is_some_and(|url| url.origin().ascii_serialization() == origin);
            is_public || is_of_host(origin, text(&HOST).unwrap_or_default())
        }
        (None, None) => false,
    }
}

/// Whether an origin is the host that the request went to. A proxy may speak TLS for it.
fn is_of_host(origin: &str, host: &str) -> bool {
    let Ok(url) = Url::parse(origin) else { return false };
    let is_web = matches!(url.scheme(), "http" | "https");
    is_web && !host.is_empty() && url[Position::BeforeHost..Position::AfterPort].eq_ignore_ascii_case(host)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn form_of_another_site_is_refused() {
        let public = Some("https://pay.example.com/gerbang");
        let check = |pairs: &[(&HeaderName, &str)]| {
            let mut headers = HeaderMap::new();
            for (name, value) in pairs {
                headers.insert(*name, value.parse().unwrap());
            }
            is_own(&headers, public)
        };
        let host = (&HOST, "127.0.0.1:8080");
        for own in [
            &[host, (&SITE, "same-origin")][..],
            &[host, (&SITE, "same-origin"), (&ORIGIN, "http://127.0.0.1:8080")],
            &[host, (&ORIGIN, "http://127.0.0.1:8080")],
            &[host, (&ORIGIN, "https://pay.example.com")],
            &[(&HOST, "pay.example.com"), (&ORIGIN, "https://pay.example.com")],
        ] {
            assert!(check(own), "{own:?}");
        }
        for other in [
            &[host][..],
            &[host, (&SITE, "same-site")],
            &[host, (&SITE, "cross-site"), (&ORIGIN, "http://127.0.0.1:8080")],
            &[host, (&SITE, "none")],
            &[host, (&SITE, "same-origin"), (&ORIGIN, "null")],
            &[host, (&ORIGIN, "null")],
            &[host, (&ORIGIN, "")],
            &[host, (&ORIGIN, "http://127.0.0.1:8081")],
            &[host, (&ORIGIN, "http://127.0.0.1")],
            &[host, (&ORIGIN, "http://127.0.0.1:8080.example.com")],
            &[host, (&ORIGIN, "http://pay.example.com")],
            &[host, (&ORIGIN, "https://pay.example.com.evil.example")],
            &[(&ORIGIN, "file://")],
        ] {
            assert!(!check(other), "{other:?}");
        }
    }
}
