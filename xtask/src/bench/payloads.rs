//! Processor time of the documented QRIS payload.

use anyhow::Result;

use super::tools::{documented, instructions, least_cpu_seconds, per_call};
use super::{Row, Target};

const TIMES: &str = "3000000";

pub(super) fn measure() -> Result<Vec<Row>> {
    let (_, payload) = documented()?;
    let [ours, crc, published, emv] = least_cpu_seconds(
        "payloads",
        [
            &["ours", TIMES, &payload],
            &["crc", TIMES, &payload],
            &["qris", "100000", &payload],
            &["emv-qrcps", "1000000", &payload],
        ],
    )?;
    // Nanoseconds of one.
    let (ours, crc, published, emv) = (ours * 1e3 / 3.0, crc * 1e3 / 3.0, published * 1e4, emv * 1e3);
    let instructions = |what| per_call(100, 1100, |times| instructions("payloads", &[what, times, &payload]));
    let (our_instructions, crc_instructions) = (instructions("ours")?, instructions("crc")?);
    let emv_instructions = instructions("emv-qrcps")?;
    let time = |what, ours, other, target| Row::ratio(what, ours, other, "ns", target);
    let count = |what, ours, other, target| Row::ratio(what, ours, other, "instructions", target);
    Ok(vec![
        time("ours ÷ one pass of the checksum by `crc` 3.4, 16 tables", ours, crc, Target::AtMost(2.0)),
        time("`qris` 0.1.1 ÷ ours", published, ours, Target::AtLeast(5.0)),
        time("`emv-qrcps` 0.1.1 ÷ ours", emv, ours, Target::AtLeast(5.0)),
        count("ours ÷ one pass, in instructions", our_instructions, crc_instructions, Target::AtMost(2.0)),
        count("`emv-qrcps` 0.1.1 ÷ ours, in instructions", emv_instructions, our_instructions, Target::None),
    ])
}
