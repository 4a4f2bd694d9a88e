//! The databases that the ledger and the daemon are measured on, and what the programs print about them.

use std::collections::BTreeMap;
use std::env;
use std::fs;
use std::process::Command;

use anyhow::{Context, Result, ensure};

use super::tools::{directory, program};

#[derive(Debug, Clone, Copy)]
pub(super) enum Database {
    Sqlite,
    Postgres,
}

impl Database {
    /// A directory on the disk that the programs are built on, or a server.
    fn place(self) -> Result<String> {
        let Self::Sqlite = self else {
            let server = env::var("GERBANG_TEST_POSTGRES");
            return Ok(server.unwrap_or_else(|_| "postgres://postgres@127.0.0.1:5432/test".to_owned()));
        };
        let books = directory().join("target/books");
        fs::create_dir_all(&books)?;
        Ok(books.display().to_string())
    }

    /// What a program prints that is run on it: a name and a number on each line.
    pub(super) fn figures(self, name: &str, arguments: &[&str]) -> Result<BTreeMap<String, f64>> {
        let output = Command::new(program(name)).args(arguments).arg(self.place()?).output()?;
        ensure!(output.status.success(), "{name} failed: {}", String::from_utf8_lossy(&output.stderr));
        let figure = |line: &str| {
            let (what, number) = line.split_once(' ').with_context(|| format!("{name} prints {line:?}"))?;
            Ok((what.to_owned(), number.parse()?))
        };
        String::from_utf8(output.stdout)?.lines().map(figure).collect()
    }
}
