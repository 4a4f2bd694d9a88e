//! What it takes to draw the documented QRIS payload as a QR code.

use anyhow::Result;

use super::tools::{documented, instructions, least_cpu_seconds, per_call};
use super::{Row, Target};

const TIMES: &str = "2000";

pub(super) fn measure() -> Result<Vec<Row>> {
    let (_, payload) = documented()?;
    let payload = payload.as_str();
    let drawings = ["svg", "png", "terminal", "fast-qr-svg", "qrcode-svg"];
    let times = least_cpu_seconds(
        "drawings",
        drawings.map(|what| [what, TIMES, payload]).each_ref().map(|arguments| &arguments[..]),
    )?;
    // Microseconds of one.
    let [svg, png, terminal, fast, qrcode] = times.map(|seconds| seconds * 500.0);
    let count = |what| per_call(10, 110, |times| instructions("drawings", &[what, times, payload]));
    let (our_count, fast_count) = (count("svg")?, count("fast-qr-svg")?);
    let row = |what, ours: f64, other: f64, target| Row {
        what,
        from: format!("{ours:.0} ÷ {other:.0} µs"),
        reached: ours / other,
        target,
    };
    Ok(vec![
        row("SVG ÷ SVG by `fast_qr` 0.14", svg, fast, Target::AtMost(1.0)),
        Row {
            what: "the same in instructions",
            from: format!("{our_count:.0} ÷ {fast_count:.0} instructions"),
            reached: our_count / fast_count,
            target: Target::AtMost(1.0),
        },
        row(
            "PNG, eight pixels a module ÷ SVG by `fast_qr` 0.14, which draws its PNG from that",
            png,
            fast,
            Target::AtMost(1.0),
        ),
        row("text for a terminal ÷ SVG by `fast_qr` 0.14", terminal, fast, Target::None),
        row("SVG ÷ SVG by `qrcode` 0.14, which ours is encoded by", svg, qrcode, Target::None),
    ])
}
