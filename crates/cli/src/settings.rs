//! Where credentials and other settings come from: flags, then the environment, then a profile of a file.
//!
//! A profile that `--profile` names counts more than the environment, for the settings that it has. One that GERBANG_PROFILE or
//! the file itself names does not. The base URL of a gateway and its credentials must come from one place, lest a key go to a
//! server that it is not meant for; only the base URL of a flag goes with any.
//!
//! The file is TOML. A key is the end of the variable's name in small letters:
//!
//! ```toml
//! profile = "shop" # unless --profile or GERBANG_PROFILE names another
//!
//! [profiles.shop.kropay]
//! api_key = "…" # GERBANG_KROPAY_API_KEY
//! ```
//!
//! Hosts that may be asked over `http:` are named by `--allow-http`, GERBANG_ALLOW_HTTP or the file's `allow_http = ["sandbox"]`:
//! all of them count.
//!
//! Secrets are never taken from flags, which other users of a machine can see.

use std::collections::BTreeMap;
use std::env;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::time::Duration;

use gerbang::{Builder, Delivery, Error, Kind, Payment, Secret, gateways, redact, registry};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::args::Global;
use crate::failure::Failure;
use crate::file;
use crate::variables;

/// The settings of a command: of its flags, the environment and the file.
#[derive(Debug)]
pub struct Settings {
    /// The file, and whether it is there.
    pub file: Option<(PathBuf, bool)>,
    /// The profile that counts.
    pub profile: Option<String>,
    /// Whether a flag names it, so that it counts more than the environment.
    pub profile_is_first: bool,
    /// All profiles of the file.
    pub profiles: Vec<String>,
    /// The profile's settings, by variable.
    values: BTreeMap<String, Secret>,
    /// Another server than the provider's, from a flag.
    base_url: Option<String>,
    /// Hosts that may be asked over `http:`, from flags and the file.
    allow_http: Vec<String>,
    /// The time for one call, from a flag.
    pub timeout: Option<Duration>,
}

/// The largest file that is read, in bytes.
const MAX_FILE: u64 = 16 << 20;

/// Where a setting comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Origin {
    /// A flag.
    Flag,
    /// A variable of the environment.
    Environment,
    /// The file.
    File,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    profile: Option<String>,
    #[serde(default)]
    allow_http: Vec<String>,
    #[serde(default)]
    profiles: BTreeMap<String, BTreeMap<String, BTreeMap<String, toml::Value>>>,
}

impl Settings {
    /// Reads the file, where there is one.
    ///
    /// # Errors
    ///
    /// [`Failure`] when a file that was named is not there, when it cannot be understood, or when the profile is not in it. It
    /// shows nothing of the file's values.
    pub fn load(global: &Global) -> Result<Self, Failure> {
        let named = named_file(global);
        let mut settings = Self::without_profile(global);
        let Some(path) = named.clone().or_else(usual_file) else { return settings.without_file() };
        let text = match file::text(&path, MAX_FILE) {
            Ok(text) => text,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound && named.is_none() => {
                settings.file = Some((path, false));
                return settings.without_file();
            }
            Err(error) => return Err(Failure::usage(format!("{} cannot be read: {error}", path.display()))),
        };
        let file = read(&text, &path)?;
        settings.profiles = file.profiles.keys().cloned().collect();
        settings.profile = settings.profile.or(file.profile);
        settings.allow_http.extend(file.allow_http);
        if let Some(profile) = &settings.profile {
            let Some(chosen) = file.profiles.get(profile) else {
                return Err(Failure::usage(format!(
                    "{} has no profile {profile:?}; it has: {}",
                    path.display(),
                    settings.profiles.join(", ")
                )));
            };
            settings.values = flatten(chosen, profile, &path)?;
        }
        settings.file = Some((path, true));
        Ok(settings)
    }

    /// Those of flags and the environment alone, for what needs no more: the file is not looked at.
    pub fn without_profile(global: &Global) -> Self {
        let of_environment = || variable(PROFILE).and_then(|name| name.into_string().ok());
        Self {
            file: None,
            profile: global.profile.clone().or_else(of_environment),
            profile_is_first: global.profile.is_some(),
            profiles: Vec::new(),
            values: BTreeMap::new(),
            base_url: global.base_url.clone(),
            allow_http: global.allow_http.clone(),
            timeout: global.timeout,
        }
    }

