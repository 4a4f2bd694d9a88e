//! The table of changes: one small change of a spec each, and the rules that it falls under.

use serde_json::{Value, json};

use crate::{CREATE, Edit, SCHEMAS, SCHEMES, STATUS, at, remove, require, schema, set};
use crate::{sent, signed};

fn second_key(spec: &mut Value) {
    let scheme = json!({"type": "apiKey", "in": "header", "name": "X-Other", "description": "Another.", "x-credential": "other"});
    set(spec, SCHEMES, "Other", scheme);
    set(spec, "", "security", json!([{"ApiKey": [], "Other": []}]));
}

pub fn hook_key(spec: &mut Value) {
    let scheme =
        json!({"type": "apiKey", "in": "header", "name": "X-Hook", "description": "A hook.", "x-credential": "hook"});
    set(spec, SCHEMES, "Hook", scheme);
}

fn other_hook_key(spec: &mut Value) {
    let scheme =
        json!({"type": "apiKey", "in": "header", "name": "X-Tie", "description": "A tie.", "x-credential": "tie"});
    set(spec, SCHEMES, "Tie", scheme);
}

fn path_of_two(spec: &mut Value) {
    let mut item = remove(spec, "/paths", "/payments/{id}");
    let second = json!({"name": "shop", "in": "path", "required": true, "description": "The shop.", "schema": {"type": "string"}});
    item["get"]["parameters"].as_array_mut().unwrap().push(second);
    set(spec, "/paths", "/payments/{shop}/{id}", item);
}

fn path_of_two_turned(spec: &mut Value) {
    path_of_two(spec);
    let item = remove(spec, "/paths", "/payments/{shop}/{id}");
    set(spec, "/paths", "/payments/{id}/{shop}", item);
}

fn image(spec: &mut Value, media: &str) {
    let image = json!({(media): {"schema": {"type": "string", "format": "binary", "description": "An image."}}});
    set(spec, &format!("{STATUS}/responses/200"), "content", image);
}

fn no_body(spec: &mut Value) {
    remove(spec, CREATE, "requestBody");
}

fn no_limits(spec: &mut Value) {
    remove(spec, &format!("{SCHEMAS}/Price"), "minimum");
    remove(spec, &format!("{SCHEMAS}/CreatePayment/properties/expires_in"), "maximum");
    schema(spec, "CreatePayment", "note", json!({"type": "string", "format": "identifier", "description": "A note."}));
}

/// The detail of a payment has a member of one of two forms.
fn choice(spec: &mut Value) {
    let object = |about: &str| {
        let word = json!({"type": "string", "description": "The word."});
        let number = json!({"type": "string", "description": "A number."});
        json!({"type": "object", "description": about, "required": ["kind"], "properties": {"kind": word, "number": number}})
    };
    set(spec, SCHEMAS, "Card", object("A card."));
    set(spec, SCHEMAS, "Bank", object("A bank."));
    let forms = json!({"card": "#/components/schemas/Card", "bank": "#/components/schemas/Bank"});
    let choice = json!({
        "description": "How it was paid.",
        "oneOf": [{"$ref": "#/components/schemas/Card"}, {"$ref": "#/components/schemas/Bank"}],
        "discriminator": {"propertyName": "kind", "mapping": forms},
    });
    set(spec, SCHEMAS, "PaidBy", choice);
    schema(spec, "PaymentDetail", "by", json!({"$ref": "#/components/schemas/PaidBy"}));
}

const MAPPING: &str = "/components/schemas/PaidBy/discriminator/mapping";

fn ids(spec: &mut Value) {
    let list = json!({"type": "array", "items": {"type": "string"}});
    let ids = json!({"name": "ids", "in": "query", "description": "Ids.", "schema": list});
    at(spec, STATUS)["parameters"].as_array_mut().unwrap().push(ids);
}

fn key(spec: &mut Value) {
    let schema = json!({"type": "string"});
    let key = json!({"name": "Idempotency-Key", "in": "header", "description": "A key.", "schema": schema});
    at(spec, CREATE)["parameters"].as_array_mut().unwrap().push(key);
}

