//! The settings of a sandbox: flags, or else the environment.

use std::collections::BTreeMap;
use std::env;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, ValueEnum};
use gerbang::gateways;
use gerbang::reqwest::Url;
use gerbang_sandbox::Provider as Gateway;

use super::format::Format;
use super::limits::{Limit, limit};
use crate::args::time;
use crate::failure::Failure;

/// What the names of all variables begin with.
const PREFIX: &str = "GERBANG_SANDBOX_";

/// The flags.
#[derive(Args, Debug)]
pub struct Flags {
    /// Where to listen, such as 8080; or a free port
    #[arg(long, value_name = "ADDRESS", value_parser = listen)]
    listen: Option<SocketAddr>,
    /// Where others reach it: http://sandbox:8080
    #[arg(long, value_name = "URL", value_parser = public_url)]
    public_url: Option<String>,
    /// Answer to this host's name, too
    #[arg(long, value_name = "HOST")]
    allow_host: Vec<String>,
    /// Keep the payments in this file over restarts
    #[arg(long, value_name = "FILE")]
    state: Option<PathBuf>,
    /// Begin with the payments of this file
    #[arg(long, value_name = "FILE")]
    seed: Option<PathBuf>,
    /// Notifications to: kropay=http://127.0.0.1:3000/x
    #[arg(long, value_name = "GATEWAY=URL", value_parser = webhook)]
    webhook: Vec<Webhook>,
    /// How much it takes: payments=500000
    #[arg(long, value_name = "WHAT=N", value_parser = limit)]
    limit: Vec<Limit>,
    /// How long a shop may take to answer; 5s
    #[arg(long, value_name = "TIME", value_parser = time)]
    webhook_timeout: Option<Duration>,
    /// Give each gateway a port of its own
    #[arg(long)]
    ports: bool,
    /// Settings as env, dotenv, powershell or json
    #[arg(long, value_name = "FORMAT", hide_possible_values = true)]
    format: Option<Format>,
    /// Print no line for each request and notification
    #[arg(long)]
    quiet: bool,
}

/// Where notifications of a gateway go.
#[derive(Clone, Debug)]
pub struct Webhook {
    /// The name that was given.
    name: String,
    gateway: Gateway,
    url: String,
}

/// What a sandbox is started with.
#[derive(Debug)]
pub struct Settings {
    pub listen: SocketAddr,
    pub public_url: Option<String>,
    pub allow_host: Vec<String>,
    pub state: Option<PathBuf>,
    pub seed: Option<PathBuf>,
    pub webhooks: BTreeMap<Gateway, String>,
    /// Of those of one thing the last counts.
    pub limits: Vec<Limit>,
    pub webhook_timeout: Option<Duration>,
    pub ports: bool,
    pub format: Format,
    pub quiet: bool,
}

/// A variable of the environment; none where it is not set or empty.
///
/// # Errors
///
/// [`Failure`] when it is not UTF-8.
pub fn environment(name: &str) -> Result<Option<String>, Failure> {
    match env::var(name) {
        Ok(value) => Ok(Some(value)),
        Err(env::VarError::NotPresent) => Ok(None),
        Err(env::VarError::NotUnicode(_)) => Err(Failure::usage(format!("{name} is not UTF-8"))),
    }
}

/// Reads variables.
type Read<'a> = dyn Fn(&str) -> Result<Option<String>, Failure> + 'a;

/// The one value of a variable, read by a parser.
fn one<T>(read: &Read<'_>, name: &str, parse: impl Fn(&str) -> Result<T, String>) -> Result<Option<T>, Failure> {
    let name = format!("{PREFIX}{name}");
    let value = read(&name)?.map(|value| value.trim().to_owned()).filter(|value| !value.is_empty());
    value.map(|value| parse(&value).map_err(|error| Failure::usage(format!("{name}: {error}")))).transpose()
}

/// The values of a variable, separated by commas.
fn several<T>(read: &Read<'_>, name: &str, parse: impl Fn(&str) -> Result<T, String>) -> Result<Vec<T>, Failure> {
    let all = |list: &str| list.split(',').map(|value| parse(value.trim())).collect::<Result<Vec<_>, _>>();
    Ok(one(read, name, all)?.unwrap_or_default())
}

fn truth(text: &str) -> Result<bool, String> {
    match text {
        "true" | "1" => Ok(true),
        "false" | "0" => Ok(false),
        _ => Err("it is true or false".into()),
    }
}

