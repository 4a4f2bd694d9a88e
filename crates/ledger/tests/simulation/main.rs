//! Random runs of a shop with two gateways over a real book: programs that work at the same time and end at any call of a
//! gateway, requests and replies that are lost or late, money after the end, cancellations. Every run ends with a quiet time,
//! and then the books of the gateways and of the shop must agree.
//!
//! `GERBANG_SIM_RUNS` is how many runs are made, from `GERBANG_SIM_SEED` on; `GERBANG_SIM_POSTGRES` a server to make them on instead
//! of SQLite. The mistakes are planted in SQLite only.

mod chance;
mod gateway;
mod plant;
mod world;

use std::collections::BTreeMap;
use std::env;

use plant::Plant;

fn number(variable: &str, default: u64) -> u64 {
    env::var(variable).ok().map_or(default, |value| value.parse().expect("a number"))
}

/// The violations of some runs, and in how many runs each was found.
fn found(plant: Plant, runs: u64, until_found: bool) -> BTreeMap<String, Vec<u64>> {
    let mut found: BTreeMap<String, Vec<u64>> = BTreeMap::new();
    let first = number("GERBANG_SIM_SEED", 0);
    for seed in first..first + runs {
        for violation in world::run(seed, plant) {
            found.entry(violation).or_default().push(seed);
        }
        if until_found && !found.is_empty() {
            break;
        }
    }
    found
}

#[test]
fn books_agree_after_every_run() {
    let runs = number("GERBANG_SIM_RUNS", 60);
    let found = found(Plant::None, runs, false);
    assert!(found.is_empty(), "{runs} runs: {found:#?}");
}

#[test]
fn each_planted_mistake_is_found() {
    if env::var("GERBANG_SIM_POSTGRES").is_ok() {
        return;
    }
    let mut missed = Vec::new();
    for plant in Plant::ALL {
        let found = found(plant, 400, true);
        println!("{plant:?}: {found:?}");
        if !found.keys().any(|violation| plant.shows_as(violation)) {
            missed.push((plant, found));
        }
    }
    assert!(missed.is_empty(), "{missed:?}");
}
