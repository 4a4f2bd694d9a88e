//! `gerbang serve token`.

use clap::builder::PossibleValuesParser;
use clap::{Args, Subcommand};
use gerbang_serve::{Scope, Settings, new_token};
use serde_json::json;

use super::{Place, failure, variable};
use crate::failure::{Exit, Failure};
use crate::output::Output;

/// `gerbang serve token`.
#[derive(Args, Debug)]
#[command(after_help = "Example: gerbang serve token new --scope shop")]
pub struct Token {
    #[command(subcommand)]
    command: TokenCommand,
}

#[derive(Debug, Subcommand)]
enum TokenCommand {
    /// Make a token, of which the database keeps a hash only
    New(New),
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
    #[command(flatten)]
    place: Place,
}

/// Makes a token and prints it.
pub async fn run(token: &Token, output: Output) -> Result<Exit, Failure> {
    let TokenCommand::New(New { scope, place }) = &token.command;
    let scope = Scope::parse(scope).ok_or_else(|| Failure::usage("the scope is shop or admin"))?;
    let database = Settings::read_database(&place.flags(), &variable);
    let database = database.map_err(|wrong| Failure::usage(wrong.join("\n")))?;
    let token = new_token(&database, scope).await.map_err(failure)?;
    output.result(&json!({"token": token.expose(), "scope": scope.as_str()}), || token.expose().to_owned())?;
    Ok(Exit::Done)
}
