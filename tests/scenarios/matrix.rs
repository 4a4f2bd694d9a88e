//! The tables of what gateways can do, in the pages of `docs/gateways`, are what the gateways themselves say.

use std::env;
use std::fs;

use gerbang::{Capabilities, Rupiah, Surcharge, Trust};
use gerbang_tests::pages;

use crate::subjects::{self, Subject};

const BEGIN: &str = "<!-- capabilities -->\n";
const END: &str = "<!-- /capabilities -->\n";

/// With `UPDATE_README=1` the tables are written again.
#[test]
fn the_pages_say_what_the_gateways_can_do() {
    let subjects = subjects::all();
    let mut named = vec![("README", subjects.clone())];
    for subject in &subjects {
        let section = subject.gateway.section;
        if named.iter().all(|(name, _)| *name != section) {
            let own = subjects.iter().filter(|other| other.gateway.section == section);
            named.push((section, own.copied().collect()));
        }
    }
    for (name, subjects) in named {
        for (words, ending) in [(&ENGLISH, ".md"), (&INDONESIAN, ".id.md")] {
            check(&format!("docs/gateways/{name}{ending}"), &table(words, &subjects));
        }
    }
}

fn check(page: &str, table: &str) {
    let path = pages::workspace().join(page);
    let text = fs::read_to_string(&path).unwrap_or_else(|error| panic!("{page}: {error}"));
    let (before, rest) = text.split_once(BEGIN).unwrap_or_else(|| panic!("{page} has no line {BEGIN}"));
    let (written, after) = rest.split_once(END).unwrap_or_else(|| panic!("{page} has no line {END}"));
    if env::var_os("UPDATE_README").is_some_and(|value| value == "1") {
        return fs::write(&path, [before, BEGIN, table, END, after].concat()).unwrap();
    }
    assert_eq!(written, table, "{page} is stale: run the test with UPDATE_README=1");
}

/// What a table says, in a language.
struct Words {
    no_yes: [&'static str; 2],
    seconds: &'static str,
    trust: fn(Trust) -> &'static str,
    /// In the order of [`cells`].
    rows: [&'static str; 11],
}

const ENGLISH: Words = Words {
    no_yes: ["no", "yes"],
    seconds: "s",
    trust: |trust| match trust {
        Trust::SharedSecret => "shared secret",
        other => other.as_str(),
    },
    rows: [
        "Tells a payment's status",
        "Finds it by your reference",
        "Finds it when it is created again",
        "Cancels it",
        "Gives money back",
        "Gives the QRIS payload",
        "Takes an expiry",
        "Notifications",
        "Least price",
        "Added to the price, at most",
        "Between two questions, at least",
    ],
};

const INDONESIAN: Words = Words {
    no_yes: ["tidak", "ya"],
    seconds: "detik",
    trust: |trust| match trust {
        Trust::None => "tidak ada",
        Trust::Unsigned => "tanpa tanda tangan",
        Trust::SharedSecret => "rahasia bersama",
        Trust::Signed => "bertanda tangan",
        other => panic!("{other:?} has no word in Indonesian"),
    },
    rows: [
        "Menyebut status pembayaran",
        "Menemukannya dari referensi Anda",
        "Menemukannya jika dibuat lagi",
        "Membatalkannya",
        "Mengembalikan uang",
        "Memberi payload QRIS",
        "Menerima batas waktu",
        "Notifikasi",
        "Harga terkecil",
        "Tambahan pada harga, paling banyak",
        "Jeda dua pertanyaan, paling sedikit",
    ],
};

/// A table in Markdown with a column for each gateway.
fn table(words: &Words, subjects: &[Subject]) -> String {
    let columns: Vec<_> = subjects.iter().map(|subject| cells(words, &(subject.gateway.capabilities)())).collect();
    let names = subjects.iter().map(|subject| format!(" `{}` |", subject.name));
    let mut table = format!("| |{}\n|---|{}\n", names.collect::<String>(), "---|".repeat(subjects.len()));
    for (at, row) in words.rows.iter().enumerate() {
        let cells: String = columns.iter().map(|column| format!(" {} |", column[at])).collect();
        table.push_str(&format!("| {row} |{cells}\n"));
    }
    table
}

fn cells(words: &Words, can: &Capabilities) -> [String; 11] {
    let yes = |can: bool| words.no_yes[usize::from(can)].to_owned();
    [
        yes(can.status),
        yes(can.find_by_reference),
        yes(can.idempotent_create),
        yes(can.cancel),
        yes(can.refund),
        yes(can.qris_payload),
        yes(can.expiry),
        (words.trust)(can.notifications).to_owned(),
        rupiah(can.least_amount),
        can.surcharge.map_or_else(|| "–".to_owned(), added),
        // Without a status there is nothing to be asked.
        if can.status { format!("{} {}", can.poll_interval.as_secs_f64(), words.seconds) } else { "–".to_owned() },
    ]
}

fn rupiah(amount: Rupiah) -> String {
    format!("Rp{}", amount.to_dotted())
}

fn added(Surcharge { per_mille, fixed }: Surcharge) -> String {
    format!("{} % + {}", f64::from(per_mille) / 10.0, rupiah(fixed))
}
