//! Command lines to go on with, as they can be pasted into a shell.

use gerbang::{Payment, Rupiah};

use crate::args::Global;
use crate::handle::Handle;
use crate::provider::Provider;

/// The command that goes on watching a payment.
pub fn watch(global: &Global, payment: &Payment) -> String {
    format!("gerbang watch{} {}", options(global), quote(&Handle::from(payment).to_string()))
}

/// The command that asks what became of a payment.
pub fn status(global: &Global, payment: &Payment) -> String {
    format!("gerbang status{} {}", options(global), quote(&Handle::from(payment).to_string()))
}

/// The command that finds a payment by the merchant's reference, where the gateway can.
pub fn find(global: &Global, provider: Provider, reference: &str, amount: Rupiah) -> String {
    let (options, reference) = (options(global), option("reference", reference));
    format!("gerbang status{options} --provider {} {reference} --amount={amount}", provider.name())
}

/// An option with its value, also one that begins with a hyphen.
pub fn option(name: &str, value: &str) -> String {
    format!("--{name}={}", quote(value))
}

/// The options that decide which account and which server are asked.
fn options(global: &Global) -> String {
    let config = global.config.as_ref().map(|path| path.to_string_lossy().into_owned());
    [("profile", &global.profile), ("config", &config), ("base-url", &global.base_url)]
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
            json: true,
            profile: Some("my shop".into()),
            config: None,
            base_url: Some("http://127.0.0.1:1/kazukipay".into()),
            allow_http: vec!["sandbox".into()],
            timeout: None,
        };
        assert_eq!(
            find(&global, Provider::named("kazukipay").unwrap(), "A B", Rupiah::new(10_000)),
            "gerbang status --profile='my shop' --base-url=http://127.0.0.1:1/kazukipay --allow-http=sandbox \
             --provider kazukipay --reference='A B' --amount=10000"
        );
    }
}
