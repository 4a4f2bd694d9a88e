//! In Indonesian, nothing that people read is English.

use std::collections::BTreeSet;
use std::fs;

use crate::help::{commands, help_in};
use crate::run::{Ran, Shop, end, gerbang, run};

/// The English words in a text that no Indonesian sentence has. Options, code and what a provider says are no words.
fn english_in(text: &str) -> Vec<String> {
    let words: BTreeSet<_> = include_str!("../../lang/english.txt").split_whitespace().collect();
    let plain: String = text.split('`').step_by(2).collect();
    let plain: String = plain.split('"').step_by(2).collect();
    let is_english = |word: &&str| words.contains(word.trim_matches(|c: char| c.is_ascii_punctuation()));
    let words = plain.split_whitespace().filter(|word| !word.trim_start_matches('\'').starts_with('-'));
    words.filter(is_english).map(str::to_owned).collect()
}

/// What stands before the examples.
fn without_examples(help: &str) -> &str {
    help.split_once("\nContoh:").map_or(help, |(before, _)| before)
}

#[test]
fn every_help_is_indonesian() {
    let mut faults = Vec::new();
    let all = commands();
    assert!(all.len() > 50, "{}", all.len());
    for command in all {
        let Ran { code, stdout, stderr } = help_in("id", &command);
        assert_eq!((code, stderr.as_str()), (Some(0), ""), "{command:?}");
        let english = english_in(without_examples(&stdout));
        let (lines, columns) = (stdout.lines().count(), stdout.lines().map(|line| line.chars().count()).max());
        let is_whole = stdout.contains("Pemakaian: gerbang") && stdout.contains("\nContoh:");
        if !english.is_empty() || lines > 45 || columns > Some(80) || !is_whole {
            faults.push(format!("{command:?}: {english:?}, {lines} lines, {columns:?} columns"));
        }
    }
    assert_eq!(faults, Vec::<String>::new());
}

#[test]
fn every_man_page_is_indonesian() {
    let directory = std::env::temp_dir().join(format!("gerbang-man-{}", std::process::id()));
    fs::create_dir_all(&directory).unwrap();
    let ran = run(&["man", directory.to_str().unwrap(), "--lang", "id"]);
    assert_eq!(ran.code, Some(0), "{ran:?}");
    let mut count = 0;
    for entry in fs::read_dir(&directory).unwrap() {
        let page = fs::read_to_string(entry.unwrap().path()).unwrap();
        assert!(page.contains(".SH NAMA") && page.contains(".SH RINGKASAN"), "{page}");
        let headings = ["NAME", "SYNOPSIS", "DESCRIPTION", "OPTIONS", "EXTRA", "VERSION"];
        assert!(!headings.iter().any(|heading| page.contains(&format!(".SH {heading}\n"))), "{page}");
        let words =
            ["\\fR", "\\fB", "\\fI"].iter().fold(page.replace("\\-", "-"), |text, font| text.replace(font, " "));
        let words = without_examples(&words);
        assert_eq!(english_in(words), Vec::<String>::new(), "{page}");
        count += 1;
    }
    fs::remove_dir_all(&directory).unwrap();
    assert!(count > 50, "{count}");
}

#[test]
fn wrong_command_lines_are_explained() {
    for (line, expected) in [
        ("pay --bogus", "galat: argumen '--bogus' tidak dikenal"),
        ("bogus", "galat: perintah 'bogus' tidak dikenal"),
        ("pay", "galat: argumen wajib berikut belum diberikan:"),
        ("pay -a 1.000", "galat: nilai '1.000' untuk '--amount <RUPIAH>' tidak sah: jumlah ditulis dalam rupiah bulat"),
        ("pay -a", "galat: '--amount <RUPIAH>' memerlukan nilai, tetapi tidak diberi"),
        ("pay -a 1 -a 2", "galat: argumen '--amount <RUPIAH>' tidak boleh dipakai lebih dari sekali"),
        ("completions fish bash", "galat: argumen 'bash' tidak dikenal"),
        ("completions tcsh", "[pilihan: bash, elvish, fish, powershell, zsh]"),
        ("qris render x --scale 0 --png x", "0 di luar 1..=255"),
        (
            "qris render x --svg a --png b",
            "galat: argumen '--svg <BERKAS>' tidak boleh dipakai bersama '--png <BERKAS>'",
        ),
        ("sandbox pay A --only x", "ada karakter yang bukan angka"),
        ("pay --lang xx -a 1", "galat: nilai 'xx' untuk '--lang <BAHASA>' tidak sah"),
        ("pay --provder x -a 1", "saran: ada argumen yang mirip: '--provider'"),
        ("status", "galat: argumen wajib berikut belum diberikan:"),
        ("pay -a 1", "galat: sebutkan gateway dengan --provider, atau dengan GERBANG_PROVIDER"),
        (
            "pay -a 1 -p kropay",
            "galat: variabel lingkungan GERBANG_KROPAY_API_KEY belum diatur; tidak ada yang dikirim",
        ),
        (
            "config check --config /nonexistent/x.toml",
            "/nonexistent/x.toml tidak dapat dibaca: berkas atau direktori tidak ada",
        ),
        ("qris verify", "galat: argumen wajib berikut belum diberikan:"),
    ] {
        let ran = end(gerbang(&line.split(' ').collect::<Vec<_>>()).env("LANG", "id_ID.UTF-8").spawn().unwrap());
        assert!(ran.stderr.contains(expected), "{line}: {}", ran.stderr);
        assert_eq!((english_in(&ran.stderr), ran.code), (Vec::new(), Some(2)), "{line}: {}", ran.stderr);
    }
}

