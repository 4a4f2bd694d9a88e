//! Signatures: where they stand, what is signed, and with which credential.

use super::Report;
use super::grammar::{Kind, OPERATIONS};
use super::spec::{Node, Spec};

const RULE: &str = "signature";

/// Checks every signature.
pub fn check(spec: &Spec, report: &mut Report) {
    for signature in spec.all(&[Kind::Signature]) {
        let Some(owner) = spec.parent(signature) else { continue };
        if !owner.has("x-credential") {
            let help = "add `x-credential`, which names the credential that is the key";
            report.add(&signature.pointer, RULE, "the signature has no key", help);
        }
        let parts = spec.children(signature, "joined");
        if parts.is_empty() {
            report.add(&signature.at("joined"), RULE, "nothing is signed", "name what is joined");
        }
        for part in &parts {
            check_part(report, part);
        }
        check_key(report, signature, owner, &parts);
        for (body, is_sent) in signed(spec, report, owner) {
            check_members(spec, report, owner, &parts, body, is_sent);
            check_credentials(spec, report, owner, &parts, is_sent);
        }
    }
}

/// A part is one thing; only a credential may be described.
fn check_part(report: &mut Report, part: &Node) {
    let kinds = ["body", "member", "credential"].into_iter().filter(|key| part.has(key)).count();
    if kinds != 1 || part.has("body") && !part.says("body") {
        let help = "write `body: true`, `member: order_id` or `credential: merchant_code`";
        report.add(&part.pointer, RULE, "a part of what is signed is the body, a member or a credential", help);
    } else if part.has("description") && !part.has("credential") {
        let help = "only a credential that is named nowhere else is described here";
        report.add(&part.at("description"), RULE, "the part is described where it stands", help);
    }
}

/// HMAC takes the key beside what is joined, a plain hash as a part of it.
fn check_key(report: &mut Report, signature: &Node, owner: &Node, parts: &[&Node]) {
    let key = owner.text("x-credential");
    let is_joined = parts.iter().any(|part| part.has("credential") && part.text("credential") == key);
    match signature.text("algorithm") {
        Some("sha512") if key.is_some() && !is_joined => {
            let help = "add the key to `joined`, where the document has it";
            report.add(&signature.at("algorithm"), RULE, "anybody can make this signature: no key is in it", help);
        }
        Some("hmac-sha256") if is_joined => {
            let help = "leave it out of `joined`: HMAC takes it apart from that";
            report.add(&signature.at("joined"), RULE, "the key is signed with itself", help);
        }
        _ => {}
    }
}

/// The bodies that a signature is of, each with whether it is sent rather than received.
fn signed<'b>(spec: &'b Spec<'b>, report: &mut Report, owner: &Node) -> Vec<(&'b Node<'b>, bool)> {
    let operations = spec.all(OPERATIONS);
    if owner.kind == Kind::SecurityScheme {
        if owner.text("type") != Some("apiKey") || owner.text("in") != Some("header") || owner.has("x-session") {
            let help = "write `type: apiKey` and `in: header`, or put it on a member of the body";
            report.add(&owner.at("x-signature"), RULE, "a signature stands in a header or in the body", help);
        }
        let name = owner.name();
        let is_named = |node: &&Node| {
            let own = node.list("security");
            let all = spec.all(&[Kind::Root]).next().map(|root| root.list("security")).unwrap_or_default();
            let list = if node.has("security") { own } else { all };
            list.iter().any(|entry| entry.get(&name).is_some())
        };
        let users = operations.filter(is_named);
        return users
            .flat_map(|user| {
                let is_sent = user.kind == Kind::Operation;
                spec.bodies(user).into_iter().map(move |body| (body, is_sent))
            })
            .collect();
    }
    let parent = spec.parent(owner).map(|parent| parent.pointer.as_str());
    let bodies: Vec<_> = operations
        .flat_map(|user| {
            let is_sent = user.kind == Kind::Operation;
            spec.bodies(user).into_iter().map(move |body| (body, is_sent))
        })
        .filter(|(body, _)| Some(body.pointer.as_str()) == parent)
        .collect();
    let is_required = bodies.iter().all(|(body, _)| body.texts("required").contains(&owner.name().as_str()));
    if bodies.is_empty() || !is_required || owner.text("type") != Some("string") {
        let help = "put it on a required text of a request's or a notification's body, or on a security scheme";
        report.add(&owner.at("x-signature"), RULE, "no body has this signature", help);
    }
    bodies
}

/// What is signed of a body must be there, and be written in one way only.
fn check_members(spec: &Spec, report: &mut Report, owner: &Node, parts: &[&Node], body: &Node, is_sent: bool) {
    for part in parts {
        if part.says("body") && is_sent {
            let help = "sign members: what is sent has the signature in it";
            report.add(&part.pointer, RULE, "a request cannot sign its whole body", help);
        } else if part.says("body") && (owner.kind == Kind::Property || parts.len() > 1) {
            let help = "sign members, or let the signature be a header over the body alone";
            report.add(&part.pointer, RULE, "the whole body is signed alone, in a header", help);
        }
        let Some(name) = part.text("member") else { continue };
        let member = spec.node(&format!("{}/properties/{}", body.pointer, crate::yaml::escape(name)));
        let member = member.filter(|member| !member.has("x-credential")).and_then(|member| spec.inner(member));
        let is_required = body.texts("required").contains(&name);
        let is_written = member.is_some_and(|member| {
            matches!(member.text("type"), Some("string" | "integer")) && !member.says("nullable")
        });
        if !is_required || !is_written {
            let message = format!("`{name}` is no required text or whole number of the body");
            report.add(&part.pointer, RULE, message, "sign members that are always there and written in one way");
        }
    }
}

/// In what is received the credential is the key: nothing else is known where it is checked. What is sent may join any that is
/// named elsewhere or described here.
fn check_credentials(spec: &Spec, report: &mut Report, owner: &Node, parts: &[&Node], is_sent: bool) {
    for part in parts {
        let Some(name) = part.text("credential") else { continue };
        if !is_sent && Some(name) != owner.text("x-credential") {
            let help = "name the key; another credential is not known where a notification is checked";
            report.add(&part.pointer, RULE, format!("`{name}` is not the key of the notification"), help);
            continue;
        }
        let is_named = spec.nodes().any(|node| {
            node.text("x-credential") == Some(name) && node.kind != Kind::SignaturePart
                || node.text("x-password") == Some(name)
        });
        let is_described = spec
            .all(&[Kind::SignaturePart])
            .any(|other| other.text("credential") == Some(name) && other.has("description"));
        if !is_named && !is_described {
            let help = "add a `description`, or name it in a security scheme, a parameter or a member of a body";
            report.add(&part.pointer, RULE, format!("nothing says what the credential `{name}` is"), help);
        }
    }
}
