//! Signing requests.

use std::borrow::Cow;

use crate::operation::SignatureUse;
use crate::signature::{Members, Part, written};
use crate::{Credential, Credentials};

impl SignatureUse {
    /// The signature of a request whose body has these members; none where a credential or a member that is signed is missing or
    /// empty.
    pub fn value(&self, credentials: &dyn Credentials, members: &Members) -> Option<String> {
        let Some(Credential::Secret(key)) = credentials.get(self.key) else { return None };
        let part = |part: &Part| match part {
            // What is sent has the signature in it.
            Part::Body => None,
            Part::Member(name) => written(members.get(*name)?),
            Part::Credential(name) => Some(text_of(credentials.get(name)?)),
        };
        let parts: Vec<_> = self.signature.joined.iter().map(part).collect::<Option<_>>()?;
        let is_whole = !key.expose().trim().is_empty() && parts.iter().all(|part| !part.is_empty());
        is_whole.then(|| self.signature.of(key, parts.iter().map(AsRef::as_ref)))
    }
}

fn text_of(credential: Credential<'_>) -> Cow<'_, [u8]> {
    match credential {
        Credential::Secret(secret) => secret.expose().as_bytes().into(),
        Credential::Text(text) => text.as_bytes().into(),
        Credential::Number(number) => number.to_string().into_bytes().into(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::Secret;
    use crate::operation::Place;
    use crate::signature::{Algorithm, Digits, Signature};

    /// As Tripay has its payments signed.
    const USE: SignatureUse = SignatureUse {
        key: "private_key",
        place: Place::Body("signature"),
        signature: Signature {
            algorithm: Algorithm::HmacSha256,
            digits: Digits::Lower,
            joined: &[Part::Credential("merchant_code"), Part::Member("merchant_ref"), Part::Member("amount")],
        },
    };

    struct Given {
        key: Secret,
        code: &'static str,
    }

    impl Credentials for Given {
        fn get(&self, name: &str) -> Option<Credential<'_>> {
            match name {
                "private_key" => Some(Credential::Secret(&self.key)),
                "merchant_code" => Some(Credential::Text(self.code)),
                _ => None,
            }
        }

        fn secrets(&self) -> Vec<&Secret> {
            vec![&self.key]
        }
    }

    fn signed(key: &str, code: &'static str, body: serde_json::Value) -> Option<String> {
        USE.value(&Given { key: Secret::from(key), code }, body.as_object().unwrap())
    }

    #[test]
    fn request_is_signed_as_the_document_prints_it() {
        let key = "ytf6ooi2gmlNPfpchd94jDOk8hRWOu";
        let printed = "9f167eba844d1fcb369404e2bda53702e2f78f7aa12e91da6715414e65b8c86a";
        for amount in [json!(1_500_000), json!("1500000")] {
            let body = json!({"merchant_ref": "INV55567", "amount": amount, "method": "QRIS"});
            assert_eq!(signed(key, "T0001", body).as_deref(), Some(printed));
        }
    }

    #[test]
    fn nothing_is_signed_of_which_a_part_is_missing() {
        let whole = json!({"merchant_ref": "INV55567", "amount": 1_500_000});
        assert!(signed("key", "T0001", whole.clone()).is_some());
        for key in ["", " "] {
            assert_eq!(signed(key, "T0001", whole.clone()), None);
        }
        assert_eq!(signed("key", "", whole), None);
        for body in [
            json!({"amount": 1_500_000}),
            json!({"merchant_ref": "", "amount": 1}),
            json!({"merchant_ref": "A", "amount": 1.5}),
            json!({"merchant_ref": ["A"], "amount": 1}),
        ] {
            assert_eq!(signed("key", "T0001", body.clone()), None, "{body}");
        }
    }
}
