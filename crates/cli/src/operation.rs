//! The operations of each API as commands: `gerbang kropay payment-status --reference PG-1`.
//!
//! The tables of `generated`, which `cargo xtask generate` writes from the specs, list them. This file makes
//! commands of them, and prints what the provider answers.

use std::borrow::Cow;
use std::pin::Pin;

use bytes::Bytes;
use clap::{Arg, ArgAction, ArgMatches, Command};
use data_encoding::BASE64;
use gerbang::Operation;
use gerbang::operation::Idempotency;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value, json};

use crate::args::rupiah;
use crate::failure::{Exit, Failure};
use crate::generated::APIS;
use crate::interrupt::Interrupt;
use crate::lang::tr;
use crate::output::Output;
use crate::printable::printable_lines;
use crate::provider::Provider;
use crate::settings::Settings;

/// An operation as a command.
#[derive(Debug)]
pub struct OperationCommand {
    /// The operation.
    pub operation: &'static Operation,
    /// What it does, in one line.
    pub about: &'static str,
    /// What it takes.
    pub arguments: &'static [Argument],
}

/// A value that an operation takes.
#[derive(Debug)]
pub struct Argument {
    /// The provider's own name for it; where a member of the body has the same, its place before it.
    pub name: &'static str,
    /// Its option, which is that of no other and of no setting.
    pub option: &'static str,
    /// What it is.
    pub help: &'static str,
    /// Whether it must be given.
    pub required: bool,
    /// How it is written.
    pub kind: Kind,
    /// The words that the document knows; others are sent as well.
    pub words: &'static [&'static str],
    /// A value of a required one, for the example in the help.
    pub sample: &'static str,
}

/// How a value is written.
#[allow(dead_code, reason = "the specs decide which are used")]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// As it is.
    Text,
    /// Digits.
    Number,
    /// Whole rupiah, in digits.
    Rupiah,
    /// `true` or `false`.
    Flag,
    /// JSON.
    Json,
}

/// The values that were given, as JSON.
#[derive(Debug, Default)]
pub struct Given {
    values: Map<String, Value>,
    arguments: &'static [Argument],
}

impl Given {
    /// All values as the body of a request; those of the path and the query are left aside by its type.
    ///
    /// # Errors
    ///
    /// [`Failure`] when they are not what the body needs.
    pub fn body<T: DeserializeOwned>(&self) -> Result<T, Failure> {
        read("the values", Value::Object(self.values.clone()))
    }

    /// One value.
    ///
    /// # Errors
    ///
    /// [`Failure`] when it is missing or not of its type.
    pub fn value<T: DeserializeOwned>(&self, name: &str) -> Result<T, Failure> {
        self.optional(name)?.ok_or_else(|| Failure::usage(format!("--{} is missing", self.option(name))))
    }

    /// One value that may be left out.
    ///
    /// # Errors
    ///
    /// [`Failure`] when it is not of its type.
    pub fn optional<T: DeserializeOwned>(&self, name: &str) -> Result<Option<T>, Failure> {
        self.values.get(name).map(|value| read(&format!("--{}", self.option(name)), value.clone())).transpose()
    }

    /// The option of a value.
    fn option<'a>(&self, name: &'a str) -> &'a str {
        self.arguments.iter().find(|argument| argument.name == name).map_or(name, |argument| argument.option)
    }
}

fn read<T: DeserializeOwned>(what: &str, value: Value) -> Result<T, Failure> {
    serde_json::from_value(value).map_err(|error| {
        // What is expected instead is named as Rust names it.
        let text = error.to_string();
        Failure::usage(format!("{what}: {}", text.split(", expected").next().unwrap_or(&text)))
    })
}

/// What an operation answered.
#[derive(Debug)]
pub enum Reply {
    /// JSON, as the client understood it.
    Json(Value),
    /// That it was done.
    Nothing,
    /// A file, such as a picture.
    Bytes(Bytes),
}

impl Reply {
    /// A reply of a type of the client's.
    ///
    /// # Errors
    ///
    /// [`Failure`] when it cannot be printed as JSON.
    pub fn json(reply: &impl Serialize) -> Result<Self, Failure> {
        serde_json::to_value(reply)
            .map(Self::Json)
            .map_err(|error| Failure::failed(format!("the reply cannot be printed: {error}")))
    }
}

/// An API whose operations are commands.
#[derive(Debug)]
pub struct Api {
    /// The name of its spec: `pakasir-v1`.
    pub name: &'static str,
    /// The title of its spec.
    pub title: &'static str,
    /// The base URL of the provider's own server.
    pub server: &'static str,
    /// A command for each operation.
    pub commands: &'static [OperationCommand],
    /// Calls the operation of this name with what was given, as the settings say.
    pub call: for<'a> fn(&'a Settings, &'a str, &'a Given) -> Called<'a>,
}

/// A call that is under way.
pub type Called<'a> = Pin<Box<dyn Future<Output = Result<Reply, Failure>> + 'a>>;

/// The command of an operation.
fn command_name(operation: &Operation) -> String {
    operation.id.replace('_', "-")
}

