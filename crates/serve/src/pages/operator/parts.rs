//! What several pages of the operator's are made of.

use gerbang::ledger::Mode;
use maud::{Markup, html};

use super::visit::{Place, Visit};
use super::words::Words;
use crate::ids;

/// How much of a text of a gateway's, or of whoever says that he is one, is shown.
const LONGEST: usize = 80;

/// How many are on a page.
pub const PAGE: u32 = 30;

/// The field by which a form is known to be of the visit's own page.
pub fn form_key(visit: &Visit) -> Markup {
    html! { input type="hidden" name="form" value=(visit.session.form_key()); }
}

pub fn label(of: &str, text: &str) -> Markup {
    html! { label for=(of) { (text) } }
}

/// A form that is one button.
pub fn button(visit: &Visit, path: &str, text: &str, about: &str) -> Markup {
    html! {
        form.button method="post" action={ (visit.place.root) (path) } {
            (form_key(visit))
            button type="submit" { (text) span.hidden { " " (about) } }
        }
    }
}

/// The fields in which a person says who he is and what he did, with ids that end in `of`.
pub fn signature(of: &str, note: &str, words: &Words) -> Markup {
    html! {
        (label(&format!("by{of}"), words.by))
        input id={ "by" (of) } name="by" required maxlength="100" autocomplete="name";
        (label(&format!("note{of}"), note))
        textarea id={ "note" (of) } name="note" rows="3" maxlength="1000" {}
    }
}

/// What a person has said so.
pub fn signed(person: &str, note: &str, words: &Words) -> Markup {
    html! {
        (line(words.by, &html! { bdi { (person) } }))
        @if !note.is_empty() { (line(words.note, &html! { bdi { (note) } })) }
    }
}

/// A list to choose from, with what is chosen now.
pub fn choice(name: &str, title: &str, all: &str, options: &[(String, String)], chosen: Option<&str>) -> Markup {
    html! {
        div {
            (label(name, title))
            select id=(name) name=(name) {
                option value="" { (all) }
                @for (value, text) in options {
                    option value=(value) selected[chosen == Some(value)] { (text) }
                }
            }
        }
    }
}

/// One line of what is known of a thing.
pub fn line(name: &str, value: &Markup) -> Markup {
    html! { div { dt { (name) } dd { (value) } } }
}

/// The same, where it is known.
pub fn maybe(name: &str, value: Option<Markup>) -> Markup {
    html! { @if let Some(value) = value { (line(name, &value)) } }
}

/// A name or a number that somebody else chose, not at any length.
pub fn foreign(text: &str) -> Markup {
    let end = text.char_indices().nth(LONGEST).map_or(text.len(), |(end, _)| end);
    html! { bdi { (&text[..end]) @if end < text.len() { "…" } } }
}

/// An account, and whether it moves no money.
pub fn account(visit: &Visit, name: &str) -> Markup {
    let is_test = visit.app.account(name).is_some_and(|known| known.mode == Mode::Test);
    html! { (name) @if is_test { " " span.test { (visit.place.words().test_mode) } } }
}

/// The way to the page of an order.
pub fn order(place: &Place, order: &str) -> Markup {
    html! { a href={ (place.root) "operator/payments/" (ids::payment(order)) } { bdi { (order) } } }
}

/// The ways to other pages of a list.
pub fn pages(path: &str, is_first: bool, next: Option<&str>, words: &Words) -> Markup {
    html! {
        @if !is_first || next.is_some() {
            p.pages {
                @if !is_first { a.button href=(path) { (words.first) } }
                @if let Some(next) = next { a.button href={ (path) (next) } rel="next" { (words.more) } }
            }
        }
    }
}
