//! The members of a notification, each by its own.

use std::fmt;

use gerbang_core::wire::Value;
use serde::de::{IgnoredAny, MapAccess, Visitor};
use serde::{Deserialize, Deserializer};

/// The members that are read; none makes another one unreadable.
pub(crate) struct Members([Member; Name::Other as usize]);

/// The names of the members that are read.
#[derive(Clone, Copy, Deserialize)]
#[serde(field_identifier, rename_all = "snake_case")]
pub(crate) enum Name {
    OrderId,
    IdOrder,
    RqUuid,
    IdTrans,
    KdPay,
    TotBayar,
    Status,
    Transaction,
    /// Any other name: what it holds is not kept.
    #[serde(other)]
    Other,
}

#[derive(Clone)]
pub(crate) enum Member {
    Missing,
    Given(Value),
    /// As one that is missing: nobody knows which of the two counts.
    Twice,
}

impl Members {
    /// Takes a member out, so that it is missing then.
    pub(crate) fn take(&mut self, name: Name) -> Member {
        self.0.get_mut(name as usize).map_or(Member::Missing, |member| std::mem::replace(member, Member::Missing))
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
                let mut members = [const { Member::Missing }; Name::Other as usize];
                while let Some(name) = map.next_key::<Name>()? {
                    let Some(member) = members.get_mut(name as usize) else {
                        map.next_value::<IgnoredAny>()?;
                        continue;
                    };
                    let value = Member::Given(map.next_value()?);
                    *member = if matches!(member, Member::Missing) { value } else { Member::Twice };
                }
                Ok(Members(members))
            }
        }
        deserializer.deserialize_map(Object)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_an_object_has_members() {
        for other in ["1", "\"order_id\"", "null", "[\"order_id\"]"] {
            let error = serde_json::from_str::<Members>(other).err().expect("it has no members");
            assert!(error.to_string().contains("expected an object"), "{other}: {error}");
        }
    }
}
