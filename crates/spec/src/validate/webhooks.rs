//! Notifications that the provider sends.

use super::Report;
use super::grammar::Kind;
use super::spec::Spec;

const RULE: &str = "webhook";

/// Checks every webhook.
pub fn check(spec: &Spec, report: &mut Report) {
    for item in spec.all(&[Kind::WebhookItem]) {
        if !item.has("post") {
            let message = format!("the webhook `{}` has no `post`", item.name());
            report.add(&item.pointer, RULE, message, "describe it under `post`");
        }
        for method in ["get", "put", "patch", "delete"].into_iter().filter(|method| item.has(method)) {
            let message = format!("a webhook is sent by POST, not by `{method}`");
            report.add(&item.at(method), RULE, message, "describe it under `post`");
        }
    }
    for webhook in spec.all(&[Kind::Webhook]) {
        for key in ["requestBody", "responses", "security"].into_iter().filter(|key| !webhook.has(key)) {
            let help = "add it; `security: []` says that a notification is not signed";
            report.add(&webhook.pointer, RULE, format!("the webhook has no `{key}`"), help);
        }
    }
}
