//! Media types of the document.

use gerbang_spec::media::{JSON, is_json};

/// A media type without its parameters.
pub(super) fn essence(media: &str) -> String {
    media.split(';').next().unwrap_or_default().trim().to_ascii_lowercase()
}

/// The media type of JSON among several; one that is built on JSON where there is no plain one.
pub(super) fn json_of<'m>(media: &[&'m str]) -> Option<&'m str> {
    let plain = media.iter().find(|media| essence(media) == JSON);
    plain.or_else(|| media.iter().find(|media| is_json(&essence(media)))).copied()
}
