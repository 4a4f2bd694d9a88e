//! What the customer's page says, in Indonesian and English.

use http::HeaderMap;
use http::header::ACCEPT_LANGUAGE;

/// A language of the page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lang {
    Indonesian,
    English,
}

/// The texts of a language.
pub struct Words {
    pub order: &'static str,
    pub to_pay: &'static str,
    pub amount: &'static str,
    pub exact: &'static str,
    pub copy: &'static str,
    pub copied: &'static str,
    pub copy_amount: &'static str,
    pub copy_number: &'static str,
    pub copy_code: &'static str,
    pub scan: &'static str,
    pub qr_label: &'static str,
    pub merchant: &'static str,
    pub account_number: &'static str,
    pub code: &'static str,
    pub open_page: &'static str,
    pub open_app: &'static str,
    pub open_qr: &'static str,
    pub pay_before: &'static str,
    pub left: &'static str,
    pub paid_at: &'static str,
    pub back: &'static str,
    pub other_language: &'static str,
    pub pay: State,
    pub preparing: State,
    pub over: State,
    pub paid: State,
    pub expired: State,
    pub closed: State,
    pub attention: State,
    pub unknown: State,
    pub away: State,
}

/// What is said of a state: in a few words, and what to do.
pub struct State {
    pub title: &'static str,
    pub advice: &'static str,
}

impl Lang {
    /// The language that is asked for: by `lang` in the query, or else by the browser; otherwise Indonesian.
    pub fn of(query: Option<&str>, headers: &HeaderMap) -> Self {
        let pairs = url::form_urlencoded::parse(query.unwrap_or_default().as_bytes());
        let asked = pairs.filter(|(name, _)| name == "lang").find_map(|(_, value)| Self::of_tag(&value));
        let accepted = || Self::accepted(headers.get(ACCEPT_LANGUAGE)?.to_str().ok()?);
        asked.or_else(accepted).unwrap_or(Self::Indonesian)
    }

    /// The one that a browser likes most; of two that it likes as much, the first.
    fn accepted(header: &str) -> Option<Self> {
        let mut best: Option<(f32, Self)> = None;
        for item in header.split(',') {
            let mut parts = item.split(';').map(str::trim);
            let Some(lang) = parts.next().and_then(Self::of_tag) else { continue };
            let weight = parts.find_map(|part| part.strip_prefix("q=")).map_or(Some(1.0), |text| text.parse().ok());
            let Some(weight) = weight.filter(|weight| *weight > 0.0) else { continue };
            if best.is_none_or(|(most, _)| weight > most) {
                best = Some((weight, lang));
            }
        }
        best.map(|(_, lang)| lang)
    }

    /// `in` is what old systems call Indonesian; who speaks one of its neighbours reads it.
    fn of_tag(tag: &str) -> Option<Self> {
        match tag.split(['-', '_']).next().unwrap_or_default().to_ascii_lowercase().as_str() {
            "id" | "in" | "ms" | "jv" | "su" => Some(Self::Indonesian),
            "en" => Some(Self::English),
            _ => None,
        }
    }

    /// The tag: `id`.
    pub fn tag(self) -> &'static str {
        match self {
            Self::Indonesian => "id",
            Self::English => "en",
        }
    }

    pub fn other(self) -> Self {
        match self {
            Self::Indonesian => Self::English,
            Self::English => Self::Indonesian,
        }
    }

    pub fn words(self) -> &'static Words {
        match self {
            Self::Indonesian => &INDONESIAN,
            Self::English => &ENGLISH,
        }
    }
}

