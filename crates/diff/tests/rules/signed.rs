//! Changes of how requests are signed and of what proves notifications.

use serde_json::{Value, json};

use crate::cases::{Case, hook_key};
use crate::{SCHEMAS, SCHEMES, at, schema, set};

fn hooked(spec: &mut Value) {
    hook_key(spec);
    set(spec, "/x-webhooks/payment/post", "security", json!([{"Hook": []}]));
}

fn signature(spec: &mut Value, joined: Value) {
    let signature = json!({"algorithm": "hmac-sha256", "digits": "lower-hex", "joined": joined});
    let member = json!({
        "type": "string", "x-credential": "api_key", "x-signature": signature, "description": "A signature."
    });
    schema(spec, "CreatePayment", "signature", member);
    let body = at(spec, &format!("{SCHEMAS}/CreatePayment")).clone();
    let mut required = body["required"].as_array().unwrap().clone();
    required.push(json!("signature"));
    set(spec, &format!("{SCHEMAS}/CreatePayment"), "required", json!(required));
}

fn signed(spec: &mut Value) {
    signature(spec, json!([{"member": "amount"}]));
}

fn signed_with_project(spec: &mut Value) {
    signature(spec, json!([{"credential": "project"}, {"member": "amount"}]));
}

pub fn cases() -> Vec<Case> {
    vec![
        (&[], &[signed], &["credential-place"], "`create_payment` is signed in another way"),
        (&[signed], &[signed_with_project], &["credential-place"], "`create_payment` is signed in another way"),
        (
            &[hooked],
            &[hooked, |s| set(s, &format!("{SCHEMES}/Hook"), "name", json!("X-Other"))],
            &["notification-proof"],
            "`payment_notification` is proven in another way",
        ),
        (
            &[hooked],
            &[hooked, |s| {
                let signature = json!({"algorithm": "hmac-sha256", "digits": "lower-hex", "joined": [{"body": true}]});
                set(s, &format!("{SCHEMES}/Hook"), "x-signature", signature);
            }],
            &["notification-proof"],
            "`payment_notification` is proven in another way",
        ),
    ]
}
