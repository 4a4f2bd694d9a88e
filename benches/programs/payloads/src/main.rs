//! A QRIS payload, read and its checksum verified: `payloads <ours|crc|qris|emv-qrcps> <times> <payload>`.
//!
//! `crc` is one pass of the checksum, and nothing else, with the widest tables of the crate of that name: the fastest one without
//! `unsafe`.

use std::borrow::Cow;
use std::env;
use std::error::Error;
use std::hint::black_box;

use crc::{CRC_16_IBM_3740, Crc, Table};
use emv_qrcps::{EmvEncoder, base_parser, helpers};
use gerbang_qris::Qris;
use qris::node::Nodes;

static CRC: Crc<u16, Table<16>> = Crc::<u16, Table<16>>::new(&CRC_16_IBM_3740);

/// What a program shows of a payload.
#[derive(EmvEncoder)]
struct Shown<'a> {
    #[encoder(id = "54")]
    amount: Option<Cow<'a, str>>,
    #[encoder(id = "59")]
    merchant_name: Cow<'a, str>,
}

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = env::args().skip(1);
    let what = arguments.next().ok_or("what to measure")?;
    let times: u32 = arguments.next().ok_or("a number of times")?.parse()?;
    let payload = arguments.next().ok_or("a payload")?;
    let payload = payload.as_str();
    match what.as_str() {
        "ours" => {
            for _ in 0..times {
                black_box(Qris::parse(black_box(payload))?);
            }
        }
        "crc" => {
            for _ in 0..times {
                black_box(CRC.checksum(black_box(&payload.as_bytes()[..payload.len() - 4])));
            }
        }
        "qris" => {
            for _ in 0..times {
                assert!(black_box(Nodes::from_str(black_box(payload))?).verify());
            }
        }
        "emv-qrcps" => {
            for _ in 0..times {
                assert!(helpers::validate(black_box(payload)));
                let shown: Shown<'_> = base_parser(black_box(payload));
                assert!(black_box(shown.amount).is_some() && !black_box(shown.merchant_name).is_empty());
            }
        }
        other => return Err(format!("there is no `{other}`").into()),
    }
    Ok(())
}
