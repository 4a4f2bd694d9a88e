//! What the pages say, in English and Indonesian.

use crate::call::Call;
use crate::state::PaymentStatus;

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
    pub(super) latest_webhooks: &'static str,
    pub(super) attempt: &'static str,
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
}

const ENGLISH: Words = Words {
    title: "Payment sandbox",
    tagline: "Payment gateways on this machine. No money moves.",
    to_payments: "All payments",
    payments: "Payments",
    no_payments: "No payment yet. Create one with your program or with curl, and it appears here.",
    range: "{} of {}",
    newer: "Newer",
    older: "Older",
    reference: "Reference",
    price: "Price",
    payable: "To pay",
    received: "Received",
    created: "Created",
    expires: "Expires",
    expired_at: "Expired",
    paid_at: "Paid",
    pending: "Pending",
    paid: "Paid",
    cancelled: "Cancelled",
    expired: "Expired",
    pay: "Pay",
    pay_late: "Pay late",
    underpay: "Underpay",
    underpay_amount: "Amount in rupiah",
    expire: "Expire",
    cancel: "Cancel",
    pay_page: "Customer's page",
    qr: "QR code",
    qr_label: "QR code of {}",
    no_qr: "This payment has no QR code. Method: {}",
    curl: "Status call as curl",
    webhooks: "Webhook attempts",
    no_webhooks: "None yet. One is sent when a payment is paid whose gateway has a webhook address.",
    latest_webhooks: "The latest {} are shown.",
    attempt: "attempt {}",
    acknowledged: "Acknowledged",
    not_acknowledged: "Not acknowledged",
    no_answer: "No answer",
    request_headers: "Request headers",
    request_body: "Request body",
    answer: "Answer",
    answer_empty: "The answer is empty.",
    number: "no. {}",
    resend: "Send again",
    resent: "sent again on demand",
    not_resent: "This notification can no longer be sent again.",
    signature_base: "Signature base",
    signed_body: "The request body, byte for byte as above.",
    unsigned: "Nothing is signed.",
    hold: "Hold new webhooks",
    holding: "New webhooks are held: none is sent until they are released.",
    release: "Release all",
    release_reversed: "Release, newest first",
    faults: "Faults",
    every_call: "every call",
    acted: "Acted {} times",
    left: "{} left",
    used_up: "used up",
    remove: "Remove",
    closes: "the connection is closed",
    replies: "status {} instead of the reply",
    truncates: "the reply is cut in half",
    delays: "the reply comes {} ms later",
    replaces: "a text in the reply is replaced",
    postpones: "the call is carried out {} ms later",
    refuses: "the gateway refuses",
    spells: "JSON is written oddly",
    base_urls: "Base URLs and environment variables",
    base_urls_help: "Set these where your program runs, and it talks to the sandbox.",
    copy: "Copy",
    copied: "Copied",
    lost: "The sandbox does not answer. What you see may be out of date.",
    amount_due: "Amount to pay",
    pay_now: "Pay in the sandbox",
    scan: "A payment app cannot pay this QR code. Use the button.",
    sandbox_note: "This is a sandbox. No money moves.",
    thanks: "The payment was received.",
    closed: "This payment can no longer be paid.",
    not_done: "Not done",
    foreign: "The request does not come from this page.",
    not_found: "There is no such payment.",
    ambiguous: "Several payments have this name.",
    not_pending: "The payment is no longer pending. Its status: {}.",
    not_ended: "Only an expired or cancelled payment can be paid late. Its status: {}.",
    bad_amount: "An underpayment must be above zero and below the amount to pay.",
    unknown_action: "There is no such action.",
    just_now: "just now",
    minutes_ago: "{} min ago",
    hours_ago: "{} h ago",
    days_ago: "{} days ago",
    in_a_minute: "in less than a minute",
    in_minutes: "in {} min",
    in_hours: "in {} h",
    in_days: "in {} days",
};

