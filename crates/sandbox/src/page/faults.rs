//! The part of the page about faults.

use axum::extract::{Path, State};
use axum::response::Response;
use maud::{Markup, html};

use super::words::{Lang, Words, fill};
use super::{PageForm, back, own_page};
use crate::app::App;
use crate::call::Call;
use crate::faults::{ActiveFault, Effect};

/// The faults that are set; nothing if there are none.
pub(super) fn section(words: &Words, form: &PageForm, faults: &[ActiveFault]) -> Markup {
    html! {
        @if !faults.is_empty() {
            section {
                h2 { (words.faults) }
                @for active in faults { (fault(words, form, active)) }
            }
        }
    }
}

fn fault(words: &Words, form: &PageForm, active: &ActiveFault) -> Markup {
    let fault = &active.fault;
    let id = format!("fault-{}", active.number);
    html! {
        article.fault id=(id) {
            p {
                b { (fault.provider.facts().title) } " "
                @if let Some(operation) = &fault.operation { code { (operation) } } @else { (words.every_call) }
                ": " (effect(words, &fault.effect))
            }
            p.where {
                (fill(words.acted, &[&active.acted.to_string()]))
                @match active.left {
                    None => {}
                    Some(0) => { ", " (words.used_up) }
                    Some(left) => { ", " (fill(words.left, &[&left.to_string()])) }
                }
            }
            div.buttons {
                (form.button(
                    &format!("/_sandbox/page/faults/{}/remove", active.number), &format!("{id}-remove"),
                    words.remove, &format!("{}: {}", words.remove, active.number), "",
                ))
            }
        }
    }
}

/// What happens. Texts of a fault may be secret, and are not shown.
fn effect(words: &Words, effect: &Effect) -> String {
    match effect {
        Effect::Close { .. } => words.closes.to_owned(),
        Effect::Reply { status, .. } => fill(words.replies, &[&status.to_string()]),
        Effect::Truncate => words.truncates.to_owned(),
        Effect::Delay { milliseconds } => fill(words.delays, &[&milliseconds.to_string()]),
        Effect::Later { milliseconds } => fill(words.postpones, &[&milliseconds.to_string()]),
        Effect::Refuse { .. } => words.refuses.to_owned(),
        Effect::Spell { .. } => words.spells.to_owned(),
        Effect::Replace { .. } => words.replaces.to_owned(),
    }
}

/// Removes a fault. One that is gone already is as good as removed.
pub(super) async fn remove(State(app): State<App>, Path(number): Path<u64>, call: Call) -> Response {
    let lang = Lang::of(&call);
    if let Err(refused) = own_page(&call, lang) {
        return refused;
    }
    app.faults().remove(number);
    back(&call)
}
