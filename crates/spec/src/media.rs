//! Media types of bodies and replies.

/// That of JSON.
pub const JSON: &str = "application/json";

/// That of forms.
pub const FORM: &str = "application/x-www-form-urlencoded";

/// Whether a media type is that of JSON, or built on it, as `application/merge-patch+json` is.
pub fn is_json(media: &str) -> bool {
    media == JSON || media.ends_with("+json")
}
