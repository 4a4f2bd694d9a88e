//! The operator's page in English.

use gerbang::ledger::{Ending, EventKind, NotificationOutcome, Resolution, Standing, Why};
use gerbang::{PaymentStatus, Trust};

use super::{Reason, Words};
use crate::webhooks::Became;

pub static WORDS: Words = Words {
    other_language: "Bahasa Indonesia",
    skip: "Skip to the content",
    navigation: "Pages",
    payments: "Payments",
    cases: "Cases",
    notifications: "Notifications",
    events: "Events",
    accounts: "Accounts",
    sign_in: "Sign in",
    sign_out: "Sign out",
    sign_in_advice: "With a token of scope admin. One is made on the daemon's machine: gerbang serve token new --scope admin",
    token: "Token",
    wrong_token: "This token is not known.",
    shop_token: "This token is of scope shop. This page needs one of scope admin: gerbang serve token new --scope admin",
    foreign_form: "The form is not of this page",
    foreign_form_advice: "Nothing was done. Open the page again, and send the form from there.",
    database_away: "The database is away",
    database_away_advice: "How things stand is not known now, and nothing was done. Try again later.",
    back: "Back",
    search: "Order, reference or gateway's id",
    search_by: "Search",
    status: "Status",
    all: "All",
    show: "Show",
    first: "First page",
    more: "Next page",
    none_here: "There are none.",
    order: "Order",
    price: "Price",
    payable: "To pay",
    account: "Account",
    created: "Created",
    expires: "Expires",
    paid_at: "Paid",
    late: "late: after it was over",
    surplus: "Due back to the customer",
    test_mode: "test",
    test_mode_advice: "This account is in test mode: no money moves.",
    customers_page: "The customer's page",
    metadata: "The shop's own data",
    attempts: "Attempts",
    reference: "Reference",
    gateway_id: "Gateway's id",
    state: "State",
    has_cases: "A person must look: open the cases",
    amount: "Amount",
    why: "Why",
    since: "Since",
    detail: "What was found",
    open_cases: "Open cases",
    all_cases: "Settled ones too",
    no_cases: "There is no case.",
    settle: "Settle the case",
    resolution: "What was decided",
    by: "Your name",
    note: "Note",
    case_note: "Note: what you saw, and where",
    settled: "Settled",
    settled_done: "The case is settled.",
    money_back: "Money to give back",
    money_back_advice: "Money of customers that no order needs. Give it back at the gateway or by transfer, then write it down here.",
    no_money_back: "No money is to be given back.",
    due_second: "A payment of an order that was paid before",
    due_excess: "Came in beyond the price, or for a payment that was called unpaid",
    refund: "Mark as given back",
    refund_advice: "This moves no money. Press it once you have given the money back yourself.",
    refund_note: "Note: how you gave it back",
    refunded: "Given back",
    refunded_done: "It is written down that the money was given back.",
    outcome: "Judged",
    claims: "Claims",
    proof: "Proof",
    named_price: "Price it names",
    named_payable: "Amount paid, as it says",
    came_at: "Came",
    asked: "Asked in vain",
    replay: "Judge again",
    replayed_done: "It was judged again. Where it proves nothing by itself, the gateway is asked now.",
    body_deleted: "Its body is deleted; it cannot be judged again.",
    delivery: "Delivery",
    redeliver: "Deliver again",
    redelivered_done: "The event is delivered again soon.",
    no_webhook: "The daemon delivers no events: webhook_url is not set.",
    gateway: "Gateway",
    hook: "Address for notifications",
    default_account: "Takes orders that name no account",
    last_success: "Last answer",
    last_failure: "Last failure",
    never: "none",
    since_start: "Answers and failures are those since this daemon was started.",
    can: "What the gateway can do",
    can_status: "Be asked about a payment",
    can_find: "Find a payment by its reference",
    can_cancel: "Cancel a payment",
    can_notify: "Notifications",
    least_amount: "Least amount",
    yes: "yes",
    no: "no",
};

pub fn standing(standing: Standing) -> &'static str {
    match standing {
        Standing::Pending => "Pending",
        Standing::Paid => "Paid",
        Standing::Closed => "Closed",
        Standing::Attention => "Needs attention",
        other => other.as_str(),
    }
}

/// The state of an attempt.
pub fn state(state: &str) -> &'static str {
    match state {
        "intended" => "to be sent",
        "sending" => "being sent",
        "uncertain" => "not known: the reply was lost",
        "open" => "open",
        "closed" => "closed",
        "paid" => "paid",
        _ => "unknown",
    }
}

pub fn ending(ending: Ending) -> &'static str {
    match ending.as_str() {
        "refused" => "the gateway refused it",
        "not_sent" => "it could not be sent",
        "withdrawn" => "withdrawn before it was sent",
        "absent" => "the gateway does not have it",
        "unseen" => "the customer never saw it",
        "expired" => "expired",
        "cancelled" => "cancelled",
        "failed" => "failed",
        other => other,
    }
}

