//! The help, the man pages and what is said of a wrong command line, in the language of the user.
//!
//! The texts of the commands and their options are in the catalogue. clap's own words, such as `Usage:`, are there as well, and are
//! put in when clap has drawn the page: it has no other place for them.

use clap::error::ErrorKind;
use clap::{Arg, Command};

use super::{is_indonesian, tr};
use crate::output::BAD;

/// A command with the texts of its help, those of all its subcommands and their options, in the language of the user.
pub fn localized(command: Command) -> Command {
    if is_indonesian() { texts(command) } else { command }
}

fn texts(mut command: Command) -> Command {
    if let Some(about) = command.get_about().map(ToString::to_string) {
        command = command.about(tr(&about));
    }
    if let Some(after) = command.get_after_help().map(ToString::to_string) {
        command = command.after_help(after_help(&after));
    }
    command.mut_args(argument).mut_subcommands(texts)
}

fn argument(mut arg: Arg) -> Arg {
    if let Some(help) = arg.get_help().map(ToString::to_string) {
        arg = arg.help(tr(&help));
    }
    if let Some(heading) = arg.get_help_heading().map(tr) {
        arg = arg.help_heading(heading);
    }
    let names = arg.get_value_names().unwrap_or_default();
    let names: Vec<_> = names.iter().map(|name| tr(name)).collect();
    if names.is_empty() { arg } else { arg.value_names(names) }
}

/// What stands below the options: paragraphs, of which clap breaks the lines, and then the examples, which stay as they are.
fn after_help(text: &str) -> String {
    let examples = if text.starts_with("Example") { Some(0) } else { text.find("\nExample").map(|end| end + 1) };
    let (paragraphs, examples) = text.split_at(examples.unwrap_or(text.len()));
    let body = paragraphs.trim_end_matches('\n');
    let gap = &paragraphs[body.len()..];
    let said: Vec<_> = body.split("\n\n").map(|paragraph| tr(&paragraph.replace('\n', " "))).collect();
    let examples = examples.strip_prefix("Examples:").or_else(|| examples.strip_prefix("Example:"));
    let examples = examples.map(|rest| format!("{}{rest}", tr("Example:"))).unwrap_or_default();
    format!("{}{gap}{examples}", said.join("\n\n"))
}

/// The words that clap writes into a help or a usage by itself. Those that hold others come first.
const OWN_WORDS: [&str; 15] = [
    "Print help (see more with '--help')",
    "Print help (see a summary with '-h')",
    "Print help",
    "Print version",
    "Usage:",
    "Options:",
    "Arguments:",
    "Commands:",
    "[OPTIONS]",
    "[COMMAND]",
    "<COMMAND>",
    "[default: ",
    "[possible values: ",
    "[aliases: ",
    "[alias: ",
];

/// What clap has drawn, with its own words in the language of the user.
pub fn own_words(drawn: &str) -> String {
    match is_indonesian() {
        true => OWN_WORDS.iter().fold(drawn.to_owned(), |text, words| text.replace(words, &tr(words))),
        false => drawn.to_owned(),
    }
}

/// The headings of a man page, and other words that are written into it.
const MAN_WORDS: [&str; 7] = ["NAME", "SYNOPSIS", "DESCRIPTION", "OPTIONS", "SUBCOMMANDS", "EXTRA", "VERSION"];

/// A man page as it was drawn, with its headings in the language of the user.
pub fn page(drawn: &str) -> String {
    if !is_indonesian() {
        return drawn.to_owned();
    }
    let heading = |line: &str| {
        let words = line.strip_prefix(".SH ").filter(|words| MAN_WORDS.contains(words));
        words.map_or_else(|| own_words(line), |words| format!(".SH {}", tr(words)))
    };
    drawn.split('\n').map(heading).collect::<Vec<_>>().join("\n")
}

/// What clap answers to a command line: the help that it asks for, or what is wrong with it.
pub fn answer(error: &clap::Error) -> String {
    let drawn = error.render();
    let is_help = matches!(
        error.kind(),
        ErrorKind::DisplayHelp | ErrorKind::DisplayVersion | ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand
    );
    match is_help || !is_indonesian() {
        true => own_words(&drawn.ansi().to_string()),
        false => format!("{BAD}{}{BAD:#} {}\n", tr("error:"), wrong_line(&drawn.to_string())),
    }
}

/// What clap says of a wrong command line, in Indonesian and without `error:`. Each of its lines is a sentence.
fn wrong_line(drawn: &str) -> String {
    let text = drawn.strip_prefix("error: ").unwrap_or(drawn).trim_end();
    let line = |line: &str| {
        let words = line.trim_start();
        let indent = &line[..line.len() - words.len()];
        let said = if words.starts_with("Usage:") { own_words(words) } else { tr(words) };
        format!("{indent}{said}")
    };
    text.lines().map(line).collect::<Vec<_>>().join("\n")
}
