//! The shops of `examples/shops`, as programs beside a daemon and a sandbox, each a process of its own.
#![cfg(unix)]

#[path = "../cli/run.rs"]
#[allow(unused, reason = "it is that of another test")]
mod run;

mod forging;
mod language;
mod retrying;
mod shipping;
mod world;

use std::fs;

use language::ALL;

#[test]
fn each_file_has_at_most_80_lines_and_says_how_to_start_it() {
    for language in ALL {
        for file in language.files() {
            let text = fs::read_to_string(&file).unwrap();
            let lines = text.lines().count();
            assert!(lines <= 80, "{}: {lines} lines", file.display());
        }
        let main = fs::read_to_string(&language.files()[0]).unwrap();
        let head: String = main.lines().take(3).collect();
        for name in ["GERBANG_URL", "GERBANG_TOKEN", "GERBANG_WEBHOOK_SECRET", "PORT"] {
            assert!(head.contains(name), "{}: {head}", language.name);
        }
    }
}
