//! Checking what a notification says of itself.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;

use http::HeaderMap;
use serde_json::Value;
use serde_json::value::RawValue;
use subtle::ConstantTimeEq;

use super::NotificationProof;
use crate::operation::Place;
use crate::signature::{LARGEST, Members, Part, Signature, written};
use crate::{Delivery, Error, Kind, MAX_NOTIFICATION, Secret};

impl NotificationProof {
    /// Checks that a notification was sent by somebody who knows one of the keys. There are several while a key is changed.
    ///
    /// The body must be the bytes that came: JSON that was read and written again has another signature. Values are compared
    /// in constant time. It says nothing of when the notification was made: it may come again.
    ///
    /// # Errors
    ///
    /// [`Kind::InvalidNotification`] when the body is larger than [`MAX_NOTIFICATION`], which is not even hashed then;
    /// [`Kind::Configuration`] when there is no key or one is blank, as everybody could sign with it;
    /// [`Kind::Authentication`] when the proof is missing, is there twice or does not fit. No error shows a key, or the
    /// signature that would be right.
    pub fn check(&self, keys: &[Secret], headers: &HeaderMap, body: &[u8]) -> Result<(), Error> {
        check_size(body)?;
        if keys.is_empty() || keys.iter().any(|key| key.expose().chars().all(char::is_whitespace)) {
            let what = format!("the key of the notification's {self} was not given or is blank");
            return Err(Error::new(Kind::Configuration, Delivery::NotSent, what));
        }
        let members = self.needs_members().then(|| members_of(body)).flatten().unwrap_or_default();
        let given = self.given(headers, &members)?;
        let Some(signature) = &self.signature else {
            let is_key = |key: &Secret| bool::from(given.ct_eq(key.expose().as_bytes()));
            return match any(keys, is_key) {
                true => Ok(()),
                false => Err(self.refused("is another than the one that was agreed on")),
            };
        };
        let mut bytes = [0; LARGEST];
        let bytes = signature.read(&given, &mut bytes).map_err(|why| self.refused(why))?;
        let is_by = |key: &Secret| {
            let parts = parts(signature, key, body, &members);
            parts.is_some_and(|parts| signature.algorithm.is_right(bytes, key, parts.iter().map(AsRef::as_ref)))
        };
        match any(keys, is_by) {
            true => Ok(()),
            false => Err(self.refused(
                "is not that of the body: it is forged or of another key, or the body was changed or written again on its way",
            )),
        }
    }

    /// What stands in the proof's place of a body that is signed with a key; none where the body has no member that is signed.
    /// For tests and tools that play the provider.
    pub fn value(&self, key: &Secret, body: &[u8]) -> Option<String> {
        let Some(signature) = &self.signature else { return Some(key.expose().to_owned()) };
        let members = members_of(body).unwrap_or_default();
        let parts = parts(signature, key, body, &members)?;
        Some(signature.of(key, parts.iter().map(AsRef::as_ref)))
    }

    /// What stands in the proof's place, for tools that say why a notification was refused: each of the headers of that name, or
    /// the member where it is a text.
    pub fn given_values(&self, headers: &HeaderMap, body: &[u8]) -> Vec<String> {
        match self.place {
            Place::Header(name) => {
                let all = headers.get_all(name).iter();
                all.map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned()).collect()
            }
            Place::Body(name) => {
                let member = members_of(body).and_then(|mut members| members.remove(name));
                member.and_then(|member| member.as_str().map(str::to_owned)).into_iter().collect()
            }
            _ => Vec::new(),
        }
    }

    fn needs_members(&self) -> bool {
        let is_member = |part: &Part| matches!(part, Part::Member(_));
        let signs_members = self.signature.is_some_and(|signature| signature.joined.iter().any(is_member));
        signs_members || matches!(self.place, Place::Body(_))
    }

    /// What stands in the proof's place.
    fn given<'a>(&self, headers: &'a HeaderMap, members: &'a Members) -> Result<Cow<'a, [u8]>, Error> {
        match self.place {
            Place::Header(name) => {
                let mut all = headers.get_all(name).iter();
                match (all.next(), all.next()) {
                    (None, _) => Err(self.refused("is missing")),
                    (_, Some(_)) => Err(self.refused("is there more than once")),
                    (Some(given), None) => Ok(given.as_bytes().into()),
                }
            }
            Place::Body(name) => match members.get(name) {
                Some(Value::String(given)) => Ok(given.as_bytes().into()),
                Some(_) => Err(self.refused("is not a text")),
                None => Err(self.refused("is missing")),
            },
            _ => Err(self.refused("stands where no notification has one")),
        }
    }

    fn refused(&self, why: impl fmt::Display) -> Error {
        Error::new(Kind::Authentication, Delivery::NotSent, format!("the notification's {self} {why}"))
    }
}

