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

/// SplitMix64.
pub struct Random(pub u64);

impl Random {
    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let z = (self.0 ^ self.0 >> 30).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let z = (z ^ z >> 27).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ z >> 31
    }

    pub fn below(&mut self, end: usize) -> usize {
        (self.next() % end as u64) as usize
    }

    pub fn bytes(&mut self, longest: usize, alphabet: &[u8]) -> Vec<u8> {
        (0..self.below(longest + 1)).map(|_| alphabet[self.below(alphabet.len())]).collect()
    }

    /// Bytes that somebody damaged.
    pub fn damage(&mut self, text: &str) -> Vec<u8> {
        let mut bytes = text.as_bytes().to_vec();
        for _ in 0..1 + self.below(4) {
            let at = self.below(bytes.len());
            let byte = if self.below(2) == 0 { b'0' + self.below(10) as u8 } else { self.next() as u8 };
            match self.below(4) {
                0 => bytes.insert(at, byte),
                1 if bytes.len() > 1 => drop(bytes.remove(at)),
                _ => bytes[at] = byte,
            }
        }
        bytes
    }
}
