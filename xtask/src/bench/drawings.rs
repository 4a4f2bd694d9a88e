//! What it takes to draw the documented QRIS payload as a QR code.

use anyhow::Result;

use super::tools::{documented, instructions, least_cpu_seconds, per_call};
use super::{Row, Target};

const TIMES: &str = "2000";

pub(super) fn measure() -> Result<Vec<Row>> {
    let (_, payload) = documented()?;
    let drawings = ["svg", "png", "terminal", "fast-qr-svg", "qrcode-svg"];
    let drawn = drawings.map(|what| [what, TIMES, &payload]);
    let times = least_cpu_seconds("drawings", drawn.each_ref().map(|arguments| &arguments[..]))?;
    // Microseconds of one.
    let [svg, png, terminal, fast, qrcode] = times.map(|seconds| seconds * 500.0);
    let count = |what| per_call(10, 110, |times| instructions("drawings", &[what, times, &payload]));
    let (our_count, fast_count) = (count("svg")?, count("fast-qr-svg")?);
    let row = |what, ours, other, target| Row::ratio(what, ours, other, "µs", target);
    Ok(vec![
        row("SVG ÷ SVG by `fast_qr` 0.14", svg, fast, Target::AtMost(1.0)),
        Row::ratio("the same in instructions", our_count, fast_count, "instructions", Target::AtMost(1.0)),
        row("PNG, eight pixels a module ÷ SVG by `fast_qr`, of which it draws its PNG", png, fast, Target::AtMost(1.0)),
        row("text for a terminal ÷ SVG by `fast_qr`", terminal, fast, Target::None),
        row("SVG ÷ SVG by `qrcode` 0.14, which ours is encoded by", svg, qrcode, Target::None),
    ])
}
