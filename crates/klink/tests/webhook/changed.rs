//! Changed bodies and headers, of which none is taken.

use crate::*;

/// SplitMix64.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    fn below(&mut self, end: usize) -> usize {
        (self.next() % end as u64) as usize
    }
}

/// Some bytes as somebody might change them on their way; perhaps the same.
fn mutated(random: &mut Random, bytes: &[u8]) -> Vec<u8> {
    let mut changed = bytes.to_vec();
    for _ in 0..=random.below(3) {
        if changed.is_empty() {
            break;
        }
        let at = random.below(changed.len());
        match random.below(6) {
            0 => changed[at] ^= 1 << random.below(8),
            1 => changed[at] = random.next() as u8,
            2 => changed.insert(at, b" \n0Aa\"}"[random.below(7)]),
            3 => drop(changed.remove(at)),
            4 => changed[at] ^= if changed[at].is_ascii_alphabetic() { b' ' } else { 1 },
            _ => changed.push(b" \n\0F0"[random.below(5)]),
        }
    }
    changed
}

/// The same message written again, or one with the same members and another value.
fn rewritten(random: &mut Random, body: &[u8]) -> Vec<u8> {
    let message: serde_json::Map<String, Value> = serde_json::from_slice(body).unwrap();
    let mut members: Vec<(String, Value)> = message.into_iter().collect();
    for last in (1..members.len()).rev() {
        members.swap(last, random.below(last + 1));
    }
    if random.below(4) == 0 {
        let at = random.below(members.len());
        members[at].1 = random.next().to_string().into();
    }
    let [before, colon, comma] =
        [["", " ", "\n  "], [":", ": ", " : "], [",", ", ", ",\r\n"]].map(|forms| forms[random.below(3)]);
    let members: Vec<_> = members.iter().map(|(name, value)| format!("{before}\"{name}\"{colon}{value}")).collect();
    let text = format!("{{{}}}", members.join(comma));
    if random.below(4) == 0 { format!("\u{feff}{text}") } else { text }.into_bytes()
}

#[test]
fn a_thousand_changes_of_each_body_and_header_are_refused() {
    const CHANGES: usize = 1_000;
    let keys = vector_keys();
    let mut random = Random(20_261_120);
    let (mut bodies, mut rewritings, mut signatures) = (0, 0, 0);
    for vector in vectors().1 {
        let right = headers(&[vector.signature]);
        let body = vector.body.as_bytes();
        assert!(keys.verify(&right, body).is_ok());

        for count in 0..CHANGES {
            let is_rewritten = count % 4 == 0;
            let changed = loop {
                let changed = if is_rewritten { rewritten(&mut random, body) } else { mutated(&mut random, body) };
                if changed != body {
                    break changed;
                }
            };
            let error = refused(&keys, &right, &changed, Kind::Authentication);
            assert!(error.to_string().contains("is not that of the body"), "{error}");
            bodies += 1;
            rewritings += usize::from(is_rewritten);
        }

        for count in 0..CHANGES {
            let changed = loop {
                let changed = match count % 10 {
                    0 => vector.signature.to_lowercase().into_bytes(),
                    // One digit for another, which is a signature in form.
                    1..5 => {
                        let mut changed = vector.signature.as_bytes().to_vec();
                        changed[random.below(64)] = b"0123456789ABCDEF"[random.below(16)];
                        changed
                    }
                    _ => mutated(&mut random, vector.signature.as_bytes()),
                };
                if changed != vector.signature.as_bytes()
                    && let Ok(value) = HeaderValue::from_bytes(&changed)
                {
                    break value;
                }
            };
            refused(
                &keys,
                &HeaderMap::from_iter([(SIGNATURE_HEADER.parse().unwrap(), changed)]),
                body,
                Kind::Authentication,
            );
            signatures += 1;
        }
    }
    println!(
        "refused {bodies} changed bodies, {rewritings} of them written again, and {signatures} changed signatures"
    );
    assert_eq!((bodies, rewritings, signatures), (3 * CHANGES, 3 * CHANGES / 4, 3 * CHANGES));
}
