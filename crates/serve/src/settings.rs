//! What can be set: flags before the environment before one TOML file.
//!
//! ```toml
//! listen = "127.0.0.1:8080"
//! database = "sqlite:gerbang.db"          # or postgres://…
//! public_url = "https://pay.example.com"  # where gateways reach /hooks/{account}
//! token_file = "/run/secrets/shop-token"  # a token of scope shop
//! default_account = "kropay-main"         # of orders that name none; not needed for a single account
//! webhook_url = "https://shop.example.com/gerbang"   # where events are delivered
//! webhook_secret_file = "/run/secrets/webhook"       # whsec_…; several, separated by blanks, for rotation
//! webhook_allow_local = false             # whether that may be inside the network; with a sandbox, on this machine
//! hosts = "gerbang"                       # further names by which calls may reach the daemon, separated by blanks
//! trusted_proxies = "127.0.0.1"           # whose X-Forwarded-For says from where calls come; addresses or networks
//! rate_per_token = 500                    # calls a second of each token; twice as many at once; 0 is no limit
//! rate_per_address = 100                  # notifications, and calls of pages, a second of each address
//! connections = 4096                      # at a time; the one that has been idle for longest gives way
//! connections_per_address = 1024          # of these; trusted proxies have no limit of their own
//!
//! [accounts.kropay-main]
//! gateway = "kropay"
//! api_key_file = "/run/secrets/kropay"
//! ```
//!
//! The keys of an account are the ends of its gateway's variables in small letters: `api_key` for `GERBANG_KROPAY_API_KEY`. An
//! account that sets none of them has all of them from the environment, so that no key goes to a server of another place.

use std::collections::BTreeMap;
use std::fmt;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::PathBuf;

use gerbang::ledger::Mode;
use gerbang::registry::{self, Descriptor};
use gerbang::{PaymentGateway, Secret, gateway_named};
use url::Url;

use crate::bounds::Bounds;
use crate::exposure;
use crate::files;
use crate::place::Place;
use crate::sources::Sources;
use crate::webhooks::{Keys, Reach, Target};

/// Settings that a command line gives.
#[derive(Debug, Clone, Default)]
pub struct Flags {
    /// The file with the settings.
    pub file: Option<PathBuf>,
    /// The address to listen at.
    pub listen: Option<SocketAddr>,
    /// The database.
    pub database: Option<String>,
    /// Where gateways reach the daemon.
    pub public_url: Option<String>,
    /// The sandbox that plays the gateways, where one does.
    pub sandbox: Option<Sandbox>,
}

/// A sandbox that plays the gateways.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Sandbox {
    /// One inside the process.
    Embedded,
    /// One that runs elsewhere on this machine, by its address, such as `http://127.0.0.1:4000`. All its gateways are there, none
    /// at a port of its own.
    At(String),
}

/// The settings of a daemon. Its debug form shows no secret.
#[derive(Debug)]
pub struct Settings {
    pub(crate) listen: SocketAddr,
    pub(crate) database: Secret,
    pub(crate) token: Option<Secret>,
    pub(crate) public_url: Option<String>,
    pub(crate) default_account: Option<String>,
    pub(crate) accounts: Vec<AccountSettings>,
    pub(crate) sandbox: Option<Place>,
    pub(crate) webhook: Option<(Target, Keys)>,
    /// Names by which the daemon is called, beside the public one.
    pub(crate) hosts: Vec<String>,
    pub(crate) bounds: Bounds,
}

/// The settings of an account.
pub(crate) struct AccountSettings {
    pub name: String,
    pub descriptor: &'static Descriptor,
    pub mode: Mode,
    /// By variable.
    values: BTreeMap<String, Secret>,
}

impl fmt::Debug for AccountSettings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AccountSettings").field("name", &self.name).field("gateway", &self.descriptor.name).finish()
    }
}

impl AccountSettings {
    pub fn new(name: &str, descriptor: &'static Descriptor, mode: Mode, values: BTreeMap<String, Secret>) -> Self {
        Self { name: name.to_owned(), descriptor, mode, values }
    }

