//! The members of a notification, each by its own.

use std::fmt;

use gerbang_core::wire::Value;
use serde::de::{IgnoredAny, MapAccess, Visitor};
use serde::{Deserialize, Deserializer};

/// The members that are read.
const NAMES: [&str; 8] =
    ["order_id", "id_order", "rq_uuid", "id_trans", "kd_pay", "tot_bayar", "status", "transaction"];

/// The members of [`NAMES`]: none makes another one unreadable.
pub(crate) struct Members([Member; NAMES.len()]);

#[derive(Clone)]
pub(crate) enum Member {
    Missing,
    Given(Value),
    /// As one that is missing: nobody knows which of the two counts.
    Twice,
}

impl Members {
    /// Takes a member out, so that it is missing then.
    pub(crate) fn take(&mut self, name: &str) -> Member {
        let at = NAMES.iter().position(|known| *known == name).expect("a name of the list");
        std::mem::replace(&mut self.0[at], Member::Missing)
    }
}

impl Member {
    /// What it holds; none when it is missing, says nothing, or cannot be read as this type.
    pub(crate) fn read<T: gerbang_core::wire::Member>(self) -> Option<T> {
        match self {
            Self::Given(value) => value.read(),
            Self::Missing | Self::Twice => None,
        }
    }

    /// Whether it holds anything but what K-Link writes for none.
    pub(crate) fn is_given(&self) -> bool {
        match self {
            Self::Given(value) => !value.is_none(),
            Self::Twice => true,
            Self::Missing => false,
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
                let mut members = [const { Member::Missing }; NAMES.len()];
                while let Some(Name(known)) = map.next_key()? {
                    let Some(at) = known else {
                        map.next_value::<IgnoredAny>()?;
                        continue;
                    };
                    let value = Member::Given(map.next_value()?);
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
