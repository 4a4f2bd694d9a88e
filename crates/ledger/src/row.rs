//! Rows of the merchant's own queries.

use std::fmt;

use crate::{Error, store};

/// A row of [`Tx::fetch`](crate::Tx::fetch). Columns are named as the query names them.
///
/// Each method fails with [`Error::Store`] where there is no such column, or it is of another type, or has no value.
pub struct Row(store::Row);

impl Row {
    pub(crate) fn new(row: store::Row) -> Self {
        Self(row)
    }

    /// A whole number of 64 bits.
    ///
    /// # Errors
    ///
    /// [`Error::Store`], see [`Row`].
    pub fn int(&self, column: &str) -> Result<i64, Error> {
        self.0.maybe_int(column)?.ok_or_else(|| null(column))
    }

    /// A whole number of 64 bits, or none.
    ///
    /// # Errors
    ///
    /// [`Error::Store`], see [`Row`].
    pub fn maybe_int(&self, column: &str) -> Result<Option<i64>, Error> {
        Ok(self.0.maybe_int(column)?)
    }

    /// Text.
    ///
    /// # Errors
    ///
    /// [`Error::Store`], see [`Row`].
    pub fn text(&self, column: &str) -> Result<String, Error> {
        self.0.maybe_text(column)?.ok_or_else(|| null(column))
    }

    /// Text, or none.
    ///
    /// # Errors
    ///
    /// [`Error::Store`], see [`Row`].
    pub fn maybe_text(&self, column: &str) -> Result<Option<String>, Error> {
        Ok(self.0.maybe_text(column)?)
    }
}

/// SQLite gives 0 and an empty text for what is not there.
fn null(column: &str) -> Error {
    let source = Box::new(sqlx::error::UnexpectedNullError);
    Error::Store(sqlx::Error::ColumnDecode { index: column.to_owned(), source })
}

/// The values are not shown.
impl fmt::Debug for Row {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Row").finish_non_exhaustive()
    }
}