    /// Makes the gateway. Nothing is sent.
    pub fn gateway(&self) -> Result<Box<dyn PaymentGateway>, gerbang::Error> {
        let read = |variable: &str| Ok(self.values.get(variable).map(|value| value.expose().to_owned()));
        let settings = registry::Settings::new(read);
        (self.descriptor.make)(&settings.user_agent(concat!("gerbang-serve/", env!("CARGO_PKG_VERSION"))))
    }
}

impl Settings {
    /// Reads the settings: of flags, or else of the environment, or else of the file. Nothing is opened or sent.
    ///
    /// # Errors
    ///
    /// All that is wrong, a line each. No line shows a value.
    pub fn read(flags: &Flags, environment: &dyn Fn(&str) -> Option<String>) -> Result<Self, Vec<String>> {
        let mut sources = Sources::new(table(flags)?, "", environment);
        let listen = listen(flags, &mut sources);
        let database = database(flags, &mut sources);
        let token = sources.secret("token");
        if token.as_ref().is_some_and(|token| token.expose().len() < 16) {
            sources.wrong("the token has less than 16 characters; make one: gerbang serve token new");
        }
        let public_url = public_url(flags, &mut sources);
        let default_account = sources.text("default_account");
        let webhook = webhook(flags, &mut sources);
        let sandbox = sandbox(flags, &mut sources);
        let hosts = hosts(&mut sources);
        let bounds = Bounds::read(&mut sources);
        let (accounts, wrong) = accounts(sources.table("accounts"), environment);
        if flags.sandbox.is_some() && !(accounts.is_empty() && wrong.is_empty()) {
            sources.wrong("a sandbox has accounts of its own: leave out [accounts]");
        }
        if flags.sandbox.is_none() && accounts.is_empty() && wrong.is_empty() {
            sources
                .wrong("there is no account: add [accounts.NAME] with gateway = \"…\" to the file, or try --sandbox");
        }
        let is_there = |name: &String| flags.sandbox.is_some() || accounts.iter().any(|account| account.name == *name);
        if default_account.as_ref().is_some_and(|name| !is_there(name)) {
            sources.wrong("default_account is none of the accounts");
        }
        let wrong: Vec<_> = sources.end().into_iter().chain(wrong).collect();
        match (listen, database) {
            (Some(listen), Some(database)) if wrong.is_empty() => {
                let settings = Self {
                    listen,
                    database,
                    token,
                    public_url,
                    default_account,
                    accounts,
                    sandbox,
                    webhook,
                    hosts,
                    bounds,
                };
                Ok(settings)
            }
            _ => Err(wrong),
        }
    }

    /// What is doubtful about how the daemon will be reached, a line each; nothing that keeps it from running.
    pub fn warnings(&self) -> Vec<String> {
        exposure::warnings(self.listen.ip(), self.public_url.as_deref(), &self.bounds.proxies)
    }

    /// Reads where the database is, and nothing else.
    ///
    /// # Errors
    ///
    /// As [`Settings::read`].
    pub fn read_database(flags: &Flags, environment: &dyn Fn(&str) -> Option<String>) -> Result<Secret, Vec<String>> {
        let mut sources = Sources::new(table(flags)?, "", environment);
        let database = database(flags, &mut sources);
        for key in OTHERS {
            sources.file(key);
        }
        sources.table("accounts");
        match (database, sources.end()) {
            (Some(database), wrong) if wrong.is_empty() => Ok(database),
            (_, wrong) => Err(wrong),
        }
    }
}

/// The keys that have nothing to do with the database.
const OTHERS: [&str; 16] = [
    "listen",
    "token",
    "token_file",
    "public_url",
    "default_account",
    "webhook_url",
    "webhook_url_file",
    "webhook_secret",
    "webhook_secret_file",
    "webhook_allow_local",
    "hosts",
    "trusted_proxies",
    "rate_per_token",
    "rate_per_address",
    "connections",
    "connections_per_address",
];

