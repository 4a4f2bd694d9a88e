//! What the customer's page says, in Indonesian and English.

use crate::lang::Lang;

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
