//! Which refusals prove that nothing was done.

/// Parts of texts that name a fault or a limit that a call may meet at any moment, also after its work was done: databases,
/// locks, connections, time, limits, things that could not be written. In English and Indonesian, in lower case.
const FAULTS: &[&str] = &[
    "sql",
    "database",
    "basis data",
    "deadlock",
    "lock wait",
    "connection",
    "koneksi",
    "timeout",
    "time out",
    "timed out",
    "time limit",
    "out of time",
    "execution time",
    "waktu",
    "deadline",
    "too many",
    "too much",
    "terlalu banyak",
    "limit",
    "batas",
    "quota",
    "kuota",
    "exceed",
    "again",
    "lagi",
    "retry",
    "later",
    "nanti",
    "busy",
    "sibuk",
    "server",
    "internal",
    "exception",
    "fatal",
    "memory",
    "disk",
    "gateway",
    "unavailable",
    "maintenance",
    "pemeliharaan",
    "gangguan",
    "duplicate entry",
    "written",
    "write",
    "simpan",
    "nyimpan",
    "save",
];

/// Parts of texts that only say that something went wrong, or mention work that was done.
const VAGUE: &[&str] = &[
    "error",
    "kesalahan",
    "gagal",
    "fail",
    "sistem",
    "system",
    "wrong",
    "proses",
    "process",
    "undefined",
    "unknown",
    "berhasil",
    "success",
];

/// Whether this part begins in the first clause of a text, without regard to ASCII case: what a text begins with is what it is
/// about. `QRIS dibuat, tetapi webhook gagal: API key tidak valid` is not about the API key of the call.
pub fn is_about(text: &str, part: &str) -> bool {
    let clause = text.find(['.', ',', ';', ':', '!', '?']).unwrap_or(text.len());
    text.to_ascii_lowercase().find(&part.to_ascii_lowercase()).is_some_and(|at| at <= clause)
}

/// Whether a provider's text names a fault or a limit, which may pass.
///
/// ```
/// use gerbang_core::refusal::{proves_nothing, speaks_of_a_fault};
///
/// assert!(speaks_of_a_fault("SQLSTATE[HY000] [1040] Too many connections"));
/// assert!(!speaks_of_a_fault("Terjadi kesalahan") && proves_nothing("Terjadi kesalahan"));
/// assert!(!proves_nothing("Jumlah minimal 1000"));
/// ```
pub fn speaks_of_a_fault(text: &str) -> bool {
    has_one_of(FAULTS, text)
}

/// Whether a provider's refusal may have been written after the work was done, by its text.
pub fn proves_nothing(text: &str) -> bool {
    has_one_of(FAULTS, text) || has_one_of(VAGUE, text)
}

fn has_one_of(signs: &[&str], text: &str) -> bool {
    // Midtrans calls its credential a server key: that is no server which fails.
    let text = text.to_lowercase().replace("server key", "key").replace("server_key", "key");
    signs.iter().any(|sign| text.contains(sign))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn faults_and_limits_are_told_from_refusals() {
        for fault in [
            "Lost connection to MySQL server during query",
            "Deadlock found when trying to get lock; try restarting transaction",
            "Lock wait timeout exceeded",
            "Maximum execution time of 30 seconds exceeded",
            "deadline exceeded",
            "Too many requests, slow down",
            "Koneksi ke bank terputus",
            "Waktu habis, silakan coba lagi",
            "Gagal menyimpan transaksi",
            "Internal error",
            "Duplicate entry 'ORDER-1' for key 'custom_id'",
            "Sistem sedang dalam pemeliharaan",
        ] {
            assert!(speaks_of_a_fault(fault) && proves_nothing(fault), "{fault}");
        }
        for vague in [
            "Terjadi kesalahan",
            "Something went wrong",
            "Gagal",
            "Transaksi gagal diproses",
            "Saldo terpotong, bukti gagal dibuat",
            "Transfer berhasil, notifikasi unauthorized",
            "Call to undefined method",
        ] {
            assert!(proves_nothing(vague), "{vague}");
        }
        for refusal in [
            "",
            "Jumlah minimal 1000",
            "Invalid API key",
            "API key tidak valid",
            "custom_id already exists",
            "Project tidak ditemukan",
            "amount is required",
            "refund existing, id_trans:323, datetime:2021-10-27 12:01:25!",
            "Access denied due to unauthorized transaction, please check client or server key",
        ] {
            assert!(!speaks_of_a_fault(refusal) && !proves_nothing(refusal), "{refusal}");
        }
    }

    #[test]
    fn only_the_first_clause_says_what_a_text_is_about() {
        for (text, part, is_about) in [
            ("Invalid API key", "api key", true),
            ("refund existing, id_trans:323", "refund existing", true),
            ("ID Order existing, please use another", "existing, please use another", true),
            ("Only PENDING transactions can be cancelled. Current status is PAID", "only pending", true),
            ("QRIS dibuat, tetapi webhook gagal: API key toko tidak valid", "api key", false),
            ("qr_R.png already exists", "already exist", false),
            ("Order dibuat. Jumlah minimal penarikan 50000", "jumlah minimal", false),
        ] {
            assert_eq!(super::is_about(text, part), is_about, "{text}");
        }
    }

    #[test]
    fn signs_are_in_lower_case_and_stand_once() {
        let signs = [FAULTS, VAGUE].concat();
        for (at, sign) in signs.iter().enumerate() {
            assert_eq!(sign.to_lowercase(), *sign);
            assert!(!signs[..at].contains(sign), "{sign}");
        }
    }
}