pub fn event(kind: EventKind) -> &'static str {
    match kind {
        EventKind::PaymentCreated => "Payment created",
        EventKind::PaymentPaid => "Order paid",
        EventKind::PaymentClosed => "Payment closed",
        EventKind::PaymentSurplus => "Money due back",
        EventKind::CaseOpened => "Case opened",
        other => other.as_str(),
    }
}

pub fn outcome(outcome: NotificationOutcome) -> &'static str {
    match outcome {
        NotificationOutcome::Waiting => "waits for a question",
        NotificationOutcome::Learnt => "signed, believed",
        NotificationOutcome::Paid => "asked: paid",
        NotificationOutcome::NotPaid => "asked: not paid",
        NotificationOutcome::SecondPayment => "second payment: a case",
        NotificationOutcome::UnknownPayment => "unknown payment: a case",
        other => other.as_str(),
    }
}

pub fn claimed(status: &PaymentStatus) -> &'static str {
    match status {
        PaymentStatus::Pending => "pending",
        PaymentStatus::Paid => "paid",
        PaymentStatus::Expired => "expired",
        PaymentStatus::Cancelled => "cancelled",
        PaymentStatus::Failed => "failed",
        _ => "a word that is not known",
    }
}

pub fn trust(trust: Trust) -> &'static str {
    match trust {
        Trust::None => "none",
        Trust::Unsigned => "unsigned: proves nothing",
        Trust::SharedSecret => "a shared secret, or a signature without the state: proves nothing",
        Trust::Signed => "signed",
        other => other.as_str(),
    }
}

pub fn became(became: Option<Became>) -> &'static str {
    match became {
        Some(Became::Due) => "to be delivered",
        Some(Became::Delivered) => "delivered",
        Some(Became::GivenUp) => "given up after three days",
        None => "not delivered",
    }
}

pub fn reason(why: Why) -> Reason {
    let (title, advice) = match why {
        Why::Mismatch => (
            "Something differs",
            "An answer or a signed notification differs from what was asked for. Look at reference, id and amount on the gateway's dashboard.",
        ),
        Why::Short => (
            "Too little came in",
            "Less came in than the order costs, and nothing ships. Compare the amount below with the price.",
        ),
        Why::SecondPayment => (
            "A second payment",
            "A second payment of the same reference is paid. Look at both ids on the gateway's dashboard.",
        ),
        Why::DoubledId => (
            "One id for two payments",
            "The gateway gave the id of one payment to another. Look at both orders on its dashboard, by reference.",
        ),
        Why::CreationLost => (
            "The reply was lost",
            "The payment may exist and cannot be looked for. See whether the reference is on the gateway's dashboard.",
        ),
        Why::TestMode => {
            ("A payment of the test mode", "It is no money. Look at the account's keys and its mode at the gateway.")
        }
        Why::UnknownStatus => (
            "A word that is not known",
            "The gateway uses a word for the state that this version does not know; it may mean paid. Look at the payment on its dashboard.",
        ),
        Why::Contradicted => (
            "The gateway contradicts itself",
            "Its answers contradict each other, or it refuses the question. Look at the key and its rights, and at the payment on its dashboard.",
        ),
        Why::NoAnswer => (
            "The gateway does not answer",
            "It has not answered beyond the payment's expiry, and is asked on. Look at its state and at the network.",
        ),
        Why::NoProof => (
            "No proof",
            "The gateway cannot be asked, and its notification proves nothing. Look at the payment on its dashboard.",
        ),
        Why::UnknownPayment => (
            "Money for an unknown payment",
            "A signed notification speaks of a paid payment that is not in the book. Find out which program created it.",
        ),
        Why::Undelivered => (
            "The shop did not take an event",
            "For three days. Look at the webhook's address and at the shop's log, then deliver the event again.",
        ),
        Why::Reversed => (
            "Money of a paid order went back",
            "The gateway now calls the payment refunded, charged back or failed. The order stays paid. Look at the payment on the gateway's dashboard, and whether the goods have left.",
        ),
        other => (other.as_str(), "Look at the payment on the gateway's dashboard."),
    };
    Reason { title, advice }
}

pub fn resolution(resolution: Resolution) -> Reason {
    let (title, advice) = match resolution {
        Resolution::Paid => (
            "Paid",
            "You have seen the money. The order is paid and ships; where it was paid before, the money is due back.",
        ),
        Resolution::Unpaid => {
            ("Unpaid", "Nobody will pay it. The order can have another payment; what came in for it is due back.")
        }
        Resolution::Noted => ("Noted", "Nothing follows: only your name and note are kept."),
        other => (other.as_str(), ""),
    };
    Reason { title, advice }
}
