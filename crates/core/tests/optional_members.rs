//! What is reported of an optional member that cannot be read.

use std::fmt::{self, Write as _};
use std::sync::{Arc, Mutex};

use gerbang_core::{Identifier, JakartaTime, JsonString, Rows, Rupiah};
use serde::Deserialize;
use tracing::field::{Field, Visit};
use tracing::{Event, Metadata, Subscriber, span};

gerbang_core::optional_members! {
    optional { fee "fee" expired_at "expiredAt" note "note" id "id" }
    optional_json { json "json" }
    optional_list { rows "rows" }
    optional_object { inner "inner" }
}

#[derive(Debug, Deserialize)]
#[allow(dead_code)]
struct Reply {
    #[serde(default, deserialize_with = "optional::fee")]
    fee: Option<Rupiah>,
    #[serde(rename = "expiredAt", default, deserialize_with = "optional::expired_at")]
    expired_at: Option<JakartaTime>,
    #[serde(default, deserialize_with = "optional::note")]
    note: Option<String>,
    #[serde(default, deserialize_with = "optional::id")]
    id: Option<Identifier>,
    #[serde(default, deserialize_with = "optional_json::json")]
    json: Option<JsonString<Row>>,
    #[serde(default, deserialize_with = "optional_list::rows")]
    rows: Rows<Row>,
    #[serde(default, deserialize_with = "optional_object::inner")]
    inner: Option<Row>,
}

#[derive(Debug, Deserialize)]
#[allow(dead_code)]
struct Row {
    amount: Rupiah,
}

/// Writes down every event.
#[derive(Clone, Default)]
struct Reported(Arc<Mutex<Vec<String>>>);

impl Subscriber for Reported {
    fn enabled(&self, _: &Metadata<'_>) -> bool {
        true
    }

    fn new_span(&self, _: &span::Attributes<'_>) -> span::Id {
        span::Id::from_u64(1)
    }

    fn record(&self, _: &span::Id, _: &span::Record<'_>) {}

    fn record_follows_from(&self, _: &span::Id, _: &span::Id) {}

    fn event(&self, event: &Event<'_>) {
        struct Line(String);
        impl Visit for Line {
            fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
                write!(self.0, " {field}={value:?}").unwrap();
            }
        }
        let mut line = Line(event.metadata().level().to_string());
        event.record(&mut line);
        self.0.lock().unwrap().push(line.0);
    }

    fn enter(&self, _: &span::Id) {}

    fn exit(&self, _: &span::Id) {}
}

fn reported_for(json: &str) -> Vec<String> {
    let reported = Reported::default();
    let read = tracing::subscriber::with_default(reported.clone(), || serde_json::from_str::<Reply>(json));
    read.unwrap();
    reported.0.lock().unwrap().drain(..).collect()
}

#[test]
fn an_unreadable_member_is_named_and_its_value_is_not_shown() {
    for (json, member) in [
        (r#"{"fee": "canary"}"#, "fee"),
        (r#"{"fee": 918273645.5}"#, "fee"),
        (r#"{"fee": {"canary": 1}}"#, "fee"),
        (r#"{"expiredAt": 918273645}"#, "expiredAt"),
        (r#"{"note": ["canary"]}"#, "note"),
        (r#"{"id": "canary\ufffd"}"#, "id"),
        (r#"{"json": "{\"canary\": 1}"}"#, "json"),
        (r#"{"rows": "canary"}"#, "rows"),
        (r#"{"inner": {"amount": "canary"}}"#, "inner"),
        (r#"{"rows": [{"amount": "canary"}]}"#, "Row"),
    ] {
        let reported = reported_for(json);
        assert_eq!(reported.len(), 1, "{json}: {reported:?}");
        assert!(reported[0].starts_with("WARN") && reported[0].contains(member), "{json}: {reported:?}");
        assert!(!reported[0].contains("canary") && !reported[0].contains("918273645"), "{json}: {reported:?}");
    }
}

#[test]
fn what_is_read_or_blank_is_not_reported() {
    for json in [
        "{}",
        r#"{"fee": null, "expiredAt": null, "note": null, "id": null, "json": null, "rows": null, "inner": null}"#,
        r#"{"fee": "", "expiredAt": "-", "note": "-", "id": 0, "json": "", "rows": [], "inner": []}"#,
        r#"{"fee": " - ", "rows": {}, "inner": "", "id": "0"}"#,
        r#"{"fee": 7, "expiredAt": "soon", "id": "7", "json": {"amount": 1}, "rows": [{"amount": 1}], "inner": {"amount": 1}}"#,
    ] {
        assert!(reported_for(json).is_empty(), "{json}: {:?}", reported_for(json));
    }
}
