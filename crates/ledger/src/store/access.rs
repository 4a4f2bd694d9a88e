//! A transaction of SQLite's, which is committed alone or with others.

use sqlx::{Sqlite, SqliteConnection, Transaction};

use super::group::Member;

/// A transaction.
#[derive(Debug)]
pub(crate) enum Access {
    Alone(Transaction<'static, Sqlite>),
    Together(Member),
}

impl Access {
    pub fn conn(&mut self) -> &mut SqliteConnection {
        match self {
            Self::Alone(conn) => conn,
            Self::Together(member) => member.conn(),
        }
    }

    pub async fn commit(self) -> Result<(), sqlx::Error> {
        match self {
            Self::Alone(conn) => conn.commit().await,
            Self::Together(member) => member.commit().await,
        }
    }

    pub async fn rollback(self) -> Result<(), sqlx::Error> {
        match self {
            Self::Alone(conn) => conn.rollback().await,
            Self::Together(member) => {
                drop(member);
                Ok(())
            }
        }
    }
}
