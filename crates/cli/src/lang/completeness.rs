//! Nothing that people read is missing in the catalogue, and no value is lost on the way.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use gerbang::operation::Idempotency;
use gerbang::qris::Rule;
use gerbang::{Delivery, Error, Kind, Operation, Rupiah};
use syn::visit_mut::{self, VisitMut};

use super::catalogue::{FILES, entries, indonesian};
use super::sentence::Sentence;

/// The English words in a text that no Indonesian sentence has. Names, code and what is quoted are no words.
fn english_in(text: &str) -> Vec<String> {
    let words: BTreeSet<_> = include_str!("../../lang/english.txt").split_whitespace().collect();
    let plain: String = text.split('`').step_by(2).collect();
    let is_english = |word: &&str| words.contains(word.trim_matches(|c: char| c.is_ascii_punctuation()));
    plain.split_whitespace().filter(is_english).map(str::to_owned).collect()
}

#[test]
fn both_sentences_have_the_same_values() {
    let mut known = BTreeMap::new();
    for (english, said) in FILES.into_iter().flat_map(entries) {
        assert!(!said.trim().is_empty(), "{english}");
        let names = |text: &str| {
            let sentence = Sentence::parse(text).unwrap_or_else(|error| panic!("{error}"));
            sentence.names().into_iter().map(str::to_owned).collect::<BTreeSet<_>>()
        };
        assert_eq!(names(&english), names(&said), "{english}");
        assert!(!said.contains(":tr}"), "only the English sentence says which values are sentences: {said}");
        assert_eq!(english_in(&shape(&said)), Vec::<String>::new(), "{said}");
        let twice = known.insert(english.clone(), said);
        assert_eq!(twice, None, "{english}");
    }
    assert!(known.len() > 1_000, "{}", known.len());
}

/// A text whose values have no names.
fn shape(text: &str) -> String {
    let text = text.replace("{{", "\u{1}").replace("}}", "\u{2}");
    let mut parts = text.split('{');
    let mut shape = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        shape += "{}";
        shape += part.split_once('}').map_or(part, |(_, rest)| rest);
    }
    shape
}

/// The texts in a source, without those of tests, of attributes, of the log and of what cannot happen.
#[derive(Default)]
struct Texts(Vec<String>);

const UNREAD_MACROS: [&str; 10] =
    ["trace", "debug", "info", "warn", "error", "assert", "assert_eq", "panic", "unreachable", "debug_assert"];

impl Texts {
    fn of_tokens(&mut self, tokens: proc_macro2::TokenStream) {
        for token in tokens {
            match token {
                proc_macro2::TokenTree::Group(group) => self.of_tokens(group.stream()),
                proc_macro2::TokenTree::Literal(literal) => {
                    if let Ok(syn::Lit::Str(text)) = syn::parse_str(&literal.to_string()) {
                        self.0.push(text.value());
                    }
                }
                _ => {}
            }
        }
    }
}

impl VisitMut for Texts {
    fn visit_attribute_mut(&mut self, _: &mut syn::Attribute) {}

    fn visit_item_mod_mut(&mut self, item: &mut syn::ItemMod) {
        if !item.attrs.iter().any(|attribute| attribute.path().is_ident("cfg")) {
            visit_mut::visit_item_mod_mut(self, item);
        }
    }

    fn visit_expr_method_call_mut(&mut self, call: &mut syn::ExprMethodCall) {
        if call.method != "expect" {
            visit_mut::visit_expr_method_call_mut(self, call);
        }
    }

    fn visit_macro_mut(&mut self, of: &mut syn::Macro) {
        let name = of.path.segments.last().map(|segment| segment.ident.to_string()).unwrap_or_default();
        if !UNREAD_MACROS.contains(&name.as_str()) {
            self.of_tokens(of.tokens.clone());
        }
    }

    fn visit_lit_str_mut(&mut self, text: &mut syn::LitStr) {
        self.0.push(text.value());
    }
}

/// The sources whose texts people read.
fn sources() -> Vec<PathBuf> {
    let crates = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let providers = gerbang::gateways().map(|gateway| gateway.section);
    let whole: BTreeSet<_> = ["cli", "core", "transport", "facade", "qris"].into_iter().chain(providers).collect();
    let parts = [
        ("serve", &["bounds", "error", "exposure", "files", "place", "sandbox", "settings", "sources"][..]),
        ("serve/src/webhooks", &["target"]),
        ("sandbox", &["change", "faults", "hosts", "planting", "provider", "seed"]),
        ("sandbox/src/admin", &["faults", "mod"]),
        ("sandbox/src/delivery", &["mod"]),
        ("sandbox/src/sandbox", &["builder", "mod", "place"]),
        ("sandbox/src/state", &["action", "refusal"]),
        ("sandbox/src/store", &["database", "file", "mod"]),
    ];
    let mut files = Vec::new();
    let mut directories: Vec<_> = whole.iter().map(|name| crates.join(name).join("src")).collect();
    while let Some(directory) = directories.pop() {
        for entry in fs::read_dir(directory).unwrap() {
            let path = entry.unwrap().path();
            match path.is_dir() {
                true => directories.push(path),
                false => files.push(path),
            }
        }
    }
    for (directory, names) in parts {
        let directory =
            if directory.contains('/') { crates.join(directory) } else { crates.join(directory).join("src") };
        files.extend(names.iter().map(|name| directory.join(name).with_extension("rs")));
    }
    // What is generated has the texts of the specs, and those of this directory are found by the tests.
    let is_left_out = |path: &Path| {
        path.components().any(|part| part.as_os_str() == "generated")
            || path.parent().is_some_and(|directory| directory.ends_with("lang"))
    };
    files.retain(|path| path.extension().is_some_and(|extension| extension == "rs") && !is_left_out(path));
    files
}