impl Flags {
    /// The settings: of the flags, or else of variables that a function reads.
    ///
    /// # Errors
    ///
    /// [`Failure`] when a variable has no sense, or one gateway's notifications are to go to two addresses.
    pub fn settings(&self, read: &Read<'_>) -> Result<Settings, Failure> {
        let text = |text: &str| Ok(text.to_owned());
        let path = |text: &str| Ok(PathBuf::from(text));
        let listen = self.listen.map_or_else(|| one(read, "LISTEN", listen), |given| Ok(Some(given)))?;
        let public_url =
            self.public_url.clone().map_or_else(|| one(read, "PUBLIC_URL", public_url), |url| Ok(Some(url)))?;
        let format = self.format.map_or_else(
            || one(read, "FORMAT", |text| Format::from_str(text, false).map_err(|_| formats())),
            |format| Ok(Some(format)),
        )?;
        let mut allow_host = self.allow_host.clone();
        if allow_host.is_empty() {
            allow_host = several(read, "ALLOW_HOST", text)?;
        }
        let mut webhooks = self.webhook.clone();
        if webhooks.is_empty() {
            webhooks = several(read, "WEBHOOK", webhook)?;
        }
        let mut limits = self.limit.clone();
        if limits.is_empty() {
            limits = several(read, "LIMIT", limit)?;
        }
        let webhook_timeout =
            self.webhook_timeout.map_or_else(|| one(read, "WEBHOOK_TIMEOUT", time), |time| Ok(Some(time)))?;
        Ok(Settings {
            listen: listen.unwrap_or(SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 0)),
            public_url,
            allow_host,
            state: self.state.clone().map_or_else(|| one(read, "STATE", path), |path| Ok(Some(path)))?,
            seed: self.seed.clone().map_or_else(|| one(read, "SEED", path), |path| Ok(Some(path)))?,
            webhooks: addresses(&webhooks)?,
            limits,
            webhook_timeout,
            ports: self.ports || one(read, "PORTS", truth)?.unwrap_or_default(),
            format: format.unwrap_or(Format::Env),
            quiet: self.quiet || one(read, "QUIET", truth)?.unwrap_or_default(),
        })
    }
}

fn formats() -> String {
    let names: Vec<_> = Format::value_variants().iter().filter_map(ValueEnum::to_possible_value).collect();
    format!("it is one of {}", names.iter().map(|name| name.get_name()).collect::<Vec<_>>().join(", "))
}

/// One address for each gateway of the sandbox, which knows several APIs of one provider by one name.
fn addresses(webhooks: &[Webhook]) -> Result<BTreeMap<Gateway, String>, Failure> {
    let mut addresses: BTreeMap<Gateway, String> = BTreeMap::new();
    for webhook in webhooks {
        let before = addresses.insert(webhook.gateway, webhook.url.clone());
        if before.is_some_and(|url| url != webhook.url) {
            return Err(Failure::usage(format!(
                "{} has two addresses for notifications; the sandbox has one for all of {}",
                webhook.name, webhook.gateway
            )));
        }
    }
    Ok(addresses)
}

/// `8080`, `localhost:8080`, `127.0.0.1:8080`.
fn listen(text: &str) -> Result<SocketAddr, String> {
    let local = |port: &str| port.parse().map(|port| SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), port)).ok();
    let address = match text.rsplit_once(':') {
        None => local(text),
        Some((host, port)) if host.eq_ignore_ascii_case("localhost") => local(port),
        Some(_) => text.parse().ok(),
    };
    address.ok_or_else(|| "it is a port or an address and a port, such as 8080, localhost:8080 or 0.0.0.0:8080".into())
}

fn public_url(text: &str) -> Result<String, String> {
    let url = Url::parse(text).ok().filter(|url| matches!(url.scheme(), "http" | "https") && url.path() == "/");
    url.map(|_| text.to_owned()).ok_or_else(|| "it is a scheme, a host and a port, such as http://sandbox:8080".into())
}

/// `kropay=http://…`, with any name of a gateway.
fn webhook(text: &str) -> Result<Webhook, String> {
    let (name, url) = text.split_once('=').ok_or("it is GATEWAY=URL")?;
    let gateway = gateway(name)?;
    match Url::parse(url) {
        Ok(parsed) if matches!(parsed.scheme(), "http" | "https") && parsed.has_host() => {
            Ok(Webhook { name: name.to_owned(), gateway, url: url.to_owned() })
        }
        _ => Err("the address must be one of http:// or https://".into()),
    }
}

