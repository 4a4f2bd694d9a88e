//! What can be typed, and the help.

use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, CommandFactory, Parser, Subcommand};
use gerbang::{Expected, Payment, Rupiah};

use crate::commands::cancel::Cancel;
use crate::commands::completions::{Completions, Man};
use crate::commands::config::Config;
use crate::commands::demo::Demo;
use crate::commands::pay::Pay;
use crate::commands::providers::Providers;
use crate::commands::qris::Qris;
use crate::commands::sandbox::Sandbox;
use crate::commands::status::Status;
use crate::commands::watch::Watch;
use crate::commands::webhook::Webhook;
use crate::handle::Named;
use crate::operation;
use crate::provider::Provider;

/// Take and watch payments of Indonesian gateways, and try them without an account.
#[derive(Debug, Parser)]
#[command(
    name = "gerbang",
    version,
    subcommand_required = true,
    arg_required_else_help = true,
    disable_help_subcommand = true,
    after_help = "Exit codes: 0 done or paid, 1 failed, 2 usage, 3 ended but not paid, 4 refused,\n\
                  5 outcome not known, 6 unreachable, 130 interrupted.\n\n\
                  Example: gerbang demo"
)]
pub struct Cli {
    #[command(flatten)]
    pub global: Global,
    #[command(subcommand)]
    pub command: Command,
}

/// Options of all commands.
#[derive(Args, Clone, Debug)]
pub struct Global {
    /// Print JSON, one object a line
    #[arg(long, global = true, help_heading = "Global options")]
    pub json: bool,
    /// A profile of the configuration file
    // GERBANG_PROFILE is read with the settings: the flag counts more than it.
    #[arg(long, global = true, value_name = "NAME", help_heading = "Global options")]
    pub profile: Option<String>,
    /// The configuration file; see `gerbang config path`
    #[arg(
        long,
        global = true,
        env = "GERBANG_CONFIG",
        hide_env = true,
        value_name = "FILE",
        help_heading = "Global options"
    )]
    pub config: Option<PathBuf>,
    /// Ask this server instead of the provider's
    #[arg(long, global = true, value_name = "URL", help_heading = "Global options")]
    pub base_url: Option<String>,
    /// The time for one call, such as 10s; 30s unless given
    #[arg(long, global = true, value_name = "TIME", value_parser = time, help_heading = "Global options")]
    pub timeout: Option<Duration>,
}

/// Whether the gateway's test mode is wanted.
#[derive(Args, Clone, Copy, Debug)]
pub struct TestMode {
    /// Accept a payment of the gateway's test mode as paid, without money
    #[arg(long)]
    pub test_mode: bool,
}

impl TestMode {
    /// Expects this payment, of the test mode only where that is wanted.
    pub fn expected(self, payment: Payment) -> Expected {
        let expected = Expected::new(payment);
        if self.test_mode { expected.accept_test_mode() } else { expected }
    }
}

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Take a payment through each gateway, all on this machine
    Demo(Demo),
    /// Run all gateways on this machine, to try the other commands
    Sandbox(Sandbox),
    /// Tell what each gateway can do
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
    Man(Man),
}

/// Which payment is meant.
#[derive(Args, Debug)]
#[group(skip)]
pub struct Which {
    /// The payment, as `gerbang pay` printed it; `-` reads what `pay --json` printed
    #[arg(required_unless_present = "reference", conflicts_with_all = ["provider", "reference", "amount"])]
    pub payment: Option<Named>,
    /// The gateway
    #[arg(short, long, requires = "reference", value_name = "NAME", hide_possible_values = true)]
    pub provider: Option<Provider>,
    /// The merchant's reference, where the gateway can find a payment by it
    #[arg(short, long, requires = "provider", requires = "amount", value_name = "TEXT")]
    pub reference: Option<String>,
    /// The price in rupiah
    #[arg(short, long, requires = "reference", value_name = "RUPIAH")]
    pub amount: Option<Rupiah>,
}

/// The whole command line: the derived commands and one for each API.
pub fn command() -> clap::Command {
    Cli::command().subcommands(operation::commands())
}

/// `90`, `90s`, `15m`, `2h`.
pub fn time(text: &str) -> Result<Duration, String> {
    let (digits, unit) = match text.find(|c: char| !c.is_ascii_digit()) {
        Some(end) => text.split_at(end),
        None => (text, "s"),
    };
    let seconds = match unit {
        "s" => 1,
        "m" => 60,
        "h" => 3600,
        "d" => 86_400,
        _ => 0,
    };
    match digits.parse::<u32>() {
        Ok(number) if number > 0 && seconds > 0 => Ok(Duration::from_secs(u64::from(number) * seconds)),
        _ => Err("a time is a whole number and s, m, h or d, such as 15m".into()),
    }
}

#[cfg(test)]
mod tests {
    use clap::error::ErrorKind;

    use super::*;

    #[test]
    fn the_command_line_is_sound() {
        command().debug_assert();
    }

    #[test]
    fn the_readmes_commands_are_understood() {
        let readme = include_str!("../../../README.md");
        let block = readme.split("```console\n").nth(1).and_then(|rest| rest.split("```").next()).unwrap();
        let lines = block.lines().filter(|line| line.starts_with("gerbang "));
        let mut count = 0;
        for line in lines {
            for command_line in line.split('#').next().unwrap_or_default().split('|') {
                let result = command().try_get_matches_from(command_line.split_whitespace());
                assert!(result.is_ok(), "{line}: {:?}", result.err());
                count += 1;
            }
        }
        assert!(count > 5, "{count}");
    }

    /// The command lines of the examples in a help, without what belongs to the shell.
    fn examples(help: &str) -> Vec<String> {
        let Some((_, examples)) = help.split_once("\nExample").or_else(|| Some(("", help.strip_prefix("Example")?)))
        else {
            return Vec::new();
        };
        let lines = examples.trim_start_matches(['s', ':', '\n']).replace("\\\n", " ");
        let parts = lines.lines().flat_map(|line| line.split(['|', '>', '<', ')', '#']));
        parts.filter_map(|part| part.find("gerbang ").map(|start| part[start..].to_owned())).collect()
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
                let words = example.split_whitespace().map(|word| word.trim_matches(['\'', '"']));
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
    fn times_have_units() {
        assert_eq!(time("90"), Ok(Duration::from_secs(90)));
        assert_eq!(time("15m"), Ok(Duration::from_secs(900)));
        for text in ["", "0", "m", "1.5h", "-1s", "1w", "99999999999s"] {
            assert!(time(text).is_err(), "{text}");
        }
    }
}
