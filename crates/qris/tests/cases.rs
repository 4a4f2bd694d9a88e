//! What people have pasted and what gateways have sent: each case with what is found in it.
//!
//! A line of `cases.tsv` has the case's name and what is special in it; whether the payload is to be read, judged by the rules,
//! verified to ask for an amount, or converted to one; whether that shall succeed; the findings, each a code and a tag; and the text,
//! in which `\n`, `\r` and `\u{…}` are written as in Rust.

use gerbang_core::Rupiah;
use gerbang_qris::{Qris, report, verify_amount};

struct Case {
    id: &'static str,
    asks: &'static str,
    succeeds: bool,
    findings: &'static str,
    text: String,
}

fn cases() -> Vec<Case> {
    let read = |line: &'static str| match line.split('\t').collect::<Vec<_>>()[..] {
        [id, _what, asks, expected @ ("yes" | "no"), findings, text] => {
            Case { id, asks, succeeds: expected == "yes", findings, text: unescaped(text) }
        }
        _ => panic!("not a case: {line}"),
    };
    include_str!("cases.tsv").lines().skip(1).map(read).collect()
}

fn unescaped(text: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('\\') {
        let (character, after) = match after.split_at(1) {
            ("n", after) => ('\n', after),
            ("r", after) => ('\r', after),
            _ => {
                let (digits, after) = after.strip_prefix("u{").and_then(|after| after.split_once('}')).expect(text);
                (u32::from_str_radix(digits, 16).ok().and_then(char::from_u32).expect(text), after)
            }
        };
        out.push_str(before);
        out.push(character);
        rest = after;
    }
    out + rest
}

fn succeeds(case: &Case) -> bool {
    let report = report(&case.text);
    let amount = || Rupiah::new(case.asks.split_once(' ').expect(case.asks).1.parse().expect(case.asks));
    match case.asks.split(' ').next() {
        Some("reads") => Qris::parse(report.payload()).is_ok(),
        Some("judges") => !report.has_errors(),
        Some("verifies") => !report.has_errors() && verify_amount(report.payload(), amount()).is_ok(),
        Some("converts") => Qris::parse(report.payload()).is_ok_and(|qris| qris.to_dynamic(amount()).is_ok()),
        _ => panic!("{}", case.asks),
    }
}

/// Codes and tags, such as `tag.missing 59, account.missing`.
fn findings(text: &str) -> String {
    let report = report(text);
    let about = |finding: &gerbang_qris::Finding| match finding.tag() {
        Some(tag) => format!("{} {tag}", finding.rule().code()),
        None => finding.rule().code().to_owned(),
    };
    report.findings().iter().map(about).collect::<Vec<_>>().join(", ")
}

#[test]
fn every_case_is_judged_as_expected() {
    let cases = cases();
    assert!(cases.len() > 70, "{}", cases.len());
    let is_wrong = |case: &&Case| succeeds(case) != case.succeeds || findings(&case.text) != case.findings;
    let wrong: Vec<_> = cases.iter().filter(is_wrong).collect();
    for case in &wrong {
        println!("{}\t{}\t{}", case.id, succeeds(case), findings(&case.text));
    }
    assert!(wrong.is_empty(), "{} cases are judged otherwise", wrong.len());
}
