//! The web pages for people: all payments at `/`, one payment at `/payments/{id}`, and for the customer at `/pay/{id}`.
//!
//! They are whole without scripts. With them, a page asks for its changing part every second.

mod faults;
mod filter;
mod list;
mod methods;
mod pay;
mod payment;
mod webhooks;
mod words;

use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::LazyLock;

use axum::Router;
use axum::extract::{Path, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::Response;
use axum::routing::{get, post};
use gerbang_core::Rupiah;
use gerbang_qris::Qris;
use jiff::Timestamp;
use maud::{DOCTYPE, Markup, PreEscaped, html};

use crate::app::App;
use crate::call::{self, Call};
use crate::state::{Action, ControlError, Payment, PaymentStatus, Record};
use crate::{Provider, clock, policy, reply};

use filter::Filter;
use words::{Lang, Words, fill};

const STYLE: &str = include_str!("style.css");
const SCRIPT: &str = include_str!("live.js");

pub(crate) fn routes() -> Router<App> {
    Router::new()
        .route("/", get(list::whole))
        .route("/pay/{id}", get(pay::whole))
        .route("/payments/{id}", get(payment::whole))
        .route("/_sandbox/page", get(list::part))
        .route("/_sandbox/page/pay/{id}", get(pay::part))
        .route("/_sandbox/page/payments/{id}", get(payment::part))
        .route("/_sandbox/page/webhooks/{what}", post(webhooks::steer))
        .route("/_sandbox/page/webhooks/{number}/resend", post(webhooks::resend))
        .route("/_sandbox/page/faults/{number}/remove", post(faults::remove))
        .route("/_sandbox/page/{provider}/{id}/{action}", post(act))
}

/// Does what a button says, then leads back to the page with the button.
async fn act(
    State(app): State<App>,
    Path((provider, id, action)): Path<(String, String, String)>,
    call: Call,
) -> Response {
    let lang = Lang::of(&call);
    let words = lang.words();
    if let Err(refused) = own_page(&call, lang) {
        return refused;
    }
    let Ok(provider) = provider.parse::<Provider>() else { return notice(404, lang, words.not_found) };
    let action = match action.as_str() {
        "pay" => Action::Pay,
        "pay_late" => Action::PayLate,
        "expire" => Action::Expire,
        "cancel" => Action::Cancel,
        "underpay" => match call::amount(call.form("amount").map(str::trim)) {
            Some(amount) => Action::Underpay(amount),
            None => return notice(400, lang, words.bad_amount),
        },
        _ => return notice(404, lang, words.unknown_action),
    };
    let payment = match app.control(provider, &id, action) {
        Ok(payment) => payment,
        Err(ControlError::NotFound) => return notice(404, lang, words.not_found),
        Err(ControlError::NotPending(status)) => {
            return notice(409, lang, &fill(words.not_pending, &[words.status(status)]));
        }
        Err(ControlError::NotEnded(status)) => {
            return notice(409, lang, &fill(words.not_ended, &[words.status(status)]));
        }
        Err(ControlError::Ambiguous) => return notice(409, lang, words.ambiguous),
        Err(ControlError::Amount | ControlError::NoStatement) => return notice(400, lang, words.bad_amount),
        // What was done is saved after this, and the reply is another one if that fails.
        Err(ControlError::NotSaved) => return notice(500, lang, words.not_done),
    };
    match call.form("back") {
        Some("pay") => see(&format!("/pay/{}?lang={}", payment.id, lang.code())),
        _ => back(&call),
    }
}

/// Leads back to the page with the button: of a payment, or of the list.
fn back(call: &Call) -> Response {
    let is_own_name = |id: &&str| id.strip_prefix("sb-").is_some_and(|number| number.parse::<u64>().is_ok());
    match call.form("payment").filter(is_own_name) {
        Some(id) => see(&payment_path(id, Lang::of(call))),
        None => see(&Filter::of(call).path()),
    }
}

/// The payment that has the sandbox's own name, as it is now.
fn find(app: &App, id: &str) -> Option<(Record, Timestamp)> {
    let number = id.strip_prefix("sb-")?.parse().ok()?;
    app.with(|world, now| {
        world.settle(now);
        let record = Provider::ALL.into_iter().find_map(|provider| world.of_number(provider, number));
        record.filter(|record| record.id() == id).map(|record| (record.clone(), now))
    })
}

/// The address of a payment's page.
fn payment_path(id: &str, lang: Lang) -> String {
    format!("/payments/{id}?lang={}", lang.code())
}

fn see(path: &str) -> Response {
    let mut response = Response::default();
    *response.status_mut() = StatusCode::SEE_OTHER;
    if let Ok(path) = HeaderValue::try_from(path) {
        response.headers_mut().insert(header::LOCATION, path);
    }
    response
}

/// Refuses what does not come from a page of this server. What is no browser, and says nothing, has the sandbox's own API.
fn own_page(call: &Call, lang: Lang) -> Result<(), Response> {
    if call.is_from_own_page { Ok(()) } else { Err(notice(403, lang, lang.words().foreign)) }
}

/// A whole page.
fn document(lang: Lang, title: &str, switch: &str, content: &Markup) -> String {
    let words = lang.words();
    let page = html! {
        (DOCTYPE)
        html lang=(lang.code()) {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                title { (title) }
                link rel="icon" href="data:,";
                style { (PreEscaped(STYLE)) }
            }
            body {
                header {
                    div {
                        p.title { a href=(home(lang)) { (words.title) } }
                        p.tagline { (words.tagline) }
                    }
                    a.api href="/_sandbox/openapi.yaml" { (words.api) }
                    a.switch href=(switch) lang=(lang.other().code()) hreflang=(lang.other().code()) {
                        (lang.other().name())
                    }
                }
                p #note role="alert" hidden {}
                (content)
                script { (PreEscaped(SCRIPT)) }
            }
        }
    };
    page.into_string()
}