fn table(flags: &Flags) -> Result<toml::Table, Vec<String>> {
    let Some(path) = &flags.file else { return Ok(toml::Table::new()) };
    let text = files::settings(path).map_err(|error| vec![format!("{} cannot be read: {error}", path.display())])?;
    text.parse().map_err(|error: toml::de::Error| {
        // The error's own text quotes the line, which may hold a secret.
        let line = error.span().map_or(1, |span| text[..span.start.min(text.len())].lines().count().max(1));
        vec![format!("{}, line {line}, is no TOML", path.display())]
    })
}

fn listen(flags: &Flags, sources: &mut Sources<'_>) -> Option<SocketAddr> {
    let port = if flags.sandbox.is_some() { 0 } else { 8080 };
    let usual = SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), port);
    let set = sources.text("listen");
    let listen = match (flags.listen, set) {
        (Some(listen), _) => listen,
        (None, None) => usual,
        (None, Some(text)) => match text.parse() {
            Ok(listen) => listen,
            Err(_) => {
                sources.wrong("listen must be an address with a port, such as 127.0.0.1:8080");
                return None;
            }
        },
    };
    if flags.sandbox.is_some() && !listen.ip().is_loopback() {
        sources.wrong("with a sandbox the daemon listens at this machine's own address only, such as 127.0.0.1:8080");
        return None;
    }
    Some(listen)
}

/// Which sandbox plays the gateways.
fn sandbox(flags: &Flags, sources: &mut Sources<'_>) -> Option<Place> {
    match flags.sandbox.as_ref()? {
        Sandbox::Embedded => Some(Place::Embedded),
        Sandbox::At(url) => match Place::read(url) {
            Ok(place) => Some(place),
            Err(what) => {
                sources.wrong(format!("--sandbox {what}"));
                None
            }
        },
    }
}

fn database(flags: &Flags, sources: &mut Sources<'_>) -> Option<Secret> {
    let set = sources.secret("database");
    let usual = if flags.sandbox.is_some() { "sqlite::memory:" } else { "sqlite:gerbang.db" };
    let database = flags.database.as_deref().map(Secret::from).or(set).unwrap_or_else(|| usual.into());
    let is_known = ["sqlite:", "postgres://", "postgresql://"].iter().any(|start| database.expose().starts_with(start));
    if !is_known {
        sources.wrong("database must be sqlite:FILE or postgres://…");
        return None;
    }
    Some(database)
}

fn public_url(flags: &Flags, sources: &mut Sources<'_>) -> Option<String> {
    let set = sources.text("public_url");
    let text = flags.public_url.clone().or(set)?;
    let is_plain = |url: &Url| {
        let is_web = matches!(url.scheme(), "http" | "https") && url.has_host();
        is_web
            && url.query().is_none()
            && url.fragment().is_none()
            && url.username().is_empty()
            && url.password().is_none()
    };
    match Url::parse(&text).ok().filter(is_plain) {
        Some(url) => Some(url.as_str().trim_end_matches('/').to_owned()),
        None => {
            sources.wrong("public_url must be an http or https address without a query or a user name");
            None
        }
    }
}

/// Further names by which the daemon is called.
fn hosts(sources: &mut Sources<'_>) -> Vec<String> {
    let text = sources.text("hosts").unwrap_or_default();
    let names: Vec<_> = text.split_whitespace().map(str::to_owned).collect();
    let is_name = |byte: u8| byte.is_ascii_alphanumeric() || b"._-".contains(&byte);
    if !names.iter().all(|name| name.bytes().all(is_name)) {
        sources.wrong("hosts must be names without a port, such as gerbang shop.internal, separated by blanks");
    }
    names
}

/// Where events are delivered and what signs them.
fn webhook(flags: &Flags, sources: &mut Sources<'_>) -> Option<(Target, Keys)> {
    let reach = match sources.text("webhook_allow_local").as_deref() {
        None if flags.sandbox.is_some() => Reach::Machine,
        None | Some("false") => Reach::Internet,
        Some("true") => Reach::Network,
        Some(_) => {
            sources.wrong("webhook_allow_local must be true or false");
            return None;
        }
    };
    match (sources.secret("webhook_url"), sources.secret("webhook_secret")) {
        (None, None) => None,
        (Some(url), Some(secret)) => {
            let target = Target::read(&url, reach).map_err(|what| format!("webhook_url {what}"));
            let keys = Keys::read(&secret).map_err(|what| format!("webhook_secret {what}"));
            match (target, keys) {
                (Ok(target), Ok(keys)) => Some((target, keys)),
                (target, keys) => {
                    [target.err(), keys.err()].into_iter().flatten().for_each(|what| sources.wrong(what));
                    None
                }
            }
        }
        _ => {
            sources.wrong("webhook_url and webhook_secret go together: one of them is missing");
            None
        }
    }
}