/// What it is and where it stands: `signature in the header x-servicepayment`.
impl fmt::Display for NotificationProof {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let what = if self.signature.is_some() { "signature" } else { "secret" };
        match self.place {
            Place::Header(name) => write!(f, "{what} in the header {name}"),
            Place::Body(name) => write!(f, "{what} in the member {name}"),
            _ => f.write_str(what),
        }
    }
}

/// What is signed; none where a member is missing or is neither a text nor a whole number.
fn parts<'a>(
    signature: &Signature,
    key: &'a Secret,
    body: &'a [u8],
    members: &'a Members,
) -> Option<Vec<Cow<'a, [u8]>>> {
    let part = |part: &Part| match part {
        Part::Body => Some(body.into()),
        Part::Member(name) => written(members.get(*name)?),
        Part::Credential(_) => Some(key.expose().as_bytes().into()),
    };
    signature.joined.iter().map(part).collect()
}

/// Whether one of the keys fits. No early end: the time does not show which one it was.
fn any(keys: &[Secret], fits: impl Fn(&Secret) -> bool) -> bool {
    keys.iter().fold(false, |found, key| fits(key) | found)
}

/// A body's members. One that cannot be read, such as `1e400`, is null: it spoils no other.
fn members_of(body: &[u8]) -> Option<Members> {
    let text = crate::body::json_text(body);
    let members: BTreeMap<String, &RawValue> = serde_json::from_str(&text).ok()?;
    let value = |raw: &RawValue| serde_json::from_str(raw.get()).unwrap_or_default();
    Some(members.into_iter().map(|(name, raw)| (name, value(raw))).collect())
}

fn check_size(body: &[u8]) -> Result<(), Error> {
    if body.len() <= MAX_NOTIFICATION {
        return Ok(());
    }
    let what = format!("the notification has {} bytes, more than {MAX_NOTIFICATION}", body.len());
    Err(Error::new(Kind::InvalidNotification, Delivery::NotSent, what))
}

#[cfg(test)]
mod tests {
    use http::{HeaderName, HeaderValue};

    use super::*;
    use crate::signature::{Algorithm, Digits};

    /// As Tripay proves its callbacks.
    const HEADER: NotificationProof = NotificationProof {
        place: Place::Header("x-callback-signature"),
        signature: Some(Signature { algorithm: Algorithm::HmacSha256, digits: Digits::Lower, joined: &[Part::Body] }),
    };
    /// As Midtrans proves its notifications.
    const MEMBER: NotificationProof = NotificationProof {
        place: Place::Body("signature_key"),
        signature: Some(Signature {
            algorithm: Algorithm::Sha512,
            digits: Digits::Lower,
            joined: &[
                Part::Member("order_id"),
                Part::Member("status_code"),
                Part::Member("gross_amount"),
                Part::Credential("server_key"),
            ],
        }),
    };
    /// As Pakasir proves its webhooks.
    const SECRET: NotificationProof = NotificationProof { place: Place::Header("x-secret"), signature: None };

    /// The key and the digest that belong to the input of Midtrans' document.
    const SERVER_KEY: &str = "askvnoibnosifnboseofinbofinfgbiufglnbfg";
    const DIGEST: &str = "edc076b21793ebe3e17926350f5b8ae67d902fe657b3d0aa31b932d5c127e2375d308a2bc94f3265ac2d80a1f181a79b\
                          997ac178a236fcff35af263fc4d4c231";

    fn headers(name: &'static str, values: &[&str]) -> HeaderMap {
        let name = HeaderName::from_static(name);
        values.iter().map(|value| (name.clone(), HeaderValue::from_str(value).unwrap())).collect()
    }