/// Lists, objects of several forms, keys with which a call may be sent again.
fn shape_cases() -> Vec<Case> {
    vec![
        (
            &[choice],
            &[choice, |s| set(s, MAPPING, "debit", json!("#/components/schemas/Card"))],
            &["form-added"],
            "the form `debit` of `PaidBy`, `Card`",
        ),
        (
            &[choice, |s| set(s, MAPPING, "debit", json!("#/components/schemas/Card"))],
            &[choice],
            &["form-removed"],
            "the form `debit` of `PaidBy`",
        ),
        (
            &[choice, |s| set(s, MAPPING, "debit", json!("#/components/schemas/Card"))],
            &[choice, |s| set(s, MAPPING, "debit", json!("#/components/schemas/Bank"))],
            &["form-type"],
            "is `Bank` (was `Card`)",
        ),
        (
            &[ids],
            &[ids, |s| set(s, &format!("{STATUS}/parameters/1"), "explode", json!(false))],
            &["member-wire"],
            "`ids`",
        ),
        (
            &[key],
            &[key, |s| set(s, CREATE, "x-idempotency-key", json!("Idempotency-Key"))],
            &["resend-allowed"],
            "by Idempotency-Key (was nothing)",
        ),
        (
            &[key, |s| set(s, CREATE, "x-idempotency-key", json!("Idempotency-Key"))],
            &[key],
            &["resend-changed"],
            "by nothing",
        ),
    ]
}

/// What is changed before and after, and the rules that it falls under, with words of what the first says.
pub type Case = (&'static [Edit], &'static [Edit], &'static [&'static str], &'static str);

/// All cases.
pub fn table() -> Vec<Case> {
    [
        client_cases(),
        credential_cases(),
        operation_cases(),
        signed::cases(),
        sent::added_parameter_cases(),
        sent::changed_parameter_cases(),
        exchange_cases(),
        sending_cases(),
        sent::added_member_cases(),
        sent::changed_member_cases(),
        reply_member_cases(),
        limit_and_word_cases(),
        notification_cases(),
        shape_cases(),
    ]
    .concat()
}

/// What every operation has in common.
fn client_cases() -> Vec<Case> {
    vec![
        (&[], &[], &[], ""),
        (
            &[],
            &[|s| set(s, "/servers/0", "url", json!("https://x.example.com"))],
            &["server"],
            "https://x.example.com (was",
        ),
        (
            &[],
            &[|s| {
                let login =
                    json!({"type": "apiKey", "in": "header", "name": "T", "description": "T.", "x-session": "login"});
                set(s, SCHEMES, "Token", login);
            }],
            &["session"],
            "a session must be opened",
        ),
        (
            &[],
            &[|s| set(s, "/x-envelope", "success", json!([true, "yes"]))],
            &["envelope-verdict"],
            "the replies' envelope: `success`",
        ),
        (
            &[],
            &[|s| set(s, STATUS, "x-envelope", json!({"data": "data", "empty": true}))],
            &["envelope-verdict"],
            "of `payment_status`: `empty`",
        ),
        (&[], &[|s| set(s, "/x-envelope", "message", json!(["message"]))], &["envelope-place"], "`message`"),
    ]
}

/// What the merchant must know.
fn credential_cases() -> Vec<Case> {
    vec![
        (&[], &[second_key], &["credential-added", "credential-place"], "the credential `other`"),
        (&[second_key], &[], &["credential-removed", "credential-place"], "the credential `other`"),
        (&[hook_key], &[hook_key, other_hook_key], &["credential-added-optional"], "`tie`"),
        (&[], &[hook_key], &["notification-renamed", "credential-added-optional"], "`payment_notification_unverified`"),
        (
            &[],
            &[|s| {
                schema(
                    s,
                    "CreatePayment",
                    "project",
                    json!({"type": "integer", "format": "uint32", "x-credential": "project", "description": "The project."}),
                );
            }],
            &["credential-changed"],
            "`project` is a number (was a text)",
        ),
        (
            &[second_key],
            &[second_key, |s| set(s, "", "security", json!([{"ApiKey": []}]))],
            &["credential-changed", "notification-renamed", "credential-place"],
            "a secret for notifications only (was a secret)",
        ),
        (
            &[second_key],
            &[second_key, |s| {
                set(s, &format!("{SCHEMES}/ApiKey"), "x-credential", json!("other"));
                set(s, &format!("{SCHEMES}/Other"), "x-credential", json!("api_key"));
                set(s, &format!("{SCHEMES}/ApiKey"), "description", json!("Another."));
                set(s, &format!("{SCHEMES}/Other"), "description", json!("The key."));
            }],
            &["credential-order", "credential-place"],
            "`other`, `api_key`",
        ),
    ]
}

