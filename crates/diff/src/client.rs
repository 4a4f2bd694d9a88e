//! What concerns a client as a whole: its server, its envelope, its credentials, its notifications.

use serde_json::{Map, Value};

use super::Found;
use gerbang_spec::model::{Credential, CredentialKind, Model};

/// What changes of credentials are about.
pub const CREDENTIALS: &str = "Credentials";

/// Compares two states of a spec.
pub fn compare(old: &Model, new: &Model, found: &mut Found) {
    found.documentation(&(&old.title, &old.description), &(&new.title, &new.description), "the provider's description");
    if old.base_url != new.base_url {
        found.add("server", format!("the server is {} (was {})", new.base_url, old.base_url));
    }
    if old.session != new.session {
        found.add(
            "session",
            if new.session { "a session must be opened first" } else { "no session is opened any more" },
        );
    }
    envelope(&old.envelope, &new.envelope, "the replies' envelope", found);
    found.about(CREDENTIALS);
    credentials(old, new, found);
    notifications(old, new, found);
    found.about("");
}

/// Compares what two envelopes say, those of a document or of one operation.
pub fn envelope(old: &Map<String, Value>, new: &Map<String, Value>, of: &str, found: &mut Found) {
    for (keys, rule) in [
        (
            &["flag", "success", "failure", "flag-optional", "error", "status-is-conclusive", "empty", "failures"][..],
            "envelope-verdict",
        ),
        (&["message", "code", "data", "flag-stays", "lift", "lift-from"][..], "envelope-place"),
    ] {
        let changed: Vec<_> = keys.iter().filter(|key| old.get(**key) != new.get(**key)).copied().collect();
        if !changed.is_empty() {
            found.add(rule, format!("{of}: `{}`", changed.join("`, `")));
        }
    }
}

fn credentials(old: &Model, new: &Model, found: &mut Found) {
    let find = |model: &Model, name: &str| model.credentials.iter().find(|credential| credential.name == name).cloned();
    for credential in &old.credentials {
        let Some(now) = find(new, &credential.name) else {
            found.add("credential-removed", format!("the credential `{}`", credential.name));
            continue;
        };
        let (was, is) = (form(credential), form(&now));
        if was != is {
            found.add("credential-changed", format!("the credential `{}` is {is} (was {was})", now.name));
        }
        let of = format!("the credential `{}`", now.name);
        found.documentation(&credential.description, &now.description, &of);
    }
    for credential in new.credentials.iter().filter(|credential| find(old, &credential.name).is_none()) {
        let rule = if credential.optional { "credential-added-optional" } else { "credential-added" };
        found.add(rule, format!("the credential `{}`", credential.name));
    }
    // Those that are arguments of both.
    let arguments = |model: &Model, other: &Model| -> Vec<String> {
        let is_argument = |credential: &&Credential| {
            !credential.optional && find(other, &credential.name).is_some_and(|other| !other.optional)
        };
        model.credentials.iter().filter(is_argument).map(|credential| credential.name.clone()).collect()
    };
    let now = arguments(new, old);
    if arguments(old, new) != now {
        found.add("credential-order", format!("credentials are now asked for as `{}`", now.join("`, `")));
    }
}

fn form(credential: &Credential) -> String {
    let kind = match credential.kind {
        CredentialKind::Secret => "a secret",
        CredentialKind::Text => "a text",
        CredentialKind::Number => "a number",
    };
    format!("{kind}{}", if credential.optional { " for notifications only" } else { "" })
}

fn notifications(old: &Model, new: &Model, found: &mut Found) {
    for notification in &old.notifications {
        let id = &notification.id;
        found.about(id);
        let Some(now) = new.notifications.iter().find(|now| now.id == *id) else {
            found.add("notification-removed", format!("the notification `{id}`"));
            continue;
        };
        // See `generate::notifications`: the name of the function says that it does not verify.
        if old.is_proven(notification) != new.is_proven(now) {
            let (was, is) = if new.is_proven(now) { ("", "_unverified") } else { ("_unverified", "") };
            found.add(
                "notification-renamed",
                format!("the notification `{id}` is read by `{id}{is}` (was `{id}{was}`)"),
            );
        }
        if notification.proof != now.proof {
            found.add("notification-proof", format!("the notification `{id}` is proven in another way"));
        }
        if notification.component != now.component {
            let (is, was) = (&now.component, &notification.component);
            found.add("notification-type", format!("the notification `{id}` is a `{is}` (was `{was}`)"));
        }
        let was = (&notification.summary, &notification.description, &notification.source, &notification.guess);
        let is = (&now.summary, &now.description, &now.source, &now.guess);
        found.documentation(&was, &is, &format!("the notification `{id}`"));
    }
    for now in new.notifications.iter().filter(|now| old.notifications.iter().all(|it| it.id != now.id)) {
        found.add("notification-added", format!("the notification `{}`", now.id));
    }
}
