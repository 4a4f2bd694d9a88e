//! The problems in Indonesian. Names of members, headers and calls stay as they are.

use gerbang::Kind;

use super::code::Code;
use super::said::{Detail, Form, Next, Thing};

pub fn title(code: Code) -> &'static str {
    match code {
        Code::InvalidRequest => "Ada nilai yang tidak sah",
        Code::NotFound => "Tidak ditemukan",
        Code::MethodNotAllowed => "Metode tidak diizinkan",
        Code::Unauthorized => "Tidak ada token yang sah",
        Code::WrongScope => "Cakupan token terlalu sempit",
        Code::UnsupportedMediaType => "Jenis isi permintaan tidak didukung",
        Code::TooLarge => "Isi permintaan terlalu besar",
        Code::SlowBody => "Isi permintaan datang terlalu lambat",
        Code::UnknownHost => "Daemon tidak dikenal dengan nama ini",
        Code::CrossSite => "Panggilan berasal dari situs lain",
        Code::TooManyCalls => "Terlalu banyak panggilan",
        Code::Timeout => "Panggilan terlalu lama",
        Code::Busy => "Daemon sedang sibuk",
        Code::DatabaseAway => "Database tidak dapat dihubungi",
        Code::Internal => "Daemon gagal",
        Code::IdempotencyKeyReused => "Idempotency-Key sudah pernah dipakai",
        Code::OrderConflict => "Pesanan sudah ada dengan isi lain",
        Code::OpenAtAnotherPrice => "Masih terbuka dengan harga lain",
        Code::AwaitsPerson => "Harus diperiksa orang dulu",
        Code::UnknownAccount => "Akun tidak dikenal",
        Code::Unanswered => "Jawaban gateway belum diketahui",
        Code::Paid => "Pesanan sudah dibayar",
        Code::Open => "Masih ada pembayaran terbuka",
        Code::CaseSettled => "Kasus sudah diselesaikan",
        Code::SurplusRefunded => "Uang sudah dikembalikan",
        Code::NoWebhook => "Tidak ada webhook",
        Code::NotificationDeleted => "Isi notifikasi sudah dihapus",
        Code::NotificationRefused => "Notifikasi tidak membuktikan apa pun",
        Code::Gateway(Kind::Rejected) => "Ditolak gateway",
        Code::Gateway(_) => "Tidak terlaksana di gateway",
    }
}

pub fn detail(detail: &Detail) -> String {
    let fixed = match detail {
        Detail::MustBe(name, form) => return format!("{name} harus berupa {}", self::form(*form)),
        Detail::Missing(name) => return format!("{name} tidak ada"),
        Detail::UnknownMember(name, known) => return format!("{name} tidak dikenal; yang ada: {known}"),
        Detail::UnknownParameter(known) => return format!("ada parameter yang tidak dikenal; yang ada: {known}"),
        Detail::Twice(name) => return format!("parameter {name} muncul dua kali"),
        Detail::NotJson(line, column) => {
            return format!("isi permintaan bukan JSON (baris {line}, kolom {column})");
        }
        Detail::Refused(what) => return format!("ada nilai yang tidak dapat diterima: {what}"),
        Detail::ProvesNothing(what) => return format!("notifikasi ini tidak membuktikan apa pun: {what}"),
        Detail::Gateway(kind, what) => return format!("{} ({what})", happened(*kind)),
        Detail::NoSuch(thing) => return format!("{} itu tidak ada", self::thing(*thing)),
        Detail::WrongScope(scope) => return format!("cakupan token ini bukan {scope}"),
        Detail::TooLarge(bytes) => return format!("isi permintaan lebih dari {bytes} byte"),
        Detail::SlowBody(seconds) => {
            return format!("isi permintaan belum lengkap setelah {seconds} detik");
        }
        Detail::NoDefaultAccount => "account tidak ada: daemon memiliki beberapa akun dan tidak ada akun bawaan",
        Detail::NotAnObject => "isi permintaan harus berupa objek JSON",
        Detail::MemberTwice => "isi permintaan memuat field yang sama dua kali dalam satu objek",
        Detail::OnlyNoted => "kasus ini tidak memutuskan pembayaran apa pun: hanya dapat dicatat (noted)",
        Detail::NoSuchMethod => "alamat ini tidak memiliki metode itu",
        Detail::NoToken => "token tidak ada",
        Detail::UnknownToken => "token tidak dikenal",
        Detail::NotJsonType => "isi permintaan harus application/json",
        Detail::TooLong => "panggilan berlangsung terlalu lama",
        Detail::TooManyCalls => "terlalu banyak panggilan pada saat yang sama",
        Detail::TooManySoon => "terlalu banyak panggilan dalam waktu singkat",
        Detail::NoHost => "header Host harus ada satu kali dan menyebut nama host",
        Detail::UnknownHost => "daemon tidak dikenal dengan nama pada header Host",
        Detail::CrossSite => "panggilan ini dibuat oleh halaman situs lain",
        Detail::TooManyStreams => "terlalu banyak aliran pada saat yang sama",
        Detail::TooManyNotifications => "terlalu banyak notifikasi pembayaran ini yang menunggu ditanyakan",
        Detail::DatabaseAway => "database tidak dapat dihubungi",
        Detail::DatabaseAwayBefore => "database tidak dapat dihubungi; tidak ada yang dikirim",
        Detail::DatabaseSilent => "database tidak menjawab",
        Detail::Failed => "daemon gagal",
        Detail::KeyReused => "Idempotency-Key ini sudah pernah datang bersama permintaan lain",
        Detail::OtherContent => "pesanan ini sudah dibuat dengan isi lain",
        Detail::OpenAtAnotherPrice => "pembayaran pesanan ini masih terbuka dengan harga lain",
        Detail::AwaitsPerson => "uang yang masuk kurang atau meragukan: harus diperiksa orang dulu",
        Detail::UnknownAccount => "akun ini tidak termasuk akun daemon",
        Detail::Unanswered => "belum diketahui apakah gateway sudah membuat pembayarannya",
        Detail::Paid => "pesanan ini sudah dibayar",
        Detail::Open => "pembayaran pesanan ini masih terbuka, atau mungkin terbuka",
        Detail::Settled => "kasus ini sudah diselesaikan",
        Detail::Refunded => "pengembalian uang ini sudah dicatat sebelumnya",
        Detail::NoWebhook => "daemon tidak mengirim peristiwa ke toko",
        Detail::BodyDeleted => "isi notifikasi ini sudah dihapus karena masa simpannya habis: tidak dapat dinilai lagi",
    };
    fixed.to_owned()
}

