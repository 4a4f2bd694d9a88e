//! What the operator's page says, in Indonesian and English.

mod english;
mod indonesian;

use gerbang::ledger::{Ending, EventKind, NotificationOutcome, Resolution, Standing, Why};
use gerbang::{PaymentStatus, Trust};

use crate::lang::Lang;
use crate::webhooks::Became;

/// The fixed texts of a language.
pub struct Words {
    pub other_language: &'static str,
    pub skip: &'static str,
    pub navigation: &'static str,
    pub payments: &'static str,
    pub cases: &'static str,
    pub notifications: &'static str,
    pub events: &'static str,
    pub accounts: &'static str,
    pub sign_in: &'static str,
    pub sign_out: &'static str,
    pub sign_in_advice: &'static str,
    pub token: &'static str,
    pub wrong_token: &'static str,
    pub shop_token: &'static str,
    pub foreign_form: &'static str,
    pub foreign_form_advice: &'static str,
    pub database_away: &'static str,
    pub database_away_advice: &'static str,
    pub back: &'static str,
    pub search: &'static str,
    pub search_by: &'static str,
    pub status: &'static str,
    pub all: &'static str,
    pub show: &'static str,
    pub first: &'static str,
    pub more: &'static str,
    pub none_here: &'static str,
    pub order: &'static str,
    pub price: &'static str,
    pub payable: &'static str,
    pub account: &'static str,
    pub created: &'static str,
    pub expires: &'static str,
    pub paid_at: &'static str,
    pub late: &'static str,
    pub surplus: &'static str,
    pub test_mode: &'static str,
    pub test_mode_advice: &'static str,
    pub customers_page: &'static str,
    pub metadata: &'static str,
    pub attempts: &'static str,
    pub reference: &'static str,
    pub gateway_id: &'static str,
    pub state: &'static str,
    pub has_cases: &'static str,
    pub amount: &'static str,
    pub why: &'static str,
    pub since: &'static str,
    pub detail: &'static str,
    pub open_cases: &'static str,
    pub all_cases: &'static str,
    pub no_cases: &'static str,
    pub settle: &'static str,
    pub resolution: &'static str,
    pub by: &'static str,
    pub note: &'static str,
    pub case_note: &'static str,
    pub settled: &'static str,
    pub settled_done: &'static str,
    pub money_back: &'static str,
    pub money_back_advice: &'static str,
    pub no_money_back: &'static str,
    pub due_second: &'static str,
    pub due_excess: &'static str,
    pub refund: &'static str,
    pub refund_advice: &'static str,
    pub refund_note: &'static str,
    pub refunded: &'static str,
    pub refunded_done: &'static str,
    pub outcome: &'static str,
    pub claims: &'static str,
    pub proof: &'static str,
    pub named_price: &'static str,
    pub named_payable: &'static str,
    pub came_at: &'static str,
    pub asked: &'static str,
    pub replay: &'static str,
    pub replayed_done: &'static str,
    pub body_deleted: &'static str,
    pub delivery: &'static str,
    pub redeliver: &'static str,
    pub redelivered_done: &'static str,
    pub no_webhook: &'static str,
    pub gateway: &'static str,
    pub hook: &'static str,
    pub default_account: &'static str,
    pub last_success: &'static str,
    pub last_failure: &'static str,
    pub never: &'static str,
    pub since_start: &'static str,
    pub can: &'static str,
    pub can_status: &'static str,
    pub can_find: &'static str,
    pub can_cancel: &'static str,
    pub can_notify: &'static str,
    pub least_amount: &'static str,
    pub yes: &'static str,
    pub no: &'static str,
}

/// What a case is, and what to look at.
pub struct Reason {
    pub title: &'static str,
    pub advice: &'static str,
}

pub fn standing(lang: Lang, value: Standing) -> &'static str {
    match lang {
        Lang::English => english::standing(value),
        Lang::Indonesian => indonesian::standing(value),
    }
}

pub fn state(lang: Lang, value: &str) -> &'static str {
    match lang {
        Lang::English => english::state(value),
        Lang::Indonesian => indonesian::state(value),
    }
}

pub fn ending(lang: Lang, value: Ending) -> &'static str {
    match lang {
        Lang::English => english::ending(value),
        Lang::Indonesian => indonesian::ending(value),
    }
}

pub fn event(lang: Lang, value: EventKind) -> &'static str {
    match lang {
        Lang::English => english::event(value),
        Lang::Indonesian => indonesian::event(value),
    }
}

pub fn outcome(lang: Lang, value: NotificationOutcome) -> &'static str {
    match lang {
        Lang::English => english::outcome(value),
        Lang::Indonesian => indonesian::outcome(value),
    }
}

pub fn claimed(lang: Lang, value: &PaymentStatus) -> &'static str {
    match lang {
        Lang::English => english::claimed(value),
        Lang::Indonesian => indonesian::claimed(value),
    }
}

pub fn trust(lang: Lang, value: Trust) -> &'static str {
    match lang {
        Lang::English => english::trust(value),
        Lang::Indonesian => indonesian::trust(value),
    }
}

pub fn became(lang: Lang, value: Option<Became>) -> &'static str {
    match lang {
        Lang::English => english::became(value),
        Lang::Indonesian => indonesian::became(value),
    }
}

pub fn reason(lang: Lang, value: Why) -> Reason {
    match lang {
        Lang::English => english::reason(value),
        Lang::Indonesian => indonesian::reason(value),
    }
}

pub fn resolution(lang: Lang, value: Resolution) -> Reason {
    match lang {
        Lang::English => english::resolution(value),
        Lang::Indonesian => indonesian::resolution(value),
    }
}

pub fn words(lang: Lang) -> &'static Words {
    match lang {
        Lang::Indonesian => &indonesian::WORDS,
        Lang::English => &english::WORDS,
    }
}
