//! `gerbang providers`.

use clap::Args;
use comfy_table::{Cell, CellAlignment, Table, presets};
use gerbang::Capabilities;
use serde_json::json;

use crate::failure::{Exit, Failure};
use crate::lang::tr;
use crate::output::Output;
use crate::provider::Provider;

/// `gerbang providers`.
#[derive(Args, Debug)]
#[command(after_help = "Example: gerbang providers --json")]
pub struct Providers {}

/// Shows what each gateway can do. No settings are needed and nothing is sent.
///
/// # Errors
///
/// [`Failure`] when it cannot be printed.
pub fn run(_: &Providers, output: Output) -> Result<Exit, Failure> {
    let mut table = Table::new();
    let heads =
        ["GATEWAY", "STATUS", "BY REFERENCE", "CANCEL", "QRIS", "EXPIRY", "NOTIFICATIONS", "LEAST Rp", "POLL s"];
    table.load_preset(presets::NOTHING).set_header(heads.map(tr));
    for provider in Provider::all() {
        let can = provider.capabilities();
        if output.json {
            output.result(&json(provider, &can), String::new)?;
            continue;
        }
        let yes = |can: bool| Cell::new(if can { tr("yes") } else { "–".to_owned() });
        let poll = if can.status { can.poll_interval.as_secs().to_string() } else { "–".into() };
        table.add_row([
            Cell::new(provider.name()),
            yes(can.status),
            yes(can.find_by_reference),
            yes(can.cancel),
            yes(can.qris_payload),
            yes(can.expiry),
            Cell::new(tr(&can.notifications.to_string())),
            Cell::new(can.least_amount).set_alignment(CellAlignment::Right),
            Cell::new(poll).set_alignment(CellAlignment::Right),
        ]);
    }
    if !output.json {
        let ended = Provider::all().filter_map(Provider::warning).map(|warning| format!("\n\n {}", tr(&warning)));
        output.text(&format!("{}{}", table.trim_fmt(), ended.collect::<String>()))?;
    }
    Ok(Exit::Done)
}

fn json(provider: Provider, can: &Capabilities) -> serde_json::Value {
    json!({
        "provider": provider.name(),
        "status": can.status,
        "find_by_reference": can.find_by_reference,
        "cancel": can.cancel,
        "refund": can.refund,
        "qris_payload": can.qris_payload,
        "expiry": can.expiry,
        "notifications": can.notifications.as_str(),
        "discontinued": provider.discontinued(),
        "least_amount": can.least_amount.get(),
        "poll_interval_seconds": can.status.then_some(can.poll_interval.as_secs()),
    })
}
