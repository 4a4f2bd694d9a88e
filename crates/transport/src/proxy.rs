//! The addresses of proxies.

use http::Uri;
use url::Url;

/// The variables that name the proxy for a base URL.
fn variables(base_url: &Url) -> [&'static str; 4] {
    match base_url.scheme() {
        "http" => ["http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"],
        _ => ["https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"],
    }
}

/// The variable whose value names no proxy: the HTTP client would ask without one.
pub(crate) fn unusable(base_url: &Url, read: impl Fn(&str) -> Option<String>) -> Option<&'static str> {
    let is_wrong = |name: &&str| read(name).is_some_and(|value| !value.trim().is_empty() && !is_proxy(value.trim()));
    variables(base_url).into_iter().find(is_wrong)
}

/// Whether a value is the address of an HTTP proxy.
pub(crate) fn is_http(value: &str) -> bool {
    let is_spoken = |uri: &Uri| uri.scheme_str().is_some_and(|scheme| ["http", "https"].contains(&scheme));
    value.parse::<Uri>().is_ok_and(|uri| is_spoken(&uri) && uri.authority().is_some())
}

fn is_proxy(value: &str) -> bool {
    let Ok(uri) = value.parse::<Uri>() else { return false };
    let is_spoken = uri
        .scheme_str()
        .is_none_or(|scheme| ["http", "https", "socks4", "socks4a", "socks5", "socks5h"].contains(&scheme));
    is_spoken && uri.authority().is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_proxy_is_named() {
        let url = Url::parse("https://example.com").unwrap();
        let unusable = |name: &str, value: &str| unusable(&url, |asked| (asked == name).then(|| value.to_owned()));
        for value in ["garbage://", "ftp://proxy:1", "http://", "ht tp://x", "://"] {
            assert_eq!(unusable("HTTPS_PROXY", value), Some("HTTPS_PROXY"), "{value}");
            assert_eq!(unusable("HTTP_PROXY", value), None, "{value}");
        }
        for value in ["", " ", "proxy.example:8080", "http://u:p@127.0.0.1:3128", "socks5h://127.0.0.1:1080"] {
            assert_eq!(unusable("all_proxy", value), None, "{value}");
        }
    }
}
