use std::collections::BTreeMap;
use std::fmt;
use std::marker::PhantomData;
use std::ops::Deref;

use serde::de::{DeserializeOwned, Error, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::value::RawValue;

/// The rows of a list in a reply. A row that cannot be read does not hide the others: it is left out and counted.
///
/// A list is read as PHP may write it: as a JSON list, as an object whose names are integers (a list from which rows were
/// taken away, in the order of the integers), and as `{}` or `null` where it is empty. It is written as a list.
///
/// ```
/// use gerbang_core::{Rows, Rupiah};
///
/// let fees: Rows<Rupiah> = serde_json::from_str(r#"{"2": 310, "1": "unknown", "10": 7}"#)?;
/// assert_eq!(*fees, [Rupiah::new(310), Rupiah::new(7)]);
/// assert_eq!(fees.unreadable(), 1);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rows<T> {
    rows: Vec<T>,
    unreadable: usize,
}

impl<T> Rows<T> {
    /// How many rows came that could not be read. An event of `tracing` was written for each.
    pub fn unreadable(&self) -> usize {
        self.unreadable
    }
}

impl<T> Default for Rows<T> {
    fn default() -> Self {
        Self::from(Vec::new())
    }
}

impl<T> From<Vec<T>> for Rows<T> {
    fn from(rows: Vec<T>) -> Self {
        Self { rows, unreadable: 0 }
    }
}

impl<T> Deref for Rows<T> {
    type Target = [T];

    fn deref(&self) -> &[T] {
        &self.rows
    }
}

impl<T> IntoIterator for Rows<T> {
    type Item = T;
    type IntoIter = std::vec::IntoIter<T>;

    fn into_iter(self) -> Self::IntoIter {
        self.rows.into_iter()
    }
}

impl<'a, T> IntoIterator for &'a Rows<T> {
    type Item = &'a T;
    type IntoIter = std::slice::Iter<'a, T>;

    fn into_iter(self) -> Self::IntoIter {
        self.rows.iter()
    }
}

impl<T: Serialize> Serialize for Rows<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.rows.serialize(serializer)
    }
}

impl<'de, T: DeserializeOwned> Deserialize<'de> for Rows<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct List<T>(PhantomData<T>);
        impl<'de, T: DeserializeOwned> Visitor<'de> for List<T> {
            type Value = Rows<T>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a list")
            }

            fn visit_unit<E: Error>(self) -> Result<Rows<T>, E> {
                Ok(Rows::default())
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Rows<T>, A::Error> {
                let mut found = Rows::default();
                while let Some(raw) = list.next_element::<Box<RawValue>>()? {
                    match read_row(&raw) {
                        Some(row) => found.rows.push(row),
                        None => found.unreadable += 1,
                    }
                }
                Ok(found)
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Rows<T>, A::Error> {
                let mut numbered: Vec<(u64, Box<RawValue>)> = Vec::new();
                while let Some(name) = map.next_key::<String>()? {
                    let number = name.parse().map_err(|_| A::Error::custom("an object is not a list"))?;
                    numbered.push((number, map.next_value()?));
                }
                numbered.sort_by_key(|(number, _)| *number);
                let count = numbered.len();
                let rows: Vec<_> = numbered.iter().filter_map(|(_, raw)| read_row(raw)).collect();
                let unreadable = count - rows.len();
                Ok(Rows { rows, unreadable })
            }
        }
        deserializer.deserialize_any(List(PhantomData))
    }
}

/// The entries of a map in a reply. An entry that cannot be read does not hide the others: it is left out and counted.
///
/// PHP writes an empty map as `[]`, which is read, and so is `null`. An object of which no entry can be read is an error: it
/// is probably something else. It is written as an object.
///
/// ```
/// use gerbang_core::{Entries, Rupiah};
///
/// let fees: Entries<Rupiah> = serde_json::from_str(r#"{"qris": 310, "paypal": "unknown"}"#)?;
/// assert_eq!(fees["qris"], Rupiah::new(310));
/// assert_eq!((fees.len(), fees.unreadable()), (1, 1));
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entries<T> {
    entries: BTreeMap<String, T>,
    unreadable: usize,
}