/// The sandbox's gateway of a name: one that the other commands know, such as `pakasir-v2`, or the sandbox's own.
///
/// # Errors
///
/// All names.
pub fn gateway(name: &str) -> Result<Gateway, String> {
    let section = gateways().find(|gateway| gateway.name == name).map_or(name, |gateway| gateway.section);
    section.parse().map_err(|_| {
        let names = gateways().filter(|gateway| gateway.notifications.is_some()).map(|gateway| gateway.name);
        format!("there is no gateway {name:?}; there are {}", names.collect::<Vec<_>>().join(", "))
    })
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;

    #[derive(Parser)]
    struct Line {
        #[command(flatten)]
        flags: Flags,
    }

    fn settings(flags: &[&str], variables: &[(&str, &str)]) -> Result<Settings, Failure> {
        let line = Line::try_parse_from([&["sandbox"], flags].concat()).map_err(|error| Failure::from_clap(&error))?;
        let read = |name: &str| {
            Ok(variables
                .iter()
                .find(|(known, _)| format!("{PREFIX}{known}") == name)
                .map(|(_, value)| (*value).to_owned()))
        };
        line.flags.settings(&read)
    }

    #[test]
    fn addresses_to_listen_at_are_ports_or_addresses() {
        for (text, address) in [
            ("8080", "127.0.0.1:8080"),
            ("localhost:8080", "127.0.0.1:8080"),
            ("0.0.0.0:80", "0.0.0.0:80"),
            ("[::1]:80", "[::1]:80"),
        ] {
            assert_eq!(listen(text).unwrap().to_string(), address);
        }
        for wrong in ["", "localhost", "sandbox:8080", "70000", ":8080", "127.0.0.1"] {
            assert!(listen(wrong).unwrap_err().contains("such as 8080"), "{wrong}");
        }
    }

    #[test]
    fn addresses_of_notifications_have_every_name() {
        for (text, known) in [
            ("kropay=http://127.0.0.1:3000/paid", Gateway::Kropay),
            ("pakasir-v2=https://shop.example/paid", Gateway::Pakasir),
            ("pakasir=HTTP://shop.example", Gateway::Pakasir),
            ("klink-gopay=http://[::1]/", Gateway::Klink),
        ] {
            assert_eq!(webhook(text).unwrap().gateway, known, "{text}");
        }
        for wrong in ["kropay", "kropay=", "kropay=http://", "kropay=http://:", "kropay=http://a b/", "kropay=ftp://a"]
        {
            assert!(webhook(wrong).is_err(), "{wrong}");
        }
        assert!(webhook("kropai=http://a/").unwrap_err().contains("pakasir-v2"));
        let two = ["--webhook", "pakasir-v1=http://a/", "--webhook", "pakasir-v2=http://b/"];
        assert!(settings(&two, &[]).unwrap_err().to_string().contains("two addresses"));
    }

    #[test]
    fn flags_count_more_than_the_environment() {
        let variables = [
            ("LISTEN", "9000"),
            ("PUBLIC_URL", "http://sandbox:9000"),
            ("ALLOW_HOST", "a, b"),
            ("STATE", ""),
            ("WEBHOOK", "kropay=http://a/, klink=http://b/"),
            ("PORTS", "true"),
            ("FORMAT", "dotenv"),
            ("QUIET", "1"),
            ("LIMIT", "payments=5, connections=6"),
            ("WEBHOOK_TIMEOUT", "20s"),
        ];
        let of_environment = settings(&[], &variables).unwrap();
        assert_eq!(of_environment.listen.port(), 9000);
        assert_eq!(of_environment.public_url.as_deref(), Some("http://sandbox:9000"));
        assert_eq!((of_environment.allow_host, of_environment.state), (vec!["a".to_owned(), "b".into()], None));
        assert_eq!(of_environment.webhooks.len(), 2);
        assert!(of_environment.ports && of_environment.quiet && of_environment.format == Format::Dotenv);

        assert_eq!(of_environment.limits, [limit("payments=5").unwrap(), limit("connections=6").unwrap()]);
        assert_eq!(of_environment.webhook_timeout, Some(Duration::from_secs(20)));

        let flags = ["--listen", "9001", "--public-url", "http://c", "--allow-host", "c", "--format", "json"];
        let given = settings(&[&flags[..], &["--webhook", "kropay=http://c/"]].concat(), &variables).unwrap();
        assert_eq!((given.listen.port(), given.public_url.as_deref()), (9001, Some("http://c")));
        assert_eq!((given.allow_host, given.webhooks.len()), (vec!["c".to_owned()], 1));
        assert!(given.format == Format::Json);
        let given = settings(&["--limit", "payments=7", "--webhook-timeout", "1s"], &variables).unwrap();
        assert_eq!(
            (given.limits, given.webhook_timeout),
            (vec![limit("payments=7").unwrap()], Some(Duration::from_secs(1)))
        );
        for (name, value) in [
            ("LISTEN", "x"),
            ("LIMIT", "x=1"),
            ("WEBHOOK_TIMEOUT", "x"),
            ("PUBLIC_URL", "x"),
            ("WEBHOOK", "x"),
            ("PORTS", "yes"),
            ("FORMAT", "x"),
        ] {
            let error = settings(&[], &[(name, value)]).unwrap_err().to_string();
            assert!(error.starts_with(&format!("GERBANG_SANDBOX_{name}: ")), "{error}");
        }
    }
}
