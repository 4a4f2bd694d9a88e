//! What the daemon, the program beside it and their load have in common.

use std::error::Error;
use std::io::Read;

use data_encoding::HEXUPPER;
use gerbang_ledger::sqlx::{AssertSqlSafe, Connection, Executor, PgConnection};
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

pub type Failure = Box<dyn Error + Send + Sync>;

/// Who may call.
pub const TOKEN: &str = "0123456789abcdef0123456789abcdef";

/// The key with which the gateway signs.
pub const KEY: &str = "033389b9-cc42-4005-ae9e-8e8ff23738d7";

/// The price of every order.
pub const PRICE: u64 = 10_000;

/// The header of the gateway's signature.
pub const SIGNATURE: &str = "x-servicepayment";

/// HMAC-SHA256 by a key.
pub fn hmac(key: &[u8], body: &[u8]) -> Hmac<Sha256> {
    Hmac::new_from_slice(key).expect("HMAC takes a key of any length").chain_update(body)
}

/// The gateway's signature of a notification.
pub fn signature(body: &[u8]) -> String {
    HEXUPPER.encode(&hmac(KEY.as_bytes(), body).finalize().into_bytes())
}

/// Whether a place is a PostgreSQL server, and not a directory for SQLite files.
pub fn is_server(place: &str) -> bool {
    place.starts_with("postgres")
}

/// A schema of a server's, which is removed first where it is there, or a new file of a directory.
pub async fn database(place: &str, name: &str) -> Result<String, Failure> {
    remove(place, name).await?;
    if !is_server(place) {
        return Ok(format!("sqlite:{place}/{name}.db"));
    }
    let mut server = PgConnection::connect(place).await?;
    server.execute(AssertSqlSafe(format!("CREATE SCHEMA {name}"))).await?;
    // What a payment costs is measured, not what encryption on one machine does.
    Ok(format!("{place}?sslmode=disable&options=-csearch_path%3D{name}"))
}

/// Removes what [`database`] has made.
pub async fn remove(place: &str, name: &str) -> Result<(), Failure> {
    if !is_server(place) {
        for end in ["", "-wal", "-shm"] {
            let _ = std::fs::remove_file(format!("{place}/{name}.db{end}"));
        }
        return Ok(());
    }
    let mut server = PgConnection::connect(place).await?;
    server.execute(AssertSqlSafe(format!("DROP SCHEMA IF EXISTS {name} CASCADE"))).await?;
    Ok(())
}

/// Waits for the end of the standard input, which ends a program.
pub async fn end() {
    let (sender, ended) = tokio::sync::oneshot::channel();
    std::thread::spawn(move || {
        let _ = std::io::stdin().read_to_end(&mut Vec::new());
        sender.send(())
    });
    let _ = ended.await;
}