impl<T> Entries<T> {
    /// How many entries came that could not be read. An event of `tracing` was written for each.
    pub fn unreadable(&self) -> usize {
        self.unreadable
    }
}

impl<T> Default for Entries<T> {
    fn default() -> Self {
        Self::from(BTreeMap::new())
    }
}

impl<T> From<BTreeMap<String, T>> for Entries<T> {
    fn from(entries: BTreeMap<String, T>) -> Self {
        Self { entries, unreadable: 0 }
    }
}

impl<T> Deref for Entries<T> {
    type Target = BTreeMap<String, T>;

    fn deref(&self) -> &BTreeMap<String, T> {
        &self.entries
    }
}

impl<T> IntoIterator for Entries<T> {
    type Item = (String, T);
    type IntoIter = std::collections::btree_map::IntoIter<String, T>;

    fn into_iter(self) -> Self::IntoIter {
        self.entries.into_iter()
    }
}

impl<'a, T> IntoIterator for &'a Entries<T> {
    type Item = (&'a String, &'a T);
    type IntoIter = std::collections::btree_map::Iter<'a, String, T>;

    fn into_iter(self) -> Self::IntoIter {
        self.entries.iter()
    }
}

impl<T: Serialize> Serialize for Entries<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.entries.serialize(serializer)
    }
}

impl<'de, T: DeserializeOwned> Deserialize<'de> for Entries<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Map<T>(PhantomData<T>);
        impl<'de, T: DeserializeOwned> Visitor<'de> for Map<T> {
            type Value = Entries<T>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_unit<E: Error>(self) -> Result<Entries<T>, E> {
                Ok(Entries::default())
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Entries<T>, A::Error> {
                match list.next_element::<serde::de::IgnoredAny>()? {
                    Some(_) => Err(A::Error::custom("a list is not an object")),
                    None => Ok(Entries::default()),
                }
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Entries<T>, A::Error> {
                let mut found = Entries::default();
                while let Some(name) = map.next_key::<String>()? {
                    if name == crate::scalar::NUMBER {
                        return Err(A::Error::custom("a number is not an object"));
                    }
                    match read_row(&map.next_value::<Box<RawValue>>()?) {
                        Some(value) => drop(found.entries.insert(name, value)),
                        None => found.unreadable += 1,
                    }
                }
                match found.unreadable {
                    // Probably another object, such as a failure that does not say so.
                    1.. if found.entries.is_empty() => Err(A::Error::custom("no entry of an object can be read")),
                    _ => Ok(found),
                }
            }
        }
        deserializer.deserialize_any(Map(PhantomData))
    }
}

fn read_row<T: DeserializeOwned>(raw: &RawValue) -> Option<T> {
    let row = crate::wire::read_object(raw.get());
    if row.is_none() {
        tracing::warn!(of = std::any::type_name::<T>(), "an entry of a reply cannot be read and is left out");
    }
    row
}

#[cfg(feature = "schemars")]
mod schema {
    use std::borrow::Cow;
    use std::collections::BTreeMap;

    use schemars::{JsonSchema, Schema, SchemaGenerator};

    use super::{Entries, Rows};

    impl<T: JsonSchema> JsonSchema for Rows<T> {
        fn inline_schema() -> bool {
            true
        }

        fn schema_name() -> Cow<'static, str> {
            Vec::<T>::schema_name()
        }

        fn schema_id() -> Cow<'static, str> {
            Vec::<T>::schema_id()
        }

        fn json_schema(generator: &mut SchemaGenerator) -> Schema {
            Vec::<T>::json_schema(generator)
        }
    }

    impl<T: JsonSchema> JsonSchema for Entries<T> {
        fn inline_schema() -> bool {
            true
        }

        fn schema_name() -> Cow<'static, str> {
            BTreeMap::<String, T>::schema_name()
        }

        fn schema_id() -> Cow<'static, str> {
            BTreeMap::<String, T>::schema_id()
        }

        fn json_schema(generator: &mut SchemaGenerator) -> Schema {
            BTreeMap::<String, T>::json_schema(generator)
        }
    }
}
