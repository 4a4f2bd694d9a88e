//! What the pages say, in English and Indonesian.

mod english;
mod indonesian;

use crate::call::Call;
use crate::state::PaymentStatus;

use english::ENGLISH;
use indonesian::INDONESIAN;

/// A language of the pages.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Lang {
    English,
    Indonesian,
}

/// The texts of one language. `{}` is the place of what differs.
pub(super) struct Words {
    pub(super) title: &'static str,
    pub(super) tagline: &'static str,
    pub(super) to_payments: &'static str,
    pub(super) payments: &'static str,
    pub(super) no_payments: &'static str,
    pub(super) range: &'static str,
    pub(super) newer: &'static str,
    pub(super) older: &'static str,
    pub(super) reference: &'static str,
    pub(super) price: &'static str,
    pub(super) payable: &'static str,
    pub(super) received: &'static str,
    pub(super) created: &'static str,
    pub(super) expires: &'static str,
    pub(super) expired_at: &'static str,
    pub(super) paid_at: &'static str,
    pending: &'static str,
    paid: &'static str,
    cancelled: &'static str,
    expired: &'static str,
    pub(super) pay: &'static str,
    pub(super) pay_late: &'static str,
    pub(super) underpay: &'static str,
    pub(super) underpay_amount: &'static str,
    pub(super) expire: &'static str,
    pub(super) cancel: &'static str,
    pub(super) pay_page: &'static str,
    pub(super) qr: &'static str,
    pub(super) qr_label: &'static str,
    pub(super) no_qr: &'static str,
    pub(super) curl: &'static str,
    pub(super) webhooks: &'static str,
    pub(super) no_webhooks: &'static str,
    pub(super) acknowledged: &'static str,
    pub(super) not_acknowledged: &'static str,
    pub(super) no_answer: &'static str,
    pub(super) request_headers: &'static str,
    pub(super) request_body: &'static str,
    pub(super) answer: &'static str,
    pub(super) answer_empty: &'static str,
    pub(super) number: &'static str,
    pub(super) resend: &'static str,
    pub(super) resent: &'static str,
    pub(super) not_resent: &'static str,
    pub(super) signature_base: &'static str,
    pub(super) signed_body: &'static str,
    pub(super) unsigned: &'static str,
    pub(super) hold: &'static str,
    pub(super) holding: &'static str,
    pub(super) release: &'static str,
    pub(super) release_reversed: &'static str,
    pub(super) faults: &'static str,
    pub(super) every_call: &'static str,
    pub(super) acted: &'static str,
    pub(super) left: &'static str,
    pub(super) used_up: &'static str,
    pub(super) remove: &'static str,
    pub(super) closes: &'static str,
    pub(super) replies: &'static str,
    pub(super) truncates: &'static str,
    pub(super) delays: &'static str,
    pub(super) replaces: &'static str,
    pub(super) postpones: &'static str,
    pub(super) refuses: &'static str,
    pub(super) spells: &'static str,
    pub(super) base_urls: &'static str,
    pub(super) base_urls_help: &'static str,
    pub(super) copy: &'static str,
    pub(super) copied: &'static str,
    pub(super) lost: &'static str,
    pub(super) amount_due: &'static str,
    pub(super) pay_now: &'static str,
    pub(super) scan: &'static str,
    pub(super) sandbox_note: &'static str,
    pub(super) thanks: &'static str,
    pub(super) closed: &'static str,
    pub(super) not_done: &'static str,
    pub(super) foreign: &'static str,
    pub(super) not_found: &'static str,
    pub(super) ambiguous: &'static str,
    pub(super) not_pending: &'static str,
    pub(super) not_ended: &'static str,
    pub(super) bad_amount: &'static str,
    pub(super) unknown_action: &'static str,
    just_now: &'static str,
    minutes_ago: &'static str,
    hours_ago: &'static str,
    days_ago: &'static str,
    in_a_minute: &'static str,
    in_minutes: &'static str,
    in_hours: &'static str,
    in_days: &'static str,
    pub(super) state: &'static str,
    pub(super) all: &'static str,
    pub(super) gateway: &'static str,
    pub(super) all_gateways: &'static str,
    pub(super) search: &'static str,
    pub(super) show: &'static str,
    pub(super) none_match: &'static str,
    pub(super) show_all: &'static str,
    pub(super) method: &'static str,
    pub(super) notification: &'static str,
    pub(super) va_number: &'static str,
    pub(super) virtual_account: &'static str,
    pub(super) card: &'static str,
    pub(super) bank_transfer: &'static str,
    pub(super) payment_link: &'static str,
    pub(super) attempts: &'static str,
    pub(super) held: &'static str,
    pub(super) actions: &'static str,
    pub(super) own_name: &'static str,
    pub(super) gateway_reference: &'static str,
    pub(super) transfer_to: &'static str,
    pub(super) last_attempt: &'static str,
    pub(super) api: &'static str,
    pub(super) for_tests: &'static str,
    pub(super) for_tests_help: &'static str,
    pub(super) pay_command: &'static str,
    pub(super) first_commands: &'static str,
    pub(super) expires_short: &'static str,
    pub(super) notifications: &'static str,
}

