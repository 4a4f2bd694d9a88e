//! `docs/guides/unknown-outcomes.md`.

use serde_json::Value;

use crate::shell::{Server, Shell, blocks};

const GUIDE: &str = "docs/guides/unknown-outcomes.md";

/// A daemon with a sandbox, and a shell that knows both.
fn daemon() -> (Server, Shell) {
    let mut shell = Shell::new();
    let daemon = shell.start("gerbang serve --sandbox");
    shell.put(daemon.said("# daemon"), "http://127.0.0.1:8080");
    shell.put(daemon.said("# token"), "gerbang_admin_…");
    shell.put(daemon.said("# sandbox"), "http://127.0.0.1:34477");
    (daemon, shell)
}

/// How often each type of event is in what `GET /v1/events` answers.
fn count(events: &str, kind: &str) -> usize {
    events.matches(&format!("\"{kind}\"")).count()
}

#[test]
fn lost_reply_ends_in_one_paid_and_one_surplus() {
    let (_daemon, shell) = daemon();
    let [lost, ..] = &blocks(GUIDE)[..] else { panic!("blocks are missing") };
    shell.succeed(lost);
    let (exports, events) = (lost.lines().next().unwrap(), lost.lines().last().unwrap());
    let is_over = |said: &str| count(said, "payment.paid") == 1 && count(said, "payment.surplus") == 1;
    shell.succeed_until(&format!("{exports}\n{events}"), is_over);
}

#[test]
fn case_of_the_guide_is_settled_by_its_calls() {
    let (_daemon, shell) = daemon();
    let [lost, create, case, ..] = &blocks(GUIDE)[..] else { panic!("blocks are missing") };
    let exports = lost.lines().next().unwrap();
    shell.succeed(&format!("{exports}\n{create}"));
    let open = case.lines().next().unwrap();
    shell.succeed_until(&format!("{exports}\n{open}"), |cases| cases.contains("\"contradicted\""));
    let answers = shell.succeed(&format!("{exports}\n{case}\nprintf '\\n'"));
    assert!(answers.contains("\"paid\"") && answers.contains("\"by\":\"ani\""), "{answers}");
    let left: Value = serde_json::from_str(&shell.succeed(&format!("{exports}\n{open}"))).unwrap();
    assert_eq!(left["cases"], Value::Array(Vec::new()), "{left}");
}
