//! Operators who have signed in. Their browser has a random secret in a cookie; the database has its hash, and that of the token, which
//! is looked at again for each page: a token that is taken back ends its sessions.

use std::time::Duration;

use data_encoding::{BASE64URL_NOPAD, HEXLOWER};
use gerbang::Secret;
use gerbang::ledger::{Error, Ledger};
use http::header::COOKIE;
use http::{HeaderMap, HeaderValue};
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

use crate::app::App;
use crate::tokens::{Scope, TokenHash};

/// How long a session lasts.
const LASTS: Duration = Duration::from_secs(8 * 3600);

/// How many there are at most; a further one ends the one that would end first.
const MOST: i64 = 64;

/// The name of the cookie.
const NAME: &str = "gerbang_session";

/// The secret of a session, as the browser has it.
pub struct Session(Secret);

impl Session {
    /// Begins one for who has shown a token.
    pub async fn begin(ledger: &Ledger, token: &TokenHash) -> Result<Self, Error> {
        let mut random = [0; 32];
        getrandom::fill(&mut random).map_err(|_| Error::Invalid("the system gives no random numbers".to_owned()))?;
        let session = Self(Secret::from(BASE64URL_NOPAD.encode(&random)));
        let mut tx = ledger.begin().await?;
        let now = tx.now().await?.as_millisecond();
        tx.execute("DELETE FROM gerbang_serve_session WHERE ends_at <= $1", [now.into()]).await?;
        let sql = "DELETE FROM gerbang_serve_session WHERE hash IN \
                   (SELECT hash FROM gerbang_serve_session ORDER BY ends_at DESC, hash LIMIT 1000 OFFSET $1)";
        tx.execute(sql, [(MOST - 1).into()]).await?;
        let ends_at = now + i64::try_from(LASTS.as_millis()).unwrap_or(0);
        let sql = "INSERT INTO gerbang_serve_session (hash, token, ends_at) VALUES ($1, $2, $3)";
        tx.execute(sql, [session.hash().into(), token.hex().into(), ends_at.into()]).await?;
        tx.commit().await?;
        Ok(session)
    }

    /// The one of a request's cookie, where it goes on.
    pub async fn of(app: &App, headers: &HeaderMap) -> Result<Option<Self>, Error> {
        let Some(session) = cookie(headers, NAME).map(|secret| Self(Secret::from(secret))) else { return Ok(None) };
        let mut tx = app.ledger().read().await?;
        let now = tx.now().await?.as_millisecond();
        let sql = "SELECT token FROM gerbang_serve_session WHERE hash = $1 AND ends_at > $2";
        let rows = tx.fetch(sql, [session.hash().into(), now.into()]).await?;
        drop(tx);
        let Some(row) = rows.first() else { return Ok(None) };
        let Some(token) = TokenHash::parse(&row.text("token")?) else { return Ok(None) };
        let scope = app.tokens().scope(&token).await?;
        Ok(Some(session).filter(|_| scope == Some(Scope::Admin)))
    }

    /// Ends it.
    pub async fn end(&self, ledger: &Ledger) -> Result<(), Error> {
        let mut tx = ledger.begin().await?;
        tx.execute("DELETE FROM gerbang_serve_session WHERE hash = $1", [self.hash().into()]).await?;
        tx.commit().await
    }

    fn hash(&self) -> String {
        HEXLOWER.encode(&Sha256::digest(self.0.expose()))
    }

    /// What the forms of its pages hold, which another site cannot know. It does not lead back to the secret.
    pub fn form_key(&self) -> String {
        HEXLOWER.encode(&Sha256::digest(format!("form {}", self.0.expose())))
    }

    /// Whether a form is of one of its pages.
    pub fn is_own(&self, form_key: &str) -> bool {
        self.form_key().as_bytes().ct_eq(form_key.as_bytes()).into()
    }

    /// The header that gives the secret to the browser.
    pub fn cookie(&self, is_secure: bool) -> Option<HeaderValue> {
        set(NAME, self.0.expose(), LASTS, is_secure)
    }
}

/// The header that takes the secret from the browser.
pub fn no_cookie(is_secure: bool) -> Option<HeaderValue> {
    set(NAME, "", Duration::ZERO, is_secure)
}

fn set(name: &str, value: &str, lasts: Duration, is_secure: bool) -> Option<HeaderValue> {
    let secure = if is_secure { "; Secure" } else { "" };
    let text = format!("{name}={value}; Path=/; Max-Age={}; HttpOnly; SameSite=Strict{secure}", lasts.as_secs());
    let mut header = HeaderValue::try_from(text).ok()?;
    header.set_sensitive(true);
    Some(header)
}

/// A cookie of a request; the first where there are several.
pub fn cookie<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    let headers = headers.get_all(COOKIE).iter().filter_map(|value| value.to_str().ok());
    let pairs = headers.flat_map(|header| header.split(';')).filter_map(|pair| pair.trim().split_once('='));
    pairs.into_iter().find(|(found, _)| *found == name).map(|(_, value)| value).filter(|value| !value.is_empty())
}