const INDONESIAN: Words = Words {
    title: "Sandbox pembayaran",
    tagline: "Gateway pembayaran di komputer ini. Tidak ada uang yang berpindah.",
    to_payments: "Semua pembayaran",
    payments: "Pembayaran",
    no_payments: "Belum ada pembayaran. Buat satu dengan program Anda atau curl, lalu muncul di sini.",
    range: "{} dari {}",
    newer: "Lebih baru",
    older: "Lebih lama",
    reference: "Referensi",
    price: "Harga",
    payable: "Harus dibayar",
    received: "Diterima",
    created: "Dibuat",
    expires: "Kedaluwarsa",
    expired_at: "Kedaluwarsa",
    paid_at: "Dibayar",
    pending: "Menunggu",
    paid: "Lunas",
    cancelled: "Dibatalkan",
    expired: "Kedaluwarsa",
    pay: "Bayar",
    pay_late: "Bayar terlambat",
    underpay: "Bayar kurang",
    underpay_amount: "Jumlah dalam rupiah",
    expire: "Kedaluwarsakan",
    cancel: "Batalkan",
    pay_page: "Halaman pelanggan",
    qr: "Kode QR",
    qr_label: "Kode QR untuk {}",
    no_qr: "Pembayaran ini tidak memakai kode QR. Metode: {}",
    curl: "Cek status dengan curl",
    webhooks: "Pengiriman webhook",
    no_webhooks: "Belum ada. Webhook dikirim saat pembayaran lunas, jika gateway-nya punya alamat webhook.",
    latest_webhooks: "{} yang terbaru ditampilkan.",
    attempt: "percobaan {}",
    acknowledged: "Diterima",
    not_acknowledged: "Belum diterima",
    no_answer: "Tidak ada jawaban",
    request_headers: "Header permintaan",
    request_body: "Isi permintaan",
    answer: "Jawaban",
    answer_empty: "Jawabannya kosong.",
    number: "no. {}",
    resend: "Kirim ulang",
    resent: "dikirim ulang atas permintaan",
    not_resent: "Notifikasi ini tidak bisa dikirim ulang lagi.",
    signature_base: "Dasar tanda tangan",
    signed_body: "Isi permintaan, persis seperti di atas.",
    unsigned: "Tidak ada yang ditandatangani.",
    hold: "Tahan webhook baru",
    holding: "Webhook baru ditahan: tidak ada yang dikirim sampai dilepas.",
    release: "Lepas semua",
    release_reversed: "Lepas, terbaru dulu",
    faults: "Gangguan",
    every_call: "setiap panggilan",
    acted: "Terjadi {} kali",
    left: "sisa {}",
    used_up: "habis",
    remove: "Hapus",
    closes: "koneksi ditutup",
    replies: "status {} sebagai ganti jawaban",
    truncates: "jawaban terpotong setengah",
    delays: "jawaban datang {} ms lebih lambat",
    replaces: "teks dalam jawaban diganti",
    postpones: "panggilan dijalankan {} ms kemudian",
    refuses: "gateway menolak",
    spells: "JSON ditulis secara janggal",
    base_urls: "Base URL dan variabel lingkungan",
    base_urls_help: "Pasang di tempat program Anda berjalan, maka program itu memakai sandbox.",
    copy: "Salin",
    copied: "Tersalin",
    lost: "Sandbox tidak menjawab. Yang tampil mungkin sudah usang.",
    amount_due: "Jumlah yang harus dibayar",
    pay_now: "Bayar di sandbox",
    scan: "Aplikasi pembayaran tidak bisa membayar kode QR ini. Pakai tombol.",
    sandbox_note: "Ini sandbox. Tidak ada uang yang berpindah.",
    thanks: "Pembayaran sudah diterima.",
    closed: "Pembayaran ini tidak bisa dibayar lagi.",
    not_done: "Tidak dijalankan",
    foreign: "Permintaan ini tidak berasal dari halaman ini.",
    not_found: "Pembayaran itu tidak ada.",
    ambiguous: "Ada beberapa pembayaran dengan nama ini.",
    not_pending: "Pembayaran tidak menunggu lagi. Statusnya: {}.",
    not_ended: "Hanya pembayaran yang kedaluwarsa atau dibatalkan yang bisa dibayar terlambat. Statusnya: {}.",
    bad_amount: "Pembayaran kurang harus di atas nol dan di bawah jumlah yang harus dibayar.",
    unknown_action: "Tindakan itu tidak ada.",
    just_now: "baru saja",
    minutes_ago: "{} menit lalu",
    hours_ago: "{} jam lalu",
    days_ago: "{} hari lalu",
    in_a_minute: "dalam kurang dari satu menit",
    in_minutes: "dalam {} menit",
    in_hours: "dalam {} jam",
    in_days: "dalam {} hari",
};

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
