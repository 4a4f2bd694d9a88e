//! Instructions of one call over loopback, on a runtime of one thread.

use anyhow::Result;

use super::tools::{Server, instructions, per_call};
use super::{Row, Target};

pub(super) fn measure() -> Result<Vec<Row>> {
    let server = Server::start()?;
    let cost = |name: &str| per_call(200, 1200, |calls| instructions(name, &[&server.url, calls]));
    let ours = cost("pay-gerbang")?;
    let gateway = cost("pay-gerbang-gateway")?;
    let reqwest = cost("pay-reqwest")?;
    let sdk = cost("pay-pakasir-sdk")?;
    let hyper = cost("pay-hyper")?;
    server.stop()?;
    let row = |what, ours, other, target| Row::ratio(what, ours, other, "instructions", target);
    Ok(vec![
        row("client ÷ hand-written reqwest", ours, reqwest, Target::AtMost(1.10)),
        row("client ÷ `pakasir-sdk` 0.2.0", ours, sdk, Target::Below(1.00)),
        row("client ÷ bare hyper, one connection, no time limits", ours, hyper, Target::None),
        row("`PaymentGateway`, QRIS and echo checked ÷ hand-written reqwest", gateway, reqwest, Target::AtMost(1.06)),
        row("`PaymentGateway`, QRIS and echo checked ÷ `pakasir-sdk` 0.2.0", gateway, sdk, Target::Below(1.00)),
    ])
}
