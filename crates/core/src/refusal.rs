//! Which refusals prove that nothing was done.

/// Parts of texts that tell of a fault or a limit that a call may meet at any moment, also after its work was done: databases,
/// locks, connections, time, limits, things that could not be written. In English and Indonesian, in lower case.
const SIGNS: [&str; 48] = [
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
    "error",
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

/// Whether a provider's text may have been written after the work was done, or says nothing of the request itself.
///
/// ```
/// use gerbang_core::refusal::speaks_of_a_fault;
///
/// assert!(speaks_of_a_fault("SQLSTATE[HY000] [1040] Too many connections"));
/// assert!(speaks_of_a_fault("QRIS image could not be written"));
/// assert!(!speaks_of_a_fault("Jumlah minimal 1000"));
/// ```
pub fn speaks_of_a_fault(text: &str) -> bool {
    let text = text.to_lowercase();
    SIGNS.iter().any(|sign| text.contains(sign))
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
            assert!(speaks_of_a_fault(fault), "{fault}");
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
        ] {
            assert!(!speaks_of_a_fault(refusal), "{refusal}");
        }
    }

    #[test]
    fn signs_are_in_lower_case_and_stand_once() {
        for (at, sign) in SIGNS.iter().enumerate() {
            assert_eq!(sign.to_lowercase(), *sign);
            assert!(!SIGNS[..at].contains(sign), "{sign}");
        }
    }
}
