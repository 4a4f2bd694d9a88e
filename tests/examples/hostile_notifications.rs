//! Gives random bytes, and the documented samples with random changes, to the reader of every gateway's notifications.
//!
//! ```sh
//! cargo run --release -p gerbang-tests --example hostile_notifications -- 1000000
//! ```

#[allow(dead_code)]
#[path = "../samples/spec.rs"]
mod spec;

use gerbang::PaymentStatus;
use gerbang_tests::{gateways, proof};
use spec::Spec;

fn main() {
    let count: u64 = std::env::args().nth(1).and_then(|count| count.parse().ok()).unwrap_or(10_000);
    let samples: Vec<Vec<u8>> = Spec::all()
        .iter()
        .flat_map(|spec| spec.notifications())
        .flat_map(|notification| notification.samples)
        .map(|sample| sample.value.to_string().into_bytes())
        .collect();
    for gateway in gateways::all() {
        let gateway =
            gateways::make(gateway, "http://127.0.0.1:1", "key", gateways::Effort::ONCE).expect("nothing is sent");
        let mut chance = Chance(0x5EED);
        let (mut read, mut claimed_paid) = (0_u64, 0_u64);
        for round in 0..count {
            let body = match round % 2 {
                0 => (0..chance.below(200)).map(|_| chance.byte()).collect(),
                _ => changed(&samples[chance.below(samples.len() as u64) as usize], &mut chance),
            };
            if let Ok(notification) = gateway.parse_notification(&proof::headers(&body), &body) {
                read += 1;
                claimed_paid += u64::from(notification.claimed == PaymentStatus::Paid);
            }
        }
        println!("{:<12} {count} bodies, no panic; {read} read, {claimed_paid} claim to be paid", gateway.provider());
    }
}

/// A sample with a few bytes changed, removed or doubled.
fn changed(sample: &[u8], chance: &mut Chance) -> Vec<u8> {
    let mut body = sample.to_vec();
    for _ in 0..chance.below(4) {
        let at = chance.below(body.len() as u64) as usize;
        match chance.below(3) {
            0 => body[at] = chance.byte(),
            1 => drop(body.remove(at)),
            _ => body.insert(at, body[at]),
        }
    }
    body
}

/// A small generator that gives the same numbers every time (SplitMix64).
struct Chance(u64);

impl Chance {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    fn below(&mut self, limit: u64) -> u64 {
        self.next() % limit
    }

    fn byte(&mut self) -> u8 {
        self.next() as u8
    }
}