static INDONESIAN: Words = Words {
    order: "Pesanan",
    to_pay: "Jumlah yang harus dibayar",
    amount: "Jumlah",
    exact: "Bayar tepat sampai rupiah terakhir.",
    copy: "Salin",
    copied: "Disalin",
    copy_amount: "Salin jumlah",
    copy_number: "Salin nomor virtual account",
    copy_code: "Salin kode pembayaran",
    scan: "Pindai kode QR ini dengan aplikasi bank atau dompet digital Anda, atau simpan tangkapan layarnya lalu buka dari aplikasi itu.",
    qr_label: "Kode QRIS untuk pembayaran ini",
    merchant: "Nama penerima di aplikasi Anda",
    account_number: "Nomor virtual account",
    code: "Kode pembayaran",
    open_page: "Buka halaman pembayaran",
    open_app: "Buka aplikasi pembayaran",
    open_qr: "Buka gambar kode QR",
    pay_before: "Bayar sebelum",
    left: "Sisa waktu",
    paid_at: "Dibayar pada",
    back: "Kembali ke toko",
    other_language: "English",
    pay: State { title: "Menunggu pembayaran", advice: "Halaman ini berubah sendiri setelah pembayaran diterima." },
    preparing: State {
        title: "Pembayaran sedang disiapkan",
        advice: "Cara membayar akan muncul di sini. Jika lama tidak muncul, hubungi toko.",
    },
    over: State {
        title: "Waktu pembayaran habis",
        advice: "Jangan bayar lagi. Jika Anda sudah membayar, tunggu: halaman ini menampilkannya setelah pembayaran diterima.",
    },
    paid: State { title: "Sudah dibayar", advice: "Terima kasih. Pembayaran Anda sudah diterima." },
    expired: State {
        title: "Pembayaran kedaluwarsa",
        advice: "Jangan bayar lagi di sini. Jika Anda sudah membayar, halaman ini menampilkannya setelah diterima; jika tidak, hubungi toko.",
    },
    closed: State {
        title: "Pembayaran ditutup",
        advice: "Jangan bayar lagi di sini. Jika Anda sudah membayar, halaman ini menampilkannya setelah diterima; jika tidak, hubungi toko.",
    },
    attention: State {
        title: "Sedang diperiksa toko",
        advice: "Jangan bayar lagi. Toko harus memeriksa pembayaran ini; hubungi toko jika Anda sudah membayar.",
    },
    unknown: State { title: "Halaman tidak ditemukan", advice: "Periksa alamatnya, atau minta toko mengirimnya lagi." },
    away: State {
        title: "Belum dapat ditampilkan",
        advice: "Keadaan pembayaran belum diketahui. Halaman ini mencoba lagi sendiri.",
    },
};

static ENGLISH: Words = Words {
    order: "Order",
    to_pay: "Amount to pay",
    amount: "Amount",
    exact: "Pay exactly this, to the last rupiah.",
    copy: "Copy",
    copied: "Copied",
    copy_amount: "Copy amount",
    copy_number: "Copy virtual account number",
    copy_code: "Copy payment code",
    scan: "Scan this QR code with the app of your bank or wallet, or save a screenshot and open it in that app.",
    qr_label: "QRIS code of this payment",
    merchant: "Payee shown in your app",
    account_number: "Virtual account number",
    code: "Payment code",
    open_page: "Open the payment page",
    open_app: "Open the payment app",
    open_qr: "Open the picture of the QR code",
    pay_before: "Pay before",
    left: "Time left",
    paid_at: "Paid at",
    back: "Back to the shop",
    other_language: "Bahasa Indonesia",
    pay: State { title: "Waiting for payment", advice: "This page changes by itself once the payment has come in." },
    preparing: State {
        title: "The payment is being prepared",
        advice: "The way to pay will appear here. If that takes long, ask the shop.",
    },
    over: State {
        title: "The time to pay is over",
        advice: "Do not pay any more. If you have paid, wait: this page shows it once the payment has come in.",
    },
    paid: State { title: "Paid", advice: "Thank you. Your payment has come in." },
    expired: State {
        title: "The payment has expired",
        advice: "Do not pay here any more. If you have paid, this page shows it once it has come in; otherwise ask the shop.",
    },
    closed: State {
        title: "The payment is closed",
        advice: "Do not pay here any more. If you have paid, this page shows it once it has come in; otherwise ask the shop.",
    },
    attention: State {
        title: "The shop is looking into it",
        advice: "Do not pay again. The shop must look at this payment; ask the shop if you have paid.",
    },
    unknown: State { title: "There is no such page", advice: "Check the address, or ask the shop to send it again." },
    away: State {
        title: "It cannot be shown now",
        advice: "How the payment stands is not known now. This page tries again by itself.",
    },
};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn language_is_the_one_asked_for_or_liked_most() {
        for (query, header, lang) in [
            (None, "", Lang::Indonesian),
            (None, "de, fr;q=0.9", Lang::Indonesian),
            (None, "en-GB,en;q=0.9", Lang::English),
            (None, "de, en;q=0.3, id;q=0.8", Lang::Indonesian),
            (None, "id;q=0, en;q=0.1", Lang::English),
            (None, "in-ID", Lang::Indonesian),
            (None, "en;q=x", Lang::Indonesian),
            (Some("lang=en"), "id", Lang::English),
            (Some("lang=id"), "en", Lang::Indonesian),
            (Some("lang=xx"), "en", Lang::English),
            (Some("a=b&lang=en-US"), "", Lang::English),
        ] {
            let mut headers = HeaderMap::new();
            headers.insert(ACCEPT_LANGUAGE, header.parse().unwrap());
            assert_eq!(Lang::of(query, &headers), lang, "{query:?} {header}");
        }
    }
}
