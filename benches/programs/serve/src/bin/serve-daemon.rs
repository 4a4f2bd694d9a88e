//! The daemon with an account at K-Link, whose notifications prove what they say: `serve-daemon <database> <gateway> <webhook>`.
//!
//! It prints its address, serves until its standard input ends, and prints how often it has committed.

use std::fs;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use gerbang_ledger::Ledger;
use gerbang_ledger::sqlx::query_scalar;
use gerbang_serve::{Daemon, Flags, Settings};
use serve::{Failure, KEY, TOKEN, end};

#[tokio::main(flavor = "multi_thread", worker_threads = 2)]
async fn main() -> Result<(), Failure> {
    let arguments: Vec<_> = std::env::args().skip(1).collect();
    let [database, gateway, webhook] = &arguments[..] else {
        return Err("usage: serve-daemon <database> <gateway> <webhook>".into());
    };
    let file = std::env::temp_dir().join(format!("gerbang-bench-serve-{}.toml", std::process::id()));
    let account = "gateway = \"klink\"\nemail = \"shop@example.com\"\npassword = \"password\"\nbank_code = \"014\"\n\
                   product_code = \"BCAATM\"";
    let account = format!("{account}\nwebhook_key = \"{KEY}\"\nbase_url = \"{gateway}\"\n");
    let bounds = "rate_per_token = 0\nrate_per_address = 0\nwebhook_allow_local = true";
    fs::write(&file, format!("listen = \"127.0.0.1:0\"\n{bounds}\n[accounts.klink]\n{account}"))?;
    let flags = Flags { file: Some(file.clone()), database: Some(database.clone()), ..Flags::default() };
    let settings = Settings::read(&flags, &|name| match name {
        "GERBANG_SERVE_TOKEN" => Some(TOKEN.to_owned()),
        "GERBANG_SERVE_WEBHOOK_URL" => Some(webhook.clone()),
        "GERBANG_SERVE_WEBHOOK_SECRET" => Some("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw".to_owned()),
        _ => None,
    });
    fs::remove_file(file)?;
    let daemon = Daemon::start(settings.map_err(|wrong| wrong.join("\n"))?).await?;
    let ledger = daemon.ledger().clone();
    let commits = count_commits(&ledger).await?;
    let before = count(&ledger, &commits).await?;
    println!("{}", daemon.address());
    daemon.run(end()).await?;
    println!("{}", count(&ledger, &commits).await? - before);
    Ok(())
}

/// Counts the commits of the one connection that writes on SQLite.
async fn count_commits(ledger: &Ledger) -> Result<Arc<AtomicU64>, Failure> {
    let commits = Arc::new(AtomicU64::new(0));
    let mut tx = ledger.begin().await?;
    if let Ok(mut conn) = tx.sqlite().await {
        let counted = commits.clone();
        conn.lock_handle().await?.set_commit_hook(move || {
            counted.fetch_add(1, Ordering::SeqCst);
            true
        });
    }
    Ok(commits)
}

/// How many transactions have written until now.
async fn count(ledger: &Ledger, commits: &AtomicU64) -> Result<u64, Failure> {
    let mut tx = ledger.begin().await?;
    if tx.sqlite().await.is_ok() {
        return Ok(commits.load(Ordering::SeqCst));
    }
    let sql = "SELECT pg_snapshot_xmax(pg_current_snapshot())::text::bigint";
    let next: i64 = query_scalar(sql).fetch_one(&mut *tx.postgres().await?).await?;
    Ok(next.unsigned_abs())
}
