//! Media types of the document.

use gerbang_spec::media::{JSON, is_json};

/// A media type without its parameters.
pub(super) fn essence(media: &str) -> String {
    media.split(';').next().unwrap_or_default().trim().to_ascii_lowercase()
}

/// Whether a media type built on JSON has a parameter that may say how the JSON is read, such as its version. The encoding of
/// JSON is known.
pub(super) fn has_version(media: &str) -> bool {
    let mut parameters = media.split(';').skip(1).map(|parameter| parameter.trim().to_ascii_lowercase());
    essence(media) != JSON && parameters.any(|parameter| !parameter.is_empty() && !parameter.starts_with("charset="))
}

/// The media type of JSON among several; one that is built on JSON where there is no plain one.
pub(super) fn json_of<'m>(media: &[&'m str]) -> Option<&'m str> {
    let plain = media.iter().find(|media| essence(media) == JSON);
    plain.or_else(|| media.iter().find(|media| is_json(&essence(media)))).copied()
}