/// What happened at a gateway or on the way to it.
pub fn happened(kind: Kind) -> &'static str {
    match kind {
        Kind::Configuration => "kredensial atau pengaturan akun tidak dapat dipakai",
        Kind::InvalidRequest => "ada nilai yang melampaui batas gateway",
        Kind::Connect => "gateway tidak dapat dihubungi",
        Kind::Tls => "koneksi aman ke gateway tidak dapat dibuat",
        Kind::Timeout => "gateway tidak menjawab tepat waktu",
        Kind::Disconnected => "koneksi ke gateway terputus",
        Kind::Authentication => "gateway tidak menerima kredensial akun",
        Kind::NotFound => "gateway tidak mengenal pembayaran atau alamatnya",
        Kind::Gone => "gateway sudah menghentikan layanan ini",
        Kind::AlreadyDone => "gateway sudah pernah melakukannya",
        Kind::RateLimited => "terlalu banyak permintaan ke gateway",
        Kind::Rejected => "gateway menolaknya",
        Kind::Unavailable => "gateway sedang tidak dapat melayani",
        Kind::Html => "gateway menjawab dengan halaman web",
        Kind::UnexpectedReply => "jawaban gateway tidak dapat dipahami",
        Kind::ReplyTooLarge => "jawaban gateway terlalu besar",
        Kind::InvalidNotification => "notifikasi tidak dapat dipahami",
        Kind::Unsupported => "gateway tidak dapat melakukannya",
        Kind::EchoMismatch => "jawaban gateway tentang pembayaran atau jumlah lain",
        _ => "tidak terlaksana di gateway",
    }
}

fn form(form: Form) -> String {
    let fixed = match form {
        Form::Text(longest) => return format!("teks 1 sampai {longest} karakter tanpa karakter kendali"),
        Form::Rupiah(most) => return format!("rupiah bulat, ditulis sebagai bilangan bulat dari 1 sampai {most}"),
        Form::Seconds(most) => return format!("detik, ditulis sebagai bilangan bulat dari 1 sampai {most}"),
        Form::ObjectOf(longest) => return format!("objek JSON paling besar {longest} byte"),
        Form::Wait(most) => return format!("bilangan bulat detik dari 1 sampai {most}"),
        Form::Limit(most) => return format!("bilangan bulat dari 1 sampai {most}"),
        Form::Object => "objek",
        Form::Order => {
            "1 sampai 44 karakter A-Z a-z 0-9 . _ / -, dan tidak boleh terbaca sebagai bilangan dengan nol di depan atau \
             eksponen"
        }
        Form::Account => "salah satu akun dari GET /v1/accounts",
        Form::Method => "qris, virtual_account:BANK, card, gopay, paypal atau pay_page",
        Form::WebAddress => "alamat http atau https",
        Form::Resolution => "noted, paid atau unpaid",
        Form::IdempotencyKey => "satu header dengan 1 sampai 255 karakter ASCII yang terlihat",
        Form::Status => "pending, paid, closed atau attention",
        Form::Outcome => "waiting, learnt, paid, not_paid, second_payment atau unknown_payment",
        Form::TrueOnly => "true, atau tidak disebut",
        Form::NextOfAPage => "nilai next dari halaman lain",
        Form::CaseId => "id sebuah kasus",
        Form::SurplusId => "id sebuah kelebihan pembayaran",
        Form::EventId => "id sebuah peristiwa",
        Form::NotificationId => "id sebuah notifikasi",
    };
    fixed.to_owned()
}

