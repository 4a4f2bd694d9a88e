//! `gerbang serve`.

mod log;
mod token;

use std::env;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, Subcommand};
use gerbang_serve::{Daemon, Error, Flags, Sandbox, Settings};
use serde_json::json;
use tokio::time::timeout;

use crate::failure::{Exit, Failure};
use crate::interrupt::Interrupt;
use crate::lang::tr;
use crate::output::Output;
use log::{Format, Log};
use token::Token;

/// How long is waited for the database's connections at the end, which nothing depends on.
const CLOSING: Duration = Duration::from_secs(5);

/// `gerbang serve`.
#[derive(Args, Debug)]
#[command(after_help = "Settings are flags, then the environment, then the file, which has the accounts:\n\
    GERBANG_SERVE_LISTEN, _DATABASE, _TOKEN, _PUBLIC_URL, _WEBHOOK_URL,\n\
    _WEBHOOK_SECRET. A secret may be the name of a file: GERBANG_SERVE_TOKEN_FILE.\n\
    GET /openapi.json describes the calls.\n\n\
    Example: gerbang serve --sandbox")]
pub struct Serve {
    #[command(flatten)]
    place: Place,
    /// Where to listen; 127.0.0.1:8080 unless given
    #[arg(long, value_name = "ADDRESS")]
    listen: Option<SocketAddr>,
    /// Where gateways reach the daemon, such as https://pay.example.com
    #[arg(long, value_name = "URL")]
    public_url: Option<String>,
    /// Try it with a sandbox as all gateways: one inside, or the one at URL
    #[arg(long, value_name = "URL", num_args = 0..=1, require_equals = true)]
    sandbox: Option<Option<String>>,
    /// Read the settings, say what is wrong with them, and end
    #[arg(long)]
    check: bool,
    /// How the log is written, on the standard error: text or json
    #[arg(long, value_name = "FORMAT", default_value = "text", hide_possible_values = true)]
    log: Format,
    #[command(subcommand)]
    command: Option<ServeCommand>,
}

/// Where the settings and the book are.
#[derive(Args, Clone, Debug)]
struct Place {
    /// The file with the settings and the accounts
    #[arg(long, value_name = "FILE")]
    settings: Option<PathBuf>,
    /// The database: sqlite:FILE or postgres://…; sqlite:gerbang.db unless given
    #[arg(long, value_name = "URL")]
    database: Option<String>,
}

#[derive(Debug, Subcommand)]
enum ServeCommand {
    /// Make, list and revoke tokens of those who may call
    Token(Token),
}

impl Place {
    fn flags(&self) -> Flags {
        Flags { file: self.settings.clone(), database: self.database.clone(), ..Flags::default() }
    }
}

/// Serves until Ctrl-C or SIGTERM.
///
/// # Errors
///
/// [`Failure`] of the settings, a line for each that is wrong, or when the daemon cannot start.
pub async fn run(serve: &Serve, output: Output) -> Result<Exit, Failure> {
    if let Some(ServeCommand::Token(token)) = &serve.command {
        return token::run(token, output).await;
    }
    let sandbox = serve.sandbox.clone().map(|url| url.map_or(Sandbox::Embedded, Sandbox::At));
    let flags = Flags { listen: serve.listen, public_url: serve.public_url.clone(), sandbox, ..serve.place.flags() };
    let settings = Settings::read(&flags, &variable).map_err(|wrong| Failure::usage(wrong.join("\n")))?;
    if serve.check {
        for warning in settings.warnings() {
            output.warn(&warning);
        }
        output
            .result(&json!({"settings": "right", "warnings": settings.warnings()}), || tr("The settings are right."))?;
        return Ok(Exit::Done);
    }
    let mut interrupt = Interrupt::listen();
    let log = Log::start(serve.log)?;
    settings.warnings().iter().for_each(|warning| tracing::warn!("{warning}"));
    let daemon = Daemon::start(settings).await.map_err(failure)?;
    introduce(&daemon, output)?;
    let ledger = daemon.ledger().clone();
    let ended = daemon.run(async move { interrupt.pressed().await }).await;
    // So that a file of SQLite's is whole when it is copied.
    let _ = timeout(CLOSING, ledger.close()).await;
    log.end().await;
    ended.map_err(failure)?;
    Ok(Exit::Done)
}

/// A variable of the environment. One that is not UTF-8 is none of the daemon's.
fn variable(name: &str) -> Option<String> {
    env::var(name).ok()
}

fn failure(error: Error) -> Failure {
    Failure::failed(error.to_string())
}

/// Says where the daemon is, and with a sandbox how to begin. What is printed is understood by a shell.
fn introduce(daemon: &Daemon, output: Output) -> Result<(), Failure> {
    let url = format!("http://{}", daemon.address());
    let (steps, sandbox) = (daemon.first_steps(), daemon.sandbox_url().map(str::to_owned));
    let token = daemon.token().map(|token| token.expose().to_owned());
    output.result(&json!({"url": url, "token": token, "sandbox": sandbox, "first_steps": steps}), || {
        let line = |name: &str, what: &str| format!("# {:<8} {what}", tr(name));
        let mut lines = vec![line("daemon", &url)];
        if let Some(token) = &token {
            lines.push(line("page", &tr(&format!("{url}/ for the operator: sign in with the token"))));
            lines.push(line("token", token));
        }
        if let Some(sandbox) = &sandbox {
            lines.push(line("sandbox", &format!("{sandbox}/")));
        }
        if let Some(steps) = steps {
            lines.push(format!("\n# {}", tr("Take a payment, pay it in the sandbox, and look at it:")));
            lines.extend(steps);
        }
        lines.join("\n")
    })
}
