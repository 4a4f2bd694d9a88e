//! Command lines to go on with, as they can be pasted into a shell.

use std::time::Duration;

use gerbang::{Payment, Rupiah};

use crate::args::{Global, TestMode};
use crate::handle::Handle;
use crate::provider::Provider;

/// The command that goes on watching a payment, with options of its own.
pub fn watch(global: &Global, payment: &Payment, own: &str) -> String {
    format!("gerbang watch{}{own} {}", options(global), quote(&Handle::from(payment).to_string()))
}

/// The command that asks what became of a payment.
pub fn status(global: &Global, payment: &Payment, test_mode: TestMode) -> String {
    let (options, own) = (options(global), test_mode.option());
    format!("gerbang status{options}{own} {}", quote(&Handle::from(payment).to_string()))
}

/// The command that finds a payment by the merchant's reference, where the gateway can.
pub fn find(global: &Global, provider: Provider, reference: &str, amount: Rupiah, test_mode: TestMode) -> String {
    let (options, own, reference) = (options(global), test_mode.option(), option("reference", reference));
    format!("gerbang status{options}{own} --provider {} {reference} --amount={amount}", provider.name())
}

/// An option with its value, also one that begins with a hyphen.
pub fn option(name: &str, value: &str) -> String {
    format!("--{name}={}", quote(value))
}

/// A time as an option takes it.
pub fn time(time: Duration) -> String {
    format!("{}s", time.as_secs())
}

/// The options that decide which account and which server are asked, and for how long.
fn options(global: &Global) -> String {
    let config = global.config.as_ref().map(|path| path.to_string_lossy().into_owned());
    let timeout = global.timeout.map(time);
    [("profile", &global.profile), ("config", &config), ("base-url", &global.base_url), ("timeout", &timeout)]
        .into_iter()
        .filter_map(|(name, value)| value.as_ref().map(|value| format!(" {}", option(name, value))))
        .chain(global.allow_http.iter().map(|host| format!(" {}", option("allow-http", host))))
        .collect()
}

/// A word as a shell takes it.
pub fn quote(word: &str) -> String {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_./:%@,+=".contains(&byte);
    if !word.is_empty() && word.bytes().all(is_plain) {
        word.to_owned()
    } else {
        format!("'{}'", word.replace('\'', r"'\''"))
    }
}

#[cfg(test)]
mod tests {
    use std::process::Command;

    use super::*;

    #[test]
    fn a_shell_reads_the_word_that_was_meant() {
        for word in ["ORDER-1", "kropay:1:::A%20b:", "", "a b", "it's", "$(id)", "`id`", "*", "a\"b\\", "~", "#x"] {
            let output = Command::new("sh").args(["-c", &format!("printf %s {}", quote(word))]).output().unwrap();
            assert_eq!(String::from_utf8(output.stdout).unwrap(), word);
        }
        assert_eq!(quote("kropay:1:::A%20b:"), "kropay:1:::A%20b:");
    }

    #[test]
    fn the_same_account_and_server_are_asked() {
        let global = Global {
            profile: Some("my shop".into()),
            base_url: Some("http://127.0.0.1:1/kazukipay".into()),
            allow_http: vec!["sandbox".into()],
            timeout: Some(Duration::from_secs(90)),
            ..Global::default()
        };
        let test_mode = TestMode { test_mode: true };
        assert_eq!(
            find(&global, Provider::named("kazukipay").unwrap(), "A B", Rupiah::new(10_000), test_mode),
            "gerbang status --profile='my shop' --base-url=http://127.0.0.1:1/kazukipay --timeout=90s --allow-http=sandbox --test-mode \
             --provider kazukipay --reference='A B' --amount=10000"
        );
    }
}
