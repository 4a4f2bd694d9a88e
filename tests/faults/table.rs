//! The table of FAULTS.md.

use std::fmt::Write;

use crate::cell::{Cell, Operation};

/// A gateway and what came of its calls.
pub type Played = (&'static str, Vec<(&'static str, Operation, Cell)>);

/// Faults by operations. What all gateways have in common is said once.
pub fn markdown(faults: &[(&'static str, &'static str)], played: &[Played]) -> String {
    let mut table = String::from("| Fault | Create | Status | Cancel | Wait |\n|---|---|---|---|---|\n");
    for (fault, what) in faults {
        _ = write!(table, "| {what} |");
        for operation in Operation::ALL {
            _ = write!(table, " {} |", cell(played, fault, operation));
        }
        table.push('\n');
    }
    table
}

/// The outcomes, the most frequent first; the gateways of the others are named.
fn cell(played: &[Played], fault: &str, operation: Operation) -> String {
    let mut outcomes: Vec<(String, Vec<&str>)> = Vec::new();
    for (name, cells) in played {
        let Some((.., cell)) = cells.iter().find(|cell| cell.0 == fault && cell.1 == operation) else { continue };
        let words = words(cell);
        match outcomes.iter_mut().find(|(known, _)| *known == words) {
            Some((_, names)) => names.push(name),
            None => outcomes.push((words, vec![name])),
        }
    }
    outcomes.sort_by_key(|(_, names)| std::cmp::Reverse(names.len()));
    let outcomes = outcomes.iter().enumerate().map(|(index, (words, names))| match index {
        0 => words.clone(),
        _ => format!("{}: {words}", names.join(", ")),
    });
    outcomes.collect::<Vec<_>>().join("<br>")
}

fn words(cell: &Cell) -> String {
    let again = match cell.seen.max(cell.attempts.unwrap_or_default().into()) {
        0 | 1 => String::new(),
        times => format!(" ×{times}"),
    };
    match &cell.result {
        Ok(_) => format!("ok{again}"),
        Err((kind, delivery)) => format!("{kind:?}, {delivery:?}{again}"),
    }
}

/// FAULTS.md.
pub fn page(table: &str, cells: usize) -> String {
    format!(
        "<!-- Written by `UPDATE_FAULTS=1 cargo test -p gerbang-tests --test faults`. -->\n\n\
         # What a client makes of a bad network\n\n\
         Each cell is a call of each gateway that can make it, with a deadline of two seconds for all attempts: the error's \
         `kind()` and `delivery()`, and how many requests were made if more than one (a cancellation asks for the status, too). Gateways that differ are named. {cells} calls \
         in all. Kazukipay's status of a pending payment triggers a check and is asked again when that has found something.\n\n\
         The last column waits for a payment that the customer has paid and that has expired, through the faults that pass.\n\n\
         In every one of them the call ends within 1.05 of its deadline; a creation is sent once at most, but for Pakasir v2's, \
         which finds the payment that is there; the order has one payment at most; `ok` means that the provider's book says so too; `NotSent` means that the provider saw nothing, and \
         `Answered` that it did nothing.\n\n{table}"
    )
}
