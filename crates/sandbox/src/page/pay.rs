//! The page on which a customer pays one payment.

use axum::extract::{Path, State};
use axum::response::Response;
use maud::{Markup, html};

use super::words::{Lang, Words, fill};
use super::{action_path, badge, changed, document, guarded, notice, qr, rupiah, seconds, tag, time};
use crate::Provider;
use crate::app::App;
use crate::call::Call;
use crate::state::{Payment, PaymentStatus};

/// `GET /pay/{id}`
pub(super) async fn whole(State(app): State<App>, Path(id): Path<String>, call: Call) -> Response {
    let lang = Lang::of(&call);
    let words = lang.words();
    let Some((payment, rest)) = find(&app, &id, words) else { return notice(404, lang, words.not_found) };
    let source = format!("/_sandbox/page/pay/{}?lang={}", payment.id, lang.code());
    let content = html! {
        main.narrow {
            div #live data-source=(source) data-tag=(tag_of(lang, &payment, &rest)) data-lost=(words.lost) {
                (part_of(lang, &payment, &rest))
            }
            p.back { a href=(super::home(lang)) { (words.to_payments) } }
        }
    };
    let switch = format!("/pay/{}?lang={}", payment.id, lang.other().code());
    let title = format!("{} {}", payment.provider.facts().title, rupiah(payment.payable));
    guarded(200, document(lang, &title, &switch, &content))
}

/// `GET /_sandbox/page/pay/{id}`
pub(super) async fn part(State(app): State<App>, Path(id): Path<String>, call: Call) -> Response {
    let lang = Lang::of(&call);
    let words = lang.words();
    let Some((payment, rest)) = find(&app, &id, words) else { return notice(404, lang, words.not_found) };
    changed(&call, &tag_of(lang, &payment, &rest), || part_of(lang, &payment, &rest))
}

/// The payment that has the sandbox's own name, and when it expires.
fn find(app: &App, id: &str, words: &Words) -> Option<(Payment, String)> {
    let (payment, now) = app.with(|world, now| {
        let payment = Provider::ALL
            .into_iter()
            .filter_map(|provider| world.payment(provider, id, now).ok())
            .find(|payment| payment.id == id);
        (payment, now)
    });
    payment.map(|payment| {
        let rest = words.soon(seconds(now, payment.expires_at));
        (payment, rest)
    })
}

fn tag_of(lang: Lang, payment: &Payment, rest: &str) -> String {
    tag(&(lang, format!("{payment:?}"), rest))
}

fn part_of(lang: Lang, payment: &Payment, rest: &str) -> Markup {
    let words = lang.words();
    html! {
        section.customer {
            h1 { (payment.provider.facts().title) " " bdi { (payment.order) } }
            p.due { span { (words.amount_due) } strong { (rupiah(payment.payable)) } }
            p role="status" { (badge(words, payment.status)) }
            @match payment.status {
                PaymentStatus::Pending => {
                    @if let Some(received) = payment.received {
                        p { (words.received) ": " (rupiah(received)) }
                    }
                    @if let Some(qr) = qr(words, payment) {
                        (qr)
                        p { (words.scan) }
                    } @else {
                        p { (fill(words.no_qr, &[&payment.method])) }
                    }
                    form method="post" action=(action_path(payment, "pay")) data-live {
                        input type="hidden" name="lang" value=(lang.code());
                        input type="hidden" name="back" value="pay";
                        button.main type="submit" id="pay" { (words.pay_now) }
                    }
                    p { (words.sandbox_note) }
                    p { (words.expires) " " (rest) " " small { (time(payment.expires_at)) } }
                }
                PaymentStatus::Paid => {
                    p.thanks { (words.thanks) }
                    p { (words.sandbox_note) }
                }
                PaymentStatus::Cancelled | PaymentStatus::Expired => { p { (words.closed) } }
            }
        }
    }
}
