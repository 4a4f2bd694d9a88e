//! The operator's page in Indonesian.

use gerbang::ledger::{Ending, EventKind, NotificationOutcome, Resolution, Standing, Why};
use gerbang::{PaymentStatus, Trust};

use super::{Reason, Words};
use crate::webhooks::Became;

pub static WORDS: Words = Words {
    other_language: "English",
    skip: "Langsung ke isi",
    navigation: "Halaman",
    payments: "Pembayaran",
    cases: "Kasus",
    notifications: "Notifikasi",
    events: "Peristiwa",
    accounts: "Akun",
    sign_in: "Masuk",
    sign_out: "Keluar",
    sign_in_advice: "Dengan token bercakupan admin. Token dibuat di mesin daemon: gerbang serve token new --scope admin",
    token: "Token",
    wrong_token: "Token ini tidak dikenal.",
    shop_token: "Token ini bercakupan shop. Halaman ini memerlukan token bercakupan admin: gerbang serve token new --scope admin",
    foreign_form: "Formulir ini bukan dari halaman ini",
    foreign_form_advice: "Tidak ada yang dilakukan. Buka lagi halamannya, lalu kirim formulirnya dari sana.",
    database_away: "Database tidak dapat dihubungi",
    database_away_advice: "Keadaan sekarang tidak diketahui, dan tidak ada yang dilakukan. Coba lagi nanti.",
    back: "Kembali",
    search: "Pesanan, referensi, atau id gateway",
    search_by: "Cari",
    status: "Status",
    all: "Semua",
    show: "Tampilkan",
    first: "Halaman pertama",
    more: "Halaman berikutnya",
    none_here: "Tidak ada.",
    order: "Pesanan",
    price: "Harga",
    payable: "Harus dibayar",
    account: "Akun",
    created: "Dibuat",
    expires: "Kedaluwarsa",
    paid_at: "Dibayar",
    late: "terlambat: setelah berakhir",
    surplus: "Harus dikembalikan ke pelanggan",
    test_mode: "uji coba",
    test_mode_advice: "Akun ini dalam mode uji coba: tidak ada uang yang berpindah.",
    customers_page: "Halaman pelanggan",
    metadata: "Data milik toko",
    attempts: "Upaya pembayaran",
    reference: "Referensi",
    gateway_id: "Id gateway",
    state: "Keadaan",
    has_cases: "Harus diperiksa orang: buka kasusnya",
    amount: "Jumlah",
    why: "Sebab",
    since: "Sejak",
    detail: "Yang ditemukan",
    open_cases: "Kasus terbuka",
    all_cases: "Termasuk yang selesai",
    no_cases: "Tidak ada kasus.",
    settle: "Selesaikan kasus",
    resolution: "Keputusan",
    by: "Nama Anda",
    note: "Catatan",
    case_note: "Catatan: apa yang Anda lihat, dan di mana",
    settled: "Selesai",
    settled_done: "Kasus sudah diselesaikan.",
    money_back: "Uang yang harus dikembalikan",
    money_back_advice: "Uang pelanggan yang tidak diperlukan pesanan mana pun. Kembalikan lewat gateway atau transfer, lalu catat di sini.",
    no_money_back: "Tidak ada uang yang harus dikembalikan.",
    due_second: "Pembayaran untuk pesanan yang sudah dibayar sebelumnya",
    due_excess: "Masuk melebihi harga, atau untuk pembayaran yang diputuskan tidak dibayar",
    refund: "Tandai sudah dikembalikan",
    refund_advice: "Tombol ini tidak memindahkan uang. Tekan setelah Anda sendiri mengembalikan uangnya.",
    refund_note: "Catatan: bagaimana Anda mengembalikannya",
    refunded: "Dikembalikan",
    refunded_done: "Pengembalian uang sudah dicatat.",
    outcome: "Penilaian",
    claims: "Menyatakan",
    proof: "Bukti",
    named_price: "Harga yang disebut",
    named_payable: "Jumlah dibayar menurutnya",
    came_at: "Datang",
    asked: "Ditanyakan tanpa hasil",
    replay: "Nilai lagi",
    replayed_done: "Notifikasi sudah dinilai lagi. Jika tidak membuktikan apa pun, gateway ditanya sekarang.",
    body_deleted: "Isinya sudah dihapus; tidak dapat dinilai lagi.",
    delivery: "Pengiriman",
    redeliver: "Kirim lagi",
    redelivered_done: "Peristiwa ini segera dikirim lagi.",
    no_webhook: "Daemon tidak mengirim peristiwa: webhook_url belum diisi.",
    gateway: "Gateway",
    hook: "Alamat notifikasi",
    default_account: "Menerima pesanan yang tidak menyebut akun",
    last_success: "Jawaban terakhir",
    last_failure: "Kegagalan terakhir",
    never: "belum ada",
    since_start: "Jawaban dan kegagalan dihitung sejak daemon ini dijalankan.",
    can: "Kemampuan gateway",
    can_status: "Dapat ditanya tentang pembayaran",
    can_find: "Mencari pembayaran dari referensinya",
    can_cancel: "Membatalkan pembayaran",
    can_notify: "Notifikasi",
    least_amount: "Jumlah terkecil",
    yes: "ya",
    no: "tidak",
};