/// The hosts that gateways may be asked at without TLS.
const ALLOW_HTTP: &str = "GERBANG_ALLOW_HTTP";

/// The accounts of the file's table, and what is wrong with them.
fn accounts(table: toml::Table, environment: &dyn Fn(&str) -> Option<String>) -> (Vec<AccountSettings>, Vec<String>) {
    let (mut accounts, mut wrong) = (Vec::new(), Vec::new());
    for (name, value) in table {
        let is_name = |byte: u8| byte.is_ascii_alphanumeric() || b"._-".contains(&byte);
        if !(1..=64).contains(&name.len()) || !name.bytes().all(is_name) {
            wrong.push("[accounts]: a name must have 1 to 64 characters of A-Z a-z 0-9 . _ -".to_owned());
            continue;
        }
        let toml::Value::Table(settings) = value else {
            wrong.push(format!("[accounts.{name}] must be a table"));
            continue;
        };
        let mut sources = Sources::new(settings, &format!("accounts.{name}"), environment);
        let account = account(&name, &mut sources);
        let found = sources.end();
        if found.is_empty() {
            accounts.extend(account);
        }
        wrong.extend(found);
    }
    (accounts, wrong)
}

fn account(name: &str, sources: &mut Sources<'_>) -> Option<AccountSettings> {
    let mode = match sources.file("mode").as_deref() {
        None | Some("live") => Mode::Live,
        Some("test") => Mode::Test,
        Some(_) => {
            sources.wrong("mode must be live or test");
            return None;
        }
    };
    let Some(gateway) = sources.file("gateway") else {
        sources.wrong("gateway is missing; `gerbang providers` lists them");
        return None;
    };
    let Ok(descriptor) = gateway_named(&gateway) else {
        sources.wrong("there is no such gateway; `gerbang providers` lists them");
        return None;
    };
    let mut values = BTreeMap::new();
    for (variable, key) in variables(descriptor) {
        if let Some(value) = sources.file_secret(&key) {
            values.insert(variable, value);
        }
    }
    let is_of_environment = values.is_empty();
    if is_of_environment {
        for (variable, _) in variables(descriptor) {
            if let Some(value) = sources.variable(&variable) {
                values.insert(variable, Secret::from(value));
            }
        }
    }
    // Whom to ask without TLS is a matter of the network that the daemon is in, wherever the account is from.
    values.extend(sources.variable(ALLOW_HTTP).map(|hosts| (ALLOW_HTTP.to_owned(), Secret::from(hosts))));
    for variable in descriptor.variables.iter().copied().flatten().filter(|variable| variable.required) {
        if !values.contains_key(variable.name) {
            let key = key_of(variable.name);
            let or =
                if is_of_environment { format!(", or {} in the environment", variable.name) } else { String::new() };
            sources.wrong(format!("{key} is missing{or}"));
            return None;
        }
    }
    let account = AccountSettings::new(name, descriptor, mode, values);
    if let Err(error) = account.gateway() {
        sources.wrong(error.to_string());
        return None;
    }
    Some(account)
}

/// The variables of a gateway, the base URL's too, with the keys that the file has for them.
fn variables(descriptor: &Descriptor) -> Vec<(String, String)> {
    let own = descriptor.variables.iter().copied().flatten().map(|variable| variable.name.to_owned());
    let base_url = format!("GERBANG_{}_BASE_URL", descriptor.section.to_uppercase());
    own.chain([base_url]).map(|variable| (variable.clone(), key_of(&variable))).collect()
}

/// `api_key` of `GERBANG_KROPAY_API_KEY`.
fn key_of(variable: &str) -> String {
    variable.splitn(3, '_').last().unwrap_or_default().to_lowercase()
}