impl Lang {
    /// The language that a request asks for: by `lang`, or else by what the browser prefers.
    pub(super) fn of(call: &Call) -> Self {
        match call.field("lang") {
            Some("id") => Self::Indonesian,
            Some("en") => Self::English,
            _ => Self::preferred(call.header("accept-language").unwrap_or_default()),
        }
    }

    /// The language of the two with the highest weight; of equals the first; English if neither is named.
    fn preferred(header: &str) -> Self {
        let mut best = (Self::English, 0.0);
        for range in header.split(',') {
            let mut parts = range.split(';');
            let tag = parts.next().unwrap_or_default().trim().to_ascii_lowercase();
            let weight =
                parts.find_map(|part| part.trim().strip_prefix("q=")?.trim().parse::<f32>().ok()).unwrap_or(1.0);
            let lang = match tag.split('-').next() {
                // `in` is what Indonesian was called before 1989.
                Some("id" | "in") => Self::Indonesian,
                Some("en") => Self::English,
                _ => continue,
            };
            if weight > best.1 {
                best = (lang, weight);
            }
        }
        best.0
    }

    /// The code in addresses and in HTML.
    pub(super) const fn code(self) -> &'static str {
        match self {
            Self::English => "en",
            Self::Indonesian => "id",
        }
    }

    /// What the language calls itself.
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::English => "English",
            Self::Indonesian => "Bahasa Indonesia",
        }
    }

    /// The language to switch to.
    pub(super) const fn other(self) -> Self {
        match self {
            Self::English => Self::Indonesian,
            Self::Indonesian => Self::English,
        }
    }

    pub(super) const fn words(self) -> &'static Words {
        match self {
            Self::English => &ENGLISH,
            Self::Indonesian => &INDONESIAN,
        }
    }
}

/// A text with what replaces `{}`.
pub(super) fn fill(text: &str, values: &[&str]) -> String {
    let mut pieces = text.split("{}");
    let mut out = pieces.next().unwrap_or_default().to_owned();
    let mut values = values.iter();
    for piece in pieces {
        out.push_str(values.next().copied().unwrap_or_default());
        out.push_str(piece);
    }
    out
}

impl Words {
    pub(super) const fn status(&self, status: PaymentStatus) -> &'static str {
        match status {
            PaymentStatus::Pending => self.pending,
            PaymentStatus::Paid => self.paid,
            PaymentStatus::Cancelled => self.cancelled,
            PaymentStatus::Expired => self.expired,
        }
    }

    /// How long ago something was, in seconds.
    pub(super) fn ago(&self, seconds: i64) -> String {
        match seconds {
            ..60 => self.just_now.to_owned(),
            60..3_600 => fill(self.minutes_ago, &[&(seconds / 60).to_string()]),
            3_600..172_800 => fill(self.hours_ago, &[&(seconds / 3_600).to_string()]),
            _ => fill(self.days_ago, &[&(seconds / 86_400).to_string()]),
        }
    }

    /// How soon something will be, in seconds.
    pub(super) fn soon(&self, seconds: i64) -> String {
        match seconds {
            ..60 => self.in_a_minute.to_owned(),
            60..3_600 => fill(self.in_minutes, &[&(seconds / 60).to_string()]),
            3_600..172_800 => fill(self.in_hours, &[&(seconds / 3_600).to_string()]),
            _ => fill(self.in_days, &[&(seconds / 86_400).to_string()]),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_preferred_language_is_found() {
        for (header, lang) in [
            ("", Lang::English),
            ("id", Lang::Indonesian),
            ("id-ID,id;q=0.9,en-US;q=0.8,en;q=0.7", Lang::Indonesian),
            ("en-US,en;q=0.9,id;q=0.8", Lang::English),
            ("en;q=0.1, ID;q=0.2", Lang::Indonesian),
            ("de, fr;q=0.5, in;q=0.3", Lang::Indonesian),
            ("de", Lang::English),
            ("idx", Lang::English),
        ] {
            assert_eq!(Lang::preferred(header), lang, "{header}");
        }
    }

    #[test]
    fn both_languages_have_the_same_gaps() {
        assert_eq!(fill(ENGLISH.range, &["1", "2"]), "1 of 2");
        assert_eq!(fill(INDONESIAN.range, &["1", "2"]), "1 dari 2");
        assert_eq!(ENGLISH.ago(59), "just now");
        assert_eq!(ENGLISH.ago(-5), "just now");
        assert_eq!(ENGLISH.soon(3_599), "in 59 min");
        assert_eq!(INDONESIAN.soon(7_200), "dalam 2 jam");
        assert_eq!(INDONESIAN.ago(172_800), "2 hari lalu");
    }
}
