//! The vectors of other projects' test suites, and where we judge them otherwise.
//!
//! A line of `peers.tsv` has the project and the name of its test; whether the test `reads` the payload or `judges` it by rules;
//! what it expects; what we find, which is `yes` or the codes of the errors; and, where the two differ, who is right. Names, accounts
//! and numbers of real shops and people were replaced as `Qris::anonymise` does it, and checksums recomputed.

use std::collections::BTreeSet;

use gerbang_qris::{Level, Qris, report};

struct Vector {
    peer: &'static str,
    judges: bool,
    theirs: &'static str,
    ours: &'static str,
    why: &'static str,
    payload: &'static str,
}

fn vectors() -> Vec<Vector> {
    let read = |line: &'static str| match line.split('\t').collect::<Vec<_>>()[..] {
        [peer, asks @ ("reads" | "judges"), _name, theirs @ ("yes" | "no"), ours, why, payload] => {
            Vector { peer, judges: asks == "judges", theirs, ours, why, payload }
        }
        _ => panic!("not a vector: {line}"),
    };
    include_str!("peers.tsv").lines().skip(1).map(read).collect()
}

/// `yes`, or the codes of the errors.
fn found(vector: &Vector) -> String {
    if !vector.judges && Qris::parse(vector.payload).is_ok() {
        return "yes".into();
    }
    let report = report(vector.payload);
    let errors = report.findings().iter().map(|finding| finding.rule()).filter(|rule| rule.level() == Level::Error);
    let codes: BTreeSet<_> = errors.map(|rule| rule.code()).collect();
    if codes.is_empty() { "yes".into() } else { codes.into_iter().collect::<Vec<_>>().join(" ") }
}

#[test]
fn vectors_of_peers_are_judged_as_they_were() {
    let vectors = vectors();
    let peers: BTreeSet<_> = vectors.iter().map(|vector| vector.peer).collect();
    assert!(peers.len() >= 5 && vectors.len() > 150, "{} of {peers:?}", vectors.len());
    let changed: Vec<_> = vectors.iter().filter(|vector| found(vector) != vector.ours).collect();
    for vector in &changed {
        println!("{}\t{}\t{}", vector.peer, found(vector), vector.payload);
    }
    assert!(changed.is_empty(), "{} vectors are judged otherwise", changed.len());
}

#[test]
fn every_disagreement_says_who_is_right() {
    let agrees = |vector: &Vector| (vector.theirs == "yes") == (vector.ours == "yes");
    let (agreed, differing): (Vec<_>, Vec<_>) = vectors().into_iter().partition(agrees);
    assert!(differing.iter().all(|vector| vector.why.starts_with("EMVCo: ") || vector.why.starts_with("theirs: ")));
    assert!(agreed.iter().all(|vector| vector.why == "-"));
    assert!(agreed.len() > 4 * differing.len(), "{} and {}", agreed.len(), differing.len());
}
