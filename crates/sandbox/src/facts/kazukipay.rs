//! Kazukipay.

use super::{Facts, Kind, Signed};

pub(crate) const FACTS: Facts = Facts {
    name: "kazukipay",
    title: "Kazukipay",
    operations: &[
        ("create_payment", "POST", "/api/create.php"),
        ("payment_status", "POST", "/api/cekstatus.php"),
        ("payment_status_by_query", "GET", "/api/cekstatus.php"),
        ("cancel_payment", "POST", "/api/cancel.php"),
        ("check_mutations", "GET", "/api/mutasi_status.php?action=check"),
        ("run_mutations", "GET", "/api/mutasi_status.php?action=run"),
        ("public_check", "GET", "/api/public_check.php"),
    ],
    pictures: &["/qris/{number}.svg"],
    notifies: true,
    has_statement: true,
    settings: &[("project_id", "1")],
    signed: Signed::Nothing,
    informational: &[
        ("bank", Kind::Text),
        ("changed", Kind::Flag),
        ("event", Kind::Text),
        ("keterangan", Kind::Text),
        ("kredit_raw", Kind::Other),
        ("mutasi_found", Kind::Flag),
        ("net_amount", Kind::Amount),
        ("project_id", Kind::Other),
        ("tanggal", Kind::Time),
        ("expired_at", Kind::Time),
    ],
    needed: &[("amount", Kind::Amount), ("message", Kind::Text), ("unique_amount", Kind::Amount)],
};
