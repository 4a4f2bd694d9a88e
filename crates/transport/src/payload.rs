//! The payload of a reply, read by its own type.

use std::fmt;
use std::marker::PhantomData;

use gerbang_core::wire;
use serde::de::value::MapAccessDeserializer;
use serde::de::{Deserialize, DeserializeOwned, Deserializer, Error as _, MapAccess, Visitor};

use crate::envelope::{Members, Name};

/// A place for the payload of a reply. All replies are judged by the same code: only this is compiled for each type.
pub(crate) trait Payload: Send {
    /// Reads the payload from its own JSON.
    fn read(&mut self, json: &str) -> serde_json::Result<()>;

    /// Reads a whole reply in one pass: the payload, which is its member `data`, and what stands beside it. None where that cannot be
    /// done; what is wrong is found by reading one after the other.
    fn read_in<'a>(&mut self, reply: &'a str, data: &'static str) -> Option<Members<'a>>;
}

impl<T: DeserializeOwned + Send> Payload for Option<T> {
    fn read(&mut self, json: &str) -> serde_json::Result<()> {
        *self = Some(wire::read_json(json)?);
        Ok(())
    }

    fn read_in<'a>(&mut self, reply: &'a str, data: &'static str) -> Option<Members<'a>> {
        *self = None;
        let mut json = serde_json::Deserializer::from_str(reply);
        let members = json.deserialize_map(Whole { data, payload: self }).ok()?;
        json.end().ok()?;
        self.is_some().then_some(members)
    }
}

/// Takes the top level of a reply apart.
struct Whole<'p, T> {
    data: &'static str,
    payload: &'p mut Option<T>,
}

impl<'de, T: Deserialize<'de>> Visitor<'de> for Whole<'_, T> {
    type Value = Members<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Members<'de>, A::Error> {
        let mut members = Members::default();
        while let Some(Name(name)) = map.next_key()? {
            if name != self.data {
                members.add(name, map.next_value()?)?;
            } else if self.payload.is_none() {
                let Object(payload) = map.next_value()?;
                *self.payload = Some(payload);
            } else {
                return Err(A::Error::custom("a member occurs twice"));
            }
        }
        Ok(members)
    }
}

/// A value that is an object. serde would read a list into an object's members, one after the other.
struct Object<T>(T);

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Object<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Map<T>(PhantomData<T>);
        impl<'de, T: Deserialize<'de>> Visitor<'de> for Map<T> {
            type Value = T;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<T, A::Error> {
                T::deserialize(MapAccessDeserializer::new(map))
            }
        }
        deserializer.deserialize_map(Map(PhantomData)).map(Object)
    }
}
