//! A line for each request and each notification of a running sandbox, on the standard error.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::mpsc::{self, SyncSender};
use std::thread;

use gerbang_sandbox::{Exchange, Traffic, WebhookAttempt};
use serde_json::{Value, json};

use crate::lang::tr;
use crate::output::Output;
use crate::printable::printable;

/// How many lines wait for a terminal that does not take them; others are counted.
const MAX_WAITING: usize = 1_000;

/// A line, as JSON and for people.
type Line = (Value, String);

/// Gives what prints lines once a flag is set, in a thread of its own: a terminal that takes none does not hold the sandbox up.
pub fn printer(output: Output, begun: Arc<AtomicBool>) -> impl Fn(&Traffic) + Send + Sync + 'static {
    let (lines, waiting) = mpsc::sync_channel::<Line>(MAX_WAITING);
    let left_out = Arc::new(AtomicU64::new(0));
    let missed = left_out.clone();
    thread::spawn(move || {
        for (value, text) in waiting {
            output.note(&value, || text);
            let missed = missed.swap(0, Ordering::Relaxed);
            if missed > 0 {
                output.note(&json!({"lines_left_out": missed}), || tr(&format!("{missed} lines were left out")));
            }
        }
    });
    move |traffic| {
        if begun.load(Ordering::Relaxed) {
            print(&lines, &left_out, traffic);
        }
    }
}

fn print(lines: &SyncSender<Line>, left_out: &AtomicU64, traffic: &Traffic) {
    let line = match traffic {
        Traffic::Request(exchange) => request(exchange),
        Traffic::Notification(attempt) => notification(attempt),
        _ => return,
    };
    if lines.try_send(line).is_err() {
        left_out.fetch_add(1, Ordering::Relaxed);
    }
}

fn request(exchange: &Exchange) -> Line {
    let gateway = exchange.provider.map_or("sandbox", gerbang_sandbox::Provider::name);
    let milliseconds = exchange.took.as_millis();
    let value = json!({"request": {
        "method": exchange.method, "path": exchange.path, "gateway": gateway, "status": exchange.status,
        "milliseconds": milliseconds,
    }});
    let status = exchange.status.map_or_else(|| tr("closed"), |status| status.to_string());
    let (method, path) = (printable(&exchange.method), printable(&exchange.path));
    (value, format!("{gateway:<10} {method} {path} {status} {milliseconds} ms"))
}

fn notification(attempt: &WebhookAttempt) -> Line {
    let gateway = attempt.provider.name();
    let value = json!({"notification": {
        "gateway": gateway, "reference": attempt.order, "payment": attempt.payment, "attempt": attempt.attempt,
        "status": attempt.status, "acknowledged": attempt.acknowledged, "error": attempt.error,
    }});
    let status = attempt.status.map(|status| status.to_string());
    let outcome = match (status, attempt.acknowledged) {
        (Some(status), true) => format!("{status} {}", tr("acknowledged")),
        // The cause says what the gateway wants instead.
        (Some(status), false) => status,
        (None, _) => tr("not delivered"),
    };
    // An error may repeat what a receiver wrote, and a name is the merchant's.
    let cause = attempt.error.as_deref().map(|error| format!(": {}", printable(&tr(error)))).unwrap_or_default();
    let order = printable(&attempt.order);
    let what = tr(&format!("notification of {order}, attempt {}", attempt.attempt));
    (value, format!("{gateway:<10} {what}: {outcome}{cause}"))
}
