//! `gerbang serve token`.

use std::path::{self, PathBuf};

use clap::builder::PossibleValuesParser;
use clap::{Args, Subcommand};
use comfy_table::{Table, presets};
use gerbang_serve::{Scope, Settings, TokenRecord, new_token, revoke_token, tokens};
use jiff::Timestamp;
use serde_json::{Value, json};

use super::{Place, failure, variable};
use crate::failure::{Exit, Failure};
use crate::lang::tr;
use crate::output::Output;

/// The longest name of a token.
const LONGEST_LABEL: usize = 64;

/// `gerbang serve token`.
#[derive(Args, Debug)]
#[command(after_help = "Example: gerbang serve token new --scope shop --label web-shop")]
pub struct Token {
    #[command(subcommand)]
    command: TokenCommand,
}

#[derive(Debug, Subcommand)]
enum TokenCommand {
    /// Make a token, of which the database keeps a hash only
    New(New),
    /// Show what tokens there are, and never a token
    List(List),
    /// Have every daemon refuse a token, within 10 seconds
    Revoke(Revoke),
}

/// `gerbang serve token new`.
#[derive(Args, Debug)]
#[command(after_help = "A token of scope shop takes payments and looks at them; one of scope admin also\n\
    settles cases. It is shown this once. A daemon that runs knows it within seconds.\n\n\
    Example: gerbang serve token new --scope admin --database sqlite:gerbang.db")]
struct New {
    /// What it is for: shop or admin
    #[arg(long, value_parser = PossibleValuesParser::new(["shop", "admin"]), hide_possible_values = true)]
    scope: String,
    /// Who uses it, to be found again in the list
    #[arg(long, value_name = "NAME", value_parser = label)]
    label: Option<String>,
    #[command(flatten)]
    place: Place,
}

/// `gerbang serve token list`.
#[derive(Args, Debug)]
#[command(after_help = "The oldest first. The token of GERBANG_SERVE_TOKEN is not among them: it is in no\n\
    database. When a token was last used is known to about a minute.\n\n\
    Example: gerbang serve token list --database sqlite:gerbang.db")]
struct List {
    #[command(flatten)]
    place: Place,
}

/// `gerbang serve token revoke`.
#[derive(Args, Debug)]
#[command(after_help = "Example: gerbang serve token revoke 0f3a9c1d7b24 --database sqlite:gerbang.db")]
struct Revoke {
    /// The token's id in the list
    id: String,
    #[command(flatten)]
    place: Place,
}

/// Makes, shows or revokes tokens.
pub async fn run(token: &Token, output: Output) -> Result<Exit, Failure> {
    match &token.command {
        TokenCommand::New(wanted) => new(wanted, output).await,
        TokenCommand::List(List { place }) => list(place, output).await,
        TokenCommand::Revoke(Revoke { id, place }) => revoke(id, place, output).await,
    }
}

async fn new(New { scope, label, place }: &New, output: Output) -> Result<Exit, Failure> {
    let scope = Scope::parse(scope).ok_or_else(|| Failure::usage("the scope is shop or admin"))?;
    let database = database(place)?;
    let missing = missing_file(&database);
    let (token, record) = new_token(&database, scope, label.as_deref()).await.map_err(failure)?;
    if let Some(file) = missing {
        let file = file.display();
        output.warn(&format!(
            "there was no database {file}; it has been made, and only a daemon that uses it knows the token"
        ));
    }
    let shown = json!({"token": token.expose(), "id": record.id, "scope": scope.as_str(), "label": record.label});
    output.result(&shown, || token.expose().to_owned())?;
    Ok(Exit::Done)
}

async fn list(place: &Place, output: Output) -> Result<Exit, Failure> {
    let tokens = tokens(&present_database(place)?).await.map_err(failure)?;
    if output.json {
        for token in &tokens {
            output.result(&record(token), String::new)?;
        }
        return Ok(Exit::Done);
    }
    let mut table = Table::new();
    table.load_preset(presets::NOTHING).set_header(["ID", "SCOPE", "LABEL", "MADE", "LAST USED"].map(tr));
    for token in &tokens {
        let used = token.used_at.map_or_else(|| tr("never"), minute);
        let label = token.label.clone().unwrap_or_else(|| "–".to_owned());
        table.add_row([token.id.clone(), token.scope.to_string(), label, minute(token.made_at), used]);
    }
    output.text(&table.trim_fmt())?;
    Ok(Exit::Done)
}

async fn revoke(id: &str, place: &Place, output: Output) -> Result<Exit, Failure> {
    if !revoke_token(&present_database(place)?, id).await.map_err(failure)? {
        return Err(Failure::usage("there is no token of this id; `gerbang serve token list` shows them"));
    }
    output.result(&json!({"revoked": id}), || {
        tr(&format!("The token {id} is revoked. Every daemon refuses it within 10 seconds."))
    })?;
    Ok(Exit::Done)
}

fn database(place: &Place) -> Result<gerbang::Secret, Failure> {
    Settings::read_database(&place.flags(), &variable).map_err(|wrong| Failure::usage(wrong.join("\n")))
}

/// The database, where it has been made.
fn present_database(place: &Place) -> Result<gerbang::Secret, Failure> {
    let database = database(place)?;
    match missing_file(&database) {
        Some(file) => Err(Failure::usage(format!("there is no database {}", file.display()))),
        None => Ok(database),
    }
}

/// The file of a database of SQLite's that is not there, such as one that is relative to another directory than the daemon's.
fn missing_file(database: &gerbang::Secret) -> Option<PathBuf> {
    let name = database.expose().strip_prefix("sqlite:")?;
    let name = name.strip_prefix("//").unwrap_or(name).split('?').next()?;
    // `:memory:` is no file, and what is written with `%` is for SQLite's driver to read.
    let file = path::absolute(name).ok().filter(|_| !name.starts_with(':') && !name.contains('%'))?;
    (!file.exists()).then_some(file)
}

fn record(token: &TokenRecord) -> Value {
    json!({
        "id": token.id,
        "scope": token.scope.as_str(),
        "label": token.label,
        "made_at": token.made_at.to_string(),
        "used_at": token.used_at.map(|at| at.to_string()),
    })
}

fn minute(at: Timestamp) -> String {
    at.strftime("%Y-%m-%d %H:%M UTC").to_string()
}

fn label(text: &str) -> Result<String, String> {
    match (1..=LONGEST_LABEL).contains(&text.chars().count()) && !text.chars().any(char::is_control) {
        true => Ok(text.to_owned()),
        false => Err(format!("a label has 1 to {LONGEST_LABEL} characters, none of them a control character")),
    }
}
