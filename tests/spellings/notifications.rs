//! The notifications of all gateways, changed, read by the generated functions and by the gateways.

use gerbang::registry::Proven;
use gerbang::signature::Part;
use gerbang::{Delivery, Error, Kind, PaymentGateway, Secret};
use gerbang_tests::calls;
use gerbang_tests::gateways::{self, Effort};
use gerbang_tests::proof::headers;
use http::HeaderMap;
use serde_json::Value;

use crate::cells;
use crate::judge::{Expected, comparable};
use crate::report::Report;
use crate::spec::{Notification, Sample, Spec};
use crate::values::Wrong;

/// A required member that the gateway can do without, as the notification names the payment a second time (`rq_uuid`).
const IDENTIFIED_TWICE: [(&str, &str); 1] = [("settlement_notification", ".order_id")];

/// Gives every member of every notification every wrong value.
pub fn try_all(wrong: &'static [Wrong], report: &mut Report) {
    for spec in Spec::all() {
        for notification in spec.notifications() {
            for sample in &notification.samples {
                report.notifications += 1;
                try_sample(&spec, &notification, sample, wrong, report);
            }
        }
    }
}

fn try_sample(spec: &Spec, notification: &Notification, sample: &Sample, wrong: &'static [Wrong], report: &mut Report) {
    let title = format!("{} {} {}", spec.name, notification.id, sample.name);
    let title = title.trim_end();
    let at_gateway = format!("{title} at the gateway");
    let schema = spec.component(&notification.body).expect("a component");
    let gateway = gateway(&spec.name, &notification.id);
    let read = |body: &[u8]| {
        let shown = calls::show(&spec.name, &notification.id, body).expect("calls.rs reads it");
        shown.map(|shown| comparable(spec, schema, shown.json))
    };
    // A signature of members is a member too.
    let proof = own_proof(&spec.name);
    let sample_value: Value = serde_json::from_slice(&proven(proof, sample.value.to_string().into_bytes())).unwrap();
    let unchanged = sample_value.to_string();
    gateway.parse_notification(&headers(unchanged.as_bytes()), unchanged.as_bytes()).unwrap();
    let unchanged = read(unchanged.as_bytes()).unwrap();
    let is_refusal = |error: &Error| (error.kind(), error.delivery()) == (Kind::InvalidNotification, Delivery::NotSent);
    for place in cells::places(spec, schema, &sample_value, &[]) {
        report.members += 1;
        for wrong in wrong {
            let body = cells::with(&sample_value, &place.path, wrong.bytes.as_deref());
            let expected = Expected::new(spec, &place, wrong);
            let problem = expected.problem(&unchanged, &read(&body), None, is_refusal);
            report.add(title, spec, &place, wrong.name, problem);

            let is_named_otherwise =
                IDENTIFIED_TWICE.contains(&(notification.id.as_str(), cells::written(&place.path).as_str()));
            let is_needed = (place.required || place.is_compared()) && !is_named_otherwise;
            let is_signed = proof.is_some_and(|proof| signs(&proof, &cells::written(&place.path)));
            let body = if is_signed { proven(proof, body) } else { body };
            let is_refusal = |error: &Error| is_refusal(error) || proof.is_some() && is_unproven(error);
            let problem = match gateway.parse_notification(&headers(&body), &body) {
                Ok(_) if is_needed && expected.readable() == Some(false) => Some("is read".to_owned()),
                Err(error) if !is_needed => Some(format!("is refused: {error}")),
                Err(error) if !is_refusal(&error) => Some(format!("is refused in another way: {error:?}")),
                _ => None,
            };
            report.add(&at_gateway, spec, &place, wrong.name, problem);
        }
    }
}

fn gateway(spec: &str, notification: &str) -> Box<dyn PaymentGateway> {
    let name = if notification == "gopay_notification" { "klink-gopay" } else { spec };
    gateways::make(gateways::named(name), "http://127.0.0.1:1", KEY, Effort::ONCE).unwrap()
}

/// The key of the API.
const KEY: &str = "not-a-real-key";

/// What proves the notifications of a spec's gateway, where that is a member of the body.
fn own_proof(spec: &str) -> Option<Proven> {
    let gateway = gerbang::gateways().find(|gateway| gateway.name == spec)?;
    gateway.notifications?.proof.filter(|proof| proof.proof.header().is_none())
}

/// A body with such a proof; as it is where there is none, or what is signed cannot be.
fn proven(proof: Option<Proven>, body: Vec<u8>) -> Vec<u8> {
    let made = proof.and_then(|proof| proof.prove(&Secret::from(KEY), &mut HeaderMap::new(), body.clone()));
    made.unwrap_or(body)
}

/// Whether a place is a member that is signed.
fn signs(proof: &Proven, place: &str) -> bool {
    let joined = proof.proof.signature.map_or(&[][..], |signature| signature.joined);
    joined.iter().any(|part| matches!(part, Part::Member(name) if place.strip_prefix('.') == Some(name)))
}

/// What cannot be signed is not proven.
fn is_unproven(error: &Error) -> bool {
    (error.kind(), error.delivery()) == (Kind::Authentication, Delivery::NotSent)
}
