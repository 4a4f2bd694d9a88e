//! What can be typed, and the help.

use clap::{CommandFactory, Parser, Subcommand};

use crate::args::Global;
use crate::commands::cancel::Cancel;
use crate::commands::completions::{Completions, Pages};
use crate::commands::config::Config;
use crate::commands::demo::Demo;
use crate::commands::pay::Pay;
use crate::commands::providers::Providers;
use crate::commands::qris::Qris;
use crate::commands::sandbox::Sandbox;
#[cfg(feature = "serve")]
use crate::commands::serve::Serve;
use crate::commands::status::Status;
use crate::commands::watch::Watch;
use crate::commands::webhook::Webhook;
use crate::lang;
use crate::operation;

/// Take and watch payments of Indonesian gateways, and try them without an account.
#[derive(Debug, Parser)]
#[command(
    name = "gerbang",
    version,
    subcommand_required = true,
    arg_required_else_help = true,
    disable_help_subcommand = true,
    // Without an empty line below the first: it just fits a screen.
    help_template = "{about}\n{usage-heading} {usage}\n\n{all-args}{after-help}",
    after_help = "Exit codes: 0 done or paid, 1 failed, 2 usage, 3 ended but not paid, 4 refused,\n\
                  5 outcome not known, 6 unreachable, 130 interrupted.\n\
                  Example: gerbang demo"
)]
pub struct Cli {
    #[command(flatten)]
    pub global: Global,
    #[command(subcommand)]
    pub command: Command,
}

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Take a payment through each gateway, all on this machine
    Demo(Demo),
    /// Run all gateways on this machine, to try the other commands
    Sandbox(Sandbox),
    /// Take payments for shops in any language, over HTTP
    #[cfg(feature = "serve")]
    Serve(Serve),
    /// Show what each gateway can do
    Providers(Providers),
    /// Create a payment and show how it is paid
    Pay(Box<Pay>),
    /// Ask what became of a payment: exit code 0 only if it is paid
    Status(Status),
    /// Watch a payment until it is paid or closed
    Watch(Watch),
    /// Cancel a payment that is not paid
    Cancel(Cancel),
    /// Receive, verify and send notifications
    Webhook(Webhook),
    /// Read, verify, change and draw QRIS payloads
    Qris(Qris),
    /// Look into the configuration, without showing secrets
    Config(Config),
    /// Print completions for a shell
    Completions(Completions),
    /// Write man pages
    Man(Pages),
}

/// The whole command line: the derived commands and one for each API, with help in the language of the user.
pub fn command() -> clap::Command {
    lang::localized(Cli::command().arg(lang::option()).subcommands(operation::commands()))
}

#[cfg(test)]
mod tests {
    use clap::error::ErrorKind;
    use gerbang::Rupiah;
    use gerbang_tests::pages::Page;

    use super::*;
    use crate::args::TestMode;
    use crate::next;
    use crate::provider::Provider;

    #[test]
    fn the_command_line_is_sound() {
        command().debug_assert();
    }

    /// What a page writes of a command, or nothing where that is right. A command in the text may be without what it requires.
    fn wrong(line: &str, is_in_text: bool) -> Option<String> {
        let words: Vec<_> = line.split_whitespace().map(|word| word.trim_matches(['\'', '"'])).collect();
        let error = command().try_get_matches_from(&words).err()?;
        let is_cut = matches!(
            error.kind(),
            ErrorKind::MissingRequiredArgument
                | ErrorKind::MissingSubcommand
                | ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand
        );
        let is_option = error.kind() == ErrorKind::InvalidValue && words.last()?.starts_with('-');
        let is_right = error.kind() == ErrorKind::DisplayHelp || is_in_text && (is_cut || is_option);
        (!is_right).then(|| format!("{line}: {error}"))
    }

    #[test]
    fn the_commands_of_every_page_are_understood() {
        let mut count = 0;
        for page in Page::all() {
            let blocks = page.blocks().into_iter().filter(|block| ["sh", "console"].contains(&&*block.info));
            let lines = blocks.flat_map(|block| commands(&block.text)).map(|line| (line, false));
            let quoted = page.quoted().into_iter().filter(|text| text.starts_with("gerbang "));
            for (line, is_in_text) in lines.chain(quoted.map(|text| (text, true))) {
                assert_eq!(wrong(&line, is_in_text), None, "{}", page.name);
                count += 1;
            }
        }
        assert!(count > 100, "{count}");
    }

    /// The command lines of the examples in a help, without what belongs to the shell.
    fn examples(help: &str) -> Vec<String> {
        let Some((_, examples)) = help.split_once("\nExample").or_else(|| Some(("", help.strip_prefix("Example")?)))
        else {
            return Vec::new();
        };
        commands(examples.trim_start_matches(['s', ':', '\n']))
    }

    /// The command lines in what is written for a shell, without what belongs to the shell.
    fn commands(text: &str) -> Vec<String> {
        let lines = text.replace("\\\n", " ");
        let parts = lines.lines().flat_map(|line| line.split(['|', '>', '<', ')', '#']));
        parts.filter_map(|part| start(part).map(|start| part[start..].to_owned())).collect()
    }

    /// Where the command begins, and not an argument of its name.
    fn start(part: &str) -> Option<usize> {
        let is_command = |at: usize| {
            let before = part[..at].split_whitespace().last().unwrap_or_default();
            before.is_empty() || before.ends_with(['(', '&', ';']) || before.contains('=') && part[..at].ends_with(' ')
        };
        part.match_indices("gerbang ").map(|(at, _)| at).find(|at| is_command(*at))
    }

    #[test]
    fn the_examples_of_every_help_are_understood() {
        let mut commands = vec![command()];
        let mut count = 0;
        while let Some(command) = commands.pop() {
            let help = command.get_after_help().map(ToString::to_string).unwrap_or_default();
            let examples = examples(&help);
            assert!(!examples.is_empty(), "{}: {help}", command.get_name());
            for example in examples {
                let words = shlex::split(&example).expect("an example can be typed");
                let result = self::command().try_get_matches_from(words);
                let is_help = result.as_ref().err().is_some_and(|error| error.kind() == ErrorKind::DisplayHelp);
                assert!(result.is_ok() || is_help, "{example}: {:?}", result.err());
                count += 1;
            }
            commands.extend(command.get_subcommands().cloned());
        }
        assert!(count > 50, "{count}");
    }

    #[test]
    fn a_value_may_begin_with_a_hyphen() {
        let global = Global { profile: Some("-p".into()), ..Global::default() };
        let test_mode = TestMode { test_mode: true };
        let line = next::find(&global, Provider::named("kazukipay").unwrap(), "--json", Rupiah::new(10_000), test_mode);
        let matches = command().try_get_matches_from(line.split(' ')).unwrap();
        let (_, status) = matches.subcommand().unwrap();
        let given = |name| status.get_one::<String>(name).map(String::as_str);
        assert_eq!((given("profile"), given("reference")), (Some("-p"), Some("--json")));
    }
}
