//! Help fits a screen and has an example.

use crate::run::{Ran, end, gerbang};

/// Every command with subcommands, the program itself among them.
pub fn commands() -> Vec<Vec<String>> {
    let mut all = vec![Vec::new()];
    let mut at = 0;
    while at < all.len() {
        let subcommands = listed(&help(&all[at]).stdout);
        let below = subcommands.into_iter().map(|name| all[at].iter().cloned().chain([name]).collect::<Vec<_>>());
        all.extend(below.collect::<Vec<_>>());
        at += 1;
    }
    all
}

/// The help of a command, for a terminal of 80 columns.
pub fn help(command: &[String]) -> Ran {
    help_in("en", command)
}

/// The same in a language.
pub fn help_in(lang: &str, command: &[String]) -> Ran {
    let mut args: Vec<_> = command.iter().map(String::as_str).collect();
    args.extend(["--help", "--lang", lang]);
    end(gerbang(&args).env("COLUMNS", "80").spawn().unwrap())
}

/// The names below `Commands:`.
fn listed(help: &str) -> Vec<String> {
    let lines = help.lines().skip_while(|line| *line != "Commands:").skip(1).take_while(|line| !line.is_empty());
    // A description that goes on in a second line is indented further.
    let names = lines.filter(|line| line.starts_with("  ") && !line.starts_with("   "));
    names.filter_map(|line| line.split_whitespace().next()).map(str::to_owned).collect()
}

#[test]
fn every_help_fits_a_screen_and_has_an_example() {
    let all = commands();
    assert!(all.len() > 50, "{all:?}");
    let mut faults = Vec::new();
    for command in all {
        let Ran { code, stdout, stderr } = help(&command);
        assert_eq!((code, stderr.as_str()), (Some(0), ""), "{command:?}");
        let (lines, columns) = (stdout.lines().count(), stdout.lines().map(|line| line.chars().count()).max());
        if lines > 45 || columns > Some(80) {
            faults.push(format!("{command:?} has {lines} lines of up to {columns:?} columns"));
        }
        let example = stdout.split_once("\nExample").map(|(_, example)| example);
        let name = ["gerbang".to_owned()].into_iter().chain(command.clone()).collect::<Vec<_>>().join(" ");
        if !example.is_some_and(|example| example.contains(&name)) {
            faults.push(format!("{command:?} has no example"));
        }
    }
    assert_eq!(faults, Vec::<String>::new());
}