/// Operations and their paths.
fn operation_cases() -> Vec<Case> {
    vec![
        (
            &[|s| drop(remove(s, "/paths", "/payments/{id}"))],
            &[],
            &["operation-added", "type-added"],
            "`payment_status` (GET /payments/{id})",
        ),
        (
            &[],
            &[|s| drop(remove(s, "/paths", "/payments/{id}"))],
            &["operation-removed", "type-removed"],
            "`payment_status` (GET /payments/{id})",
        ),
        (
            &[],
            &[|s| set(s, STATUS, "operationId", json!("status"))],
            &["operation-renamed"],
            "`payment_status` is `status`",
        ),
        (
            &[],
            &[|s| {
                let item = remove(s, "/paths", "/payments/{id}");
                set(s, "/paths", "/status/{id}", item);
            }],
            &["request-line"],
            "`payment_status` is GET /status/{id} (was GET /payments/{id})",
        ),
        (&[], &[|s| set(s, STATUS, "x-alternative-paths", json!(["/p/{id}"]))], &["request-line"], "`/p/{id}`"),
        (&[path_of_two], &[path_of_two_turned], &["path-order", "request-line"], "`id`, `shop`"),
    ]
}

/// Bodies and replies.
fn exchange_cases() -> Vec<Case> {
    vec![
        (
            &[no_body],
            &[],
            &["body-added", "credential-added", "credential-place", "type-added"],
            "takes a `CreatePayment`",
        ),
        (
            &[],
            &[no_body],
            &["body-removed", "credential-removed", "type-removed", "credential-place"],
            "takes no `CreatePayment` any more",
        ),
        (
            &[],
            &[|s| {
                let body = remove(s, SCHEMAS, "CreatePayment");
                set(s, SCHEMAS, "Order", body);
                let target = json!({"$ref": "#/components/schemas/Order"});
                set(s, &format!("{CREATE}/requestBody/content/application~1json"), "schema", target);
            }],
            &["body-type", "type-removed", "type-added"],
            "takes a `Order` (was `CreatePayment`)",
        ),
        (
            &[],
            &[|s| {
                let media = remove(s, &format!("{CREATE}/requestBody/content"), "application/json");
                set(s, &format!("{CREATE}/requestBody/content"), "application/x-www-form-urlencoded", media);
            }],
            &["body-media"],
            "sends a form",
        ),
        (
            &[],
            &[|s| {
                let media = remove(s, &format!("{CREATE}/requestBody/content"), "application/json");
                set(s, &format!("{CREATE}/requestBody/content"), "application/merge-patch+json", media);
            }],
            &["body-media"],
            "sends application/merge-patch+json",
        ),
        (
            &[|s| image(s, "image/png")],
            &[|s| image(s, "image/svg+xml")],
            &["reply-media"],
            "returns image/svg+xml (was image/png)",
        ),
        (&[], &[|s| image(s, "image/png")], &["reply-type", "type-removed"], "returns `Bytes` (was `PaymentDetail`)"),
    ]
}

/// What is sent beside the caller's own, and whether it may be sent again.
fn sending_cases() -> Vec<Case> {
    vec![
        (
            &[],
            &[|s| set(s, &format!("{SCHEMES}/ApiKey"), "name", json!("X-Key"))],
            &["credential-place"],
            "`create_payment` sends",
        ),
        (
            &[],
            &[|s| set(s, CREATE, "x-idempotency", json!("idempotent"))],
            &["resend-allowed"],
            "is `idempotent` when sent again (was `none`)",
        ),
        (
            &[],
            &[|s| set(s, STATUS, "x-idempotency", json!("none"))],
            &["resend-changed"],
            "is `none` when sent again (was `safe`)",
        ),
    ]
}

/// Members of what is received.
fn reply_member_cases() -> Vec<Case> {
    vec![
        (
            &[],
            &[|s| schema(s, "Payer", "email", json!({"type": "string", "format": "email", "description": "E."}))],
            &["reply-member-added"],
            "`email` of `Payer`, `Option<String>`",
        ),
        (
            &[],
            &[|s| {
                schema(s, "Payer", "id", json!({"type": "string", "format": "identifier", "description": "I."}));
                require(s, "Payer", json!(["name", "id"]));
            }],
            &["reply-member-demanded"],
            "`id` of `Payer`, `Identifier`",
        ),
        (
            &[],
            &[|s| require(s, "PaymentDetail", json!(["id", "state", "labels"]))],
            &["reply-member-demanded"],
            "`labels` of `PaymentDetail` must be there",
        ),
        (
            &[],
            &[|s| drop(remove(s, &format!("{SCHEMAS}/PaymentDetail/properties"), "labels"))],
            &["reply-member-removed"],
            "`labels` of `PaymentDetail`",
        ),
        (
            &[],
            &[|s| require(s, "PaymentDetail", json!(["id"]))],
            &["reply-member-type"],
            "`state` of `PaymentDetail` is `Option<Open<State>>` (was `Open<State>`)",
        ),
        (
            &[],
            &[|s| set(s, &format!("{SCHEMAS}/PaymentNotification/properties/id"), "type", json!("integer"))],
            &["member-wire"],
            "`id` of `PaymentNotification`",
        ),
    ]
}

