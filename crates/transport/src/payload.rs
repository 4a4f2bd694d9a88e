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

#[cfg(test)]
mod tests {
    use gerbang_core::Kind;
    use gerbang_core::operation::{Envelope, Operation};

    use crate::reply::tests::{BASE, judge_reply};

    #[test]
    fn payload_in_a_member_is_believed_only_beside_a_success() {
        static MEMBER: Operation =
            Operation { envelope: Envelope { data: Some("data"), error: &["error"], ..BASE.envelope }, ..BASE };
        static FLAG: Operation = Operation {
            envelope: Envelope { data: Some("data"), flag: &["data"], flag_optional: true, ..BASE.envelope },
            ..BASE
        };
        let read = |body| judge_reply(&MEMBER, 200, body);
        for body in [
            r#"{"success":true,"data":{"a":1}}"#,
            r#"{"data":{"a":1},"more":[1],"error":null,"success":true}"#,
            // Read in a second pass.
            r#"{"success":true,"data":{"a":1,"b":1e400}}"#,
        ] {
            assert_eq!(read(body).unwrap()["a"], 1, "{body}");
        }
        for body in [
            r#"{"data":{"a":1}}"#,
            r#"{"success":"pending","data":{"a":1}}"#,
            r#"{"success":true,"data":{"a":1},"data":{"a":2}}"#,
            r#"{"success":true,"success":true,"data":{"a":1}}"#,
            r#"{"success":true,"data":[1]}"#,
            r#"{"success":true,"data":null}"#,
            r#"{"success":true}"#,
            r#"{"success":true,"data":{"a":1}} x"#,
            r#"{"success":true,"data":{"a":1}"#,
        ] {
            assert_eq!(read(body).expect_err(body).kind(), Kind::UnexpectedReply, "{body}");
        }
        for body in [
            r#"{"success":false,"data":{"a":1}}"#,
            r#"{"data":{"a":1},"success":false}"#,
            r#"{"success":true,"data":{"a":1},"error":"no"}"#,
        ] {
            assert_eq!(read(body).expect_err(body).kind(), Kind::Rejected, "{body}");
        }
        assert_eq!(
            judge_reply(&MEMBER, 500, r#"{"success":true,"data":{"a":1}}"#).unwrap_err().kind(),
            Kind::Unavailable
        );
        assert!(judge_reply(&FLAG, 200, r#"{"data":{"a":1}}"#).is_err());
    }
}
