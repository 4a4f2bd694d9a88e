//! What all pages of the operator's have.

use maud::{DOCTYPE, Markup, html};

use super::parts::{form_key, label};
use super::visit::{Place, Visit};
use crate::pages::asset::OPERATOR_STYLE;
use crate::pages::head::head;

/// The pages that are led to from each.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Tab {
    Payments,
    Cases,
    Notifications,
    Events,
    Accounts,
}

/// A page of who has signed in. `done` says what was done just now.
pub async fn page(visit: &Visit, tab: Tab, title: &str, done: Option<&str>, content: &Markup) -> Markup {
    let inner = html! {
        (navigation(visit, tab, waiting(visit).await))
        main #main {
            @if let Some(done) = done { p.done role="status" { (done) } }
            h1 { (title) }
            (content)
        }
    };
    document(&visit.place, title, &inner)
}

/// The path of the cases, below the root.
pub const CASES: &str = "operator/cases";

/// How many things that wait for a person are counted.
const MOST_COUNTED: u32 = 99;

/// How many cases are open and how often money is due back, as far as they are counted; a page is shown without that too.
async fn waiting(visit: &Visit) -> usize {
    let ledger = visit.app.ledger();
    let cases = ledger.case_records(true, 0, MOST_COUNTED + 1).await.map_or(0, |cases| cases.len());
    let due = ledger.surplus_records(true, 0, MOST_COUNTED + 1).await.map_or(0, |due| due.len());
    cases + due
}

fn navigation(visit: &Visit, tab: Tab, waiting: usize) -> Markup {
    let (place, words) = (&visit.place, visit.place.words());
    let tabs = [
        (Tab::Payments, place.home().to_owned(), words.payments),
        (Tab::Cases, format!("{}{CASES}", place.root), words.cases),
        (Tab::Notifications, format!("{}operator/notifications", place.root), words.notifications),
        (Tab::Events, format!("{}operator/events", place.root), words.events),
        (Tab::Accounts, format!("{}operator/accounts", place.root), words.accounts),
    ];
    html! {
        header {
            p.brand { "Gerbang" }
            nav aria-label=(words.navigation) {
                ul {
                    @for (one, to, name) in &tabs {
                        li {
                            a href=(to) aria-current=[(*one == tab).then_some("page")] {
                                (name)
                                @if *one == Tab::Cases && waiting > 0 { " " span.count { (counted(waiting)) } }
                            }
                        }
                    }
                }
            }
            form.out method="post" action={ (place.root) "operator/sign-out" } {
                (form_key(visit))
                button type="submit" { (words.sign_out) }
            }
        }
    }
}

fn counted(waiting: usize) -> String {
    if waiting > MOST_COUNTED as usize { format!("{MOST_COUNTED}+") } else { waiting.to_string() }
}

/// The page of who has not signed in, with what was wrong before.
pub fn sign_in(place: &Place, wrong: Option<&str>) -> Markup {
    let words = place.words();
    let inner = html! {
        main.narrow #main {
            h1 { "Gerbang" }
            @if let Some(wrong) = wrong { p.wrong #wrong role="alert" { (wrong) } }
            form method="post" action={ (place.root) "operator/sign-in" } {
                (label("token", words.token))
                input #token type="password" name="token" required autocomplete="off" spellcheck="false"
                    aria-describedby=(if wrong.is_some() { "wrong advice" } else { "advice" });
                p.advice #advice { (words.sign_in_advice) }
                button.first type="submit" { (words.sign_in) }
            }
        }
    };
    document(place, &format!("{} · Gerbang", words.sign_in), &inner)
}

/// A page that says one thing.
pub fn notice(place: &Place, title: &str, says: &[&str]) -> Markup {
    let inner = html! {
        main.narrow #main {
            h1 { (title) }
            @for text in says { p { (text) } }
            p { a href=(place.home()) { (place.words().back) } }
        }
    };
    document(place, title, &inner)
}

fn document(place: &Place, title: &str, inner: &Markup) -> Markup {
    let (words, other) = (place.words(), place.lang.other().tag());
    html! {
        (DOCTYPE)
        html lang=(place.lang.tag()) {
            head { (head(title, &format!("{}assets/{}", place.root, OPERATOR_STYLE.name))) }
            body {
                a.skip href="#main" { (words.skip) }
                (inner)
                footer { a href=(place.other_language()) lang=(other) hreflang=(other) { (words.other_language) } }
            }
        }
    }
}
