/// An object whose members no document describes, such as what a shop attaches to a payment: read and sent as it is.
///
/// ```
/// let mut metadata = gerbang_core::JsonObject::new();
/// metadata.insert("order".to_owned(), 12.into());
/// assert_eq!(serde_json::to_string(&metadata)?, r#"{"order":12}"#);
/// # Ok::<(), serde_json::Error>(())
/// ```
pub type JsonObject = serde_json::Map<String, Json>;

/// A value of which no document says what it is: read and sent as it is.
pub type Json = serde_json::Value;