/// One command for each API, with a subcommand for each of its operations.
pub fn commands() -> impl Iterator<Item = Command> {
    APIS.iter().map(|api| {
        let is_discontinued = Provider::named(api.name).is_ok_and(|provider| provider.discontinued().is_some());
        let about = format!("Call an operation of {}", api.title);
        Command::new(api.name)
            .about(if is_discontinued { about + ", which is discontinued" } else { about })
            .subcommand_required(true)
            .arg_required_else_help(true)
            .after_help(format!("Example: gerbang {} {} --help", api.name, command_name(api.commands[0].operation)))
            .subcommands(api.commands.iter().map(|command| subcommand(api, command)))
    })
}

fn subcommand(api: &Api, command: &'static OperationCommand) -> Command {
    let operation = command.operation;
    let again = match operation.idempotency {
        Idempotency::Safe => "It changes nothing.",
        Idempotency::Idempotent => "Sending it again has the effect of sending it once.",
        Idempotency::None => "Once it may have arrived, never send it again.",
    };
    let name = format!("gerbang {} {}", api.name, command_name(operation));
    let required = || command.arguments.iter().filter(|argument| argument.required);
    let usage = required().map(|argument| format!("--{} <{}>", argument.option, value_name(argument)));
    let usage: Vec<_> = [name.clone(), "[OPTIONS]".to_owned()].into_iter().chain(usage).collect();
    let example = required().map(|argument| format!("--{} {}", argument.option, quoted(argument.sample)));
    let example: Vec<_> = [name].into_iter().chain(example).collect();
    Command::new(command_name(operation))
        .about(command.about)
        .override_usage(in_lines("Usage: ", &usage, ""))
        .after_help(format!(
            "{} {}. {again}\nExample: {}",
            operation.method,
            operation.path,
            in_lines("Example: ", &example, " \\")
        ))
        .args(command.arguments.iter().map(argument))
}

/// The parts of a command line after a word, in lines that fit a narrow terminal.
fn in_lines(after: &str, parts: &[String], line_end: &str) -> String {
    let mut text = String::new();
    let mut column = after.len();
    for part in parts {
        let width = part.len() + 1;
        if column + width + line_end.len() > 80 {
            text.push_str(line_end);
            text.push_str("\n  ");
            column = 2;
        } else if !text.is_empty() {
            text.push(' ');
        }
        text.push_str(part);
        column += width;
    }
    text
}

fn argument(argument: &'static Argument) -> Arg {
    let mut help = argument.help.to_owned();
    if !argument.words.is_empty() {
        help = format!("{help} Known: {}", argument.words.join(", "));
    }
    Arg::new(argument.option)
        .long(argument.option)
        .help(help)
        .required(argument.required)
        .value_name(value_name(argument))
        .allow_hyphen_values(true)
        .action(ArgAction::Set)
}

fn value_name(argument: &Argument) -> &'static str {
    match argument.kind {
        Kind::Text => "TEXT",
        Kind::Number => "NUMBER",
        Kind::Rupiah => "RUPIAH",
        Kind::Flag => "BOOL",
        Kind::Json => "JSON",
    }
}

/// A text as it is typed in a shell.
fn quoted(text: &str) -> Cow<'_, str> {
    shlex::try_quote(text).expect("no example has the character that ends texts in C")
}

/// The API that was chosen and what was typed after it; none for other commands.
pub fn chosen(matches: &ArgMatches) -> Option<(&'static Api, &ArgMatches)> {
    let (name, matches) = matches.subcommand()?;
    APIS.iter().find(|api| api.name == name).map(|api| (api, matches))
}

/// Calls the operation and prints its reply.
///
/// # Errors
///
/// [`Failure`] of a value, of the settings or of the call.
pub async fn run(
    api: &'static Api,
    matches: &ArgMatches,
    settings: &Settings,
    output: Output,
) -> Result<Exit, Failure> {
    let (name, matches) = matches.subcommand().ok_or_else(|| Failure::usage("an operation is missing"))?;
    let command = api.commands.iter().find(|command| command_name(command.operation) == name);
    let command = command.ok_or_else(|| Failure::usage(format!("there is no operation {name}")))?;
    // Where the API has a gateway of its name, it may be discontinued.
    if let Ok(provider) = Provider::named(api.name) {
        provider.warn(output);
    }
    let mut given = Given { values: Map::new(), arguments: command.arguments };
    for argument in command.arguments {
        if let Some(text) = matches.get_one::<String>(argument.option) {
            given.values.insert(argument.name.to_owned(), value(argument, text)?);
        }
    }
    let operation = command.operation;
    // Before it is asked: what it answers would steer a terminal.
    if !operation.accept.ends_with("json") {
        output.check_takes_file(operation.accept)?;
    }
    let called = (api.call)(settings, operation.id, &given);
    let mut reply = Interrupt::listen().unless_pressed(called, || interrupted(operation)).await?;
    if let Reply::Json(value) = &mut reply {
        settings.redact_json(section(api.name), value);
    }
    let printed = print(operation, &reply, output);
    if operation.idempotency == Idempotency::Safe {
        printed?;
    } else {
        printed.map_err(|failure| failure.after_effect().advise(format!("{} was carried out", name_of(operation))))?;
    }
    Ok(Exit::Done)
}

