//! What providers and their hosts have been seen to answer, one case each, with what must then hold.

mod asking;
mod case;
mod creating;
mod fetching;
mod notifying;
mod provider;
mod waiting;

use std::sync::mpsc;
use std::time::Duration;

use case::{Case, Input};

/// How long a case may take.
const LONGEST: Duration = Duration::from_secs(90);

fn all() -> Vec<Case> {
    [creating::CASES, asking::CASES, waiting::CASES, notifying::CASES, fetching::CASES].concat()
}

#[test]
fn every_case_holds() {
    let running: Vec<_> =
        all().into_iter().filter(|case| gerbang_tests::is_wanted(case.name)).map(|case| (case, start(case))).collect();
    let mut results: Vec<_> = running.into_iter().map(|(case, running)| (case, end(&running))).collect();
    results.sort_by_key(|(case, _)| case.name);
    assert!(!results.is_empty(), "no case has this name");
    let mut failed = 0;
    for (case, result) in &results {
        match result {
            Ok(()) => println!("ok {}: {}", case.name, case.must),
            Err(why) => {
                failed += 1;
                println!("FAILED {}: {}: {why}", case.name, case.must);
            }
        }
    }
    println!("{} of {}", results.len() - failed, results.len());
    assert_eq!(failed, 0, "cases failed");
}

#[test]
fn every_input_has_its_case() {
    let mut inputs = Input::names();
    let mut cases: Vec<_> = all().iter().map(|case| case.name.to_owned()).collect();
    inputs.sort();
    cases.sort();
    assert_eq!(inputs, cases);
    assert_eq!(cases.len(), 28);
}

/// Plays a case in a thread and a runtime of its own, so that neither its panic nor its clock is another's.
fn start(case: Case) -> mpsc::Receiver<Result<(), String>> {
    let (sender, receiver) = mpsc::channel();
    std::thread::spawn(move || {
        let played = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
            runtime.block_on((case.play)(Input::of(case.name)))
        });
        let result = match played.join() {
            Ok(result) => result.map_err(|error| format!("{error:#}")),
            Err(panic) => Err(format!("panics: {}", message(&*panic))),
        };
        // Nobody waits for a case that took too long.
        let _ = sender.send(result);
    });
    receiver
}

fn end(running: &mpsc::Receiver<Result<(), String>>) -> Result<(), String> {
    running.recv_timeout(LONGEST).unwrap_or_else(|_| Err("does not end".to_owned()))
}

fn message(panic: &(dyn std::any::Any + Send)) -> &str {
    let text = panic.downcast_ref::<String>().map(String::as_str);
    text.or_else(|| panic.downcast_ref::<&str>().copied()).unwrap_or("without a message")
}
