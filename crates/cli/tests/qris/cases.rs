//! What people have pasted, and what the command says of it.
//!
//! `cases.tsv` has a case in each line. `via` says how the payload comes: as an argument, by the standard input, there as UTF-16, or
//! in a picture.
//! `says` is in what is printed, `never` is not. The payload is written as in JSON.

use crate::{run, run_with};

struct Case {
    id: &'static str,
    what: &'static str,
    command: &'static str,
    via: &'static str,
    payload: String,
    exit: &'static str,
    says: &'static str,
    never: &'static str,
}

fn cases() -> Vec<Case> {
    let read = |line: &'static str| match line.split('\t').collect::<Vec<_>>()[..] {
        [id, what, _source, command, via, payload, exit, says, never] => {
            let payload = serde_json::from_str(&format!("\"{payload}\"")).unwrap();
            Case { id, what, command, via, payload, exit, says, never }
        }
        _ => panic!("not a case: {line}"),
    };
    include_str!("cases.tsv").lines().skip(1).map(read).collect()
}

/// What is wrong with the answer to a case.
fn fault(case: &Case) -> Option<String> {
    let command: Vec<_> = case.command.split(' ').collect();
    let run = match case.via {
        "argument" => run(&[&command[..], &["--", &case.payload]].concat()),
        "input" => run_with(&[&command[..], &["-"]].concat(), case.payload.as_bytes()),
        "utf-16" => {
            let units = "\u{FEFF}".encode_utf16().chain(case.payload.encode_utf16());
            let bytes: Vec<u8> = units.flat_map(u16::to_le_bytes).collect();
            run_with(&[&command[..], &["-"]].concat(), &bytes)
        }
        "picture" => {
            let path = format!("{}/case.png", env!("CARGO_TARGET_TMPDIR"));
            assert_eq!(run(&["render", "--png", &path, &case.payload]).exit, 0);
            run(&[&command[..], &[&path]].concat())
        }
        other => panic!("{}: {other}", case.id),
    };
    let said = format!("{}{}", run.text(), run.stderr);
    let is_right = run.exit.to_string() == case.exit
        && said.contains(case.says)
        && (case.never.is_empty() || !said.contains(case.never));
    (!is_right).then(|| format!("{} {}: exit {}, {said}", case.id, case.what, run.exit))
}

#[test]
fn every_case_is_answered_as_expected() {
    let cases = cases();
    assert_eq!(cases.len(), 81);
    let faults: Vec<_> = cases.iter().filter_map(fault).collect();
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}
