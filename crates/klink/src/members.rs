//! The members of a notification, each by its own.

use std::fmt;

use gerbang_core::wire::read_json;
use serde::de::{DeserializeOwned, IgnoredAny, MapAccess, Visitor};
use serde::{Deserialize, Deserializer};
use serde_json::value::RawValue;

/// The members that are read.
const NAMES: [&str; 8] =
    ["order_id", "id_order", "rq_uuid", "id_trans", "kd_pay", "tot_bayar", "status", "transaction"];

/// The members of [`NAMES`]: none makes another one unreadable. One that stands twice is as one that is missing, as nobody
/// knows which of the two counts.
pub(crate) struct Members([Member; NAMES.len()]);

enum Member {
    Missing,
    Told(Box<RawValue>),
    Twice,
}

impl Members {
    /// A member; none when it is missing, `null`, or cannot be read as this type.
    pub(crate) fn read<T: DeserializeOwned>(&self, name: &str) -> Option<T> {
        match self.get(name) {
            Member::Told(value) => read_json(value.get()).ok(),
            Member::Missing | Member::Twice => None,
        }
    }

    /// Whether a member holds anything but what K-Link writes for none: `null`, `""` and `"-"`.
    pub(crate) fn is_told(&self, name: &str) -> bool {
        match self.get(name) {
            Member::Told(value) => !matches!(value.get().trim_matches('"').trim(), "" | "-" | "null"),
            Member::Twice => true,
            Member::Missing => false,
        }
    }

    fn get(&self, name: &str) -> &Member {
        let at = NAMES.iter().position(|known| *known == name).expect("a name of the list");
        &self.0[at]
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
                let mut members = [const { Member::Missing }; NAMES.len()];
                while let Some(Name(known)) = map.next_key()? {
                    let Some(at) = known else {
                        map.next_value::<IgnoredAny>()?;
                        continue;
                    };
                    let value = Member::Told(map.next_value()?);
                    members[at] = if matches!(members[at], Member::Missing) { value } else { Member::Twice };
                }
                Ok(Members(members))
            }
        }
        deserializer.deserialize_map(Object)
    }
}

/// The place of a name in [`NAMES`]; none for any other name.
struct Name(Option<usize>);

impl<'de> Deserialize<'de> for Name {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Text;
        impl Visitor<'_> for Text {
            type Value = Name;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a name")
            }

            fn visit_str<E>(self, name: &str) -> Result<Name, E> {
                Ok(Name(NAMES.iter().position(|known| *known == name)))
            }
        }
        deserializer.deserialize_str(Text)
    }
}
