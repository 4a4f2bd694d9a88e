//! The table of the gateways' abilities in the README is what the gateways themselves say.

use std::env;
use std::fs;
use std::path::Path;

use gerbang::{Capabilities, PaymentGateway};
use gerbang_tests::gateways::{self, Effort};

use crate::case::GOOD_KEY;
use crate::subjects;

const BEGIN: &str = "<!-- capabilities -->\n";
const END: &str = "<!-- /capabilities -->\n";

/// With `UPDATE_README=1` the table is written again.
#[test]
fn the_readme_says_what_the_gateways_can_do() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../README.md");
    let readme = fs::read_to_string(&path).expect("the README can be read");
    let (before, rest) = readme.split_once(BEGIN).expect("the README has the line `<!-- capabilities -->`");
    let (written, after) = rest.split_once(END).expect("the README has the line `<!-- /capabilities -->`");
    let table = table();
    if env::var_os("UPDATE_README").is_some_and(|value| value == "1") {
        fs::write(&path, [before, BEGIN, &table, END, after].concat()).expect("the README can be written");
        return;
    }
    assert_eq!(written, table, "the README is stale: run the test with UPDATE_README=1");
}

/// The abilities of all gateways, in Markdown.
fn table() -> String {
    let header = [
        "Gateway",
        "Status",
        "Find by reference",
        "Cancel",
        "QRIS payload",
        "Expiry",
        "Notifications",
        "Least amount in rupiah",
        "Shortest poll interval in seconds",
    ];
    let lines = [row(header.map(str::to_owned)), row(header.map(|_| "---".to_owned()))];
    // Nothing is sent.
    let gateway = |subject: subjects::Subject| {
        gateways::make(subject.gateway, "http://127.0.0.1:9", GOOD_KEY, Effort::ONCE).expect("it can be made")
    };
    let rows = subjects::all().into_iter().map(|subject| describe(&*gateway(subject)));
    lines.into_iter().chain(rows).collect()
}

fn describe(gateway: &dyn PaymentGateway) -> String {
    let Capabilities {
        status,
        find_by_reference,
        cancel,
        qris_payload,
        expiry,
        notifications,
        least_amount,
        poll_interval,
        ..
    } = gateway.capabilities();
    let yes = |can: bool| if can { "yes" } else { "no" }.to_owned();
    row([
        format!("`{}`", gateway.provider()),
        yes(status),
        yes(find_by_reference),
        yes(cancel),
        yes(qris_payload),
        yes(expiry),
        notifications.to_string(),
        least_amount.to_string(),
        // Without a status there is nothing to be polled.
        if status { poll_interval.as_secs_f64().to_string() } else { "–".to_owned() },
    ])
}

fn row(cells: [String; 9]) -> String {
    format!("| {} |\n", cells.join(" | "))
}
