//! The members of a JSON object, each by its own.

use std::collections::HashMap;
use std::fmt;

use gerbang_core::wire::read_json;
use serde::de::{DeserializeOwned, MapAccess, Visitor};
use serde::{Deserialize, Deserializer};
use serde_json::value::RawValue;

/// The members of an object: none makes another one unreadable. One that stands twice is as one that is missing, as nobody
/// knows which of the two counts.
pub(crate) struct Members(HashMap<String, Option<Box<RawValue>>>);

impl Members {
    /// A member; none when it is missing, `null`, or cannot be read as this type.
    pub(crate) fn read<T: DeserializeOwned>(&self, name: &str) -> Option<T> {
        read_json(self.0.get(name)?.as_ref()?.get()).ok()
    }

    /// Whether a member holds anything but what K-Link writes for none: `null`, `""` and `"-"`.
    pub(crate) fn is_told(&self, name: &str) -> bool {
        match self.0.get(name) {
            Some(Some(value)) => !matches!(value.get().trim_matches('"').trim(), "" | "-" | "null"),
            // It stands twice.
            Some(None) => true,
            None => false,
        }
    }
}

impl<'de> Deserialize<'de> for Members {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Object;
        impl<'de> Visitor<'de> for Object {
            type Value = Members;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Members, A::Error> {
                let mut members = HashMap::new();
                while let Some((name, value)) = map.next_entry()? {
                    members.entry(name).and_modify(|value| *value = None).or_insert(Some(value));
                }
                Ok(Members(members))
            }
        }
        deserializer.deserialize_map(Object)
    }
}