    /// Settings with these values of variables.
    #[cfg(test)]
    pub fn of(values: &[(&str, &str)]) -> Self {
        Self {
            file: None,
            profile: None,
            profile_is_first: true,
            profiles: Vec::new(),
            values: values.iter().map(|(variable, value)| ((*variable).to_owned(), Secret::from(*value))).collect(),
            base_url: None,
            allow_http: Vec::new(),
            timeout: None,
        }
    }

    /// The same for gateways and clients.
    pub fn of_clients(&self) -> registry::Settings<'_> {
        let settings = registry::Settings::new(|variable| self.read(variable));
        let settings = settings.user_agent(concat!("gerbang/", env!("CARGO_PKG_VERSION")));
        match self.timeout {
            Some(timeout) => settings.timeout(timeout),
            None => settings,
        }
    }

    /// Builds a client of a section with these settings.
    ///
    /// # Errors
    ///
    /// [`Failure`] when a setting is missing or unusable.
    pub fn client<C>(&self, section: &str, builder: Builder<C>) -> Result<C, Failure> {
        self.check_origins(section)?;
        Ok(self.of_clients().client(builder)?)
    }

    fn without_file(self) -> Result<Self, Failure> {
        match &self.profile {
            None => Ok(self),
            Some(profile) => Err(Failure::usage(format!(
                "there is no file with the profile {profile:?}; `gerbang config path` says where it is looked for"
            ))),
        }
    }

    /// The value of a variable, as [`gerbang::kropay::Credentials::from_variables`] and the like want it.
    ///
    /// # Errors
    ///
    /// [`Kind::Configuration`] when the environment's variable is not UTF-8.
    pub fn read(&self, variable: &str) -> Result<Option<String>, Error> {
        if variable == ALLOW_HTTP {
            let hosts = self.allow_http.iter().cloned().chain(of_environment(variable)?);
            return Ok(Some(hosts.collect::<Vec<_>>().join(",")));
        }
        match self.origin(variable) {
            None => Ok(None),
            Some(Origin::Flag) => Ok(self.base_url.clone()),
            Some(Origin::File) => Ok(self.values.get(variable).map(|value| value.expose().to_owned())),
            Some(Origin::Environment) => of_environment(variable),
        }
    }

    /// Text without the secrets of a section, however they are spelled: a server may echo them. One of fewer than ten letters is
    /// left, such as the sandbox's, for it may be a word by chance.
    pub fn redacted(&self, section: &str, text: &str) -> String {
        let secrets = variables::of(section).into_iter().filter(|setting| setting.secret);
        let secrets: Vec<_> = secrets.filter_map(|setting| self.read(&setting.name).ok()?.map(Secret::from)).collect();
        let long: Vec<_> = secrets.iter().filter(|secret| secret.expose().chars().count() >= 10).collect();
        redact(text, &long)
    }

    /// JSON whose texts are without them.
    pub fn redact_json(&self, section: &str, value: &mut Value) {
        match value {
            Value::String(text) => *text = self.redacted(section, text),
            Value::Array(items) => items.iter_mut().for_each(|item| self.redact_json(section, item)),
            Value::Object(members) => members.values_mut().for_each(|value| self.redact_json(section, value)),
            Value::Null | Value::Bool(_) | Value::Number(_) => {}
        }
    }

    /// A payment as it may be shown: without the secrets of its section, which a server may have written into it.
    pub fn shown(&self, section: &str, payment: &Payment) -> Payment {
        let mut json = json!(payment);
        self.redact_json(section, &mut json);
        serde_json::from_value(json).unwrap_or_else(|_| payment.clone())
    }

    /// Where a variable's value comes from; none where it has none.
    pub fn origin(&self, variable: &str) -> Option<Origin> {
        if self.base_url.is_some() && variable.ends_with("_BASE_URL") {
            Some(Origin::Flag)
        } else if self.profile_is_first && self.values.contains_key(variable) {
            Some(Origin::File)
        } else if env::var_os(variable).is_some_and(|value| !value.to_string_lossy().trim().is_empty()) {
            Some(Origin::Environment)
        } else {
            self.values.contains_key(variable).then_some(Origin::File)
        }
    }

    /// Makes sure that the credentials of a section go to the server that they are meant for.
    ///
    /// # Errors
    ///
    /// [`Failure`] when its base URL is named and empty, or it and one of its credentials come from different places.
    pub fn check_origins(&self, section: &str) -> Result<(), Failure> {
        let url = format!("GERBANG_{}_BASE_URL", section.to_uppercase());
        // Blank, it would be taken for not set, and the key would go to the provider's own server.
        if matches!(self.origin(&url), Some(Origin::Flag | Origin::File))
            && self.read(&url)?.is_none_or(|url| url.trim().is_empty())
        {
            return Err(Failure::usage(format!(
                "the base URL of {section} is empty; leave it out to ask the provider's own server"
            )));
        }
        let Some(from) = self.origin(&url).filter(|origin| *origin != Origin::Flag) else {
            return Ok(());
        };
        let credentials = variables::of(section).into_iter().filter(|setting| setting.required || setting.secret);
        let other = credentials
            .filter_map(|setting| Some((self.origin(&setting.name)?, setting.name)))
            .find(|(origin, _)| *origin != from);
        match other {
            None => Ok(()),
            Some((origin, name)) => Err(Failure::usage(format!(
                "{url} is set by {}, but {name} by {}: the key might go to a server that it is not meant for; set both in one \
                 place, or name the server by --base-url",
                self.place(from),
                self.place(origin)
            ))),
        }
    }

    /// A place as a sentence names it.
    fn place(&self, origin: Origin) -> String {
        match (origin, &self.profile) {
            (Origin::Flag, _) => "a flag".to_owned(),
            (Origin::Environment, _) => "the environment".to_owned(),
            (Origin::File, profile) => format!("the profile {:?}", profile.as_deref().unwrap_or_default()),
        }
    }
}