/// Limits of members, and words.
fn limit_and_word_cases() -> Vec<Case> {
    vec![
        (
            &[],
            &[|s| set(s, &format!("{SCHEMAS}/Price"), "minimum", json!(2000))],
            &["limit-tightened"],
            "`amount` of `CreatePayment`: at least 2000 (was at least 1000)",
        ),
        (
            &[],
            &[|s| set(s, &format!("{SCHEMAS}/Note"), "maxLength", json!(50))],
            &["limit-loosened"],
            "`note` of `CreatePayment`: at most 50 characters (was at most 40 characters)",
        ),
        (
            &[],
            &[|s| set(s, &format!("{SCHEMAS}/Price"), "maximum", json!(9000))],
            &["limit-tightened"],
            "at most 9000 (was not limited)",
        ),
        (
            &[|s| require(s, "CreatePayment", json!(["project", "amount", "customer", "state"]))],
            &[|s| {
                require(s, "CreatePayment", json!(["project", "amount", "customer", "state"]));
                let rule = json!([{"member": "state", "words": ["paid"], "minimum": 5}]);
                set(s, &format!("{SCHEMAS}/CreatePayment/properties/expires_in"), "x-limits", rule);
            }],
            &["limit-tightened"],
            "`expires_in` with `state` of `paid` of `CreatePayment`: at least 5 (was not limited)",
        ),
        (&[], &[no_limits], &["limits-removed"], "the limits of `CreatePayment`"),
        (
            &[],
            &[|s| set(s, &format!("{SCHEMAS}/State"), "x-extensible-enum", json!(["pending", "paid", "late"]))],
            &["word-added"],
            "the word `late` of `State`",
        ),
        (
            &[],
            &[|s| set(s, &format!("{SCHEMAS}/State"), "x-extensible-enum", json!(["pending"]))],
            &["word-removed"],
            "the word `paid` of `State`",
        ),
        (
            &[],
            &[|s| set(s, &format!("{SCHEMAS}/State"), "x-extensible-enum", json!(["pending", "PAID"]))],
            &["word-respelled"],
            "`paid` of `State` is written `PAID`",
        ),
    ]
}

/// Notifications, and what people read.
fn notification_cases() -> Vec<Case> {
    vec![
        (
            &[],
            &[|s| {
                let mut other = at(s, "/x-webhooks/payment").clone();
                other["post"]["operationId"] = json!("refund_notification");
                set(s, "/x-webhooks", "refund", other);
            }],
            &["notification-added"],
            "`refund_notification`",
        ),
        (
            &[],
            &[|s| drop(remove(s, "/x-webhooks", "payment"))],
            &["notification-removed", "type-removed"],
            "the notification `payment_notification`",
        ),
        (
            &[],
            &[|s| {
                let schema = json!({"$ref": "#/components/schemas/PaymentDetail"});
                set(s, "/x-webhooks/payment/post/requestBody/content/application~1json", "schema", schema);
            }],
            &["notification-type", "type-removed"],
            "`payment_notification` is a `PaymentDetail` (was `PaymentNotification`)",
        ),
        (&[], &[|s| set(s, CREATE, "summary", json!("Makes a payment."))], &["documentation"], "`create_payment`"),
        (
            &[],
            &[|s| set(s, &format!("{SCHEMAS}/Row/properties/text"), "description", json!("A text."))],
            &["documentation"],
            "`text` of `Row`",
        ),
        (
            &[],
            &[|s| set(s, &format!("{SCHEMAS}/State"), "description", json!("A state."))],
            &["documentation"],
            "`State`",
        ),
        (&[], &[|s| set(s, "/info", "version", json!("2"))], &["documentation"], "what the client does not use"),
    ]
}
