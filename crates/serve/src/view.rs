//! What goes out: payments, events, cases, surpluses and notifications as JSON.

use gerbang::ledger::{AttemptRecord, CaseRecord, Event, NotificationRecord, OrderRecord, Standing, Surplus};
use gerbang::{Delivery, Payable, PaymentStatus};
use serde_json::{Value, json};

use crate::app::App;
use crate::ids;

/// A payment.
pub fn payment(app: &App, record: &OrderRecord) -> Value {
    let current = record.current();
    let open = current.filter(|_| record.standing == Standing::Pending);
    let paid = current.filter(|_| record.standing == Standing::Paid);
    json!({
        "id": ids::payment(&record.order),
        "order": record.order,
        "account": current.map(|attempt| &attempt.account),
        "amount": record.amount,
        "payable": current.and_then(|attempt| attempt.payable),
        "status": record.standing.as_str(),
        "pay_with": open.map_or_else(Vec::new, |attempt| attempt.pay_with.iter().filter_map(payable).collect()),
        "page": app.addresses().page(&record.order),
        "expires_at": current.and_then(|attempt| attempt.expires_at).map(|at| at.to_string()),
        "paid_at": paid.and_then(|attempt| attempt.paid_at).map(|at| at.to_string()),
        "late": paid.is_some_and(|attempt| attempt.late),
        "surplus": record.surplus,
        "attempts": record.attempts.iter().map(attempt).collect::<Vec<_>>(),
        "metadata": record.metadata.as_deref().and_then(|text| serde_json::from_str::<Value>(text).ok()),
        "created_at": record.created_at.to_string(),
    })
}

fn attempt(attempt: &AttemptRecord) -> Value {
    json!({
        "reference": attempt.reference,
        "account": attempt.account,
        "gateway_id": attempt.gateway_id,
        "amount": attempt.amount,
        "payable": attempt.payable,
        "state": attempt.state,
        "ending": attempt.ending.map(|ending| ending.as_str()),
        "delivery": delivery(attempt).as_str(),
        "expires_at": attempt.expires_at.map(|at| at.to_string()),
        "paid_at": attempt.paid_at.map(|at| at.to_string()),
        "late": attempt.late,
        "created_at": attempt.created_at.to_string(),
    })
}

/// Whether the gateway may have been told of an attempt.
fn delivery(attempt: &AttemptRecord) -> Delivery {
    match (attempt.state, attempt.ending.map(|ending| ending.as_str())) {
        ("intended", _) | ("closed", Some("withdrawn" | "not_sent")) => Delivery::NotSent,
        ("sending" | "uncertain", _) | ("closed", Some("absent" | "unseen")) => Delivery::MaybeSent,
        _ => Delivery::Answered,
    }
}

/// A way to pay. One that this version does not know is left out.
fn payable(way: &Payable) -> Option<Value> {
    Some(match way {
        Payable::Qris(payload) => json!({"type": "qris", "payload": payload}),
        Payable::QrImage(url) => json!({"type": "qr_image", "url": url}),
        Payable::VirtualAccount { bank, number } => json!({"type": "virtual_account", "bank": bank, "number": number}),
        Payable::Page(url) => json!({"type": "page", "url": url}),
        Payable::DeepLink(url) => json!({"type": "deep_link", "url": url}),
        Payable::Code(code) => json!({"type": "code", "code": code}),
        _ => return None,
    })
}

/// An event, in the form in which it is delivered too.
pub fn event(event: &Event) -> Value {
    json!({
        "id": event.id(),
        "type": event.kind.as_str(),
        "timestamp": event.at.to_string(),
        "data": {
            "payment": event.order.as_deref().map(ids::payment),
            "order": event.order,
            "account": event.account,
            "reference": event.reference,
            "amount": event.amount,
            "late": event.late,
            "why": event.why,
        },
    })
}

/// A notification. The sender's own word for the state is not in it.
pub fn notification(record: &NotificationRecord) -> Value {
    json!({
        "id": record.id.to_string(),
        "payment": record.order.as_deref().map(ids::payment),
        "order": record.order,
        "account": record.account,
        "reference": record.reference,
        "gateway_id": record.gateway_id,
        "trust": record.trust.as_str(),
        "claimed": claimed(&record.claimed),
        "amount": record.amount,
        "payable": record.payable,
        "outcome": record.outcome.as_str(),
        "tries": record.tries,
        "at": record.at.to_string(),
        "replayable": record.has_body,
    })
}

/// The word for a state that is claimed.
pub fn claimed(status: &PaymentStatus) -> &'static str {
    match status {
        PaymentStatus::Pending => "pending",
        PaymentStatus::Paid => "paid",
        PaymentStatus::Expired => "expired",
        PaymentStatus::Cancelled => "cancelled",
        PaymentStatus::Failed => "failed",
        _ => "unknown",
    }
}

/// A case.
pub fn case(record: &CaseRecord) -> Value {
    let case = &record.case;
    let settled = record.settled.as_ref();
    json!({
        "id": case.id.to_string(),
        "open": settled.is_none(),
        "payment": case.order.as_deref().map(ids::payment),
        "order": case.order,
        "account": case.account,
        "reference": case.reference,
        "why": case.why.as_str(),
        "detail": case.detail,
        "amount": record.amount,
        "at": case.at.to_string(),
        "resolution": settled.map(|settled| settled.resolution.as_str()),
        "by": settled.map(|settled| &settled.person),
        "note": settled.map(|settled| &settled.note),
        "resolved_at": settled.map(|settled| settled.at.to_string()),
    })
}

/// Money that is due back, or was given back.
pub fn surplus(surplus: &Surplus) -> Value {
    let refund = surplus.refund.as_ref();
    json!({
        "id": surplus.id.to_string(),
        "payment": ids::payment(&surplus.order),
        "order": surplus.order,
        "account": surplus.account,
        "reference": surplus.reference,
        "gateway_id": surplus.gateway_id,
        "amount": surplus.amount,
        "why": if surplus.is_second_payment { "second" } else { "excess" },
        "at": surplus.at.to_string(),
        "refunded_at": refund.map(|refund| refund.at.to_string()),
        "by": refund.map(|refund| &refund.person),
        "note": refund.map(|refund| &refund.note),
    })
}
