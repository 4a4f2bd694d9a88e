//! The state file as a database: one table for each kind of part, one row for each part, in JSON.

use std::path::{Path, PathBuf};

use rusqlite::types::Value;
use rusqlite::{Connection, Transaction, params};

use crate::clock::Setting;
use crate::state::{Batch, Key, Limits, Part, World};

/// Says in the file that it is a sandbox's: `gsbx`.
const APPLICATION: i64 = 0x6773_6278;

/// The form of the file. It changes whenever an older sandbox could not read the file or would misread it.
const VERSION: i64 = 3;

/// The tables of parts that have a number, each after those that it needs.
const TABLES: [&str; 5] = ["account", "payment", "mutation", "session", "notification"];

/// Why a state file cannot be used.
#[derive(Debug)]
pub(super) enum Fault {
    /// It is a database, but of another program.
    Foreign,
    /// It has another form.
    Version(i64),
    /// What is in it is no state.
    Broken(String),
    /// It cannot be read or written.
    Failed(rusqlite::Error),
}

impl From<rusqlite::Error> for Fault {
    fn from(error: rusqlite::Error) -> Self {
        match error.sqlite_error_code() {
            Some(rusqlite::ErrorCode::NotADatabase | rusqlite::ErrorCode::DatabaseCorrupt) => {
                Self::Broken(error.to_string())
            }
            _ => Self::Failed(error),
        }
    }
}

/// An open state file.
#[derive(Debug)]
pub(super) struct Database {
    path: PathBuf,
    connection: Connection,
}

impl Database {
    /// Opens a state file, and makes the tables if it has none.
    pub(super) fn open(path: &Path) -> Result<Self, Fault> {
        Ok(Self { path: path.to_owned(), connection: connect(path)? })
    }

    /// Reads everything.
    pub(super) fn load(&self, limits: Limits) -> Result<(World, Setting), Fault> {
        let head = self.connection.query_row("SELECT value FROM head", [], |row| row.get::<_, String>(0));
        let (mut world, clock) = match head {
            Ok(head) => World::restore(limits, &head).map_err(Fault::Broken)?,
            Err(rusqlite::Error::QueryReturnedNoRows) => (World::of_up_to(limits), Setting::default()),
            Err(error) => return Err(error.into()),
        };
        for table in TABLES {
            let mut statement =
                self.connection.prepare(&format!("SELECT number, account, value FROM {table} ORDER BY number"))?;
            let mut rows = statement.query([])?;
            while let Some(row) = rows.next()? {
                let (number, account) = (unsigned(row.get(0)?)?, unsigned(row.get(1)?)?);
                let value = row.get_ref(2)?.as_str().map_err(|error| Fault::Broken(error.to_string()))?;
                world.restore_part(key(table, number, account), account, value).map_err(Fault::Broken)?;
            }
        }
        let mut statement =
            self.connection.prepare("SELECT account, name, value FROM wallet WHERE part = ?1 ORDER BY name")?;
        for part in Part::ALL {
            let mut rows = statement.query([part.word()])?;
            while let Some(row) = rows.next()? {
                let (account, name) = (unsigned(row.get(0)?)?, row.get(1)?);
                let value: String = row.get(2)?;
                world.restore_part(Key::Wallet(account, part, name), account, &value).map_err(Fault::Broken)?;
            }
        }
        if !world.is_consistent() {
            return Err(Fault::Broken("it contradicts itself".into()));
        }
        Ok((world, clock))
    }

    /// Writes what has changed, all or nothing. Where everything before is to go and even that cannot be written, such as on a
    /// full disk, the file is made anew.
    pub(super) fn write(&mut self, batch: &Batch) -> Result<(), rusqlite::Error> {
        match self.try_write(batch) {
            Err(_) if batch.cleared => {
                self.connection = renewed(&self.path, &mut self.connection)?;
                self.try_write(batch)
            }
            result => result,
        }
    }

    fn try_write(&mut self, batch: &Batch) -> Result<(), rusqlite::Error> {
        let transaction = self.connection.transaction()?;
        if batch.cleared {
            for table in TABLES.into_iter().chain(["head", "wallet"]) {
                transaction.execute(&format!("DELETE FROM {table}"), [])?;
            }
        }
        for row in &batch.rows {
            put(&transaction, &row.key, row.account, row.value.as_deref())?;
        }
        transaction.commit()
    }

    /// Puts everything into the one file, so that none is beside it.
    pub(super) fn close(self) {
        // If this fails, the file beside it has the rest, and the next start reads it.
        let _ = self.connection.close();
    }
}

