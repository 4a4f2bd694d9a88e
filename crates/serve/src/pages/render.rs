//! The page as HTML.

use gerbang::jiff::Timestamp;
use gerbang::ledger::{AttemptRecord, Ending, OrderRecord, Standing};
use gerbang::qris::{Qris, check_payable};
use gerbang::{Payable, Rupiah};
use maud::{DOCTYPE, Markup, PreEscaped, html};
use url::Url;

use super::asset::{SCRIPT, STYLE};
use super::format::{rupiah, time};
use super::head::head;
use super::words::{State, Words};
use crate::lang::Lang;

/// What the shop has said of a payment for the customer.
#[derive(Debug, Default)]
pub struct Said {
    pub description: Option<String>,
    pub return_url: Option<String>,
}

/// How a payment stands, as the customer needs to know it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stand {
    Pay,
    Preparing,
    /// Its time is up, and the gateway has not confirmed that.
    Over,
    Paid,
    Expired,
    Closed,
    Attention,
}

impl Stand {
    /// Paid only where the book says so.
    fn of(record: &OrderRecord, now: Timestamp) -> Self {
        let current = record.current();
        match record.standing {
            Standing::Paid => Self::Paid,
            Standing::Closed if current.and_then(|attempt| attempt.ending) == Some(Ending::Expired) => Self::Expired,
            Standing::Closed => Self::Closed,
            Standing::Pending => match current {
                Some(attempt) if attempt.expires_at.is_some_and(|at| seconds(now, at) == 0) => Self::Over,
                Some(attempt) if !attempt.pay_with.is_empty() => Self::Pay,
                _ => Self::Preparing,
            },
            // Also what a later ledger may say.
            _ => Self::Attention,
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::Pay => "pay",
            Self::Preparing => "preparing",
            Self::Over => "over",
            Self::Paid => "paid",
            Self::Expired => "expired",
            Self::Closed => "closed",
            Self::Attention => "attention",
        }
    }

    fn words(self, words: &Words) -> &State {
        match self {
            Self::Pay => &words.pay,
            Self::Preparing => &words.preparing,
            Self::Over => &words.over,
            Self::Paid => &words.paid,
            Self::Expired => &words.expired,
            Self::Closed => &words.closed,
            Self::Attention => &words.attention,
        }
    }
}

/// The page of a payment.
pub fn payment(record: &OrderRecord, said: &Said, token: &str, lang: Lang, now: Timestamp) -> Markup {
    let words = lang.words();
    let stand = Stand::of(record, now);
    let state = stand.words(words);
    let attempt = record.current();
    let amount = attempt.map_or(record.amount, |attempt| attempt.payable.unwrap_or(attempt.amount));
    let shown = attempt.map_or("", |attempt| &attempt.reference);
    let content = html! {
        (status(state, stand.name()))
        // The script puts another one in its place when the tag has changed.
        div #payment data-status=(record.standing.as_str()) data-tag={ (stand.name()) " " (shown) } {
            p.advice { (state.advice) }
            @if stand == Stand::Pay || stand == Stand::Paid { (due(words, amount, stand == Stand::Pay)) }
            @if let Some(attempt) = attempt {
                @if stand == Stand::Pay {
                    @for way in &attempt.pay_with { (way_to_pay(words, attempt, way, amount)) }
                }
                @if stand == Stand::Pay && let Some(at) = attempt.expires_at { (countdown(words, now, at)) }
                @if stand == Stand::Paid && let Some(at) = attempt.paid_at {
                    p.when { (words.paid_at) " " (time(at)) }
                }
            }
            dl.order {
                dt { (words.order) }
                dd { bdi { (record.order) } @if let Some(text) = &said.description { br; bdi { (text) } } }
            }
            @if stand != Stand::Pay && let Some(url) = said.return_url.as_deref().filter(|url| is_web(url)) {
                p { a.button href=(url) rel="noreferrer" { (words.back) } }
            }
        }
    };
    let title = format!("{} · {}", state.title, rupiah(amount));
    document(lang, &title, stand != Stand::Paid, Some(token), &content)
}

/// A page that says one thing.
pub fn notice(lang: Lang, state: &State, comes_again: bool) -> Markup {
    let content = html! {
        (status(state, "notice"))
        p.advice { (state.advice) }
    };
    document(lang, state.title, comes_again, None, &content)
}