fn thing(thing: Thing) -> &'static str {
    match thing {
        Thing::Path => "alamat",
        Thing::Payment => "pembayaran",
        Thing::Case => "kasus",
        Thing::Surplus => "kelebihan pembayaran",
        Thing::Event => "peristiwa",
        Thing::Notification => "notifikasi",
        Thing::Known => "pembayaran, kasus atau peristiwa (atau sudah diselesaikan)",
    }
}

pub fn next(next: Next) -> &'static str {
    match next {
        Next::CorrectTheRequest => "perbaiki permintaannya; tidak ada yang dikirim",
        Next::CheckTheAddress => "periksa alamatnya",
        Next::ReadTheDescription => "GET /openapi.json menjelaskan semua panggilan",
        Next::SendAToken => "kirim header Authorization: Bearer TOKEN",
        Next::MakeAToken => "buat token: gerbang serve token new",
        Next::SetTheType => "isi header Content-Type; tidak ada yang dikirim",
        Next::SendLess => "kirim lebih sedikit; tidak ada yang dikirim ke gateway",
        Next::SendTheSame => "kirim permintaan yang sama sekali lagi; tidak ada yang dikirim ke gateway",
        Next::UseAKnownHost => {
            "pakai alamat public_url, atau tambahkan nama itu ke pengaturan hosts; tidak ada yang dikirim"
        }
        Next::CallFromAServer => {
            "panggil dari server, atau dari halaman di alamat daemon sendiri; tidak ada yang dikirim"
        }
        Next::WaitAndSendTheSame => {
            "kirim permintaan yang sama lagi setelah jumlah detik pada Retry-After; tidak ada yang dikirim ke gateway"
        }
        Next::TryLater => "coba lagi nanti",
        Next::SendTheSameLater => "kirim lagi permintaan yang sama nanti: tidak ada yang dibuat dua kali",
        Next::LookIntoTheLog => "lihat log daemon; permintaan yang sama boleh dikirim lagi",
        Next::UseAnotherKey => "pakai kunci lain untuk permintaan lain; tidak ada yang dikirim",
        Next::UseAnotherOrder => "pakai pesanan lain, atau minta pembayaran yang sudah ada",
        Next::CancelFirst => "batalkan dulu: POST /v1/payments/{id}/cancel",
        Next::ResolveTheCase => "selesaikan kasusnya: GET /v1/cases, POST /v1/cases/{id}/resolve",
        Next::KeepTheAccount => {
            "GET /v1/accounts menampilkan semuanya; akun yang memiliki pembayaran harus tetap ada di pengaturan"
        }
        Next::Ship => "kirim barangnya; tidak ada lagi yang harus dibayar",
        Next::LookAtTheCases => "GET /v1/cases menunjukkan cara penyelesaiannya",
        Next::LookAtTheSurplus => {
            "jangan kembalikan lagi: GET /v1/surplus menunjukkan siapa yang mengembalikannya, dan kapan"
        }
        Next::LookAtThePayment => "periksa pembayarannya di halaman gateway sendiri",
        Next::SetAWebhook => "isi webhook_url dan webhook_secret, atau baca GET /v1/events",
        Next::UseOtherValues => "tidak ada yang dibuat: buat lagi pesanannya dengan nilai lain atau akun lain",
        Next::AskForThePayment => {
            "pembayarannya mungkin ada: tanyakan dengan GET /v1/payments/{id}, atau kirim lagi permintaan yang sama; tidak ada \
             yang dibuat dua kali"
        }
        Next::WaitForTheDaemon => {
            "tidak ada yang dikirim; daemon mencoba lagi selama satu jam, dan lebih cepat bila permintaan yang sama datang lagi"
        }
        Next::SendAgain => "tidak ada yang dibuat: kirim lagi permintaan yang sama nanti",
    }
}