/// The variable that names the profile, unless a flag does.
const PROFILE: &str = "GERBANG_PROFILE";

/// The variable with further hosts that may be asked over `http:`.
const ALLOW_HTTP: &str = "GERBANG_ALLOW_HTTP";

/// A variable of the environment; none where it is not set.
fn of_environment(variable: &str) -> Result<Option<String>, Error> {
    match env::var(variable) {
        Ok(value) => Ok(Some(value)),
        Err(env::VarError::NotPresent) => Ok(None),
        Err(env::VarError::NotUnicode(_)) => {
            let what = format!("the environment variable {variable} is not UTF-8");
            Err(Error::new(Kind::Configuration, Delivery::NotSent, what))
        }
    }
}

/// The file that a flag names, or a variable.
fn named_file(global: &Global) -> Option<PathBuf> {
    global.config.clone().or_else(|| variable("GERBANG_CONFIG").map(PathBuf::from))
}

/// Where the file is looked for, whether it is there or not; none where there is no home directory.
pub fn file(global: &Global) -> Option<PathBuf> {
    named_file(global).or_else(usual_file)
}

/// Where the file is looked for unless one is named.
fn usual_file() -> Option<PathBuf> {
    let directory = if cfg!(windows) {
        variable("APPDATA").map(PathBuf::from)
    } else {
        let own = || env::home_dir().filter(|home| !home.as_os_str().is_empty());
        variable("XDG_CONFIG_HOME").map(PathBuf::from).or_else(|| own().map(|home| home.join(".config")))
    };
    directory.map(|directory| directory.join("gerbang").join("config.toml"))
}

/// The value of a variable of the environment. One that is empty is not set, as `${NAME:-}` of other programs leaves it.
pub fn variable(name: &str) -> Option<OsString> {
    env::var_os(name).filter(|value| !value.is_empty())
}

fn read(text: &str, path: &Path) -> Result<File, Failure> {
    toml::from_str(text).map_err(|error: toml::de::Error| {
        // The error's own text quotes the line, which may hold a secret.
        let line = error.span().map_or(1, |span| text[..span.start.min(text.len())].lines().count().max(1));
        Failure::usage(format!(
            "{}, line {line}, cannot be understood; it must be [profiles.NAME.GATEWAY] and lines like api_key = \"…\"",
            path.display()
        ))
    })
}

