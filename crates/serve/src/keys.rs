//! Idempotency keys: the same request again gets the same reply.

use std::future::Future;

use axum::response::{IntoResponse, Response};
use data_encoding::HEXLOWER;
use gerbang::ledger::{Error, Ledger, Tx};
use http::{HeaderMap, StatusCode};
use serde_json::Value;
use sha2::{Digest, Sha256};

use crate::problem::{Code, Detail, Form, Next, Problem, before_sending, kept};
use crate::reply;

/// How long a reply is kept, in milliseconds: a day.
const KEPT: i64 = 24 * 3600 * 1000;

/// The key of a request, where it has one.
pub fn of(headers: &HeaderMap) -> Result<Option<String>, Problem> {
    let mut keys = headers.get_all("idempotency-key").iter();
    let Some(key) = keys.next() else { return Ok(None) };
    let is_plain = |text: &&str| (1..=255).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_graphic());
    match (key.to_str().ok().filter(is_plain), keys.next()) {
        (Some(key), None) => Ok(Some(key.to_owned())),
        _ => Err(Problem::must_be("Idempotency-Key", Form::IdempotencyKey)),
    }
}

/// Does the work once for a key and keeps its reply, where that is final. What was under way when the daemon ended is done again:
/// all work is safe to repeat.
pub async fn once(
    ledger: &Ledger,
    key: Option<String>,
    path: &str,
    body: &[u8],
    work: impl Future<Output = Result<(StatusCode, Value), Problem>>,
) -> Result<Response, Problem> {
    let Some(key) = key else { return Ok(answer(work.await)) };
    let key = HEXLOWER.encode(&Sha256::digest(format!("{path} {key}")));
    let content = HEXLOWER.encode(&Sha256::digest(body));
    match begin(ledger, &key, &content).await.map_err(before_sending)? {
        Known::New => {}
        Known::Other => {
            return Err(Problem::new(Code::IdempotencyKeyReused, Detail::KeyReused, Next::UseAnotherKey));
        }
        Known::Answered(status, text) => return Ok(replayed(status, text)),
    }
    let done = work.await;
    let Some((status, text)) = is_final(&done) else { return Ok(answer(done)) };
    match end(ledger, &key, status, &text).await {
        Ok(Some((status, text))) => Ok(replayed(status, text)),
        Ok(None) => Ok(answer(done)),
        Err(error) => {
            // What was done is in the book: the same request finds it.
            tracing::error!("a reply could not be kept: {error}");
            Ok(answer(done))
        }
    }
}

fn answer(done: Result<(StatusCode, Value), Problem>) -> Response {
    match done {
        Ok((status, value)) => reply::json(status, &value),
        Err(problem) => problem.into_response(),
    }
}

/// The reply that is kept: one that another try would not change.
fn is_final(done: &Result<(StatusCode, Value), Problem>) -> Option<(StatusCode, String)> {
    match done {
        Ok((StatusCode::ACCEPTED, _)) => None,
        Ok((status, value)) => Some((*status, value.to_string())),
        Err(problem) if problem.status().is_client_error() => Some((problem.status(), problem.to_keep())),
        Err(_) => None,
    }
}

fn replayed(status: StatusCode, text: String) -> Response {
    if status.is_success() { reply::text(status, "application/json", text) } else { kept(status, &text) }
}

enum Known {
    New,
    Other,
    Answered(StatusCode, String),
}

async fn begin(ledger: &Ledger, key: &str, content: &str) -> Result<Known, Error> {
    let mut tx = ledger.begin().await?;
    let now = tx.now().await?.as_millisecond();
    let sql = "INSERT INTO gerbang_serve_key (key, content, at) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING";
    let is_new = tx.execute(sql, [key.into(), content.into(), now.into()]).await? == 1;
    let known = if is_new { Known::New } else { known(&mut tx, key, content).await? };
    tx.commit().await?;
    Ok(known)
}

async fn known(tx: &mut Tx, key: &str, content: &str) -> Result<Known, Error> {
    let sql = "SELECT content, status, reply FROM gerbang_serve_key WHERE key = $1";
    let rows = tx.fetch(sql, [key.into()]).await?;
    // Deleted in this moment.
    let Some(row) = rows.first() else { return Ok(Known::New) };
    if row.text("content")? != content {
        return Ok(Known::Other);
    }
    Ok(match (row.maybe_int("status")?, row.maybe_text("reply")?) {
        (Some(status), Some(text)) => Known::Answered(code(status), text),
        _ => Known::New,
    })
}

/// Keeps the reply; gives the one that was kept before, where another was faster.
async fn end(
    ledger: &Ledger,
    key: &str,
    status: StatusCode,
    text: &str,
) -> Result<Option<(StatusCode, String)>, Error> {
    let mut tx = ledger.begin().await?;
    let sql = "UPDATE gerbang_serve_key SET status = $2, reply = $3 WHERE key = $1 AND status IS NULL";
    let kept = tx.execute(sql, [key.into(), i64::from(status.as_u16()).into(), text.into()]).await? == 1;
    let mut faster = None;
    if !kept {
        let rows = tx.fetch("SELECT status, reply FROM gerbang_serve_key WHERE key = $1", [key.into()]).await?;
        if let Some(row) = rows.first() {
            faster = Some((code(row.int("status")?), row.text("reply")?));
        }
    }
    tx.commit().await?;
    Ok(faster)
}

fn code(status: i64) -> StatusCode {
    u16::try_from(status).ok().and_then(|status| StatusCode::from_u16(status).ok()).unwrap_or(StatusCode::OK)
}

/// Deletes the replies that are no longer kept.
pub async fn clean(ledger: &Ledger) -> Result<(), Error> {
    let mut tx = ledger.begin().await?;
    let before = tx.now().await?.as_millisecond() - KEPT;
    tx.execute("DELETE FROM gerbang_serve_key WHERE at < $1", [before.into()]).await?;
    tx.commit().await
}