/// Screen readers say it when it changes.
fn status(state: &State, name: &str) -> Markup {
    html! { div role="status" aria-live="polite" { h1 #status data-stand=(name) { (state.title) } } }
}

fn due(words: &Words, amount: Rupiah, is_to_be_paid: bool) -> Markup {
    html! {
        div.due {
            p.label { (if is_to_be_paid { words.to_pay } else { words.amount }) }
            p.amount { strong { (rupiah(amount)) } @if is_to_be_paid { " " (copy(words, &amount.to_string(), words.copy_amount)) } }
            @if is_to_be_paid { p.exact { (words.exact) } }
        }
    }
}

/// One way to pay; nothing for one that cannot be shown safely or is not known.
fn way_to_pay(words: &Words, attempt: &AttemptRecord, way: &Payable, amount: Rupiah) -> Markup {
    match way {
        Payable::Qris(payload) => qr(words, payload, amount),
        // The picture is another server's: it is opened, not shown in here.
        Payable::QrImage(url) if !has_qris(attempt) => link(url, words.open_qr, is_web(url)),
        Payable::VirtualAccount { bank, number } => {
            number_to_copy(&format!("{} {bank}", words.account_number), number, &copy(words, number, words.copy_number))
        }
        Payable::Page(url) => link(url, words.open_page, is_web(url)),
        Payable::DeepLink(url) => link(url, words.open_app, is_app(url)),
        Payable::Code(code) => number_to_copy(words.code, code, &copy(words, code, words.copy_code)),
        _ => html! {},
    }
}

fn has_qris(attempt: &AttemptRecord) -> bool {
    attempt.pay_with.iter().any(|way| matches!(way, Payable::Qris(_)))
}

/// The QR code, where it asks for the amount that the page shows.
fn qr(words: &Words, payload: &str, amount: Rupiah) -> Markup {
    let qris = Qris::parse(payload).ok().filter(|_| check_payable("the gateway", payload, amount).is_ok());
    let Some((qris, svg)) = qris.and_then(|qris| Some((qris, qris.to_svg().ok()?))) else { return html! {} };
    html! {
        figure.qr {
            div role="img" aria-label=(words.qr_label) { (PreEscaped(svg)) }
            figcaption {
                (words.scan)
                @if let Some(name) = qris.merchant_name() { br; (words.merchant) ": " bdi { strong { (name) } } }
            }
        }
    }
}

fn number_to_copy(label: &str, number: &str, copy: &Markup) -> Markup {
    html! {
        div.number {
            p.label { (label) }
            p { code { (number) } " " (copy) }
        }
    }
}

fn link(url: &str, text: &str, is_safe: bool) -> Markup {
    html! { @if is_safe { p { a.button href=(url) rel="noreferrer" { (text) } } } }
}

fn copy(words: &Words, text: &str, label: &str) -> Markup {
    html! {
        button.copy type="button" data-copy=(text) data-done=(words.copied) aria-label=(label) { (words.copy) }
    }
}

fn countdown(words: &Words, now: Timestamp, at: Timestamp) -> Markup {
    let left = seconds(now, at);
    html! {
        p.when {
            (words.pay_before) " " (time(at)) br;
            (words.left) ": " strong role="timer" aria-live="off" data-left=(left) { (clock(left)) }
        }
    }
}

fn document(lang: Lang, title: &str, comes_again: bool, token: Option<&str>, content: &Markup) -> Markup {
    let words = lang.words();
    html! {
        (DOCTYPE)
        html lang=(lang.tag()) {
            head {
                (head(title, &format!("../assets/{}", STYLE.name)))
                @if token.is_some() { script src={ "../assets/" (SCRIPT.name) } defer {} }
                @if comes_again { noscript { meta http-equiv="refresh" content="5"; } }
            }
            // Relative, for a proxy that serves the daemon below a path.
            body data-events=[token.map(|token| format!("{token}/events"))] {
                main { (content) }
                footer {
                    a href={ "?lang=" (lang.other().tag()) } lang=(lang.other().tag()) hreflang=(lang.other().tag()) {
                        (words.other_language)
                    }
                }
            }
        }
    }
}

/// The whole seconds until a time.
fn seconds(now: Timestamp, at: Timestamp) -> i64 {
    at.duration_since(now).as_secs().max(0)
}

fn clock(seconds: i64) -> String {
    let (hours, minutes, seconds) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    match hours {
        0 => format!("{minutes:02}:{seconds:02}"),
        _ => format!("{hours}:{minutes:02}:{seconds:02}"),
    }
}

fn is_web(url: &str) -> bool {
    Url::parse(url).is_ok_and(|url| matches!(url.scheme(), "http" | "https"))
}

/// Whether a link opens an app or a page, and runs nothing in here.
fn is_app(url: &str) -> bool {
    const NEVER: [&str; 8] = ["about", "blob", "data", "file", "filesystem", "javascript", "vbscript", "view-source"];
    Url::parse(url).is_ok_and(|url| !NEVER.contains(&url.scheme()))
}