type Profile = BTreeMap<String, BTreeMap<String, toml::Value>>;

/// A profile's settings by variable. A gateway or key that nothing reads is refused: it is probably a slip.
fn flatten(profile: &Profile, name: &str, path: &Path) -> Result<BTreeMap<String, Secret>, Failure> {
    let mut values = BTreeMap::new();
    for (section, settings) in profile {
        // By the name of a gateway, too: `pakasir-v2` has the settings of `pakasir`.
        let named = gateways().find(|gateway| gateway.name == section);
        let known_as = named.map_or(section.as_str(), |gateway| gateway.section);
        let known = variables::of(known_as);
        let wrong = |what: String| Failure::usage(format!("{}: [profiles.{name}.{section}]: {what}", path.display()));
        if known.is_empty() {
            return Err(wrong(format!("there is no such gateway; there are {}", variables::sections().join(", "))));
        }
        for (key, value) in settings {
            let variable = format!("GERBANG_{}_{}", known_as.to_uppercase(), key.to_uppercase());
            if !known.iter().any(|known| known.name == variable) {
                let keys: Vec<_> = known.iter().map(|known| key_of(&known.name)).collect();
                return Err(wrong(format!("nothing reads {key:?}; there are {}", keys.join(", "))));
            }
            let text = match value {
                toml::Value::String(text) => text.clone(),
                toml::Value::Integer(number) => number.to_string(),
                _ => return Err(wrong(format!("{key} must be a text or a whole number"))),
            };
            if values.insert(variable, Secret::from(text)).is_some() {
                return Err(wrong(format!("{key} is there already, under another name of the same gateway")));
            }
        }
    }
    Ok(values)
}

/// `api_key` of `GERBANG_KROPAY_API_KEY`.
fn key_of(variable: &str) -> String {
    variable.splitn(3, '_').last().unwrap_or_default().to_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn flat(text: &str) -> Result<BTreeMap<String, Secret>, Failure> {
        let path = Path::new("config.toml");
        flatten(&read(text, path)?.profiles["shop"], "shop", path)
    }

    #[test]
    fn a_key_is_the_end_of_a_variable() {
        let values = flat("[profiles.shop.kazukipay]\napi_key = \"k\"\nproject_id = 7").unwrap();
        let values: Vec<_> = values.iter().map(|(name, value)| (name.as_str(), value.expose())).collect();
        assert_eq!(values, [("GERBANG_KAZUKIPAY_API_KEY", "k"), ("GERBANG_KAZUKIPAY_PROJECT_ID", "7")]);
    }

    #[test]
    fn a_gateway_may_have_its_own_name() {
        let values = flat("[profiles.shop.pakasir-v2]\napi_key = \"k\"").unwrap();
        assert_eq!(values.keys().collect::<Vec<_>>(), ["GERBANG_PAKASIR_API_KEY"]);
        let twice = "[profiles.shop.pakasir]\napi_key = \"CANARY\"\n[profiles.shop.pakasir-v2]\napi_key = \"CANARY\"";
        let failure = flat(twice).unwrap_err().to_string();
        assert!(failure.contains("api_key is there already") && !failure.contains("CANARY"), "{failure}");
    }

    #[test]
    fn a_slip_is_named_and_no_value_is_shown() {
        for (text, expected) in [
            ("[profiles.shop.kropai]\napi_key = \"CANARY\"", "no such gateway"),
            ("[profiles.shop.kropay]\napikey = \"CANARY\"", "nothing reads \"apikey\"; there are api_key, base_url"),
            ("[profiles.shop.kropay]\napi_key = [\"CANARY\"]", "api_key must be a text"),
            ("[profiles.shop.kropay]\napi_key = CANARY", "line 2"),
            ("profil = \"CANARY\"", "line 1"),
        ] {
            let failure = flat(text).unwrap_err();
            assert!(failure.to_string().contains(expected), "{failure}");
            assert!(!format!("{failure} {failure:?}").contains("CANARY"), "{failure:?}");
        }
    }
}
