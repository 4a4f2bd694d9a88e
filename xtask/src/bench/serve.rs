//! What the daemon adds to a program by hand that commits as often.

use std::collections::BTreeMap;
use std::env;
use std::fs;
use std::process::Command;

use anyhow::{Context, Result, ensure};

use super::tools::{directory, program};
use super::{Row, Target};

/// How many payments a round has.
const PAYMENTS: &str = "600";

/// How many rounds there are. The two programs take turns.
const ROUNDS: usize = 3;

/// The texts of a database's rows.
struct Texts {
    rate: &'static str,
    created: &'static str,
    paid: &'static str,
    memory: &'static str,
}

const SQLITE: Texts = Texts {
    rate: "SQLite: payments a second ÷ those of axum and sqlx by hand with as many commits",
    created: "SQLite: p99 of `POST /v1/payments` ÷ the same by hand",
    paid: "SQLite: p99 from a notification to the event that it is paid ÷ the same by hand",
    memory: "SQLite: the most memory ÷ the same by hand",
};

const POSTGRES: Texts = Texts {
    rate: "PostgreSQL: payments a second ÷ those of axum and sqlx by hand with as many commits",
    created: "PostgreSQL: p99 of `POST /v1/payments` ÷ the same by hand",
    paid: "PostgreSQL: p99 from a notification to the event that it is paid ÷ the same by hand",
    memory: "PostgreSQL: the most memory ÷ the same by hand",
};

pub(super) fn measure() -> Result<Vec<Row>> {
    // On the disk that the programs are built on.
    let books = directory().join("target/books");
    fs::create_dir_all(&books)?;
    let server = env::var("GERBANG_TEST_POSTGRES");
    let server = server.unwrap_or_else(|_| "postgres://postgres@127.0.0.1:5432/test".to_owned());
    let mut rows = rows(&SQLITE, &books.display().to_string())?;
    rows.extend(self::rows(&POSTGRES, &server)?);
    Ok(rows)
}

/// The sums of all rounds' figures, by name.
type Sums = BTreeMap<String, f64>;

fn rows(texts: &Texts, place: &str) -> Result<Vec<Row>> {
    let (mut ours, mut bare) = (Sums::new(), Sums::new());
    for _ in 0..ROUNDS {
        let commits = drive("serve-daemon", place, &[], &mut ours)?;
        drive("serve-bare", place, &[&commits.to_string()], &mut bare)?;
    }
    let rounds = ROUNDS as f64;
    let of = |name: &str| (ours[name] / rounds, bare[name] / rounds);
    let row = |what, name: &str, target, from: &dyn Fn(f64, f64) -> String| {
        let (ours, bare) = of(name);
        Row { what, from: from(ours, bare), reached: ours / bare, target }
    };
    let commits = ours["commits"] / rounds;
    let ms = |ours: f64, bare: f64| format!("{:.1} ÷ {:.1} ms", ours * 1000.0, bare * 1000.0);
    Ok(vec![
        row(texts.rate, "payments", Target::AtLeast(0.7), &|ours, bare| {
            format!("{ours:.0} ÷ {bare:.0} a second, in {commits:.2} commits")
        }),
        row(texts.created, "created", Target::None, &ms),
        row(texts.paid, "paid", Target::None, &ms),
        row(texts.memory, "memory", Target::None, &|ours, bare| format!("{ours:.1} ÷ {bare:.1} MiB")),
    ])
}

/// Drives a program, adds its figures, and gives the commits of a payment.
fn drive(name: &str, place: &str, more: &[&str], sums: &mut Sums) -> Result<f64> {
    let mut command = Command::new(program("serve-load"));
    let output = command.arg(program(name)).args([place, PAYMENTS]).args(more).output()?;
    ensure!(output.status.success(), "{name} failed: {}", String::from_utf8_lossy(&output.stderr));
    let mut commits = 0.0;
    for line in String::from_utf8(output.stdout)?.lines() {
        let (name, number) = line.split_once(' ').with_context(|| format!("serve-load prints {line:?}"))?;
        let number: f64 = number.parse()?;
        *sums.entry(name.to_owned()).or_default() += number;
        if name == "commits" {
            commits = number;
        }
    }
    Ok(commits)
}
