//! Statements that are executed together: PostgreSQL's round trip costs as much as a small statement.

use crate::value::Value;

/// Statements of one transaction that wait to be executed as one. Each changes a table of its own and reads none of the others'.
#[derive(Debug, Default)]
pub(super) struct Batch {
    /// Each returns a row for each that it has changed or found.
    statements: Vec<String>,
    values: Vec<Value>,
    /// How many rows each is to return.
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
    pub fn change(&mut self, sql: &str, values: Vec<Value>, rows: u64) {
        let table = sql.trim_start_matches("INSERT INTO ").trim_start_matches("UPDATE ").split(' ').next();
        self.tables.push(table.unwrap_or_default().to_owned());
        self.add(&format!("{sql} RETURNING 1"), values, rows);
    }

    /// Adds a query that is to find nothing.
    pub fn find_nothing(&mut self, sql: &str, values: Vec<Value>) {
        self.add(sql, values, 0);
    }

    fn add(&mut self, sql: &str, values: Vec<Value>, rows: u64) {
        self.statements.push(shifted(sql, self.values.len()));
        self.values.extend(values);
        self.expected.push(rows);
    }

    /// One query for all and its parameters. Where one of them changes or finds another number of rows than was foreseen, it fails with
    /// [`UNFORESEEN`], and nothing is changed.
    pub fn joined(self) -> (String, Vec<Value>) {
        let parts = self.statements.iter().enumerate().map(|(number, sql)| format!("s{number} AS ({sql})"));
        let parts = parts.collect::<Vec<_>>().join(", ");
        let counts = self.expected.iter().enumerate();
        let counts = counts.map(|(number, rows)| format!("(SELECT count(*) FROM s{number}) = {rows}"));
        let counts = counts.collect::<Vec<_>>().join(" AND ");
        (format!("WITH {parts} SELECT 1 / CASE WHEN {counts} THEN 1 ELSE 0 END"), self.values)
    }
}

/// The error of PostgreSQL when a batch goes otherwise than was foreseen: a division by zero.
pub(crate) const UNFORESEEN: &str = "22012";

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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn statements_are_joined_with_parameters_counted_on() {
        let mut batch = Batch::default();
        batch.change("UPDATE gerbang_attempt SET state = $2 WHERE id = $1", vec![1.into(), "paid".into()], 1);
        batch.find_nothing("SELECT 1 FROM gerbang_inbox WHERE attempt = $1", vec![1.into()]);
        batch.change("INSERT INTO gerbang_receipt (attempt, amount) VALUES ($1, $12)", vec![1.into()], 2);
        let (sql, values) = batch.joined();
        assert_eq!(
            sql,
            "WITH s0 AS (UPDATE gerbang_attempt SET state = $2 WHERE id = $1 RETURNING 1), \
             s1 AS (SELECT 1 FROM gerbang_inbox WHERE attempt = $3), \
             s2 AS (INSERT INTO gerbang_receipt (attempt, amount) VALUES ($4, $15) RETURNING 1) \
             SELECT 1 / CASE WHEN (SELECT count(*) FROM s0) = 1 AND (SELECT count(*) FROM s1) = 0 \
             AND (SELECT count(*) FROM s2) = 2 THEN 1 ELSE 0 END"
        );
        assert_eq!(values.len(), 4);
    }

    #[test]
    fn batch_concerns_who_names_a_table_that_it_changes() {
        let mut batch = Batch::default();
        assert!(!batch.concerns("SELECT 1 FROM gerbang_attempt"));
        batch.find_nothing("SELECT 1 FROM gerbang_attempt", vec![]);
        batch.change("INSERT INTO gerbang_receipt (attempt) VALUES ($1)", vec![1.into()], 1);
        assert!(batch.concerns("SELECT 1 FROM gerbang_receipt WHERE attempt = $1"));
        assert!(!batch.concerns("SELECT 1 FROM gerbang_attempt"));
    }
}