pub fn standing(standing: Standing) -> &'static str {
    match standing {
        Standing::Pending => "Menunggu",
        Standing::Paid => "Sudah dibayar",
        Standing::Closed => "Ditutup",
        Standing::Attention => "Perlu perhatian",
        other => other.as_str(),
    }
}

/// The state of an attempt.
pub fn state(state: &str) -> &'static str {
    match state {
        "intended" => "akan dikirim",
        "sending" => "sedang dikirim",
        "uncertain" => "tidak diketahui: jawabannya hilang",
        "open" => "terbuka",
        "closed" => "ditutup",
        "paid" => "dibayar",
        _ => "tidak dikenal",
    }
}

pub fn ending(ending: Ending) -> &'static str {
    match ending.as_str() {
        "refused" => "ditolak gateway",
        "not_sent" => "tidak dapat dikirim",
        "withdrawn" => "ditarik sebelum dikirim",
        "absent" => "tidak ada di gateway",
        "unseen" => "tidak pernah dilihat pelanggan",
        "expired" => "kedaluwarsa",
        "cancelled" => "dibatalkan",
        "failed" => "gagal",
        other => other,
    }
}

pub fn event(kind: EventKind) -> &'static str {
    match kind {
        EventKind::PaymentCreated => "Pembayaran dibuat",
        EventKind::PaymentPaid => "Pesanan dibayar",
        EventKind::PaymentClosed => "Pembayaran ditutup",
        EventKind::PaymentSurplus => "Uang harus dikembalikan",
        EventKind::CaseOpened => "Kasus dibuka",
        other => other.as_str(),
    }
}

pub fn outcome(outcome: NotificationOutcome) -> &'static str {
    match outcome {
        NotificationOutcome::Waiting => "menunggu ditanyakan",
        NotificationOutcome::Learnt => "bertanda tangan, dipercaya",
        NotificationOutcome::Paid => "ditanyakan: dibayar",
        NotificationOutcome::NotPaid => "ditanyakan: belum dibayar",
        NotificationOutcome::SecondPayment => "pembayaran kedua: kasus",
        NotificationOutcome::UnknownPayment => "pembayaran tak dikenal: kasus",
        other => other.as_str(),
    }
}

pub fn claimed(status: &PaymentStatus) -> &'static str {
    match status {
        PaymentStatus::Pending => "menunggu",
        PaymentStatus::Paid => "dibayar",
        PaymentStatus::Expired => "kedaluwarsa",
        PaymentStatus::Cancelled => "dibatalkan",
        PaymentStatus::Failed => "gagal",
        _ => "kata yang tidak dikenal",
    }
}

pub fn trust(trust: Trust) -> &'static str {
    match trust {
        Trust::None => "tidak ada",
        Trust::Unsigned => "tanpa tanda tangan: tidak membuktikan apa pun",
        Trust::SharedSecret => "rahasia bersama, atau tanda tangan tanpa status: tidak membuktikan apa pun",
        Trust::Signed => "bertanda tangan",
        other => other.as_str(),
    }
}

