//! The tokens of the database: their hashes, and what an operator knows them by.

use gerbang::Secret;
use gerbang::jiff::Timestamp;
use gerbang::ledger::{Error, Ledger, Row};

use super::{Scope, TokenHash};

/// How many characters of its hash are a token's id.
const ID: usize = 12;

/// A token, as the database has it.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct TokenRecord {
    /// What it is called by; it says nothing of the token.
    pub id: String,
    /// What the operator calls it.
    pub label: Option<String>,
    /// What it is for.
    pub scope: Scope,
    /// When it was made.
    pub made_at: Timestamp,
    /// When it was last used, to about a minute; none where it never was.
    pub used_at: Option<Timestamp>,
}

/// Writes the hash of a token down.
pub async fn keep(ledger: &Ledger, token: &Secret, scope: Scope, label: Option<&str>) -> Result<TokenRecord, Error> {
    let mut tx = ledger.begin().await?;
    let now = tx.now().await?;
    let sql = "INSERT INTO gerbang_serve_token (hash, scope, at, label) VALUES ($1, $2, $3, $4)";
    let hash = TokenHash::of(token.expose()).hex();
    let label = label.map(str::to_owned);
    let values = [hash.as_str().into(), scope.as_str().into(), now.as_millisecond().into(), label.clone().into()];
    tx.execute(sql, values).await?;
    tx.commit().await?;
    Ok(TokenRecord { id: hash[..ID].to_owned(), label, scope, made_at: now, used_at: None })
}

/// All tokens, the oldest first.
pub async fn list(ledger: &Ledger) -> Result<Vec<TokenRecord>, Error> {
    let mut tx = ledger.read().await?;
    let rows =
        tx.fetch("SELECT hash, label, scope, at, used_at FROM gerbang_serve_token ORDER BY at, hash", []).await?;
    rows.iter().filter_map(|row| record(row).transpose()).collect()
}

/// None for a scope of a later version's.
fn record(row: &Row) -> Result<Option<TokenRecord>, Error> {
    let time = |at: i64| Timestamp::from_millisecond(at).unwrap_or_default();
    let Some(scope) = Scope::parse(&row.text("scope")?) else { return Ok(None) };
    let id = row.text("hash")?.chars().take(ID).collect();
    let (label, made_at) = (row.maybe_text("label")?, time(row.int("at")?));
    Ok(Some(TokenRecord { id, label, scope, made_at, used_at: row.maybe_int("used_at")?.map(time) }))
}

/// Deletes the token of an id; false where there is none.
pub async fn revoke(ledger: &Ledger, id: &str) -> Result<bool, Error> {
    let mut tx = ledger.begin().await?;
    let sql = "DELETE FROM gerbang_serve_token WHERE substr(hash, 1, 12) = $1";
    let deleted = tx.execute(sql, [id.into()]).await?;
    tx.commit().await?;
    Ok(deleted > 0)
}

/// The hashes of all tokens, with their scopes.
pub(super) async fn hashes(ledger: &Ledger) -> Result<Vec<(TokenHash, Scope)>, Error> {
    let mut tx = ledger.read().await?;
    let rows = tx.fetch("SELECT hash, scope FROM gerbang_serve_token", []).await?;
    drop(tx);
    let mut tokens = Vec::with_capacity(rows.len());
    for row in rows {
        // A scope of a later version's is none of this one's.
        if let (Some(hash), Some(scope)) = (TokenHash::parse(&row.text("hash")?), Scope::parse(&row.text("scope")?)) {
            tokens.push((hash, scope));
        }
    }
    Ok(tokens)
}

/// Writes down that tokens were used just now.
pub(super) async fn used(ledger: &Ledger, hashes: impl IntoIterator<Item = String>) -> Result<(), Error> {
    let mut tx = ledger.begin().await?;
    let now = tx.now().await?.as_millisecond();
    for hash in hashes {
        tx.execute("UPDATE gerbang_serve_token SET used_at = $2 WHERE hash = $1", [hash.into(), now.into()]).await?;
    }
    tx.commit().await
}
