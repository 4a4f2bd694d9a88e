use std::fmt;
use std::ops::Deref;

use serde::de::{self, DeserializeOwned};
use serde::ser;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::error::Category;
use serde_json::value::RawValue;

use crate::body::{json_text, read_json};

/// JSON that a provider puts inside a JSON string, or writes as it should be.
///
/// Text is read as JSON; an object, an array or any other value is read as `T` itself. It is written as a string that
/// contains JSON. Inside the string the same spellings are read as outside, see [`json_text`]. An error about the inner JSON says where in the text it is, and does not quote the text.
///
/// ```
/// use gerbang_core::JsonString;
///
/// let rows: JsonString<Vec<u32>> = serde_json::from_str(r#""[1, 2]""#)?;
/// assert_eq!(*rows, [1, 2]);
///
/// let rows: JsonString<Vec<u32>> = serde_json::from_str("[1, 2]")?;
/// assert_eq!(serde_json::to_string(&rows)?, r#""[1,2]""#);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct JsonString<T>(T);

impl<T> JsonString<T> {
    /// What the JSON says.
    pub fn into_inner(self) -> T {
        self.0
    }
}

impl<T> Deref for JsonString<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.0
    }
}

impl<T> From<T> for JsonString<T> {
    fn from(value: T) -> Self {
        Self(value)
    }
}

impl<T: Serialize> Serialize for JsonString<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&serde_json::to_string(&self.0).map_err(ser::Error::custom)?)
    }
}

impl<'de, T: DeserializeOwned> Deserialize<'de> for JsonString<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let raw = Box::<RawValue>::deserialize(deserializer)?;
        if !raw.get().starts_with('"') {
            return read_json(raw.get()).map(Self).map_err(de::Error::custom);
        }
        let text: String = serde_json::from_str(raw.get()).map_err(de::Error::custom)?;
        let text = json_text(text.as_bytes());
        read_json(&text).map(Self).map_err(|error| de::Error::custom(Place(&error)))
    }
}

/// What is wrong with the inner JSON, without the words of `serde_json`, which quote it.
struct Place<'a>(&'a serde_json::Error);

impl fmt::Display for Place<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let wrong = match self.0.classify() {
            Category::Data => "is not as expected",
            Category::Eof => "ends too early",
            Category::Io | Category::Syntax => "is not well formed",
        };
        write!(f, "the JSON inside a string {wrong} (its line {} column {})", self.0.line(), self.0.column())
    }
}

#[cfg(feature = "schemars")]
impl<T: schemars::JsonSchema> schemars::JsonSchema for JsonString<T> {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> std::borrow::Cow<'static, str> {
        format!("JsonString_{}", T::schema_name()).into()
    }

    fn schema_id() -> std::borrow::Cow<'static, str> {
        format!("{}::JsonString<{}>", module_path!(), T::schema_id()).into()
    }

    fn json_schema(generator: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({
            "type": "string",
            "contentMediaType": "application/json",
            "contentSchema": generator.subschema_for::<T>(),
        })
    }
}