/// Texts of sources that nobody reads as a sentence: what providers say, parts of sentences, and what the log has.
const UNREAD: [&str; 5] =
    ["log in", "out of time", "too much", "{key} is missing{or}", "the name leads to an address inside"];

#[test]
fn every_sentence_of_the_sources_is_known() {
    let mut known: Vec<_> = FILES.into_iter().flat_map(entries).map(|(english, _)| shape(&english)).collect();
    known.extend(Rule::ALL.iter().map(|rule| rule.english().to_owned()));
    let known = known.join("\n");
    let mut unknown = Vec::new();
    let mut count = 0;
    for path in sources() {
        let mut file = syn::parse_file(&fs::read_to_string(&path).unwrap()).unwrap();
        if file.attrs.iter().any(|attribute| attribute.path().is_ident("cfg")) {
            continue;
        }
        let mut texts = Texts::default();
        texts.visit_file_mut(&mut file);
        let shapes = texts.0.iter().map(|text| (text, shape(text.trim())));
        for (text, wanted) in shapes.filter(|(_, shape)| !english_in(shape).is_empty() && shape.contains(' ')) {
            count += 1;
            if !known.contains(&wanted) && !UNREAD.contains(&text.as_str()) {
                unknown.push(format!("{}: {text}", path.file_name().unwrap_or_default().to_string_lossy()));
            }
        }
    }
    assert!(count > 500, "{count}");
    assert_eq!(unknown, Vec::<String>::new());
}

static CREATE: Operation = Operation {
    provider: "kropay",
    id: "create_payment",
    lost_reply: Some("wait for its notification"),
    ..Operation::BASE
};
static STATUS: Operation =
    Operation { provider: "kropay", id: "payment_status", idempotency: Idempotency::Safe, ..Operation::BASE };

#[test]
fn every_kind_of_error_is_said() {
    for (kind, delivery) in Kind::ALL
        .iter()
        .flat_map(|kind| [Delivery::NotSent, Delivery::MaybeSent, Delivery::Answered].map(|delivery| (*kind, delivery)))
    {
        for operation in [None, Some(&CREATE), Some(&STATUS)] {
            let error = Error::new(kind, delivery, "the reply is cut short").with_status(503).with_attempts(3);
            let error = error.with_provider_message(Some("it is not: the one; of us".to_owned()));
            let english = match operation {
                Some(operation) => error.with_operation(operation).to_string(),
                None => error.to_string(),
            };
            let said = indonesian(&english);
            // What the provider says stays as it is.
            let own = said.replace("\"it is not: the one; of us\"", "");
            assert_ne!(own, said, "{said}");
            assert_eq!(english_in(&own), Vec::<String>::new(), "{english}\n{said}");
            assert!(said.contains("jawabannya terpotong (HTTP 503) setelah 3 kali mencoba"), "{said}");
        }
    }
}

#[test]
fn sentences_within_sentences_are_said() {
    for (english, said) in [
        (
            "kropay: the amount is 1 rupiah, the least is 1000; nothing was sent; correct the value",
            "kropay: jumlahnya 1 rupiah, paling sedikit 1000; tidak ada yang dikirim; perbaiki nilainya",
        ),
        (
            "kropay payment_status: no connection could be made: 127.0.0.1:1: Connection refused (os error 111); the request did \
             not reach the provider; it is safe to try again",
            "kropay payment_status: koneksi tidak dapat dibuat: 127.0.0.1:1: koneksi ditolak (galat sistem 111); permintaan \
             tidak sampai ke penyedia; aman untuk dicoba lagi",
        ),
        (
            "a person must look at it: it names 1 rupiah, but 10000 are expected",
            "harus diperiksa orang: jumlah yang disebut 1 rupiah, padahal seharusnya 10000",
        ),
        (
            "the time for waiting is over and the payment is still unknown (no answer yet)",
            "waktu tunggu habis dan pembayarannya masih tidak dikenal (belum ada jawaban)",
        ),
        (
            "QRIS payload, tag 54, byte 12: the amount is 1 instead of 2 rupiah",
            "payload QRIS, tag 54, byte 12: nominalnya 1 rupiah, bukan 2",
        ),
        ("x.toml cannot be read: some new error", "x.toml tidak dapat dibaca: some new error"),
        (
            "/x cannot be read: No such file or directory (os error 2)",
            "/x tidak dapat dibaca: berkas atau direktori tidak ada (galat sistem 2)",
        ),
        ("nobody knows this", "nobody knows this"),
    ] {
        assert_eq!(indonesian(english), said);
    }
}

#[test]
fn names_of_payments_stay_as_they_are() {
    // A reference may be a word that the catalogue knows.
    assert_eq!(indonesian("creating paid at kropay"), "membuat paid di kropay");
    let refused = Error::new(Kind::Rejected, Delivery::Answered, "the provider refused it");
    let refused = refused.with_provider_message(Some("paid".to_owned())).to_string();
    assert!(indonesian(&refused).contains(": \"paid\"; "), "{}", indonesian(&refused));
    assert_eq!(indonesian(&format!("it asks for {}", Rupiah::new(1))), "meminta 1");
}

#[test]
fn no_text_takes_long() {
    let began = std::time::Instant::now();
    for hostile in ["a: b; c: paid; ".repeat(200), "a: b; c: paid; ".repeat(20_000)] {
        assert_eq!(indonesian(&hostile), hostile);
    }
    // Within a moment, where nothing else runs.
    assert!(began.elapsed().as_secs() < 20, "{:?}", began.elapsed());
}
