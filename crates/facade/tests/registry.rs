//! What the gateways' descriptors say is what the gateways do.
#![cfg(feature = "full")]

use gerbang::registry::{Notifications, Settings};
use gerbang::{Error, Kind, Secret, Trust, gateway_named, gateways};
use http::HeaderMap;

const KEY: &str = "not-a-real-key";

/// Every setting is set.
fn settings() -> Settings<'static> {
    Settings::new(|variable| Ok(Some(value(variable).to_owned()))).user_agent("shop/1.0")
}

/// A value that the gateway's setting may have.
fn value(variable: &str) -> &'static str {
    match variable {
        _ if variable.ends_with("KEY") || variable.ends_with("SECRET") => KEY,
        "GERBANG_TRIPAY_QRIS_CHANNEL" => "QRISC",
        _ => "1",
    }
}

fn unset() -> Settings<'static> {
    Settings::new(|_| Ok(None))
}

#[test]
fn descriptor_agrees_with_the_gateway_that_it_makes() {
    let settings = Settings::new(|variable| Ok((!variable.ends_with("BASE_URL")).then(|| value(variable).to_owned())));
    for descriptor in gateways() {
        let gateway = (descriptor.make)(&settings).unwrap();
        assert_eq!(gateway.provider(), descriptor.name);
        assert_eq!(gateway.capabilities(), (descriptor.capabilities)(), "{}", descriptor.name);
        let notifications = descriptor.notifications;
        assert_eq!(gateway.acceptance(), notifications.map_or("", |notifications| notifications.acceptance));
        if let Some(discontinued) = descriptor.discontinued {
            assert!(gateway_named(discontinued.instead).unwrap().discontinued.is_none());
        }
        let trust = gateway.capabilities().notifications;
        assert_eq!(notifications.is_some(), trust != Trust::None, "{}", descriptor.name);
        let proof = notifications.and_then(|notifications| notifications.proof);
        assert_eq!(proof.is_some(), matches!(trust, Trust::Signed | Trust::SharedSecret), "{}", descriptor.name);
    }
}

#[test]
fn missing_setting_is_named() {
    for descriptor in gateways() {
        let error = (descriptor.make)(&unset()).err().unwrap();
        // The command line and the sandbox's paths have it as it is.
        assert_eq!(descriptor.section, descriptor.section.to_ascii_lowercase());
        let prefix = format!("GERBANG_{}_", descriptor.section.to_uppercase());
        assert_eq!(error.kind(), Kind::Configuration);
        assert!(error.to_string().contains(&prefix), "{error}");
        assert!(descriptor.variables.iter().copied().flatten().all(|variable| variable.name.starts_with(&prefix)));
    }
}

#[test]
fn gateway_by_http_needs_its_host_to_be_allowed() {
    let settings = |allowed: Option<&'static str>| {
        Settings::new(move |variable| {
            Ok(match variable {
                "GERBANG_ALLOW_HTTP" => allowed.map(str::to_owned),
                variable if variable.ends_with("BASE_URL") => Some("http://sandbox:8080/gateway".to_owned()),
                _ => Some(value(variable).to_owned()),
            })
        })
    };
    for descriptor in gateways() {
        for refused in [None, Some(""), Some("sandbox.example"), Some("localhost")] {
            let error = (descriptor.make)(&settings(refused)).err().unwrap();
            assert!(error.to_string().contains("GERBANG_ALLOW_HTTP"), "{}: {error}", descriptor.name);
        }
        assert!((descriptor.make)(&settings(Some("sandbox"))).is_ok(), "{}", descriptor.name);
    }
}

#[test]
fn base_url_is_read_from_the_settings() {
    for descriptor in gateways() {
        let error = (descriptor.make)(&settings()).err().unwrap();
        assert_eq!(error.kind(), Kind::Configuration);
        assert!(error.to_string().contains("base URL"), "{}: {error}", descriptor.name);
    }
}

#[test]
fn proven_sample_is_read_and_any_other_proof_refused() {
    for descriptor in gateways() {
        let Some(notifications) = descriptor.notifications else { continue };
        let read = |(headers, body): (HeaderMap, Vec<u8>)| (notifications.reader)(&settings())?(&headers, &body);
        let sample: serde_json::Value = serde_json::from_str(notifications.sample).unwrap();
        let said = read(proven(&notifications, KEY)).unwrap();
        assert_eq!(said.provider, descriptor.name);
        assert_eq!(said.reference.as_deref(), sample[notifications.reference].as_str());
        assert!((notifications.is_own)(notifications.sample.as_bytes()), "{}", descriptor.name);
        assert!(!sample[notifications.status].is_null(), "{}", descriptor.name);
        assert!(notifications.amounts.iter().all(|name| !sample[name].is_null()), "{}", descriptor.name);
        if let Some(proof) = notifications.proof {
            let refused = |result: Result<_, Error>| result.map(|_| ()).unwrap_err().kind();
            let unproven = (HeaderMap::new(), notifications.sample.as_bytes().to_vec());
            assert_eq!(refused(read(unproven)), Kind::Authentication);
            assert_eq!(refused(read(proven(&notifications, "another-key"))), Kind::Authentication);
            let error = (notifications.reader)(&unset()).map(|_| ()).unwrap_err();
            assert!(error.kind() == Kind::Configuration && error.to_string().contains(proof.variable), "{error}");
        }
    }
}

/// The sample with the proof that a key makes.
fn proven(notifications: &Notifications, key: &str) -> (HeaderMap, Vec<u8>) {
    let (mut headers, body) = (HeaderMap::new(), notifications.sample.as_bytes().to_vec());
    let body = match notifications.proof {
        Some(proof) => proof.prove(&Secret::from(key), &mut headers, body).unwrap(),
        None => body,
    };
    (headers, body)
}

#[test]
fn unknown_name_lists_the_known_ones() {
    let error = gateway_named("nobody").unwrap_err();
    assert_eq!(error.kind(), Kind::Configuration);
    assert!(gateways().all(|gateway| error.to_string().contains(gateway.name)), "{error}");
    assert!(gateways().all(|gateway| gateway_named(gateway.name).unwrap().name == gateway.name));
}
