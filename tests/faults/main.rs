//! What each client makes of each fault: the kind of the error, whether the call may have been carried out, and how often it
//! was tried.
//!
//! The faults are those of `fault_server`, a process of its own between the clients and the sandbox. What comes of them is the
//! table in FAULTS.md, which `UPDATE_FAULTS=1` writes again; whatever it says, the rules of `rules.rs` hold in every cell.

mod cell;
mod list;
mod process;
mod rules;
mod table;

use std::fs;
use std::path::Path;
use std::sync::Arc;

use gerbang_tests::gateways;
use tokio::sync::Semaphore;

use cell::{Cell, Operation, Place};
use list::FAULTS;

/// How many faults are met at a time: most of it is waiting.
const AT_A_TIME: usize = 14;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_client_does_with_every_fault_what_the_table_says() {
    let server = process::FaultServer::start().await;
    let turns = Arc::new(Semaphore::new(AT_A_TIME));
    let mut gateways = Vec::new();
    for gateway in gateways::all() {
        let place = Arc::new(Place::start(gateway, server.clone()).await);
        let wanted = FAULTS.into_iter().filter(|(fault, _)| gerbang_tests::is_wanted(fault));
        let meet = |(fault, _)| tokio::spawn(meet(place.clone(), gateway.name, fault, turns.clone()));
        gateways.push((gateway.name, wanted.map(meet).collect::<Vec<_>>()));
    }
    let (mut played, mut failures) = (Vec::new(), Vec::new());
    for (name, tasks) in gateways {
        let mut cells = Vec::new();
        for task in tasks {
            let (of_one, broken) = task.await.unwrap();
            cells.extend(of_one);
            failures.extend(broken);
        }
        played.push((name, cells));
    }
    let count: usize = played.iter().map(|(_, cells)| cells.len()).sum();
    let table = table::markdown(&FAULTS, &played);
    println!("{table}\n{count} cells");

    assert!(failures.is_empty(), "{}", failures.join("\n"));
    assert!(count > 0, "no fault has this name");
    if !gerbang_tests::is_whole() {
        return;
    }

    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../FAULTS.md");
    let written = table::page(&table, count);
    if std::env::var_os("UPDATE_FAULTS").is_some_and(|value| value == "1") {
        fs::write(&path, written).expect("FAULTS.md can be written");
        return;
    }
    let expected = fs::read_to_string(&path).expect("FAULTS.md can be read");
    assert_eq!(expected, written, "look at the difference, then run the test with UPDATE_FAULTS=1");
}

/// What comes of each operation of a gateway that meets a fault, and which rules that breaks.
async fn meet(
    place: Arc<Place>,
    name: &'static str,
    fault: &'static str,
    turns: Arc<Semaphore>,
) -> (Vec<(&'static str, Operation, Cell)>, Vec<String>) {
    let _turn = turns.acquire().await.unwrap();
    let (mut cells, mut failures) = (Vec::new(), Vec::new());
    for operation in Operation::ALL {
        let played = place.play_settled(fault, operation).await;
        for cell in &played {
            let broken = rules::broken(fault, operation, cell).into_iter();
            failures.extend(broken.map(|rule| format!("{rule}: {name}, {fault}, {operation:?}: {cell:?}")));
        }
        cells.extend(played.into_iter().next().map(|cell| (fault, operation, cell)));
    }
    (cells, failures)
}