/// The section of the settings that an API reads: `pakasir` of `pakasir-v1`.
fn section(api: &'static str) -> &'static str {
    Provider::named(api).map_or(api, Provider::section)
}

/// The failure of a call that Ctrl-C broke off.
fn interrupted(operation: &Operation) -> Failure {
    if operation.idempotency == Idempotency::Safe {
        return Failure::new(Exit::Interrupted, "interrupted before the reply came; nothing was changed");
    }
    let name = name_of(operation);
    let failure = Failure::interrupted(format!("interrupted before the reply came; {name} may have been carried out"));
    match operation.lost_reply {
        Some(how) => failure.advise(format!("find out before you send it again: {how}")),
        None => failure.advise("ask what became of it before you send it again"),
    }
}

fn name_of(operation: &Operation) -> String {
    format!("{} {}", operation.provider, operation.id)
}

/// Prints a reply; `--json` makes one object of each, also of a list and of a file.
fn print(operation: &Operation, reply: &Reply, output: Output) -> Result<(), Failure> {
    let value = |value: &Value, text: &dyn Fn() -> String| match operation.idempotency {
        // It can be asked again.
        Idempotency::Safe => output.result(value, text),
        _ => output.needed(value, text),
    };
    match reply {
        Reply::Json(reply) => value(&object(reply), &|| printable_lines(&format!("{reply:#}"))),
        Reply::Nothing => value(&json!({"done": true}), &|| tr("done")),
        Reply::Bytes(bytes) if output.json => output.result(&file(operation.accept, bytes), String::new),
        Reply::Bytes(bytes) => output.bytes(bytes),
    }
}

/// What is no object as the only member of one: the items of a list, or a value.
fn object(reply: &Value) -> Cow<'_, Value> {
    match reply {
        Value::Object(_) => Cow::Borrowed(reply),
        Value::Array(items) => Cow::Owned(json!({"items": items})),
        value => Cow::Owned(json!({"value": value})),
    }
}

/// A file, such as a picture, as `--json` prints it.
pub fn file(media_type: &str, bytes: &[u8]) -> Value {
    json!({"media_type": media_type, "bytes": bytes.len(), "base64": BASE64.encode(bytes)})
}

/// What was typed as JSON.
fn value(argument: &Argument, text: &str) -> Result<Value, Failure> {
    let wrong = |what: &str| Failure::usage(format!("--{}: {text:?} is not {what}", argument.option));
    match argument.kind {
        Kind::Text => Ok(Value::String(text.to_owned())),
        Kind::Number => text.parse::<i64>().map(Value::from).map_err(|_| wrong("a whole number")),
        Kind::Rupiah => match rupiah(text) {
            Ok(amount) => Ok(Value::from(amount.get())),
            Err(what) => Err(Failure::usage(format!("--{}: {text:?}: {what}", argument.option))),
        },
        Kind::Flag => text.parse::<bool>().map(Value::from).map_err(|_| wrong("true or false")),
        Kind::Json => serde_json::from_str(text).map_err(|_| wrong("JSON")),
    }
}

#[cfg(test)]
mod tests {
    use clap::Args;

    use super::*;
    use crate::args::Global;

    #[test]
    fn every_reply_is_one_object() {
        let reply = json!([{"bank": "BCA"}, {"bank": "BRI"}]);
        assert_eq!(*object(&reply), json!({"items": [{"bank": "BCA"}, {"bank": "BRI"}]}));
        assert_eq!(*object(&json!({"a": 1})), json!({"a": 1}));
        assert_eq!(*object(&json!("x")), json!({"value": "x"}));
        let picture = file("image/png", b"\x89PNG");
        assert_eq!(picture, json!({"media_type": "image/png", "bytes": 4, "base64": "iVBORw=="}));
    }

    #[test]
    fn an_amount_is_whole_digits() {
        let (name, kind) = ("amount", Kind::Rupiah);
        let argument = Argument { name, option: name, help: "", required: true, kind, words: &[], sample: "" };
        assert_eq!(value(&argument, "10000").unwrap(), 10_000);
        for text in ["", "-1", "+1", "1.000", "1e3", "10,5", "99999999999999999999"] {
            assert!(value(&argument, text).is_err(), "{text}");
        }
    }

    #[test]
    fn options_of_one_command_differ() {
        let global = Global::augment_args(Command::new("gerbang"));
        let global: Vec<_> = global.get_arguments().filter_map(Arg::get_long).chain(["help"]).collect();
        assert!(global.len() > 5, "{global:?}");
        for api in APIS {
            for command in api.commands {
                let options = command.arguments.iter().map(|argument| argument.option);
                let mut options: Vec<_> = options.chain(global.iter().copied()).collect();
                let count = options.len();
                options.sort_unstable();
                options.dedup();
                assert_eq!(options.len(), count, "{} {}", api.name, command.operation.id);
            }
        }
    }
}
