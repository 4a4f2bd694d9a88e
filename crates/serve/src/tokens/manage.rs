//! What an operator does with a database's tokens, beside the daemons that run.

use gerbang::Secret;
use gerbang::ledger::Ledger;

use super::{Scope, TokenRecord, keep, list, make, revoke};
use crate::error::Error;
use crate::tables;

/// Makes a token and writes its hash into the database, under a name of the operator's. It is shown this once. Daemons that run know
/// it within seconds.
///
/// # Errors
///
/// [`Error`].
pub async fn new_token(database: &Secret, scope: Scope, label: Option<&str>) -> Result<(Secret, TokenRecord), Error> {
    let ledger = open(database).await?;
    let token = make(scope).map_err(|_| Error::Random)?;
    let record = keep(&ledger, &token, scope, label).await?;
    Ok((token, record))
}

/// All tokens of the database, the oldest first; not that of a daemon's settings.
///
/// # Errors
///
/// [`Error`].
pub async fn tokens(database: &Secret) -> Result<Vec<TokenRecord>, Error> {
    Ok(list(&open(database).await?).await?)
}

/// Deletes the token of an id; false where there is none. Every daemon refuses it 10 seconds later at the latest.
///
/// # Errors
///
/// [`Error`].
pub async fn revoke_token(database: &Secret, id: &str) -> Result<bool, Error> {
    Ok(revoke(&open(database).await?, id).await?)
}

async fn open(database: &Secret) -> Result<Ledger, Error> {
    let ledger = Ledger::open(database.expose()).await?;
    tables::migrate(&ledger).await?;
    Ok(ledger)
}
