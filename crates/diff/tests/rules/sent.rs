//! The cases of what programs give: parameters and members of what is sent.

use serde_json::{Value, json};

use crate::cases::Case;
use crate::{CREATE, SCHEMAS, STATUS, at, remove, require, schema, set};

/// What a customer requires is two texts, which `new` takes by name.
fn two_texts(spec: &mut Value) {
    schema(spec, "Customer", "phone", json!({"type": "string", "description": "P."}));
    require(spec, "Customer", json!(["name", "phone"]));
}

/// Parameters that come.
pub fn added_parameter_cases() -> Vec<Case> {
    vec![
        (
            &[],
            &[|s| {
                let list = at(s, &format!("{STATUS}/parameters")).as_array_mut().unwrap();
                list.push(json!({"name": "full", "in": "query", "description": "F.", "schema": {"type": "boolean"}}));
            }],
            &["parameter-added-optional"],
            "the optional parameter `full` of `payment_status`",
        ),
        (
            &[],
            &[|s| {
                let list = at(s, &format!("{CREATE}/parameters")).as_array_mut().unwrap();
                list.push(json!({"name": "shop", "in": "query", "description": "S.", "schema": {"type": "string"}}));
            }],
            &["parameter-added-optional"],
            "the optional parameter `shop` of `create_payment`",
        ),
        (
            &[],
            &[|s| {
                let list = at(s, &format!("{STATUS}/parameters")).as_array_mut().unwrap();
                list.push(json!({"name": "full", "in": "query", "required": true, "description": "F.", "schema": {"type": "string"}}));
            }],
            &["parameter-added"],
            "the required parameter `full` of `payment_status`",
        ),
    ]
}

/// Parameters that go or change, and their limits.
pub fn changed_parameter_cases() -> Vec<Case> {
    vec![
        (
            &[],
            &[|s| drop(remove(s, CREATE, "parameters"))],
            &["parameter-removed"],
            "the parameter `note` of `create_payment`",
        ),
        (
            &[],
            &[|s| set(s, &format!("{CREATE}/parameters/0"), "required", json!(true))],
            &["parameter-type"],
            "is `Identifier` (was `Option<Identifier>`)",
        ),
        (
            &[],
            &[|s| set(s, &format!("{STATUS}/parameters/0"), "x-path-rest", json!(true))],
            &["parameter-rest"],
            "several segments",
        ),
        (
            &[],
            &[|s| set(s, &format!("{STATUS}/parameters/0/schema"), "minLength", json!(2))],
            &["limit-tightened"],
            "at least 2 characters (was at least 1 characters)",
        ),
        (
            &[],
            &[|s| drop(remove(s, &format!("{STATUS}/parameters/0/schema"), "minLength"))],
            &["limit-loosened"],
            "not limited (was at least 1 characters)",
        ),
    ]
}

/// Members of what is sent that come.
pub fn added_member_cases() -> Vec<Case> {
    vec![
        (
            &[],
            &[|s| {
                let words = json!({"type": "string", "x-extensible-enum": ["a"], "description": "W."});
                set(s, SCHEMAS, "Payer", words);
            }],
            &["type-use", "reply-member-type"],
            "`Payer` is a set of words (was received)",
        ),
        (
            &[],
            &[|s| schema(s, "CreatePayment", "phone", json!({"type": "string", "description": "P.", "maxLength": 9}))],
            &["request-member-added-optional"],
            "`phone` of `CreatePayment`, `Option<String>`",
        ),
        (
            &[],
            &[|s| schema(s, "Customer", "phone", json!({"type": "string", "description": "P."}))],
            &["request-member-added-optional"],
            "`phone` of `Customer`, `Option<String>`",
        ),
        (
            &[],
            &[|s| {
                schema(s, "Customer", "phone", json!({"type": "string", "description": "P."}));
                require(s, "Customer", json!(["name", "phone"]));
            }],
            &["request-member-added"],
            "`phone` of `Customer`, `String`",
        ),
    ]
}

/// Members of what is sent that go, change, or are given in another order.
pub fn changed_member_cases() -> Vec<Case> {
    vec![
        (
            &[],
            &[|s| require(s, "CreatePayment", json!(["project", "customer", "amount"]))],
            &["request-order"],
            "`CreatePayment::new` takes `customer`, `amount` (was `amount`, `customer`)",
        ),
        (
            &[two_texts],
            &[two_texts, |s| require(s, "Customer", json!(["phone", "name"]))],
            &["documentation"],
            "what the client does not use",
        ),
        (
            &[],
            &[|s| drop(remove(s, &format!("{SCHEMAS}/CreatePayment/properties"), "state"))],
            &["request-member-removed"],
            "`state` of `CreatePayment`",
        ),
        (
            &[],
            &[|s| require(s, "Customer", json!([]))],
            &["request-member-type"],
            "`name` of `Customer` is `Option<String>` (was `String`)",
        ),
        (
            &[],
            &[|s| require(s, "CreatePayment", json!(["project", "amount", "customer", "items"]))],
            &["request-member-moved"],
            "`items` of `CreatePayment` is given by `new`",
        ),
    ]
}
