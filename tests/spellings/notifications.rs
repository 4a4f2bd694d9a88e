//! The notifications of all gateways, changed, read by the generated functions and by the gateways.

use gerbang::{Delivery, Error, Kind, PaymentGateway};
use gerbang_tests::calls;
use gerbang_tests::gateways::{self, Effort};
use gerbang_tests::proof::headers;

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
    let unchanged = sample.value.to_string();
    gateway.parse_notification(&headers(unchanged.as_bytes()), unchanged.as_bytes()).unwrap();
    let unchanged = read(unchanged.as_bytes()).unwrap();
    let is_refusal = |error: &Error| (error.kind(), error.delivery()) == (Kind::InvalidNotification, Delivery::NotSent);
    for place in cells::places(spec, schema, &sample.value, &[]) {
        report.members += 1;
        for wrong in wrong {
            let body = cells::with(&sample.value, &place.path, wrong.bytes.as_deref());
            let expected = Expected::new(spec, &place, wrong);
            let problem = expected.problem(&unchanged, &read(&body), None, is_refusal);
            report.add(title, spec, &place, wrong.name, problem);

            let is_named_otherwise =
                IDENTIFIED_TWICE.contains(&(notification.id.as_str(), cells::written(&place.path).as_str()));
            let is_needed = place.required && !is_named_otherwise;
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
    gateways::make(gateways::named(name), "http://127.0.0.1:1", "not-a-real-key", Effort::ONCE).unwrap()
}
