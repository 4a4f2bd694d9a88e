//! The page on which a customer pays one payment.

use axum::extract::{Path, State};
use axum::response::Response;
use maud::{Markup, html};

use super::words::{Lang, fill};
use super::{
    action_path, badge, changed, copy, document, find, guarded, methods, notice, qr, rupiah, seconds, tag, time,
};
use crate::app::App;
use crate::call::Call;
use crate::state::{Payment, PaymentStatus};

/// `GET /pay/{id}`
pub(super) async fn whole(State(app): State<App>, Path(id): Path<String>, call: Call) -> Response {
    let lang = Lang::of(&call);
    let words = lang.words();
    let Some(shown) = Shown::of(&app, &id, lang) else { return notice(404, lang, words.not_found) };
    let payment = &shown.payment;
    let source = format!("/_sandbox/page/pay/{}?lang={}", payment.id, lang.code());
    let content = html! {
        main.narrow {
            div #live data-source=(source) data-tag=(shown.tag()) data-lost=(words.lost) { (shown.part()) }
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
    let Some(shown) = Shown::of(&app, &id, lang) else { return notice(404, lang, lang.words().not_found) };
    changed(&call, &shown.tag(), || shown.part())
}

/// What the page shows.
struct Shown {
    lang: Lang,
    payment: Payment,
    method: String,
    /// When it expires.
    rest: String,
}

impl Shown {
    /// The payment that has the sandbox's own name.
    fn of(app: &App, id: &str, lang: Lang) -> Option<Self> {
        let (record, now) = find(app, id)?;
        let words = lang.words();
        let rest = words.soon(seconds(now, record.expires));
        Some(Self { lang, method: methods::name(words, &record), payment: record.payment(), rest })
    }

    fn tag(&self) -> String {
        tag(&(self.lang, format!("{:?}", self.payment), &self.method, &self.rest))
    }

    fn part(&self) -> Markup {
        let (words, payment) = (self.lang.words(), &self.payment);
        html! {
            section.customer {
                h1 { (payment.provider.facts().title) " " bdi { (payment.order) } }
                p.due { span { (words.amount_due) } strong { (rupiah(payment.payable)) } }
                p role="status" { (badge(words, payment.status)) }
                @match payment.status {
                    PaymentStatus::Pending => { (self.pending()) }
                    PaymentStatus::Paid => {
                        p.thanks { (words.thanks) }
                        p { (words.sandbox_note) }
                    }
                    PaymentStatus::Cancelled | PaymentStatus::Expired => { p { (words.closed) } }
                }
            }
        }
    }

    /// How it is paid.
    fn pending(&self) -> Markup {
        let (words, payment) = (self.lang.words(), &self.payment);
        html! {
            @if let Some(received) = payment.received {
                p { (words.received) ": " (rupiah(received)) }
            }
            @if let Some(qr) = qr(words, payment) {
                (qr)
                p { (words.scan) }
            } @else if let Some(number) = &payment.va_number {
                p { (words.transfer_to) }
                p.account { span { (self.method) } strong id="va-number" { (number) } }
                (copy(words, "va-number"))
            } @else {
                p { (fill(words.no_qr, &[&self.method])) }
            }
            form method="post" action=(action_path(payment, "pay")) data-live {
                input type="hidden" name="lang" value=(self.lang.code());
                input type="hidden" name="back" value="pay";
                button.main type="submit" id="pay" { (words.pay_now) }
            }
            p { (words.sandbox_note) }
            p { (words.expires) " " (self.rest) " " small { (time(payment.expires_at)) } }
        }
    }
}
