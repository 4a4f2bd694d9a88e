//! Connections and allocations.

use std::process::Command;

use anyhow::{Result, ensure};

use super::tools::{Server, allocations, per_call, program};
use super::{Row, Target};

pub(super) fn measure() -> Result<Vec<Row>> {
    let server = Server::start()?;
    let cost = |name: &str| per_call(100, 300, |calls| allocations(name, &[&server.url, calls]));
    let (ours, reqwest) = (cost("pay-gerbang")?, cost("pay-reqwest")?);
    server.stop()?;
    let (sequential, others) = (connections("pay-gerbang", &["100"])?, connections("pay-reqwest", &["100"])?);
    let at_once = connections("pay-gerbang", &["100", "at-once"])?;
    let others_at_once = connections("pay-reqwest", &["100", "at-once"])?;
    let row = |what, reached, other: f64, target| {
        let from = format!("hand-written reqwest: {other:.0}");
        Row { what, from, reached, target }
    };
    Ok(vec![
        row("connections of 100 calls, one after the other", sequential, others, Target::AtMost(1.0)),
        row("connections of 100 calls at once", at_once, others_at_once, Target::None),
        row("allocations of a call", ours, reqwest, Target::None),
    ])
}

fn connections(name: &str, arguments: &[&str]) -> Result<f64> {
    let server = Server::start()?;
    let status = Command::new(program(name)).arg(&server.url).args(arguments).status()?;
    ensure!(status.success(), "{name} failed");
    server.stop()
}