#[test]
fn language_is_that_of_the_user() {
    let first = |variables: &[(&str, &str)], args: &[&str]| {
        let ran = end(gerbang(args).envs(variables.iter().copied()).spawn().unwrap());
        ran.stdout.lines().next().unwrap_or_default().to_owned()
    };
    let (english, indonesian) = ("Take and watch payments", "Terima dan pantau pembayaran");
    for (variables, args, expected) in [
        (&[][..], &["--help"][..], english),
        (&[("LANG", "id_ID.UTF-8")], &["--help"], indonesian),
        (&[("LANG", "id_ID.UTF-8"), ("LC_ALL", "C")], &["--help"], english),
        (&[("LANG", "id_ID.UTF-8")], &["--lang", "en", "--help"], english),
        (&[], &["--help", "--lang=id"], indonesian),
    ] {
        let line = first(variables, args);
        assert!(line.starts_with(expected), "{variables:?} {args:?}: {line}");
    }
}

#[test]
fn json_is_the_same_in_both_languages() {
    let shop = Shop::new();
    for args in [
        &["pay", "--json", "-p", "nobody", "-a", "1"][..],
        &["status", "--json", "kropay:10000:10020::ORDER-1:PG-1"],
        &["qris", "verify", "--json", "0002"],
        &["providers", "--json"],
        &["--json", "--help"],
    ] {
        let english = shop.run(args);
        let indonesian = shop.run(&[args, &["--lang", "id"]].concat());
        assert_eq!((english.stdout, english.code), (indonesian.stdout, indonesian.code), "{args:?}");
    }
}

#[test]
fn a_payment_is_taken_in_indonesian() {
    let shop = Shop::new();
    let in_indonesian = |args: &[&str]| shop.run(&[args, &["--lang", "id"]].concat());
    let payment = shop.pay("kropay", "ORDER-1");
    let handle = payment["handle"].as_str().unwrap();
    let pending = in_indonesian(&["status", handle]);
    assert!(pending.stdout.starts_with("menunggu  kropay  ORDER-1"), "{pending:?}");
    assert!(pending.stdout.contains("\nbayar Rp10.020\nharga Rp10.000  biaya Rp20  bersih Rp10.000\n"), "{pending:?}");
    shop.sandbox.pay(gerbang_sandbox::Provider::Kropay, "ORDER-1").unwrap();
    let paid = in_indonesian(&["status", handle]);
    assert!(paid.stdout.starts_with("lunas  kropay  ORDER-1"), "{paid:?}");
    let lost = in_indonesian(&["status", "kropay:10000:10020::ORDER-9:PG-9"]);
    assert!(lost.stderr.starts_with("galat: kropay payment_status: penyedia tidak mengenalnya"), "{lost:?}");
    for ran in [
        pending,
        paid,
        lost,
        in_indonesian(&["pay", "-p", "kropay", "-a", "10000", "-r", "ORDER-2"]),
        in_indonesian(&["pay", "-p", "kazukipay", "-a", "1", "-r", "ORDER-3"]),
        in_indonesian(&["watch", handle]),
        in_indonesian(&["cancel", handle]),
        in_indonesian(&["providers"]),
        in_indonesian(&["config", "check"]),
        in_indonesian(&["config", "check", "--online"]),
        in_indonesian(&["webhook", "send", "-p", "kropay", "--print"]),
        in_indonesian(&["qris", "verify", "0002"]),
        in_indonesian(&["qris", "decode", "@/nonexistent"]),
        in_indonesian(&["demo"]),
    ] {
        let text = format!("{}{}", ran.stdout, ran.stderr);
        assert_eq!(english_in(&text), Vec::<String>::new(), "{text}");
    }
}
