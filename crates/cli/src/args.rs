//! Options that several commands share.

use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::time::Duration;

use clap::parser::ValueSource;
use clap::{Arg, ArgAction, ArgMatches, Args, Command, Id};
use gerbang::{Expected, Payment, Rupiah};

use crate::failure::Failure;

/// Options of all commands.
#[derive(Args, Clone, Debug, Default)]
pub struct Global {
    /// Print JSON, one object a line, errors too
    #[arg(long, global = true, help_heading = "Global options")]
    pub json: bool,
    /// A profile of the file; GERBANG_PROFILE unless given
    #[arg(long, global = true, value_name = "NAME", help_heading = "Global options")]
    pub profile: Option<String>,
    /// The file of settings; GERBANG_CONFIG unless given
    // Read with the settings: a variable that is empty is none.
    #[arg(long, global = true, value_name = "FILE", help_heading = "Global options")]
    pub config: Option<PathBuf>,
    /// Ask this server instead of the provider's
    #[arg(long, global = true, value_name = "URL", help_heading = "Global options")]
    pub base_url: Option<String>,
    /// Take http:// for this host, with keys in clear
    // GERBANG_ALLOW_HTTP names further ones.
    #[arg(long, global = true, value_name = "HOST", help_heading = "Global options")]
    pub allow_http: Vec<String>,
    /// The time for one call, such as 10s; 30s unless given
    #[arg(long, global = true, value_name = "TIME", value_parser = time, help_heading = "Global options")]
    pub timeout: Option<Duration>,
    /// Say what happens; -vv says more, RUST_LOG chooses
    #[arg(short, long, global = true, action = ArgAction::Count, help_heading = "Global options")]
    pub verbose: u8,
}

/// Refuses an option of a command before one of its commands, which would do without it: what is for a sandbox that is started,
/// for instance, before `pay`. Options of all commands may be anywhere, which `args_conflicts_with_subcommands` would not let them.
///
/// # Errors
///
/// [`Failure`] that names the option.
pub fn check_places(command: &Command, matches: &ArgMatches) -> Result<(), Failure> {
    let Some((name, below)) = matches.subcommand() else { return Ok(()) };
    let is_typed = |id: &str| matches.value_source(id) == Some(ValueSource::CommandLine);
    let typed: Vec<_> = matches.ids().map(Id::as_str).filter(|id| is_typed(id)).collect();
    let misplaced = command.get_arguments().find(|arg| !arg.is_global_set() && typed.contains(&arg.get_id().as_str()));
    if let Some(option) = misplaced.and_then(Arg::get_long) {
        let own = command.get_bin_name().unwrap_or_else(|| command.get_name());
        let what = format!("--{option} is for `{own}` itself; `{name}` would ignore it");
        return Err(Failure::usage(what).advise(format!("leave it out, or put it after `{name}` where that has it")));
    }
    command.find_subcommand(name).map_or(Ok(()), |command| check_places(command, below))
}

/// Whether the gateway's test mode is wanted.
#[derive(Args, Clone, Copy, Debug)]
pub struct TestMode {
    /// Accept a payment of the gateway's test mode as paid, without money
    #[arg(long)]
    pub test_mode: bool,
}

impl TestMode {
    /// The option as a command line has it, or nothing.
    pub fn option(self) -> &'static str {
        if self.test_mode { " --test-mode" } else { "" }
    }

    /// Expects this payment, of the test mode only where that is wanted.
    pub fn expected(self, payment: Payment) -> Expected {
        let expected = Expected::new(payment);
        if self.test_mode { expected.accept_test_mode() } else { expected }
    }
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

/// An amount as it is typed: nothing but digits, so that nobody's dots or commas are guessed at.
pub fn rupiah(text: &str) -> Result<Rupiah, String> {
    let is_plain = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let amount = is_plain.then(|| text.parse()).and_then(Result::ok);
    amount.ok_or_else(|| "an amount is whole rupiah without dots and commas, such as 10000".into())
}

/// An address to listen at: `127.0.0.1:3000`, `localhost:3000`, or the port alone on this machine's own address.
pub fn address(text: &str) -> Result<SocketAddr, String> {
    let own = |port: &str| port.parse().ok().map(|port| SocketAddr::new(Ipv4Addr::LOCALHOST.into(), port));
    let port = text.strip_prefix("localhost:").or_else(|| text.strip_prefix(':')).unwrap_or(text);
    own(port).or_else(|| text.parse().ok()).ok_or_else(|| "an address is 3000 or 127.0.0.1:3000".into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_digits_alone() {
        assert_eq!(rupiah("10000"), Ok(Rupiah::new(10_000)));
        for text in ["", " 10000", "10000.0", "10.00", "10.000", "10,5", "1e3", "-1", "+1", "99999999999999999999"] {
            assert!(rupiah(text).is_err(), "{text}");
        }
    }

    #[test]
    fn a_port_is_one_of_this_machine() {
        for text in ["3000", ":3000", "localhost:3000", "127.0.0.1:3000"] {
            assert_eq!(address(text).map(|at| at.to_string()), Ok("127.0.0.1:3000".into()), "{text}");
        }
        assert_eq!(address("[::1]:0").map(|at| at.to_string()), Ok("[::1]:0".into()));
        for text in ["", "localhost", "nowhere:1", "70000", "127.0.0.1"] {
            assert!(address(text).is_err(), "{text}");
        }
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
