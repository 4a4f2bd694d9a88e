//! Prints payloads that were changed in some way, each with what is found in it: for `check-with-others.sh`, which asks other
//! readers about the same payloads.
//!
//! A line has the payload in hexadecimal digits, whether it is read, and its errors and warnings, each a code and a tag.

#[path = "../tests/common/mod.rs"]
mod common;

use std::io::{self, BufWriter, Write};

use common::{Random, slow_crc, valid, with_checksum, write};
use gerbang_qris::{Level, Qris, TagPath, report};

fn main() -> io::Result<()> {
    let count: usize = std::env::args().nth(1).map_or(100_000, |count| count.parse().expect("how many payloads"));
    let payloads = originals();
    let mut random = Random(2026);
    let mut out = BufWriter::new(io::stdout().lock());
    for _ in 0..count {
        let payload = changed(&mut random, &payloads);
        let report = report(&payload);
        // What surrounds a payload is another question.
        if report.payload() != payload {
            continue;
        }
        let judged = report.findings().iter().filter(|finding| finding.rule().level() != Level::Note);
        let tag = |tag: Option<TagPath>| tag.map_or_else(String::new, |tag| tag.to_string());
        let codes: Vec<_> = judged.map(|found| format!("{}@{}", found.rule().code(), tag(found.tag()))).collect();
        let hex: String = payload.bytes().map(|byte| format!("{byte:02x}")).collect();
        writeln!(out, "{hex}\t{}\t{}", Qris::parse(&payload).is_ok(), codes.join(","))?;
    }
    out.flush()
}

/// Tags with their values.
type Tagged = Vec<(u8, String)>;

fn originals() -> Vec<Tagged> {
    let own = [
        "0017ID.CO.EXAMPLE.WWW011893600914000000000102090000000010303UMI",
        "0014ID.CO.QRIS.WWW0215ID10203040506070303UMI",
    ];
    let tags = |more: &[(u8, &str)]| {
        let fixed =
            [(0, "01"), (26, own[0]), (51, own[1]), (52, "5812"), (53, "360"), (58, "ID"), (59, "WARUNG CONTOH")];
        let mut all: Tagged = fixed.iter().chain(more).map(|(id, value)| (*id, (*value).to_owned())).collect();
        all.extend([(60, "BANDUNG".into()), (61, "40111".into())]);
        all.sort();
        all
    };
    let mut all: Vec<Tagged> = valid()
        .iter()
        .map(|vector| Qris::parse(vector.payload).unwrap().tags().map(|(id, value)| (id, value.to_owned())).collect())
        .collect();
    all.iter_mut().for_each(|tags: &mut Tagged| tags.retain(|(id, _)| *id != 63));
    all.push(tags(&[(1, "11"), (62, "0703A01")]));
    all.push(tags(&[(1, "12"), (54, "10000"), (55, "02"), (56, "500"), (62, "0505INV-1")]));
    all.push(tags(&[(1, "12"), (54, "10000.00"), (55, "03"), (57, "0.7")]));
    all.push(tags(&[(1, "12"), (54, "7500"), (55, "01"), (64, "0002ID0104WARU")]));
    all
}

fn changed(random: &mut Random, originals: &[Tagged]) -> String {
    let mut tags = originals[random.below(originals.len())].clone();
    for _ in 0..1 + random.below(3) {
        change_tags(random, &mut tags);
    }
    let payload = write(&tags);
    match random.below(8) {
        0 => String::from_utf8_lossy(&random.damage(&payload)).into_owned(),
        1 => with_checksum(&String::from_utf8_lossy(&random.damage(&payload[..payload.len() - 8]))),
        2 => {
            let (body, _) = payload.split_at(payload.len() - 4);
            format!("{body}{:04x}", slow_crc(body.as_bytes()))
        }
        _ => payload,
    }
}

/// Values that are right in some tags and wrong in others.
const VALUES: [&str; 24] = [
    "",
    "0",
    "0.00",
    "00.01",
    "0.7",
    "1",
    "01",
    "02",
    "03",
    "04",
    "11",
    "12",
    "13",
    "10.50",
    "10.",
    "100",
    "99.99",
    "1,5",
    "360",
    "840",
    "ID",
    "id",
    "9999999999999",
    "99999999999999",
];

fn change_tags(random: &mut Random, tags: &mut Tagged) {
    let at = random.below(tags.len());
    let value = VALUES[random.below(VALUES.len())];
    match random.below(7) {
        0 => drop(tags.remove(at)),
        1 => tags[at].1 = value.into(),
        2 => {
            let id = 52 + random.below(10) as u8;
            tags.retain(|(found, _)| *found != id);
            tags.push((id, value.into()));
            tags.sort();
        }
        3 => {
            let other = random.below(tags.len());
            tags.swap(at, other);
        }
        4 => {
            let same = tags[at].clone();
            tags.push(same);
        }
        5 => tags[at].1 = tags[at].1.chars().cycle().take(random.below(40)).collect(),
        _ => tags[at].0 = random.below(100) as u8,
    }
    if tags.is_empty() {
        tags.push((0, "01".into()));
    }
}