pub fn became(became: Option<Became>) -> &'static str {
    match became {
        Some(Became::Due) => "akan dikirim",
        Some(Became::Delivered) => "sudah dikirim",
        Some(Became::GivenUp) => "menyerah setelah tiga hari",
        None => "tidak dikirim",
    }
}

pub fn reason(why: Why) -> Reason {
    let (title, advice) = match why {
        Why::Mismatch => (
            "Ada yang berbeda",
            "Jawaban atau notifikasi bertanda tangan berbeda dari yang diminta. Periksa referensi, id, dan jumlah di dasbor gateway.",
        ),
        Why::Short => (
            "Uang yang masuk kurang",
            "Yang masuk kurang dari harga pesanan, dan tidak ada yang dikirim. Bandingkan jumlah di bawah dengan harganya.",
        ),
        Why::SecondPayment => (
            "Pembayaran kedua",
            "Pembayaran kedua dengan referensi yang sama sudah dibayar. Periksa kedua id di dasbor gateway.",
        ),
        Why::DoubledId => (
            "Satu id untuk dua pembayaran",
            "Gateway memberi id satu pembayaran kepada pembayaran lain. Periksa kedua pesanan di dasbornya, dari referensinya.",
        ),
        Why::CreationLost => (
            "Jawaban gateway hilang",
            "Pembayarannya mungkin ada dan tidak dapat dicari. Periksa apakah referensinya ada di dasbor gateway.",
        ),
        Why::TestMode => ("Pembayaran mode uji coba", "Ini bukan uang. Periksa kunci akun dan modenya di gateway."),
        Why::UnknownStatus => (
            "Kata yang tidak dikenal",
            "Gateway memakai kata keadaan yang tidak dikenal versi ini; bisa jadi artinya dibayar. Periksa pembayarannya di dasbor.",
        ),
        Why::Contradicted => (
            "Jawaban gateway bertentangan",
            "Jawabannya saling bertentangan, atau pertanyaannya ditolak. Periksa kunci dan haknya, serta pembayarannya di dasbor.",
        ),
        Why::NoAnswer => (
            "Gateway tidak menjawab",
            "Gateway belum menjawab sampai lewat masa bayar, dan terus ditanya. Periksa keadaan gateway dan jaringannya.",
        ),
        Why::NoProof => (
            "Tidak ada bukti",
            "Gateway tidak dapat ditanya, dan notifikasinya tidak membuktikan apa pun. Periksa pembayarannya di dasbor.",
        ),
        Why::UnknownPayment => (
            "Uang untuk pembayaran tak dikenal",
            "Notifikasi bertanda tangan menyebut pembayaran yang tidak ada di buku. Cari tahu program mana yang membuatnya.",
        ),
        Why::Undelivered => (
            "Toko tidak menerima peristiwa",
            "Selama tiga hari. Periksa alamat webhook dan log toko, lalu kirim lagi peristiwanya.",
        ),
        Why::Reversed => (
            "Uang pesanan yang dibayar ditarik kembali",
            "Gateway kini menyebut pembayarannya dikembalikan, di-chargeback, atau gagal. Pesanan tetap dibayar. Periksa pembayarannya di dasbor gateway, dan apakah barangnya sudah dikirim.",
        ),
        other => (other.as_str(), "Periksa pembayarannya di dasbor gateway."),
    };
    Reason { title, advice }
}

pub fn resolution(resolution: Resolution) -> Reason {
    let (title, advice) = match resolution {
        Resolution::Paid => (
            "Dibayar",
            "Anda sudah melihat uangnya. Pesanan dibayar dan dikirim; jika sudah dibayar sebelumnya, uang ini harus dikembalikan.",
        ),
        Resolution::Unpaid => (
            "Tidak dibayar",
            "Tidak akan ada yang membayarnya. Pesanan boleh mendapat pembayaran lain; yang sudah masuk harus dikembalikan.",
        ),
        Resolution::Noted => ("Dicatat", "Tidak ada akibatnya: hanya nama dan catatan Anda yang disimpan."),
        other => (other.as_str(), ""),
    };
    Reason { title, advice }
}