fn connect(path: &Path) -> Result<Connection, Fault> {
    let mut connection = Connection::open(path)?;
    // This process alone has the file open, so that nothing is shared with others.
    connection.pragma_update(None, "locking_mode", "EXCLUSIVE")?;
    let (application, version): (i64, i64) = (
        connection.pragma_query_value(None, "application_id", |row| row.get(0))?,
        connection.pragma_query_value(None, "user_version", |row| row.get(0))?,
    );
    let tables: i64 = connection.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0))?;
    let is_new = application == 0 && version == 0 && tables == 0;
    if !is_new && application != APPLICATION {
        return Err(Fault::Foreign);
    }
    if !is_new && version != VERSION {
        return Err(Fault::Version(version));
    }
    connection.pragma_update(None, "journal_mode", "WAL")?;
    // What was written survives the end of the process; the disk is waited for only now and then.
    connection.pragma_update(None, "synchronous", "NORMAL")?;
    if is_new {
        make_tables(&mut connection)?;
    }
    Ok(connection)
}

fn make_tables(connection: &mut Connection) -> Result<(), rusqlite::Error> {
    let transaction = connection.transaction()?;
    transaction.execute("CREATE TABLE head (id INTEGER PRIMARY KEY CHECK (id = 1), value TEXT NOT NULL)", [])?;
    for table in TABLES {
        let columns = "(number INTEGER PRIMARY KEY, account INTEGER NOT NULL, value TEXT NOT NULL)";
        transaction.execute(&format!("CREATE TABLE {table} {columns}"), [])?;
    }
    transaction.execute(
        "CREATE TABLE wallet (account INTEGER, part TEXT, name TEXT, value TEXT NOT NULL, PRIMARY KEY (account, part, name)) \
         WITHOUT ROWID",
        [],
    )?;
    transaction.pragma_update(None, "application_id", APPLICATION)?;
    transaction.pragma_update(None, "user_version", VERSION)?;
    transaction.commit()
}

/// The file without anything in it, which needs no more space than it has.
fn renewed(path: &Path, old: &mut Connection) -> Result<Connection, rusqlite::Error> {
    let closed = std::mem::replace(old, Connection::open_in_memory()?);
    let _ = closed.close();
    let mut wal = path.as_os_str().to_owned();
    wal.push("-wal");
    let _ = std::fs::remove_file(PathBuf::from(wal));
    let failed = |error: std::io::Error| rusqlite::Error::ToSqlConversionFailure(error.into());
    std::fs::OpenOptions::new().write(true).truncate(true).open(path).map_err(failed)?;
    connect(path).map_err(|fault| match fault {
        Fault::Failed(error) => error,
        _ => rusqlite::Error::InvalidQuery,
    })
}

/// Writes a part, or removes it.
fn put(transaction: &Transaction<'_>, key: &Key, account: u64, value: Option<&str>) -> Result<(), rusqlite::Error> {
    let (table, number) = match key {
        Key::Head => {
            let mut statement = transaction.prepare_cached("INSERT OR REPLACE INTO head VALUES (1, ?1)")?;
            return statement.execute(params![value]).map(drop);
        }
        Key::Wallet(account, part, name) => {
            let known = [Value::from(signed(*account)), Value::from(part.word().to_owned()), Value::from(name.clone())];
            return match value {
                Some(value) => {
                    let sql = "INSERT OR REPLACE INTO wallet VALUES (?1, ?2, ?3, ?4)";
                    let all = known.into_iter().chain([Value::from(value.to_owned())]);
                    transaction.prepare_cached(sql)?.execute(rusqlite::params_from_iter(all)).map(drop)
                }
                None => {
                    let sql = "DELETE FROM wallet WHERE account = ?1 AND part = ?2 AND name = ?3";
                    transaction.prepare_cached(sql)?.execute(rusqlite::params_from_iter(known)).map(drop)
                }
            };
        }
        Key::Account(number) => ("account", *number),
        Key::Payment(number) => ("payment", *number),
        Key::Mutation(_, number) => ("mutation", *number),
        Key::Session(number) => ("session", *number),
        Key::Notification(number) => ("notification", *number),
    };
    match value {
        Some(value) => {
            let sql = format!("INSERT OR REPLACE INTO {table} VALUES (?1, ?2, ?3)");
            let mut statement = transaction.prepare_cached(&sql)?;
            statement.execute(params![signed(number), signed(account), value]).map(drop)
        }
        None => {
            let sql = format!("DELETE FROM {table} WHERE number = ?1");
            transaction.prepare_cached(&sql)?.execute([signed(number)]).map(drop)
        }
    }
}

fn key(table: &str, number: u64, account: u64) -> Key {
    match table {
        "account" => Key::Account(number),
        "payment" => Key::Payment(number),
        "mutation" => Key::Mutation(account, number),
        "session" => Key::Session(number),
        _ => Key::Notification(number),
    }
}

/// SQLite's numbers have a sign. None of ours is so large that it matters.
fn signed(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

fn unsigned(number: i64) -> Result<u64, Fault> {
    u64::try_from(number).map_err(|_| Fault::Broken("a number is negative".into()))
}