fn home(lang: Lang) -> String {
    format!("/?lang={}", lang.code())
}

/// A page that says why something was not done.
fn notice(status: u16, lang: Lang, text: &str) -> Response {
    let words = lang.words();
    let content = html! {
        main.narrow {
            h1 { (words.not_done) }
            p { (text) }
            p { a href=(home(lang)) { (words.to_payments) } }
        }
    };
    guarded(status, document(lang, words.not_done, &home(lang.other()), &content))
}

static POLICY: LazyLock<Option<HeaderValue>> = LazyLock::new(|| policy::of(STYLE, Some(SCRIPT)));

/// A page with the headers that guard it.
fn guarded(status: u16, body: String) -> Response {
    policy::guarded(reply::html(status, body), POLICY.as_ref())
}

/// The changing part of a page, or 304 if the browser has it.
fn changed(call: &Call, tag: &str, part: impl FnOnce() -> Markup) -> Response {
    let mut response = if call.header("if-none-match") == Some(tag) {
        let mut response = Response::default();
        *response.status_mut() = StatusCode::NOT_MODIFIED;
        response
    } else {
        guarded(200, part().into_string())
    };
    if let Ok(tag) = HeaderValue::try_from(tag) {
        response.headers_mut().insert(header::ETAG, tag);
    }
    response
}

/// The entity tag of what a part shows.
fn tag(shown: &impl Hash) -> String {
    let mut hasher = DefaultHasher::new();
    shown.hash(&mut hasher);
    format!("\"{:016x}\"", hasher.finish())
}

/// `Rp10.020`.
fn rupiah(amount: Rupiah) -> String {
    let digits = amount.get().to_string();
    let mut out = String::from("Rp");
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push('.');
        }
        out.push(digit);
    }
    out
}

/// A time of Jakarta.
fn time(when: Timestamp) -> Markup {
    html! { time datetime=(when.to_string()) { (clock::plain(when)) " WIB" } }
}

fn seconds(from: Timestamp, to: Timestamp) -> i64 {
    to.as_second() - from.as_second()
}

/// The status as a word in its colour.
fn badge(words: &Words, status: PaymentStatus) -> Markup {
    html! { span class={ "badge " (status) } { (words.status(status)) } }
}

/// The QR code of a payment, if it has one.
fn qr(words: &Words, payment: &Payment) -> Option<Markup> {
    let svg = Qris::parse(payment.qris.as_deref()?).ok()?.to_svg().ok()?;
    let label = fill(words.qr_label, &[&payment.order]);
    Some(html! { div.qr role="img" aria-label=(label) { (PreEscaped(svg)) } })
}

/// What the buttons of a page have in common: where they lead back to.
struct PageForm {
    lang: Lang,
    /// Of the list.
    filter: Filter,
    /// The payment whose page it is; none on the list.
    payment: Option<String>,
}

impl PageForm {
    /// The fields that lead back.
    fn hidden(&self) -> Markup {
        html! {
            @for (name, value) in self.filter.fields() { input type="hidden" name=(name) value=(value); }
            @if let Some(payment) = &self.payment { input type="hidden" name="payment" value=(payment); }
        }
    }

    /// A button that does something, with a label that distinguishes it from others of its text.
    fn button(&self, action: &str, id: &str, text: &str, label: &str, class: &str) -> Markup {
        html! {
            form method="post" action=(action) data-live {
                (self.hidden())
                button type="submit" class=(class) id=(id) aria-label=(label) { (text) }
            }
        }
    }
}

/// A button that copies an element's text. It needs the script, and is not seen without.
fn copy(words: &Words, id: &str) -> Markup {
    html! { button.scripted type="button" data-copy=(id) data-done=(words.copied) { (words.copy) } }
}

/// The address of a button.
fn action_path(payment: &Payment, action: &str) -> String {
    format!("/_sandbox/page/{}/{}/{action}", payment.provider, payment.id)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rupiah_have_dots() {
        for (amount, text) in [(0, "Rp0"), (999, "Rp999"), (1_000, "Rp1.000"), (1_234_567, "Rp1.234.567")] {
            assert_eq!(rupiah(Rupiah::new(amount)), text);
        }
    }
}
