//! Statements that are executed together: PostgreSQL's round trip costs as much as a small statement.

use std::fmt;

use crate::value::Value;

/// Statements of one transaction that wait to be executed as one. Each changes a table of its own and reads none of the others'.
#[derive(Debug, Default)]
pub(super) struct Batch {
    statements: Vec<String>,
    values: Vec<Value>,
    /// How many rows each is to change.
    expected: Vec<u64>,
    tables: Vec<String>,
}

impl Batch {
    pub fn is_empty(&self) -> bool {
        self.statements.is_empty()
    }

    /// Whether a statement names a table that one of these changes.
    pub fn concerns(&self, sql: &str) -> bool {
        self.tables.iter().any(|table| sql.contains(table))
    }

    /// Adds an `INSERT INTO …` or `UPDATE …` that is to change so many rows.
    pub fn add(&mut self, sql: &str, values: Vec<Value>, rows: u64) {
        let table = sql.trim_start_matches("INSERT INTO ").trim_start_matches("UPDATE ").split(' ').next();
        self.tables.push(table.unwrap_or_default().to_owned());
        self.statements.push(shifted(sql, self.values.len()));
        self.values.extend(values);
        self.expected.push(rows);
    }

    /// One query for all, its parameters, and what each column of its row is to be.
    pub fn joined(self) -> (String, Vec<Value>, Vec<(String, u64)>) {
        let names: Vec<_> = (0..self.statements.len()).map(|number| format!("s{number}")).collect();
        let parts = names.iter().zip(&self.statements).map(|(name, sql)| format!("{name} AS ({sql} RETURNING 1)"));
        let parts = parts.collect::<Vec<_>>().join(", ");
        let counts = names.iter().map(|name| format!("(SELECT count(*) FROM {name}) AS {name}"));
        let counts = counts.collect::<Vec<_>>().join(", ");
        (format!("WITH {parts} SELECT {counts}"), self.values, names.into_iter().zip(self.expected).collect())
    }
}

/// A statement whose parameters come after so many others.
fn shifted(sql: &str, by: usize) -> String {
    let mut parts = sql.split('$');
    let mut shifted = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let digits = part.len() - part.trim_start_matches(|c: char| c.is_ascii_digit()).len();
        let (number, rest) = part.split_at(digits);
        let number = number.parse::<usize>().unwrap_or_default() + by;
        shifted.push_str(&format!("${number}{rest}"));
    }
    shifted
}

/// A statement changed another number of rows than was foreseen when it was put into a batch.
#[derive(Debug)]
pub(crate) struct Unexpected;

impl fmt::Display for Unexpected {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a statement changed another number of rows than was foreseen")
    }
}

impl std::error::Error for Unexpected {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn statements_are_joined_with_parameters_counted_on() {
        let mut batch = Batch::default();
        batch.add("UPDATE gerbang_attempt SET state = $2 WHERE id = $1", vec![1.into(), "paid".into()], 1);
        batch.add("INSERT INTO gerbang_receipt (attempt, amount) VALUES ($1, $12)", vec![1.into()], 0);
        let (sql, values, expected) = batch.joined();
        assert_eq!(
            sql,
            "WITH s0 AS (UPDATE gerbang_attempt SET state = $2 WHERE id = $1 RETURNING 1), \
             s1 AS (INSERT INTO gerbang_receipt (attempt, amount) VALUES ($3, $14) RETURNING 1) \
             SELECT (SELECT count(*) FROM s0) AS s0, (SELECT count(*) FROM s1) AS s1"
        );
        assert_eq!(values.len(), 3);
        assert_eq!(expected, [("s0".to_owned(), 1), ("s1".to_owned(), 0)]);
    }

    #[test]
    fn batch_concerns_who_names_a_table_that_it_changes() {
        let mut batch = Batch::default();
        assert!(!batch.concerns("SELECT 1 FROM gerbang_attempt"));
        batch.add("INSERT INTO gerbang_receipt (attempt) VALUES ($1)", vec![1.into()], 1);
        assert!(batch.concerns("SELECT 1 FROM gerbang_receipt WHERE attempt = $1"));
        assert!(!batch.concerns("SELECT 1 FROM gerbang_attempt"));
    }
}
