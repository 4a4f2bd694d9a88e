//! Options that several commands share.

use std::path::PathBuf;
use std::time::Duration;

use clap::Args;
use gerbang::{Expected, Payment};

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
    /// Take http:// for this host, with keys in clear
    // GERBANG_ALLOW_HTTP names further ones.
    #[arg(long, global = true, value_name = "HOST", help_heading = "Global options")]
    pub allow_http: Vec<String>,
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
    use super::*;

    #[test]
    fn times_have_units() {
        assert_eq!(time("90"), Ok(Duration::from_secs(90)));
        assert_eq!(time("15m"), Ok(Duration::from_secs(900)));
        for text in ["", "0", "m", "1.5h", "-1s", "1w", "99999999999s"] {
            assert!(time(text).is_err(), "{text}");
        }
    }
}
