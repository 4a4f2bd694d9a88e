//! What several tests need.

// Not every test needs everything.
#![allow(dead_code)]

/// A line of `vectors.tsv`.
pub struct Vector {
    pub valid: bool,
    pub what: &'static str,
    pub crc: &'static str,
    pub payload: &'static str,
}

pub fn vectors() -> Vec<Vector> {
    let lines = include_str!("../vectors.tsv").lines().skip(1);
    lines
        .map(|line| match line.split('\t').collect::<Vec<_>>()[..] {
            [kind, what, crc, payload] => {
                assert!(kind == "valid" || kind == "invalid");
                Vector { valid: kind == "valid", what, crc, payload }
            }
            _ => panic!("not a vector: {line}"),
        })
        .collect()
}

pub fn valid() -> Vec<Vector> {
    vectors().into_iter().filter(|vector| vector.valid).collect()
}

/// The payload whose description contains a word.
pub fn payload(word: &str) -> &'static str {
    vectors().iter().find(|vector| vector.valid && vector.what.contains(word)).unwrap().payload
}

/// The checksum by the definition, bit by bit.
pub fn slow_crc(bytes: &[u8]) -> u16 {
    bytes.iter().fold(0xFFFF, |crc, &byte| {
        (0..8).fold(crc ^ u16::from(byte) << 8, |crc, _| if crc >> 15 == 1 { crc << 1 ^ 0x1021 } else { crc << 1 })
    })
}

/// A tag as it is written in a payload.
pub fn tag(id: u8, value: &str) -> String {
    format!("{id:02}{:02}{value}", value.chars().count())
}

/// A payload with the checksum that it needs, right or not in every other way.
pub fn with_checksum(text: &str) -> String {
    let text = format!("{text}6304");
    format!("{text}{:04X}", slow_crc(text.as_bytes()))
}

/// A payload of these tags.
pub fn write<S: AsRef<str>>(tags: &[(u8, S)]) -> String {
    with_checksum(&tags.iter().map(|(id, value)| tag(*id, value.as_ref())).collect::<String>())
}