    fn settled(amount: &str, digest: &str) -> String {
        format!(r#"{{"order_id":"1111","status_code":"200","gross_amount":{amount},"signature_key":{digest}}}"#)
    }

    fn check(proof: NotificationProof, key: &str, headers: &HeaderMap, body: &str) -> Result<(), (Kind, String)> {
        let checked = proof.check(&[Secret::from(key)], headers, body.as_bytes());
        checked.map_err(|error| {
            assert_eq!(error.delivery(), Delivery::NotSent);
            let text = format!("{error} {error:?}");
            assert!(!text.contains(SERVER_KEY) && !text.contains(&DIGEST[..32]), "{text}");
            (error.kind(), text)
        })
    }

    #[test]
    fn member_signs_other_members_as_they_are_written() {
        let none = HeaderMap::new();
        let body = settled("\"100000.00\"", &format!("\"{DIGEST}\""));
        assert_eq!(check(MEMBER, SERVER_KEY, &none, &body), Ok(()));
        assert_eq!(check(MEMBER, SERVER_KEY, &none, &format!("\u{feff} {body}")), Ok(()));
        assert_eq!(check(MEMBER, SERVER_KEY, &none, &body.replacen('{', "{\"rate\": 1e400, ", 1)), Ok(()));
        assert_eq!(MEMBER.value(&Secret::from(SERVER_KEY), body.as_bytes()).as_deref(), Some(DIGEST));
        for (amount, digest, why) in [
            ("\"100000.0\"", &*format!("\"{DIGEST}\""), "is not that of the body"),
            ("100000.00", &format!("\"{DIGEST}\""), "is not that of the body"),
            ("\"100000.00\"", &format!("\"{}\"", DIGEST.to_uppercase()), "is written in upper case"),
            ("\"100000.00\"", &format!("\"{}\"", &DIGEST[1..]), "has 127 characters, not 128"),
            ("\"100000.00\"", "7", "is not a text"),
        ] {
            let (kind, text) = check(MEMBER, SERVER_KEY, &none, &settled(amount, digest)).unwrap_err();
            assert_eq!(kind, Kind::Authentication);
            assert!(text.contains("signature in the member signature_key") && text.contains(why), "{text}");
        }
        for (body, why) in [("{}", "is missing"), ("[]", "is missing"), ("no JSON", "is missing")] {
            assert!(check(MEMBER, SERVER_KEY, &none, body).unwrap_err().1.contains(why), "{body}");
        }
        assert!(check(MEMBER, "another", &none, &body).unwrap_err().1.contains("is not that of the body"));
        assert_eq!(MEMBER.value(&Secret::from(SERVER_KEY), b"{}"), None);
        let marked = format!("\u{feff}{}", body.replacen('{', "{\"rate\": 1e400, ", 1));
        assert_eq!(MEMBER.given_values(&none, marked.as_bytes()), [DIGEST]);
        assert!(MEMBER.given_values(&none, b"{\"signature_key\": 7}").is_empty());
    }

    #[test]
    fn header_signs_the_body_byte_for_byte() {
        let body = "{ \"status\": \"PAID\" }";
        let right = HEADER.value(&Secret::from("key"), body.as_bytes()).unwrap();
        let given = |values: &[&str]| headers("x-callback-signature", values);
        assert_eq!(check(HEADER, "key", &given(&[&right]), body), Ok(()));
        for (values, body, why) in [
            (&[][..], body, "is missing"),
            (&[&*right, &*right], body, "is there more than once"),
            (&[&*right], "{\"status\":\"PAID\"}", "is not that of the body"),
            (&[&*right.to_uppercase()], body, "is written in upper case"),
            (&[&*right.replace(|_: char| true, "z")], body, "is not hexadecimal"),
        ] {
            let (kind, text) = check(HEADER, "key", &given(values), body).unwrap_err();
            assert!(kind == Kind::Authentication && text.contains(why), "{text}");
        }
    }

    #[test]
    fn any_of_the_keys_is_taken_and_none_that_is_blank() {
        let (body, given) = (b"{}", headers("x-secret", &["old"]));
        let keys = |keys: &[&str]| keys.iter().map(|key| Secret::from(*key)).collect::<Vec<_>>();
        assert!(SECRET.check(&keys(&["new", "old"]), &given, body).is_ok());
        assert_eq!(SECRET.check(&keys(&["new"]), &given, body).unwrap_err().kind(), Kind::Authentication);
        for none in [&[][..], &[""], &["old", " \t"]] {
            let error = SECRET.check(&keys(none), &headers("x-secret", &[""]), body).unwrap_err();
            assert_eq!(error.kind(), Kind::Configuration, "{error}");
        }
        let huge = vec![b' '; MAX_NOTIFICATION + 1];
        let error = SECRET.check(&keys(&["old"]), &given, &huge).unwrap_err();
        assert_eq!(error.kind(), Kind::InvalidNotification);
    }
}
