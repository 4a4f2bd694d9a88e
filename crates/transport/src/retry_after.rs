//! When the provider says that a call may be repeated.

use std::time::{Duration, SystemTime};

use http::{HeaderMap, header};

/// `Retry-After` in seconds, whole or not, or in any of the three forms of an HTTP date (RFC 9110, 5.6.7); a date that is
/// past means now. A date is counted from the reply's own `Date`, as both are by the provider's clock, and from `now` where it has
/// none.
pub(crate) fn retry_after(headers: &HeaderMap, now: SystemTime) -> Option<Duration> {
    let value = headers.get(header::RETRY_AFTER)?.to_str().ok()?.trim();
    if let Ok(seconds) = value.parse::<u32>() {
        return Some(Duration::from_secs(seconds.into()));
    }
    // RFC 9110 knows no fraction, servers do.
    if value.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.') {
        let seconds = value.parse::<f64>().ok()?.ceil();
        return (seconds <= u32::MAX.into()).then(|| Duration::from_secs(seconds as u64));
    }
    let then = httpdate::parse_http_date(value).ok()?;
    let written = headers.get(header::DATE).and_then(|date| httpdate::parse_http_date(date.to_str().ok()?).ok());
    Some(then.duration_since(written.unwrap_or(now)).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_retry_after_in_every_form() {
        let read = |value: &str| {
            let mut headers = HeaderMap::new();
            headers.insert(header::RETRY_AFTER, value.parse().unwrap());
            retry_after(&headers, SystemTime::UNIX_EPOCH + Duration::from_secs(784_111_767))
        };
        assert_eq!(read("120"), Some(Duration::from_secs(120)));
        assert_eq!(read("Sun, 06 Nov 1994 08:49:37 GMT"), Some(Duration::from_secs(10)));
        assert_eq!(read("Sun, 06 Nov 1994 08:00:00 GMT"), Some(Duration::ZERO));
        assert_eq!(read("Sunday, 06-Nov-94 08:49:37 GMT"), Some(Duration::from_secs(10)));
        assert_eq!(read("Sun Nov  6 08:49:37 1994"), Some(Duration::from_secs(10)));
        // Two digits of a year are of the century that is near.
        assert_eq!(read("Saturday, 06-Nov-99 08:49:37 GMT").map(|wait| wait.as_secs() / 86_400 / 365), Some(5));
        assert_eq!(read("1.5"), Some(Duration::from_secs(2)));
        assert_eq!(read("0.0"), Some(Duration::ZERO));
        assert_eq!(read("99999999999"), None);
        for odd in ["1.2.3", ".", "1,5", "NaN", "inf", "1e3", ""] {
            assert_eq!(read(odd), None, "{odd}");
        }
        assert_eq!(read("-1"), None);
        assert_eq!(read("soon"), None);
    }

    #[test]
    fn date_is_counted_from_the_date_of_the_reply() {
        let read = |date: &str| {
            let mut headers = HeaderMap::new();
            headers.insert(header::RETRY_AFTER, "Sun, 06 Nov 1994 08:49:37 GMT".parse().unwrap());
            headers.insert(header::DATE, date.parse().unwrap());
            retry_after(&headers, SystemTime::UNIX_EPOCH + Duration::from_secs(784_111_767))
        };
        assert_eq!(read("Sun, 06 Nov 1994 08:44:37 GMT"), Some(Duration::from_secs(300)));
        assert_eq!(read("Sun, 06 Nov 1994 08:49:38 GMT"), Some(Duration::ZERO));
        assert_eq!(read("today"), Some(Duration::from_secs(10)));
    }
}
